"""A schema read from the catalogue of a PostgreSQL database. No row is ever looked at; what its statistics say of them only if that is asked for."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from colgen.errors import RequestError
from colgen.introspect import checks, statistics, structs, types
from colgen.introspect.alternatives import met
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import CheckShape, ColumnShape, ForeignKeyShape, SchemaShape, TableShape
from colgen.targets.postgres.connect import connect
from colgen.targets.sql import quoted

if TYPE_CHECKING:
    import psycopg

_TABLES = """
    SELECT pg_class.oid::bigint, nspname::text, relname::text, coalesce(obj_description(pg_class.oid, 'pg_class'), ''),
        EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 7 = 7)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
    ORDER BY nspname, relname"""

_COLUMNS = """
    WITH RECURSIVE base AS (
        SELECT attrelid, attnum, atttypid AS type, atttypmod AS typmod, attnotnull AS required, NULL::oid AS domain FROM pg_attribute
        WHERE attrelid = ANY(%(tables)s) AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT attrelid, attnum, typbasetype, CASE WHEN typmod >= 0 THEN typmod ELSE typtypmod END, required OR typnotnull, pg_type.oid
        FROM base JOIN pg_type ON pg_type.oid = type WHERE typtype = 'd'
    )
    SELECT attribute.attrelid::bigint, attname::text, format_type(base.type, NULL), format_type(attribute.atttypid, attribute.atttypmod),
        EXISTS (SELECT FROM base AS level WHERE level.attrelid = attribute.attrelid AND level.attnum = attribute.attnum AND level.required),
        coalesce(pg_get_expr(adbin, adrelid), CASE WHEN attidentity <> '' THEN 'identity' ELSE '' END), attgenerated <> '',
        CASE WHEN base.type IN ('varchar'::regtype, 'bpchar'::regtype) AND typmod > 4 THEN typmod - 4 END,
        CASE WHEN base.type = 'numeric'::regtype AND typmod > 4 THEN (typmod - 4) >> 16 END,
        CASE WHEN base.type = 'numeric'::regtype AND typmod > 4 THEN (typmod - 4) & 65535 END,
        (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid IN (base.type, type.typelem)),
        type.typcategory = 'A',
        ARRAY(SELECT pg_get_constraintdef(pg_constraint.oid) FROM base AS level JOIN pg_constraint ON contypid = level.domain
            WHERE level.attrelid = attribute.attrelid AND level.attnum = attribute.attnum AND contype = 'c'),
        coalesce(col_description(attribute.attrelid, attribute.attnum), '')
    FROM base JOIN pg_attribute AS attribute USING (attrelid, attnum) JOIN pg_type AS type ON type.oid = base.type
    LEFT JOIN pg_attrdef ON adrelid = attribute.attrelid AND adnum = attribute.attnum
    WHERE type.typtype <> 'd' ORDER BY attribute.attrelid, attribute.attnum"""

_COMPOSITES = """
    SELECT attrelid::bigint, attname::text, typrelid::bigint FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = ANY(%s) AND attnum > 0 AND NOT attisdropped AND typtype = 'c'"""

_UNIQUES = """
    SELECT owner::bigint, indisprimary AND owner = indrelid, indpred IS NOT NULL, indkey::smallint[], pg_get_expr(indexprs, indrelid),
        ARRAY(SELECT attname::text FROM unnest(indkey[0:indnkeyatts - 1]) WITH ORDINALITY AS part (number, place)
            JOIN pg_attribute ON attrelid = indrelid AND attnum = part.number ORDER BY place),
        ARRAY(SELECT attname::text FROM pg_depend JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
            WHERE classid = 'pg_class'::regclass AND objid = indexrelid AND refobjid = indrelid AND refobjsubid > 0 ORDER BY attnum),
        coalesce(to_jsonb(pg_index) ->> 'indnullsnotdistinct', '') = 'true'
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid LEFT JOIN pg_inherits ON inhrelid = indrelid,
    LATERAL (SELECT CASE WHEN relispartition THEN inhparent ELSE indrelid END AS owner) AS whole
    WHERE indisunique AND owner = ANY(%s) ORDER BY owner, 2 DESC, indexrelid"""
"""What is unique in a partition is taken to be so in the whole table."""

_FOREIGN_KEYS = """
    SELECT conrelid::bigint, confrelid::bigint, confdeltype = 'c',
        ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS part (number, place)
            JOIN pg_attribute ON attrelid = conrelid AND attnum = part.number ORDER BY place),
        ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS part (number, place)
            JOIN pg_attribute ON attrelid = confrelid AND attnum = part.number ORDER BY place)
    FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY(%s) ORDER BY conrelid, conkey"""

_CHECKS = """
    SELECT conrelid::bigint, pg_get_constraintdef(pg_constraint.oid), contype::text,
        ARRAY(SELECT attname::text FROM unnest(conkey) AS part (number) JOIN pg_attribute ON attrelid = conrelid AND attnum = part.number)
    FROM pg_constraint WHERE contype IN ('c', 'x') AND conrelid = ANY(%s) ORDER BY conrelid, conname"""

_BOOKKEEPING = (
    "schema_migrations",
    "ar_internal_metadata",
    "alembic_version",
    "flyway_schema_history",
    "django_migrations",
    "spatial_ref_sys",
)
"""Tables in which tools note what they have done: nobody's data."""


