"""Into a real PostgreSQL: the same values as in files, the right types and keys, all or nothing, and nothing of the user's touched."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from colgen.pipeline.postgres_load import find_model, type_of
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen.audit.check import CheckFailed
from colgen.declare.find import find_model as load_model
from colgen.errors import RequestError, TargetError
from colgen.formats import pgcopy as copy
from colgen.generate.spec import Spec
from colgen.targets.destination import MANIFEST
from colgen.targets.postgres.schema import Target, staging_name
from tests.support import KILLS, ROOT

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")
law = settings(derandomize=True, deadline=None, max_examples=40)


def build(server: str, schema: str, model: str = "invoicing", volume: str = "small", *, seed: int = 0, **options):
    found = load_model(model)
    spec = {name: options.pop(name) for name in ("settings", "last_day", "tables", "scenario", "scale") if name in options}
    return find_model(Spec.of(found, volume=volume, seed=seed, **spec), found, server, schema, threads=2, **options)


def tables(database, schema: str) -> dict[str, int]:
    """The rows of each table of a schema."""
    names = [name for (name,) in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()]
    return {name: database.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchone()[0] for name in sorted(names)}


# The binary form of COPY

KINDS = {
    "smallint": (pa.int16(), st.integers(-(2**15), 2**15 - 1)),
    "integer": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "bigint": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "boolean": (pa.bool_(), st.booleans()),
    "date": (pa.date32(), st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))),
    "timestamptz": (
        pa.timestamp("us", "UTC"),
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)).map(lambda moment: moment.replace(tzinfo=dt.UTC)),
    ),
    "text": (pa.string(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)),
    "jsonb": (
        pa.string(),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53), 2**53)
            | st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            max_leaves=6,
        ).map(json.dumps),
    ),
    "uuid": (pa.string(), st.uuids().map(str)),
    **{
        f"numeric({precision},{scale})": (
            pa.decimal64(precision, scale),
            st.decimals(-(Decimal(10) ** (precision - scale)) + 1, Decimal(10) ** (precision - scale) - 1, places=scale),
        )
        for precision, scale in ((5, 2), (12, 2), (18, 0), (18, 4), (18, 7), (10, 10), (4, 1))
    },
}


def back(database, batch: pa.RecordBatch, types: list[str]) -> list[tuple]:
    """A batch, through PostgreSQL."""
    columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(types))
    database.execute(f"DROP TABLE IF EXISTS round_trip; CREATE TEMP TABLE round_trip (row int, {columns})")
    numbered = pa.record_batch([pa.array(range(len(batch)), pa.int32()), *batch.columns], names=["row", *batch.schema.names])
    with database.cursor().copy("COPY round_trip FROM STDIN (FORMAT binary)") as stream:
        stream.write(copy.HEADER + bytes(copy.rows(numbered, ["integer", *types])) + copy.TRAILER)
    return [row[1:] for row in database.execute("SELECT * FROM round_trip ORDER BY row").fetchall()]


def expected(value, kind: str):
    if value is None:
        return None
    if kind == "jsonb":
        return json.loads(value)
    return uuid.UUID(value) if kind == "uuid" else value


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_a_type_arrives(database, kind):
    arrow, values = KINDS[kind]

    @law
    @given(st.lists(st.none() | values, min_size=1, max_size=20), st.booleans())
    def arrives(some, sliced):
        array = pa.array(some, arrow)
        if sliced:
            array, some = array[1:], some[1:]
        batch = pa.record_batch([array, pa.array(range(len(array)), pa.int64())], names=["a", "b"])
        assert back(database, batch, [kind, "bigint"]) == [(expected(value, kind), number) for number, value in enumerate(some)]

    arrives()


@pytest.mark.parametrize("kind", ["text", "jsonb", "uuid"])
def test_words_arrive_too_missing_ones_as_null(database, kind):
    words = {"text": ["a", "", "é\n"], "jsonb": ["{}", "[1]", "null"], "uuid": [str(uuid.UUID(int=one)) for one in range(3)]}[kind]
    codes = pa.array([2, 0, None, 1, 0], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(words))
    found = back(database, pa.record_batch([column], names=["a"]), [kind])
    assert found == [(expected(None if code is None else words[code], kind),) for code in codes.to_pylist()]


def test_a_row_is_what_the_manual_says():
    batch = pa.record_batch({"id": pa.array([1, None], pa.int64()), "ok": pa.array([True, False])})
    assert bytes(copy.rows(batch, ["bigint", "boolean"])).hex() == (
        "0002" + "00000008" + "0000000000000001" + "00000001" + "01" + "0002" + "ffffffff" + "00000001" + "00"
    )


def test_no_rows_are_no_bytes():
    assert len(copy.rows(pa.record_batch({"id": pa.array([], pa.int64())}), ["bigint"])) == 0


# What arrives


@pytest.mark.parametrize("model", ["invoicing", "ecommerce", "erp"])
def test_the_values_are_those_of_the_files(server, database, schema, model, tmp_path):
    build(server, schema, model)
    data = colgen.build(model, volume="small")
    for table in data.model.written:
        name, key = table.name, next(one.name for one in table.written_columns if one.unique)
        frame = data.table(name)
        plain = [one.name for one in table.written_columns if one.type.sql not in ("JSON", "UUID")]
        rows = database.execute(
            f'SELECT {", ".join(f"{chr(34)}{one}{chr(34)}" for one in plain)} FROM "{schema}"."{name}" ORDER BY "{key}"'
        ).fetchall()
        ours = frame.take(pa.array(np.argsort(frame[key].to_numpy(), kind="stable"))) if key != "session_id" else frame.sort_by(key)
        assert len(rows) == len(ours)
        assert rows == list(zip(*(ours[one].to_pylist() for one in plain), strict=True))
        for one in table.written_columns:
            if one.type.sql in ("JSON", "UUID"):
                there = [
                    value for (value,) in database.execute(f'SELECT "{one.name}" FROM "{schema}"."{name}" ORDER BY "{key}"').fetchall()
                ]
                assert there == [expected(value, "jsonb" if one.type.sql == "JSON" else "uuid") for value in ours[one.name].to_pylist()]


def test_columns_have_the_types_and_the_order_of_the_model(server, database, schema):
    build(server, schema, "erp")
    for table in load_model("erp").written:
        found = database.execute(
            """SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum""",
            (f"{schema}.{table.name}",),
        ).fetchall()
        long = {"timestamptz": "timestamp with time zone"}
        assert found == [
            (one.name, long.get(type_of(one.type.sql), type_of(one.type.sql)), not one.nullable) for one in table.written_columns
        ]


def constraints(database, schema: str, table: str) -> set[tuple[str, str]]:
    return set(
        database.execute(
            "SELECT contype::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'f')",
            (f"{schema}.{table}",),
        ).fetchall()
    )


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
    assert said == "What a customer was billed on one day."
    (said,) = database.execute("SELECT col_description(%s::regclass, 9)", (f"{schema}.invoices",)).fetchone()
    assert said == "Rounded half up to the cent."
    (rows,) = database.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", (f"{schema}.invoices",)).fetchone()
    assert rows == tables(database, schema)["invoices"]


@pytest.mark.parametrize("model", ["invoicing", "erp"])
def test_every_rule_is_proved_on_what_the_server_gives_back(server, schema, model):
    summary = build(server, schema, model, checked=True)
    assert len(summary.outcomes) > 100
    assert all(outcome.holds for outcome in summary.outcomes)


def test_what_breaks_a_rule_is_not_published(server, database, schema, monkeypatch):
    from colgen.pipeline import postgres_load as postgres

    def damaged(self):
        self.target.connection.execute(f'UPDATE "{self.target.staging}".invoices SET total = total + 1 WHERE id = 1')
        return original(self)

    original = postgres.Load.checked
    monkeypatch.setattr(postgres.Load, "checked", damaged)
    with pytest.raises(CheckFailed, match="total"):
        build(server, schema, checked=True)
    assert tables(database, schema) == {}
    assert tables(database, staging_name(schema)) == {}


def test_a_selection_of_tables_has_only_references_among_them(server, database, schema):
    build(server, schema, tables=["invoices", "invoice_line_items"])
    assert set(tables(database, schema)) == {"invoices", "invoice_line_items", MANIFEST}
    assert ("f", f"FOREIGN KEY (invoice_id) REFERENCES {schema}.invoices(id)") in constraints(database, schema, "invoice_line_items")


# All or nothing


def test_a_build_that_is_there_is_left_alone(server, database, schema):
    build(server, schema)
    before = database.execute(f"SELECT sum(total) FROM {schema}.invoices").fetchone()
    with pytest.raises(TargetError, match="--overwrite"):
        build(server, schema, seed=1)
    assert database.execute(f"SELECT sum(total) FROM {schema}.invoices").fetchone() == before


def test_overwrite_replaces_it_in_one_step(server, database, schema):
    build(server, schema)
    build(server, schema, "erp", overwrite=True)
    assert "orders" in tables(database, schema)
    assert "invoices" not in tables(database, schema)
    assert tables(database, staging_name(schema)) == {}


def test_a_view_of_the_users_on_a_table_keeps_it_from_being_replaced(server, database, schema):
    build(server, schema)
    database.execute(f"CREATE VIEW public.mine AS SELECT * FROM {schema}.invoices")
    try:
        with pytest.raises(TargetError, match="mine"):
            build(server, schema, seed=1, overwrite=True)
        assert database.execute("SELECT count(*) FROM public.mine").fetchone()[0] > 0
        assert tables(database, staging_name(schema)) == {}
    finally:
        database.execute("DROP VIEW public.mine")


def test_a_table_that_the_user_put_in_a_tables_place_is_not_colgens(server, database, schema):
    build(server, schema)
    database.execute(f"DROP TABLE {schema}.inventory; CREATE TABLE {schema}.inventory (mine int)")
    target = Target(server, schema)
    assert "inventory" in target.relations()
    assert "inventory" not in target.made()
    target.close()


def test_cleaning_up_removes_what_colgen_made_and_nothing_else(server, database, schema):
    build(server, schema)
    database.execute(f"CREATE TABLE {schema}.mine (id int)")
    target = Target(server, schema)
    assert set(target.drop()) == {*(table.name for table in load_model("invoicing").written), MANIFEST}
    target.close()
    assert tables(database, schema) == {"mine": 0}


def test_cleaning_up_an_own_schema_removes_it(server, database, schema):
    build(server, schema)
    target = Target(server, schema)
    target.drop()
    assert not target.exists
    target.close()


def test_appending_the_same_again_adds_nothing(server, database, schema):
    build(server, schema)
    before = tables(database, schema)
    summary = build(server, schema, append=True)
    assert set(summary.added.values()) == {0}
    assert tables(database, schema) == before


def test_appending_a_longer_period_adds_what_is_new(server, database, schema):
    build(server, schema, "erp", last_day="2024-01-20")
    before = tables(database, schema)
    summary = build(server, schema, "erp", last_day="2024-01-30", append=True)
    after = tables(database, schema)
    assert summary.added["orders"] == after["orders"] - before["orders"] > 0
    assert summary.added["companies"] == 0


def test_appending_to_nothing_is_refused(server, schema):
    with pytest.raises(TargetError, match="build it first"):
        build(server, schema, append=True)


def test_appending_another_model_is_refused(server, database, schema):
    build(server, schema)
    with pytest.raises(TargetError, match="no table"):
        build(server, schema, "erp", append=True)


def test_two_loads_into_one_schema_are_one_too_many(server, schema):
    target = Target(server, schema)
    target.lock()
    with pytest.raises(TargetError, match="under way"):
        build(server, schema)
    target.close()


def run_and_kill(server: str, schema: str, after: float, seed: int = 1) -> None:
    """A load in a process of its own, killed some seconds after it began to write."""
    script = f"""
