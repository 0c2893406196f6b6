"""Tables that the user's own migrations made, as the catalogue of a DuckDB file describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from colgen.declare.column import Column
from colgen.declare.table import TableInfo
from colgen.targets.duckdb.sequences import sequence_of
from colgen.targets.existing import ExistingColumn, ExistingTable, place_of
from colgen.targets.sql import quoted
from colgen.values.structs import is_struct
from colgen.values.types import Categorical

if TYPE_CHECKING:
    from colgen.targets.duckdb.database import Database

Place = tuple[str, str]
"""Schema and name of a table, as they are spelt in the file."""

_EXAMPLES = {
    **dict.fromkeys(("INTEGER", "BIGINT", "SMALLINT", "DECIMAL", "DOUBLE"), "0"),
    "BOOLEAN": "true",
    "DATE": "'2000-01-01'",
    "TIMESTAMPTZ": "'2000-01-01 00:00:00+00'",
    "UUID": "'00000000-0000-0000-0000-000000000000'",
}
"""A value of each type whose values all can be cast to another type, or none. Whether a text can be is known when it is there."""


@dataclass(frozen=True)
class DeclaredReference:
    """A foreign key. It never leads into another schema."""

    child: Place
    columns: Sequence[str]
    parent: Place
    targets: Sequence[str]

    @property
    def is_own(self) -> bool:
        """Whether it leads to rows of the same table."""
        return self.child == self.parent

    def equal(self, child: str, parent: str) -> str:
        """SQL: whether a row refers to another. Both are given by their names in the query."""
        pairs = zip(self.columns, self.targets, strict=True)
        return " AND ".join(f"{child}.{quoted(own)} = {parent}.{quoted(theirs)}" for own, theirs in pairs)


@dataclass(frozen=True, kw_only=True)
class DuckDBTable(ExistingTable):
    """A table as the user declared it. Its columns have the model's spelling, where upper and lower case are one.

    sequences : of its columns, by name: the schema and the name of each that numbers it
    """

    sequences: Mapping[str, tuple[str, str]]

    @property
    def place(self) -> Place:
        return self.schema, self.name


def look(database: Database, tables: Sequence[TableInfo]) -> dict[str, DuckDBTable]:
    """The tables of a model as they are in the file, by the model's name of each; those that are not there are left out."""
    there = {table.name: _table(database, place_of(table, database.schema), table) for table in tables}
    return {name: table for name, table in there.items() if table is not None}


def column_names(database: Database, place: Place) -> list[str]:
    """The columns of a table; none where there is no such table."""
    return [name for name, *_ in _columns(database, place)]


def declared_references(database: Database) -> list[DeclaredReference]:
    """The foreign keys of all tables in the file. DuckDB keeps the name of the other table as it was written, in upper or lower case."""
    sql = """
        SELECT child.schema_name, child.table_name, constraint_column_names, parent.table_name, referenced_column_names
        FROM duckdb_constraints() AS child JOIN duckdb_tables() AS parent USING (database_name, schema_name)
        WHERE database_name = ? AND constraint_type = 'FOREIGN KEY' AND lower(parent.table_name) = lower(referenced_table)
        ORDER BY ALL"""
    return [
        DeclaredReference((schema, child), columns, (schema, parent), targets)
        for schema, child, columns, parent, targets in database.rows(sql, [database.name])
    ]


def unfit(database: Database, tables: Sequence[TableInfo], there: Mapping[str, DuckDBTable]) -> Iterator[str]:
    """What of a model DuckDB cannot put into the tables that are there, in words."""
    for table in tables:
        if table.name in there:
            columns = there[table.name].columns
            if any(name.lower() == "rowid" for name in columns):
                yield f"{table.name} has a column rowid, which hides the number by which DuckDB tells its rows apart"
            for column in table.written_columns:
                if column.name in columns and not columns[column.name].generated:
                    yield from _uncastable(database, column, columns[column.name])


