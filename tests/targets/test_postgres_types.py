"""Columns of every type, in a real PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

import pytest

import colgen
from colgen import (
    Between,
    Category,
    Dates,
    Enum,
    FanOut,
    IpAddress,
    Key,
    Lookup,
    Named,
    ParentKey,
    Several,
    Stage,
    Stages,
    Struct,
    Table,
    TargetError,
    Text,
    Timestamps,
    Volume,
)
from colgen.formats.spelled import json_texts
from colgen.pipeline.cleanup import CONFIRMATION, remove
from tests.formats.every_type import MODEL
from tests.support import model_of, refused, thorough

pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


def types_of(database: Any, schema: str, table: str) -> dict[str, str]:
    """What the columns of a table are there."""
    return dict(
        database.execute(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            (f"{schema}.{table}",),
        ).fetchall()
    )


def test_every_type_is_one_of_the_server_s_and_every_value_arrives(server: str, database: Any, schema: str) -> None:
    built = colgen.build(MODEL, out=server, schema=schema, check=True)
    assert all(outcome.holds for outcome in built.outcomes or ())
    types = types_of(database, schema, "things")
    assert {name: types[name] for name in ("id", "weight", "height", "code", "made_at", "opens", "digest")} == {
        "id": "smallint",
        "weight": "double precision",
        "height": "real",
        "code": "character(2)",
        "made_at": "timestamp without time zone",
        "opens": "time without time zone",
        "digest": "bytea",
    }
    for name in ("things", "parts"):
        made = colgen.build(MODEL).table(name).sort_by("id")
        cast = {"real": "::float8", "real[]": "::float8[]", "uuid[]": "::text[]"}
        types = types_of(database, schema, name)
        listed = ", ".join(f"{column}{cast.get(types[column], '')}" for column in made.column_names)
        rows = database.execute(f'SELECT {listed} FROM "{schema}".{name} ORDER BY id').fetchall()
        for number, column in enumerate(made.column_names):
            values = made[column].to_pylist()
            if types[column] == "jsonb":
                values = [text and json.loads(text) for text in json_texts(made[column].combine_chunks()).to_pylist()]
            assert [row[number] for row in rows] == values, column


class Films(Table):
    """A film."""

    rows = Volume("films")
    id = Key()
    rating = Category({"G": 5, "PG-13": 3, "it's": 1}, type=Enum("Rating"), nullable=0.2)
    made_at = Timestamps()
    state = Stages("made_at", first="new", shown=Stage(0.5, days=3), type=Enum("state"))
    seen_from = IpAddress(type=Named("inet"), nullable=0.5)
    mask = Text("101", type=Named("bit(3)"))
    ratings = Several(Category({"G": 5, "PG-13": 3, "it's": 1}, type=Enum("Rating")), Between(0, 3))
    hosts = Several(IpAddress(type=Named("inet")), Between(0, 2), nullable=0.2)


class Shows(Table):
    """When it is shown."""

    rows = FanOut(Films, 2)
    id = Key()
    film_id = ParentKey(Films)
    rating = Lookup(Films.rating)


FILMS = model_of(Films, Shows, films=60)


def types_in(database: Any, schema: str) -> dict[str, list[str]]:
    """The enumerations of a schema, with their words."""
    rows = database.execute(
        """SELECT typname::text, array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid
        JOIN pg_namespace ON pg_namespace.oid = typnamespace WHERE nspname = %s GROUP BY 1 ORDER BY 1""",
        (schema,),
    ).fetchall()
    return dict(rows)


WORDS = {"Rating": ["G", "PG-13", "it's"], "state": ["new", "shown"]}


def test_enumerations_are_made_with_the_tables_replaced_with_them_and_taken_away(server: str, database: Any, schema: str) -> None:
    for overwrite in (False, True):
        built = colgen.build(FILMS, out=server, schema=schema, check=True, overwrite=overwrite)
        assert all(outcome.holds for outcome in built.outcomes or ())
        assert types_in(database, schema) == WORDS
        assert types_of(database, schema, "shows")["rating"].endswith('"Rating"')
    made = colgen.build(FILMS).table("shows").to_pydict()["rating"]
    rows = database.execute(f'SELECT rating::text FROM "{schema}".shows ORDER BY id').fetchall()
    assert [rating for (rating,) in rows] == made
    remove(server, schema, confirm=CONFIRMATION)
    assert types_in(database, schema) == {}


def test_appended_rows_are_of_the_types_that_are_there(server: str, database: Any, schema: str) -> None:
    colgen.build(FILMS, out=server, schema=schema)
    (before,) = database.execute("SELECT %s::regtype::oid", (f'"{schema}"."Rating"',)).fetchone()
    summary = colgen.build(FILMS, out=server, schema=schema, append=True, scale=2)
    assert summary.rows["films"] == 120
    assert database.execute("SELECT %s::regtype::oid", (f'"{schema}"."Rating"',)).fetchone() == (before,)


def test_a_type_that_somebody_has_changed_since_is_theirs(server: str, database: Any, schema: str) -> None:
    colgen.build(FILMS, out=server, schema=schema)
    database.execute(f"""ALTER TYPE "{schema}".state ADD VALUE 'gone'""")
    with refused("type state: its words was changed", error=TargetError):
        colgen.build(FILMS, out=server, schema=schema, overwrite=True)


@thorough
def test_a_type_that_something_of_the_user_s_needs_is_kept(server: str, database: Any, schema: str) -> None:
    colgen.build(FILMS, out=server, schema=schema)
    database.execute(f'CREATE TABLE public.of_{schema} (state "{schema}".state)')
    try:
        with refused("something of yours depends on", error=TargetError):
            colgen.build(FILMS, out=server, schema=schema, overwrite=True)
        assert types_in(database, schema) == WORDS
    finally:
        database.execute(f"DROP TABLE public.of_{schema}")


def test_texts_become_values_of_types_by_name(server: str, database: Any, schema: str) -> None:
    colgen.build(FILMS, out=server, schema=schema)
    types = types_of(database, schema, "films")
    assert (types["seen_from"], types["mask"]) == ("inet", "bit(3)")
    assert (types["ratings"].rpartition(".")[2], types["hosts"]) == ('"Rating"[]', "inet[]")
    (rows,) = database.execute(f"""SELECT count(*) FROM "{schema}".films WHERE seen_from << '10.0.0.0/8'""").fetchone()
    assert 0 < rows < 60


def test_a_type_that_the_server_lacks_is_refused_before_any_row_is_made(server: str, schema: str) -> None:
    class Lost(Table):
        rows = 3
        id = Key()
        path = Text("a.b", type=Named("ltreee"))

    with refused("lost.path is of the type 'ltreee', which the database does not have", error=TargetError):
        colgen.build(model_of(Lost), out=server, schema=schema)


def test_a_text_that_a_type_cannot_be_read_from_is_refused(server: str, database: Any, schema: str) -> None:
    class Hosts(Table):
        rows = 3
        id = Key()
        address = Text("nowhere", type=Named("inet"))

    with refused("hosts: PostgreSQL could not read a text as what its column is, of address .inet.*nowhere", error=TargetError):
        colgen.build(model_of(Hosts), out=server, schema=schema)
    assert database.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() == (0,)


@thorough
def test_tables_of_the_user_s_own_get_words_and_texts_as_their_types(server: str, database: Any, schema: str) -> None:
    database.execute(f"""CREATE SCHEMA "{schema}"; CREATE TYPE "{schema}".rating AS ENUM ('PG-13', 'it''s', 'G'); CREATE TABLE "{schema}".films (
        id int PRIMARY KEY, rating "{schema}".rating, made_at timestamp, state text, seen_from inet, mask bit(3),
        ratings "{schema}".rating[], hosts inet[])""")
    colgen.build(model_of(Films, films=60), out=server, schema=schema, fill=True)
    assert database.execute(f'SELECT count(rating) > 20, count(DISTINCT seen_from) > 9 FROM "{schema}".films').fetchone() == (True, True)
    assert list(types_in(database, schema)) == ["rating"]


class People(Table):
    """Who lives where."""

    rows = Volume("people")
    id = Key()
    town = Category({"Rome": 2, 'a "b", (c)': 1}, hidden=True)
    since = Dates(hidden=True, nullable=0.3)
    home = Struct({"town": "town", "Since": "since"}, nullable=0.3)
    place = Struct("home", "town")
    noted = Struct("town")


def test_structs_become_a_composite_type_of_the_user_s(server: str, database: Any, schema: str) -> None:
    model = model_of(People, people=40)
    database.execute(f"""CREATE SCHEMA "{schema}"; CREATE TYPE "{schema}".home AS (id int, "Since" date, town text);
        CREATE TYPE "{schema}".place AS (home "{schema}".home, town text);
        CREATE TABLE "{schema}".people (id int PRIMARY KEY, home "{schema}".home, place "{schema}".place, noted json)""")
    colgen.build(model, out=server, schema=schema, fill=True)
    made = colgen.build(model).table("people").to_pylist()
    rows = database.execute(
        f"""SELECT (home).town, (home)."Since", home IS NULL, ((place).home).town, (place).town, noted FROM "{schema}".people ORDER BY id"""
    ).fetchall()
    homes = [row["home"] or {"town": None, "Since": None} for row in made]
    assert rows == [
        (home["town"], home["Since"], row["home"] is None, home["town"], row["place"]["town"], row["noted"])
        for home, row in zip(homes, made, strict=True)
    ]
    database.execute(f"""TRUNCATE "{schema}".people; ALTER TYPE "{schema}".home RENAME ATTRIBUTE town TO city""")
    with refused(
        "people.home is .* and .*home has no field town", "people.place is .* and .*place has no field home.town", error=TargetError
    ):
        colgen.build(model, out=server, schema=schema, fill=True)