def read_database(reading: Reading) -> SchemaShape:
    """The tables of a database."""
    with connect(reading.source) as connection:
        schemas = reading.schemas or other_schemas(connection)
        shape = read(connection, schemas)
        if reading.stats:
            statistics.add(connection, shape, schemas)
        shape.source = f"the database {connection.info.dbname}"
    return shape


def read(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> SchemaShape:
    """The tables of some schemas of a database; those of tools' bookkeeping are left out. RequestError where there is none."""
    rows = connection.execute(_TABLES, (list(schemas),)).fetchall()
    tables = {
        number: TableShape(name, schema if len(schemas) > 1 else "", comment=comment, writes_itself=writes)
        for number, schema, name, comment, writes in rows
        if name not in _BOOKKEEPING
    }
    if not tables:
        raise RequestError(f"there is no table in {'schema' if len(schemas) == 1 else 'the schemas'} {', '.join(schemas)}")
    notes: list[str] = []
    _read_columns(connection, tables)
    _read_composites(connection, tables)
    types.forget_ambiguous(list(tables.values()))
    _read_partitions(connection, tables, notes)
    shape, numbers = SchemaShape(list(tables.values()), notes), list(tables)
    for number, is_key, _, parts, expression, names, all_names, nulls_are_equal in connection.execute(_UNIQUES, (numbers,)).fetchall():
        for name in names if nulls_are_equal else ():
            tables[number].column(name).nullable = False
        if is_key:
            tables[number].key = tuple(names)
        elif 0 in parts and expression is not None:  # of an expression, such as lower(email): as if it were of the column
            tables[number].uniques.append(tuple(dict.fromkeys(all_names)))
        else:
            tables[number].uniques.append(tuple(dict.fromkeys(names)))
    for number, target, cascades, names, targets in connection.execute(_FOREIGN_KEYS, (numbers,)).fetchall():
        if target in tables:
            tables[number].foreign_keys.append(ForeignKeyShape(tuple(names), tables[target].full_name, tuple(targets), cascades))
        else:
            shape.notes.append(f"{tables[number].full_name}: a reference ({', '.join(names)}) to a table that was not read")
    for number, text, kind, names in connection.execute(_CHECKS, (numbers,)).fetchall():
        if kind == "x":
            shape.notes.append(f"{tables[number].full_name}: {text}")
        else:
            tables[number].checks.append(CheckShape(text, tuple(names)))
    for table in tables.values():
        table.checks = [
            check
            for check in checks.apply(table)
            if checks.two(check) is not None
            or checks.is_of_one_row(table, check)
            or not (met(table, check, checks.applied) or _kept(connection, table, check))
        ]
    return shape


_MOST_TRIED = 512

_SAMPLES = {
    "boolean": ["true", "false"], "smallint": ["1"], "integer": ["1"], "bigint": ["1"], "numeric": ["1"], "real": ["1"],
    "double precision": ["1"], "text": ["a"], "character varying": ["a"], "character": ["a"], "citext": ["a"], "date": ["2024-01-01"],
    "timestamp without time zone": ["2024-01-01"], "timestamp with time zone": ["2024-01-01"], "json": ["{}"], "jsonb": ["{}"],
    "uuid": ["00000000-0000-4000-8000-000000000000"],
}  # fmt: skip


_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_OTHERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_NUMBERS, ("2", "5", "100")),
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), ("2023-06-01", "2025-06-01")),
    **dict.fromkeys(("text", "character varying", "citext"), ("bb",)),
}
"""Values that a column may have as well as its sample: a check that one of them breaks is not only about what is there and what is missing."""


