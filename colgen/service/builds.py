"""Calls about finished builds: their tables, rows, reports and charts. Each gives what JSON has."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.audit import charts as charts_page
from colgen.audit.report import report as run_report
from colgen.declare.model import Model
from colgen.errors import ColgenError, RequestError, TargetError, one_of
from colgen.generate.spec import Spec
from colgen.pipeline import cleanup as cleaning
from colgen.service.cells import cells
from colgen.service.plans import column_of
from colgen.service.request import InvalidRequest
from colgen.service.workspace import DATABASE_PREFIX, Workspace
from colgen.targets.finished import FinishedBuild, read_build, schemas_with_builds
from colgen.targets.sql import limit as limit_connection
from colgen.targets.sql import one_line, quoted

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 1_000
"""Rows of one page, at most."""

MOST_SECONDS = 20.0
"""How long one query may take."""

_MEMORY = 1 << 30  # bytes, of one query

OPERATORS = {
    "eq": "{column} = {value}",
    "ne": "{column} <> {value}",
    "lt": "{column} < {value}",
    "le": "{column} <= {value}",
    "gt": "{column} > {value}",
    "ge": "{column} >= {value}",
    "contains": "contains(lower({column}::VARCHAR), lower({value}))",
    "null": "{column} IS NULL",
    "notnull": "{column} IS NOT NULL",
}
"""What a filter `column:operator:value` may say, in SQL."""

_OF_TEXT = ("contains",)
_WITHOUT_VALUE = ("null", "notnull")


class QueryTooSlow(ColgenError):
    """A query that has had as much time as one may have."""


def builds(workspace: Workspace) -> list[dict[str, Any]]:
    """All builds below the root, in short; of one that cannot be read, why."""
    listed = []
    for name in workspace.names():
        try:
            listed += [_summary(name, build) for build in _builds(workspace.build(name))]
        except (ColgenError, LookupError) as error:
            listed.append({"name": name, "problem": workspace.without_folder(str(error))})
    return listed


def read(workspace: Workspace, name: str, schema: str | None = None) -> FinishedBuild:
    """A build to be looked at. LookupError where there is none, TargetError where a link leads out of it."""
    finished = read_build(workspace.build(name), schema or None)
    if finished.schema is None:
        parts = (part.file for table in finished.manifest.tables.values() for part in table.parts)
        for place in dict.fromkeys(place for part in parts for place in (os.path.dirname(part), part)):
            if os.path.islink(finished.path / place):
                raise TargetError(f"{place!r} of the build {name!r} is a link, which is not followed")
    return finished


def _builds(path: Path) -> Iterator[FinishedBuild]:
    if path.is_dir():
        yield read_build(path)
        return
    for schema in schemas_with_builds(path):
        yield read_build(path, schema)


def build(workspace: Workspace, name: str, schema: str | None = None) -> dict[str, Any]:
    """One build: what it was made from, and its tables with their columns. LookupError where there is none."""
    finished = read(workspace, name, schema)
    tables = [_table(finished, table, _model(finished)) for table in finished.manifest.tables]
    spec, is_files = finished.manifest.spec, finished.schema is None
    return {
        **_summary(name, finished),
        "tables": tables,
        "settings": _overrides(finished),
        "compression": spec.compression if is_files else None,
        "encoding": spec.encoding if is_files else None,
        "table_format": spec.table_format,
    }


def _summary(name: str, build: FinishedBuild) -> dict[str, Any]:
    spec, tables = build.manifest.spec, build.manifest.tables
    return {
        "name": name,
        "schema": build.schema,
        "model": spec.model,
        "volume": spec.volume,
        "scale": spec.scale,
        "seed": spec.seed,
        "scenario": spec.scenario.name if spec.scenario is not None else None,
        "firstDay": spec.first_day.isoformat(),
        "lastDay": spec.last_day.isoformat(),
        "format": spec.format if build.schema is None else "duckdb",
        "rows": {table: entry.rows for table, entry in tables.items()},
        "totalRows": sum(entry.rows for entry in tables.values()),
        "totalBytes": sum(part.bytes for entry in tables.values() for part in entry.parts)
        if build.schema is None
        else build.path.stat().st_size,
        "problem": f"{build.missing[0]} is missing" if build.missing else None,
    }


def _overrides(build: FinishedBuild) -> dict[str, int]:
    """The settings that are not what its volume, scale and scenario give."""
    spec, model = build.manifest.spec, _model(build)
    if model is None:
        return dict(spec.settings)
    usual = Spec.of(
        model, volume=spec.volume, scale=spec.scale, scenario=spec.scenario, first_day=spec.first_day, last_day=spec.last_day
    ).settings
    return {name: value for name, value in spec.settings.items() if value != usual[name]}


def _model(build: FinishedBuild) -> Model | None:
    """The build's model, if it is at hand and the build is one of it."""
    try:
        model = build.manifest.find_model()
        build.refuse_other(model)
    except ColgenError:
        return None
    return model


