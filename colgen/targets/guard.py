"""Decides whether colgen may build into a database: every reason not to, with what would allow it. Anything unknown is a reason, too.

Nothing here accesses a database, a file or the process: an `Attempt` describes what was found, and `refusals` judges it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

from colgen.errors import TargetError
from colgen.targets.urls import without_password

ENVIRONMENT_NAMES = (
    *("APP_ENV", "NODE_ENV", "ENVIRONMENT", "ENV", "RAILS_ENV", "RACK_ENV", "DJANGO_ENV", "DJANGO_SETTINGS_MODULE", "FLASK_ENV"),
    *("PYTHON_ENV", "FASTAPI_ENV", "GO_ENV", "MIX_ENV", "APP_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DD_ENV"),
    *("SPRING_PROFILES_ACTIVE", "VERCEL_ENV", "RAILWAY_ENVIRONMENT_NAME", "DEPLOY_ENV", "DEPLOYMENT_ENVIRONMENT", "STAGE"),
)
"""The variables with which people and their tools state where a process runs. COLGEN_ENV takes precedence over all of them."""

YES, NO = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_SAYS_PRODUCTION = re.compile(r"prod|prd|live")
_PRODUCTION_WORD = re.compile(r"(db|sql|pg|postgres)?(prod|production|prd|live|master|primary)(db|sql|pg|postgres|database)?")
_SYSTEM = {"schema": ("pg_*", "information_schema"), "database": ("template0", "template1")}
_DUCKDB_SYSTEM = ("memory", "system", "temp")  # databases that every connection has: as schemas, they are ambiguous
_MOST_LISTED = 5


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A build into a database, or a removal of one, as far as it is known before anything is written. None stands for what could not be
    determined.

    kind : "postgresql" or "duckdb"
    host, port : of PostgreSQL; the host is "" for a local socket, and is ignored for DuckDB
    database : its name; for DuckDB, the path of the file
    schema : where the tables will be created
    schema_named : whether the user named the schema (it is not the default)
    schema_exists : whether it exists already
    tables : the names of the schema's tables, views and other objects
    ours : those of them that colgen created
    rows, bytes : the planned size
    free_bytes : free space on the disk; None if the disk is not ours to measure
    environment : the environment variables of the process
    enabled : whether builds into databases are switched on (`colgen.targets.kill_switch.enabled`)
    max_rows : the most rows that may be planned; None to go by COLGEN_MAX_ROWS
    deny : the user's patterns, in addition to those of COLGEN_DENY
    replaces : whether a build that colgen made there may be replaced or added to
    fills : whether the rows go into tables that others have made
    unknown : messages about anything else that could not be determined, such as an error while reading the schema
    """

    kind: str
    host: str | None
    port: int | None
    database: str | None
    schema: str | None
    schema_named: bool = True
    schema_exists: bool | None = None
    tables: Collection[str] | None = None
    ours: Collection[str] = ()
    rows: int | None = None
    bytes: int | None = None
    free_bytes: int | None
    environment: Mapping[str, str]
    enabled: bool | None
    max_rows: int | str | None = None
    deny: Sequence[str]
    replaces: bool = False
    fills: bool = False
    unknown: Sequence[str] = ()

    def __str__(self) -> str:
        server = f" on {self.host}{f':{self.port}' if self.port else ''}" if self.kind == "postgresql" and self.host else ""
        return without_password(f"schema {self.schema!r} of the {self.kind} database {self.database!r}{server}")


@dataclass(frozen=True)
class Refusal:
    """A reason why a build is refused, and what would allow it."""

    reason: str
    allow: str

    def __str__(self) -> str:
        return f"{self.reason}; to allow it, {self.allow}"


def enforce(attempt: Attempt) -> None:
    """Raises TargetError with every reason against the build, if there are any."""
    _enforce(f"refusing to write to {attempt}", refusals(attempt))


def enforce_removal(attempt: Attempt) -> None:
    """Raises TargetError with every reason why nothing may be removed there, if there are any."""
    _enforce(f"refusing to remove anything from {attempt}", forbidden(attempt))


def _enforce(action: str, reasons: Sequence[Refusal]) -> None:
    if len(reasons) == 1:
        raise TargetError(f"{action}: {reasons[0]}")
    if reasons:
        raise TargetError("\n  - ".join([f"{action}, for {len(reasons)} reasons:", *map(str, reasons)]))


def refusals(attempt: Attempt) -> list[Refusal]:
    """Every reason against the build; empty if it is allowed."""
    return [*forbidden(attempt), *_foreign_schema(attempt), *_too_large(attempt), *_unseen(attempt)]


