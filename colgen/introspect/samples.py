"""A schema guessed from samples: a folder of Parquet or CSV, a file or a folder a table. It is read by queries whose memory does not grow with the rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from colgen.errors import RequestError
from colgen.formats import file_list
from colgen.introspect.evidence import Sampled, find_key, find_references
from colgen.introspect.guesses import MOMENTS
from colgen.introspect.observed import NESTED, observe, observe_time, summarise
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import ColumnShape, SchemaShape, TableShape
from colgen.introspect.structs import with_fields
from colgen.introspect.type_names import column_of
from colgen.targets.sql import limit, new_connection, one_line, out_of_room, quoted, spill

if TYPE_CHECKING:
    import duckdb

_READERS = {
    "parquet": "read_parquet({}, union_by_name = true)",
    "csv": "read_csv({}, header = true, union_by_name = true, sample_size = 100_000)",
}
_ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".csv.gz": "csv", ".csv.zst": "csv", ".tsv": "csv"}
_MEMORY = 1 << 30
_BY = "the samples"


def is_folder(source: str) -> bool:
    """Whether a source is a folder."""
    return "://" not in source and Path(source).is_dir()


def read(reading: Reading) -> SchemaShape:
    """The tables of a folder. RequestError where there are none, or a file cannot be read."""
    import duckdb

    folder, schema, tables = Path(reading.source), SchemaShape(), list[Sampled]()
    files = tables_of(folder)
    if not files:
        raise RequestError(f"there are neither Parquet nor CSV files in {str(folder)!r}: a file or a folder of files is a table")
    with new_connection() as connection:
        limit(connection, max_memory=_MEMORY)
        spill(connection)
        connection.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        times: list[tuple[ColumnShape, float | None, float | None]] = []
        for number, (name, (kind, paths)) in enumerate(files.items()):
            view = f"samples_{number}"
            try:
                connection.execute(f"CREATE VIEW {view} AS FROM {_READERS[kind].format(file_list(paths))}")
                table = Sampled(view, shape := _shape(connection, view, name), summarise(connection, view, shape))
                observe(connection, view, shape, table.seen, _BY)
                find_key(connection, table)
            except duckdb.Error as error:
                raise RequestError(f"{str(folder)!r}, table {name}: {out_of_room(error) or one_line(error)[:300]}") from None
            tables.append(table)
            schema.tables.append(shape)
            for column in shape.columns:
                if column.type in ("date", *MOMENTS):
                    times.append((column, table.seen[column.name].first, table.seen[column.name].last))
                elif column.type in NESTED and not column.is_array and not column.fields:
                    schema.notes.append(f"{name}.{column.name}: {column.shown}, left empty")
        observe_time(times)
        find_references(connection, tables)
    schema.source = f"the samples in {folder.resolve().name}"
    return schema


def tables_of(folder: Path) -> dict[str, tuple[str, list[Path]]]:
    """The tables of a folder: of each, the kind of its files, and the files."""
    tables: dict[str, tuple[str, list[Path]]] = {}
    try:
        for path in sorted(folder.iterdir()):
            if path.name.startswith((".", "_")):
                continue
            if path.is_dir():
                inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith((".", "_"))]
                of_kind = {kind: [file for file in inside if _kind(file) == kind] for kind in _READERS}
                kind = next((kind for kind, found in of_kind.items() if found), "")
                if kind:
                    tables[path.name] = kind, of_kind[kind]
            elif kind := _kind(path):
                name = re.sub(r"\.(parquet|pq|csv|tsv)(\.gz|\.zst)?$", "", path.name, flags=re.IGNORECASE)
                tables.setdefault(name, (kind, [path]))
    except OSError as error:
        raise RequestError(f"{str(folder)!r} cannot be read: {(error.strerror or str(error)).lower()}") from None
    return tables


def _kind(path: Path) -> str:
    return next((kind for ending, kind in _ENDINGS.items() if path.name.lower().endswith(ending)), "")


def _shape(connection: duckdb.DuckDBPyConnection, view: str, name: str) -> TableShape:
    rows = connection.execute(f"DESCRIBE {quoted(view)}").fetchall()
    columns = [with_fields(column_of(column, declared)) for column, declared, *_ in rows]
    for column in columns:
        column.words = None  # of an Arrow dictionary, all of them: also those that few rows have
        if column.type.startswith("enum"):
            column.type = "text"
    return TableShape(re.sub(r"[^\w -]", "_", name), columns=columns)
