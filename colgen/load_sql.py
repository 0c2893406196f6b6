"""`load.sql`: opens a build as DuckDB views."""

from __future__ import annotations

from pathlib import Path

from colgen.manifest import Manifest
from colgen.sinks import sink


def quoted(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def views(manifest: Manifest, folder: Path | None = None) -> dict[str, str]:
    """A SELECT for each table, over files below `folder` or below the current one. Types are the manifest's, in any format."""
    base = "" if folder is None else f"{folder.as_posix()}/".replace("'", "''")
    format = sink(manifest.spec.format)
    selects = {}
    for name, table in manifest.tables.items():
        reader = format.reader(f"{base}{name}/*.{manifest.spec.format}", table.columns)
        if reader is not None:
            selects[name] = f"SELECT {', '.join(quoted(column) for column in table.columns)} FROM {reader}"
    return selects


def load_sql(manifest: Manifest) -> str:
    """The file's text: one view for each table, its files found from the folder that the file lies in."""
    head = "-- Opens these files as DuckDB views. Run it in this folder: duckdb -init load.sql\n"
    statements = [f"CREATE OR REPLACE VIEW {quoted(name)} AS {select};\n" for name, select in views(manifest).items()]
    if not statements:
        return head + f"-- DuckDB has no reader of its own for {manifest.spec.format} files.\n"
    return head + "".join(statements)
