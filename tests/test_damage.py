"""Every check finds the damage it is there for, and says which rule broke and where."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.checks import Outcome
from colgen.invariants import queries
from colgen.manifest import read
from colgen.model import load

VOLUMES = {"invoicing": "medium", "ecommerce": "small"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sound build of each model."""
    folders = {model: tmp_path_factory.mktemp("sound") / model for model in VOLUMES}
    for model, folder in folders.items():
        colgen.build(model, volume=VOLUMES[model], seed=5, out=folder)
    return folders


@pytest.fixture
def copied(sound: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """Gives a copy of a model's sound build, to be damaged."""
    return lambda model: Path(shutil.copytree(sound[model], tmp_path / model))


@pytest.fixture
def folder(copied: Callable[[str], Path]) -> Path:
    return copied("invoicing")


def damage(folder: Path, table: str, *statements: str) -> None:
    """Changes a written table by SQL, as a careless hand would."""
    parts = sorted((folder / table).iterdir())
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE {table} AS FROM read_parquet({[str(part) for part in parts]})")
    for statement in statements:
        connection.execute(statement)
    for number, part in enumerate(parts):  # all of it is in the first part now
        connection.execute(f"COPY (FROM {table} {'LIMIT 0' if number else ''}) TO '{part}' (FORMAT parquet)")


def broken(folder: Path, only: Callable[[str], bool] = lambda rule: True) -> dict[str, Outcome]:
    """The rules that do not hold, of those that are wanted."""

    def wanted(*arguments):
        return (query for query in queries(*arguments) if only(f"{query.table}: {query.says}"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.checks.queries", wanted)
        return {f"{one.table}: {one.says}": one for one in colgen.check(folder) if not one.holds}


def rules(folder: Path, model: str) -> list[tuple[str, str]]:
    """Every rule of a model: the table, and what it says."""
    return [(query.table, query.says) for query in queries(read(folder), load(model))]


# The shapes of the rules that follow from a declaration, and what is done to a table for those of it to break.
SHAPES = {
    r"has [\d,]+ rows": "DELETE FROM {table} WHERE rowid = 0",
    r"(?P<column>\w+) is never null": "UPDATE {table} SET {column} = NULL WHERE rowid = 2",
    r"(?P<column>\w+) is unique": "UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE rowid = 1) WHERE rowid = 2",
    r"(?P<column>\w+) is 1, 2, 3 … without a gap, each once": "UPDATE {table} SET {column} = 1 WHERE rowid = 2",
    r"(?P<column>\w+) is one of its words": "UPDATE {table} SET {column} = 'word' WHERE rowid = 2",
    r"(?P<column>\w+) is in \w+": "UPDATE {table} SET {column} = -1 WHERE rowid = 2",
    r"(?P<column>\w+) is [\d.]+ to [\d.]+": "UPDATE {table} SET {column} = -1 WHERE rowid = 2",
    r"(?P<column>\w+) is not after the period": "UPDATE {table} SET {column} = '2300-01-01' WHERE rowid = 2",
    r"(?P<column>\w+): shares as declared": "UPDATE {table} SET {column} = (SELECT min({column}) FROM {table})",
}


def one(table: str, change: str, where: str = "true") -> tuple[str, str]:
    """Changes the first row of which something holds."""
    return table, f"UPDATE {table} SET {change} WHERE rowid = (SELECT min(rowid) FROM {table} WHERE {where})"


# What is done to the data, and a rule that must break for it.
INVOICING = [
    ("invoices", "UPDATE invoices SET total = total + 0.01 WHERE id = 7", "invoices: total is subtotal + tax_amount"),
    ("invoices", "UPDATE invoices SET subtotal = subtotal + 1, total = total + 1 WHERE id = 7", "invoices: subtotal is the sum of invoice_line_items.line_total"),
    ("invoices", "UPDATE invoices SET tax_amount = tax_amount + 0.01, total = total + 0.01 WHERE id = 7", "invoices: tax_amount is subtotal × tax_rate, rounded half up to the cent"),
    ("invoices", "UPDATE invoices SET due_date = date, date = due_date WHERE id = 7", "invoices: due_date is 15, 30, 45 or 60 days after date"),
    ("invoices", "UPDATE invoices SET date = date - 400 WHERE id = 200", "invoices: no invoice is dated before an earlier number's"),
    ("invoices", "UPDATE invoices SET date = '2025-01-01' WHERE id = 300", "invoices: date is within the period"),
    ("invoices", "UPDATE invoices SET status = 'overdue' WHERE id = 300", "invoices: status suits the age: overdue only when due has passed, not under 30 days, and nothing pending from 60 days"),
    ("invoices", "UPDATE invoices SET status = 'lost' WHERE id = 300", "invoices: status is one of its words"),
    ("invoices", "UPDATE invoices SET customer_id = 1000000 WHERE id = 7", "invoices: customer_id is in customers"),
    ("invoices", "UPDATE invoices SET customer_id = 100 WHERE id = 1", "invoices: customer_id existed by date"),
    ("invoices", "UPDATE invoices SET invoice_number = 'INV-2024-00000008' WHERE id = 7", "invoices: invoice_number is unique"),
    ("invoices", "UPDATE invoices SET invoice_number = 'INV-2023-00000007' WHERE id = 7", "invoices: invoice_number names the year and ascends with the date"),
    ("invoices", "UPDATE invoices SET created_at = created_at + INTERVAL 1 DAY WHERE id = 7", "invoices: created_at is on its date"),
    ("invoices", "DELETE FROM invoices WHERE id = 7", "invoices: has 300 rows"),
    ("invoices", "INSERT INTO invoices SELECT * FROM invoices WHERE id = 7", "invoices: id is 1, 2, 3 … without a gap, each once"),
    ("invoices", "UPDATE invoices SET date = date - 40, due_date = due_date - 40, status = 'paid', created_at = created_at - INTERVAL 40 DAY WHERE id > 200", "invoices: 40 / 30 / 30 % in the last 30 days, 31 to 90 and 91 or more days back"),
    ("invoice_line_items", "UPDATE invoice_line_items SET quantity = 21 WHERE id = 3", "invoice_line_items: quantity is 1 to 20"),
    ("invoice_line_items", "UPDATE invoice_line_items SET quantity = -1, line_total = -unit_price WHERE id = 3", "invoice_line_items: quantity is 1 to 20"),
    ("invoice_line_items", "UPDATE invoice_line_items SET line_total = line_total + 0.01 WHERE id = 3", "invoice_line_items: line_total is quantity × unit_price"),
    ("invoice_line_items", "UPDATE invoice_line_items SET unit_price = unit_price + 0.01 WHERE id = 3", "invoice_line_items: unit_price is the product's price less the customer type's discount"),
    ("invoice_line_items", "UPDATE invoice_line_items SET line_number = 9 WHERE id = 3", "invoice_line_items: line_number is 1, 2, 3 … within each invoice_id"),
    ("invoice_line_items", "UPDATE invoice_line_items SET product_id = 999999 WHERE id = 3", "invoice_line_items: product_id is in products"),
    ("invoice_line_items", "UPDATE invoice_line_items SET product_id = 500 WHERE id = 1", "invoice_line_items: product_id existed by date"),
    ("invoice_line_items", "DELETE FROM invoice_line_items WHERE invoice_id = 9", "invoice_line_items: 2 to 8 of them for each of invoices"),
    ("customers", "DELETE FROM customers WHERE id = (SELECT min(id) + 5 FROM customers)", "customer_addresses: customer_id is in customers"),
    ("customers", "UPDATE customers SET email = (SELECT email FROM customers WHERE id = 2) WHERE id = 3", "customers: email is unique"),
    ("customers", "UPDATE customers SET email = 'nobody' WHERE id = 3", "customers: email is well formed"),
    ("customers", "UPDATE customers SET name = 'Xy Zz' WHERE id = 3", "customers: email is made from the name"),
    ("customers", "UPDATE customers SET email = NULL WHERE id = 3", "customers: email is never null"),
    ("customers", "UPDATE customers SET phone = '555-0100' WHERE id = 3", "customers: phone has the US form"),
    ("customers", "UPDATE customers SET phone = '(999' || substr(phone, 5) WHERE id = 3", "customers: phone has an area code of the primary address's state"),
    ("customers", "UPDATE customers SET credit_limit = credit_limit + 5000 WHERE id = 3", "customers: credit_limit is 5,000 times the type's multiplier and 50 to 2,500 more in steps of 50"),
    ("customers", "UPDATE customers SET status = 'inactive'", "customers: status: shares as declared"),
    ("customers", "UPDATE customers SET status = 'inactive'", "invoices: customer_id has status = active"),
    ("customers", "UPDATE customers SET customer_type_id = 1", "customers: customer_type_id: shares as declared"),
    ("customers", "UPDATE customers SET created_at = '2025-01-01' WHERE id = 100", "customers: created_at is not after the period"),
    ("customer_addresses", "UPDATE customer_addresses SET is_primary = false WHERE id = 1", "customer_addresses: each customer has one primary address, the first, for billing"),
    ("customer_addresses", "UPDATE customer_addresses SET zip_code = '1234' WHERE id = 1", "customer_addresses: zip_code has five digits"),
    ("customer_addresses", "UPDATE customer_addresses SET state = 'ZZ' WHERE id = 1", "customer_addresses: zip_code belongs to the city and the state"),
    ("customer_addresses", "UPDATE customer_addresses SET created_at = '2000-01-01' WHERE id = 1", "customer_addresses: created_at is not before the customer's"),
    ("customer_addresses", "UPDATE customer_addresses SET address_type = 'home' WHERE id = 1", "customer_addresses: address_type is one of its words"),
    ("products", "UPDATE products SET sku = (SELECT sku FROM products WHERE id = 2) WHERE id = 3", "products: sku is unique"),
    ("products", "UPDATE products SET sku = 'X' || sku WHERE id = 3", "products: sku has its category's prefix"),
    ("products", "UPDATE products SET cost = price WHERE id = 3", "products: cost is below price, and neither is below a cent"),
    ("products", "UPDATE products SET price = price * 3 WHERE id = 3", "products: price / cost is in the category's range, to the cent"),
    ("products", "UPDATE products SET weight = -1 WHERE id = 3", "products: weight is not negative"),
    ("products", "UPDATE products SET product_category_id = 99 WHERE id = 3", "products: product_category_id is in product_categories"),
    ("product_categories", "UPDATE product_categories SET markup_max = 9 WHERE id = 3", "product_categories: the markup's range lies within 1.2 to 2.2"),
    ("product_categories", "DELETE FROM product_categories WHERE id = 3", "product_categories: has 12 rows"),
    ("customer_types", "UPDATE customer_types SET name = 'Gold'", "customer_types: name is unique"),
    ("inventory", "UPDATE inventory SET quantity_on_hand = -1 WHERE id = 1", "inventory: quantities are not negative"),
    ("inventory", "UPDATE inventory SET warehouse_location = 'Reno'", "inventory: a warehouse stocks a product once"),
    ("inventory", "UPDATE inventory SET last_restocked_at = '2001-01-01' WHERE id = 1", "inventory: restocked when there was such a product, and not after the period"),
    ("inventory", "UPDATE inventory SET product_id = 0 WHERE id = 1", "inventory: product_id is in products"),
    ("inventory", "UPDATE inventory SET reorder_point = 500 WHERE id = 1", "inventory: reorder_point is 10 to 120"),
    ("customer_addresses", "DELETE FROM customer_addresses WHERE customer_id = 3", "customer_addresses: 1 to 3 of them for each of customers"),
    ("inventory", "DELETE FROM inventory WHERE product_id = 3", "inventory: 1 to 3 of them for each of products"),
]  # fmt: skip

ECOMMERCE = [
    (*one("raw_customers", "email = 'nobody@example.com'"), "raw_customers: email is made from the name"),
    (*one("raw_customers", "email = replace(email, '.1@', '.2@')"), "raw_customers: email is made from the name"),
    (*one("raw_customers", "phone = '555-0100'"), "raw_customers: phone has the country's form"),
    (*one("raw_customers", "phone = '+48 601 234 567'", "country = 'Germany'"), "raw_customers: phone has the country's form"),
    (*one("raw_customers", "city = 'Atlantis'"), "raw_customers: postal_code and city belong to the country"),
    (*one("raw_customers", "country = 'Poland'", "country = 'Germany'"), "raw_customers: postal_code and city belong to the country"),
    (*one("raw_customers", "postal_code = '1'"), "raw_customers: postal_code and city belong to the country"),
    (*one("raw_customers", "date_of_birth = registration_date - 17 * 365"), "raw_customers: is of age, and not older than 86, when registering"),
    (*one("raw_customers", "date_of_birth = registration_date - 87 * 366"), "raw_customers: is of age, and not older than 86, when registering"),
    (*one("raw_customers", "preferences = '[]'"), "raw_customers: preferences is a JSON object"),
    (*one("raw_customers", "preferences = '{}'"), "raw_customers: preferences is a JSON object"),
    (*one("raw_products", "cost = price"), "raw_products: cost is below the price"),
    (*one("raw_products", "brand = 'Nobody'"), "raw_products: a brand makes things of its categories"),
    (*one("raw_products", "brand = (SELECT min(brand) FROM raw_products WHERE category = 'Printing')", "category = 'Cleaning'"), "raw_products: a brand makes things of its categories"),
    (*one("raw_products", "subcategory = (SELECT min(subcategory) FROM raw_products WHERE category = 'Printing')", "category = 'Cleaning'"), "raw_products: a subcategory belongs to one category"),
    (*one("raw_products", "attributes = '{}'"), "raw_products: attributes is a JSON object, its keys those of the category"),
    (*one("raw_products", "attributes = replace(attributes, '\": ', '_\": ')"), "raw_products: attributes is a JSON object, its keys those of the category"),
    (*one("raw_sessions", "customer_id = (SELECT max(customer_id) FROM raw_sessions)"), "raw_sessions: the customer registered before the first session"),
    ("raw_customers", "UPDATE raw_customers SET registration_date = '2024-12-31'", "raw_sessions: the customer registered before the first session"),
    (*one("raw_sessions", "started_at = ended_at + INTERVAL 1 SECOND"), "raw_sessions: begins before it ends, within the period"),
    (*one("raw_sessions", "started_at = '2024-12-01 12:00:00Z'"), "raw_sessions: begins before it ends, within the period"),
    (*one("raw_sessions", "ended_at = '2025-01-01 12:00:00Z'"), "raw_sessions: begins before it ends, within the period"),
    (*one("raw_sessions", "duration_seconds = duration_seconds + 1"), "raw_sessions: duration_seconds is from begin to end"),
    (*one("raw_sessions", "customer_id = NULL", "converted"), "raw_sessions: a buyer is known"),
    (*one("raw_sessions", "city = 'Atlantis'"), "raw_sessions: city belongs to the country"),
    (*one("raw_sessions", "country = 'Poland'", "country = 'Germany'"), "raw_sessions: city belongs to the country"),
    (*one("raw_sessions", "device_info = '{\"device\": \"toaster\"}'"), "raw_sessions: device_info is a JSON object"),
    (*one("raw_sessions", "device_info = '[]'"), "raw_sessions: device_info is a JSON object"),
    ("raw_sessions", "UPDATE raw_sessions SET converted = true", "raw_sessions: converts as often as asked"),
    ("raw_sessions", "UPDATE raw_sessions SET converted = false", "raw_sessions: converts as often as asked"),
    ("raw_sessions", "UPDATE raw_sessions SET is_bounce = false WHERE rowid % 2 = 0", "raw_sessions: bounces as often as asked"),
    (*one("raw_sessions", "page_views = page_views + 1"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "is_bounce = NOT is_bounce"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "started_at = started_at - INTERVAL 1 SECOND"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "ended_at = started_at", "page_views > 1"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "customer_id = customer_id + 1", "customer_id > 0"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "customer_id = 1", "customer_id IS NULL"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "device_info = (SELECT max(device_info) FROM raw_sessions)"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "session_id = (SELECT min(session_id) FROM raw_sessions WHERE is_bounce)", "page_views > 1"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_clickstream", "event_type = 'search'", "event_type = 'page_view'"), "raw_sessions: page_views, is_bounce and the times agree with the events"),
    ("raw_clickstream", "DELETE FROM raw_clickstream WHERE event_seq > 1", "raw_sessions: page_views, is_bounce and the times agree with the events"),
    ("raw_clickstream", "DELETE FROM raw_clickstream WHERE session_id = (SELECT min(session_id) FROM raw_clickstream)", "raw_sessions: page_views, is_bounce and the times agree with the events"),
    (*one("raw_sessions", "session_id = 'lost'"), "raw_clickstream: session_id is in raw_sessions"),
    (*one("raw_clickstream", "event_seq = 0"), "raw_clickstream: event_seq is 1, 2, 3 … and ascends with event_ts"),
    (*one("raw_clickstream", "event_seq = event_seq + 1"), "raw_clickstream: event_seq is 1, 2, 3 … and ascends with event_ts"),
    (*one("raw_clickstream", "event_ts = event_ts - INTERVAL 1 DAY", "event_seq = 3"), "raw_clickstream: event_seq is 1, 2, 3 … and ascends with event_ts"),
    (*one("raw_clickstream", "product_id = NULL", "event_type = 'product_view'"), "raw_clickstream: an event has what its type needs"),
    (*one("raw_clickstream", "product_id = NULL", "event_type = 'remove_from_cart'"), "raw_clickstream: an event has what its type needs"),
    (*one("raw_clickstream", "product_id = 1", "product_id IS NULL"), "raw_clickstream: an event has what its type needs"),
    (*one("raw_clickstream", "product_id = product_id + 1", "product_id IS NOT NULL"), "raw_clickstream: an event has what its type needs"),
    (*one("raw_clickstream", "page_url = '/product/0'", "product_id IS NOT NULL"), "raw_clickstream: an event has what its type needs"),
    (*one("raw_clickstream", "search_query = NULL", "event_type = 'search'"), "raw_clickstream: an event has what its type needs"),
    (*one("raw_clickstream", "search_query = 'shoes'", "event_type = 'page_view'"), "raw_clickstream: an event has what its type needs"),
    ("raw_clickstream", "UPDATE raw_clickstream SET event_type = 'page_view' WHERE event_type = 'product_view'", "raw_clickstream: a path is possible: seen, then in the cart, then out of it"),
    ("raw_clickstream", "UPDATE raw_clickstream SET event_seq = 0 WHERE event_type = 'add_to_cart'", "raw_clickstream: a path is possible: seen, then in the cart, then out of it"),
    ("raw_clickstream", "UPDATE raw_clickstream SET event_seq = 0 WHERE event_type = 'remove_from_cart'", "raw_clickstream: a path is possible: seen, then in the cart, then out of it"),
    ("raw_clickstream", "DELETE FROM raw_clickstream WHERE event_type = 'add_to_cart'", "raw_clickstream: a path is possible: seen, then in the cart, then out of it"),
    (*one("raw_clickstream", "event_type = 'remove_from_cart'", "event_type = 'product_view'"), "raw_clickstream: a path is possible: seen, then in the cart, then out of it"),
    ("raw_clickstream", "DELETE FROM raw_clickstream WHERE event_type = 'add_to_cart'", "raw_clickstream: a path is possible: checkout follows the cart, and purchase the checkout"),
    ("raw_clickstream", "DELETE FROM raw_clickstream WHERE event_type = 'checkout_start'", "raw_clickstream: a path is possible: checkout follows the cart, and purchase the checkout"),
    ("raw_clickstream", "UPDATE raw_clickstream SET event_seq = 0 WHERE event_type = 'checkout_start'", "raw_clickstream: a path is possible: checkout follows the cart, and purchase the checkout"),
    ("raw_clickstream", "UPDATE raw_clickstream SET event_seq = 0 WHERE event_type = 'purchase'", "raw_clickstream: a path is possible: checkout follows the cart, and purchase the checkout"),
    ("raw_clickstream", "INSERT INTO raw_clickstream FROM raw_clickstream WHERE event_type = 'purchase' LIMIT 1", "raw_clickstream: a path is possible: checkout follows the cart, and purchase the checkout"),
    ("raw_clickstream", "INSERT INTO raw_clickstream FROM raw_clickstream WHERE event_type = 'checkout_start' LIMIT 1", "raw_clickstream: a path is possible: checkout follows the cart, and purchase the checkout"),
    (*one("raw_orders", "customer_id = customer_id + 1"), "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    (*one("raw_orders", "session_id = 'lost'"), "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    (*one("raw_orders", "order_ts = order_ts - INTERVAL 1 SECOND"), "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    ("raw_orders", "DELETE FROM raw_orders WHERE order_id = 3", "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    (*one("raw_sessions", "converted = false", "converted"), "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    (*one("raw_sessions", "converted = true", "NOT converted"), "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    (*one("raw_clickstream", "event_type = 'page_view'", "event_type = 'purchase'"), "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    ("raw_clickstream", "INSERT INTO raw_clickstream FROM raw_clickstream WHERE event_type = 'purchase' LIMIT 1", "raw_orders: every order has one session that converted, and every such session one order, at its purchase"),
    (*one("raw_orders", "session_id = (SELECT session_id FROM raw_orders WHERE order_id = 9)"), "raw_orders: a session has at most one order"),
    (*one("raw_orders", "subtotal = subtotal + 0.01"), "raw_orders: subtotal is the sum of the items' line totals"),
    ("raw_order_items", "DELETE FROM raw_order_items WHERE order_id = 3", "raw_orders: subtotal is the sum of the items' line totals"),
    (*one("raw_orders", "total = total + 0.01"), "raw_orders: total = subtotal - discount + shipping + tax"),
    (*one("raw_orders", "discount = -1, total = subtotal + 1 + shipping + tax"), "raw_orders: total = subtotal - discount + shipping + tax"),
    (*one("raw_orders", "discount = subtotal + 1, total = -1 + shipping + tax"), "raw_orders: total = subtotal - discount + shipping + tax"),
    (*one("raw_orders", "tax = tax + 0.01, total = total + 0.01"), "raw_orders: tax is the rate of the customer's country on the goods"),
    (*one("raw_orders", "shipped_at = order_ts", "shipped_at IS NOT NULL"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "delivered_at = shipped_at", "delivered_at IS NOT NULL"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "delivered_at = order_ts + INTERVAL 1 DAY", "shipped_at IS NULL"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "shipped_at = order_ts + INTERVAL 1 DAY", "status = 'cancelled'"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "shipped_at = NULL", "status = 'shipped'"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "status = 'delivered'", "status = 'shipped'"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "status = 'pending'", "status = 'delivered'"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "delivered_at = '2025-01-01 12:00:00Z'", "delivered_at IS NOT NULL"), "raw_orders: order, shipping and delivery follow one another, as the status says"),
    (*one("raw_orders", "shipping_address = '{}'"), "raw_orders: shipping_address is a JSON object with a city of its country"),
    (*one("raw_orders", "shipping_address = replace(shipping_address, '\"country\": \"', '\"country\": \"New ')"), "raw_orders: shipping_address is a JSON object with a city of its country"),
    (*one("raw_orders", "shipping_address = replace(shipping_address, '\"city\": \"', '\"city\": \"New ')"), "raw_orders: shipping_address is a JSON object with a city of its country"),
    (*one("raw_orders", "shipping_address = replace(shipping_address, '\"postal_code\": \"', '\"postal_code\": \"0')"), "raw_orders: shipping_address is a JSON object with a city of its country"),
    (*one("raw_order_items", "line_total = line_total + 0.01"), "raw_order_items: line_total = quantity × unit_price - discount"),
    (*one("raw_order_items", "discount = -1, line_total = quantity * unit_price + 1"), "raw_order_items: line_total = quantity × unit_price - discount"),
    (*one("raw_order_items", "discount = quantity * unit_price, line_total = 0"), "raw_order_items: line_total = quantity × unit_price - discount"),
    (*one("raw_order_items", "line_number = 99"), "raw_order_items: line_number is 1, 2, 3 … within the order"),
    (*one("raw_order_items", "line_number = 0"), "raw_order_items: line_number is 1, 2, 3 … within the order"),
    (*one("raw_order_items", "line_number = 1", "line_number = 2"), "raw_order_items: line_number is 1, 2, 3 … within the order"),
    (*one("raw_order_items", "product_id = 499"), "raw_order_items: what was ordered was put into the cart in that session, and not taken out"),
    ("raw_clickstream", "UPDATE raw_clickstream SET event_type = 'remove_from_cart' WHERE event_type = 'purchase'; UPDATE raw_clickstream SET event_type = 'page_view' WHERE event_type = 'add_to_cart'", "raw_order_items: what was ordered was put into the cart in that session, and not taken out"),
    ("raw_order_items", "DELETE FROM raw_order_items WHERE order_item_id = 3", "raw_order_items: what stayed in the cart was ordered"),
    ("raw_order_items", "INSERT INTO raw_order_items FROM raw_order_items WHERE order_item_id = 3", "raw_order_items: what stayed in the cart was ordered"),
    (*one("raw_order_items", "product_id = 500"), "raw_order_items: the product was launched before it was sold"),
    ("raw_products", "UPDATE raw_products SET launch_date = '2024-12-31'", "raw_order_items: the product was launched before it was sold"),
    (*one("raw_inventory", "quantity = quantity - 1", "movement_type = 'sale'"), "raw_inventory: every sold item has its sale movement, of its product and quantity"),
    (*one("raw_inventory", "product_id = product_id + 1", "movement_type = 'sale'"), "raw_inventory: every sold item has its sale movement, of its product and quantity"),
    (*one("raw_inventory", "order_item_id = NULL", "movement_type = 'sale'"), "raw_inventory: every sold item has its sale movement, of its product and quantity"),
    ("raw_inventory", "DELETE FROM raw_inventory WHERE order_item_id = 3", "raw_inventory: every sold item has its sale movement, of its product and quantity"),
    (*one("raw_inventory", "quantity = quantity + 1", "movement_type = 'return'"), "raw_inventory: every item of an order that was returned or cancelled has its return movement, and no other"),
    (*one("raw_inventory", "movement_type = 'return', quantity = -quantity", "movement_type = 'sale'"), "raw_inventory: every item of an order that was returned or cancelled has its return movement, and no other"),
    ("raw_inventory", "DELETE FROM raw_inventory WHERE movement_type = 'return'", "raw_inventory: every item of an order that was returned or cancelled has its return movement, and no other"),
    (*one("raw_orders", "status = 'delivered'", "status = 'returned'"), "raw_inventory: every item of an order that was returned or cancelled has its return movement, and no other"),
    (*one("raw_inventory", "movement_ts = movement_ts + INTERVAL 1 SECOND", "movement_type = 'sale'"), "raw_inventory: a sale is at the order's time"),
    (*one("raw_inventory", "stock_after = -1"), "raw_inventory: stock_after is never negative"),
    (*one("raw_inventory", "stock_after = stock_after + 1"), "raw_inventory: stock_after is the running sum of quantity"),
    (*one("raw_inventory", "warehouse_id = 'Outlet'", "movement_type = 'sale'"), "raw_inventory: stock_after is the running sum of quantity"),
    ("raw_inventory", "UPDATE raw_inventory SET movement_ts = movement_ts + INTERVAL 1 YEAR WHERE movement_type = 'initial'", "raw_inventory: stock_after is the running sum of quantity"),
    (*one("raw_inventory", "quantity = -quantity", "movement_type = 'initial'"), "raw_inventory: quantity has the sign of its movement"),
    (*one("raw_inventory", "quantity = 0", "movement_type = 'adjustment'"), "raw_inventory: quantity has the sign of its movement"),
    (*one("raw_inventory", "quantity = -quantity", "movement_type = 'sale'"), "raw_inventory: quantity has the sign of its movement"),
    (*one("raw_inventory", "quantity = quantity + 1", "movement_type = 'transfer_in'"), "raw_inventory: what is transferred out comes in elsewhere"),
    ("raw_inventory", "DELETE FROM raw_inventory WHERE movement_type = 'transfer_out'", "raw_inventory: what is transferred out comes in elsewhere"),
    (*one("raw_reviews", "customer_id = customer_id + 1", "verified_purchase"), "raw_reviews: a verified one is by a customer who bought the product in that order, after its delivery"),
    (*one("raw_reviews", "product_id = 499", "verified_purchase"), "raw_reviews: a verified one is by a customer who bought the product in that order, after its delivery"),
    (*one("raw_reviews", "order_id = order_id + 1", "verified_purchase"), "raw_reviews: a verified one is by a customer who bought the product in that order, after its delivery"),
    (*one("raw_reviews", "review_ts = '2024-12-02 12:00:00Z'", "verified_purchase"), "raw_reviews: a verified one is by a customer who bought the product in that order, after its delivery"),
    ("raw_orders", "UPDATE raw_orders SET delivered_at = NULL", "raw_reviews: a verified one is by a customer who bought the product in that order, after its delivery"),
    (*one("raw_reviews", "verified_purchase = NOT verified_purchase"), "raw_reviews: is verified where it names an order"),
    (*one("raw_reviews", "order_id = 1", "NOT verified_purchase"), "raw_reviews: is verified where it names an order"),
    (*one("raw_reviews", "rating = 6"), "raw_reviews: is verified where it names an order"),
    (*one("raw_reviews", "rating = 0"), "raw_reviews: is verified where it names an order"),
    ("raw_reviews", "UPDATE raw_reviews SET rating = 5", "raw_reviews: ratings: mostly 4 and 5"),
    ("raw_reviews", "UPDATE raw_reviews SET rating = 1", "raw_reviews: ratings: mostly 4 and 5"),
]  # fmt: skip

DAMAGE = [("invoicing", *line) for line in INVOICING] + [("ecommerce", *line) for line in ECOMMERCE]


@pytest.mark.parametrize(
    ("model", "table", "statement", "rule"), DAMAGE, ids=[f"{rule} / {number}" for number, (*_, rule) in enumerate(DAMAGE)]
)
def test_damage_is_found(model: str, table: str, statement: str, rule: str, copied: Callable[[str], Path]) -> None:
    folder = copied(model)
    damage(folder, table, statement)
    found = broken(folder, lambda says: says == rule)
    assert rule in found
    assert found[rule].found >= 1
    assert found[rule].rows
    assert found[rule].columns != ("error",)  # it is the data that is wrong, not the question


@pytest.mark.parametrize("model", VOLUMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_damage_to_what_is_declared_is_found(model: str, shape: str, copied: Callable[[str], Path]) -> None:
    """Each rule of a shape reads what it is about and nothing else, so all of them are broken at once."""
    folder = copied(model)
    statements, expected = defaultdict(list), set()
    for table, says in rules(folder, model):
        if found := re.fullmatch(shape, says):
            statements[table].append(SHAPES[shape].format(table=table, **found.groupdict()))
            expected.add(f"{table}: {says}")
    if not expected:
        pytest.skip(f"{model} has no rule of this shape")
    for table in statements:
        damage(folder, table, *statements[table])
    outcomes = broken(folder, lambda rule: rule in expected)
    assert set(outcomes) == expected
    assert all(one.found >= 1 and one.rows and one.columns != ("error",) for one in outcomes.values())


@pytest.mark.parametrize("model", VOLUMES)
def test_sound_data_breaks_no_rule(model: str, sound: dict[str, Path]) -> None:
    assert broken(sound[model]) == {}


@pytest.mark.parametrize("model", VOLUMES)
def test_every_rule_of_the_model_has_its_damage(model: str, sound: dict[str, Path]) -> None:
    """A new rule needs a line in a list above, or has one of the shapes."""
    damaged = {rule for name, _, _, rule in DAMAGE if name == model}
    known = rules(sound[model], model)
    assert [
        f"{table}: {says}"
        for table, says in known
        if not any(re.fullmatch(shape, says) for shape in SHAPES) and f"{table}: {says}" not in damaged
    ] == []
    assert damaged <= {f"{table}: {says}" for table, says in known}


def test_the_offending_row_is_shown(folder: Path) -> None:
    damage(folder, "invoices", "UPDATE invoices SET total = total + 1 WHERE id = 7")
    found = broken(folder)["invoices: total is subtotal + tax_amount"]
    assert found.found == 1
    assert found.columns[0] == "id"
    assert found.rows[0][0] == 7


def test_many_offenders_are_counted_and_five_shown(folder: Path) -> None:
    damage(folder, "invoices", "UPDATE invoices SET total = total + 1")
    found = broken(folder)["invoices: total is subtotal + tax_amount"]
    assert (found.found, len(found.rows)) == (300, 5)


def test_a_missing_part_is_found(folder: Path) -> None:
    (folder / "products" / "part-00000.parquet").unlink()
    found = broken(folder)
    assert list(found) == ["*: every part is there"]
    assert found["*: every part is there"].rows == (("products/part-00000.parquet",),)


def test_a_part_that_cannot_be_read_is_found(folder: Path) -> None:
    (folder / "products" / "part-00000.parquet").write_bytes(b"PAR1 not really")
    assert "products: its parts can be read" in broken(folder)


def test_damaged_csv_is_found(tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "data", format="csv")
    part = tmp_path / "data" / "invoices" / "part-00000.csv"
    lines = part.read_text().splitlines()
    fields = lines[7].split(",")
    fields[9] = "1.00"
    part.write_text("\n".join([*lines[:7], ",".join(fields), *lines[8:]]) + "\n")
    assert "invoices: total is subtotal + tax_amount" in broken(tmp_path / "data")


def test_a_cell_that_is_no_value_is_found(tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "data", format="csv")
    part = tmp_path / "data" / "products" / "part-00000.csv"
    part.write_text(part.read_text().replace("true", "maybe", 1))
    assert broken(tmp_path / "data")
