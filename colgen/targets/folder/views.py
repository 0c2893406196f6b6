"""A build as DuckDB views: over its files here, and in the `load.sql` beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from colgen.formats import find_format
from colgen.targets.manifest import Manifest
from colgen.targets.sql import quoted

if TYPE_CHECKING:
    import duckdb


def views(manifest: Manifest, folder: Path | None = None) -> dict[str, str]:
    """A SELECT for each table, over files below `folder` or below the current one. Types are the manifest's, in any format."""
    base = "" if folder is None else f"{folder.as_posix()}/".replace("'", "''")
    format = find_format(manifest.spec.format, manifest.spec.compression)
    selects = {}
    for name, table in manifest.tables.items():
        reader = format.reader(f"{base}{name}/part-*.{format.extension}", table.columns)
        if reader is not None:
            columns = [
                f"{quoted(column)}::{type} AS {quoted(column)}" if type in ("JSON", "UUID") else quoted(column)
                for column, type in table.columns.items()
            ]
            selects[name] = f"SELECT {', '.join(columns)} FROM {reader}"
    return selects


def load_sql(manifest: Manifest) -> str:
    """The file's text: one view for each table, its files found from the folder that the file lies in."""
    head = "-- Opens these files as DuckDB views. Run it in this folder: duckdb -init load.sql\n"
    statements = [f"CREATE OR REPLACE VIEW {quoted(name)} AS {select};\n" for name, select in views(manifest).items()]
    if not statements:
        return head + f"-- DuckDB has no reader of its own for {manifest.spec.format} files.\n"
    return head + "".join(statements)


def add_view(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, name: str, view: str | None = None) -> None:
    """A view of one table of a build, under its own name unless `view` is another. Raises what DuckDB or Arrow say of files they cannot read."""
    selects = views(manifest, folder.resolve())
    if name in selects:
        connection.execute(f"CREATE VIEW {quoted(view or name)} AS {selects[name]}")
    else:
        format = find_format(manifest.spec.format, manifest.spec.compression)
        connection.register(view or name, format.dataset([folder / part.file for part in manifest.tables[name].parts]))
