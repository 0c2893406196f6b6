"""What is in a schema: everything that would be lost or in the way, and how its tables are defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

_OBJECTS = """
    SELECT coalesce(relation.relname::text, about.type || ' ' || replace(about.identity, quote_ident(nspname) || '.', '')), entry.objid::bigint
    FROM pg_namespace AS schema
    JOIN pg_depend AS entry ON entry.refclassid = 'pg_namespace'::regclass AND entry.refobjid = schema.oid
    LEFT JOIN pg_class AS relation ON entry.classid = 'pg_class'::regclass AND relation.oid = entry.objid
    CROSS JOIN LATERAL pg_identify_object(entry.classid, entry.objid, entry.objsubid) AS about
    WHERE nspname = %s AND entry.classid NOT IN ('pg_default_acl'::regclass, coalesce(to_regclass('pg_publication_namespace'), '-'))
    AND NOT EXISTS (
        SELECT FROM pg_depend AS of_table JOIN pg_class AS owner ON owner.oid = of_table.refobjid
        WHERE (relation.relkind = 'S' OR entry.classid = 'pg_statistic_ext'::regclass)
        AND of_table.classid = entry.classid AND of_table.objid = entry.objid
        AND of_table.refclassid = 'pg_class'::regclass AND of_table.deptype IN ('a', 'i') AND owner.relnamespace = schema.oid)
    ORDER BY 1
