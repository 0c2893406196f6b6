"""Foreign keys that wait for the end of a transaction: so that rows may come in any order, and tables may refer to one another in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from colgen.targets.postgres.connect import statement

if TYPE_CHECKING:
    import psycopg

_FOREIGN_KEYS = """
    SELECT nspname::text, relname::text, conname::text, condeferrable, condeferred
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE contype = 'f' AND conparentid = 0 AND (conrelid = ANY(%(tables)s) OR confrelid = ANY(%(tables)s))
    AND pg_has_role(relowner, 'USAGE') ORDER BY 1, 2, 3"""


@contextmanager
def deferred(connection: psycopg.Connection[Any], tables: Sequence[int]) -> Iterator[None]:
    """Within a transaction: the foreign keys of some tables, and those to them, are looked at when all is done. Then each is as it was.

    tables : their numbers. Of those that the role does not own the foreign keys stay as they are
    """
    found = connection.execute(_FOREIGN_KEYS, {"tables": list(tables)}).fetchall()
    for schema, table, name, is_deferrable, _ in found:
        if not is_deferrable:
            text = "ALTER TABLE {}.{} ALTER CONSTRAINT {} DEFERRABLE INITIALLY DEFERRED"
            connection.execute(statement(text, schema, table, name))
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    yield
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # which proves them
    for schema, table, name, is_deferrable, _ in found:
        if not is_deferrable:
            connection.execute(statement("ALTER TABLE {}.{} ALTER CONSTRAINT {} NOT DEFERRABLE", schema, table, name))


@contextmanager
def without_triggers(connection: psycopg.Connection[Any], tables: Sequence[int]) -> Iterator[None]:
    """Within a transaction: the user's triggers on some tables do not fire. Then each is as it was."""
    found = connection.execute(
        """SELECT nspname::text, relname::text, tgname::text, tgenabled::text
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE tgrelid = ANY(%s) AND NOT tgisinternal AND tgenabled <> 'D' AND tgparentid = 0""",
        (list(tables),),
    ).fetchall()
    for schema, table, name, _ in found:
        connection.execute(statement("ALTER TABLE {}.{} DISABLE TRIGGER {}", schema, table, name))
    yield
    for schema, table, name, state in found:
        how = {"O": "ENABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}[state]
        connection.execute(statement(f"ALTER TABLE {{}}.{{}} {how} TRIGGER {{}}", schema, table, name))
