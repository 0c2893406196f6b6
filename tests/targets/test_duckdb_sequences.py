"""An application's INSERT without an id goes on after the last one: each table of a DuckDB file has a sequence, which comes and goes with it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen import Boolean, Integers, Key, Table, Volume, column
from colgen.errors import TargetError
from colgen.targets.duckdb.database import Database, hold
from colgen.targets.duckdb.target import NUMBERED
from tests.support import first_of, model_of, thorough
from tests.targets.duckdb_files import ask, build, counted

pytestmark = pytest.mark.skipif(not NUMBERED, reason="DuckDB before 2.0 has no sequences here")


def insert(file: Path, table: str = "shop.customer_types") -> int:
    """The id of a row that an application inserts without one."""
    with duckdb.connect(file) as connection:
        return inserted(connection, table)


def inserted(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    columns = "* EXCLUDE (id) REPLACE (uuid()::VARCHAR AS name)"
    return connection.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM {table} LIMIT 1 RETURNING id").fetchall()[0][0]


def sequences(file: Path) -> list[str]:
    return [name for (name,) in ask(file, "SELECT schema_name || '.' || sequence_name FROM duckdb_sequences() ORDER BY ALL")]


SOME = ("customer_types", "products", "product_categories")


def test_it_goes_on_after_the_last_id(file: Path) -> None:
    summary = build(file, tables=SOME, constraints=False)
    assert sequences(file) == ["shop.customer_types_id_seq", "shop.product_categories_id_seq", "shop.products_id_seq"]
    for name in SOME:
        assert [insert(file, f"shop.{name}") for _ in range(2)] == [summary.rows[name] + 1, summary.rows[name] + 2]


class Kept(Table, keep="third"):
    """A table that keeps every third row: its ids have gaps."""

    rows = Volume("rows")
    id = Key()

    @column(Boolean, hidden=True)
    def third(id):
        return id % 3 == 0


class Empty(Table, keep="never"):
    rows = Volume("rows")
    id = Key()

    @column(Boolean, hidden=True)
    def never(id):
        return id < 0


class Hidden(Table):
    rows = Volume("rows")
    id = Key(hidden=True)
    number = Integers(1, 9)


class A(Table):
    rows = Volume("rows")
    b_id = Key()


class A_B(Table):
    rows = Volume("rows")
    id = Key()


def test_after_gaps_from_the_start_of_an_empty_table_and_of_no_key_at_all(file: Path) -> None:
    build(file, model=model_of(Kept, Empty, Hidden, A, A_B, rows=100))
    assert sequences(file) == ["shop.a_b_id_seq", "shop.a_b_id_seq_", "shop.empty_id_seq", "shop.kept_id_seq"]
    with duckdb.connect(file) as connection:
        for table, key, following in (("kept", "id", 100), ("empty", "id", 1), ("a", "b_id", 101), ("a_b", "id", 101)):
            assert connection.execute(f"INSERT INTO shop.{table} DEFAULT VALUES RETURNING {key}").fetchall() == [(following,)]
    build(file, model=model_of(Kept, Empty, Hidden, A, A_B, rows=100), overwrite=True)


@pytest.mark.parametrize("schema", first_of(["sales", 'My "new" schema', "shop", "main"], quick=2))  # the file is called sales, too
def test_wherever_the_table_lies_and_whatever_the_file_is_called(file: Path, tmp_path: Path, schema: str) -> None:
    last = build(file, schema, tables=SOME).rows["customer_types"]
    named = '"' + schema.replace('"', '""') + '".customer_types'
    assert insert(file, f"sales.{named}") == last + 1
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS other; ATTACH '{tmp_path / 'copy.duckdb'}' AS copy; COPY FROM DATABASE other TO copy")
        assert inserted(connection, f"other.{named}") == last + 2
        assert inserted(connection, f"copy.{named}") == last + 2
    assert insert(file, f"sales.{named}") == last + 3


def test_it_is_replaced_with_the_build(file: Path) -> None:
    build(file, model=model_of(A_B, rows=100))
    build(file, model=model_of(A_B, rows=10), overwrite=True)
    assert sequences(file) == ["shop.a_b_id_seq"]
    with duckdb.connect(file) as connection:
        assert connection.execute("INSERT INTO shop.a_b DEFAULT VALUES RETURNING id").fetchall() == [(11,)]


def test_it_goes_on_after_rows_that_were_added(file: Path) -> None:
    build(file, model=model_of(A_B, rows=10))
    assert build(file, model=model_of(A_B, rows=30), append=True).added == {"a_b": 20}
    with duckdb.connect(file) as connection:
        assert connection.execute("INSERT INTO shop.a_b DEFAULT VALUES RETURNING id").fetchall() == [(31,)]
    build(file, model=model_of(A_B, rows=30), append=True)
    with duckdb.connect(file) as connection:
        assert connection.execute("INSERT INTO shop.a_b DEFAULT VALUES RETURNING id").fetchall() == [(32,)]


@thorough
def test_it_survives_a_kill_right_after_the_commit(file: Path) -> None:
    child = os.fork()
    if child == 0:
        build(file, tables=SOME)
        Database.settle = lambda self: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign, assignment, return-value]
        build(file, tables=SOME, overwrite=True)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert insert(file) == counted(file)["customer_types"]
    build(file, tables=SOME, overwrite=True)


def test_it_is_removed_with_its_table_and_no_other_is(file: Path) -> None:
    build(file, tables=SOME, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute(
            "CREATE SEQUENCE shop.tickets; ALTER TABLE shop.products ADD COLUMN note VARCHAR; DROP TABLE shop.customer_types"
        )
    with hold(file, "shop") as target:
        assert sorted(target.relations()) == [
            "colgen_manifest", "product_categories", "products (column note was added)", "sequence tickets"
        ]  # fmt: skip
        assert target.drop() == ["colgen_manifest", "product_categories"]
    assert sequences(file) == ["shop.products_id_seq", "shop.tickets"]
    assert insert(file, "shop.products") == 101


def test_one_of_the_users_in_the_way_is_refused(file: Path) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute("CREATE SCHEMA shop; CREATE SEQUENCE shop.customer_types_id_seq START 7")
    with pytest.raises(TargetError, match="did not make, or that were changed since: sequence customer_types_id_seq"):
        build(file, tables=SOME)


def test_a_table_of_the_users_that_takes_numbers_from_it_keeps_it(file: Path) -> None:
    build(file, tables=SOME)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE tickets (id BIGINT DEFAULT nextval('shop.products_id_seq'))")
    for change in (lambda: build(file, tables=SOME, overwrite=True), lambda: drop(file)):
        with pytest.raises(TargetError, match="something of yours depends on its tables"):
            change()
    assert sequences(file)[-1] == "shop.products_id_seq"


def drop(file: Path) -> None:
    with hold(file, "shop") as target:
        target.drop()


@thorough
def test_checks_reports_and_comparisons_do_not_see_it(file: Path) -> None:
    build(file, check=True)
    colgen.build("invoicing", volume="small", out=file.parent / "data")
    assert colgen.diff(file.parent / "data", file) == []
    assert all(outcome.holds for outcome in colgen.check(file))
    assert colgen.report("financial_summary", file).equals(colgen.report("financial_summary", file.parent / "data"))
