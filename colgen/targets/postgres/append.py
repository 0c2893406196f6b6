"""The rows of a staged build that are new, added to the tables that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from colgen.declare.columns import Key
from colgen.declare.keys import unique_sets
from colgen.declare.table import TableInfo
from colgen.errors import TargetError
from colgen.targets.postgres.connect import driver, single, statement
from colgen.targets.references import parents_first, written_references
from colgen.targets.sql import one_line

if TYPE_CHECKING:
    import psycopg


def add_new_rows(connection: psycopg.Connection[Any], staging: str, schema: str, tables: Sequence[TableInfo]) -> dict[str, int]:
    """Adds the rows whose keys, and whatever else is unique in them, are not there yet; how many were new.

    TargetError where one of them would refer to a row that is not there.
    """
    added = {}
    for table in parents_first(tables):
        names = [column.name for column in table.written_columns]
        unique = unique_sets(table)
        listed = ", ".join(["{}"] * len(names))
        text, identifiers = f"INSERT INTO {{}}.{{}} ({listed}) SELECT {listed} FROM {{}}.{{}} AS new", [*names, *names, staging, table.name]
        if unique:
            equal = [" AND ".join(["old.{} = new.{}"] * len(names)) for names in unique]
            text += " WHERE " + " AND ".join(f"NOT EXISTS (SELECT FROM {{}}.{{}} AS old WHERE {condition})" for condition in equal)
            identifiers += [part for names in unique for part in (schema, table.name, *(name for name in names for _ in range(2)))]
        else:  # a whole row is a key
            text += f" EXCEPT ALL SELECT {listed} FROM {{}}.{{}}"
            identifiers += [*names, schema, table.name]
        try:
            added[table.name] = connection.execute(statement(text, schema, table.name, *identifiers)).rowcount
        except driver().errors.ForeignKeyViolation as error:
            raise TargetError(f"the rows do not fit those in schema {schema!r}: {one_line(error)}; nothing was added") from None
    for table in tables:
        _refuse_dangling(connection, schema, table, tables)
    return added


def _refuse_dangling(connection: psycopg.Connection[Any], schema: str, table: TableInfo, tables: Sequence[TableInfo]) -> None:
    """A row may refer to one that was not added, since something unique in it was there already."""
    for reference in written_references(table, tables):
        own, theirs = [column.name for column in reference.columns], [column.name for column in reference.targets]
        there, equal = " AND ".join(["{} IS NOT NULL"] * len(own)), " AND ".join(["parent.{} = child.{}"] * len(own))
        text = f"SELECT count(*) FROM {{}}.{{}} AS child WHERE {there} AND NOT EXISTS (SELECT FROM {{}}.{{}} AS parent WHERE {equal})"
        pairs = [name for pair in zip(theirs, own, strict=True) for name in pair]
        dangling = single(connection, statement(text, schema, table.name, *own, schema, reference.target.name, *pairs))
        if dangling:
            raise TargetError(
                f"the rows do not fit those in schema {schema!r}: {dangling:,} of {table.name} would refer to "
                f"rows of {reference.target.name} that are not there; nothing was added"
            )


def move_sequences_on(connection: psycopg.Connection[Any], schema: str, tables: Sequence[TableInfo]) -> None:
    """Sets the sequence of each key to the last id, or leaves it where an application has moved it further."""
    for table in tables:
        for column in table.written_columns:
            if isinstance(column, Key):
                last = single(connection, statement("SELECT max({}) FROM {}.{}", column.name, schema, table.name))
                move_sequence_on(connection, schema, table.name, column.name, last)


def move_sequence_on(connection: psycopg.Connection[Any], schema: str, table: str, column: str, last: int | None) -> None:
    """Lets the sequence of an identity go on after an id, unless it is further on already; where there are no rows, it stays."""
    connection.execute(
        """SELECT setval(sequence, last)
        FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence, %s::bigint AS last) AS wanted
        WHERE last > coalesce(pg_sequence_last_value(sequence), 0)""",
        (statement("{}.{}", schema, table).as_string(connection), column, last),
    )
