"""The rules that the invoicing data must satisfy, in addition to what its tables declare."""

import pyarrow as pa
import pyarrow.compute as pc

from colgen import Rule, vocabulary
from colgen.models.invoicing.tables import (
    CustomerAddresses,
    Customers,
    Inventory,
    InvoiceLineItems,
    Invoices,
    ProductCategories,
    Products,
)

AREA_CODES = pc.split_pattern(vocabulary.column("places", "area_codes"), "/")  # of each ZIP code
REFERENCE_TABLES = {
    "real_places": vocabulary.table("places").select(["zip_code", "city", "state"]),
    "real_area_codes": pa.table(
        {
            "area_code": AREA_CODES.flatten(),
            "state": vocabulary.column("places", "state").take(pc.list_parent_indices(AREA_CODES)),
        }
    ),
}

RULES = (
    Rule(Customers, "email is well formed", r"regexp_full_match(email, '[a-z0-9]+(\.[a-z0-9]+)+@[a-z0-9-]+(\.[a-z0-9-]+)+')"),
    Rule(
        Customers,
        "email is made from the name",
        """starts_with(email, lower(regexp_replace(split_part(name, ' ', 1), '[^A-Za-z0-9]', '', 'g')) || '.')""",
    ),
    Rule(Customers, "phone has the US form", r"regexp_full_match(phone, '\([2-9]\d\d\) [2-9]\d\d-\d{4}')"),
    Rule(
        Customers,
        "phone has an area code of the primary address's state",
        """SELECT customers.* FROM customers JOIN customer_addresses ON customer_id = customers.id AND is_primary
        ANTI JOIN real_area_codes ON area_code = substr(phone, 2, 3) AND real_area_codes.state = customer_addresses.state""",
    ),
    Rule(
        Customers,
        "credit_limit is 5,000 times the type's multiplier and 50 to 2,500 more in steps of 50",
        """credit_limit - 5000 * customer_type.credit_limit_multiplier BETWEEN 50 AND 2500
        AND (credit_limit - 5000 * customer_type.credit_limit_multiplier) % 50 = 0""",
    ),
    Rule(
        Customers,
        "the shares of status are as declared",
        """WITH expected(status, share) AS (VALUES ('active', 0.7), ('inactive', 0.2), ('suspended', 0.1)),
        seen AS (SELECT status, count(*) AS times FROM customers GROUP BY status), total AS (SELECT count(*) AS rows FROM customers)
        SELECT status, share AS expected, coalesce(times, 0) / rows AS found FROM expected LEFT JOIN seen USING (status), total
        WHERE abs(coalesce(times, 0) - share * rows) > 5 * sqrt(rows * share * (1 - share)) + 1""",
    ),
    Rule(
        CustomerAddresses,
        "each customer has one primary address, for billing",
        """SELECT customers.id AS customer_id, count(a.id) AS primary_addresses FROM customers
        LEFT JOIN customer_addresses AS a ON a.customer_id = customers.id AND is_primary AND address_type = 'billing'
        GROUP BY customers.id HAVING primary_addresses <> 1
        UNION ALL SELECT customer_id, 0 FROM customer_addresses WHERE is_primary AND address_type <> 'billing'""",
    ),
    Rule(CustomerAddresses, "zip_code has five digits", r"regexp_full_match(zip_code, '\d{5}')"),
    Rule(
        CustomerAddresses,
        "zip_code belongs to the city and the state",
        "SELECT a.* FROM customer_addresses AS a ANTI JOIN real_places AS p ON a.zip_code = p.zip_code AND a.city = p.city AND a.state = p.state",
    ),
    Rule(CustomerAddresses, "created_at is not before the customer's", "self.created_at >= customer.created_at"),
    Rule(
        ProductCategories,
        "the range of markups is within 1.2 to 2.2",
        "1.2 <= markup_min AND markup_min < markup_max AND markup_max <= 2.2",
    ),
    Rule(Products, "sku has its category's prefix", "starts_with(sku, product_category.sku_prefix || '-')"),
    Rule(Products, "cost is above zero and below price", "0 < cost AND cost < price"),
    Rule(
        Products,
        "price / cost is in the category's range, to the cent",
        "price BETWEEN cost * product_category.markup_min - 0.01 AND cost * product_category.markup_max + 0.01",
    ),
    Rule(Products, "weight is not negative", "weight >= 0"),
    Rule(Inventory, "quantities are not negative", "quantity_on_hand >= 0 AND reorder_point >= 0 AND reorder_quantity > 0"),
    Rule(
        Inventory,
        "a warehouse stocks a product once",
        "SELECT product_id, warehouse_location, count(*) AS times FROM inventory GROUP BY ALL HAVING times > 1",
    ),
    Rule(
        Inventory,
        "restocked after the product was created and within the period",
        "last_restocked_at >= product.created_at AND utc_date(last_restocked_at) <= $end",
    ),
    Rule(Invoices, "date is within the period", "date BETWEEN $start AND $end"),
    Rule(Invoices, "due_date is 15, 30, 45 or 60 days after date", "due_date - date IN (15, 30, 45, 60)"),
    Rule(Invoices, "created_at is on its date", "utc_date(created_at) = date"),
    Rule(
        Invoices,
        "invoice_number has the year and is in the order of dates",
        "invoice_number = printf('INV-%d-%08d', year(date), self.id)",
    ),
    Rule(
        Invoices,
        "dates are in the order of numbers",
        "SELECT * FROM (SELECT id, date, lag(date) OVER (ORDER BY id) AS date_before FROM invoices) WHERE date < date_before",
    ),
    Rule(
        Invoices,
        "status fits the age: overdue only after the due date and from 30 days on, pending only under 60 days",
        "CASE status WHEN 'overdue' THEN due_date < $end AND $end - date >= 30 WHEN 'pending' THEN $end - date < 60 ELSE true END",
    ),
    Rule(
        Invoices,
        "tax_amount is subtotal × tax_rate, rounded half up to the cent",
        "tax_amount - 0.005 <= subtotal * tax_rate AND subtotal * tax_rate < tax_amount + 0.005",
    ),
    Rule(Invoices, "total is subtotal + tax_amount", "total = subtotal + tax_amount"),
    Rule(
        Invoices,
        "40 % are from the last 30 days, 30 % from 31 to 90 days ago, 30 % older",
        """WITH bands AS (SELECT CASE WHEN $end - date <= 30 THEN 1 WHEN $end - date <= 90 THEN 2 ELSE 3 END AS band FROM invoices),
        expected(band, share, days) AS (VALUES (1, 0.4, 31), (2, 0.3, 60), (3, 0.3, $end - $start - 90)), total AS (SELECT count(*) AS rows FROM invoices),
        seen AS (SELECT band, count(*) AS times FROM bands GROUP BY band)
        SELECT band, share AS expected, coalesce(times, 0) / rows AS found FROM expected LEFT JOIN seen USING (band), total
        WHERE $end - $start > 91 AND abs(coalesce(times, 0) - share * rows) > days""",
    ),
    Rule(InvoiceLineItems, "line_total is quantity × unit_price", "line_total = quantity * unit_price"),
    Rule(
        InvoiceLineItems,
        "unit_price is the product's price less the customer type's discount",
        # to half a cent, in whole numbers
        """100 * unit_price - 0.5 <= product.price * (100 - invoice.customer.customer_type.discount_percentage)
        AND product.price * (100 - invoice.customer.customer_type.discount_percentage) < 100 * unit_price + 0.5""",
    ),
)
