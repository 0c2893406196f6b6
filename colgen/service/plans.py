"""Calls about what could be built: models, scenarios, estimates and previews. Each gives what JSON has."""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa

from colgen.declare.column import Column
from colgen.declare.find import find_model, model_names
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.errors import one_of
from colgen.formats import choices_of, format_names
from colgen.generate.estimate import estimate as estimate_build
from colgen.pipeline.dataset import Dataset
from colgen.scenario.scenario import SCENARIOS, Scenario, lineage
from colgen.service.cells import cells
from colgen.service.request import Plan, spec_of

MOST_PREVIEW_ROWS = 100


def models() -> list[dict[str, Any]]:
    """All models, in short."""
    return [_summary(find_model(name), name) for name in model_names()]


def model(name: str) -> dict[str, Any]:
    """One model: its tables and columns, volumes, settings, reports and charts. LookupError where there is none."""
    if name not in model_names():
        raise LookupError(f"there is no model {name!r}; {one_of(name, model_names())}")
    declared = find_model(name)
    return {
        **_summary(declared, name),
        "tables": [table_of(table) for table in declared.written],
        "settings": {volume: dict(values) for volume, values in declared.volumes.items()},
        "counts": sorted(declared.counts),
        "ranges": {setting: list(declared.range_of(setting)) for setting in declared.settings},
        "rates": dict(declared.rates),
        "shares": {group: dict(shares) for group, shares in declared.shares.items()},
        "reports": [
            {"name": report.name, "description": report.description, "parameters": list(report.parameters)} for report in declared.reports
        ],
        "charts": [chart.title for chart in declared.charts],
        "formats": {format: {name: list(values) for name, values in choices_of(format).items()} for format in format_names()},
    }


def _summary(model: Model, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": (model.description or "").strip(),
        "tableNames": [table.name for table in model.written],
        "volumes": list(model.volumes),
        "defaultVolume": model.default_volume,
        "defaultScenario": model.default_scenario or None,
        "defaultSchema": model.default_schema,
    }


def table_of(table: TableInfo) -> dict[str, Any]:
    """A table as its model declares it."""
    return {"name": table.name, "description": table.summary, "columns": [column_of(column) for column in table.written_columns]}


def column_of(column: Column) -> dict[str, Any]:
    """A column as its model declares it."""
    return {
        "name": column.name,
        "type": column.type.sql,
        "description": (column.description or "").split("\n")[0],
        "isKey": column.role == "key",
        "unique": bool(column.unique),
        "references": column.references.name if column.references is not None else None,
    }


def scenarios() -> list[dict[str, Any]]:
    """All scenarios, in short."""
    return [_scenario(Scenario.read(name)) for name in SCENARIOS]


def scenario(name: str) -> dict[str, Any]:
    """One scenario with all that it inherits. LookupError where there is none."""
    if name not in SCENARIOS:
        raise LookupError(f"there is no scenario {name!r}; {one_of(name, SCENARIOS)}")
    read = Scenario.read(name)
    return {**_scenario(read), "extends": lineage(name)[1:], "changes": read.stated()}


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {"name": scenario.name, "description": " ".join(scenario.description.split()), "anomalyRate": scenario.anomaly_rate or 0}


def estimate(request: dict[str, Any]) -> dict[str, Any]:
    """About what a build would make and take. InvalidRequest for a wrong one."""
    spec, model = spec_of(Plan.model_validate(request))
    return estimate_build(spec, spec.generation(model), os.cpu_count() or 1).as_json


def preview(request: dict[str, Any], rows: int) -> dict[str, Any]:
    """The first rows of each table as a build would make them. InvalidRequest for a wrong one."""
    spec, model = spec_of(Plan.model_validate(request))
    data = Dataset(spec, model)
    return {"tables": [_preview(data, model.table(name), min(rows, MOST_PREVIEW_ROWS)) for name in spec.tables]}


def _preview(data: Dataset, table: TableInfo, rows: int) -> dict[str, Any]:
    head: pa.Table = data.head(table.name, rows)
    return {**table_of(table), "rows": cells(head)}
