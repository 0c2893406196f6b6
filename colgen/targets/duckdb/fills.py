"""The record of what colgen has put into tables of the user's in a DuckDB file, and how those very rows are taken away again.

DuckDB refuses to remove a row that another refers to even where that one was removed before in the same transaction. So rows are taken away
in steps, each a transaction with its part of the record: first those to which no other refers. Where no filled table refers to another, there
is one step. A removal that was killed is gone on with by the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from colgen.targets.duckdb.existing import DeclaredReference, DuckDBTable, Place, column_names, declared_references
from colgen.targets.fills import SCHEMA, FilledTable, refuse_changed, refuse_referred
from colgen.targets.manifest import Manifest
from colgen.targets.sql import quoted

if TYPE_CHECKING:
    from colgen.targets.duckdb.database import Database

_TABLES = TypeAdapter(list[FilledTable])


def begin(database: Database) -> int:
    """Makes the schema of records where there is none, and a number for a fill."""
    database.execute(f"CREATE SCHEMA IF NOT EXISTS {database.qualified(SCHEMA)}")
    database.execute(
        f"""CREATE TABLE IF NOT EXISTS {_record(database)} (id BIGINT NOT NULL, filled_schema VARCHAR NOT NULL,
        filled_at TIMESTAMPTZ NOT NULL, tables JSON NOT NULL, manifest JSON NOT NULL)"""
    )
    return int(database.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {_record(database)}"))


def last_row(database: Database, table: DuckDBTable) -> int:
    """DuckDB's own number of the last row of a table; those that are added have larger ones."""
    return int(database.execute(f"SELECT coalesce(max(rowid), -1) FROM {database.qualified(*table.place)}"))


def note_rows(database: Database, number: int, place: int, table: DuckDBTable, last: int) -> FilledTable:
    """Notes the rows of a table that have come since one was its last."""
    rows, name = f"rows_{number}_{place}", database.qualified(*table.place)
    keys = [f"added.{quoted(column)} AS key{index}" for index, column in enumerate(table.key)]
    noted = ", ".join([f"{_digest(database, table.place, 'added')} AS digest", *keys])
    count = database.execute(f"CREATE TABLE {database.qualified(SCHEMA, rows)} AS SELECT {noted} FROM {name} AS added WHERE rowid > {last}")
    return FilledTable(db_schema=table.schema, name=table.name, key=list(table.key), rows=rows, count=count)


def note(database: Database, number: int, tables: Sequence[FilledTable], manifest: Manifest) -> None:
    """Records a fill."""
    values = [number, database.schema, _TABLES.dump_json(list(tables)).decode(), manifest.model_dump_json()]
    database.execute(f"INSERT INTO {_record(database)} VALUES (?, ?, now(), ?, ?)", values)


def recorded(database: Database) -> dict[int, list[FilledTable]]:
    """The tables of each fill of the schema, by its number, the latest first."""
    rows = _rows_of_record(database, "SELECT id, tables FROM {} WHERE filled_schema = ? ORDER BY id DESC", [database.schema])
    return {number: _TABLES.validate_json(tables) for number, tables in rows}


def filled_schemas(database: Database) -> list[str]:
    """The schemas of the file that were filled."""
    return [schema for (schema,) in _rows_of_record(database, "SELECT DISTINCT filled_schema FROM {} ORDER BY ALL", [])]


def _rows_of_record(database: Database, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    there = database.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = 'fills'", [database.name, SCHEMA]
    )
    return database.rows(sql.format(_record(database)), values) if there else []


@dataclass(frozen=True)
class _Doomed:
    """Rows that are to go: those of a table that one fill put there.

    fill : its number
    rows : a temporary table: DuckDB's numbers of the row and of its note, and whether it is still as it was
    """

    fill: int
    table: FilledTable
    rows: str

    @property
    def place(self) -> Place:
        return self.table.db_schema, self.table.name


def remove(database: Database, even_changed: bool = False) -> int:
    """Takes the rows of all fills of the schema away; how many.

    even_changed : those too that were changed since

    TargetError, and nothing is touched, where a row was changed or is gone, or where rows of others have come to refer to one.
    """
    doomed: list[_Doomed] = []
    for fill, tables in recorded(database).items():
        for table in tables:
            doomed.append(_find(database, fill, table, doomed))
    if not even_changed:
        refuse_changed([words for rows in doomed if (words := _changed(database, rows))])
    places = list(dict.fromkeys(rows.place for rows in doomed))
    references = [reference for reference in declared_references(database) if reference.parent in places]
    for reference in references:
        _refuse_referred(database, reference, doomed)
    removed = 0
    while doomed:
        referred = {reference.parent for reference in references if reference.child in places and not reference.is_own}
        free = [rows for rows in doomed if rows.place not in referred]
        with database.transaction():
            gone = sum(_delete(database, place, free, references) for place in dict.fromkeys(rows.place for rows in free))
            before, doomed = doomed, [left for rows in doomed if (left := _note_removal(database, rows, rows in free)) is not None]
        assert gone or doomed != before, "rows of a DuckDB file cannot refer to one another in a circle"
        removed += gone
        places = list(dict.fromkeys(rows.place for rows in doomed))
    return removed


