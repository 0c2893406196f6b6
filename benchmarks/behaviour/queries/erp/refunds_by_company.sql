-- 6: chi2/df of the companies' shares of delivered orders that are refunded; 3 to 30
WITH delivered AS (
    SELECT company_id, (id IN (SELECT order_id FROM refunds))::INTEGER AS refunded FROM orders WHERE status = 'delivered'
),
companies AS (
    SELECT company_id, count(*) AS orders, sum(refunded) AS refunded, any_value(rate) AS rate
    FROM delivered, (SELECT avg(refunded) AS rate FROM delivered) GROUP BY company_id
)
SELECT sum((refunded - orders * rate) ** 2 / (orders * rate * (1 - rate))) / (count(*) - 1) FROM companies WHERE orders * rate >= 1
