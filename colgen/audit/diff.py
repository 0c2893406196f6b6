"""What two builds of a model differ in: DuckDB joins each table's rows by their key, out of core, and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.declare.keys import unique_sets
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.errors import ColgenError, RequestError, one_of
from colgen.targets.finished import FinishedBuild, read_build, source_of
from colgen.targets.manifest import TableEntry
from colgen.targets.sql import answer, new_connection, quoted

if TYPE_CHECKING:
    import duckdb


EXAMPLES = 5
"""How many examples of a table are shown."""


@dataclass(frozen=True)
class Example:
    """A cell that differs: before in A, after in B. Of a row that only one build has, it is the key, and None in the other."""

    key: Any
    column: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """What differs in a table between build A and build B.

    rows : in A and in B; None where a build does not have the table
    added, gone : rows whose key only B has, or only A
    changed : rows whose key both have, and that differ in a column
    columns : in how many rows each of the changed columns differs
    only_in_a, only_in_b : columns that only one of them has; they are not compared
    examples : up to five cells, changed ones first
    """

    table: str
    rows: tuple[int | None, int | None]
    added: int = 0
    gone: int = 0
    changed: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    only_in_a: tuple[str, ...] = ()
    only_in_b: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


def _model_of(a: FinishedBuild, b: FinishedBuild) -> Model:
    """The model of two builds; where its file has changed between them, it is that of one of them."""
    try:
        return a.manifest.find_model()
    except RequestError:
        return b.manifest.find_model()


def differences(
    a: str | Path,
    b: str | Path,
    tables: Sequence[str] | None = None,
    model: Model | None = None,
    schema: str | None = None,
) -> Iterator[Difference]:
    """The tables in which two finished builds of a model differ; none for equal ones, whatever their formats.

    a, b : folders, or DuckDB files
    tables : those to compare; all if None
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    schema : of a file that holds several builds, which one
    """
    both = tuple(read_build(path, schema if source_of(path).path.is_file() else None) for path in (a, b))
    first, second = (build.manifest.spec.model for build in both)
    if Path(first).name != Path(second).name:
        raise RequestError(
            f"{str(a)!r} was built from model {first!r} and {str(b)!r} from {second!r}; only builds of the same model can be compared"
        )
    model = model or _model_of(*both)
    known = list(dict.fromkeys(name for build in both for name in build.manifest.tables))
    for name in tables or ():
        if name not in known:
            raise RequestError(f"neither build has a table {name!r}; {one_of(name, known)}")
    names = [name for name in known if tables is None or name in tables]
    for build in both:
        for part in build.missing:
            if Path(part).parts[0] in names:
                raise ColgenError(f"{build} is damaged: {part} is missing; build it again")
    for name in names:
        if not all(name in build.manifest.tables for build in both):
            rows = [build.manifest.tables[name].rows if name in build.manifest.tables else None for build in both]
            yield Difference(name, (rows[0], rows[1]))
        elif not _same_files(name, *both):
            comparison = _Comparison(model.table(name), *both)
            try:
                difference = comparison.run()
            except Exception as error:  # DuckDB's and Arrow's words for a file or a cell that cannot be read
                raise _unreadable(name, both, error) from error
            if difference != Difference(name, difference.rows):
                yield difference


class _Comparison:
    """A table of two builds, and the queries that compare it.

    Each side is a SELECT of the columns that both builds have, named c0, c1 …, and of the key. Where no key is written, a whole row is one.
    """

    def __init__(self, table: TableInfo, one: FinishedBuild, other: FinishedBuild) -> None:
        self.name, self.builds = table.name, {"one": one, "other": other}
        types, others = _entry(one, self.name).columns, _entry(other, self.name).columns
        shared = [column for column in types if column in others]
        self.only_in_a = tuple(column for column in types if column not in others)
        self.only_in_b = tuple(column for column in others if column not in types)
        as_text = {column for column in shared if types[column] != others[column] or types[column] in ("JSON", "UUID")}
        self.cells = {column: f"{quoted(column)}::VARCHAR" if column in as_text else quoted(column) for column in shared}
        self.key = next((names[0] for names in unique_sets(table) if len(names) == 1 and names[0] in shared), None)
        self.compared = {} if self.key is None else {column: f"c{number}" for number, column in enumerate(shared) if column != self.key}
        self.differ = {column: f"one.{cell} IS DISTINCT FROM other.{cell}" for column, cell in self.compared.items()}

    def run(self) -> Difference:
        """Counts what differs, and looks a few examples up."""
        connection = new_connection()
        for side, build in self.builds.items():
            build.add_view(connection, self.name, side)
        one, other, on = self._sides(connection)
        differs = " OR ".join(self.differ.values()) or "false"
        sql = f"""
            SELECT
                count(*) FILTER (one.here) AS rows_in_one,
                count(*) FILTER (other.here) AS rows_in_other,
                count(*) FILTER (one.here IS NULL) AS added,
                count(*) FILTER (other.here IS NULL) AS gone,
                count(*) FILTER (one.here AND other.here AND ({differs})) AS changed,
                [{", ".join(f"count(*) FILTER (one.here AND other.here AND {cell})" for cell in self.differ.values())}] AS columns,
                min({{key: coalesce(one.key, other.key), gone: one.here}}, {EXAMPLES}) FILTER (one.here IS NULL OR other.here IS NULL) AS alone,
                min(one.key, {EXAMPLES}) FILTER (one.here AND other.here AND ({differs})) AS keys,
            FROM {one} FULL JOIN {other} ON {on}"""
        (counts,) = answer(connection, sql).to_pylist()
        examples: list[Example] = []
        if counts["keys"]:
            sql = f"""
                SELECT one, other FROM {one} JOIN {other} ON {on}
                WHERE one.key IN (SELECT unnest($keys)) AND ({differs}) ORDER BY one.key, one.nth LIMIT {EXAMPLES}"""
            examples += self._changes(answer(connection, sql, {"keys": counts["keys"]}).to_pylist())
        for row in counts["alone"] or ():
            before, after = (row["key"], None) if row["gone"] else (None, row["key"])
            examples.append(Example(row["key"], self.key or "*", before, after))
        return Difference(
            self.name,
            (counts["rows_in_one"], counts["rows_in_other"]),
            counts["added"],
            counts["gone"],
            counts["changed"],
            {column: count for column, count in zip(self.compared, counts["columns"], strict=True) if count},
            self.only_in_a,
            self.only_in_b,
            tuple(examples[:EXAMPLES]),
        )

    def _sides(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, str, str]:
        """Both sides, and what joins them: where a key has several rows, these are paired in the order of their cells."""
        whole = ", ".join(f"{quoted(name)} := {cell}" for name, cell in self.cells.items())
        key = f"struct_pack({whole})" if self.key is None else self.cells[self.key]
        sql = " OR ".join(f"(SELECT count(*) > count(DISTINCT {key}) FROM {side})" for side in self.builds)
        repeated = answer(connection, f"SELECT {sql} AS repeated")["repeated"][0].as_py()
        named = ", ".join(f"{cell} AS c{number}" for number, cell in enumerate(self.cells.values()))
        nth = f"row_number() OVER (PARTITION BY {key} ORDER BY {', '.join(self.cells.values())})" if repeated else "1"
        one, other = (f"(SELECT true AS here, {key} AS key, {nth} AS nth, {named} FROM {side}) AS {side}" for side in self.builds)
        return one, other, f"one.key IS NOT DISTINCT FROM other.key{' AND one.nth = other.nth' if repeated else ''}"

    def _changes(self, pairs: list[dict[str, dict[str, Any]]]) -> list[Example]:
        """The cells that differ: the first of each column, then the second of each, and so on."""
        columns = [
            [
                Example(pair["one"]["key"], column, pair["one"][cell], pair["other"][cell])
                for pair in pairs
                if pair["one"][cell] != pair["other"][cell]
            ]
            for column, cell in self.compared.items()
        ]
        return [example for turn in zip_longest(*columns) for example in turn if example is not None]


def _entry(build: FinishedBuild, name: str) -> TableEntry:
    return build.manifest.tables[name]


def _same_files(name: str, one: FinishedBuild, other: FinishedBuild) -> bool:
    """Whether a table's files are the same byte for byte, by the manifests and on disk: that spares a query."""
    if one.schema is not None or other.schema is not None:
        return False
    first, second = _entry(one, name), _entry(other, name)
    same = first.columns == second.columns and one.manifest.spec.format == other.manifest.spec.format
    same = same and [(part.rows, part.digest) for part in first.parts] == [(part.rows, part.digest) for part in second.parts]
    return same and all(part.intact(build.place) for build in (one, other) for part in _entry(build, name).parts)


def _unreadable(name: str, builds: Sequence[FinishedBuild], error: Exception) -> ColgenError:
    """Which files of a table are no longer what was written, and what the reader says of them."""
    broken = [f"{build.place}/{part.file}" for build in builds for part in _entry(build, name).parts if not part.intact(build.place)]
    return ColgenError(f"{', '.join(broken) or name} cannot be read: {str(error).splitlines()[0]}")
