"""The rules that the distributor's data must satisfy, in addition to what its tables declare.

Rules made by `ordinary` apply to orders without an anomaly; rows that belong to other orders may break them.
"""

from colgen import Rule
from colgen.models.erp.anomalies import Anomalies
from colgen.models.erp.audit import AuditLogs
from colgen.models.erp.deliveries import Shipments
from colgen.models.erp.egypt import table
from colgen.models.erp.orders import Discounts, OrderItems, Orders
from colgen.models.erp.payments import LATEST, Payments, Refunds
from colgen.models.erp.people import Branches, Companies, Products, Users
from colgen.models.erp.stock import StockMovements
from colgen.models.erp.visits import MaintenanceVisits

AREAS = table("areas")
REFERENCE_TABLES = {
    "real_areas": AREAS.select(["area", "governorate", "region"]),
    # What the records say of each row: its status in the end, how many changes do not start where the previous one ended, and its creation.
    "logged": """WITH changed AS (SELECT changes, changes ->> '$.status[0]' AS before, changes ->> '$.status[1]' AS after
            FROM (SELECT DISTINCT changes FROM audit_logs)),
        steps AS (SELECT entity, entity_id, action, "at", before, after, lag(after) OVER one AS until, lead(id) OVER one IS NULL AS is_last
            FROM audit_logs LEFT JOIN changed USING (changes) WINDOW one AS (PARTITION BY entity, entity_id ORDER BY "at", id))
        SELECT entity, entity_id, max(after) FILTER (is_last) AS status, count(*) FILTER (before IS DISTINCT FROM until) AS broken,
            count(*) FILTER (action = 'create') AS creations, min("at") FILTER (action = 'create') AS created_at
        FROM steps GROUP BY entity, entity_id""",
}

ARABIC = r"'[\x{0600}-\x{06FF} .،-]+'"
ABNORMAL = "(SELECT order_id FROM anomalies UNION SELECT entity_id FROM anomalies WHERE entity = 'orders')"
DELIVERY_DAY = "CASE {region} WHEN 'A' THEN isodow({day}) IN (7, 2, 4) ELSE isodow({day}) IN (1, 3, 6) END"
END = "($end + 1)::TIMESTAMP AT TIME ZONE 'UTC'"


def exact_share(table: str, condition: str, expected: str) -> str:
    """SQL that finds a table in which the rows that satisfy a condition are not the expected share, give or take one row."""
    return f"""SELECT count(*) FILTER ({condition}) AS found, {expected} * count(*) AS expected, count(*) AS rows FROM {table}
        HAVING abs(found - expected) > 1"""


def ordinary(table: type, description: str, sql: str, order: str = "order_id") -> Rule:
    """A rule for rows that belong to orders without an anomaly.

    sql : a condition on one row
    order : the column that has the id of its order
    """
    return Rule(table, f"{description}, except for anomalies", f"({sql}) OR {order} IN {ABNORMAL}")


# For each kind of anomaly, the table that it refers to, and a query for the rows of it that show one, each with its order.
SHOWN_BY = {
    "late_payment": ("payments", "SELECT id, order_id FROM payments WHERE coalesce(paid_at, {end}) > due_at + INTERVAL {latest} DAY"),
    "missed_payment": ("payments", "SELECT id, order_id FROM payments WHERE paid_at IS NULL AND status = 'overdue'"),
    "bulk_payment": ("payments", "SELECT id, order_id FROM payments WHERE regexp_full_match(bulk_batch_id, 'BULK-[0-9]{{6}}-[0-9]{{8}}')"),
    "delivery_delay": (
        "shipments",
        """SELECT shipments.id, order_id FROM shipments JOIN orders ON orders.id = order_id
            WHERE utc_date(dispatched_at) > scheduled_delivery + 7 AND attempt = 1""",
    ),
    "failed_delivery": (
        "shipments",
        """SELECT shipments.id, order_id FROM shipments JOIN orders ON orders.id = order_id WHERE attempt = 3 AND orders.status = 'failed'""",
    ),
    "cancellation": (
        "orders",
        """SELECT orders.id, order_id FROM orders JOIN shipments ON order_id = orders.id WHERE status = 'cancelled' AND outcome = 'refused'""",
    ),
    "quantity_spike": ("order_items", "SELECT id, order_id FROM order_items WHERE quantity >= 100"),
    "price_error": (
        "order_items",
        "SELECT order_items.id, order_id FROM order_items JOIN products ON products.id = product_id WHERE unit_price <> price",
    ),
    "duplicate_order": (
        "orders",
        """SELECT later.id, earlier.id FROM orders AS later JOIN orders AS earlier ON earlier.id = later.id - 1
            WHERE later.company_id = earlier.company_id AND later.ordered_at - earlier.ordered_at BETWEEN INTERVAL 0 SECOND AND INTERVAL 1 HOUR""",
    ),
}

