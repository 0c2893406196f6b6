"""Whether a database may be built into: every reason not to, in words, with what would allow it. What is not known is a reason.

Nothing here looks at a database, a file or the process: an `Attempt` says what was found, `refusals` judges it.
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
"""The variables by which people and their tools say where a process runs. COLGEN_ENV goes before them all."""

YES, NO = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_SAYS_PRODUCTION = re.compile(r"prod|prd|live")
_PRODUCTION_WORD = re.compile(r"(db|sql|pg|postgres)?(prod|production|prd|live|master|primary)(db|sql|pg|postgres|database)?")
_SYSTEM = {"schema": ("pg_*", "information_schema"), "database": ("template0", "template1")}
_LISTED = 5


@dataclass(frozen=True)
class Attempt:
    """A build into a database, as far as it is known before anything is written. None is for what could not be found out.

    kind : "postgresql" or "duckdb"
    host, port : of PostgreSQL; the host is "" for a local socket, and means nothing for DuckDB
    database : its name; of DuckDB, the file as the user named it
    schema : where the tables are to be made
    schema_named : the user named the schema, it is no default
    schema_exists : it is there already
    tables : what the schema holds: tables, and whatever else has a name there, such as views
    ours : those of them that colgen made
    rows, bytes : what is planned
    free_bytes : on the disk, None where nobody can say
    environment : the process's variables
    enabled : whether `colgen toggle` left builds into databases switched on (`colgen.toggle.enabled`)
    max_rows : the most rows that may be planned; None for what COLGEN_MAX_ROWS says
    deny : the user's patterns, beside those of COLGEN_DENY
    replaces : what colgen made there may be replaced or added to
    unknown : what else could not be found out, each in words, such as an error while the schema was looked at
    """

    kind: str
    host: str | None
    port: int | None
    database: str | None
    schema: str | None
    schema_named: bool
    schema_exists: bool | None
    tables: Collection[str] | None
    ours: Collection[str]
    rows: int | None
    bytes: int | None
    free_bytes: int | None
    environment: Mapping[str, str]
    enabled: bool | None
    max_rows: int | str | None
    deny: Sequence[str]
    replaces: bool = False
    unknown: Sequence[str] = ()

    def __str__(self) -> str:
        where = f" on {self.host}{f':{self.port}' if self.port else ''}" if self.kind == "postgresql" and self.host else ""
        return without_password(f"schema {self.schema!r} of the {self.kind} database {self.database!r}{where}")


@dataclass(frozen=True)
class Refusal:
    """Why a build may not be made, and what would allow it."""

    reason: str
    allow: str

    def __str__(self) -> str:
        return f"{self.reason}; to allow it, {self.allow}"


def enforce(attempt: Attempt) -> None:
    """Raises TargetError with every reason against the build, if there is one."""
    found = refusals(attempt)
    if len(found) == 1:
        raise TargetError(f"{attempt} is not written to: {found[0]}")
    if found:
        raise TargetError("\n  - ".join([f"{attempt} is not written to, for {len(found)} reasons:", *map(str, found)]))


def refusals(attempt: Attempt) -> list[Refusal]:
    """Every reason against the build; none where it may be made."""
    return [
        *_production(attempt.environment),
        *switched_off(attempt.enabled, attempt.environment),
        *_denied(attempt),
        *_of_others(attempt),
        *_too_much(attempt),
        *_unknown(attempt),
    ]


def says_production(value: str) -> bool:
    """Whether a value of such a variable says that this is production.

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
                "set COLGEN_ENV to what this is, such as COLGEN_ENV=development, if it is not",
            )
        return
    named = [f"{name}={environment[name].strip()}" for name in ENVIRONMENT_NAMES if says_production(environment.get(name, ""))]
    if named:
        yield Refusal(
            f"the environment says that this is production: {', '.join(named)}",
            "set COLGEN_ENV=development, which goes before the others, if it is not",
        )


def switched_off(enabled: bool | None, environment: Mapping[str, str]) -> list[Refusal]:
    """What says that builds into databases are switched off: `colgen toggle` (enabled, None if unknown) and COLGEN_ENABLED."""
    found = []
    if enabled is None:
        found.append(
            Refusal(
                "whether builds into databases are switched off could not be found out",
                "make colgen's configuration folder readable (XDG_CONFIG_HOME or COLGEN_HOME names it)",
            )
        )
    elif not enabled:
        found.append(Refusal("builds into databases are switched off", "run `colgen toggle --enable`"))
    value = environment.get("COLGEN_ENABLED")
    if value is not None and value.strip().lower() in NO:
        found.append(Refusal(f"COLGEN_ENABLED={value.strip()} switches builds into databases off", "set COLGEN_ENABLED=true, or unset it"))
    elif value is not None and value.strip().lower() not in YES:
        found.append(Refusal(f"COLGEN_ENABLED={value!r} says neither yes nor no", "set COLGEN_ENABLED=true or false, or unset it"))
    return found


