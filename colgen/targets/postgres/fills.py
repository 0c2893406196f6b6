"""The record of what colgen has put into tables of the user's in a PostgreSQL database, and how those very rows are taken away again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colgen.targets import fills
from colgen.targets.fills import SCHEMA
from colgen.targets.manifest import Manifest
from colgen.targets.postgres.connect import single, statement
from colgen.targets.postgres.deferral import deferred
from colgen.targets.postgres.existing import PostgresTable, cast_of

if TYPE_CHECKING:
    import psycopg


class FilledTable(fills.FilledTable):
    """A table into which rows were put.

    number : PostgreSQL's own, its oid
    """

    number: int


@dataclass(frozen=True)
class Fill:
    """A fill as it is recorded.

    number : its own
    tables : in the order in which rows went in
    """

    number: int
    tables: Sequence[FilledTable]


def begin(connection: psycopg.Connection[Any]) -> int:
    """Makes the schema of records where there is none, and a number for a fill."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    connection.execute(
        f"""CREATE TABLE IF NOT EXISTS {SCHEMA}.fills (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, filled_schema text NOT NULL,
        filled_at timestamptz NOT NULL DEFAULT now(), tables json NOT NULL, manifest json NOT NULL)"""
    )
    return int(single(connection, f"SELECT nextval(pg_get_serial_sequence('{SCHEMA}.fills', 'id'))"))


def insert(
    connection: psycopg.Connection[Any], number: int, place: int, table: PostgresTable, columns: Sequence[str], source: Any
) -> FilledTable:
    """Puts rows into a table, and notes which.

    columns : those that are given
    source : the query that gives them, as a composed statement
    """
    from psycopg.sql import SQL

    rows = f"rows_{number}_{place}"
    listed = ", ".join(["{}"] * len(columns))
    create = ", ".join(["digest text NOT NULL", *(f"key{index} {{}}" for index in range(len(table.key)))])
    types = [SQL(cast_of(table.columns[name])) for name in table.key]
    connection.execute(statement(f"CREATE TABLE {{}}.{{}} ({create})", SCHEMA, rows, *types))
    into = ", ".join(["digest", *(f"key{index}" for index in range(len(table.key)))])
    taken = ", ".join(["md5((added.*)::text)", *["added.{}"] * len(table.key)])
    text = (
        f"WITH added AS (INSERT INTO {{}}.{{}} ({listed}) OVERRIDING SYSTEM VALUE {{}} RETURNING *) "
        f"INSERT INTO {{}}.{{}} ({into}) SELECT {taken} FROM added"
    )
    done = connection.execute(statement(text, table.schema, table.name, *columns, source, SCHEMA, rows, *table.key))
    return FilledTable(db_schema=table.schema, name=table.name, number=table.number, key=list(table.key), rows=rows, count=done.rowcount)


def note(connection: psycopg.Connection[Any], number: int, schema: str, tables: Sequence[FilledTable], manifest: Manifest) -> None:
    """Records a fill."""
    listed = "[" + ",".join(table.model_dump_json() for table in tables) + "]"
    connection.execute(
        f"INSERT INTO {SCHEMA}.fills (id, filled_schema, tables, manifest) OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s)",
        (number, schema, listed, manifest.model_dump_json()),
    )


def recorded(connection: psycopg.Connection[Any], schema: str) -> list[Fill]:
    """The fills of a schema, the latest first."""
    if single(connection, "SELECT to_regclass(%s)", f"{SCHEMA}.fills") is None:
        return []
    rows = connection.execute(
        f"SELECT id, tables::text FROM {SCHEMA}.fills WHERE filled_schema = %s ORDER BY id DESC", (schema,)
    ).fetchall()
    return [Fill(number, _tables(text)) for number, text in rows]


def _tables(text: str) -> list[FilledTable]:
    from pydantic import TypeAdapter

    return TypeAdapter(list[FilledTable]).validate_json(text)


