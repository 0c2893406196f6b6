"""The types of a schema that is there are those of the model that is written for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.introspect import types
from colgen.introspect.code import call, inline
from colgen.introspect.new import new_model
from colgen.introspect.shapes import ColumnShape, TableShape

pytest.importorskip("psycopg", reason="PostgreSQL is read by psycopg: pip install 'colgen[postgres]'")

STATION = """
CREATE TYPE state AS ENUM ('new', 'it''s on', 'broken');
CREATE TYPE place AS (town text, open_on date);
CREATE TYPE site AS (place place, state state, ip inet);
CREATE TYPE odd AS (pictures bytea[]);
CREATE TABLE stations (id smallint PRIMARY KEY, floor smallint NOT NULL, wind double precision NOT NULL, height real,
    state state NOT NULL CHECK (state <> 'broken'), history state[] NOT NULL, opened_at timestamp NOT NULL, closed_at timestamp, checked_at time NOT NULL,
    alarm_at time NOT NULL UNIQUE, secret bytea NOT NULL, address inet NOT NULL, network cidr, mask bit varying(8), tags text[], sizes int[] NOT NULL,
    prices numeric(8, 2)[], days date[], owner_ips inet[], notes jsonb[], weight real UNIQUE,
    lasts interval NOT NULL CHECK (lasts > '0'), waits interval(0) UNIQUE, breaks interval[] NOT NULL, site site NOT NULL,
    other place, odd odd);
"""


@pytest.fixture
def app(database: Any, schema: str) -> str:
    database.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"')
    database.execute(STATION)
    return schema


def test_columns_are_of_the_types_of_the_server_s_and_fill_it(server: str, database: Any, app: str, tmp_path: Path) -> None:
    path = tmp_path / "stations.py"
    path.write_text(new_model(server, "stations", [app]).text, encoding="utf-8")
    written = [line.partition("  #")[0].strip() for line in path.read_text().splitlines()]
    for line in (
        "id = Key(SmallInteger)",
        "floor = Integers(1, 1000, type=SmallInteger)",
        "wind = Drawn(Uniform(1, 1000), type=Double, digits=2)",
        "height = Drawn(Uniform(0, 1000), type=Real, digits=2, nullable=0.1)",
        "opened_at = Timestamps(type=LocalTimestamp)",
        "checked_at = Times()",
        "alarm_at = Integers(0, 86_399_999_999, type=Time, unique=True)",
        "secret = RandomBytes(16)",
        'address = IpAddress(type=Named("inet"))',
        'network = Text("10.0.0.0/8", type=Named("cidr"), nullable=0.1)',
        "sizes = Several(Integers(0, 1000), Between(0, 3))",
        "days = Several(Dates(), Between(0, 3), nullable=0.1)",
        'notes = Text("{{}}", nullable=0.1)',
        'other = Struct({"town": "other_town", "open_on": "other_open_on"}, nullable=0.1)',
        'lasts = Code("1 hour 00 minutes", type=Named("interval"))',
    ):
        assert line in written, line
    filled = colgen.build(path, out=server, schema=app, fill=True)
    sites = "SELECT count(((site).place).open_on), count(DISTINCT (site).ip) > 9, count(odd) FROM stations"
    assert database.execute(sites).fetchone() == (filled.rows["stations"], True, 0)
    assert database.execute("SELECT count(*), count(DISTINCT alarm_at), min(cardinality(sizes)) FROM stations").fetchone() == (
        filled.rows["stations"],
        filled.rows["stations"],
        0,
    )
    assert database.execute(
        "SELECT min(lasts) >= '1:00', count(DISTINCT lasts) > 9 AND count(DISTINCT breaks) > 9 FROM stations"
    ).fetchone() == (True, True)
    assert database.execute("SELECT DISTINCT state::text FROM stations ORDER BY 1").fetchall() == [("new",)]


@pytest.mark.thorough
def test_what_is_written_makes_a_schema_of_its_own(server: str, database: Any, app: str, tmp_path: Path) -> None:
    path = tmp_path / "stations.py"
    path.write_text(new_model(server, "stations", [app]).text, encoding="utf-8")
    try:
        outcomes = colgen.build(path, out=server, schema=f"{app}_2", check=True).outcomes or ()
        assert all(outcome.holds for outcome in outcomes)
        sql = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'history'"
        assert database.execute(sql, (f'"{app}_2".stations',)).fetchone() == (f"{app}_2.state[]",)
    finally:
        database.execute(f'DROP SCHEMA IF EXISTS "{app}_2" CASCADE')


def mood(labels: list[str], name: str = "mood", **more: Any) -> ColumnShape:
    return ColumnShape("mood", name, words=labels, labels=labels, **more)


def test_an_enumeration_keeps_its_words_whatever_a_check_allows() -> None:
    column = mood(["sad", "ok"], '"My ""mood"""')
    column.words = ["ok"]
    assert inline(types.category(column)[0]) == 'Category({"sad": 0, "ok": 1}, type=Enum(\'My "mood"\'))'
    column.words = []
    assert inline(types.category(column)[0]) == 'Category({"none": 1})'


@pytest.mark.parametrize(
    ("columns", "table"),
    [([mood(["a"], "x.mood"), mood(["b"], "y.mood")], "t"), ([mood(["a"])], "mood"), ([mood(["a"], 'x."a.b"')], "a.b")],
)
def test_an_enumeration_that_a_model_cannot_name_is_a_list_of_words(columns: list[ColumnShape], table: str) -> None:
    types.forget_ambiguous([TableShape(table, columns=columns)])
    assert all(inline(types.category(column)[0]) == f'Category({{"{column.words[0]}": 1}})' for column in columns if column.words)


def test_what_cannot_be_in_a_list_is_not_put_there() -> None:
    column = ColumnShape("x", "jsonb[]", is_array=True)
    assert types.several(column, lambda element: call("Text", "{{}}")) is None
