-- 5: orders a week in weeks 2 and 3, 9 and 10, the last two full weeks, then the last over the first; at least twice
WITH weeks AS (
    SELECT count(*) AS orders, row_number() OVER (ORDER BY date_trunc('week', ordered_at)) AS week
    FROM orders GROUP BY date_trunc('week', ordered_at) HAVING count(DISTINCT ordered_at::DATE) >= 6
),
means AS (
    SELECT
        avg(orders) FILTER (week IN (2, 3)) AS early,
        avg(orders) FILTER (week IN (9, 10)) AS middle,
        avg(orders) FILTER (week > (SELECT max(week) - 2 FROM weeks)) AS late
    FROM weeks
)
SELECT early, middle, late, late / early FROM means
