"""What lies in a DuckDB file: every kind of object that has a name, how each table is declared, and what colgen noted of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from colgen.targets.destination import MANIFEST
from colgen.targets.sql import quoted

Declaration = dict[str, str]
"""How a table is declared, part by part: `column id` is BIGINT NOT NULL …, `index by_name` is CREATE INDEX …"""

_SCHEMAS = "SELECT schema_name FROM duckdb_schemas() WHERE database_name = $database AND NOT internal"

_OTHERS = """
    SELECT schema_name, 'view ' || view_name FROM duckdb_views() WHERE database_name = $database AND NOT internal
    UNION SELECT schema_name, 'sequence ' || sequence_name FROM duckdb_sequences() WHERE database_name = $database
    UNION SELECT schema_name, 'type ' || type_name FROM duckdb_types() WHERE database_name = $database AND NOT internal
    UNION SELECT schema_name, 'macro ' || function_name FROM duckdb_functions() WHERE database_name = $database AND NOT internal
    ORDER BY ALL"""

_DECLARATIONS = """
    WITH kept AS (SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = $database)
    SELECT schema_name, table_name, 'comment' AS part, coalesce(comment, '') FROM kept
    UNION ALL SELECT schema_name, table_name, 'column ' || column_name,
        concat_ws(' ', data_type, CASE WHEN NOT is_nullable THEN 'NOT NULL' END, 'DEFAULT ' || column_default, columns.comment)
        FROM duckdb_columns() AS columns JOIN kept USING (schema_name, table_name) WHERE database_name = $database
    UNION ALL SELECT schema_name, table_name, 'primary key', constraint_column_names::VARCHAR
        FROM duckdb_constraints() WHERE database_name = $database AND constraint_type = 'PRIMARY KEY'
    UNION ALL SELECT schema_name, table_name, 'index ' || index_name, coalesce(sql, '')
        FROM duckdb_indexes() WHERE database_name = $database"""

_TRIGGERS = """
    UNION ALL SELECT schema_name, table_name, 'trigger ' || trigger_name, sql FROM duckdb_triggers() WHERE database_name = $database"""


@dataclass(frozen=True)
class Catalog:
    """Everything in a file that has a name.

    schemas : all but `main`
    tables : by schema, how each table is declared
    others : by schema, every view, sequence, type and macro: `view late_payers`
    """

    schemas: frozenset[str]
    tables: Mapping[str, Mapping[str, Declaration]]
    others: Mapping[str, list[str]]

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection, database: str) -> Self:
        """Of a database that the connection has attached."""
        bound = {"database": database}
        schemas = frozenset(name for (name,) in connection.execute(_SCHEMAS, bound).fetchall())
        others: dict[str, list[str]] = {}
        for schema, name in connection.execute(_OTHERS, bound).fetchall():
            others.setdefault(schema, []).append(name)
        return cls(schemas, declarations(connection, database), others)

    @property
    def is_empty(self) -> bool:
        return not (self.schemas or self.tables or self.others)

    def holds_anything(self, schema: str) -> bool:
        """Whether there is anything in a schema."""
        return bool(self.tables.get(schema) or self.others.get(schema))


class Record(BaseModel):
    """What colgen notes of a schema beside its build, so that nothing else is ever dropped.

    tables : how each was declared, parents first
    sequences : those that number the rows of a table, by the table's name
    made_schema, made_file : whether colgen made the schema, and the file
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: dict[str, Declaration]
    sequences: dict[str, str]
    made_schema: bool
    made_file: bool

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> Self | None:
        """Of a schema; None where there is none, or a table of that name is not colgen's or no longer as colgen left it."""
        try:
            rows = connection.execute(f"SELECT made FROM {quoted(database)}.{quoted(schema)}.{quoted(MANIFEST)} LIMIT 2").fetchall()
            return cls.model_validate_json(rows[0][0]) if len(rows) == 1 else None
        except (duckdb.Error, ValidationError):
            return None


def declarations(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, Declaration]]:
    """How each table of each schema is declared."""
    sql = _DECLARATIONS + (_TRIGGERS if _has_triggers(connection) else "")
    tables: dict[str, dict[str, Declaration]] = {}
    for schema, table, part, text in connection.execute(sql, {"database": database}).fetchall():
        tables.setdefault(schema, {}).setdefault(table, {})[part] = text
    return tables


def changes(made: Declaration, there: Declaration) -> str:
    """What differs between a table as it was made and as it is.

    >>> changes({"column id": "BIGINT", "column name": "VARCHAR"}, {"column id": "INTEGER", "column note": "VARCHAR"})
    'column id was changed, column name is gone, column note was added'
    """
    words = []
    for part in sorted(made.keys() | there.keys()):
        if part not in made:
            words.append(f"{part} was added")
        elif part not in there:
            words.append(f"{part} is gone")
        elif made[part] != there[part]:
            words.append(f"{part} was changed")
    return ", ".join(words)


def _has_triggers(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether this version of DuckDB has any."""
    try:
        connection.execute("SELECT 1 FROM duckdb_triggers() LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True