def _table(build: FinishedBuild, name: str, model: Model | None) -> dict[str, Any]:
    entry = build.manifest.tables[name]
    if model is not None:
        table = model.table(name)
        return {"name": name, "description": table.summary, "rows": entry.rows, "columns": list(map(column_of, table.written_columns))}
    columns = [
        {"name": column, "type": type, "description": "", "isKey": False, "unique": False, "references": None}
        for column, type in entry.columns.items()
    ]
    return {"name": name, "description": "", "rows": entry.rows, "columns": columns}


def rows(
    workspace: Workspace,
    name: str,
    table: str,
    *,
    schema: str | None = None,
    columns: Sequence[str] = (),
    sort: Sequence[str] = (),
    filters: Sequence[str] = (),
    limit: int = 50,
    offset: int = 0,
) -> dict[str, Any]:
    """A page of a table.

    columns : those that are shown; all if empty
    sort : names of columns, with a - in front for the largest first
    filters : each `column:operator:value` (`OPERATORS`); all must hold

    LookupError for a build or a table that is not there, RequestError for a column, a filter or a value that is wrong.
    """
    finished = read(workspace, name, schema)
    described = _table(finished, _known_table(finished, table), _model(finished))
    types = finished.manifest.tables[table].columns
    wanted = [_known_column(column, types) for column in dict.fromkeys(columns)] or list(types)
    order = ", ".join(f"{quoted(_known_column(key.lstrip('-'), types))}{' DESC' if key.startswith('-') else ''} NULLS LAST" for key in sort)
    where, values = _conditions(filters, types)
    source = f"{quoted(table)}{where}"
    with opened(finished, [table]) as connection:
        total = (
            finished.manifest.tables[table].rows
            if not filters
            else _query(connection, f"SELECT count(*) FROM {source}", values)["count_star()"][0].as_py()
        )
        listed = ", ".join(_shown(column, types[column]) for column in wanted)
        sql = f"SELECT {listed} FROM {source}{f' ORDER BY {order}' if order else ''} LIMIT {min(limit, MOST_ROWS)} OFFSET {offset}"
        page = _query(connection, sql, values)
    kept = {column["name"]: column for column in described["columns"]}
    return {
        **described,
        "columns": [kept[column] for column in wanted],
        "rows": cells(page),
        "total": total,
        "limit": limit,
        "offset": offset,
    }


def _known_table(build: FinishedBuild, table: str) -> str:
    if table not in build.manifest.tables:
        raise LookupError(f"the build has no table {table!r}; {one_of(table, build.manifest.tables)}")
    return table


def _known_column(column: str, types: Any) -> str:
    if column not in types:
        raise RequestError(f"there is no column {column!r}; {one_of(column, types)}")
    return column


def _shown(column: str, type: str) -> str:
    """SQL: a column whose values Arrow has."""
    return f"{quoted(column)}::VARCHAR AS {quoted(column)}" if type in ("JSON", "UUID") else quoted(column)


