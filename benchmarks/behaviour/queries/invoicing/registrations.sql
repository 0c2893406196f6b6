-- 2: variance of a day's difference from a week earlier over that of Poisson counts, for new customers and new products; 1 or more
WITH created AS (
    SELECT 'customers' AS entity, created_at::DATE AS day FROM customers UNION ALL SELECT 'products', created_at::DATE FROM products
),
days AS (SELECT entity, day, count(*) AS created FROM created GROUP BY entity, day),
differences AS (SELECT entity, created, created - lag(created, 7) OVER (PARTITION BY entity ORDER BY day) AS difference FROM days)
SELECT var_samp(difference) / (2 * avg(created)) FROM differences GROUP BY entity ORDER BY entity
