"""Tables that the user's own migrations made, and what in a model does not fit them: all of it at once, before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from colgen.declare.column import Column
from colgen.declare.table import TableInfo
from colgen.targets.postgres.connect import statement
from colgen.values.types import Categorical

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


@dataclass(frozen=True)
class ExistingColumn:
    """A column as the user declared it.

    type : without its length or precision, and of a domain what that is made of
    shown : the type as it is declared
    required : whether it may not be missing
    filled : whether the database itself gives a value where none is given
    generated : whether none may be given
    most : of a text, how many characters it holds
    words : of an enumeration
    """

    type: str
    shown: str
    required: bool
    filled: bool
    generated: bool
    most: int | None
    words: Sequence[str] | None


@dataclass(frozen=True)
class ExistingTable:
    """A table as the user declared it.

    number : PostgreSQL's own, its oid
    columns : by name
    key : the columns of its primary key
    sequences : of its columns, by name: the number of each
    has_rows, is_ours : whether there are rows, and whether the role owns it
    writes_itself : whether a trigger before each row may fill in what is missing
    """

    schema: str
    name: str
    number: int
    columns: Mapping[str, ExistingColumn]
    key: Sequence[str]
    sequences: Mapping[str, int]
    has_rows: bool
    is_ours: bool
    writes_itself: bool


@dataclass(frozen=True)
class Existing:
    """What there is of a model's tables: by the model's name of each; those that are not there are left out."""

    tables: Mapping[str, ExistingTable]
    misfits: Sequence[str] = field(default_factory=list)


def place_of(table: TableInfo, schema: str) -> tuple[str, str]:
    """The schema and the name under which a table of a model is looked for."""
    return (table.schema, table.name.removeprefix(f"{table.schema}.")) if table.schema else (schema, table.name)


def look(connection: psycopg.Connection[Any], schema: str, tables: Sequence[TableInfo]) -> Existing:
    """The tables of a model as they are in the database, and what does not fit."""
    there, misfits = {}, []
    for table in tables:
        place = place_of(table, schema)
        existing = _table(connection, *place)
        if existing is None:
            misfits.append(f"there is no table {'.'.join(place)}")
            continue
        there[table.name] = existing
        misfits += _misfits(table, existing)
    return Existing(there, misfits)


def _table(connection: psycopg.Connection[Any], schema: str, name: str) -> ExistingTable | None:
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
        column: ExistingColumn(base, shown, required, has_default or is_identity, generated, most, words)
        for column, base, shown, required, has_default, is_identity, generated, most, words in connection.execute(
            _COLUMNS, (number,)
        ).fetchall()
    }
    has_rows = connection.execute(statement("SELECT EXISTS (SELECT FROM {}.{})", schema, name)).fetchone()
    sequences = dict(connection.execute(_SEQUENCES, {"table": number}).fetchall())
    return ExistingTable(schema, name, number, columns, key, sequences, bool(has_rows and has_rows[0]), is_ours, writes_itself)


def _misfits(table: TableInfo, existing: ExistingTable) -> Iterator[str]:
    """What of a table of a model does not fit the one that is there, in words."""
    written = {column.name: column for column in table.written_columns}
    for name, column in written.items():
        there = existing.columns.get(name)
        if there is None:
            yield f"{table.name} has no column {name}"
        elif there.generated:
            yield f"{table.name}.{name} is generated by the database; leave it out of the model"
        else:
            yield from _misfit_of(column, there)
    for name, there in existing.columns.items():
        if name not in written and there.required and not there.filled and not there.generated and not existing.writes_itself:
            yield f"{table.name}.{name} ({there.shown}) must have a value, and the model gives it none"


def _misfit_of(column: Column, there: ExistingColumn) -> Iterator[str]:
    if column.nullable and there.required:
        yield f"{column.qualified_name} may be missing in the model, and must not be ({there.shown} NOT NULL)"
    if isinstance(column.type, Categorical):
        words = column.type.words.to_pylist()
        if there.words is not None and (unknown := [word for word in words if word not in there.words]):
            yield f"{column.qualified_name} may be {unknown[0]!r}, which {there.shown} lacks; it has {', '.join(map(repr, there.words))}"
        if there.most is not None and (longest := max(words, key=len)) and len(longest) > there.most:
            yield f"{column.qualified_name} may be {longest!r}, which {there.shown} cannot hold"


def cast_of(column: ExistingColumn) -> str:
    """The type that a value is cast to on its way: a text without its length, so that one that is too long is refused and not cut."""
    if column.type == "bit":  # without a length it would be of one bit
        return "bit varying"
    return "text" if column.most is not None or column.type in ("character varying", "character") else column.type
