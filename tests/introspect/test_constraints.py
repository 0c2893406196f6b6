"""CHECKs over several columns: rows that must differ, numbers that must, pairs, and checks that can be met in several ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.introspect import checks, scripts
from colgen.introspect.alternatives import met, ways
from colgen.introspect.new import new_model
from colgen.introspect.shapes import CheckShape, ColumnShape, ForeignKeyShape, TableShape

pytest.importorskip("psycopg", reason="PostgreSQL is read by psycopg: pip install 'colgen[postgres]'")

SCHEMA = """
BEGIN; CREATE NONSENSE;
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE bill_of_materials (id serial PRIMARY KEY, assembly_id int REFERENCES products, component_id int NOT NULL REFERENCES products,
    level smallint NOT NULL, quantity numeric(8, 2) NOT NULL, CHECK (assembly_id <> component_id), CHECK (quantity >= 1.00),
    CHECK ((assembly_id IS NULL AND level = 0 AND quantity = 1.00) OR (assembly_id IS NOT NULL AND level >= 1)));
CREATE TABLE areas (id serial PRIMARY KEY);
CREATE TABLE area_links (from_id int NOT NULL REFERENCES areas, to_id int NOT NULL REFERENCES areas, PRIMARY KEY (from_id, to_id),
    CHECK (from_id != to_id));
CREATE TABLE related (low_id int NOT NULL REFERENCES areas, high_id int NOT NULL REFERENCES areas, weight int,
    PRIMARY KEY (low_id, high_id), CHECK (low_id < high_id));
CREATE TABLE people (id serial PRIMARY KEY, parent_id int REFERENCES people, deputy_id int REFERENCES people,
    CHECK (NOT (parent_id = deputy_id)), one int NOT NULL, two int NOT NULL, CHECK (one <> two OR two IS NULL),
    state text NOT NULL CHECK (state IN ('new', 'done')), done_on date, CHECK (state = 'new' OR done_on IS NOT NULL), x text, y text,
    CHECK (x <> y), kind_id int REFERENCES areas, group_id int REFERENCES products, CHECK (kind_id <> group_id));
CREATE TABLE area_values (id serial PRIMARY KEY, area_id int NOT NULL REFERENCES areas, value text,
    UNIQUE NULLS NOT DISTINCT (area_id, value));
COMMIT
"""


def test_what_must_differ_does_and_what_can_be_met_is(server: str, database: Any, schema: str, tmp_path: Path) -> None:
    database.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"')
    assert [words[:15] for words in scripts.run(database, SCHEMA)] == ["CREATE NONSENSE"]
    path = tmp_path / "shop.py"
    path.write_text(new_model(server, "shop", [schema]).text, encoding="utf-8")
    written = path.read_text()
    for line in (
        '    component_id = ForeignKey("Products", differs_from="assembly_id")',
        "    level = Integers(1, 100, type=SmallInteger)  # ? a CHECK",
        '    to_id = ForeignKey(Areas, distinct=True, differs_from="from_id")',
        '    rows = Pairs(Areas, Areas, "related", once=True)',
        '    deputy_id = ForeignKey("self", nullable=0.2, differs_from="parent_id")',
        '    state = Category({"new": 1, "done": 1})',
        "    done_on = Dates()  # ? its name",
        "    x = Words(1, 4, nullable=1.0)  # ? a CHECK",
        "    y = Words(1, 4, nullable=0.1)  # ? its type",
        "    value = Words(1, 2, distinct=True)  # ? its type",
        "    one = Integers(1, 499)  # ? a CHECK",
        "    two = Integers(500, 1000)  # ? a CHECK",
    ):
        assert line in written, line
    filled = colgen.build(path, out=server, schema=schema, fill=True, check=True)
    assert all(outcome.holds for outcome in filled.outcomes or ())
    assert database.execute("SELECT count(*) FROM related").fetchone() == (filled.rows["related"],)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("(a > 1)", [["a > 1"]]),
        ("((a IS NULL) OR ((b = ' OR (') AND (c = 2)))", [["a IS NULL"], ["b = ' OR ('", "c = 2"]]),
        ("((a OR b) AND (c OR d))", [["a", "c"], ["a", "d"], ["b", "c"], ["b", "d"]]),
        ("((a = ANY (ARRAY['x OR y'::text])) OR b)", [["a = ANY (ARRAY['x OR y'::text])"], ["b"]]),
    ],
)
def test_a_condition_falls_into_the_ways_of_meeting_it(condition: str, found: list[list[str]]) -> None:
    assert ways(condition) == found


def table(**columns: dict[str, Any]) -> TableShape:
    return TableShape("t", columns=[ColumnShape(name, **{"type": "integer", **options}) for name, options in columns.items()])


@pytest.mark.parametrize(
    ("check", "read"),
    [
        ("CHECK (((a IS NULL) OR (b > 3)))", {"a": {}, "b": {"low": 4.0}}),
        ("CHECK (((a = 3) OR (b IS NULL)))", {"a": {"low": 3.0, "high": 3.0}, "b": {"nullable": True}}),
        ("CHECK ((((a IS NOT NULL) AND (b = 0)) OR (b = 1)))", {"a": {"nullable": False}, "b": {"low": 0.0}}),
        ("CHECK (((b = 1) OR done))", {"done": {"low": 1.0, "high": 1.0}}),
        ("CHECK (((b = 1) OR (NOT done)))", {"done": {"low": 0.0, "high": 0.0}}),
        ("CHECK (((b IS NULL) OR ((a > 5) AND (a < 3)) OR (word = 'x'::text)))", {"word": {"words": ["x"]}, "a": {"low": None}}),
    ],
)
def test_the_way_that_loses_least_is_taken_and_read(check: str, read: dict[str, dict[str, Any]]) -> None:
    shape = table(a={}, b={}, done={"type": "boolean"}, word={"type": "text", "words": ["x", "y"]})
    assert met(shape, CheckShape(check, ("a", "b", "done", "word")), checks.applied)
    assert {name: {key: getattr(shape.column(name), key) for key in of} for name, of in read.items()} == read


@pytest.mark.parametrize(
    "check",
    [
        "CHECK ((a > b))",
        "CHECK (((a > b) OR (b > a)))",
        "CHECK (((id = 3) OR (ref = 4)))",
        "CHECK (((there IS NULL) OR ((b > 5) AND (b < 3))))",
        "CHECK (((word = 'z'::text) OR (f(a) = 3)))",
    ],
)
def test_where_no_way_can_be_kept_nothing_is_changed(check: str) -> None:
    shape = table(id={}, ref={}, a={}, b={}, there={"nullable": False}, word={"type": "text", "words": ["x", "y"]})
    shape.key, shape.foreign_keys = ("id",), [ForeignKeyShape(("ref",), "other", ("id",))]
    before = repr(shape)
    assert not met(shape, CheckShape(check, tuple(column.name for column in shape.columns)), checks.applied)
    assert repr(shape) == before


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("CHECK ((a <> b))", ("a", "<>", "b")),
        ("CHECK (((a)::text <> (b)::text))", ("a", "<>", "b")),
        ("CHECK (((a IS NULL) OR (b IS NULL) OR (a <> b)))", ("a", "<>", "b")),
        ("CHECK ((NOT (a = b)))", ("a", "<>", "b")),
        ("CHECK ((a >= b))", ("b", "<", "a")),
        ("CHECK ((a <> c))", None),
        ("CHECK ((a <> (b + 1)))", None),
    ],
)
def test_what_a_check_says_of_two_columns(check: str, said: Any) -> None:
    assert checks.two(CheckShape(check, ("a", "b"))) == said
