"""Every check finds the damage it is there for, and says which rule broke and where."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.invariants import queries
from colgen.manifest import read
from colgen.model import load

TYPES: dict[str, str] = {}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "data"
    colgen.build("invoicing", volume="medium", seed=5, out=folder)
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def damage(folder: Path, table: str, *statements: str) -> None:
    """Changes a written table by SQL, as a careless hand would."""
    part = folder / table / "part-00000.parquet"
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{part}')")
    for statement in statements:
        connection.execute(statement)
    connection.execute(f"COPY {table} TO '{part}' (FORMAT parquet)")


def broken(folder: Path) -> dict[str, colgen.checks.Outcome]:  # type: ignore[name-defined]
    return {f"{one.table}: {one.says}": one for one in colgen.check(folder) if not one.holds}


# What is done to the data, and a rule that must break for it.
DAMAGE = [
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
]  # fmt: skip


@pytest.mark.parametrize(("table", "statement", "rule"), DAMAGE, ids=[f"{rule} / {number}" for number, (_, _, rule) in enumerate(DAMAGE)])
def test_damage_is_found(table: str, statement: str, rule: str, folder: Path) -> None:
    damage(folder, table, statement)
    found = broken(folder)
    assert rule in found
    assert found[rule].found >= 1
    assert found[rule].rows


def test_sound_data_breaks_no_rule(folder: Path) -> None:
    assert broken(folder) == {}


def test_every_rule_of_the_model_has_its_damage(sound: Path) -> None:
    """A new rule needs a line above; those of one shape for many columns need one between them."""
    shapes = (
        "is never null",
        "is unique",
        "is one of its words",
        "is in ",
        "has ",
        "is 1, 2, 3",
        "is not after the period",
        "of them for each of",
        " is 1 to",
        "existed by",
        " is 10 to 120",
        "shares as declared",
    )
    damaged = {rule for _, _, rule in DAMAGE}
    undamaged = [f"{one.table}: {one.says}" for one in queries(read(sound), load("invoicing")) if f"{one.table}: {one.says}" not in damaged]
    assert [rule for rule in undamaged if not any(shape in rule for shape in shapes)] == []


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