def _find(database: Database, fill: int, table: FilledTable, others: Sequence[_Doomed]) -> _Doomed:
    """The rows of a fill as they are now.

    others : what was found before, which is not found again where rows are known by what is in them alone
    """
    doomed = _Doomed(fill, table, f'temp."doomed {fill} {table.rows}"')
    noted, theirs = database.qualified(SCHEMA, table.rows), database.qualified(*doomed.place)
    digest = _digest(database, doomed.place, "theirs")
    if not digest:  # the whole table is gone
        select = "SELECT 0 AS row, 0 AS noted, false AS same LIMIT 0"
    elif table.key:
        equal = " AND ".join(f"theirs.{quoted(key)} = noted.{column}" for key, column in zip(table.key, table.noted, strict=True))
        select = f"""SELECT theirs.rowid AS row, noted.rowid AS noted, {digest} = noted.digest AS same
            FROM {theirs} AS theirs JOIN {noted} AS noted ON {equal}"""
    else:
        taken = _rows_of(doomed.place, others)
        nth = "row_number() OVER (PARTITION BY digest ORDER BY row) AS nth"
        select = f"""SELECT theirs.row, noted.row AS noted, true AS same
            FROM (SELECT *, {nth} FROM (SELECT rowid AS row, {digest} AS digest FROM {theirs} AS theirs WHERE rowid NOT IN ({taken}))) AS theirs
            JOIN (SELECT *, {nth} FROM (SELECT rowid AS row, digest FROM {noted})) AS noted USING (digest, nth)"""
    database.execute(f"CREATE OR REPLACE TEMP TABLE {doomed.rows} AS {select}")
    return doomed


def _changed(database: Database, doomed: _Doomed) -> str:
    """In words: how many rows are no longer as they were put there."""
    same = int(database.execute(f"SELECT count(*) FROM {doomed.rows} WHERE same"))
    return f"{doomed.table.count - same:,} of {doomed.table.place}" if same < doomed.table.count else ""


def _refuse_referred(database: Database, reference: DeclaredReference, doomed: Sequence[_Doomed]) -> None:
    child, parent = (database.qualified(*place) for place in (reference.child, reference.parent))
    others = database.execute(
        f"""SELECT count(*) FROM {child} AS child JOIN {parent} AS parent ON {reference.equal("child", "parent")}
        WHERE parent.rowid IN ({_rows_of(reference.parent, doomed)}) AND child.rowid NOT IN ({_rows_of(reference.child, doomed)})"""
    )
    refuse_referred(others, ".".join(reference.child), ".".join(reference.parent))


def _delete(database: Database, place: Place, doomed: Sequence[_Doomed], references: Iterable[DeclaredReference]) -> int:
    """Removes the rows of a table to which no other of it refers; how many."""
    if not column_names(database, place):
        return 0
    name = database.qualified(*place)
    own = "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {name} AS child WHERE {reference.equal('child', 'theirs')})"
        for reference in references
        if reference.is_own and reference.child == place
    )
    return int(database.execute(f"DELETE FROM {name} AS theirs WHERE rowid IN ({_rows_of(place, doomed)}){own}"))


def _note_removal(database: Database, doomed: _Doomed, is_begun: bool) -> _Doomed | None:
    """Takes rows that are gone out of the record, and gives what is left of them; None where nothing is."""
    if not is_begun:
        return doomed
    noted, name = database.qualified(SCHEMA, doomed.table.rows), database.qualified(*doomed.place)
    there = f"SELECT rowid FROM {name}" if column_names(database, doomed.place) else "SELECT 0 LIMIT 0"
    database.execute(f"DELETE FROM {noted} WHERE rowid IN (SELECT noted FROM {doomed.rows} WHERE row NOT IN ({there}))")
    database.execute(f"DELETE FROM {doomed.rows} WHERE row NOT IN ({there})")
    left = int(database.execute(f"SELECT count(*) FROM {doomed.rows}"))
    listed = recorded(database)[doomed.fill]
    others = [table for table in listed if table.rows != doomed.table.rows]
    if left:
        others.append(doomed.table.model_copy(update={"count": left}))
    else:
        database.execute(f"DROP TABLE {noted}")
    if others:
        database.execute(f"UPDATE {_record(database)} SET tables = ? WHERE id = ?", [_TABLES.dump_json(others).decode(), doomed.fill])
    else:
        database.execute(f"DELETE FROM {_record(database)} WHERE id = ?", [doomed.fill])
        if not database.execute(f"SELECT count(*) FROM {_record(database)}"):
            database.execute(f"DROP TABLE {_record(database)}")
            database.drop_schema_if_empty(SCHEMA)
    return doomed if left else None


def _digest(database: Database, place: Place, row: str) -> str:
    """SQL: the digest of a row of a table, which has a name in the query; empty where there is no such table."""
    columns = ", ".join(f"{row}.{quoted(name)}" for name in column_names(database, place))
    return f"md5(row({columns})::VARCHAR)" if columns else ""


def _rows_of(place: Place, doomed: Sequence[_Doomed]) -> str:
    """A query for the rows of a table that are to go."""
    return " UNION ALL ".join(f"SELECT row FROM {rows.rows}" for rows in doomed if rows.place == place) or "SELECT 0 LIMIT 0"


def _record(database: Database) -> str:
    return database.qualified(SCHEMA, "fills")