def _denied(attempt: Attempt) -> Iterator[Refusal]:
    """Names that sound of production, those of the database system itself, and those that the user denies."""
    patterns = [one.strip() for one in (*attempt.deny, *attempt.environment.get("COLGEN_DENY", "").split(",")) if one.strip()]
    for what in ("host", "database", "schema"):
        name: str | None = getattr(attempt, what)
        if not name or (what == "host" and attempt.kind == "duckdb"):
            continue
        shown = without_password(name) if what == "database" else name
        for word in _production_words(name):
            yield Refusal(f"the {what} {shown!r} is named like production ({word!r})", f"name another {what}; nothing lifts this")
        for pattern in _SYSTEM.get(what, ()):
            if fnmatchcase(name.lower(), pattern):
                yield Refusal(f"the {what} {shown!r} is the database system's own", f"name another {what}; nothing lifts this")
        spellings = {name, *name.split(","), *((PurePath(name).name, PurePath(name).stem) if attempt.kind == "duckdb" else ())}
        for pattern in dict.fromkeys(patterns):
            if any(fnmatchcase(spelling.strip().lower(), pattern.lower()) for spelling in spellings):
                yield Refusal(
                    f"the {what} {shown!r} is denied by the pattern {pattern!r}",
                    f"name another {what}, or take the pattern out of COLGEN_DENY or `deny` in colgen.toml",
                )


def _production_words(name: str) -> list[str]:
    """The whole words of a name that say production, split at what is no letter or where capitals begin: not `olive`, not `products`.

    >>> _production_words("db-prod.shop.example"), _production_words("shopLive1"), _production_words("olive_products_delivery")
    (['prod'], ['Live'], [])
    """
    words = re.findall(r"[^\W\d_]+", name) + re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return list(dict.fromkeys(word for word in words if _PRODUCTION_WORD.fullmatch(word.lower())))[:1]


def _of_others(attempt: Attempt) -> Iterator[Refusal]:
    """A schema that others made is written to only if the user named it and it holds nothing of theirs."""
    schema, tables = attempt.schema, set(attempt.tables or ())
    named = attempt.schema_named or (attempt.kind == "duckdb" and schema == "main")  # whoever names a file means what is in it
    foreign = sorted(tables - set(attempt.ours))
    if foreign:
        more = f" and {len(foreign) - _LISTED} more" if len(foreign) > _LISTED else ""
        yield Refusal(
            f"the schema {schema!r} holds what colgen did not make: {', '.join(foreign[:_LISTED])}{more}",
            "name another schema with --schema: one that is not there is made",
        )
    if not named and schema is not None and schema.lower() == "public":
        yield Refusal("the schema 'public' is everybody's", "name one with --schema; --schema public too, where it is empty")
    elif not named and attempt.schema_exists and not tables:
        yield Refusal(
            f"the schema {schema!r} is there already, and colgen has made nothing in it",
            f"add --schema {schema} if you mean it, or name another: one that is not there is made",
        )
    if tables and not foreign and not attempt.replaces:
        yield Refusal(
            f"the schema {schema!r} holds a finished build",
            "add --overwrite to replace it, --append to add to it, or name another schema with --schema",
        )


def _too_much(attempt: Attempt) -> Iterator[Refusal]:
    limit = attempt.max_rows if attempt.max_rows is not None else attempt.environment.get("COLGEN_MAX_ROWS")
    if limit is not None:
        text = str(limit).strip().replace("_", "")
        if not re.fullmatch(r"[0-9]{1,30}", text):
            yield Refusal(f"the row limit {limit!r} is no whole number", "set --max-rows or COLGEN_MAX_ROWS to one, such as 1000000")
        elif attempt.rows is not None and attempt.rows > int(text):
            yield Refusal(
                f"{attempt.rows:,} rows are planned, and the row limit is {int(text):,}",
                f"ask for less (--volume, --scale), or set --max-rows {attempt.rows}",
            )
    if attempt.bytes is not None and attempt.free_bytes is not None and attempt.bytes > attempt.free_bytes:
        yield Refusal(
            f"the build needs about {attempt.bytes / 1e9:,.1f} GB, and {max(attempt.free_bytes, 0) / 1e9:,.1f} GB are free",
            "ask for less (--volume, --scale), or make room",
        )


def _unknown(attempt: Attempt) -> Iterator[Refusal]:
    """What must be known and is not."""
    named = {
        "the kind of database": attempt.kind in ("postgresql", "duckdb"),
        "the host": attempt.kind == "duckdb" or attempt.host is not None,
        "the name of the database": bool(attempt.database),
        "the name of the schema": bool(attempt.schema),
    }
    seen = {
        "whether the schema is there": attempt.schema_exists is not None,
        "what the schema holds": attempt.tables is not None or attempt.schema_exists is False,
        "how many rows are planned": attempt.rows is not None and attempt.rows >= 0,
        "how many bytes are planned": (attempt.bytes is not None and attempt.bytes >= 0) or attempt.free_bytes is None,
    }
    for what in (what for what, known in named.items() if not known):
        yield Refusal(f"{what} is not known", "name all of it: --out postgresql://user@host:5432/database --schema NAME")
    for what in (what for what, known in seen.items() if not known):
        yield Refusal(f"{what} could not be found out", "see that the database can be reached and its catalogue read, and try again")
    for note in attempt.unknown:
        yield Refusal(f"not everything could be found out: {without_password(note)}", "put that right, and try again")
