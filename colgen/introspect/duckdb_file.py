"""A schema read from the catalogue of a DuckDB file. No row is ever looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from colgen.errors import RequestError
from colgen.introspect import checks
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import CheckShape, ColumnShape, ForeignKeyShape, SchemaShape, TableShape
from colgen.introspect.spelling import check_of
from colgen.introspect.structs import with_fields
from colgen.introspect.type_names import column_of
from colgen.targets.destination import MANIFEST, Destination
from colgen.targets.finished import attach
from colgen.targets.sql import new_connection, quoted

if TYPE_CHECKING:
    import duckdb


def read(reading: Reading) -> SchemaShape:
    """The tables of a DuckDB file. RequestError where there is none, or the file cannot be read."""
    path = Destination.parse(reading.source).path
    if not path.is_file():
        raise RequestError(f"{str(path)!r} cannot be read: no such file")
    with new_connection() as connection:
        shape = _catalogue(connection, attach(connection, path), reading)
    shape.source = path.name
    return shape


def _rows(connection: duckdb.DuckDBPyConnection, file: str, function: str) -> list[dict[str, Any]]:
    """What a function of the catalogue says of the file, in the order of its tables."""
    result = connection.execute(f"SELECT * FROM {function}() WHERE database_name = ? ORDER BY ALL", [file])
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _catalogue(connection: duckdb.DuckDBPyConnection, file: str, reading: Reading) -> SchemaShape:
    rows = [row for row in _rows(connection, file, "duckdb_tables") if row["table_name"] != MANIFEST]
    schemas = {row["schema_name"] for row in rows if reading.wants(row["schema_name"])}
    tables = {
        (row["schema_name"], row["table_name"]): TableShape(
            row["table_name"], row["schema_name"] if len(schemas) > 1 else "", comment=row["comment"] or ""
        )
        for row in rows
        if row["schema_name"] in schemas
    }
    if not tables:
        wanted = f" in {', '.join(reading.schemas)}" if reading.schemas else ""
        raise RequestError(f"there is no table{wanted}")
    shape = SchemaShape(list(tables.values()))
    declared = {(row["schema_name"], row["table_name"]): row["sql"] for row in rows}
    for row in sorted(_rows(connection, file, "duckdb_columns"), key=lambda row: row["column_index"]):
        place = (row["schema_name"], row["table_name"])
        if place in tables:
            tables[place].columns.append(_column(row, declared[place]))
    for row in sorted(_rows(connection, file, "duckdb_constraints"), key=lambda row: row["constraint_index"]):
        place = (row["schema_name"], row["table_name"])
        if place in tables:
            _constrain(tables[place], row, tables.get((row["schema_name"], row["referenced_table"])))
    for row in _rows(connection, file, "duckdb_indexes"):
        place = (row["schema_name"], row["table_name"])
        if place in tables and row["is_unique"]:
            names = tuple(
                column.name for column in tables[place].columns if re.search(rf"\b{re.escape(column.name)}\b", row["expressions"])
            )
            tables[place].uniques.append(names)
    for table in shape.tables:
        table.checks = checks.apply(table)
    return shape


def _column(row: dict[str, Any], declared: str) -> ColumnShape:
    column = with_fields(column_of(row["column_name"], row["data_type"], row["is_nullable"]))
    column.default, column.comment = row["column_default"] or "", row["comment"] or ""
    spelled = (f"{name} {row['data_type']} GENERATED ALWAYS AS" for name in (column.name, quoted(column.name)))
    column.generated = any(text in declared for text in spelled)
    return column


def _constrain(table: TableShape, row: dict[str, Any], target: TableShape | None) -> None:
    """Notes a constraint in its table."""
    names, kind = tuple(dict.fromkeys(row["constraint_column_names"])), row["constraint_type"]
    if kind == "PRIMARY KEY":
        table.key = names
    elif kind == "UNIQUE":
        table.uniques.append(names)
    elif kind == "FOREIGN KEY" and target is not None:
        table.foreign_keys.append(ForeignKeyShape(names, target.full_name, tuple(row["referenced_column_names"])))
    elif kind == "CHECK":
        table.checks.append(CheckShape(check_of(row["expression"], names).text, names))
