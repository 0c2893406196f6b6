-- 2: variance of a day's difference from a week earlier over that of Poisson counts, for new customers; 1 or more
WITH days AS (SELECT registration_date AS day, count(*) AS registered FROM raw_customers GROUP BY day),
differences AS (SELECT registered, registered - lag(registered, 7) OVER (ORDER BY day) AS difference FROM days)
SELECT var_samp(difference) / (2 * avg(registered)) FROM differences