def forbidden(attempt: Attempt) -> list[Refusal]:
    """Every reason against changing anything there, whatever it is."""
    return [
        *_production(attempt.environment),
        *switched_off(attempt.enabled, attempt.environment),
        *_denied(attempt),
        *_unnamed(attempt),
    ]


def says_production(value: str) -> bool:
    """Whether the value of such a variable means production.

    >>> [says_production(value) for value in ("PROD ", "prod-eu", "shop.settings.production", "development", "pre-prod", "")]
    [True, True, True, False, False, False]
    """
    text = value.strip(" \t\r\n\"'").lower()
    words = re.findall(r"[a-z]+", text)
    denied = {number + 1 for number, word in enumerate(words) if word in ("non", "not", "no", "pre")}
    named = any(word in ("prod", "production", "prd", "live") and number not in denied for number, word in enumerate(words))
    return named or bool(_SAYS_PRODUCTION.match(text))


def _production(environment: Mapping[str, str]) -> Iterator[Refusal]:
    ours = environment.get("COLGEN_ENV", "").strip()
    if ours:
        if says_production(ours):
            yield Refusal(
                f"the environment says that this is production: COLGEN_ENV={ours}",
                "set COLGEN_ENV to what it really is, such as COLGEN_ENV=development",
            )
        return
    named = [f"{name}={environment[name].strip()}" for name in ENVIRONMENT_NAMES if says_production(environment.get(name, ""))]
    if named:
        yield Refusal(
            f"the environment says that this is production: {', '.join(named)}",
            "set COLGEN_ENV=development, which takes precedence over the others, if this is not production",
        )


def switched_off(enabled: bool | None, environment: Mapping[str, str]) -> list[Refusal]:
    """The reasons why builds into databases are switched off: `colgen toggle` and COLGEN_ENABLED.

    enabled : the state of `colgen toggle`; None if it is unknown
    """
    reasons = []
    if enabled is None:
        reasons.append(
            Refusal(
                "could not determine whether builds into databases are switched off",
                "make colgen's configuration folder readable (it is set by COLGEN_HOME or XDG_CONFIG_HOME)",
            )
        )
    elif not enabled:
        reasons.append(Refusal("builds into databases are switched off", "run `colgen toggle --enable`"))
    value = environment.get("COLGEN_ENABLED")
    if value is not None and value.strip().lower() in NO:
        reasons.append(
            Refusal(f"COLGEN_ENABLED={value.strip()} switches builds into databases off", "set COLGEN_ENABLED=true, or unset it")
        )
    elif value is not None and value.strip().lower() not in YES:
        reasons.append(Refusal(f"COLGEN_ENABLED={value!r} is neither true nor false", "set COLGEN_ENABLED=true, or unset it"))
    return reasons


def _denied(attempt: Attempt) -> Iterator[Refusal]:
    """Names that suggest production, that belong to the database system, or that the user denies."""
    given = (*attempt.deny, *attempt.environment.get("COLGEN_DENY", "").split(","))
    patterns = [pattern.strip() for pattern in given if pattern.strip()]
    for part in ("host", "database", "schema"):
        name: str | None = getattr(attempt, part)
        if not name or (part == "host" and attempt.kind == "duckdb"):
            continue
        shown = without_password(name) if part == "database" else name
        is_file = part == "database" and attempt.kind == "duckdb"
        for word in _production_words(PurePath(name).name if is_file else name):  # the folders above a file are anybody's
            yield Refusal(
                f"the {part} {shown!r} has a name that suggests production ({word!r})", f"name another {part}; there is no override"
            )
        for pattern in (*_SYSTEM.get(part, ()), *(_DUCKDB_SYSTEM if part == "schema" and attempt.kind == "duckdb" else ())):
            if fnmatchcase(name.lower(), pattern):
                yield Refusal(f"the {part} {shown!r} belongs to the database system", f"name another {part}; there is no override")
        spellings = {name, *name.split(","), *((PurePath(name).name, PurePath(name).stem) if attempt.kind == "duckdb" else ())}
        for pattern in dict.fromkeys(patterns):
            if any(fnmatchcase(spelling.strip().lower(), pattern.lower()) for spelling in spellings):
                yield Refusal(
                    f"the {part} {shown!r} is denied by the pattern {pattern!r}",
                    f"name another {part}, or remove the pattern from COLGEN_DENY or from `deny` in colgen.toml",
                )


