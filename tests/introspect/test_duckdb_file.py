"""A model file from a DuckDB file: from its catalogue alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import colgen
from colgen import RequestError
from colgen.introspect.new import new_model
from colgen.introspect.shapes import CheckShape
from colgen.introspect.spelling import check_of
from colgen.introspect.type_names import column_of
from tests.introspect.support import assert_clean
from tests.support import thorough

SHOP = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE TABLE countries (code VARCHAR PRIMARY KEY, name TEXT NOT NULL UNIQUE);
COMMENT ON TABLE countries IS 'Where "people" live';
COMMENT ON COLUMN countries.name IS 'In English';
CREATE TABLE customers (id INTEGER PRIMARY KEY, country VARCHAR REFERENCES countries (code), mood mood NOT NULL, email VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL, updated_at TIMESTAMP, "class" TINYINT NOT NULL, tags VARCHAR[], place STRUCT(id INTEGER, "from" ENUM ('x', 'y')), odd STRUCT(j JSON));
CREATE UNIQUE INDEX by_email ON customers (email);
CREATE TABLE products (id BIGINT PRIMARY KEY, price DECIMAL(10, 2) NOT NULL CHECK (price > 0), status VARCHAR NOT NULL CHECK (status IN ('on sale', 'it''s out')),
    rank INTEGER NOT NULL CHECK (rank BETWEEN 1 AND 20), hash VARCHAR CHECK (regexp_matches(hash, '^[0-9a-f]{8}$')),
    gross DECIMAL(12, 2) GENERATED ALWAYS AS (price * 2), huge HUGEINT, low INTEGER NOT NULL, high INTEGER NOT NULL, CHECK (low <= high));
CREATE TABLE lines (customer_id INTEGER REFERENCES customers (id), line INTEGER, product_id BIGINT NOT NULL REFERENCES products (id),
    PRIMARY KEY (customer_id, line));
CREATE SCHEMA other; CREATE TABLE other.notes (id INTEGER, customer_id INTEGER);
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("duckdb") / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(SHOP)
    return path


def test_each_thing_is_read_for_what_it_is(shop: Path) -> None:
    written = new_model(str(shop), "shop", ["main"]).text
    for line in (
        "A model for shop.duckdb, written by `colgen new`.",
        '    """Where "people" live"""',
        'class Countries(Table, key="code"):',
        'doc="In English")',
        "    country = ForeignKey(Countries, nullable=0.2)",
        '    mood = Category({"sad": 1, "it\'s ok": 1})',
        "    email = Email()  # ? its name",
        '    updated_at = Later("created_at", days=Exponential(30))  # ? its name',
        '    class_ = Integers(0, 3, type=SmallInteger, name="class")  # ? its name',
        '    status = Category({"on sale": 1, "it\'s out": 1})',
        '    place = Struct({"id": "place_id", "from": "place_from"}, nullable=0.1)',
        '    place_from = Category({"x": 1, "y": 1}, hidden=True)',
        "    place_id = Integers(1, 1000, hidden=True)",
        "    odd = Text(",
        "    rank = Integers(1, 20)  # ? a CHECK",
        '    hash = Code("xxxxxxxx", nullable=0.1)',
        "    low = Integers(1, 499)  # ? a CHECK",
        "    rows = FanOut(Customers, Between(0, 3))",
        "    line = Ordinal()",
    ):
        assert line in written, line
    assert "gross" not in written


@thorough
def test_what_is_written_builds_and_is_clean(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    path.write_text(new_model(f"duckdb:///{shop}", "shop").text, encoding="utf-8")
    assert 'schema="other"' in path.read_text()
    assert_clean(path)
    built = colgen.build(path, out=tmp_path / "data", volume="small", check=True)
    assert len(built.rows) == 5
    assert all(outcome.holds for outcome in built.outcomes or ())


def test_what_is_written_is_clean(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    path.write_text(new_model(str(shop), "shop").text, encoding="utf-8")
    assert_clean(path)


def test_the_file_is_left_as_it_is(shop: Path) -> None:
    before = shop.read_bytes()
    new_model(str(shop), "shop")
    assert (shop.read_bytes(), [path.name for path in shop.parent.iterdir()]) == (before, ["shop.duckdb"])


def test_what_cannot_be_read_is_refused(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read: no such file"):
        new_model(str(tmp_path / "none.duckdb"), "shop")
    (tmp_path / "text.duckdb").write_text("x" * 5_000)
    with pytest.raises(RequestError, match="is not a DuckDB database"):
        new_model(str(tmp_path / "text.duckdb"), "shop")
    with pytest.raises(RequestError, match="there is no table in nowhere"):
        new_model(str(shop), "shop", ["nowhere"])


@pytest.mark.parametrize(
    ("condition", "spelled"),
    [
        ("x BETWEEN 1 AND 20", "CHECK ((x >= 1 AND x <= 20))"),
        ("(x IN ('a', 'b'))", "CHECK ((x = ANY (ARRAY['a', 'b'])))"),
        ("x != 'x IN (1)'", "CHECK ((x <> 'x IN (1)'))"),
        ("`x`>=3 and [x]<9", 'CHECK (("x" >= 3 AND "x" < 9))'),
        ("regexp_matches(x, '^[a-z]$')", "CHECK ((x ~ '^[a-z]$'))"),
        ("(x = CAST('a' AS VARCHAR)) OR (x = 'b')", "CHECK (((x = 'a') OR (x = 'b')))"),
    ],
)
def test_conditions_are_spelled_as_postgresql_does(condition: str, spelled: str) -> None:
    assert check_of(condition, ["x", "y"]) == CheckShape(spelled, ("x",))


@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("NUMBER(38,0)", ("numeric", 38, 0, None, False)),
        ("INT64", ("bigint", None, None, None, False)),
        ("int(11) unsigned", ("integer", None, None, None, False)),
        ("UNSIGNED BIG INT", ("unsigned big int", None, None, None, False)),
        ("tinyint(1)", ("boolean", None, None, None, False)),
        ("varchar(80)", ("character varying", None, None, 80, False)),
        ("CHAR", ("character", None, None, 1, False)),
        ("TIMESTAMP WITH TIME ZONE", ("timestamp with time zone", None, None, None, False)),
        ("timestamp(3) without time zone", ("timestamp without time zone", None, None, None, False)),
        ("INTEGER[3]", ("integer", None, None, None, True)),
        ("ARRAY<STRING>", ("text", None, None, None, True)),
        ("Nullable(UInt32)", ("bigint", None, None, None, False)),
        ("STRUCT(a INTEGER, b VARCHAR)", ("struct", None, None, None, False)),
        ("HUGEINT", ("numeric", 18, 0, None, False)),
        ("year", ("integer", None, None, None, False)),
        ("???", ("???", None, None, None, False)),
    ],
)
def test_types_are_known_by_any_name(declared: str, read: tuple[object, ...]) -> None:
    shape = column_of("x", declared)
    assert (shape.type, shape.precision, shape.scale, shape.length, shape.is_array) == read
