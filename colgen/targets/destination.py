"""What `--out` says: the kind of target, and its folder, file or URL."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from colgen.errors import RequestError
from colgen.targets.urls import without_password

MANIFEST = "colgen_manifest"
"""The table in a database's schema that says which of its tables colgen made, and from what."""

FOLDER, DUCKDB, POSTGRESQL = "folder", "duckdb", "postgresql"

GROUP = "colgen.targets"
"""The group of entry points by which packages add targets: the name is the URL's scheme, and it gives a function
`(destination, options) -> Target`."""


@dataclass(frozen=True)
class Destination:
    """Where a build goes.

    kind : folder, duckdb, postgresql, or the scheme of a plug-in
    path : of a folder or a file
    url : of anything else
    """

    kind: str
    path: Path = Path()
    url: str = ""

    def __str__(self) -> str:
        return without_password(self.url) if self.url else str(self.path)

    @property
    def is_folder(self) -> bool:
        return self.kind == FOLDER

    @classmethod
    def parse(cls, out: str | Path) -> Destination:
        """Reads an `--out`. RequestError for a URL of another kind, or a file's name that is not a folder's.

        >>> Destination.parse("shop.duckdb").kind, Destination.parse("duckdb:///shop.duckdb").path, Destination.parse("data/").kind
        ('duckdb', PosixPath('shop.duckdb'), 'folder')
        """
        text = str(out)
        if not text.strip():
            raise RequestError("out is empty; give a folder, a .duckdb file, duckdb:///FILE or postgresql://…")
        scheme, colon, rest = text.partition("://")
        if colon and scheme in ("postgresql", "postgres"):
            return cls(POSTGRESQL, url=text)
        if colon and scheme == "duckdb":
            path = rest.removeprefix("/")  # as SQLAlchemy has it: three slashes for a relative path, four for an absolute one
            if not path:
                raise RequestError(f"{text!r} does not name a file; write duckdb:///shop.duckdb")
            return cls(DUCKDB, Path(path))
        if colon:
            if any(point.name == scheme for point in entry_points(group=GROUP)):
                return cls(scheme, url=text)
            raise RequestError(
                f"{without_password(text)!r}: there is no target {scheme}://; give a folder, a .duckdb file, duckdb:///FILE or postgresql://…"
            )
        if text.endswith((".duckdb", ".ddb")):
            return cls(DUCKDB, Path(text))
        if text.endswith((".db", ".sqlite", ".sqlite3")) and not Path(text).is_dir():
            raise RequestError(
                f"{text!r} looks like a database file; write duckdb:///{text} for a DuckDB file, or make the folder first if it is to be one"
            )
        return cls(FOLDER, Path(text))