"""
"""Whatever PostgreSQL itself would drop with the schema, but for default privileges, publications, and the sequences and statistics of its
tables, which are part of their definitions."""

_DEFINITIONS = """
    WITH tables AS (
        SELECT pg_class.*, quote_ident(nspname) || '.' AS schema
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = ANY(%s)
    )
    SELECT oid::bigint, replace(fact, schema, ''), coalesce(replace(definition, schema, ''), '') FROM (
        SELECT oid, schema, 'its kind' AS fact,
            concat_ws(' ', relkind, relpersistence, relispartition, reloftype, relam, reltablespace) AS definition FROM tables
        UNION ALL SELECT tables.oid, schema, 'its storage', concat_ws(' ', tables.reloptions, toast.reloptions)
            FROM tables LEFT JOIN pg_class AS toast ON toast.oid = tables.reltoastrelid
        UNION ALL SELECT oid, schema, 'its row-level security', concat_ws(' ', relrowsecurity, relforcerowsecurity) FROM tables
        UNION ALL SELECT oid, schema, 'its replica identity', relreplident::text FROM tables
        UNION ALL SELECT tables.oid, schema, 'column ' || attname, concat_ws(
                ' ', attnum, format_type(atttypid, atttypmod), 'not null ' || attnotnull, 'default ' || pg_get_expr(adbin, adrelid),
                'identity ' || attidentity::text, 'generated ' || attgenerated::text, attcollation, attstorage, attcompression, nullif(attstattarget, -1), attoptions, attislocal, attinhcount)
            FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        UNION ALL SELECT tables.oid, schema, 'index ' || index.relname, concat_ws(
                ' ', pg_get_indexdef(indexrelid), indisclustered, indisreplident, index.reltablespace, obj_description(indexrelid, 'pg_class'))
            FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class AS index ON index.oid = indexrelid
        UNION ALL SELECT tables.oid, schema, 'constraint ' || conname, concat_ws(
                ' ', pg_get_constraintdef(pg_constraint.oid), obj_description(pg_constraint.oid, 'pg_constraint'))
            FROM tables JOIN pg_constraint ON conrelid = tables.oid AND contype <> 'n'
        UNION ALL SELECT tables.oid, schema, 'trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid) || tgenabled::text
            FROM tables JOIN pg_trigger ON tgrelid = tables.oid AND NOT tgisinternal
        UNION ALL SELECT tables.oid, schema, 'policy ' || polname, concat_ws(
                ' ', polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
            FROM tables JOIN pg_policy ON polrelid = tables.oid
        UNION ALL SELECT tables.oid, schema, 'rule ' || rulename, pg_get_ruledef(pg_rewrite.oid) || ev_enabled::text
            FROM tables JOIN pg_rewrite ON ev_class = tables.oid
        UNION ALL SELECT tables.oid, schema, 'statistics ' || stxname, pg_get_statisticsobjdef(pg_statistic_ext.oid)
            FROM tables JOIN pg_statistic_ext ON stxrelid = tables.oid
        UNION ALL SELECT tables.oid, schema, 'child table ' || inhrelid::regclass, '' FROM tables JOIN pg_inherits ON inhparent = tables.oid
        UNION ALL SELECT tables.oid, schema, 'parent table ' || inhparent::regclass, '' FROM tables JOIN pg_inherits ON inhrelid = tables.oid
        UNION ALL SELECT tables.oid, schema, 'sequence ' || sequence.oid::regclass, concat_ws(
                ' ', refobjsubid, deptype, seqtypid, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
                sequence.relpersistence, obj_description(sequence.oid, 'pg_class'))
            FROM tables JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = tables.oid AND deptype IN ('a', 'i')
            JOIN pg_class AS sequence ON classid = 'pg_class'::regclass AND sequence.oid = objid
            JOIN pg_sequence ON seqrelid = sequence.oid
        UNION ALL SELECT tables.oid, schema, 'subscription ' || srsubid, '' FROM tables JOIN pg_subscription_rel ON srrelid = tables.oid
        UNION ALL SELECT tables.oid, schema, 'security label ' || provider, label
            FROM tables JOIN pg_seclabel ON classoid = 'pg_class'::regclass AND objoid = tables.oid
    ) AS facts
"""
"""All that is said of a table other than its rows, its owner, its grants, its comments and its publications: those survive a replacement."""


_ENUMERATIONS = """
    SELECT pg_type.oid::bigint, fact, definition FROM pg_type CROSS JOIN LATERAL (VALUES
        ('its words', (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid)),
        ('its grants', coalesce(typacl::text, '')), ('its comment', coalesce(obj_description(pg_type.oid, 'pg_type'), ''))) AS facts (fact, definition)
    WHERE typtype = 'e' AND pg_type.oid = ANY(%s)
"""


def enumerations(connection: psycopg.Connection[Any], numbers: Iterable[int]) -> dict[int, str]:
    """Those of some objects that are enumerations, by their numbers: their names."""
    rows = connection.execute(
        "SELECT oid::bigint, typname::text FROM pg_type WHERE typtype = 'e' AND oid = ANY(%s)", (list(numbers),)
    ).fetchall()
    return dict(rows)


def objects(connection: psycopg.Connection[Any], schema: str) -> dict[str, int]:
    """Everything in a schema that does not belong to one of its tables, by name: tables under theirs, `function total(integer)`; its number."""
    return dict(connection.execute(_OBJECTS, (schema,)).fetchall())


def definitions(connection: psycopg.Connection[Any], tables: Iterable[int]) -> dict[int, dict[str, str]]:
    """How tables are defined, by their numbers: columns, indexes, constraints, triggers and the like, by a name that can be shown; of an enumeration,
    its words."""
    numbers = list(tables)
    defined: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for query in (_DEFINITIONS, _ENUMERATIONS):
        for number, fact, definition in connection.execute(query, (numbers,)).fetchall():
            defined[number][fact] = definition
    return defined


def comments(connection: psycopg.Connection[Any], tables: Iterable[int]) -> dict[int, dict[str, str]]:
    """The comments of tables and their columns, by their numbers: by column, the table's own under an empty name."""
    numbers = list(tables)
    described: dict[int, dict[str, str]] = {number: {} for number in numbers}
    rows = connection.execute(
        """SELECT objoid::bigint, coalesce(attname::text, ''), description FROM pg_description
        LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
        WHERE classoid = 'pg_class'::regclass AND objoid = ANY(%s)""",
        (numbers,),
    ).fetchall()
    for number, column, text in rows:
        described[number][column] = text
    return described


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What differs between two definitions, in words.

    >>> differences({"column id": "bigint", "index a": ""}, {"column id": "text", "column note": "text"})
    ['column id was changed', 'column note was added', 'index a was removed']
    """
    words = []
    for fact in sorted(before.keys() | after.keys()):
        if fact not in before:
            words.append(f"{fact} was added")
        elif fact not in after:
            words.append(f"{fact} was removed")
        elif before[fact] != after[fact]:
            words.append(f"{fact} was changed")
    return words
