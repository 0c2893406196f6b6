"""A build that takes another's place keeps what others declared of its tables, and never makes a reader wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from colgen.engines.progress import Event, Noted
from colgen.errors import TargetError
from colgen.targets.postgres.schema import hold, staging_name
from tests.support import first_of, refused
from tests.targets.postgres_schemas import build, tables

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")

TABLES = ["customers", "customer_types"]


@pytest.fixture
def reader(database: Any) -> Iterator[str]:
    """A role of somebody else's."""
    database.execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader")
    yield "reader"
    database.execute("DROP OWNED BY reader; DROP ROLE reader")


def grants(database: Any, relation: str) -> str | None:
    (granted,) = database.execute("SELECT relacl::text FROM pg_class WHERE oid = %s::regclass", (relation,)).fetchone()
    return granted


class TestItKeeps:
    @pytest.mark.parametrize(
        "granted",
        first_of(
            [
                "SELECT, UPDATE ON {}.customers TO reader WITH GRANT OPTION",
                "SELECT ON ALL TABLES IN SCHEMA {} TO reader",
                "SELECT ON {}.customers TO reader",
                "ALL ON {}.customers TO PUBLIC",
            ],
            quick=2,
        ),
    )
    def test_grants_on_tables(self, server: str, database: Any, schema: str, reader: str, granted: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"GRANT {granted.format(schema)}")
        before = grants(database, f"{schema}.customers"), grants(database, f"{schema}.colgen_manifest")
        for seed in (1, 2):
            build(server, schema, tables=TABLES, seed=seed, overwrite=True)
            assert (grants(database, f"{schema}.customers"), grants(database, f"{schema}.colgen_manifest")) == before

    def test_what_was_revoked_from_the_owner(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"REVOKE ALL ON {schema}.customers FROM CURRENT_USER")
        build(server, schema, tables=TABLES, overwrite=True)
        assert grants(database, f"{schema}.customers") == "{}"

    def test_grants_on_columns_and_sequences(self, server: str, database: Any, schema: str, reader: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(
            f"GRANT UPDATE (name) ON {schema}.customers TO reader; GRANT USAGE ON SEQUENCE {schema}.customers_id_seq TO reader"
        )
        build(server, schema, tables=TABLES, overwrite=True)
        assert database.execute("SELECT has_column_privilege('reader', %s, 'name', 'UPDATE')", (f"{schema}.customers",)).fetchone() == (
            True,
        )
        assert "reader=U" in (grants(database, f"{schema}.customers_id_seq") or "")

    def test_default_privileges_which_new_tables_get_as_well(self, server: str, database: Any, schema: str, reader: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO reader")
        database.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO reader")
        build(server, schema, tables=[*TABLES, "product_categories"], overwrite=True)
        for table in (*TABLES, "product_categories"):
            assert "reader=r" in (grants(database, f"{schema}.{table}") or "")
            assert "reader=U" in (grants(database, f"{schema}.{table}_id_seq") or "")

    def test_nothing_where_nothing_was_declared(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        build(server, schema, tables=TABLES, overwrite=True)
        assert grants(database, f"{schema}.customers") is None

    def test_owners(self, server: str, database: Any, schema: str, reader: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"ALTER TABLE {schema}.customers OWNER TO reader; GRANT SELECT ON {schema}.customers TO PUBLIC")
        database.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO reader")
        for seed in (1, 2):
            build(server, schema, tables=TABLES, seed=seed, overwrite=True)
            owned = database.execute("SELECT tablename FROM pg_tables WHERE tableowner = 'reader'").fetchall()
            assert owned == [("customers",)]

    def test_comments_that_are_not_colgens(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"COMMENT ON COLUMN {schema}.customers.name IS 'mine'; COMMENT ON TABLE {schema}.customers IS NULL")
        for seed in (1, 2):
            build(server, schema, tables=TABLES, seed=seed, overwrite=True)
            sql = "SELECT obj_description(oid), col_description(oid, 2), col_description(oid, 3) FROM pg_class WHERE oid = %s::regclass"
            table, name, email = database.execute(sql, (f"{schema}.customers",)).fetchone()
            assert (table, name) == (None, "mine")
            assert email, "colgen's own"

    def test_publications_with_their_columns_and_rows(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, tables=TABLES)
        database.execute(f"CREATE PUBLICATION feed FOR TABLE {schema}.customers (id, name) WHERE (id > 5), {schema}.customer_types")
        listed = "SELECT tablename, attnames, rowfilter FROM pg_publication_tables WHERE pubname = 'feed' ORDER BY tablename"
        try:
            before = database.execute(listed).fetchall()
            build(server, schema, tables=TABLES, overwrite=True)
            assert database.execute(listed).fetchall() == before
            assert len(before) == 2
        finally:
            database.execute("DROP PUBLICATION feed")

    def test_the_old_build_where_something_does_not_fit_the_new_one(self, server: str, database: Any, schema: str) -> None:
        build(server, schema, "erp", tables=["products"], last_day="2024-01-05")
        before = tables(database, schema)
        database.execute(f"COMMENT ON COLUMN {schema}.products.name_arabic IS 'mine'")
        with refused("was not replaced", "'products'", "name_arabic", error=TargetError):
            build(server, schema, tables=["products"], overwrite=True)
        assert tables(database, schema) == before
        assert tables(database, staging_name(schema)) == {}


class TestWhereATableIsInUse:
    @contextmanager
    def reading(self, server: str, schema: str) -> Iterator[Any]:
        """A session that has read a table, and sits idle in its transaction."""
        with psycopg.connect(server, application_name="dashboard") as session:
            session.execute(f"SELECT count(*) FROM {schema}.customers").fetchone()
            yield session

    def test_it_is_told_who_uses_it_and_given_up_in_time(
        self, server: str, database: Any, schema: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("colgen.targets.postgres.locks.GIVE_UP", 0.5)
        monkeypatch.setattr("colgen.targets.postgres.locks.PAUSE", 0.2)
        build(server, schema, tables=TABLES)
        before, events = tables(database, schema), list[Event]()
        with self.reading(server, schema) as session:
            holder = f"process {session.info.backend_pid} .*application dashboard, idle in transaction, since"
            with refused(holder, error=TargetError):
                build(server, schema, tables=TABLES, overwrite=True, progress=events.append)
            with refused(holder, error=TargetError), hold(server, schema) as held:
                held.drop()
            build(server, schema, tables=TABLES, append=True)  # adds to what is read without a wait
        assert tables(database, schema) == before
        assert tables(database, staging_name(schema)) == {}
        notes = [event.note for event in events if isinstance(event, Noted)]
        assert len(notes) == 1
        assert "application dashboard" in notes[0]

    def test_it_waits_for_one_reader_and_the_others_do_not(
        self, server: str, database: Any, schema: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("colgen.targets.postgres.locks.PAUSE", 0.3)
        build(server, schema, tables=TABLES)
        with self.reading(server, schema) as session:
            building = threading.Thread(target=lambda: build(server, schema, tables=["customer_types"], overwrite=True))
            building.start()
            database.execute("SET lock_timeout = '5s'")
            until = time.monotonic() + 1.2
            while time.monotonic() < until:
                database.execute(f"SELECT count(*) FROM {schema}.customers")
            database.execute("RESET lock_timeout")
            session.rollback()
            building.join()
        assert "customers" not in tables(database, schema)

    def test_an_append_waits_for_writers(self, server: str, database: Any, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.targets.postgres.locks.GIVE_UP", 0.0)
        build(server, schema, tables=TABLES)
        with self.reading(server, schema) as session:
            session.execute(f"UPDATE {schema}.customers SET name = 'x'")
            with refused("application dashboard", error=TargetError):
                build(server, schema, tables=TABLES, append=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("CREATE FUNCTION {}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "meanwhile"),
        ("ALTER TABLE {}.customers ADD COLUMN note text", "column note was added"),
        ("DROP TABLE {}.customers", "meanwhile"),
    ],
)
def test_what_happens_while_a_build_is_made_is_noticed(
    server: str, database: Any, schema: str, change: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from colgen.targets.postgres.target import PostgresTarget

    build(server, schema, tables=TABLES)
    load = PostgresTarget.load

    def changed(*arguments: Any) -> None:
        load(*arguments)
        database.execute(change.format(schema))

    monkeypatch.setattr(PostgresTarget, "load", changed)
    with refused(words, error=TargetError):
        build(server, schema, tables=TABLES, overwrite=True)
    assert tables(database, schema)["customer_types"] == 4


def test_a_schema_that_appears_while_a_build_is_made_is_left_alone(
    server: str, database: Any, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from colgen.targets.postgres.target import PostgresTarget

    load = PostgresTarget.load

    def changed(*arguments: Any) -> None:
        load(*arguments)
        database.execute(f"CREATE SCHEMA {schema}")

    monkeypatch.setattr(PostgresTarget, "load", changed)
    with refused("meanwhile", error=TargetError):
        build(server, schema, tables=TABLES)
    assert tables(database, schema) == {}
