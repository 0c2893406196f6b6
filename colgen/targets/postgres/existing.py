"""Tables that the user's own migrations made, as PostgreSQL's catalogue describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colgen.declare.table import TableInfo
from colgen.targets.existing import ExistingColumn, ExistingTable, place_of
from colgen.targets.postgres.connect import statement

if TYPE_CHECKING:
    import psycopg

_COLUMNS = """
    SELECT attname::text, format_type(base.oid, NULL), format_type(attribute.atttypid, atttypmod), attnotnull OR type.typnotnull, atthasdef,
        attidentity <> '', attgenerated <> '', CASE WHEN base.oid IN ('varchar'::regtype, 'bpchar'::regtype) AND typmod.of > 4 THEN typmod.of - 4 END,
        (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = base.oid)
    FROM pg_attribute AS attribute JOIN pg_type AS type ON type.oid = atttypid
    JOIN pg_type AS base ON base.oid = CASE WHEN type.typtype = 'd' THEN type.typbasetype ELSE type.oid END
    CROSS JOIN LATERAL (SELECT CASE WHEN type.typtype = 'd' THEN type.typtypmod ELSE atttypmod END) AS typmod (of)
    WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""

_SEQUENCES = """
    SELECT attname::text, sequence.oid::bigint FROM pg_attribute
    JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = attrelid AND refobjsubid = attnum AND deptype IN ('a', 'i')
    JOIN pg_class AS sequence ON classid = 'pg_class'::regclass AND sequence.oid = objid AND sequence.relkind = 'S'
    WHERE attrelid = %(table)s
    UNION
    SELECT attname::text, sequence.oid::bigint FROM pg_attribute JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    JOIN pg_depend ON pg_depend.classid = 'pg_attrdef'::regclass AND pg_depend.objid = pg_attrdef.oid
    JOIN pg_class AS sequence ON refclassid = 'pg_class'::regclass AND sequence.oid = refobjid AND sequence.relkind = 'S'
    WHERE attrelid = %(table)s"""


@dataclass(frozen=True, kw_only=True)
class PostgresTable(ExistingTable):
    """A table as the user declared it.

    number : PostgreSQL's own, its oid
    sequences : of its columns, by name: the number of each
    is_ours : whether the role owns it
    """

    number: int
    sequences: Mapping[str, int]
    is_ours: bool


def look(connection: psycopg.Connection[Any], schema: str, tables: Sequence[TableInfo]) -> dict[str, PostgresTable]:
    """The tables of a model as they are in the database, by the model's name of each; those that are not there are left out."""
    there = {table.name: _table(connection, *place_of(table, schema)) for table in tables}
    return {name: table for name, table in there.items() if table is not None}


def _table(connection: psycopg.Connection[Any], schema: str, name: str) -> PostgresTable | None:
    row = connection.execute(
        """SELECT pg_class.oid::bigint, pg_has_role(relowner, 'USAGE'),
            EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 7 = 7),
            ARRAY(SELECT attname::text FROM pg_index CROSS JOIN LATERAL unnest(indkey) WITH ORDINALITY AS part (number, place)
                JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number WHERE indrelid = pg_class.oid AND indisprimary ORDER BY place)
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = %s AND relname = %s AND relkind IN ('r', 'p')""",
        (schema, name),
    ).fetchone()
    if row is None:
        return None
    number, is_ours, writes_itself, key = row
    columns = {
        column: ExistingColumn(
            type=base, shown=shown, required=required, filled=has_default or is_identity, generated=generated, most=most, words=words
        )
        for column, base, shown, required, has_default, is_identity, generated, most, words in connection.execute(
            _COLUMNS, (number,)
        ).fetchall()
    }
    has_rows = connection.execute(statement("SELECT EXISTS (SELECT FROM {}.{})", schema, name)).fetchone()
    sequences = dict(connection.execute(_SEQUENCES, {"table": number}).fetchall())
    return PostgresTable(
        schema=schema,
        name=name,
        columns=columns,
        key=key,
        has_rows=bool(has_rows and has_rows[0]),
        writes_itself=writes_itself,
        number=number,
        sequences=sequences,
        is_ours=is_ours,
    )


def cast_of(column: ExistingColumn) -> str:
    """The type that a value is cast to on its way: a text without its length, so that one that is too long is refused and not cut."""
    if column.type == "bit":  # without a length it would be of one bit
        return "bit varying"
    return "text" if column.most is not None or column.type in ("character varying", "character") else column.type
