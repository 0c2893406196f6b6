"""The rules that the invoicing data must satisfy, in addition to what its tables declare."""

import pyarrow as pa
import pyarrow.compute as pc

from colgen import Rule, vocabulary
from colgen.models.invoicing.goods import Inventory, ProductCategories, Products
from colgen.models.invoicing.parties import TIER_SHARES, CustomerAddresses, Customers
from colgen.models.invoicing.quantities import MOST
from colgen.models.invoicing.sales import InvoiceLineItems, Invoices

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


def drawn_shares(table: str, column: str, shares: dict[str, float]) -> str:
    """SQL that finds values whose share of the rows is more than five standard errors off."""
    expected = ", ".join(f"({value}, {share})" for value, share in shares.items())
    return f"""WITH expected(value, share) AS (VALUES {expected}),
        seen AS (SELECT {column} AS value, count(*) AS times FROM {table} GROUP BY ALL), total AS (SELECT count(*) AS rows FROM {table})
        SELECT value AS {column}, share AS expected, coalesce(times, 0) / rows AS found FROM expected LEFT JOIN seen USING (value), total
        WHERE abs(coalesce(times, 0) - share * rows) > 5 * sqrt(rows * share * (1 - share)) + 1"""


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
        drawn_shares("customers", "status", {"'active'": 0.7, "'inactive'": 0.2, "'suspended'": 0.1}),
    ),
    Rule(
        Customers,
        "the shares of tiers are as declared",
        drawn_shares("customers", "customer_type_id", {str(tier): share / 100 for tier, share in enumerate(TIER_SHARES, 1)}),
    ),
    Rule(
        Customers,
        "a customer of a higher tier is billed more",
        # wherever there are twenty customers of both tiers, the mean of the higher one is not below the other's by more than chance has it
        """WITH billed AS (SELECT customer_type_id AS tier, sum(total)::DOUBLE AS amount FROM customers JOIN invoices ON customer_id = customers.id
            GROUP BY customers.id, tier),
        tiers AS (SELECT tier, avg(amount) AS mean, var_samp(amount) / count(*) AS error, count(*) AS customers FROM billed GROUP BY tier)
        SELECT higher.tier, higher.mean, lower.tier AS lower_tier, lower.mean AS mean_of_lower FROM tiers AS higher JOIN tiers AS lower
            ON higher.tier > lower.tier AND least(higher.customers, lower.customers) >= 20
        WHERE higher.mean < lower.mean - 3 * sqrt(higher.error + lower.error)""",
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
        "paid_on is set if it is paid, after date and within the period",
        "(paid_on IS NOT NULL) = (status = 'paid') AND coalesce(paid_on > date AND paid_on <= $end, true)",
    ),
    Rule(
        Invoices,
        "a customer has the same terms on every invoice",
        """SELECT customer_id, min(due_date - date) AS least, max(due_date - date) AS most FROM invoices
        GROUP BY customer_id HAVING least <> most""",
    ),
    Rule(
        Invoices,
        "how many there are on a day is chance",
        # the difference from the week before: with Poisson counts, its square is as large as both together, on average
        """WITH days AS (SELECT date, count(*) AS invoices FROM invoices GROUP BY date),
        pairs AS (SELECT d.invoices AS now, w.invoices AS before FROM days AS d JOIN days AS w ON w.date = d.date - 7)
        SELECT sum((now - before) ** 2) AS found, sum(now + before) AS expected FROM pairs
        HAVING count(*) >= 50 AND found < 0.5 * expected""",
    ),
    Rule(
        Invoices,
        "most of what is paid late is owed by few customers",
        """WITH settled AS (SELECT customer_id, count(*) AS invoices, count(*) FILTER (coalesce(paid_on, $end) > due_date) AS late
            FROM invoices WHERE due_date < $end GROUP BY customer_id),
        worst AS (SELECT late, row_number() OVER (ORDER BY late DESC) AS place, count(*) OVER () AS customers FROM settled)
        SELECT sum(late) FILTER (place <= 0.2 * customers) / sum(late) AS found, sum(late) AS rows FROM worst
        HAVING sum(late) > 200 AND found < 0.4""",
    ),
    Rule(
        Invoices,
        "what is older is less often overdue",
        """WITH aged AS (SELECT $end - date > 150 AS old, avg((status = 'overdue')::INTEGER) AS share, count(*) AS invoices
            FROM invoices WHERE $end - date > 60 GROUP BY old)
        SELECT old.share AS found, young.share AS share_of_younger FROM aged AS old JOIN aged AS young ON old.old AND NOT young.old
        WHERE least(old.invoices, young.invoices) >= 100 AND old.share > young.share""",
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
    Rule(
        InvoiceLineItems,
        "an invoice has at least lines_min lines, or as many as there are products",
        """SELECT invoices.id AS invoice_id, count(invoice_id) AS lines FROM invoices LEFT JOIN invoice_line_items ON invoice_id = invoices.id
        GROUP BY invoices.id
        HAVING lines < least($lines_min, (SELECT greatest(count(*) FILTER (utc_date(created_at) < $start), 1) FROM products))""",
    ),
    Rule(InvoiceLineItems, f"quantity is 1 to {MOST}", f"quantity BETWEEN 1 AND {MOST}"),
    Rule(InvoiceLineItems, "line_total is quantity × unit_price", "line_total = quantity * unit_price"),
    Rule(
        InvoiceLineItems,
        "unit_price is the product's price less the customer type's discount",
        # to half a cent, in whole numbers
        """100 * unit_price - 0.5 <= product.price * (100 - invoice.customer.customer_type.discount_percentage)
        AND product.price * (100 - invoice.customer.customer_type.discount_percentage) < 100 * unit_price + 0.5""",
    ),
)
