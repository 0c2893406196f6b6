"""A staged build takes the place of the one that is there, in one transaction, with all that others have declared of its tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from colgen.engines.progress import Progress
from colgen.targets.destination import MANIFEST
from colgen.targets.manifest import Manifest
from colgen.targets.postgres import carry, contents, record
from colgen.targets.postgres.connect import single, statement
from colgen.targets.postgres.locks import lock, patiently
from colgen.targets.postgres.schema import Schema, Snapshot, drop, tables_of
from colgen.targets.postgres.staging import Staging

if TYPE_CHECKING:
    import psycopg


def take_place(held: Schema, staging: Staging, before: Snapshot, manifest: Manifest, progress: Progress) -> None:
    """Publishes what is staged. Readers wait for a moment only: where somebody holds on to an old table, it is tried again.

    before : the schema as it was when it was allowed to be written to

    TargetError where it has changed since, where something of the user's depends on an old table, or where a table is in use for too long.
    """

    def attempt() -> None:
        with held.connection.transaction():
            _replace(held, staging, before, manifest)

    patiently(attempt, held.connection, held.schema, list(before.made.values()), progress)


def _replace(held: Schema, staging: Staging, before: Snapshot, manifest: Manifest) -> None:
    connection, schema = held.connection, held.schema
    lock(connection, schema, [])
    if before.number is None:
        connection.execute(statement("CREATE SCHEMA {}", schema))
        before = replace(before, number=held.number)
        created = before.number
    else:
        created = before.number if before.created else None
    record.write(connection, staging.name, staging.made(), manifest, created)
    made = staging.made()
    lock(connection, schema, tables_of(connection, before.made))
    held.refuse_difference(before)
    declared = _declared(connection, before)
    owner = declared[MANIFEST].owner if declared else single(connection, "SELECT current_user")
    drop(connection, schema, before.made)
    probe = carry.of_a_new_table(connection, schema)
    tables = {name: made[name] for name in tables_of(connection, made)}
    for name in tables:
        connection.execute(statement("ALTER TABLE {}.{} SET SCHEMA {}", staging.name, name, schema))
    for name in contents.enumerations(connection, made.values()).values():
        connection.execute(statement("ALTER TYPE {}.{} SET SCHEMA {}", staging.name, name, schema))
        if owner != single(connection, "SELECT current_user"):
            connection.execute(statement("ALTER TYPE {}.{} OWNER TO {}", schema, name, owner))
    carry.carry_over(connection, schema, tables, declared, probe, owner)
    staging.release()


def _declared(connection: psycopg.Connection[Any], before: Snapshot) -> dict[str, carry.Declared]:
    """What is declared of the old tables; of their comments, only those of others."""
    if before.recorded is None:
        return {}
    recorded, tables = before.recorded.tables, tables_of(connection, before.made)
    return {
        name: replace(declared, comments=carry.by_others(declared, recorded[name].comments))
        for name, declared in carry.declared(connection, {name: before.made[name] for name in tables}).items()
    }
