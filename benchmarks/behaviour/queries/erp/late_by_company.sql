-- 6: chi2/df of the companies' shares of due payments that are late, and % of the late payments that the worst tenth makes; 10 to 100, and about 50
WITH due AS (
    SELECT company_id, (paid_at IS NULL OR paid_at > due_at)::INTEGER AS late FROM payments JOIN orders ON orders.id = order_id
    WHERE due_at < (SELECT max(ordered_at) FROM orders)
),
companies AS (SELECT company_id, count(*) AS due, sum(late) AS late, any_value(rate) AS rate FROM due, (SELECT avg(late) AS rate FROM due) GROUP BY company_id),
ranked AS (SELECT *, percent_rank() OVER (ORDER BY late / due DESC) AS place FROM companies)
SELECT
    sum((late - due * rate) ** 2 / (due * rate * (1 - rate))) FILTER (due * rate >= 1) / (count(*) FILTER (due * rate >= 1) - 1),
    100 * sum(late) FILTER (place < 0.1) / sum(late)
FROM ranked
