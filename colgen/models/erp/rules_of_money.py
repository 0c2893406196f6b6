"""Rules for payments, refunds, the audit log and the answer key."""

from colgen import Rule
from colgen.models.erp.anomalies import SHOWS_AFTER, Anomalies
from colgen.models.erp.audit import AuditLogs
from colgen.models.erp.orders import LEAST_LATE
from colgen.models.erp.payments import LATEST, Payments
from colgen.models.erp.refunds import Refunds
from colgen.models.erp.rules import ABNORMAL, END, ordinary

MONEY = (
    Rule(
        Payments,
        "the amounts add up to the total if the order is delivered, and to nothing otherwise",
        """SELECT orders.id, total, orders.status, sum(amount) AS asked FROM orders LEFT JOIN payments ON order_id = orders.id
        GROUP BY ALL HAVING coalesce(asked, 0) <> CASE orders.status WHEN 'delivered' THEN total ELSE 0 END""",
    ),
    Rule(
        Payments,
        "paid and due after the delivery",
        "coalesce(NOT (paid_at <= order.delivered_at OR due_at <= order.delivered_at), true)",
    ),
    Rule(
        Payments,
        "due according to the company's terms, a second instalment a month later",
        """coalesce(utc_date(due_at) IN (CASE order.company.payment_terms WHEN 'monthly_bulk' THEN last_day(utc_date(order.delivered_at)) + 5
                ELSE utc_date(order.delivered_at) + CASE order.company.payment_terms WHEN 'on_delivery' THEN 1 WHEN 'net_15' THEN 15 ELSE 30 END END,
            CASE order.company.payment_terms WHEN 'monthly_bulk' THEN last_day(last_day(utc_date(order.delivered_at)) + 1) + 5
                ELSE utc_date(order.delivered_at) + CASE order.company.payment_terms WHEN 'on_delivery' THEN 31 WHEN 'net_15' THEN 45 ELSE 60 END END), true)""",
    ),
    Rule(
        Payments,
        "status agrees with paid_at and due_at: overdue from the first working day after",
        f"""CASE WHEN paid_at IS NOT NULL THEN status = 'paid' WHEN due_at >= {END} THEN status = 'pending'
            WHEN due_at < {END} - INTERVAL 12 DAY THEN status = 'overdue' ELSE status IN ('pending', 'overdue') END""",
    ),
    Rule(
        Payments,
        "transfers and cheques are paid from Sunday to Thursday",
        "method NOT IN ('bank_transfer', 'cheque') OR coalesce(isodow(paid_at) NOT IN (5, 6), true)",
    ),
    ordinary(Payments, f"paid at most {LATEST} days late", f"coalesce(paid_at, {END}) <= due_at + INTERVAL {LATEST} DAY"),
    Rule(
        Payments,
        "only companies that pay monthly have batches, except for anomalies",
        f"bulk_batch_id IS NULL OR order.company.payment_terms = 'monthly_bulk' OR order_id IN {ABNORMAL}",
    ),
    Rule(Refunds, "amount is at most the payment's", "self.amount <= payment.amount AND self.amount > 0"),
    Rule(Refunds, "payment_id is one of the order's", "payment.order_id = self.order_id"),
    Rule(
        Refunds,
        "requested after the payment, decided later",
        "requested_at > payment.paid_at AND (decided_at IS NULL OR decided_at > requested_at)",
    ),
    Rule(Refunds, "requested and decided on working days", "isodow(requested_at) <> 5 AND coalesce(isodow(decided_at) <> 5, true)"),
    Rule(
        Refunds,
        "charged twice only if the order is a duplicate",
        "reason <> 'Charged twice' OR order_id IN (SELECT entity_id FROM anomalies WHERE kind = 'duplicate_order')",
    ),
    Rule(
        Refunds,
        "a decision has a date and a user, a rejection a reason",
        "(decided_at IS NOT NULL) = (status <> 'requested') AND (decided_by IS NOT NULL) = (status <> 'requested')"
        " AND (rejection_reason IS NOT NULL) = (status = 'rejected')",
    ),
    Rule(
        Refunds,
        "decided_by is a manager or an admin",
        "decided_by.role IN ('admin', 'manager')",
    ),
)

