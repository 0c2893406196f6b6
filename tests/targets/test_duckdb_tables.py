"""Into a DuckDB file: the same values as in files, with the right types, keys and comments."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.audit import check
from colgen.audit.check import CheckFailed
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.declare.rules import Rule
from colgen.errors import ColgenError, RequestError
from colgen.targets import manifest
from colgen.targets.duckdb import target as target_module
from colgen.targets.finished import read_build
from colgen.targets.room import human_size
from tests.support import colgen as command_line
from tests.support import first_of, thorough
from tests.targets.duckdb_files import MODELS, ask, build, digest, digests


@pytest.mark.parametrize("model", first_of(MODELS))
def test_tables_are_those_of_the_files_in_values_order_and_types(model: str, file: Path) -> None:
    summary = build(file, model=model)
    colgen.build(model, volume="small", out=file.parent / "data")
    written = manifest.read(file.parent / "data")
    assert summary.rows == {name: entry.rows for name, entry in written.tables.items()}
    files = read_build(file.parent / "data").connect()
    assert digests(file) == {name: digest(files, f'"{name}"') for name in sorted(written.tables)}
    for name, entry in written.tables.items():
        described = ask(file, f'SELECT column_name, column_type, "null" FROM (DESCRIBE shop."{name}")')
        assert {column: kind.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") for column, kind, _ in described} == entry.columns
        assert {column: null == "YES" for column, _, null in described} == {
            column.name: column.nullable for column in find_model(model).table(name).written_columns
        }
    assert sorted(os.listdir(file.parent)) == ["data", "sales.duckdb"]


@thorough
@pytest.mark.parametrize(
    ("model", "tables"), first_of([("invoicing", ["customers", "products", "invoices"]), *((model, None) for model in MODELS)])
)
def test_no_difference_is_found_to_a_build_into_files(model: str, tables: list[str] | None, file: Path) -> None:
    build(file, model=model, tables=tables)
    colgen.build(model, volume="small", out=file.parent / "data", tables=tables)
    assert colgen.diff(file.parent / "data", file) == []
    assert colgen.diff(file, file.parent / "data") == []
    build(file, "other", model, seed=1, tables=tables)
    with pytest.raises(RequestError, match="each of the schemas other, shop"):
        colgen.diff(file.parent / "data", file)
    assert colgen.diff(file.parent / "data", file, schema="shop") == []
    assert colgen.diff(file.parent / "data", file, schema="other") != []


SOME = ("customer_types", "customers", "customer_addresses")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, which nobody changes."""
    path = tmp_path_factory.mktemp("whole") / "sales.duckdb"
    build(path)
    return path


def constraints(path: Path, kind: str) -> set[str]:
    """Such as `invoices.customer_id → customers`."""
    sql = f"""SELECT table_name || '.' || constraint_column_names[1] || coalesce(' → ' || referenced_table, '')
        FROM duckdb_constraints() WHERE schema_name = 'shop' AND constraint_type = '{kind}' AND table_name <> 'colgen_manifest'"""
    return {one for (one,) in ask(path, sql)}


def test_keys_unique_columns_and_references_are_constraints(whole: Path, file: Path) -> None:
    file.parent.mkdir()
    shutil.copyfile(whole, file)
    tables = [one.name for one in find_model("invoicing").written]
    assert constraints(file, "PRIMARY KEY") == {f"{name}.id" for name in tables}
    assert {"customers.email", "products.sku", "invoices.invoice_number"} <= constraints(file, "UNIQUE")
    assert constraints(file, "FOREIGN KEY") == {
        "customers.customer_type_id → customer_types",
        "products.product_category_id → product_categories",
        "customer_addresses.customer_id → customers",
        "inventory.product_id → products",
        "invoices.customer_id → customers",
        "invoice_line_items.invoice_id → invoices",
        "invoice_line_items.product_id → products",
    }
    with duckdb.connect(file) as connection:
        for statement in (
            "INSERT INTO shop.customers SELECT * FROM shop.customers LIMIT 1",
            "UPDATE shop.invoice_line_items SET product_id = 999999 WHERE id = 1",
            "UPDATE shop.customers SET customer_type_id = NULL WHERE id = 1",
        ):
            with pytest.raises(duckdb.ConstraintException):
                connection.execute(statement)


def test_without_constraints_only_not_null_is_left(file: Path) -> None:
    build(file, constraints=False)
    assert not constraints(file, "PRIMARY KEY") | constraints(file, "UNIQUE") | constraints(file, "FOREIGN KEY")
    assert "customers.name" in constraints(file, "NOT NULL")


