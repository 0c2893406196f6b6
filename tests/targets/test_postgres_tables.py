"""Into a real PostgreSQL: the same values as in files, with the right types, keys and comments."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import colgen
from colgen.audit.check import CheckFailed
from colgen.declare.find import find_model
from colgen.targets.destination import MANIFEST
from colgen.targets.postgres.copy import type_of
from colgen.targets.postgres.schema import Schema, staging_name
from colgen.targets.postgres.target import PostgresTarget
from tests.formats.test_pgcopy import expected
from tests.support import first_of
from tests.targets.postgres_schemas import build, constraints, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


@pytest.mark.parametrize(
    ("model", "settings"), first_of([("invoicing", {}), ("ecommerce", {"days": 3}), ("ecommerce", {}), ("erp", {})], 2)
)
def test_the_values_are_those_of_the_files(server, database, schema, model, settings):
    build(server, schema, model, settings=settings)
    data = colgen.build(model, volume="small", settings=settings)
    for table in data.model.written:
        key = next(column.name for column in table.written_columns if column.unique)
        made = data.table(table.name)
        made = made.take(pa.array(np.argsort(made[key].to_numpy(), kind="stable"))) if key != "session_id" else made.sort_by(key)
        names = [column.name for column in table.written_columns]
        listed = ", ".join(f'"{name}"' for name in names)
        rows = database.execute(f'SELECT {listed} FROM "{schema}"."{table.name}" ORDER BY "{key}"').fetchall()
        assert len(rows) == len(made)
        for number, column in enumerate(table.written_columns):
            kind = {"JSON": "jsonb", "UUID": "uuid"}.get(column.type.sql, "")
            assert [row[number] for row in rows] == [expected(value, kind) for value in made[column.name].to_pylist()]


def test_columns_have_the_types_and_the_order_of_the_model(server, database, schema):
    build(server, schema, "erp")
    for table in find_model("erp").written:
        found = database.execute(
            """SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum""",
            (f"{schema}.{table.name}",),
        ).fetchall()
        long = {"timestamptz": "timestamp with time zone"}
        assert found == [
            (one.name, long.get(type_of(one.type.sql), type_of(one.type.sql)), not one.nullable) for one in table.written_columns
        ]


def test_keys_references_and_indexes_are_there(server, database, schema):
    build(server, schema)
    assert constraints(database, schema, "invoices") == {
        ("p", "PRIMARY KEY (id)"),
        ("u", "UNIQUE (invoice_number)"),
        ("f", f"FOREIGN KEY (customer_id) REFERENCES {schema}.customers(id)"),
    }
    indexed = database.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = 'invoices'", (schema,)).fetchall()
    assert any("(customer_id)" in index for (index,) in indexed)


def test_the_server_holds_to_them_from_then_on(server, database, schema):
    build(server, schema)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        database.execute(f"DELETE FROM {schema}.customers")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute(f"INSERT INTO {schema}.customers SELECT * FROM {schema}.customers LIMIT 1")


def test_without_constraints_there_are_none(server, database, schema):
    build(server, schema, constraints=False)
    assert constraints(database, schema, "invoices") == set()


def test_tables_and_columns_say_what_they_are_and_the_planner_knows_them(server, database, schema):
    build(server, schema)
    (said,) = database.execute("SELECT obj_description(%s::regclass)", (f"{schema}.invoices",)).fetchone()
    assert said == find_model("invoicing").table("invoices").summary
    (said,) = database.execute("SELECT col_description(%s::regclass, 10)", (f"{schema}.invoices",)).fetchone()
    assert said == find_model("invoicing").table("invoices").written_columns[9].doc != ""
    (rows,) = database.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", (f"{schema}.invoices",)).fetchone()
    assert rows == tables(database, schema)["invoices"]


@pytest.mark.parametrize("model", first_of(["invoicing", "erp"]))
def test_every_rule_is_proved_on_what_the_server_gives_back(server, schema, model):
    summary = build(server, schema, model, check=True)
    assert len(summary.outcomes) > 100
    assert all(outcome.holds for outcome in summary.outcomes)


def test_what_breaks_a_rule_is_not_published(server, database, schema, monkeypatch):
    staged = PostgresTarget.staged

    def damaged(self):
        database.execute(f'UPDATE "{staging_name(schema)}".invoices SET total = total + 1 WHERE id = 1')
        return staged(self)

    monkeypatch.setattr(PostgresTarget, "staged", damaged)
    with pytest.raises(CheckFailed, match="total"):
        build(server, schema, tables=["invoices"], check=True)
    assert tables(database, schema) == {}
    assert tables(database, staging_name(schema)) == {}


def test_a_selection_of_tables_has_only_references_among_them(server, database, schema):
    build(server, schema, tables=["invoices", "invoice_line_items"])
    assert set(tables(database, schema)) == {"invoices", "invoice_line_items", MANIFEST}
    assert ("f", f"FOREIGN KEY (invoice_id) REFERENCES {schema}.invoices(id)") in constraints(database, schema, "invoice_line_items")


def test_the_manifest_in_the_schema_says_what_is_there_and_holds_no_password(server, database, schema):
    build(server, schema, seed=7)
    target = Schema(server, schema)
    found = target.manifest()
    target.close()
    assert found.spec.seed == 7
    assert found.tables["invoices"].rows == tables(database, schema)["invoices"]
    assert "postgresql" not in found.model_dump_json()


@pytest.mark.parametrize("constraints", [None, False])
def test_an_applications_own_rows_go_on_after_the_last_id(server, database, schema, constraints):
    request = {"tables": ["customers", "customer_addresses"], "constraints": constraints}
    build(server, schema, **request)
    for option in ({}, {"append": True}, {"overwrite": True}):
        if option:
            build(server, schema, **request, **option)
        (last,) = database.execute(f"SELECT max(id) FROM {schema}.customer_addresses").fetchone()
        columns = ", ".join(column.name for column in find_model("invoicing").table("customer_addresses").written_columns[1:])
        insert = (
            f"INSERT INTO {schema}.customer_addresses ({columns}) SELECT {columns} FROM {schema}.customer_addresses LIMIT 1 RETURNING id"
        )
        assert database.execute(insert).fetchone() == (last + 1,)


def test_a_sequence_that_an_application_has_moved_on_is_not_moved_back(server, database, schema):
    build(server, schema)
    database.execute(f"SELECT setval('{schema}.customers_id_seq', 1000)")
    build(server, schema, append=True)
    assert database.execute(f"SELECT nextval('{schema}.customers_id_seq')").fetchone() == (1001,)


def test_each_key_is_an_identity_with_a_sequence_of_its_own(server, database, schema):
    build(server, schema)
    for table in find_model("invoicing").written:
        kind, sequence = database.execute(
            "SELECT attidentity::text, pg_get_serial_sequence(%s, attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id'",
            (f"{schema}.{table.name}", f"{schema}.{table.name}"),
        ).fetchone()
        assert (kind, sequence) == ("d", f"{schema}.{table.name}_id_seq")
