-- 1: the largest delivered order in millions of pounds, in credit limits of its company, and how many delivered orders exceed ten limits; under 1, and none
SELECT max(total) / 1e6, arg_max(total / credit_limit, total), count(*) FILTER (total > 10 * credit_limit)
FROM orders JOIN companies ON companies.id = company_id WHERE status = 'delivered'
