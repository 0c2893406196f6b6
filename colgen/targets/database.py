"""What the targets in databases have in common: options, and whether a build is let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from colgen.declare.model import Model
from colgen.errors import TargetError
from colgen.generate.plan import Plan
from colgen.targets import guard
from colgen.targets.manifest import Manifest


@dataclass(frozen=True)
class Safeguards:
    """What a build into a database is judged by, in addition to the target.

    environment : the process's variables
    schema_named : whether the user named the schema
    enabled : whether builds into databases are switched on; None if that cannot be told
    max_rows : the most rows that may be planned; None for what COLGEN_MAX_ROWS says
    deny : patterns of names that are never written to
    """

    environment: Mapping[str, str]
    schema_named: bool = True
    enabled: bool | None = True
    max_rows: int | str | None = None
    deny: Sequence[str] = ()


@dataclass(frozen=True)
class DatabaseOptions:
    """How a build goes into a database.

    overwrite : replace the tables that colgen made there before, in one step
    append : add the rows whose keys are not there yet to those tables
    constraints : primary and foreign keys, unique columns and indexes: of all tables or of none; None for the target's own choice
    """

    overwrite: bool = False
    append: bool = False
    constraints: bool | None = None


class Contents(Protocol):
    """What is in a schema before a build."""

    schema: str

    @property
    def exists(self) -> bool: ...
    def relations(self) -> Mapping[str, Any]:
        """Everything in the schema that has a name."""

    def made(self) -> Mapping[str, Any]:
        """What of it colgen made."""

    def manifest(self) -> Manifest | None:
        """Of the build that is there."""

    def where(self) -> Mapping[str, Any]:
        """Host, port and database, or the file, in the guard's words."""


def refuse_unsafe(contents: Contents, plan: Plan, options: DatabaseOptions, safeguards: Safeguards) -> None:
    """Raises TargetError with every reason why a build must not go into a schema."""
    seen: dict[str, Any] = {"schema_exists": None, "tables": None, "ours": (), "unknown": ()}
    try:
        seen |= {"schema_exists": contents.exists, "tables": contents.relations(), "ours": contents.made()}
    except Exception as error:  # whatever cannot be looked at is not allowed
        seen["unknown"] = [str(error)]
    guard.enforce(
        guard.Attempt(
            **contents.where(),
            **seen,
            schema=contents.schema,
            schema_named=safeguards.schema_named,
            rows=sum(plan.rows.values()),
            bytes=plan.total_bytes,
            environment=safeguards.environment,
            enabled=safeguards.enabled,
            max_rows=safeguards.max_rows,
            deny=safeguards.deny,
            replaces=options.overwrite or options.append,
        )
    )


def refuse_removal(contents: Contents, safeguards: Safeguards) -> None:
    """Raises TargetError with every reason why nothing may be removed from a schema."""
    guard.enforce_removal(
        guard.Attempt(
            **contents.where(),
            schema=contents.schema,
            environment=safeguards.environment,
            enabled=safeguards.enabled,
            deny=safeguards.deny,
        )
    )


def refuse_other_build(contents: Contents, plan: Plan, model: Model, options: DatabaseOptions) -> None:
    """Raises TargetError where the schema holds a build and is not to, or holds none or another one and is to be added to."""
    there = contents.made()
    if options.append:
        missing = [name for name in plan.spec.tables if name not in there]
        if missing:
            raise TargetError(
                f"schema {contents.schema!r} has no table {missing[0]!r} of colgen's to append to; build it first, without --append"
            )
        old = contents.manifest()
        for name in plan.spec.tables:
            if old is not None and name in old.tables and old.tables[name].columns != model.table(name).sql_types:
                raise TargetError(
                    f"table {name} in schema {contents.schema!r} has other columns than model {model.name} makes; build it again with --overwrite"
                )
    elif there and not options.overwrite:
        raise TargetError(
            f"schema {contents.schema!r} holds a build; add --overwrite to replace it, --append to add to it, or name another schema"
        )
