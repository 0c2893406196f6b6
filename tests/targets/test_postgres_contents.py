"""Whatever is in a schema counts: nothing that colgen did not make, or that somebody has changed since, is replaced, added to or removed."""

from __future__ import annotations

from typing import Any

import pytest

from colgen.errors import TargetError
from colgen.targets.destination import MANIFEST
from colgen.targets.postgres.schema import Schema, hold, schemas_with_builds
from tests.support import colgen, first_of, refused
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")

TABLES = ["customers", "customer_types"]


def clean_up(server: str, schema: str) -> list[str]:
    with hold(server, schema) as held:
        return held.drop()


def exists(database: Any, schema: str) -> bool:
    return database.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() == (1,)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ("FUNCTION {}.total(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'", r"function total\(integer\)"),
        ("TYPE {}.mood AS ENUM ('good')", "type mood"),
        ("DOMAIN {}.price AS numeric", "type price"),
        ("COLLATION {}.german (LOCALE = 'C')", "collation german"),
        ("TEXT SEARCH CONFIGURATION {}.words (COPY = pg_catalog.simple)", "text search configuration words"),
        ("OPERATOR {}.=== (FUNCTION = pg_catalog.int4eq, LEFTARG = int, RIGHTARG = int)", "operator ==="),
        ("SEQUENCE {}.numbers", "numbers"),
        ("VIEW {}.visible AS SELECT 1 AS one", "visible"),
        ("TABLE {}.mine (id int) PARTITION BY RANGE (id)", "mine"),
    ],
)
def test_every_kind_of_object_is_in_the_way(server: str, database: Any, schema: str, made: str, shown: str) -> None:
    build(server, schema, tables=TABLES)
    database.execute(f"CREATE {made.format(schema)}")
    with refused("did not make", shown, error=TargetError):
        build(server, schema, tables=TABLES, overwrite=True)
    clean_up(server, schema)
    assert exists(database, schema), "what is the user's is still in it"


@pytest.mark.parametrize(
    ("change", "words"),
    first_of(
        [
            ("ALTER TABLE {}.customers ADD COLUMN note text DEFAULT 'mine'", "customers: column note was added"),
            ("ALTER TABLE {}.customers DROP COLUMN phone", "customers: column phone was removed"),
            ("ALTER TABLE {}.customers ALTER name TYPE varchar(90)", "customers: column name was changed"),
            ("ALTER TABLE {}.customers ADD CHECK (id > 0)", "customers: constraint customers_id_check was added"),
            ("CREATE INDEX mine ON {}.customers (name)", "customers: index mine was added"),
            ("CREATE STATISTICS {}.mine ON name, email FROM {}.customers", "customers: statistics mine was added"),
            ("CREATE SEQUENCE {}.mine OWNED BY {}.customers.id", "customers: sequence mine was added"),
            ("ALTER TABLE {}.customers ENABLE ROW LEVEL SECURITY", "customers: its row-level security was changed"),
            ("CREATE POLICY mine ON {}.customers USING (true)", "customers: policy mine was added"),
            ("CREATE RULE mine AS ON DELETE TO {}.customers DO INSTEAD NOTHING", "customers: rule mine was added"),
            ("ALTER TABLE {}.colgen_manifest ADD UNIQUE (created_schema)", "colgen_manifest: constraint"),
            (
                "CREATE TRIGGER mine BEFORE UPDATE ON {}.customers FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
                "customers: trigger mine was added",
            ),
            ("COMMENT ON INDEX {}.customers_pkey IS 'mine'", "customers: index customers_pkey was changed"),
            ("ALTER SEQUENCE {}.customers_id_seq INCREMENT BY 10", "customers: sequence customers_id_seq was changed"),
            ("ALTER TABLE {}.customers REPLICA IDENTITY FULL", "customers: its replica identity was changed"),
            ("ALTER TABLE {}.customers SET (fillfactor = 50)", "customers: its storage was changed"),
            ("ALTER TABLE {}.customers ALTER name SET DEFAULT 'x'", "customers: column name was changed"),
            ("ALTER TABLE {}.customers ALTER name SET STATISTICS 500", "customers: column name was changed"),
        ],
        quick=10,
    ),
)
def test_a_table_that_was_changed_is_the_users(server: str, database: Any, schema: str, change: str, words: str) -> None:
    build(server, schema, tables=TABLES)
    database.execute(change.replace("{}", schema))
    before = tables(database, schema)
    for option in ({}, {"overwrite": True}, {"append": True}):
        with refused(words, error=TargetError):
            build(server, schema, tables=TABLES, **option)
    with refused(words, error=TargetError):
        clean_up(server, schema)
    assert tables(database, schema) == before