def _kept(connection: psycopg.Connection[Any], table: TableShape, check: CheckShape) -> bool:
    """Whether it was found, by asking the server, which columns of a check must be there and which must be missing for it to be kept; noted in the
    columns."""
    columns = [table.column(name) for name in check.columns]
    choices: list[list[str | None]] = []
    for column in columns:
        words: Sequence[str] = column.words or _SAMPLES.get(column.type, [])
        samples: list[str | None] = [*words[:4]]
        choices.append([*samples, *([None] if column.nullable else [])])
    if not all(choices) or math.prod(map(len, choices)) > _MOST_TRIED:
        return False
    condition = check.text.removeprefix("CHECK").removesuffix("NOT VALID").strip()
    listed = ", ".join(f"%s::{column.shown} AS {quoted(column.name)}" for column in columns)
    query = f"SELECT {condition} FROM (SELECT {listed}) AS row".encode()
    for values in itertools.product(*choices):
        try:
            holds = all(
                row is not None and row[0] is not False
                for row in (connection.execute(query, others).fetchone() for others in _varied(columns, values, condition))
            )
        except Exception:  # what the server does not understand is left as it is
            return False
        if holds:
            for column, value in zip(columns, values, strict=True):
                if value is None:
                    column.is_left_empty = True
                else:
                    column.nullable = False
                    if column.words is not None:
                        column.words = [value]
                    elif column.type == "boolean":
                        column.low = column.high = float(value == "true")
            return True
    return False


def _varied(columns: Sequence[ColumnShape], values: Sequence[str | None], condition: str) -> Iterator[list[str | None]]:
    """Some values for the columns of a check, and then others in place of each that is not one of a few words: also those that it names."""
    yield [*values]
    named = tuple(dict.fromkeys(re.findall(r"(?:(?<![<>])=|<>|\[|,)\s*\(?'?(\d+)\b", condition)))
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        if value is not None and column.words is None:
            others = _OTHERS.get(column.type, ()) + named * (column.type in _NUMBERS)
            yield from ([*values[:place], other, *values[place + 1 :]] for other in others)


def _read_partitions(connection: psycopg.Connection[Any], tables: dict[int, TableShape], notes: list[str]) -> None:
    """What a partitioned table can hold at all: the values of its partitions, of those divided by a list; the first day or number, by ranges."""
    rows = connection.execute(
        """SELECT partrelid::bigint, partstrat::text, partdefid <> 0,
            (SELECT attname::text FROM pg_attribute WHERE attrelid = partrelid AND attnum = partattrs[0]),
            ARRAY(SELECT pg_get_expr(relpartbound, pg_class.oid) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
                WHERE inhparent = partrelid ORDER BY 1)
        FROM pg_partitioned_table WHERE partrelid = ANY(%s)""",
        (list(tables),),
    ).fetchall()
    for number, strategy, has_default, name, bounds in rows:
        table = tables[number]
        if strategy == "h" or has_default or name is None:
            continue
        column = table.column(name)
        if not bounds:
            notes.append(f"{table.full_name} has no partitions, and so holds no rows")
            del tables[number]
        elif strategy == "l":
            _limit_to(column, [word for bound in bounds for word in re.findall(r"'((?:[^']|'')*)'|(?<=[( ])(-?\d+)(?=[,)])", bound)])
        else:
            _limit_to(column, re.findall(r"FROM \('?([^')]*)'?\)", bounds[0])[:1])


def _limit_to(column: ColumnShape, found: list[Any]) -> None:
    words = list(dict.fromkeys("".join(word) if isinstance(word, tuple) else word for word in found))
    if column.type in ("smallint", "integer", "bigint", "numeric") and words:
        column.low = column.high = float(words[0])
    elif words:
        column.words = words
    column.nullable = False


def _read_composites(connection: psycopg.Connection[Any], tables: Mapping[int, TableShape]) -> None:
    """The fields of the columns that are of composite types, which the catalogue has like the columns of a table."""
    columns = connection.execute(_COMPOSITES, (list(tables),)).fetchall()
    if not columns:
        return
    composites = {composite: TableShape("") for _, _, composite in columns}
    _read_columns(connection, composites)
    _read_composites(connection, composites)
    for number, name, composite in columns:
        tables[number].column(name).fields = structs.possible(composites[composite].columns)


def _read_columns(connection: psycopg.Connection[Any], tables: Mapping[int, TableShape]) -> None:
    for row in connection.execute(_COLUMNS, {"tables": list(tables)}).fetchall():
        number, name, type, shown, required, default, generated, length, precision, scale, words, is_array, domain_checks, comment = row
        column = ColumnShape(
            name,
            type,
            shown,
            not required,
            default,
            generated,
            length,
            precision,
            scale,
            list(words) if words else None,
            is_array=is_array,
            comment=comment,
        )
        column.labels = column.words
        tables[number].columns.append(column)
        for text in domain_checks:
            tables[number].checks.append(CheckShape(text.replace("VALUE", f'"{name}"'), (name,)))


def other_schemas(connection: psycopg.Connection[Any]) -> list[str]:
    """The schemas of a database that have tables of the user's."""
    rows = connection.execute(
        """SELECT DISTINCT nspname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'colgen_fills') ORDER BY 1"""
    ).fetchall()
    return [name for (name,) in rows]
