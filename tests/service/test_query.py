"""Read-only SQL over a build: what it gives, and every way out that it must refuse."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from colgen.errors import ColgenError, RequestError
from colgen.service.query import MOST_CHARACTERS, MOST_ROWS, QueryTooLarge, query, query_apart
from colgen.service.workspace import Workspace
from tests.support import colgen, thorough


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two builds in files and a DuckDB file with two builds, side by side."""
    root = tmp_path_factory.mktemp("root")
    for out in ("shop", "secret"):
        assert colgen("build", "invoicing", "--volume", "small", "--out", root / out).returncode == 0
    for schema in ("shop", "secret"):
        assert colgen("build", "invoicing", "--volume", "small", "--out", root / "both.duckdb", "--schema", schema).returncode == 0
    return Workspace(root)


def contents(root: Path) -> dict[str, int]:
    """Every file below a folder, with the time of its last change."""
    return {str(file): file.stat().st_mtime_ns for file in sorted(root.rglob("*")) if file.is_file()}


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) FROM customers", [[25]]),
        ("WITH big AS (SELECT * FROM customers WHERE id < 3) SELECT count(*), 1 AS a, 2 AS a FROM big -- two", [[2, 1, 2]]),
        ("SELECT c.id FROM customers c JOIN invoices i ON i.customer_id = c.id WHERE c.id < 0;", []),
        ("VALUES (1, NULL, 1.5::DECIMAL(9, 2), DATE '2024-01-31')", [[1, None, 1.5, "2024-01-31"]]),
        ("SELECT sum(range) FROM range(4)", [[6]]),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT max(i) FROM n", [[3]]),
        ("SELECT ';', 'COPY customers TO ''x'''", [[";", "COPY customers TO 'x'"]]),
    ],
)
@pytest.mark.parametrize(("build", "schema"), [("shop", None), ("both.duckdb", "shop")])
def test_a_select_gives_rows(workspace: Workspace, build: str, schema: str | None, sql: str, rows: list[object]) -> None:
    assert query(workspace, build, sql, schema)["rows"] == rows


@pytest.mark.parametrize(
    "sql", ["DESCRIBE customers", "SUMMARIZE invoices", "SHOW TABLES", "DESCRIBE SELECT 1", "SHOW customers", "FROM products"]
)
def test_a_build_can_be_explored(workspace: Workspace, sql: str) -> None:
    assert query(workspace, "shop", sql)["rows"]


@pytest.mark.parametrize("format", ["csv", "csv.gz", "jsonl", "arrow"])
def test_every_format_can_be_queried(tmp_path: Path, format: str) -> None:
    colgen("build", "invoicing", "--volume", "small", "--format", format, "--out", tmp_path / "shop")
    assert query(Workspace(tmp_path), "shop", "SELECT count(*) FROM invoices")["rows"] == [[75]]


def test_at_most_so_many_rows_are_given(workspace: Workspace) -> None:
    result = query(workspace, "shop", "SELECT * FROM range(1000000000000)")
    assert (len(result["rows"]), result["truncated"]) == (MOST_ROWS, True)


def test_at_most_so_many_characters_are_given(workspace: Workspace) -> None:
    result = query(workspace, "shop", f"SELECT repeat('x', {MOST_CHARACTERS // 4}) FROM range(10)")
    assert (len(result["rows"]), result["truncated"]) == (3, True)


def test_a_row_that_is_too_long_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="longer than"):
        query(workspace, "shop", f"SELECT repeat('x', {MOST_CHARACTERS})")


FILES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_duckdb('{root}/both.duckdb', table_name := 'customers')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM '{root}/secret/customers/*.parquet'",
    "SELECT * FROM read_parquet('{root}/secret/customers/*.parquet')",
    "SELECT * FROM parquet_metadata('{root}/shop/customers/part-00000-0a1b2c3d.parquet')",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "WITH stolen AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM stolen",
    "SELECT * FROM customers WHERE EXISTS (FROM read_text('/etc/passwd'))",
    "SELECT * FROM customers ORDER BY (SELECT content FROM read_text('/etc/passwd'))",
    "DESCRIBE SELECT * FROM read_csv('/etc/passwd')",
    "SUMMARIZE '/etc/passwd'",
    "SHOW '/etc/passwd'",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM query_table('/etc/passwd')",
    "SELECT json_serialize_plan('SELECT * FROM read_csv(''/etc/passwd'')')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''/etc/passwd'')'))",
    "SELECT * FROM read_csv('https://example.com/a.csv')",
    "SELECT * FROM 'https://example.com/a.parquet'",
]
STATEMENTS = [
    "COPY customers TO '{root}/stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "COPY customers FROM '/etc/passwd'",
    "EXPORT DATABASE '{root}/stolen'",
    "IMPORT DATABASE '{root}/shop'",
    "ATTACH '{root}/both.duckdb' AS other",
    "ATTACH ':memory:' AS other",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "PRAGMA table_info('customers')",
    "CALL pragma_version()",
    "CALL enable_logging()",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "SET VARIABLE a = 1",
    "CREATE TABLE stolen AS SELECT 1",
    "CREATE VIEW stolen AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "CREATE MACRO f(a) AS a",
    "DROP VIEW customers",
    "INSERT INTO customers SELECT * FROM customers",
    "UPDATE customers SET id = 1",
    "DELETE FROM customers",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY customers TO '{root}/stolen.csv'",
    "SELECT 1 /* ; */; -- \nDROP VIEW customers",
    "",
    "-- nothing",
    "this is not SQL",
    "SELECT ?",
    "WITH a AS (INSERT INTO customers SELECT * FROM customers RETURNING id) SELECT * FROM a",
    "WITH a AS (DELETE FROM customers RETURNING id) SELECT * FROM a",
    "WITH a AS (UPDATE customers SET id = 1 RETURNING id) SELECT * FROM a",
]
SETTINGS = [
    "SELECT getenv('HOME')",
    "SELECT current_setting('home_directory')",
    "SELECT system.main.current_setting('secret_directory')",
    "SELECT getvariable('end_day')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM which_secret('s3://a', 's3')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_settings",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM sqlite_master",
    "WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT * FROM duckdb_settings",
    "SELECT * FROM (WITH duckdb_databases AS (SELECT 1) SELECT 1), duckdb_databases",
    "SHOW DATABASES",
    "SHOW ALL TABLES",
    "DESCRIBE",
    "SELECT * FROM enable_logging()",
    "SELECT * FROM checkpoint()",
    "SELECT write_log('a')",
    "SELECT sleep_ms(100000)",
    "SELECT * FROM test_all_types()",
    "SELECT * FROM pragma_table_info('customers')",
    "SELECT * FROM workspace",
    "SELECT * FROM finished",
]


