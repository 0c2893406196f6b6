"""Read-only SQL over one finished build, for somebody who is not trusted.

DuckDB's own sandbox is not relied on alone. A query passes three walls:

1. The statement: one SELECT, whose syntax tree names nothing but the build's tables and harmless functions. DuckDB calls a statement with
   `WITH x AS (INSERT …)` a SELECT, too, so its type alone says little.
2. The connection: no file but the build's own parts, no network, no extension, and no setting that can be changed.
3. The process: each query has one of its own, which may write no file, has no more memory than it is given, and is killed when it does not
   heed its time. DuckDB's limit does not count what `repeat('x', 3000000000)` takes, and nothing interrupts that.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.errors import ColgenError, RequestError, one_of
from colgen.service.builds import read
from colgen.service.cells import plain
from colgen.service.workspace import Workspace
from colgen.targets.finished import FinishedBuild
from colgen.targets.sql import literal, new_connection, one_line

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 200
"""Rows that a query gives, at most."""

MOST_CHARACTERS = 60_000
"""How long its rows are as JSON, at most; a language model reads them all."""

MOST_SECONDS = 20.0
"""How long a query may take."""

MOST_MEMORY = 1 << 30
"""Bytes that a query may take, beyond those of the process that runs it."""

_THREADS = 2
_OWN_MEMORY = MOST_MEMORY * 3 // 4  # what DuckDB plans with, which is less than it takes
_START_SECONDS = 10.0  # until a process has loaded what it needs and read the manifest

_SETTINGS = {
    "threads": str(_THREADS),
    "memory_limit": f"'{_OWN_MEMORY}B'",
    "temp_directory": "''",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}
"""In this order: nothing can be set after the last two."""


_LONGEST_SQL = 20_000  # characters

_QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
"""Of a syntax tree: what only reads. Those that write are called INSERT_QUERY_NODE and the like."""

_TABLE_FUNCTIONS = {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "summary"}
"""Functions that give rows and read nothing but their arguments."""

_REFUSED_FUNCTIONS = {
    *("current_setting", "getenv", "getvariable", "nextval", "currval", "setval", "setseed", "write_log", "sleep_ms"),
    *("json_serialize_plan", "json_execute_serialized_sql", "read_text", "read_blob", "query", "query_table", "glob"),
}
"""Functions that give a value and read or change more than their arguments."""


class QueryTooLarge(ColgenError):
    """A query that has had as much time or memory as one may have."""


def query(workspace: Workspace, build: str, sql: str, schema: str | None = None, *, seconds: float = MOST_SECONDS) -> dict[str, Any]:
    """The result of a query, in this process: names and types of its columns, rows as JSON has them, and whether there are more of them.

    build : the name of a finished build
    sql : one SELECT, WITH … SELECT, VALUES, DESCRIBE or SUMMARIZE, or SHOW TABLES
    schema : of a DuckDB file that holds several builds, which one

    LookupError where there is no such build, RequestError for SQL that is refused or wrong, QueryTooLarge where it takes too much.
    """
    import duckdb

    finished = read(workspace, build, schema)
    finished.refuse_damage()
    with closing(_connection(finished)) as connection:
        statement = parsed(connection, sql, finished.manifest.tables)
        timer = threading.Timer(seconds, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            connection.execute(statement)
            rows = connection.fetchmany(MOST_ROWS + 1)  # the rest is never made
        except duckdb.InterruptException:
            raise QueryTooLarge(f"the query took more than {seconds:.0f} seconds; ask for less, with WHERE or fewer joins") from None
        except (duckdb.OutOfMemoryException, MemoryError):
            raise QueryTooLarge(_TOO_MUCH_MEMORY) from None
        except duckdb.Error as error:
            raise RequestError(explained(error)) from None
        finally:
            timer.cancel()
        return _result(connection.description, rows)


_TOO_MUCH_MEMORY = f"the query took more than {MOST_MEMORY >> 30} GB of memory; ask for less, with WHERE, fewer groups or shorter texts"


def parsed(connection: duckdb.DuckDBPyConnection, sql: str, tables: Collection[str]) -> duckdb.Statement:
    """The one statement of a text, which does nothing but read some tables. RequestError for any other."""
    import duckdb

    if len(sql) > _LONGEST_SQL:
        raise RequestError(f"the SQL is {len(sql):,} characters long; at most {_LONGEST_SQL:,} are allowed")
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise RequestError(explained(error)) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements[:5]) or "nothing"
        raise RequestError(
            f"this is {kinds}; only one SELECT is allowed (or WITH … SELECT, VALUES, DESCRIBE, SUMMARIZE, SHOW TABLES): a build is read, never "
            "changed"
        )
    (text,) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone() or ("{}",)
    try:
        tree = json.loads(text)
    except RecursionError:
        raise RequestError("the SQL is nested too deeply") from None
    if tree.get("error"):
        raise RequestError(f"only SELECT is allowed: {tree.get('error_message')}")
    nodes = list(_nodes(tree))
    named = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", [])}
    if taken := named & {view for (view,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE internal").fetchall()}:
        raise RequestError(f"WITH must not define {min(taken)!r}, which DuckDB has a view of; give it another name")
    known = {name.lower() for name in (*tables, *named)}
    for node in nodes:
        _refuse(node, known, tables)
    return statements[0]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a syntax tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _refuse(node: Mapping[str, Any], known: Collection[str], tables: Collection[str]) -> None:
    """Raises RequestError for a part of a statement that does more than read known tables."""
    kind, name = str(node.get("type")), str(node.get("function_name", "")).lower()
    if kind.endswith("_NODE") and kind not in _QUERY_NODES:
        raise RequestError(f"only SELECT is allowed, and this is {kind.partition('_')[0]}: a build is read, never changed")
    if kind == "TABLE_FUNCTION":
        function = str(node["function"].get("function_name", "")).lower()
        if function not in _TABLE_FUNCTIONS:
            raise RequestError(f"the function {function!r} is not allowed in FROM; name a table of the build: {', '.join(tables)}")
    elif name in _REFUSED_FUNCTIONS:
        raise RequestError(f"the function {name!r} is not allowed: a query sees the tables of its build, and nothing else")
    elif kind == "BASE_TABLE" or (kind == "SHOW_REF" and node.get("query") is None):
        path = [part.strip('"') for part in (node.get("qualified_name") or {}).get("path") or [str(node.get("table_name"))]]
        if kind == "SHOW_REF" and path == ["tables"]:
            return
        if len(path) != 1 or path[0].lower() not in known or node.get("at_clause") is not None:
            wanted = ".".join(path)[:100]
            raise RequestError(f"the build has no table {wanted!r}; {one_of(path[-1], tables)}; name it without a schema")


def _connection(build: FinishedBuild) -> duckdb.DuckDBPyConnection:
    """A connection that sees the tables of a build under their names, and nothing else. ColgenError for a build that cannot be read."""
    connection = new_connection()
    try:
        for table in build.manifest.tables:
            build.add_view(connection, table)
    except Exception as error:  # DuckDB's and Arrow's words for a file that cannot be read
        connection.close()
        raise ColgenError(f"{build} is damaged: {one_line(error)}; build it again") from error
    if build.schema is None:  # the file of a database that is attached may be read anyway
        files = [literal(str(build.path.resolve() / part.file)) for table in build.manifest.tables.values() for part in table.parts]
        connection.execute(f"SET allowed_paths = [{', '.join(files)}]")
    for name, value in _SETTINGS.items():
        connection.execute(f"SET {name} = {value}")
    return connection


def _result(description: Any, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """As many rows as may be given. RequestError where the first of them is too long already."""
    shown: list[list[Any]] = []
    characters = 0
    for row in rows[:MOST_ROWS]:
        cells = [plain(value) for value in row]
        characters += len(json.dumps(cells))
        if characters > MOST_CHARACTERS:
            break
        shown.append(cells)
    if rows and not shown:
        raise RequestError(f"a row of the result is longer than {MOST_CHARACTERS:,} characters; select fewer columns, or left(column, 100)")
    return {
        "columns": [column[0] for column in description],
        "types": [str(column[1]).strip('"') for column in description],
        "rows": shown,
        "truncated": len(shown) < len(rows),
    }


def explained(error: Exception) -> str:
    """What DuckDB says of a query, without the query itself."""
    return one_line(Exception(str(error).partition("\n\nLINE ")[0].partition("\nLINE ")[0]))


async def query_apart(workspace: Workspace, build: str, sql: str, schema: str | None = None) -> dict[str, Any]:
    """The same as `query`, in a process of its own that is limited. Whoever stops waiting ends it."""
    command = [sys.executable, "-P", "-m", "colgen.service.query"]
    request = json.dumps({"root": str(workspace.root), "build": build, "sql": sql, "schema": schema})
    # a thread waits for it: asyncio's own processes leave a traceback where they are cancelled while they start
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)  # Ctrl-C is the server's
    try:
        out, _ = await asyncio.to_thread(process.communicate, request.encode(), MOST_SECONDS + _START_SECONDS)
    except subprocess.TimeoutExpired:
        raise QueryTooLarge(f"the query took more than {MOST_SECONDS:.0f} seconds; ask for less, with WHERE or shorter texts") from None
    finally:
        process.kill()
        process.wait()
    return _answer(out)


def _answer(out: bytes) -> dict[str, Any]:
    """What a process has written. One that had to end without a word had no memory left."""
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        raise QueryTooLarge(_TOO_MUCH_MEMORY) from None
    match answer.get("error"):
        case None:
            return answer
        case "absent":
            raise LookupError(answer["message"])
        case "request":
            raise RequestError(answer["message"])
        case _:
            raise ColgenError(answer["message"])


@contextmanager
def _limited() -> Iterator[None]:
    """This process may write no file meanwhile, and take only so much more memory."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() if os.path.exists("/proc/self/statm") else 0
    limits = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    if taken:  # elsewhere nobody tells what a process has reserved already
        limits[resource.RLIMIT_AS] = taken + MOST_MEMORY
    before = {limit: resource.getrlimit(limit) for limit in limits}
    for limit, most in limits.items():
        _, hard = before[limit]
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield
    finally:
        for limit, values in before.items():
            resource.setrlimit(limit, values)


def _run(request: Mapping[str, Any]) -> dict[str, Any]:
    import duckdb  # noqa: F401  # what it takes itself is not the query's

    try:
        with _limited():
            return query(Workspace(Path(request["root"])), request["build"], request["sql"], request["schema"])
    except LookupError as error:
        return {"error": "absent", "message": str(error.args[0] if error.args else error)}
    except ColgenError as error:
        return {"error": "request" if isinstance(error, RequestError) else "failed", "message": str(error)}
    except MemoryError:
        return {"error": "failed", "message": _TOO_MUCH_MEMORY}


def main() -> None:
    """Does one query: reads it from stdin and writes the result or the error to stdout, each as JSON."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints does not get in between
    json.dump(_run(json.load(sys.stdin)), out)
    out.flush()


if __name__ == "__main__":
    main()