def _production_words(name: str) -> list[str]:
    """The first word of a name that means production, if there is one. Words end at non-letters and before capitals, so `olive` is safe.

    >>> _production_words("db-prod.shop.example"), _production_words("shopLive1"), _production_words("olive_products_delivery")
    (['prod'], ['Live'], [])
    """
    words = re.findall(r"[^\W\d_]+", name) + re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return list(dict.fromkeys(word for word in words if _PRODUCTION_WORD.fullmatch(word.lower())))[:1]


def _foreign_schema(attempt: Attempt) -> Iterator[Refusal]:
    """A schema that colgen did not create may be written to only if the user named it and it is empty; or if its tables are to be filled."""
    schema, tables = attempt.schema, set(attempt.tables or ())
    named = attempt.schema_named or (attempt.kind == "duckdb" and schema == "main")  # naming a file means naming what is in it
    if attempt.fills:
        if not named:
            yield Refusal("the schema whose tables are to be filled was not named", "name it with --schema")
        return
    foreign = sorted(tables - set(attempt.ours))
    if foreign:
        more = f" and {len(foreign) - _MOST_LISTED} more" if len(foreign) > _MOST_LISTED else ""
        yield Refusal(
            f"the schema {schema!r} contains objects that colgen did not make, or that were changed since: "
            f"{', '.join(foreign[:_MOST_LISTED])}{more}",
            "name another schema with --schema; it is created if it does not exist",
        )
    if not named and schema is not None and schema.lower() == "public":
        yield Refusal(
            "the schema 'public' is shared by everyone", "name a schema with --schema; `--schema public` is accepted while it is empty"
        )
    elif not named and attempt.schema_exists and not tables:
        yield Refusal(
            f"the schema {schema!r} exists already, and colgen has created nothing in it",
            f"add --schema {schema} if you mean it, or name another schema, which is created if it does not exist",
        )
    if tables and not foreign and not attempt.replaces:
        yield Refusal(
            f"the schema {schema!r} holds a finished build",
            "add --overwrite to replace it, --append to add to it, or name another schema with --schema",
        )


def _too_large(attempt: Attempt) -> Iterator[Refusal]:
    limit = attempt.max_rows if attempt.max_rows is not None else attempt.environment.get("COLGEN_MAX_ROWS")
    if limit is not None:
        text = str(limit).strip().replace("_", "")
        if not re.fullmatch(r"[0-9]{1,30}", text):
            yield Refusal(f"the row limit {limit!r} is not a whole number", "set --max-rows or COLGEN_MAX_ROWS to one, such as 1000000")
        elif attempt.rows is not None and attempt.rows > int(text):
            yield Refusal(
                f"{attempt.rows:,} rows are planned, but the row limit is {int(text):,}",
                f"ask for fewer (--volume, --scale), or set --max-rows {attempt.rows}",
            )
    if attempt.bytes is not None and attempt.free_bytes is not None and attempt.bytes > attempt.free_bytes:
        yield Refusal(
            f"the build needs about {attempt.bytes / 1e9:,.1f} GB, but only {max(attempt.free_bytes, 0) / 1e9:,.1f} GB are free",
            "ask for less (--volume, --scale), or free some space",
        )


def _unnamed(attempt: Attempt) -> Iterator[Refusal]:
    """Every part of the target's name that must be given but is not."""
    given = {
        "the kind of database": attempt.kind in ("postgresql", "duckdb"),
        "the host": attempt.kind == "duckdb" or attempt.host is not None,
        "the name of the database": bool(attempt.database),
        "the name of the schema": bool(attempt.schema),
    }
    for fact in (fact for fact, known in given.items() if not known):
        yield Refusal(f"{fact} is not known", "give all of it: --out postgresql://user@host:5432/database --schema NAME")


def _unseen(attempt: Attempt) -> Iterator[Refusal]:
    """Everything that a build must have found out but has not."""
    observed = {
        "whether the schema exists": attempt.schema_exists is not None,
        "what the schema contains": attempt.tables is not None or attempt.schema_exists is False,
        "how many rows are planned": attempt.rows is not None and attempt.rows >= 0,
        "how many bytes are planned": (attempt.bytes is not None and attempt.bytes >= 0) or attempt.free_bytes is None,
    }
    for fact in (fact for fact, known in observed.items() if not known):
        yield Refusal(
            f"could not determine {fact}", "make sure that the database can be reached and its catalogue can be read, and try again"
        )
    for message in attempt.unknown:
        yield Refusal(f"could not determine everything: {without_password(message)}", "fix that, and try again")
