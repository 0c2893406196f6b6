"""What `--out` says: the kind of target, and its folder, file or URL."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from colgen.errors import RequestError
from colgen.targets.urls import without_password

MANIFEST = "colgen_manifest"
"""The table in a database's schema that says which of its tables colgen made, and from what."""

FOLDER, DUCKDB, POSTGRESQL, OBJECTS = "folder", "duckdb", "postgresql", "objects"

SCHEMES = ("s3", "gs", "az")
"""Of object storage."""

CHOICES = "a folder, a .duckdb file, duckdb:///FILE, postgresql://… or s3://BUCKET/PREFIX (gs://, az://)"

GROUP = "colgen.targets"
"""The group of entry points by which packages add targets: the name is the URL's scheme, and it gives a function
`(destination, options) -> Target`."""


@dataclass(frozen=True)
class Destination:
    """Where a build goes.

    kind : folder, duckdb, postgresql, objects (of object storage), or the scheme of a plug-in
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

    @property
    def is_objects(self) -> bool:
        return self.kind == OBJECTS

    @classmethod
    def parse(cls, out: str | Path) -> Destination:
        """Reads an `--out`. RequestError for a URL of another kind, or a file's name that is not a folder's.

        >>> Destination.parse("shop.duckdb").kind, Destination.parse("duckdb:///shop.duckdb").path, Destination.parse("data/").kind
        ('duckdb', PosixPath('shop.duckdb'), 'folder')
        """
        text = str(out)
        if not text.strip():
            raise RequestError(f"out is empty; give {CHOICES}")
        try:
            text = path_text(text)
        except ValueError as error:
            raise RequestError(f"{shown(text)} cannot be a target: {error}; give {CHOICES}") from None
        if is_bucket(text):
            text = re.sub(":/+", "://", text, count=1)  # a Path has made one slash of two
        scheme, colon, rest = text.partition("://")
        if colon and scheme in ("postgresql", "postgres"):
            _refuse_malformed(text)
            return cls(POSTGRESQL, url=text)
        if colon and scheme in SCHEMES:
            return cls(OBJECTS, url=_bucket_url(text))
        if colon and scheme == "duckdb":
            path = rest.removeprefix("/")  # as SQLAlchemy has it: three slashes for a relative path, four for an absolute one
            if not path:
                raise RequestError(f"{text!r} does not name a file; write duckdb:///shop.duckdb")
            if path not in without_password(text) and not os.path.exists(path):
                raise RequestError(f"{without_password(text)!r}: DuckDB has no users or hosts; write duckdb:///shop.duckdb")
            return cls(DUCKDB, Path(path))
        if colon:
            if any(point.name == scheme for point in entry_points(group=GROUP)):
                return cls(scheme, url=text)
            raise RequestError(f"{without_password(text)!r}: there is no target {scheme}://; give {CHOICES}")
        if text.endswith((".duckdb", ".ddb")):
            return cls(DUCKDB, Path(text))
        if text.endswith((".db", ".sqlite", ".sqlite3")) and not Path(text).is_dir():
            raise RequestError(
                f"{text!r} looks like a database file; write duckdb:///{text} for a DuckDB file, or make the folder first if it is to be one"
            )
        if without_password(text) != text and not os.path.exists(text):
            raise RequestError(
                f"{without_password(text)!r} looks like the address of a database; write postgresql://USER:PASSWORD@HOST/DATABASE, "
                "or make the folder first if it is to be one"
            )
        return cls(FOLDER, Path(text))


_LONGEST_PATH, _LONGEST_NAME = 4_095, 255  # bytes, on all that colgen runs on


def path_text(value: object) -> str:
    """A path or a URL as text. ValueError where it is none, or where it has what no file's name can have.

    >>> path_text(Path("data/shop.duckdb"))
    'data/shop.duckdb'
    """
    if not isinstance(value, str | os.PathLike) or not isinstance(os.fspath(value), str):
        raise ValueError("it must be text or a Path")
    text = os.fspath(value)
    if not text.strip():
        raise ValueError("it is empty")
    if "\0" in text:
        raise ValueError("it contains a NUL character")
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # DuckDB could not read what lies there
        raise ValueError("it is not valid UTF-8") from None
    if len(encoded) > _LONGEST_PATH or ("://" not in text and max(map(len, encoded.split(b"/"))) > _LONGEST_NAME):
        raise ValueError(f"it is too long: a path has at most {_LONGEST_PATH:,} bytes, and a name in it {_LONGEST_NAME}")
    return text


def is_bucket(value: str | Path) -> bool:
    """Whether something that was given is meant as a place in object storage."""
    return isinstance(value, str | os.PathLike) and re.match(rf"({'|'.join(SCHEMES)}):/", os.fspath(value)) is not None


def folder_path(value: str | Path) -> Path:
    """The folder of a finished build. RequestError for what cannot be one, such as a URL or the text of none.

    A Path that was made of a URL has lost one of its slashes.
    """
    text = os.fspath(value)
    try:
        path_text(text)
    except ValueError as error:
        raise RequestError(f"{shown(text)} is not a folder: {error}") from None
    if "://" in text or (re.match(r"[a-z][a-z0-9+.:-]*:/", text, re.IGNORECASE) and not os.path.exists(text)):
        address = text if "://" in text else text.replace(":/", "://", 1)
        raise RequestError(f"{without_password(address)!r} is not a folder; this works on a build in a folder")
    return Path(text)


def shown(text: str) -> str:
    """Something that was given, as a message may quote it: short and without a password."""
    safe = without_password(text)
    return repr(safe if len(safe) <= _LONGEST_SHOWN else f"{safe[:_LONGEST_SHOWN]}…")


_LONGEST_SHOWN = 100


_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]")
_STEP = re.compile(r"[\w!'()*+,.;=@$& -]+")
"""A step of a prefix: anything else would be stored under another name than it was given, or could not be told from a URL's own."""


def _bucket_url(text: str) -> str:
    """The URL of a prefix of a bucket, without a slash at its end. RequestError where it is not one, or has credentials in it."""
    scheme, _, rest = text.partition("://")
    bucket, _, prefix = rest.partition("?")[0].partition("/")
    if "@" in bucket or "?" in rest:
        raise RequestError(
            f"'{scheme}://***': credentials and options do not belong in the URL of a bucket; write {scheme}://BUCKET/PREFIX, and give them in the "
            "environment, in a profile, or by the machine's own role"
        )
    if not _BUCKET.fullmatch(bucket):
        raise RequestError(f"{without_password(text)!r} does not name a bucket; write {scheme}://BUCKET/PREFIX")
    steps = prefix.rstrip("/").split("/") if prefix.rstrip("/") else []
    for step in steps:
        if step in ("", ".", "..") or not _STEP.fullmatch(step):
            raise RequestError(f"{without_password(text)!r}: {step!r} cannot be a step of a prefix; use letters, digits and - _ . =")
    return "/".join([f"{scheme}://{bucket}", *steps])


def _refuse_malformed(url: str) -> None:
    """Raises RequestError for a URL that libpq refuses, and quotes."""
    if re.search(r"\s", url):
        raise RequestError(f"{without_password(url)!r} contains a space; write it as %20")
    if re.search(r"%(?![0-9a-fA-F]{2})|%00", url):
        raise RequestError(f"{without_password(url)!r} contains a % that does not start an encoded character; write it as %25")
    if url.count("[") != url.count("]"):
        raise RequestError(
            f"{without_password(url)!r} has a bracket without its other; an IPv6 address stands in [ and ], elsewhere write %5B or %5D"
        )
