"""Takes away what colgen made at a target: all of it, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from colgen import manifest as manifests
from colgen.errors import RequestError
from colgen.targets import FOLDER, POSTGRESQL, place

CONFIRMATION = "DELETE_ALL_MOCK_DATA"


def listed(target: str, schema: str | None = None) -> list[str]:
    """What would be removed: files of a folder, or tables of a database. RequestError where there is nothing of colgen's."""
    where = place(target)
    if where.kind == FOLDER:
        return [f"{where.path}/{file}" for file in manifests.read(where.path).files]
    with _opened(target, schema) as found:
        names = sorted(found.made())
    if not names:
        raise RequestError(f"schema {found.schema!r} of {where} holds nothing that colgen made")
    return [f"{found.schema}.{name}" for name in names]


def remove(target: str, schema: str | None, confirm: str | None) -> int:
    """Removes it, if it was confirmed; how many files or tables are gone."""
    if confirm != CONFIRMATION:
        raise RequestError(f"nothing was removed; to remove what is listed, add --confirm {CONFIRMATION}")
    where = place(target)
    if where.kind != FOLDER:
        with _opened(target, schema) as found:
            return len(found.drop())
    return _remove_files(where.path)


def _opened(target: str, schema: str | None) -> Any:
    where = place(target)
    if schema is None:
        raise RequestError(f"{where}: name the schema, such as --schema mock_data")
    if where.kind == POSTGRESQL:
        from colgen.targets.schema import held

        return held(where.url, schema)
    from colgen.targets import duckdb

    return duckdb.held(where.path, schema)


def _remove_files(folder: Path) -> int:
    """The files that the manifest lists, it last; folders that are empty then, and the build's own if nothing else is in it."""
    files = manifests.read(folder).files
    gone = 0
    for file in sorted(files, key=lambda file: file == manifests.NAME):
        path = folder / file
        if path.is_file() or path.is_symlink():
            path.unlink()
            gone += 1
    for inner in sorted({(folder / file).parent for file in files}, reverse=True):
        if inner.is_dir() and not any(inner.iterdir()):
            inner.rmdir()
    return gone
