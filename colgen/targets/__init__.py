"""Where a build goes: a folder of files, a DuckDB file, or a schema of a PostgreSQL database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from colgen.errors import RequestError, TargetError
from colgen.guard import without_password

if TYPE_CHECKING:
    from colgen.manifest import Manifest
    from colgen.model import Model
    from colgen.pipeline import Progress, Summary
    from colgen.plan import Plan
    from colgen.spec import Spec

MANIFEST = "colgen_manifest"
"""The table in a schema that says which of its tables colgen made, and from what."""

POSTGRESQL, DUCKDB, FOLDER = "postgresql", "duckdb", "folder"


@dataclass(frozen=True)
class Place:
    """What `--out` says: the kind of target, and its folder, file or URL."""

    kind: str
    path: Path = Path()
    url: str = ""

    def __str__(self) -> str:
        return without_password(self.url) if self.url else str(self.path)


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


def schema_of(model: Model) -> str:
    """Where a model's tables go unless it is said.

    >>> from colgen.model import load
    >>> schema_of(load("ecommerce"))
    'bronze'
    """
    return model.schema or re.sub(r"\W+", "_", model.name).strip("_").lower() or "colgen"


class Database(Protocol):
    """What is there before a build, as the guard asks for it."""

    schema: str

    @property
    def exists(self) -> bool: ...
    def relations(self) -> Mapping[str, Any]:
        """Everything in the schema, by name."""

    def made(self) -> Mapping[str, Any]:
        """What of it colgen made."""

    def manifest(self) -> Manifest | None:
        """Of the build that is there."""

    def where(self) -> Mapping[str, Any]:
        """Host, port and database, or the file, in the guard's words."""


@dataclass(frozen=True)
class Rules:
    """What the guard goes by besides the target.

    named : whether the user named the schema; enabled : whether generation is switched on, None if that cannot be told
    """

    environment: Mapping[str, str]
    named: bool = True
    enabled: bool | None = True
    max_rows: int | str | None = None
    deny: Sequence[str] = ()


def load(
    place: Place,
    spec: Spec,
    model: Model,
    schema: str | None,
    rules: Rules,
    *,
    threads: int | None = None,
    overwrite: bool = False,
    append: bool = False,
    constraints: bool | None = None,
    checked: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """A build into a database, if the guard lets it. See `colgen.targets.postgres.load` and `colgen.targets.duckdb.load`."""
    from colgen import guard

    if overwrite and append:
        raise RequestError("--overwrite and --append: a build either takes the place of the old one or is added to it")

    def allowed(target: Database, plan: Plan) -> None:
        seen: dict[str, Any] = {"schema_exists": None, "tables": None, "ours": (), "unknown": ()}
        try:
            seen |= {"schema_exists": target.exists, "tables": target.relations(), "ours": target.made()}
        except Exception as error:  # whatever cannot be looked at is not allowed
            seen["unknown"] = [str(error)]
        guard.enforce(
            guard.Attempt(
                **target.where(),
                **seen,
                schema=target.schema,
                schema_named=rules.named,
                rows=sum(plan.rows.values()),
                bytes=plan.total_bytes,
                environment=rules.environment,
                enabled=rules.enabled,
                max_rows=rules.max_rows,
                deny=rules.deny,
                replaces=overwrite or append,
            )
        )

    schema = schema or schema_of(model)
    how: dict[str, Any] = dict(
        threads=threads, overwrite=overwrite, append=append, constraints=constraints, checked=checked, progress=progress
    )
    if place.kind == POSTGRESQL:
        from colgen.targets import postgres

        return postgres.load(spec, model, place.url, schema, allowed=allowed, **how)
    from colgen.targets import duckdb

    return duckdb.load(spec, model, place.path, schema, allowed=allowed, **how)


def refuse_what_is_there(target: Database, spec: Spec, model: Model, overwrite: bool, append: bool) -> None:
    """Raises TargetError where a build would need another one there than there is."""
    from colgen.pipeline import columns_of

    there = target.made()
    if append:
        missing = [name for name in spec.tables if name not in there]
        if missing:
            raise TargetError(
                f"schema {target.schema!r} has no table {missing[0]!r} of colgen's to append to; build it first, without --append"
            )
        old = target.manifest()
        for name in spec.tables:
            if old is not None and name in old.tables and old.tables[name].columns != columns_of(model, name):
                raise TargetError(
                    f"table {name} in schema {target.schema!r} has other columns than model {model.name} makes; build it anew with --overwrite"
                )
    elif there and not overwrite:
        raise TargetError(
            f"schema {target.schema!r} holds a build; add --overwrite to replace it, --append to add to it, or name another schema"
        )
