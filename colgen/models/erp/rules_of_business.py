"""Rules that a business follows on the whole: they allow for chance, and say nothing of builds too small to tell."""

from colgen import Rule
from colgen.models.erp.companies import Companies
from colgen.models.erp.items import OrderItems
from colgen.models.erp.orders import Orders
from colgen.models.erp.payments import Payments
from colgen.models.erp.rules import ABNORMAL, END

MANY = "(SELECT count(*) FROM orders) >= 2000 AND (SELECT count(*) FROM companies) >= 80"

BUSINESS = (
    Rule(
        Companies,
        "large companies order far more often than small ones",
        f"""WITH bought AS (SELECT size, count(orders.id) / count(DISTINCT companies.id) AS orders
            FROM companies LEFT JOIN orders ON company_id = companies.id GROUP BY size)
        SELECT max(orders) FILTER (size = 'large') AS large, max(orders) FILTER (size = 'small') AS small FROM bought
        HAVING {MANY} AND coalesce(large < 1.5 * small, true)""",
    ),
    Rule(
        Orders,
        "weeks differ by chance",
        f"""WITH days AS (SELECT utc_date(ordered_at) AS day, count(*) AS orders FROM orders GROUP BY day),
        pairs AS (SELECT days.orders, earlier.orders AS before FROM days JOIN days AS earlier ON earlier.day = days.day - 7 WHERE isodow(days.day) <> 5)
        SELECT avg((orders - before) ** 2 / (orders + before)) AS difference, count(*) AS days FROM pairs
        HAVING {MANY} AND days >= 40 AND difference < 0.35""",
    ),
    Rule(
        OrderItems,
        "35 to 65 % of what is sold is coffee",
        f"""SELECT sum(line_total) FILTER (category = 'coffee') / sum(line_total) AS share FROM order_items JOIN products ON products.id = product_id
        WHERE order_id NOT IN {ABNORMAL} HAVING {MANY} AND (SELECT count(*) FROM products) >= 150 AND coalesce(share NOT BETWEEN 0.35 AND 0.65, true)""",
    ),
    Rule(
        Payments,
        "the share that is overdue at the end of three months is the scenario's",
        f"""SELECT avg((status = 'overdue')::INTEGER) AS found, $overdue AS expected FROM payments
        HAVING {MANY} AND $anomalies = 1 AND $end - $start BETWEEN 85 AND 95 AND expected <= 0.35 AND abs(found - expected) > 0.05""",
    ),
    Rule(
        Payments,
        "some companies pay late far more often than others",
        f"""WITH due AS (SELECT company_id, (coalesce(paid_at, {END}) > due_at)::INTEGER AS late
            FROM payments JOIN orders ON orders.id = order_id WHERE due_at < {END}),
        rate AS (SELECT avg(late) AS rate, sum(late) AS late FROM due),
        companies AS (SELECT count(*) AS due, sum(late) AS late FROM due GROUP BY company_id)
        SELECT sum((companies.late - due * rate) ** 2 / (due * rate * (1 - rate))) / count(*) AS spread, any_value(rate.late) AS payments
        FROM companies, rate WHERE due * rate >= 1 HAVING {MANY} AND payments >= 200 AND spread < 1.5""",
    ),
)