def test_large_tables_have_none_unless_asked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_module, "CHEAP_ROWS", 50)
    build(file)  # 25 customers, 75 invoices
    assert constraints(file, "PRIMARY KEY") == {
        f"{name}.id" for name in ("customer_types", "product_categories", "customers", "customer_addresses")
    }
    assert constraints(file, "FOREIGN KEY") == {"customers.customer_type_id → customer_types", "customer_addresses.customer_id → customers"}
    build(file, overwrite=True, constraints=True)
    assert len(constraints(file, "PRIMARY KEY")) == 8


def test_tables_and_columns_say_what_they_mean(whole: Path) -> None:
    assert ask(whole, "SELECT comment FROM duckdb_tables() WHERE table_name = 'customers'") == [
        (find_model("invoicing").table("customers").summary,)
    ]
    assert ask(
        whole, "SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'shop' AND table_name <> 'colgen_manifest' AND comment IS NULL"
    ) == [(0,)]


def test_a_schema_and_a_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / 'Bob\'s "own" shop.duckdb'
    build(path, 'My "new" schema', tables=SOME)
    assert colgen.check(path)[0].holds
    build(path, 'My "new" schema', tables=SOME, overwrite=True, check=True)
    build(tmp_path / "bronze.duckdb", "bronze", tables=SOME)
    assert all(one.holds for one in colgen.check(tmp_path / "bronze.duckdb"))


def broken_model() -> Model:
    model = find_model("invoicing")
    return dataclasses.replace(model, rules=(Rule(model.table("customers"), "has no customer", "false"),))


@pytest.mark.parametrize("append", first_of([False, True]))
def test_what_breaks_a_rule_is_not_published(file: Path, append: bool) -> None:
    with pytest.raises(CheckFailed, match="has no customer"):
        build(file, model=broken_model(), tables=SOME, check=True)
    assert not file.parent.exists()
    build(file, seed=0 if append else 1, tables=SOME)
    before = digests(file)
    with pytest.raises(CheckFailed, match="has no customer"):
        build(file, model=broken_model(), tables=SOME, check=True, overwrite=not append, append=append)
    assert digests(file) == before
    assert os.listdir(file.parent) == ["sales.duckdb"]


@pytest.mark.parametrize("model", first_of(MODELS))
def test_every_rule_is_proved_on_the_tables_themselves(model: str, file: Path) -> None:
    summary = build(file, model=model, check=True)
    assert summary.outcomes is not None
    found = colgen.check(file)
    assert [one.rule for one in summary.outcomes] == [one.rule for one in found]
    assert all(one.holds for one in found)


def test_checks_and_reports_read_the_file(whole: Path, tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "data")
    assert colgen.report("financial_summary", whole).equals(colgen.report("financial_summary", tmp_path / "data"))
    done = command_line("check", whole)
    assert (done.returncode, "every table is there" in done.stdout) == (0, True), done.stderr
    done = command_line("report", "financial_summary", f"duckdb:///{whole}", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == command_line("report", "financial_summary", tmp_path / "data", "--format", "json").stdout
    assert command_line("diff", tmp_path / "data", whole).returncode == 0
    done = command_line("check", whole, "--schema", "shp")
    assert (done.returncode, "did you mean 'shop'" in done.stderr) == (2, True)


def test_damage_in_the_file_is_found(file: Path) -> None:
    build(file, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE shop.invoice_line_items SET product_id = 999999 WHERE id = 1; DROP TABLE shop.inventory")
    assert [(one.rule, one.rows) for one in colgen.check(file) if not one.holds] == [("every table is there", (("inventory",),))]
    with pytest.raises(ColgenError, match="inventory is missing"):
        colgen.report("financial_summary", file)
    build(file, "second", constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE second.invoice_line_items SET product_id = 999999 WHERE id = 1")
    broken = [one.rule for one in check.check(file, schema="second") if not one.holds]
    assert "product_id is in products" in broken


def test_a_file_without_a_build_says_so(tmp_path: Path) -> None:
    duckdb.connect(tmp_path / "a.duckdb").close()
    with pytest.raises(RequestError, match="none of its schemas has a table colgen_manifest"):
        colgen.check(tmp_path / "a.duckdb")
    (tmp_path / "b.txt").write_text("mine")
    with pytest.raises(RequestError, match=r"'.*b.txt' is not a DuckDB database"):
        colgen.check(tmp_path / "b.txt")
    with pytest.raises(RequestError, match="not from PostgreSQL"):
        colgen.check("postgresql://ann:secret@localhost/shop")


def test_sizes_add_up_to_about_the_file(file: Path) -> None:
    summary = build(file, volume="large", scale=10, constraints=False)
    assert sum(summary.bytes.values()) == pytest.approx(file.stat().st_size, rel=0.25)
    assert summary.target == f"{file} schema shop"
    assert human_size(sum(summary.bytes.values()))
