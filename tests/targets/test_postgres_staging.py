"""A build is staged in a schema that carries colgen's mark; nothing without it is ever cleared, and a role without rights is told what it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from colgen.errors import TargetError
from colgen.targets.postgres.schema import hold, staging_name
from tests.support import refused
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")

TABLES = ["customers", "customer_types"]


@pytest.mark.parametrize(
    "theirs", ["TABLE {}.mine (id int)", "FUNCTION {}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "TYPE {}.mine AS ENUM ()"]
)
def test_a_schema_of_the_users_by_that_name_is_left_alone(server: str, database: Any, schema: str, theirs: str) -> None:
    database.execute(f"CREATE SCHEMA {staging_name(schema)}; CREATE {theirs.format(staging_name(schema))}")
    with refused("mine", "--schema", error=TargetError):
        build(server, schema, tables=TABLES)
    with refused("mine", error=TargetError):  # again: nothing was cleared on the way out
        build(server, schema, tables=TABLES)


def test_a_finished_build_by_that_name_is_left_alone(server: str, database: Any, schema: str) -> None:
    build(server, staging_name(schema), tables=TABLES)
    before = tables(database, staging_name(schema))
    with refused("customers", "--schema", error=TargetError):
        build(server, schema, tables=TABLES)
    assert tables(database, staging_name(schema)) == before
    build(server, staging_name(schema), tables=TABLES, overwrite=True)


def test_two_builds_one_of_which_is_staged_where_the_other_goes_are_one_too_many(server: str, schema: str) -> None:
    with hold(server, schema), refused("under way", error=TargetError):
        build(server, staging_name(schema), tables=TABLES)


def test_what_a_user_put_among_the_leftovers_keeps_them_from_being_cleared(server: str, database: Any, schema: str) -> None:
    staging = staging_name(schema)
    leave_behind(server, database, schema)
    database.execute(f"CREATE TABLE {staging}.mine (id int)")
    with refused("mine", error=TargetError):
        build(server, schema, tables=TABLES)
    database.execute(f"DROP TABLE {staging}.mine; CREATE VIEW public.mine AS SELECT * FROM {staging}.customers")
    try:
        with refused("mine", error=TargetError):
            build(server, schema, tables=TABLES)
    finally:
        database.execute("DROP VIEW public.mine")
    build(server, schema, tables=TABLES)
    assert tables(database, staging) == {}


def leave_behind(server: str, database: Any, schema: str) -> None:
    """What a build into a schema that was killed leaves: its staging, marked."""
    staging = staging_name(schema)

    def copy_mark(event: object) -> None:
        sql = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s"
        if row := database.execute(sql, (staging,)).fetchone():
            marks.append(row[0])
            raise InterruptedError

    marks: list[str] = []
    with pytest.raises(InterruptedError):
        build(server, schema, tables=TABLES, progress=copy_mark)
    database.execute(f"CREATE SCHEMA {staging}; CREATE TABLE {staging}.customers (id int); CREATE TABLE {staging}.customer_types (id int)")
    mark = json.loads(marks[0])
    mark["tables"] = {name: database.execute("SELECT %s::regclass::oid::bigint", (f"{staging}.{name}",)).fetchone()[0] for name in TABLES}
    literal = psycopg.sql.Literal(json.dumps(mark)).as_string(database)
    database.execute(f"COMMENT ON SCHEMA {staging} IS {literal}")


def test_the_mark_of_another_schema_is_not_believed(server: str, database: Any, schema: str) -> None:
    leave_behind(server, database, f"{schema}_other")
    database.execute(f"ALTER SCHEMA {staging_name(f'{schema}_other')} RENAME TO {staging_name(schema)}")
    with refused("customers", error=TargetError):
        build(server, schema, tables=TABLES)


class TestARole:
    @pytest.fixture
    def role(self, server: str, database: Any, schema: str) -> Iterator[str]:
        """The URL of a role that may not create schemas."""
        if "postgres:@" not in server:
            pytest.skip("the server given wants a password for a new user")
        database.execute("DROP ROLE IF EXISTS tenant; CREATE ROLE tenant LOGIN")
        yield server.replace("postgres:@", "tenant@")
        database.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE; DROP SCHEMA IF EXISTS "{staging_name(schema)}" CASCADE')
        database.execute("DROP OWNED BY tenant; DROP ROLE tenant")

    def test_is_told_what_it_needs(self, database: Any, schema: str, role: str) -> None:
        with refused("GRANT CREATE ON DATABASE", f'CREATE SCHEMA "{staging_name(schema)}" AUTHORIZATION "tenant"', error=TargetError):
            build(role, schema, tables=TABLES)

    def test_that_owns_its_schema_and_an_empty_one_beside_it_can_build(self, database: Any, schema: str, role: str) -> None:
        staging = staging_name(schema)
        database.execute(f"CREATE SCHEMA {schema} AUTHORIZATION tenant; CREATE SCHEMA {staging} AUTHORIZATION tenant")
        database.execute(f"COMMENT ON SCHEMA {staging} IS 'for tenant'")
        for option in ({}, {"overwrite": True, "check": True}, {"append": True}):
            build(role, schema, tables=TABLES, **option)
            assert tables(database, staging) == {}
            assert database.execute("SELECT obj_description(%s::regnamespace, 'pg_namespace')", (staging,)).fetchone() == ("for tenant",)

    def test_without_rights_in_a_schema_is_told_before_anything_is_made(self, database: Any, schema: str, role: str) -> None:
        database.execute(f"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO tenant")
        with refused("'tenant' has too few rights", "CREATE", error=TargetError):
            build(role, schema, tables=TABLES)

    def test_without_rights_to_locks_is_told_so(self, database: Any, schema: str, role: str) -> None:
        database.execute("REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) FROM PUBLIC")
        try:
            with refused("cannot be written", "pg_try_advisory_lock", error=TargetError):
                build(role, schema, tables=TABLES)
        finally:
            database.execute("GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint) TO PUBLIC")

    def test_cannot_clean_up_what_is_not_its_own(self, server: str, database: Any, schema: str, role: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"GRANT USAGE ON SCHEMA {schema} TO tenant; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO tenant")
        with refused("cannot be written", error=TargetError), hold(role, schema) as held:
            held.drop()
