"""A build in PostgreSQL is replaced, added to or removed in one step, and nothing of the user's is touched."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from colgen.declare.find import find_model
from colgen.errors import RequestError, TargetError
from colgen.targets.destination import MANIFEST
from colgen.targets.postgres.schema import Schema, staging_name
from tests.support import first_of
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


def test_a_build_that_is_there_is_left_alone(server, database, schema):
    build(server, schema)
    before = database.execute(f"SELECT sum(total) FROM {schema}.invoices").fetchone()
    with pytest.raises(TargetError, match="--overwrite"):
        build(server, schema, seed=1)
    assert database.execute(f"SELECT sum(total) FROM {schema}.invoices").fetchone() == before


def test_overwrite_replaces_it_in_one_step(server, database, schema):
    build(server, schema)
    build(server, schema, "erp", last_day="2024-01-10", overwrite=True)
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
    target = Schema(server, schema)
    assert "inventory" in target.relations()
    assert "inventory" not in target.made()
    target.close()


def test_cleaning_up_removes_what_colgen_made_and_nothing_else(server, database, schema):
    build(server, schema)
    database.execute(f"CREATE TABLE {schema}.mine (id int)")
    target = Schema(server, schema)
    assert set(target.drop()) == {*(table.name for table in find_model("invoicing").written), MANIFEST}
    target.close()
    assert tables(database, schema) == {"mine": 0}


def test_cleaning_up_an_own_schema_removes_it(server, database, schema):
    build(server, schema)
    target = Schema(server, schema)
    target.drop()
    assert not target.exists
    target.close()


def test_appending_the_same_again_adds_nothing(server, database, schema):
    build(server, schema)
    before = tables(database, schema)
    summary = build(server, schema, append=True)
    assert set(summary.added.values()) == {0}
    assert tables(database, schema) == before


def test_appending_more_of_the_same_adds_what_is_new(server, database, schema):
    request = {"tables": ["customers", "customer_types"]}
    build(server, schema, **request)
    before = tables(database, schema)
    summary = build(server, schema, settings={"customers": 40}, append=True, **request)
    assert summary.added["customers"] == tables(database, schema)["customers"] - before["customers"] == 15
    assert summary.added["customer_types"] == 0


def test_appending_to_nothing_is_refused(server, schema):
    with pytest.raises(TargetError, match="build it first"):
        build(server, schema, append=True)


def test_appending_another_model_is_refused(server, database, schema):
    build(server, schema)
    with pytest.raises(TargetError, match="no table"):
        build(server, schema, "erp", append=True)


def test_two_loads_into_one_schema_are_one_too_many(server, schema):
    target = Schema(server, schema)
    target.lock()
    with pytest.raises(TargetError, match="under way"):
        build(server, schema)
    target.close()


@pytest.mark.parametrize("name", first_of(['we"ird', "x" * 63, "50%s {x}", "a;DROP SCHEMA public", "with space", "ÄÖ", "select"], quick=3))
def test_any_name_is_quoted(server, database, name):
    try:
        build(server, name, tables=["customer_types"])
        build(server, name, tables=["customer_types"], overwrite=True)
        build(server, name, tables=["customer_types"], append=True)
        found = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", (name,)).fetchone()
        assert found == (2,)
    finally:
        target = Schema(server, name)
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


def test_the_folder_where_a_load_runs_stays_as_it_is(server, schema, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build(server, schema)
    assert list(Path(tmp_path).iterdir()) == []
