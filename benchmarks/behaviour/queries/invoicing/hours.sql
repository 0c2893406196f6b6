-- 11: local hours before which 1, 50 and 99 % of the invoices of customers in New York are written, the hour of the dip between, and the same for California; 7, 13, 19 and 12 in both
WITH written AS (
    SELECT
        state,
        invoices.created_at AT TIME ZONE CASE state WHEN 'NY' THEN 'America/New_York' ELSE 'America/Los_Angeles' END AS moment
    FROM invoices JOIN customer_addresses USING (customer_id)
    WHERE is_primary AND state IN ('NY', 'CA')
),
hours AS (SELECT state, hour(moment) AS hour, count(*) AS invoices FROM written GROUP BY ALL),
peaks AS (
    SELECT
        *,
        max(invoices) OVER (PARTITION BY state ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
        max(invoices) OVER (PARTITION BY state ORDER BY hour ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after
    FROM hours
),
dips AS (SELECT state, arg_max(hour, least(before, after) - invoices) AS hour FROM peaks WHERE before > invoices AND after > invoices GROUP BY state),
spread AS (SELECT state, quantile_cont(hour(moment) + minute(moment) / 60, [0.01, 0.5, 0.99]) AS quantiles FROM written GROUP BY state)
SELECT quantiles[1], quantiles[2], quantiles[3], hour FROM spread LEFT JOIN dips USING (state) ORDER BY state DESC
