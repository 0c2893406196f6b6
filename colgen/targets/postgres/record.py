"""The table `colgen_manifest` in a schema: what colgen made there, from what, and how it was left.

Nothing that it says is believed of what has changed since, or of a table that its owner has no right to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from colgen.errors import RequestError
from colgen.targets.destination import MANIFEST
from colgen.targets.manifest import Manifest, parse
from colgen.targets.postgres import contents
from colgen.targets.postgres.connect import statement

if TYPE_CHECKING:
    import psycopg

_COLUMNS = {"manifest": "json", "tables": "json", "created_schema": "bigint"}  # json keeps the order of columns, jsonb does not


class RecordedTable(BaseModel):
    """A table as it was left.

    number : PostgreSQL's own, its oid
    definition : what `contents.definitions` says of it
    comments : the model's, by column; the table's own under an empty name
    """

    model_config = ConfigDict(strict=True)

    number: int
    definition: dict[str, str]
    comments: dict[str, str]


_TABLES = TypeAdapter(dict[str, RecordedTable])


@dataclass(frozen=True)
class Record:
    """What a schema says of itself.

    tables : what colgen made, `colgen_manifest` included
    created_schema : the number of the schema if colgen created it
    manifest : of the build; None where this version does not understand it
    """

    tables: dict[str, RecordedTable]
    created_schema: int | None
    manifest: Manifest | None


def read(connection: psycopg.Connection[Any], schema: str) -> Record | None:
    """The record of a schema; None where there is none, or where what is called so is not one."""
    columns = connection.execute(
        """SELECT attname, format_type(atttypid, atttypmod) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        WHERE nspname = %s AND relname = %s AND relkind = 'r' AND NOT relrowsecurity""",
        (schema, MANIFEST),
    ).fetchall()
    if dict(columns) != _COLUMNS:
        return None
    rows = connection.execute(
        statement("SELECT tables::text, created_schema, manifest::text FROM ONLY {}.{} LIMIT 2", schema, MANIFEST)
    ).fetchall()
    if len(rows) != 1:
        return None
    tables, created_schema, manifest = rows[0]
    try:
        return Record(_TABLES.validate_json(tables), created_schema, _manifest(manifest))
    except ValidationError:
        return None


def _manifest(text: str) -> Manifest | None:
    try:
        return parse(text, MANIFEST)
    except RequestError:
        return None


def write(connection: psycopg.Connection[Any], schema: str, tables: dict[str, int], manifest: Manifest, created: int | None) -> None:
    """Makes the table, and records in it these tables as they are now, and itself."""
    from psycopg.sql import Literal

    columns = ", ".join(f"{name} {kind}{'' if name == 'created_schema' else ' NOT NULL'}" for name, kind in _COLUMNS.items())
    connection.execute(statement(f"CREATE TABLE {{}}.{{}} ({columns})", schema, MANIFEST))
    connection.execute(statement("COMMENT ON TABLE {}.{} IS 'What colgen made in this schema, and from what.'", schema, MANIFEST))
    numbers = tables | {MANIFEST: contents.objects(connection, schema)[MANIFEST]}
    definitions, comments = (look(connection, numbers.values()) for look in (contents.definitions, contents.comments))
    recorded = {
        name: RecordedTable(number=number, definition=definitions[number], comments=comments[number]) for name, number in numbers.items()
    }
    values = (manifest.model_dump_json(), _TABLES.dump_json(recorded).decode(), created)
    connection.execute(statement("INSERT INTO {}.{} VALUES ({}, {}, {})", schema, MANIFEST, *map(Literal, values)))


def update(connection: psycopg.Connection[Any], schema: str, manifest: Manifest) -> None:
    """Records another manifest of the same tables."""
    from psycopg.sql import Literal

    connection.execute(statement("UPDATE {}.{} SET manifest = {}", schema, MANIFEST, Literal(manifest.model_dump_json())))