RULES = (
    Rule(Users, "mobile number has an Egyptian form", r"regexp_full_match(phone, '\+201[0125][0-9]{8}')"),
    Rule(Users, "name_arabic is in Arabic script", f"regexp_full_match(name_arabic, {ARABIC})"),
    Rule(Users, "last_login_at is after hired_at", "last_login_at > hired_at"),
    *(
        Rule(Users, f"{percent} % have the role {role}", exact_share("users", f"role = '{role}'", str(percent / 100)))
        for role, percent in (("admin", 5), ("manager", 15), ("sales", 50), ("support", 30))
    ),
    Rule(Companies, "name_arabic is in Arabic script", f"regexp_full_match(name_arabic, {ARABIC})"),
    Rule(
        Companies,
        "area, governorate and delivery_region belong together",
        """SELECT id, area, governorate, delivery_region FROM companies
        WHERE (area, governorate, delivery_region::VARCHAR) NOT IN (SELECT (area, governorate, region) FROM real_areas)""",
    ),
    Rule(Companies, "tax_number has nine digits", "regexp_full_match(tax_number, '[0-9]{9}')"),
    Rule(Companies, "account_manager_id is a sales user", "account_manager.role = 'sales'"),
    Rule(Branches, "phone has an Egyptian form", r"regexp_full_match(phone, '\+201[0125][0-9]{8}')"),
    Rule(Products, "price is above cost", "price > cost AND cost > 0"),
    Rule(Products, "name_arabic is in Arabic script", r"regexp_full_match(name_arabic, '[\x{0600}-\x{06FF} .,/0-9%-]+')"),
    Rule(
        Orders,
        "branch_id is one of the company's",
        """SELECT orders.id, orders.company_id, branch_id FROM orders JOIN branches ON branches.id = branch_id
        WHERE branches.company_id <> orders.company_id""",
    ),
    Rule(Orders, "created_by is a sales user", "created_by.role = 'sales'"),
    Rule(Orders, "vat is 14 % of subtotal less discount, rounded", "vat = round((subtotal - discount) * 0.14, 2)"),
    Rule(Orders, "total = subtotal - discount + vat", "total = subtotal - discount + vat"),
    Rule(Orders, "discount is not above subtotal", "discount BETWEEN 0 AND subtotal"),
    Rule(
        Orders,
        "scheduled_delivery is a delivery day of the region, after the order",
        f"scheduled_delivery > utc_date(ordered_at) AND {DELIVERY_DAY.format(region='company.delivery_region', day='scheduled_delivery')}",
    ),
    Rule(
        Orders,
        "delivered_at is set if it is delivered, and later than ordered_at",
        f"(delivered_at IS NOT NULL) = (status = 'delivered') AND (delivered_at IS NULL OR (delivered_at > ordered_at AND delivered_at < {END}))",
    ),
    Rule(Orders, "cancel_reason is set if it is cancelled", "(cancel_reason IS NOT NULL) = (status = 'cancelled')"),
    ordinary(
        Orders,
        "delivered within a week of scheduled_delivery",
        "delivered_at IS NULL OR utc_date(delivered_at) <= scheduled_delivery + 7",
        "self.id",
    ),
    Rule(
        Orders,
        "status_history is in order, from ordered_at to the current status",
        """WITH steps AS (SELECT id, ordered_at, status, list_transform(from_json(status_history, '[{"status":"VARCHAR","at":"TIMESTAMPTZ"}]'),
            lambda step: step) AS steps FROM orders)
        SELECT id, status, steps FROM steps WHERE steps[-1].status IS DISTINCT FROM status
            OR steps[1] IS DISTINCT FROM {'status': 'pending', 'at': date_trunc('second', ordered_at)}
            OR list_transform(steps, lambda step: step.at) <> list_sort(list_distinct(list_transform(steps, lambda step: step.at)))""",
    ),
    Rule(OrderItems, "line_total = quantity * unit_price - discount", "line_total = quantity * unit_price - discount"),
    ordinary(OrderItems, "unit_price is the product's", "unit_price = product.price", "self.order_id"),
    ordinary(OrderItems, "quantity is 1 to 20", "quantity BETWEEN 1 AND 20"),
    Rule(
        Discounts,
        "amount is the same as in the order or the item",
        """SELECT discounts.* FROM discounts JOIN orders ON orders.id = order_id LEFT JOIN order_items AS item ON item.id = order_item_id
        WHERE amount <> CASE level WHEN 'order' THEN orders.discount ELSE item.discount END OR item.order_id <> discounts.order_id
            OR (level = 'item') <> (order_item_id IS NOT NULL) OR (level = 'item' AND item.id IS NULL)""",
    ),
    Rule(Discounts, "approved_by is a manager or an admin", "approved_by.role IN ('admin', 'manager')"),
    Rule(
        Shipments,
        "attempts are 1, 2, 3, all but the last failed, and the last agrees with the order's status",
        """SELECT orders.id AS order_id, count(order_id) AS attempts, max(attempt) AS last, count(*) FILTER (outcome = 'failed') AS failed,
            arg_max(outcome, attempt) AS outcome, any_value(orders.status) AS status
        FROM orders LEFT JOIN shipments ON order_id = orders.id GROUP BY orders.id
        HAVING attempts <> coalesce(last, 0) OR last > 3 OR attempts - failed <> (outcome <> 'failed')::INTEGER
            OR (attempts = 0 AND status NOT IN ('pending', 'confirmed', 'cancelled'))
            OR status <> CASE outcome WHEN 'delivered' THEN 'delivered' WHEN 'refused' THEN 'cancelled'
            WHEN 'on_the_way' THEN 'out_for_delivery' WHEN 'failed' THEN CASE WHEN last = 3 THEN 'failed' ELSE 'out_for_delivery' END END""",
    ),
    Rule(
        Shipments,
        "delivered_at is the order's if it was delivered",
        "self.delivered_at IS NOT DISTINCT FROM CASE outcome WHEN 'delivered' THEN order.delivered_at END",
    ),
    Rule(
        Shipments,
        "dispatched on a delivery day of the region, after the order and before the delivery",
        f"""{DELIVERY_DAY.format(region="order.company.delivery_region", day="utc_date(dispatched_at)")}
        AND dispatched_at >= order.ordered_at AND coalesce(self.delivered_at > dispatched_at, true)""",
    ),
    Rule(Shipments, "failure_reason is set if it failed", "(failure_reason IS NOT NULL) = (outcome = 'failed')"),
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
        "status agrees with paid_at and due_at",
        f"status = CASE WHEN paid_at IS NOT NULL THEN 'paid' WHEN due_at < {END} THEN 'overdue' ELSE 'pending' END",
    ),
    ordinary(Payments, f"paid at most {LATEST} days late", f"coalesce(paid_at, {END}) <= due_at + INTERVAL {LATEST} DAY"),
    Rule(
        Payments,
        "only companies that pay monthly have batches, except for anomalies",
        f"bulk_batch_id IS NULL OR order.company.payment_terms = 'monthly_bulk' OR order_id IN {ABNORMAL}",
    ),
    Rule(
        Payments,
        "the share of overdue payments is the scenario's",
        f"""SELECT count(*) FILTER (paid_at IS NULL OR paid_at > due_at) / count(*) AS found, $overdue AS expected, count(*) AS rows
        FROM payments WHERE due_at < {END} HAVING $anomalies = 1 AND rows > 0 AND abs(found - expected) > 5 * sqrt(0.35 / rows) + 0.02""",
    ),
    Rule(Refunds, "amount is at most the payment's", "self.amount <= payment.amount AND self.amount > 0"),
    Rule(Refunds, "payment_id is one of the order's", "payment.order_id = self.order_id"),
    Rule(
        Refunds,
        "requested after the payment, decided later",
        "requested_at > payment.paid_at AND (decided_at IS NULL OR decided_at > requested_at)",
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
    Rule(StockMovements, "balance is not negative", "balance >= 0"),
    Rule(
        StockMovements,
        "balance is the sum of the product's movements so far",
        """SELECT id, product_id, quantity, balance, expected FROM (SELECT id, product_id, quantity, balance,
            sum(quantity) OVER (PARTITION BY product_id ORDER BY moved_at, id ROWS UNBOUNDED PRECEDING) AS expected FROM stock_movements)
        WHERE balance <> expected""",
        proof="""SELECT 1 FROM (SELECT quantity, balance, lag(balance, 1, 0) OVER (PARTITION BY product_id ORDER BY moved_at, id) AS balance_before
            FROM stock_movements) WHERE balance IS DISTINCT FROM balance_before + quantity""",
    ),
    Rule(
        StockMovements,
        "the quantity shipped is the item's, or nothing if the order was withdrawn",
        """SELECT item.id, item.quantity, sent FROM order_items AS item JOIN orders ON orders.id = item.order_id
        LEFT JOIN (SELECT order_item_id, -sum(quantity) AS sent FROM stock_movements WHERE kind = 'fulfilment' GROUP BY order_item_id)
            ON order_item_id = item.id
        LEFT JOIN (SELECT DISTINCT order_id FROM shipments) AS shipped ON shipped.order_id = orders.id
        WHERE coalesce(sent, 0) <> CASE WHEN orders.status = 'cancelled' AND shipped.order_id IS NULL THEN 0 ELSE item.quantity END
            AND NOT (sent IS NULL AND orders.status IN ('pending', 'confirmed'))""",
    ),
    Rule(
        MaintenanceVisits,
        "follow_up_of is an earlier visit to the same company",
        """SELECT later.* FROM maintenance_visits AS later LEFT JOIN maintenance_visits AS earlier ON earlier.id = later.follow_up_of
        WHERE later.follow_up_of IS NOT NULL
            AND (earlier.id IS NULL OR earlier.company_id <> later.company_id OR earlier.visited_at >= later.visited_at)""",
    ),
    Rule(MaintenanceVisits, "machine_id is a machine", "machine.category = 'machine'"),
    Rule(MaintenanceVisits, "technician_id is a support user", "technician.role = 'support'"),
    Rule(MaintenanceVisits, "never on a Friday", "isodow(visited_at) <> 5"),
    Rule(
        MaintenanceVisits,
        "cost is the sum of parts and services",
        """SELECT * FROM (SELECT *, list_sum(list_transform(list_concat(from_json(spare_parts, '[{"price":"DECIMAL(12,2)"}]'),
            from_json(services, '[{"price":"DECIMAL(12,2)"}]')), lambda item: item.price)) AS expected FROM maintenance_visits)
        WHERE cost <> coalesce(expected, 0)""",
    ),
    Rule(
        Anomalies,
        "the share of orders with an anomaly is the scenario's",
        """WITH counted AS (SELECT (SELECT count(*) FROM anomalies) AS labelled,
            (SELECT count(*) FROM orders) - (SELECT count(*) FROM anomalies WHERE kind = 'duplicate_order') AS rows)
        SELECT labelled / rows AS found, $anomaly_rate * $anomalies AS expected, rows FROM counted
        WHERE rows > 0 AND abs(found - expected) > 5 * sqrt(expected * (1 - expected) / rows) + 1 / rows""",
    ),
    *(
        Rule(
            Anomalies,
            f"a {kind} refers to a row of its order that shows it",
            f"""SELECT * FROM anomalies WHERE kind = '{kind}' AND (entity <> '{entity}' OR
                ("at" IS NOT NULL AND (entity_id, order_id) NOT IN ({sql.format(latest=LATEST, end=END)})))""",
        )
        for kind, (entity, sql) in SHOWN_BY.items()
    ),
)
