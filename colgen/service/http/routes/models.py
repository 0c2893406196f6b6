"""Models, and what a build of one would be: estimates and first rows, before anything is built."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from colgen.jobs.view import EstimateView, View
from colgen.service.http.problems import responses
from colgen.service.http.state import ServiceOf
from colgen.service.plans import MOST_PREVIEW_ROWS
from colgen.service.request import Plan

router = APIRouter(prefix="/api", tags=["models"])


class ModelSummary(View):
    """A model, in short."""

    name: str
    description: str
    table_names: list[str]
    volumes: list[str]
    default_volume: str
    default_scenario: str | None
    default_schema: str = Field(description="Where the tables go in a database.")


class ColumnView(View):
    """A column."""

    name: str
    type: str = Field(description="Its SQL type.", examples=["DECIMAL(12,2)"])
    description: str
    is_key: bool
    unique: bool
    references: str | None = Field(description="The table to whose key it refers.")


class TableView(View):
    """A table."""

    name: str
    description: str
    columns: list[ColumnView]


class ReportSummary(View):
    """A report that can be made of a finished build."""

    name: str
    description: str
    parameters: list[str]


class ModelView(ModelSummary):
    """A model."""

    tables: list[TableView]
    settings: dict[str, dict[str, int]] = Field(description="Of each volume, the counts and other settings.")
    counts: list[str] = Field(description="The settings that `volumeMultiplier` multiplies.")
    ranges: dict[str, tuple[int, int]] = Field(description="What each setting may be.")
    rates: dict[str, float]
    shares: dict[str, dict[str, float]]
    reports: list[ReportSummary]
    charts: list[str]
    formats: dict[str, dict[str, list[str]]] = Field(description="The formats of files, and what can be chosen for each.")


class TableRows(TableView):
    """Rows of a table, each with a cell for each column."""

    rows: list[list[Any]]


class Preview(View):
    """The first rows of each table."""

    tables: list[TableRows]


@router.get("/databases", responses=responses(401))
async def list_databases(service: ServiceOf) -> list[str]:
    """The databases that may be built into, as `database:NAME`."""
    return list(service.workspace.databases)


@router.get("/models", responses=responses(401, 503))
async def list_models(service: ServiceOf) -> list[ModelSummary]:
    """The models that the service knows."""
    return [ModelSummary.model_validate(model) for model in await service.readers.call("models")]


@router.get("/models/{name}", responses=responses(401, 404, 422, 503))
async def get_model(name: str, service: ServiceOf) -> ModelView:
    """One model: its tables and columns, volumes, settings and reports."""
    return ModelView.model_validate(await service.readers.call("model", name=name))


@router.post("/estimate", responses=responses(401, 409, 422, 503))
async def estimate(plan: Plan, service: ServiceOf) -> EstimateView:
    """About what a build would make and take, at once."""
    return EstimateView.model_validate(await service.readers.call("estimate", request=_asked(plan)))


@router.post("/preview", responses=responses(401, 409, 422, 503))
async def preview(plan: Plan, service: ServiceOf, rows: Annotated[int, Query(ge=1, le=MOST_PREVIEW_ROWS)] = 20) -> Preview:
    """The first rows of each table, as a build would make them. Nothing is written."""
    return Preview.model_validate(await service.readers.call("preview", request=_asked(plan), rows=rows))


def _asked(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
