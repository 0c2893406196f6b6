"""A build as DuckDB views: over its files here, and in the `load.sql` beside them."""

from __future__ import annotations

import re
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from colgen.targets.manifest import Manifest
from colgen.targets.sql import quoted
from colgen.values.structs import is_struct

if TYPE_CHECKING:
    import duckdb


def views(manifest: Manifest, where: Path | str = Path()) -> dict[str, str]:
    """A SELECT for each table, over its parts below a folder or a URL and nothing else there. Types are the manifest's, in any format.

    where : the current folder unless it is given
    """
    format = manifest.spec.file_format
    selects = {}
    for name, table in manifest.tables.items():
        if not table.parts:  # of a share that has none of it
            continue
        reader = format.reader(
            [where / part.file if isinstance(where, Path) else f"{where}/{part.file}" for part in table.parts], table.columns
        )
        if reader is not None:
            selects[name] = select(table.columns, reader)
    return selects


def select(columns: Mapping[str, str], source: str, *, casts: bool = True) -> str:
    """A SELECT of some columns from files as DuckDB reads them.

    columns : SQL types by name
    casts : give JSON, UUIDs and structs their types, instead of leaving them as the files have them
    """
    listed = [
        f"{quoted(column)}::{type} AS {quoted(column)}"
        if casts and (type in ("JSON", "UUID", "UUID[]") or is_struct(type))
        else quoted(column)
        for column, type in columns.items()
    ]
    return f"SELECT {', '.join(listed)} FROM {source}"


def load_sql(manifest: Manifest, url: str = "") -> str:
    """The file's text: one view for each table, its files found from the folder that the file lies in, or by their URL."""
    head = "-- Opens these files as DuckDB views. Run it in this folder: duckdb -init load.sql\n"
    if url:
        extension = "azure" if url.startswith("az://") else "httpfs"
        head = f"-- Opens these objects as DuckDB views, once LOAD {extension} and CREATE SECRET let it read them: duckdb -init load.sql\n"
    statements = [f"CREATE OR REPLACE VIEW {quoted(name)} AS {select};\n" for name, select in views(manifest, url or Path()).items()]
    if not statements:
        return head + f"-- DuckDB has no reader of its own for {manifest.spec.format} files.\n"
    return head + "".join(statements)


def files_of(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, name: str) -> str:
    """The parts of a table as something that a connection can select from. Raises what Arrow says of files it cannot read."""
    format, table = manifest.spec.file_format, manifest.tables[name]
    reader = format.reader([plain(folder.resolve(), connection) / part.file for part in table.parts], table.columns)
    if reader is not None:
        return reader
    registered = f"(files of {name})"
    connection.register(registered, format.dataset([folder.resolve() / part.file for part in table.parts]))
    return quoted(registered)


def plain(folder: Path, connection: duckdb.DuckDBPyConnection) -> Path:
    """The folder under a path that DuckDB takes literally, for as long as the connection lives.

    It can be told which characters are meant literally, but then it looks for the path as for any pattern, and stumbles over what lies
    nearby, such as a folder whose name begins with a backslash.
    """
    if not re.search(r"[*?[\\]", str(folder)):
        return folder
    scratch = tempfile.TemporaryDirectory(prefix="colgen-")
    weakref.finalize(connection, scratch.cleanup)
    link = Path(scratch.name) / "build"
    link.symlink_to(folder)
    return link
