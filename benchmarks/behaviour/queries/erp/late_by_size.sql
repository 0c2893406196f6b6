-- 6: % of the due payments of small, medium and large companies that are late, then the least and the most of a kind of company; falls with size, and kinds differ by a half
WITH due AS (
    SELECT kind, size, (paid_at IS NULL OR paid_at > due_at)::INTEGER AS late
    FROM payments JOIN orders ON orders.id = order_id JOIN companies ON companies.id = company_id
    WHERE due_at < (SELECT max(ordered_at) FROM orders)
),
kinds AS (SELECT avg(late) AS late FROM due GROUP BY kind)
SELECT 100 * value FROM (
    SELECT list_position(['small', 'medium', 'large'], size) AS place, avg(late) AS value FROM due GROUP BY size
    UNION ALL SELECT 4, min(late) FROM kinds
    UNION ALL SELECT 5, max(late) FROM kinds
)
ORDER BY place