def remove(connection: psycopg.Connection[Any], fill: Fill, even_changed: bool = False) -> Mapping[str, int]:
    """Takes the rows of a fill away, within a transaction; how many of each table.

    even_changed : those too that were changed since

    TargetError where a row was changed or is gone, or where rows of others have come to refer to one.
    """
    if not even_changed:
        fills.refuse_changed([words for table in fill.tables if (words := _changed(connection, table))])
    _refuse_referred(connection, fill)
    removed = {}
    with deferred(connection, [table.number for table in fill.tables]):
        for table in reversed(fill.tables):
            removed[table.place] = _delete(connection, table)
    for table in fill.tables:
        connection.execute(statement("DROP TABLE {}.{}", SCHEMA, table.rows))
    connection.execute(f"DELETE FROM {SCHEMA}.fills WHERE id = %s", (fill.number,))
    if not single(connection, f"SELECT count(*) FROM {SCHEMA}.fills"):
        connection.execute(f"DROP TABLE {SCHEMA}.fills")
        if not single(
            connection, "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s", SCHEMA
        ):
            connection.execute(f"DROP SCHEMA {SCHEMA}")
    return removed


def _same(table: FilledTable, row: str = "theirs") -> tuple[str, list[str]]:
    """SQL, with names for its braces: whether a row of the table is one that is noted."""
    if not table.key:
        return f"md5(({row}.*)::text) = noted.digest", []
    return " AND ".join(f"{row}.{{}} = noted.key{index}" for index in range(len(table.key))), list(table.key)


def _changed(connection: psycopg.Connection[Any], table: FilledTable) -> str:
    """In words: how many rows are no longer as they were put there."""
    same, names = _same(table)
    there = single(
        connection,
        statement(
            f"SELECT count(*) FROM {{}}.{{}} AS noted WHERE EXISTS (SELECT FROM {{}}.{{}} AS theirs WHERE {same} AND md5((theirs.*)::text) = noted.digest)",
            *(SCHEMA, table.rows, table.db_schema, table.name, *names),
        ),
    )
    return f"{table.count - there:,} of {table.place}" if there < table.count else ""


def _delete(connection: psycopg.Connection[Any], table: FilledTable) -> int:
    same, names = _same(table)
    if table.key:
        text = f"DELETE FROM {{}}.{{}} AS theirs USING {{}}.{{}} AS noted WHERE {same}"
        return connection.execute(statement(text, table.db_schema, table.name, SCHEMA, table.rows, *names)).rowcount
    text = """DELETE FROM {}.{} WHERE ctid IN (
        SELECT row FROM (SELECT ctid AS row, md5((t.*)::text) AS digest, row_number() OVER (PARTITION BY md5((t.*)::text)) AS nth FROM {}.{} AS t) AS theirs
        JOIN (SELECT digest, count(*) AS times FROM {}.{} GROUP BY digest) AS noted USING (digest) WHERE nth <= times)"""
    place = (table.db_schema, table.name)
    return connection.execute(statement(text, *place, *place, SCHEMA, table.rows)).rowcount


def _refuse_referred(connection: psycopg.Connection[Any], fill: Fill) -> None:
    """TargetError where a row that colgen did not put there refers to one that it did: removing this one would take that one along, or fail."""
    by_number = {table.number: table for table in fill.tables}
    rows = connection.execute(
        """SELECT conrelid::bigint, confrelid::bigint, nspname::text, relname::text,
            ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS part (number, place)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = part.number ORDER BY place),
            ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS part (number, place)
                JOIN pg_attribute ON attrelid = confrelid AND attnum = part.number ORDER BY place)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE contype = 'f' AND conparentid = 0 AND confrelid = ANY(%s)""",
        (list(by_number),),
    ).fetchall()
    for child_number, parent_number, schema, name, own, theirs in rows:
        parent, child = by_number[parent_number], by_number.get(child_number)
        same, names = _same(parent, "parent")
        on = " AND ".join(["child.{} = parent.{}"] * len(own))
        pairs = [column for pair in zip(own, theirs, strict=True) for column in pair]
        text = f"""SELECT count(*) FROM {{}}.{{}} AS child JOIN {{}}.{{}} AS parent ON {on}
            WHERE EXISTS (SELECT FROM {{}}.{{}} AS noted WHERE {same})"""
        parts = [schema, name, parent.db_schema, parent.name, *pairs, SCHEMA, parent.rows, *names]
        if child is not None:
            ours, columns = _same(child, "child")
            text += f" AND NOT EXISTS (SELECT FROM {{}}.{{}} AS noted WHERE {ours})"
            parts += [SCHEMA, child.rows, *columns]
        fills.refuse_referred(single(connection, statement(text, *parts)), f"{schema}.{name}", parent.place)
