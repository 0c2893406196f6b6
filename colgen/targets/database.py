"""What the targets in databases have in common: options, and whether a build is let in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from colgen.declare.model import Model
from colgen.errors import TargetError
from colgen.generate.plan import Plan
from colgen.targets import guard
from colgen.targets.manifest import Manifest, Origin


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
    append : add the rows whose keys are not there yet to those tables, of the same model, seed, first day and scenario
    constraints : primary and foreign keys, unique columns and indexes: of all tables or of none; None for the target's own choice
    fill : put the rows into tables that are there, which the user's own migrations made; with `append` also where they hold rows
    triggers : whether the user's triggers fire when tables are filled
    """

    overwrite: bool = False
    append: bool = False
    constraints: bool | None = None
    fill: bool = False
    triggers: bool = True


class Contents(Protocol):
    """What is in a schema before a build, or before it is cleaned up."""

    schema: str

    @property
    def exists(self) -> bool: ...
    def relations(self) -> Mapping[str, Any]:
        """Everything in the schema that has a name."""

    def made(self) -> Mapping[str, Any]:
        """What of it colgen made, and nobody has changed since."""

    def manifest(self) -> Manifest | None:
        """Of the build that is there."""

    def where(self) -> Mapping[str, Any]:
        """Host, port and database, or the file, in the guard's words."""


def refuse_unsafe(contents: Contents, plan: Plan, options: DatabaseOptions, safeguards: Safeguards) -> None:
    """Raises TargetError with every reason why a build must not go into a schema."""
    defects = plan.spec.defects
    if "orphan" in defects:
        raise TargetError("orphans are for files: a database refuses a foreign key to a row that is not there; leave defects.orphan out")
    if defects and (options.append or options.fill):
        raise TargetError(
            "defects go into tables that colgen makes: those that are there promise what defects break; build into another schema"
        )
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
            fills=options.fill,
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


def refuse_other_build(contents: Contents, plan: Plan, model: Model, options: DatabaseOptions) -> bool:
    """Raises TargetError where rows are to be added to a build that they do not belong to.

    Whether the whole has to be proved: the request is not that of the build there, so what is there and what is added may not fit together.
    """
    if not options.append:
        return False
    made = contents.made()
    missing = [name for name in plan.spec.tables if name not in made]
    if missing:
        raise TargetError(
            f"schema {contents.schema!r} has no table {missing[0]!r} of colgen's to append to; build it first, without --append"
        )
    old = contents.manifest()
    if old is None:
        raise TargetError(f"the build in schema {contents.schema!r} was made by another version of colgen; build it again with --overwrite")
    new = Origin.here(plan.spec, plan.spec.generation(model))
    where = f"schema {contents.schema!r}"
    instead = "replace it with --overwrite, or name another schema with --schema"
    differing = list(_differences(old, new))
    if differing:
        raise TargetError(f"{where} holds a build of another request: {'; '.join(differing)}; {instead}")
    for name in plan.spec.tables:
        if name not in old.tables or old.tables[name].columns != model.table(name).sql_types:
            raise TargetError(f"table {name} in {where} has other columns than model {model.name} makes; {instead}")
    if _request(old) == _request(new):
        return False
    left_out = [name for name in old.tables if name not in plan.spec.tables]
    if left_out:
        raise TargetError(
            f"{where} also holds {', '.join(left_out)}, and the settings or the period are not those of the build there: "
            "only all of its tables can be added to together; leave --tables out"
        )
    return True


def grown(old: Manifest, new: Manifest, rows: Mapping[str, int], added: Mapping[str, int]) -> Manifest:
    """The manifest of a build that was added to: that of the new request, where it has added anything.

    rows : of each table that was added to, how many it has now
    """
    counted = {name: entry.model_copy(update={"rows": rows.get(name, entry.rows)}) for name, entry in old.tables.items()}
    manifest = new if any(added.values()) else old
    spec = manifest.spec.model_copy(update={"tables": old.spec.tables})
    return manifest.model_copy(update={"spec": spec, "tables": counted})


def _differences(old: Origin, new: Origin) -> Iterator[str]:
    """What makes two requests incomparable, each with what it is there and what it is here."""
    if old.model_digest and new.model_digest:
        if old.model_digest != new.model_digest:
            yield f"model {old.spec.model} has changed since" if old.spec.model == new.spec.model else _differs("model", old, new)
    elif old.spec.model != new.spec.model:
        yield _differs("model", old, new)
    if old.data_version != new.data_version:
        yield f"data version {old.data_version} there, {new.data_version} here"
    for name in ("seed", "first_day"):
        if getattr(old.spec, name) != getattr(new.spec, name):
            yield _differs(name, old, new)
    if old.spec.scenario != new.spec.scenario:
        names = [origin.spec.scenario.name if origin.spec.scenario is not None else "none" for origin in (old, new)]
        yield f"scenario {names[0]} there, {names[1]} here" if names[0] != names[1] else f"scenario {names[0]} has changed since"
    if old.spec.last_day > new.spec.last_day:
        yield f"its last day is {old.spec.last_day}, later than {new.spec.last_day}"


def _differs(name: str, old: Origin, new: Origin) -> str:
    return f"{name.replace('_', ' ')} {getattr(old.spec, name)} there, {getattr(new.spec, name)} here"


def _request(origin: Origin) -> dict[str, Any]:
    """What the rows depend on, but for which tables there are."""
    spec = origin.spec
    return {"settings": spec.settings, "last_day": spec.last_day, "versions": origin.versions}
