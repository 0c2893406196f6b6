"""Types of a database that tables of a build have: enumerations, which are made with the tables, and those that the server has by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from colgen.declare.column import Column
from colgen.declare.table import TableInfo
from colgen.errors import TargetError
from colgen.targets.postgres.connect import driver, single, statement
from colgen.targets.postgres.copy import type_of
from colgen.targets.postgres.existing import PostgresTable, cast_of
from colgen.targets.sql import one_line
from colgen.values.types import element_of, is_enumeration

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composable


def staged(column: Column, enumerations: str | None) -> Composable:
    """SQL: the type of a column while rows come in, in a form that they can be sent in.

    enumerations : the schema in which the types of words are; None where a column of them is of texts
    """
    if is_enumeration(column.type) and enumerations is not None:
        return statement("{}.{}", enumerations, column.type.postgres)
    return statement(type_of(column.type.sql))


def create(connection: psycopg.Connection[Any], schema: str, enumerations: Mapping[str, Sequence[str]]) -> None:
    """Makes enumerations in a schema, by their names, with these words."""
    from psycopg.sql import SQL, Literal

    for name, words in enumerations.items():
        connection.execute(statement("CREATE TYPE {}.{} AS ENUM ({})", schema, name, SQL(", ").join(map(Literal, words))))


def refuse_unknown(connection: psycopg.Connection[Any], tables: Sequence[TableInfo]) -> None:
    """TargetError for a column that is of a type which the server does not have."""
    for table in tables:
        for column, name in _by_name(table):
            if single(connection, "SELECT to_regtype(%s)::text", name) is None:
                raise TargetError(
                    f"{column.qualified_name} is of the type {name!r}, which the database does not have; if it is one of an extension, say "
                    "CREATE EXTENSION there, and if it lies in another schema, Named('schema.type')"
                )


def convert(connection: psycopg.Connection[Any], schema: str, table: TableInfo, enumerations: str) -> None:
    """Makes the texts of a staged table values of the types that their columns name. TargetError where a text is not one.

    enumerations : the schema in which the types of words are
    """
    changes = [(column.name, name, statement(name)) for column, name in _by_name(table)]
    changes += [
        (column.name, column.type.name, statement("{}.{}[]", enumerations, element_of(column.type).postgres))
        for column in table.written_columns
        if is_enumeration(element_of(column.type)) and not is_enumeration(column.type)
    ]
    if not changes:
        return
    listed = ", ".join(["ALTER {} TYPE {} USING {}::{}"] * len(changes))
    columns = [part for column, _, kind in changes for part in (column, kind, column, kind)]
    try:
        connection.execute(statement(f"ALTER TABLE {{}}.{{}} {listed}", schema, table.name, *columns))
    except driver().errors.DataError as error:
        named = ", ".join(f"{column} ({name})" for column, name, _ in changes)
        raise TargetError(f"{table.name}: PostgreSQL could not read a text as what its column is, of {named}: {one_line(error)}") from None


_OF_JSON = ("jsonb", "json", "text", "character varying")


def is_composite(column: Column, there: PostgresTable) -> bool:
    """Whether the structs of a column go into a composite type of the user's, field by field."""
    return column.type.role == "struct" and there.columns[column.name].type not in _OF_JSON


def unfit_structs(connection: psycopg.Connection[Any], tables: Sequence[TableInfo], existing: Mapping[str, PostgresTable]) -> Iterator[str]:
    """The structs, in words, that the user's columns have no room for: fields that a composite type lacks would be lost without a word."""
    for table in tables:
        there = existing.get(table.name)
        for column in table.written_columns if there is not None else ():
            if there is None or column.name not in there.columns or not is_composite(column, there):
                continue
            lost = list(_lost(connection, column.type.arrow, cast_of(there.columns[column.name])))
            if lost:
                yield f"{column.qualified_name} is a struct in the model, and {there.columns[column.name].shown} has no field {', '.join(lost)}"


def _lost(connection: psycopg.Connection[Any], struct: pa.StructType, composite: str) -> Iterator[str]:
    """The fields of a struct that a type of the server's has none for."""
    types = dict(
        connection.execute(
            """SELECT attname::text, format_type(atttypid, NULL) FROM pg_type JOIN pg_attribute ON attrelid = typrelid
            WHERE pg_type.oid = to_regtype(%s) AND typtype = 'c' AND attnum > 0 AND NOT attisdropped""",
            (composite,),
        ).fetchall()
    )
    for field in struct:
        if field.name not in types:
            yield field.name
        elif pa.types.is_struct(field.type) and types[field.name] not in _OF_JSON:
            yield from (f"{field.name}.{name}" for name in _lost(connection, field.type, types[field.name]))


def _by_name(table: TableInfo) -> Iterator[tuple[Column, str]]:
    """The written columns of types that the server has by name, and that name, which `Named` has seen to be one."""
    for column in table.written_columns:
        if column.type.postgres and not is_enumeration(element_of(column.type)):
            yield column, column.type.postgres
