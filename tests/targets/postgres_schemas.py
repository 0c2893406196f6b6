"""Builds into a PostgreSQL schema, and looks at what is in it."""

from __future__ import annotations

from typing import Any

from colgen.declare.find import find_model
from colgen.engines.progress import Progress, no_progress
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.pipeline.summary import Summary
from colgen.targets.database import DatabaseOptions, Safeguards
from colgen.targets.postgres.target import PostgresTarget


def build(
    server: str,
    schema: str,
    model: str = "invoicing",
    *,
    threads: int = 2,
    check: bool = False,
    progress: Progress = no_progress,
    overwrite: bool = False,
    append: bool = False,
    constraints: bool | None = None,
    **request: Any,
) -> Summary:
    """Builds into a schema; `request` is what `Spec.of` takes."""
    chosen = find_model(model)
    target = PostgresTarget(server, schema, DatabaseOptions(overwrite, append, constraints), Safeguards({}))
    spec = Spec.of(chosen, **{"volume": "small"} | request)
    return conduct(spec, chosen, target, threads=threads, check=check, progress=progress)


def tables(database: Any, schema: str) -> dict[str, int]:
    """The rows of each table of a schema."""
    names = [name for (name,) in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()]
    return {name: database.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchone()[0] for name in sorted(names)}


def constraints(database: Any, schema: str, table: str) -> set[tuple[str, str]]:
    """Keys, unique columns and references of a table: their kind and how they are declared."""
    return set(
        database.execute(
            "SELECT contype::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'f')",
            (f"{schema}.{table}",),
        ).fetchall()
    )
