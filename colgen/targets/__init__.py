"""Where a build goes: a folder of files, a DuckDB file, or a schema of a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from colgen.errors import RequestError

POSTGRESQL, DUCKDB, FOLDER = "postgresql", "duckdb", "folder"


@dataclass(frozen=True)
class Place:
    """What `--out` says: the kind of target, and its folder, file or URL."""

    kind: str
    path: Path = Path()
    url: str = ""


def place(out: str | Path) -> Place:
    """Reads an `--out`. RequestError for a URL of another kind.

    >>> place("shop.duckdb").kind, place("duckdb:///shop.duckdb").path, place("data/").kind
    ('duckdb', PosixPath('shop.duckdb'), 'folder')
    """
    text = str(out)
    scheme, colon, rest = text.partition("://")
    if colon and scheme in ("postgresql", "postgres"):
        return Place(POSTGRESQL, url=text)
    if colon and scheme == "duckdb":
        path = rest.removeprefix("/")  # as SQLAlchemy has it: three slashes for a relative path, four for an absolute one
        if not path:
            raise RequestError(f"{text!r} names no file; write duckdb:///shop.duckdb")
        return Place(DUCKDB, Path(path))
    if colon:
        raise RequestError(f"{text!r}: there is no target {scheme}://; give a folder, a .duckdb file, duckdb:///FILE or postgresql://…")
    return Place(DUCKDB, Path(text)) if text.endswith((".duckdb", ".ddb")) else Place(FOLDER, Path(text))