@pytest.mark.parametrize("sql", [*FILES, *STATEMENTS, *SETTINGS])
def test_anything_but_reading_the_build_is_refused(workspace: Workspace, sql: str) -> None:
    before = contents(workspace.root)
    with pytest.raises(RequestError) as refusal:
        query(workspace, "shop", sql.replace("{root}", str(workspace.root)))
    assert str(refusal.value)
    assert "root:" not in str(refusal.value)
    assert contents(workspace.root) == before


@pytest.mark.parametrize(
    "name", ['"build in {root}/both.duckdb".secret.customers', "secret.customers", "main.customers", '"both".shop.customers']
)
def test_other_schemas_of_a_file_are_not_seen(workspace: Workspace, name: str) -> None:
    with pytest.raises(RequestError, match="the build has no table"):
        query(workspace, "both.duckdb", f"SELECT * FROM {name.replace('{root}', str(workspace.root))}", "shop")


@pytest.mark.parametrize("build", ["../shop", "/etc", "shop/../secret", "", "sho*p", "database:staging"])
def test_a_build_is_a_name(workspace: Workspace, build: str) -> None:
    with pytest.raises(RequestError):
        query(workspace, build, "SELECT 1")


def test_the_connection_alone_reads_no_other_file(workspace: Workspace) -> None:
    from colgen.service.query import _connection
    from colgen.targets.finished import read_build

    connection = _connection(read_build(workspace.root / "shop"))
    others = [f"{workspace.root}/secret/customers/*.parquet", f"{workspace.root}/shop/*.json", "/etc/passwd", "/proc/self/environ"]
    for statement in [*(f"SELECT * FROM read_text('{file}')" for file in others), f"COPY (SELECT 1) TO '{workspace.root}/stolen.csv'"]:
        with pytest.raises(duckdb.PermissionException):
            connection.execute(statement).fetchall()
    for statement in ["SET enable_external_access = true", "SET memory_limit = '9GB'", "INSTALL httpfs", "LOAD httpfs"]:
        with pytest.raises((duckdb.InvalidInputException, duckdb.PermissionException)):
            connection.execute(statement)


def test_a_query_that_takes_too_long_is_ended(workspace: Workspace) -> None:
    with pytest.raises(QueryTooLarge, match="seconds"):
        query(workspace, "shop", "SELECT count(*) FROM range(10000000) a, range(10000000) b", seconds=0.3)


@thorough
def test_a_query_that_plans_too_much_memory_is_ended(workspace: Workspace) -> None:
    with pytest.raises(QueryTooLarge, match="memory"):
        query(workspace, "shop", "SELECT list(range) FROM range(1000000000)")


@thorough
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is limited only where a process can tell what it has")
def test_memory_that_duckdb_does_not_count_is_limited(workspace: Workspace) -> None:
    with pytest.raises(ColgenError, match="memory"):
        asyncio.run(query_apart(workspace, "shop", "SELECT length(repeat('x', 3000000000))"))


def test_a_process_gives_the_same(workspace: Workspace) -> None:
    sql = "SELECT * FROM customers ORDER BY id"
    assert asyncio.run(query_apart(workspace, "shop", sql)) == query(workspace, "shop", sql)


@thorough
@pytest.mark.parametrize(("build", "sql", "error"), [("shop", "DROP VIEW customers", RequestError), ("none", "SELECT 1", LookupError)])
def test_a_process_refuses_the_same(workspace: Workspace, build: str, sql: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        asyncio.run(query_apart(workspace, build, sql))


def test_a_damaged_build_is_an_error(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.root / "shop", tmp_path / "shop")
    next((tmp_path / "shop").rglob("*.parquet")).unlink()
    with pytest.raises(ColgenError, match="damaged"):
        query(Workspace(tmp_path), "shop", "SELECT 1")