def _uncastable(database: Database, column: Column, there: ExistingColumn) -> Iterator[str]:
    if holds_all(column, there) or there.words is not None:
        return
    if isinstance(column.type, Categorical):
        sql = f"SELECT word FROM (SELECT unnest(?) AS word) WHERE TRY_CAST(word AS {there.type}) IS NULL LIMIT 1"
        if (word := database.execute(sql, [column.type.words.to_pylist()])) is not None:
            yield f"{column.qualified_name} may be {word!r}, which {there.shown} cannot hold"
        return
    if is_struct(column.type.sql) and is_struct(there.type):  # DuckDB leaves out what has no field of its name
        if lost := list(_lost(duckdb.sqltype(column.type.sql), duckdb.sqltype(there.type))):
            yield f"{column.qualified_name} is a struct in the model, and {there.shown} has no field {', '.join(lost)}"
        return
    example = _EXAMPLES.get(column.type.sql.partition("(")[0])
    if example is not None and database.execute(f"SELECT TRY_CAST({example}::{column.type.sql} AS {there.type})::VARCHAR") is None:
        yield f"{column.qualified_name} is {column.type.sql} in the model, which {there.shown} cannot hold"


def _lost(struct: Any, there: Any) -> Iterator[str]:
    """The fields of a struct that another one has none for; both are types of DuckDB's."""
    fields = {str(name).lower(): kind for name, kind in there.children}
    for name, kind in struct.children:
        other = fields.get(name.lower())
        if other is None:
            yield name
        elif kind.id == other.id == "struct":
            yield from (f"{name}.{inner}" for inner in _lost(kind, other))


def holds_all(column: Column, there: ExistingColumn) -> bool:
    """Whether a column holds every value of the model's, whatever it is."""
    return there.type in ("VARCHAR", column.type.sql)


def _table(database: Database, place: tuple[str, str], table: TableInfo) -> DuckDBTable | None:
    places = database.rows(
        """SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? AND lower(schema_name) = lower(?)
        AND lower(table_name) = lower(?)""",
        [database.name, *place],
    )
    if not places:
        return None
    schema, name = places[0]
    spelling = {column.name.lower(): column.name for column in table.written_columns}
    columns, sequences = {}, {}
    for column, type, required, default in _columns(database, (schema, name)):
        spelt = spelling.get(column.lower(), column)
        columns[spelt] = ExistingColumn(
            type=type,
            shown=type,
            required=required,
            filled=default is not None,
            generated=default is not None and _is_generated(database, (schema, name), column),
            words=database.execute(f"SELECT enum_range(NULL::{type})") if type.startswith("ENUM(") else None,
        )
        if (sequence := sequence_of(database, default, schema)) is not None:
            sequences[spelt] = sequence
    return DuckDBTable(
        schema=schema,
        name=name,
        columns=columns,
        key=_key(database, (schema, name)),
        has_rows=bool(database.execute(f"SELECT count(*) FROM (FROM {database.qualified(schema, name)} LIMIT 1)")),
        sequences=sequences,
    )


def _columns(database: Database, place: Place) -> list[tuple[str, str, bool, str | None]]:
    sql = """
        SELECT column_name, data_type, NOT is_nullable, column_default FROM duckdb_columns()
        WHERE database_name = ? AND schema_name = ? AND table_name = ? ORDER BY column_index"""
    return database.rows(sql, [database.name, *place])


def _is_generated(database: Database, place: Place, column: str) -> bool:
    """Whether DuckDB refuses values for a column, which not all versions say in the catalogue."""
    try:
        database.execute(f"EXPLAIN INSERT INTO {database.qualified(*place)} ({quoted(column)}) SELECT NULL")
    except duckdb.BinderException:
        return True
    return False


def _key(database: Database, place: Place) -> list[str]:
    sql = """
        SELECT constraint_column_names FROM duckdb_constraints()
        WHERE database_name = ? AND schema_name = ? AND table_name = ? AND constraint_type = 'PRIMARY KEY'"""
    return database.execute(sql, [database.name, *place]) or []