import sys
from colgen.model import load as model
from colgen.spec import Spec
from colgen.targets.postgres import Load, load
begin = Load.create
def told(self):
    print("now", flush=True)
    begin(self)
Load.create = told
found = model("erp")
load(Spec.of(found, volume="medium", settings={{"orders_per_day": 200}}, seed={seed}), found, {server!r}, {schema!r}, threads=2, overwrite=True)
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_load_killed_at_any_moment_leaves_the_old_build_whole(server, database, schema):
    for number in range(KILLS):
        if "customers" not in tables(database, schema):
            build(server, schema, "invoicing", overwrite=True)
        before = tables(database, schema)
        run_and_kill(server, schema, 1.2 * number / KILLS)
        time.sleep(0.1)  # the server takes a moment to see that nobody is there any more
        after = tables(database, schema)
        assert after == before or "orders" in after, "half a build"
        if number % 3 == 2:
            summary = build(server, schema, "erp", overwrite=True)  # the next run clears what is left
            assert tables(database, schema).keys() == {*summary.rows, MANIFEST}
            assert tables(database, staging_name(schema)) == {}


# Names, and what is wrong


@pytest.mark.parametrize("name", ['we"ird', "with space", "ÄÖ", "select", "x" * 63, "a;DROP SCHEMA public"])
def test_any_name_is_quoted(server, database, name):
    try:
        build(server, name, tables=["customer_types"])
        found = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", (name,)).fetchone()
        assert found == (2,)
    finally:
        target = Target(server, name)
        target.drop()
        target.close()


def test_a_server_that_is_not_there_is_an_error_for_people():
    with pytest.raises(TargetError, match="no connection") as error:
        build("postgresql://me:secret@127.0.0.1:1/nowhere", "x")
    assert "secret" not in str(error.value)


def test_a_user_who_may_not_write_is_told_so(server, database, schema):
    database.execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN")
    url = server.replace("postgres:@", "reader@") if "postgres:@" in server else None
    if url is None:
        pytest.skip("the server given wants a password for a new user")
    with pytest.raises(TargetError, match="cannot be written"):
        build(url, schema)


def test_without_psycopg_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RequestError, match=r"colgen\[postgres\]"):
        build("postgresql://localhost/x", "x")


def test_the_manifest_in_the_schema_says_what_is_there_and_holds_no_password(server, database, schema):
    build(server, schema, seed=7)
    target = Target(server, schema)
    found = target.manifest()
    target.close()
    assert found.spec.seed == 7
    assert found.tables["invoices"].rows == tables(database, schema)["invoices"]
    assert "postgresql" not in found.model_dump_json()


def test_the_folder_where_a_load_runs_stays_as_it_is(server, schema, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build(server, schema)
    assert list(Path(tmp_path).iterdir()) == []
