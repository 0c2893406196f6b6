-- 12: the least and most % of a country's orders paid by credit card, then by PayPal, and orders by Klarna in Brazil; 5 and 60, 2 and 35, and 0
WITH countries AS (
    SELECT
        country,
        100 * avg((payment_method = 'credit_card')::INTEGER) AS card,
        100 * avg((payment_method = 'paypal')::INTEGER) AS paypal,
        count(*) FILTER (payment_method = 'klarna') AS klarna
    FROM raw_orders JOIN raw_customers USING (customer_id) GROUP BY country
)
SELECT min(card), max(card), min(paypal), max(paypal), any_value(klarna) FILTER (country = 'Brazil') FROM countries
