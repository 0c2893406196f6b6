-- 6: least and most % of the payments due in a full month that are late, then the correlation of being late with the logarithm of the amount; 6 and 12, and 0.05 or more
WITH due AS (
    SELECT date_trunc('month', due_at) AS month, amount, (paid_at IS NULL OR paid_at > due_at)::INTEGER AS late
    FROM payments WHERE due_at < (SELECT max(ordered_at) FROM orders)
),
months AS (SELECT avg(late) AS late FROM due GROUP BY month HAVING count(*) >= 1000)
SELECT 100 * min(months.late), 100 * max(months.late), (SELECT corr(late, ln(amount)) FROM due WHERE amount > 0) FROM months
