"""Named queries over a finished build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.declare.model import Model
from colgen.declare.rules import Report
from colgen.errors import ColgenError, RequestError, one_of
from colgen.targets.finished import read_build
from colgen.targets.sql import one_line

if TYPE_CHECKING:
    import duckdb


def find(model: Model, name: str) -> Report:
    """A model's report by name."""
    for report in model.reports:
        if report.name == name:
            return report
    raise RequestError(f"model {model.name} has no report {name!r}; {one_of(name, [report.name for report in model.reports])}")


def report(
    name: str, path: str | Path, parameters: Mapping[str, str] | None = None, schema: str | None = None, model: Model | None = None
) -> pa.Table:
    """The result of a report on a build, as an Arrow table.

    path : a folder, or a DuckDB file
    parameters : the report's own, such as `{"invoice": "INV-2024-00000007"}`
    schema : of a file that holds several builds, which one
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    """
    build = read_build(path, schema)
    model = model or build.manifest.find_model()
    wanted = find(model, name)
    given = dict(parameters or {})
    for parameter in given:
        if parameter not in wanted.parameters:
            raise RequestError(f"report {name} has no parameter {parameter!r}; {one_of(parameter, wanted.parameters)}")
    values: dict[str, object] = {parameter: given.get(parameter) for parameter in wanted.parameters}
    build.refuse_other(model)
    build.refuse_damage()
    connection = build.connect()
    connection.execute(f"SET VARIABLE end_day = DATE '{build.manifest.spec.last_day}'")
    return run_query(connection, wanted.sql, f"report {name}", values)


def run_query(connection: duckdb.DuckDBPyConnection, sql: str, title: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """The result of a query over a build; ColgenError where it needs a table that was not written, or a value is not one of its type."""
    import duckdb

    try:
        return connection.sql(sql, params=parameters or None).to_arrow_table()
    except duckdb.Error as error:
        raise ColgenError(f"{title} cannot be made of this build: {one_line(error)}") from None