@pytest.mark.parametrize(
    "made",
    first_of(
        [
            "TABLE {}.colgen_manifest (id int)",
            "TABLE {}.colgen_manifest AS SELECT NULL::json AS manifest, NULL::json AS tables, NULL::bigint AS created_schema",
            "TABLE {}.colgen_manifest AS SELECT '1e999999'::json AS manifest, "
            "(repeat('[', 3000) || repeat(']', 3000))::json AS tables, 1::bigint AS created_schema",
            "VIEW {}.colgen_manifest AS SELECT '{{}}'::json AS manifest, '{{}}'::json AS tables, 1 / 0::bigint AS created_schema",
            "TYPE {}.colgen_manifest AS (id int)",
            "TABLE {}.colgen_manifest (manifest json, tables json, created_schema bigint)",
            "TABLE {}.colgen_manifest (manifest jsonb, tables jsonb)",
            "TABLE {}.colgen_manifest (manifest json, tables json, created_schema bigint) PARTITION BY RANGE (created_schema)",
            "TABLE {}.colgen_manifest AS SELECT '{{}}'::json AS manifest, '[1]'::json AS tables, 1::bigint AS created_schema",
        ],
        quick=5,
    ),
)
def test_what_is_only_called_like_colgens_record_is_the_users(server: str, database: Any, schema: str, made: str) -> None:
    database.execute(f'CREATE SCHEMA "{schema}"; CREATE {made.format(schema)}')
    for option in ({}, {"overwrite": True}, {"append": True}):
        with refused("did not make", MANIFEST, error=TargetError):
            build(server, schema, tables=TABLES, **option)
    assert clean_up(server, schema) == []
    assert colgen("cleanup", server).returncode in (0, 2)


def test_a_copy_of_a_record_says_nothing_of_other_tables(server: str, database: Any, schema: str) -> None:
    other = f"{schema}_other"
    build(server, schema, tables=TABLES)
    try:
        database.execute(f"CREATE SCHEMA {other}; CREATE TABLE {other}.colgen_manifest AS SELECT * FROM {schema}.colgen_manifest")
        database.execute(f"CREATE TABLE {other}.customers AS SELECT * FROM {schema}.customers")
        assert clean_up(server, other) == []
        assert tables(database, other)["customers"] == 25
    finally:
        database.execute(f"DROP SCHEMA {other} CASCADE")


def test_a_record_is_not_believed_of_what_its_owner_could_not_have_made(server: str, database: Any, schema: str) -> None:
    build(server, schema, tables=TABLES)
    database.execute(f"DROP ROLE IF EXISTS stranger; CREATE ROLE stranger; ALTER TABLE {schema}.colgen_manifest OWNER TO stranger")
    try:
        with refused("customers: its owner is another", error=TargetError):
            clean_up(server, schema)
    finally:
        database.execute("DROP OWNED BY stranger; DROP ROLE stranger")


def test_a_record_of_a_build_that_another_version_made_can_be_replaced(server: str, database: Any, schema: str) -> None:
    build(server, schema, tables=TABLES)
    database.execute(f"""UPDATE {schema}.colgen_manifest SET manifest = '{{"later": 1}}'""")
    with refused("another version", "--overwrite", error=TargetError):
        build(server, schema, tables=TABLES, append=True)
    build(server, schema, tables=TABLES, overwrite=True)
    assert clean_up(server, schema) == sorted([*TABLES, MANIFEST])


class TestASchemaIsDropped:
    def test_if_colgen_created_it(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        build(server, schema, tables=TABLES, overwrite=True)
        clean_up(server, schema)
        assert not exists(database, schema)

    def test_not_if_it_was_there_before(self, server: str, database: Any, schema: str) -> None:
        database.execute(f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
        (granted,) = database.execute("SELECT nspacl::text FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
        build(server, schema, tables=TABLES)
        build(server, schema, tables=TABLES, overwrite=True)
        clean_up(server, schema)
        assert database.execute("SELECT nspacl::text FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() == (granted,)

    def test_not_if_it_was_made_again_by_somebody_else(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_old; CREATE SCHEMA {schema}")
        try:
            assert clean_up(server, schema) == []
            assert exists(database, schema)
        finally:
            database.execute(f"DROP SCHEMA {schema}_old CASCADE")

    def test_not_if_default_privileges_are_declared_in_it(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO PUBLIC")
        clean_up(server, schema)
        assert exists(database, schema)
        assert tables(database, schema) == {}


def test_builds_are_listed_where_one_may_look(server: str, database: Any, schema: str) -> None:
    build(server, schema, tables=TABLES)
    assert schema in schemas_with_builds(server)
    hidden = server.replace("postgres:@", "onlooker@")
    if hidden == server:
        pytest.skip("the server given wants a password for a new user")
    database.execute("DROP ROLE IF EXISTS onlooker; CREATE ROLE onlooker LOGIN")
    assert schema not in schemas_with_builds(hidden)
    assert colgen("cleanup", hidden).returncode == 2


def test_names_that_postgresql_would_cut_off_are_refused(server: str) -> None:
    for name in ("x" * 64, "Ä" * 32, "", "a\0b", "\udc80"):
        with refused("1 to 63 bytes", error=TargetError):
            Schema(server, name)


def test_nothing_is_cleaned_up_while_a_build_is_made(server: str, database: Any, schema: str) -> None:
    build(server, schema, tables=TABLES)
    with hold(server, schema):
        done = colgen("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA")
    assert done.returncode == 3
    assert "under way" in done.stderr
    assert "customers" in tables(database, schema)