def _conditions(filters: Sequence[str], types: Any) -> tuple[str, list[str]]:
    """SQL: a WHERE clause, and the values for it."""
    conditions, values = [], []
    for filter in filters:
        column, _, rest = filter.partition(":")
        operator, colon, value = rest.partition(":")
        if operator not in OPERATORS or bool(colon) == (operator in _WITHOUT_VALUE):
            raise RequestError(
                f"{filter!r} is not a filter: it must be COLUMN:OPERATOR:VALUE, such as total:ge:100, or COLUMN:null; {one_of(operator, OPERATORS)}"
            )
        type = types[_known_column(column, types)]
        if colon:
            values.append(value)
        cast = "VARCHAR" if operator in _OF_TEXT or type == "JSON" else type
        name = quoted(column) if cast == type else f"{quoted(column)}::VARCHAR"
        conditions.append(OPERATORS[operator].format(column=name, value=f"?::{cast}"))
    return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values


def report(workspace: Workspace, build: str, name: str, parameters: dict[str, str], schema: str | None = None) -> dict[str, Any]:
    """A report of the build's model: columns and rows. RequestError for one that is not there, or a wrong parameter."""
    table = run_report(name, read(workspace, build, schema).path, parameters, schema or None)
    return {"name": name, "columns": table.column_names, "rows": cells(table)}


def charts(workspace: Workspace, build: str, schema: str | None = None) -> str:
    """The page of the charts of the build's model. RequestError where it has none."""
    return charts_page.page(read(workspace, build, schema))


@contextmanager
def opened(build: FinishedBuild, tables: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees some tables of a build, and has no more memory and time than one query may take."""
    build.refuse_damage()
    connection = build.open()
    limit_connection(connection, max_memory=_MEMORY)
    try:
        for table in tables:
            build.add_view(connection, table)
        yield connection
    except ColgenError:
        raise
    except Exception as error:
        raise ColgenError(f"{build} is damaged: {one_line(error)}") from error
    finally:
        connection.close()


def _query(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any]) -> Any:
    """The result of a query. RequestError where a value is not one of its column's type, ColgenError for a query that takes too long."""
    import duckdb

    timer = threading.Timer(MOST_SECONDS, connection.interrupt)
    timer.start()
    try:
        return connection.sql(sql, params=list(values) or None).to_arrow_table()
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        words = f"a value of a filter is not one of its column's type: {one_line(error).partition(' LINE ')[0]}"
        raise InvalidRequest([("#filter", words)]) from None
    except duckdb.InterruptException:
        raise QueryTooSlow(f"the query took more than {MOST_SECONDS:.0f} seconds; ask for less, with a filter or without sort") from None
    finally:
        timer.cancel()


def made(workspace: Workspace, build: str | None = None, schema: str | None = None) -> dict[str, int]:
    """How many files or tables `cleanup` would remove, by build. LookupError for a build that is not there."""
    return {name: len(cleaning.listed(target, of)) for name, target, of in _made(workspace, build, schema)}


def cleanup(workspace: Workspace, confirm: str, build: str | None = None, schema: str | None = None) -> dict[str, int]:
    """Removes what colgen made of one build, or of all below the root; how many files or tables, by build."""
    return {name: sum(cleaning.remove(target, of, confirm)) for name, target, of in _made(workspace, build, schema)}


def _made(workspace: Workspace, build: str | None, schema: str | None) -> list[tuple[str, str, str | None]]:
    """Names, targets and schemas."""
    if build is not None and build.startswith(DATABASE_PREFIX):
        return [(build, workspace.out(build), schema)]
    made: list[tuple[str, str, str | None]] = []
    for name in [build] if build is not None else list(workspace.names()):
        path = workspace.build(name)
        schemas: list[str | None] = [schema] if schema is not None or path.is_dir() else [*schemas_with_builds(path)]
        made += [(name if of is None else f"{name}, schema {of}", str(path), of) for of in schemas]
    return made
