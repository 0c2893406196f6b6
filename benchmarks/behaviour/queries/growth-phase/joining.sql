-- 5: companies that joined in the period, and all companies; a half of them
SELECT count(*) FILTER (since > (SELECT min(ordered_at)::DATE FROM orders)), count(*) FROM companies
