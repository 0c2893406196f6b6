-- 12: orders paid by iDEAL, BLIK, Pix, and on invoice; the favourites in the Netherlands, Poland and Brazil, and a fifth in Germany
SELECT count(method)
FROM (SELECT unnest(['ideal', 'blik', 'pix', 'invoice']) AS word, unnest([1, 2, 3, 4]) AS place)
LEFT JOIN (SELECT payment_method AS method FROM raw_orders) ON method LIKE '%' || word || '%'
GROUP BY word, place ORDER BY place
