"""The rules that the distributor's data must satisfy, in addition to what its tables declare: people, orders, deliveries, stock and visits.

Rules made by `ordinary` apply to orders without an anomaly; rows that belong to other orders may break them.
"""

from colgen import Rule
from colgen.models.erp.companies import Branches, Companies
from colgen.models.erp.deliveries import Shipments
from colgen.models.erp.egypt import table
from colgen.models.erp.items import Discounts, OrderItems
from colgen.models.erp.orders import MOST_LATE, Orders
from colgen.models.erp.people import Users
from colgen.models.erp.products import PriceChanges, Products
from colgen.models.erp.stock import StockMovements
from colgen.models.erp.visits import MaintenanceVisits

AREAS = table("areas")
REFERENCE_TABLES = {
    "real_areas": AREAS.select(["area", "governorate", "region"]),
    # Every price of a product, and the days from which on and before which it is valid.
    "price_list": """SELECT product_id, price, valid_from, coalesce(lead(valid_from) OVER (PARTITION BY product_id ORDER BY valid_from), DATE '9999-12-31') AS valid_until
        FROM (SELECT id AS product_id, price, DATE '0001-01-01' AS valid_from FROM products
            UNION ALL SELECT product_id, price, valid_from FROM price_changes)""",
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


PEOPLE = (
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
    Rule(
        Companies,
        "since and left_on lie in the period or before it, one after the other",
        "since <= $end AND coalesce(left_on <= $end AND left_on > since, true)",
    ),
    Rule(Branches, "phone has an Egyptian form", r"regexp_full_match(phone, '\+201[0125][0-9]{8}')"),
    Rule(Products, "price is above cost", "price > cost AND cost > 0"),
    Rule(Products, "name_arabic is in Arabic script", r"regexp_full_match(name_arabic, '[\x{0600}-\x{06FF} .,/0-9%-]+')"),
    Rule(
        PriceChanges,
        "valid from a day of the period, each price some per cent above the one before",
        """SELECT * FROM (SELECT *, lag(price) OVER one AS before, lag(valid_from) OVER one AS earlier FROM price_list WINDOW one AS (PARTITION BY product_id ORDER BY valid_from))
        WHERE before IS NOT NULL AND (price < before OR price > before * 1.2 + 1 OR valid_from <= greatest(earlier, $start) OR valid_from > $end)""",
    ),
)

ORDERS = (
    Rule(
        Orders,
        "branch_id is one of the company's",
        """SELECT orders.id, orders.company_id, branch_id FROM orders JOIN branches ON branches.id = branch_id
        WHERE branches.company_id <> orders.company_id""",
    ),
    Rule(Orders, "created_by is a sales user", "created_by.role = 'sales'"),
    Rule(
        Orders,
        "placed while the company is a customer",
        "utc_date(ordered_at) > company.since AND utc_date(ordered_at) < coalesce(company.left_on, DATE '9999-12-31')",
    ),
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
    Rule(
        Orders,
        "cancelled as a duplicate only if it is one",
        "coalesce(cancel_reason <> 'Duplicate order', true) OR self.id IN (SELECT entity_id FROM anomalies WHERE kind = 'duplicate_order')",
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
    Rule(
        OrderItems,
        "unit_price is on the price list of the day or of some days before, or a special price up to 15 % below it, except for anomalies",
        f"""SELECT item.*, lists.price FROM (SELECT order_items.*, utc_date(ordered_at) AS day FROM order_items JOIN orders ON orders.id = order_id) AS item
        JOIN price_list AS lists ON lists.product_id = item.product_id AND day >= valid_from AND day < valid_until + 14
        WHERE order_id NOT IN {ABNORMAL} QUALIFY NOT bool_or(unit_price = lists.price OR (day < valid_until AND unit_price BETWEEN lists.price * 0.84 AND lists.price)) OVER (PARTITION BY item.id)""",
    ),
    ordinary(
        OrderItems,
        "quantity is 1 to 24 units, of a machine or spare part 3, or three to eight times as much",
        "quantity BETWEEN 1 AND 192 AND (quantity <= 3 OR product.category NOT IN ('machine', 'spare part'))",
        "self.order_id",
    ),
    Rule(
        Discounts,
        "amount is the same as in the order or the item",
        """SELECT discounts.* FROM discounts JOIN orders ON orders.id = order_id LEFT JOIN order_items AS item ON item.id = order_item_id
        WHERE amount <> CASE level WHEN 'order' THEN orders.discount ELSE item.discount END OR item.order_id <> discounts.order_id
            OR (level = 'item') <> (order_item_id IS NOT NULL) OR (level = 'item' AND item.id IS NULL)""",
    ),
    Rule(Discounts, "approved_by is a manager or an admin", "approved_by.role IN ('admin', 'manager')"),
)

DELIVERIES = (
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
    ordinary(
        Shipments,
        f"first dispatched at most {MOST_LATE} days after scheduled_delivery",
        f"attempt > 1 OR utc_date(dispatched_at) - order.scheduled_delivery BETWEEN 0 AND {MOST_LATE}",
    ),
    Rule(Shipments, "failure_reason is set if it failed", "(failure_reason IS NOT NULL) = (outcome = 'failed')"),
)

STOCK_AND_VISITS = (
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
        "the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise",
        """SELECT item.id, item.quantity, sent, moved_at, shipped.dispatched_at FROM order_items AS item
        LEFT JOIN (SELECT order_item_id, -sum(quantity) AS sent, min(moved_at) AS moved_at FROM stock_movements WHERE kind = 'fulfilment' GROUP BY order_item_id)
            ON order_item_id = item.id
        LEFT JOIN (SELECT order_id, min(dispatched_at) AS dispatched_at FROM shipments GROUP BY order_id) AS shipped ON shipped.order_id = item.order_id
        WHERE sent IS DISTINCT FROM CASE WHEN shipped.order_id IS NOT NULL THEN item.quantity END OR moved_at IS DISTINCT FROM shipped.dispatched_at""",
    ),
    Rule(
        MaintenanceVisits,
        "follow_up_of is an earlier visit to the same company",
        """SELECT later.* FROM maintenance_visits AS later LEFT JOIN maintenance_visits AS earlier ON earlier.id = later.follow_up_of
        WHERE later.follow_up_of IS NOT NULL
            AND (earlier.id IS NULL OR earlier.company_id <> later.company_id OR earlier.visited_at >= later.visited_at)""",
    ),
    Rule(
        MaintenanceVisits,
        "an installation follows the delivery of the machine to the company",
        """SELECT visit.* FROM maintenance_visits AS visit LEFT JOIN orders ON orders.id = order_id
            LEFT JOIN (SELECT DISTINCT order_id, product_id FROM order_items) AS item ON item.order_id = visit.order_id AND product_id = machine_id
        WHERE (kind = 'installation') <> (visit.order_id IS NOT NULL) OR (visit.order_id IS NOT NULL AND
            (product_id IS NULL OR orders.company_id <> visit.company_id OR coalesce(delivered_at >= visited_at, true)))""",
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
)
