"""Named queries over a finished build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from colgen import manifest as manifests
from colgen.errors import ColgenError, RequestError, one_of
from colgen.model import Model, Report, load
from colgen.views import connect


def find(model: Model, name: str) -> Report:
    """A model's report by name."""
    for report in model.reports:
        if report.name == name:
            return report
    raise RequestError(f"model {model.name} has no report {name!r}; {one_of(name, [report.name for report in model.reports])}")


def report(name: str, folder: Path, parameters: Mapping[str, str] | None = None) -> pa.Table:
    """The result of a report on a build, as an Arrow table.

    parameters : the report's own, such as `{"invoice": "INV-2024-00000007"}`
    """
    found = manifests.read(folder)
    wanted = find(load(found.spec.model), name)
    given = dict(parameters or {})
    for parameter in given:
        if parameter not in wanted.parameters:
            raise RequestError(f"report {name} has no parameter {parameter!r}; {one_of(parameter, wanted.parameters)}")
    values: dict[str, object] = {parameter: given.get(parameter) for parameter in wanted.parameters}
    if missing := found.missing(folder):
        raise ColgenError(f"{str(folder)!r} is damaged: {missing[0]} is missing; build it again")
    connection = connect(folder, found)
    connection.execute(f"SET VARIABLE end_day = DATE '{found.spec.last_day}'")
    return connection.sql(wanted.sql, params=values or None).to_arrow_table()