LOG = (
    *(
        Rule(
            AuditLogs,
            f"each of the {entity} has one creation, at the right time",
            f"""SELECT {entity}.id, coalesce(creations, 0) AS found, logged.created_at, {moment} AS expected
            FROM {entity} {joined} LEFT JOIN logged ON entity = '{entity}' AND entity_id = {entity}.id
            WHERE found <> 1 OR logged.created_at IS DISTINCT FROM expected""",
        )
        for entity, moment, joined in (
            ("orders", "orders.ordered_at", ""),
            ("payments", "orders.delivered_at", "JOIN orders ON orders.id = payments.order_id"),
            ("refunds", "refunds.requested_at", ""),
        )
    ),
    *(
        Rule(
            AuditLogs,
            f"the last change of each of the {entity} gives its status, and each change starts where the previous one ended",
            f"""SELECT entity_id, {entity}.id, {entity}.status, last.status AS logged, broken
            FROM {entity} FULL JOIN (FROM logged WHERE entity = '{entity}') AS last ON entity_id = {entity}.id
            WHERE last.status IS DISTINCT FROM {entity}.status OR broken > 0""",
        )
        for entity in ("orders", "payments", "refunds")
    ),
    Rule(
        AuditLogs,
        "made by a user with a suitable role",
        """user.role IN (CASE entity WHEN 'orders' THEN 'sales' WHEN 'payments' THEN 'manager' ELSE 'support' END,
            CASE entity WHEN 'orders' THEN 'support' WHEN 'payments' THEN 'admin' ELSE 'manager' END,
            CASE entity WHEN 'refunds' THEN 'admin' ELSE 'none' END)""",
    ),
)

# For each kind of anomaly, the table that it refers to, and a query for the rows of it that show one, each with its order.
SHOWN_BY = {
    "late_payment": ("payments", "SELECT id, order_id FROM payments WHERE coalesce(paid_at, {end}) > due_at + INTERVAL {shows_after} DAY"),
    "missed_payment": ("payments", "SELECT id, order_id FROM payments WHERE paid_at IS NULL AND status = 'overdue'"),
    "bulk_payment": ("payments", "SELECT id, order_id FROM payments WHERE regexp_full_match(bulk_batch_id, 'BULK-[0-9]{{6}}-[0-9]{{8}}')"),
    "delivery_delay": (
        "shipments",
        """SELECT shipments.id, order_id FROM shipments JOIN orders ON orders.id = order_id
            WHERE utc_date(dispatched_at) >= scheduled_delivery + {least_late} AND outcome = 'delivered'""",
    ),
    "failed_delivery": (
        "shipments",
        """SELECT shipments.id, order_id FROM shipments JOIN orders ON orders.id = order_id WHERE attempt = 3 AND orders.status = 'failed'""",
    ),
    "cancellation": ("orders", "SELECT id, id FROM orders WHERE status = 'cancelled'"),
    "quantity_spike": ("order_items", "SELECT id, order_id FROM order_items WHERE quantity >= 3"),
    "price_error": (
        "order_items",
        """SELECT item.id, order_id FROM order_items AS item JOIN orders ON orders.id = order_id
            JOIN price_list AS lists ON lists.product_id = item.product_id AND utc_date(ordered_at) >= valid_from AND utc_date(ordered_at) < valid_until
            WHERE unit_price <> lists.price""",
    ),
    "duplicate_order": (
        "orders",
        """SELECT later.id, earlier.id FROM orders AS later JOIN orders AS earlier ON earlier.id = later.id - 1
            WHERE later.company_id = earlier.company_id AND later.ordered_at - earlier.ordered_at BETWEEN INTERVAL 0 SECOND AND INTERVAL 1 HOUR""",
    ),
}

ANSWER_KEY = (
    Rule(
        Anomalies,
        "the share of orders with an anomaly is the scenario's",
        """WITH counted AS (SELECT (SELECT count(DISTINCT order_id) FROM anomalies) AS labelled,
            (SELECT count(*) FROM orders) - (SELECT count(*) FROM anomalies WHERE kind = 'duplicate_order') AS rows)
        SELECT labelled / rows AS found, $anomaly_rate * $anomalies AS expected, rows FROM counted
        WHERE rows > 0 AND abs(found - expected) > 5 * sqrt(expected * (1 - expected) / rows) + 0.002 + 1 / rows""",
    ),
    Rule(
        Anomalies,
        "a quantity_spike is three to twenty times the usual quantity, as its detail says",
        """SELECT anomalies.*, quantity FROM anomalies LEFT JOIN order_items ON order_items.id = entity_id
        WHERE kind = 'quantity_spike' AND (quantity IS DISTINCT FROM (detail ->> '$.found')::BIGINT
            OR quantity NOT BETWEEN 3 * (detail ->> '$.expected')::BIGINT AND 20 * (detail ->> '$.expected')::BIGINT)""",
    ),
    *(
        Rule(
            Anomalies,
            f"a {kind} refers to a row of its order that shows it",
            f"""SELECT * FROM anomalies WHERE kind = '{kind}' AND (entity <> '{entity}' OR
                ("at" IS NOT NULL AND (entity_id, order_id) NOT IN ({sql.format(shows_after=SHOWS_AFTER, least_late=LEAST_LATE, end=END)})))""",
        )
        for kind, (entity, sql) in SHOWN_BY.items()
    ),
)
