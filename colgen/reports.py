"""Named queries over a finished build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from colgen import builds
from colgen.errors import ColgenError, RequestError, one_of
from colgen.model import Model, Report, load


def find(model: Model, name: str) -> Report:
    """A model's report by name."""
    for report in model.reports:
        if report.name == name:
            return report
    raise RequestError(f"model {model.name} has no report {name!r}; {one_of(name, [report.name for report in model.reports])}")


def report(name: str, where: str | Path, parameters: Mapping[str, str] | None = None, schema: str | None = None) -> pa.Table:
    """The result of a report on a build, as an Arrow table.

    where : a folder, or a DuckDB file; schema : where in the file
    parameters : the report's own, such as `{"invoice": "INV-2024-00000007"}`
    """
    build = builds.read(where, schema)
    found = build.manifest
    wanted = find(load(found.spec.model), name)
    given = dict(parameters or {})
    for parameter in given:
        if parameter not in wanted.parameters:
            raise RequestError(f"report {name} has no parameter {parameter!r}; {one_of(parameter, wanted.parameters)}")
    values: dict[str, object] = {parameter: given.get(parameter) for parameter in wanted.parameters}
    if build.missing:
        raise ColgenError(f"{build} is damaged: {build.missing[0]} is missing; build it again")
    connection = build.connect()
    connection.execute(f"SET VARIABLE end_day = DATE '{found.spec.last_day}'")
    return connection.sql(wanted.sql, params=values or None).to_arrow_table()
