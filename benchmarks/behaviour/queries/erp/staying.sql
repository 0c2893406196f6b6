-- 10: % of the companies that order in the last 30 days, of those that ever order, the longest silence at the end in days, companies that joined in the period; 70 to 90, months, and 5 to 15 % of them
WITH last AS (SELECT company_id, max(ordered_at) AS ordered_at FROM orders GROUP BY company_id),
period AS (SELECT min(ordered_at) AS began, max(ordered_at) AS ended FROM orders)
SELECT
    100 * avg((ended - ordered_at < INTERVAL 30 DAY)::INTEGER),
    max(epoch(ended - ordered_at)) / 86400,
    (SELECT count(*) FROM companies, period WHERE since > began::DATE)
FROM last, period
