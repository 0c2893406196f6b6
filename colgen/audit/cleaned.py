"""A build with defects as its answer key says it should be: rules are proved on that, and the answer key on what is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from colgen.audit.proofs import Query
from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.model import Model
from colgen.defects.places import Defects, DirtyTable
from colgen.targets.manifest import Manifest
from colgen.targets.sql import literal, quoted

if TYPE_CHECKING:
    import duckdb

_KEY = ANSWER_KEY.name


@contextmanager
def cleaned(connection: duckdb.DuckDBPyConnection, manifest: Manifest, model: Model) -> Iterator[tuple[list[Query], Manifest]]:
    """While this lasts, a connection sees each table without its defects. Gives what must hold of the answer key and of what is written, and
    the manifest of what is seen.

    A view that is temporary stands before a table of the same name.
    """
    defects = Defects(manifest.spec.defects, manifest.spec.tables)
    written = [defects.of(table, model) for table in model.written if table.name in manifest.tables]
    dirty = [table for table in written if table is not None]
    database, schema = connection.execute("SELECT current_database(), current_schema()").fetchall()[0]
    sides = [_Sides(table, f"{quoted(database)}.{quoted(schema)}.{quoted(table.table.name)}") for table in dirty]
    try:
        for side in sides:
            connection.execute(f"CREATE TEMP TABLE {side.key_table} AS {side.by_row()}")
            connection.execute(f"CREATE TEMP VIEW {quoted(side.name)} AS {side.clean()}")
        again = f"SELECT table_name, count(*) FROM {quoted(_KEY)} WHERE kind = 'duplicate' GROUP BY ALL"
        fewer = dict(connection.execute(again).fetchall())
        entries = {name: entry.model_copy(update={"rows": entry.rows - fewer.get(name, 0)}) for name, entry in manifest.tables.items()}
        queries = [_places(dirty), _named_once(), *(query for side in sides for query in side.queries())]
        yield queries, manifest.model_copy(update={"tables": entries})
    finally:
        for side in sides:
            connection.execute(f"DROP VIEW IF EXISTS temp.{quoted(side.name)}")
            connection.execute(f"DROP TABLE IF EXISTS temp.{side.key_table}")


def _places(dirty: list[DirtyTable]) -> Query:
    """The answer key is about what can be wrong, and wrong it is."""
    places = [(table.table.name, column, kind) for table in dirty for column, shares in table.cells.items() for kind in shares]
    places += [(table.table.name, column, "swap") for table in dirty for pair in table.pairs for column in pair]
    places += [(table.table.name, table.key[0], "duplicate") for table in dirty if table.duplicates]
    listed = ", ".join(f"({', '.join(map(literal, place))})" for place in places)
    return Query(
        _KEY,
        "each defect is in a column that may have it, and its value is not the clean one",
        f"SELECT * FROM {quoted(_KEY)} WHERE (table_name, column_name, kind) NOT IN ({listed}) OR written_value IS NOT DISTINCT FROM clean_value",
    )


def _named_once() -> Query:
    names = "table_name, row_key, column_name"
    return Query(_KEY, f"{names} are unique", f"SELECT {names} FROM {quoted(_KEY)} GROUP BY ALL HAVING count(*) > 1")


class _Sides:
    """A table as it is written, its defects row by row, and the clean values of both."""

    def __init__(self, dirty: DirtyTable, written: str) -> None:
        self._dirty, self._written, self.name = dirty, written, dirty.table.name
        self._types = dirty.table.sql_types
        self.key_table = quoted(f"(defects of {self.name})")
        self._numbers = {column: number for number, column in enumerate(dirty.columns)}

    def by_row(self) -> str:
        """The answer key with a row for each row that has defects."""
        columns = [f"row_key, {self._typed_key('row_key')} AS row"]
        columns += ["bool_or(kind = 'duplicate') AS again, max(clean_value) FILTER (kind = 'duplicate') AS first"]
        for column, number in self._numbers.items():
            here = f"column_name = {literal(column)}"
            columns += [
                f"bool_or({here}) AS has_{number}",
                f"max(clean_value) FILTER ({here}) AS clean_{number}",
                f"max(written_value) FILTER ({here}) AS written_{number}",
            ]
        return f"SELECT {', '.join(columns)} FROM {quoted(_KEY)} WHERE table_name = {literal(self.name)} GROUP BY row_key"

    def _typed_key(self, text: str) -> str:
        """A key that is a text, as it is joined: in the type of its column, if it is of one."""
        return f"TRY_CAST({text} AS {self._types[self._dirty.key[0]]})" if len(self._dirty.key) == 1 else text

    def _own_key(self, row: str) -> str:
        cells = [f"{row}.{quoted(name)}" for name in self._dirty.key]
        return cells[0] if len(cells) == 1 else f"concat_ws(',', {', '.join(cells)})"

    def _restored(self, column: str) -> str:
        """The clean value of a cell."""
        number, cell = self._numbers.get(column), f"written.{quoted(column)}"
        if number is None:
            return cell
        return f"CASE WHEN defects.has_{number} THEN CAST(defects.clean_{number} AS {self._types[column]}) ELSE {cell} END"

    def clean(self) -> str:
        """The rows that the clean build has."""
        cells = [f"{self._restored(column)} AS {quoted(column)}" for column in self._types]
        joined = f"{self._written} AS written LEFT JOIN temp.{self.key_table} AS defects ON {self._own_key('written')} = defects.row"
        return f"SELECT {', '.join(cells)} FROM {joined} WHERE NOT coalesce(defects.again, false)"

    def queries(self) -> Iterator[Query]:
        """What must hold of the table as it is written."""
        differs = [f"{self._own_key('written')} IS NULL"]
        for column, number in self._numbers.items():
            value = f"CAST(defects.written_{number} AS {self._types[column]})"
            differs.append(f"(defects.has_{number} AND written.{quoted(column)} IS DISTINCT FROM {value})")
        joined = f"temp.{self.key_table} AS defects LEFT JOIN {self._written} AS written ON {self._own_key('written')} = defects.row"
        yield Query(
            self.name,
            "its defects are written as the answer key says; the other rules hold for the clean values",
            f"SELECT defects.row_key, written.* FROM {joined} WHERE {' OR '.join(differs)}",
        )
        if self._dirty.duplicates:
            others = [column for column in self._types if column not in self._dirty.key]
            unlike = " OR ".join(f"{self._restored(column)} IS DISTINCT FROM clean.{quoted(column)}" for column in others) or "false"
            yield Query(
                self.name,
                "a row that comes again has the clean values of the first, but for defects of its own",
                f"SELECT defects.row_key, written.* FROM {self._written} AS written "
                f"JOIN temp.{self.key_table} AS defects ON {self._own_key('written')} = defects.row "
                f"LEFT JOIN {quoted(self.name)} AS clean ON {self._own_key('clean')} = {self._typed_key('defects.first')} "
                f"WHERE defects.again AND ({self._own_key('clean')} IS NULL OR {unlike})",
            )
