"""What a client asks for, checked field by field: each mistake is named with its place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from colgen.declare.find import find_model, model_names
from colgen.declare.model import Model
from colgen.errors import ColgenError, RequestError, TargetError, one_of
from colgen.generate.spec import Spec
from colgen.jobs.command import build_task
from colgen.jobs.job import BATCH_ROWS, Task
from colgen.pipeline.options import BuildOptions
from colgen.scenario.scenario import SCENARIOS
from colgen.service.workspace import DATABASE_PREFIX, Workspace
from colgen.targets import manifest
from colgen.targets.finished import schemas_with_builds

Name = Annotated[str, Field(min_length=1, max_length=200)]
Whole = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class InvalidRequest(RequestError):
    """A request with mistakes: the place of each in it, as a JSON pointer, and what is wrong."""

    def __init__(self, mistakes: list[tuple[str, str]]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(message for _, message in mistakes))


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Config(_Body):
    """How a build is made. What is left out is as the model has it."""

    start_date: Name | None = Field(default=None, description="First day of the period, YYYY-MM-DD.", examples=["2024-01-01"])
    end_date: Name | None = Field(default=None, description="Last day, YYYY-MM-DD or today.", examples=["2024-12-31"])
    seed: int = Field(default=0, strict=True, ge=0, lt=2**64, description="The same one gives the same values.")
    volume_multiplier: float = Field(default=1.0, gt=0, le=1e12, allow_inf_nan=False, description="Multiplies the counts of the volume.")
    batch_size: int = Field(
        default=BATCH_ROWS,
        strict=True,
        ge=1,
        le=10**9,
        description="Records of a batch, in which progress is counted; values do not depend on it.",
    )
    dry_run: bool = Field(default=True, strict=True, description="Only estimate: nothing is written unless this is false.")
    settings: dict[Name, Whole | Share] = Field(
        default={},
        max_length=200,
        description="Single counts and settings of the model, whole numbers; and the share of defects, or of a kind of them (defects.typo).",
        examples=[{"customers": 500}],
    )
    tables: list[Name] | None = Field(default=None, min_length=1, max_length=500, description="Those that are written; all if left out.")
    check: bool = Field(default=False, strict=True, description="Prove every rule on what was written before it is published.")
    overwrite: bool = Field(default=False, strict=True, description="Replace a build that is there.")
    append: bool = Field(
        default=False,
        strict=True,
        description="Into a database: add the rows whose keys are not there yet. Into files: let the build that is there go on up to the last day.",
    )
    schema_name: Name | None = Field(
        default=None, alias="schema", description="Of a database, where the tables go; the model's if left out."
    )
    constraints: bool | None = Field(default=None, description="Into a database: keys, references and indexes.")
    compression: Name | None = Field(default=None, description="Of Parquet: snappy, zstd, lz4, gzip or none.")
    encoding: Name | None = Field(default=None, description="Of Parquet: compact or compatible.")
    table_format: Name | None = Field(
        default=None, description="Into a folder, tables of a lake over its files: delta, iceberg or ducklake."
    )


class Plan(_Body):
    """Which data is asked for."""

    model: Name = Field(default="invoicing", description="One that the service knows.", examples=["invoicing", "ecommerce", "erp"])
    volume: Name | None = Field(default=None, description="One of the model's; its default if left out.", examples=["small"])
    scenario: Name | None = Field(
        default=None, description="One that the service knows; the model's default if left out.", examples=["normal-ops"]
    )
    format: Name | None = Field(default=None, description="Of files: parquet if left out.", examples=["parquet", "csv", "jsonl"])
    config: Config = Config()


class Generate(Plan):
    """A build that is asked for."""

    out: Name = Field(
        default="data",
        description="The name of a folder, a file shop.duckdb below the service's folder, or database:NAME for one that the service is "
        "configured for.",
        examples=["shop", "shop.duckdb"],
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "invoicing", "volume": "small", "out": "shop", "config": {"seed": 7, "dryRun": False}},
                {"model": "ecommerce", "scenario": "peak-season", "config": {"volumeMultiplier": 10}},
            ]
        }
    )


def spec_of(plan: Plan) -> tuple[Spec, Model]:
    """The build that is asked for, and its model. InvalidRequest with every mistake that can be seen by itself, or else with the first one."""
    if plan.model not in model_names():
        raise InvalidRequest([("/model", f"there is no model {plan.model!r}; {one_of(plan.model, model_names())}")])
    model = find_model(plan.model)
    given = _given(plan)
    alone = [field for field in given if field[1] != "settings"]
    alone += [(f"/config/settings/{name}", "settings", {name: value}) for name, value in plan.config.settings.items()]
    mistakes = [(pointer, message) for pointer, name, value in alone if (message := _mistake(model, name, value))]
    if mistakes:
        raise InvalidRequest(mistakes)
    try:
        return Spec.of(model, **{name: value for _, name, value in given}), model
    except RequestError as error:
        raise InvalidRequest([("", str(error))]) from None


def _given(plan: Plan) -> list[tuple[str, str, Any]]:
    """What the request says: where it says so, the argument of `Spec.of` that it is, and the value."""
    config = plan.config
    fields = [
        ("/volume", "volume", plan.volume),
        ("/scenario", "scenario", plan.scenario),
        ("/format", "format", plan.format),
        ("/config/startDate", "first_day", config.start_date),
        ("/config/endDate", "last_day", config.end_date),
        ("/config/seed", "seed", config.seed),
        ("/config/volumeMultiplier", "scale", config.volume_multiplier),
        ("/config/settings", "settings", config.settings or None),
        ("/config/tables", "tables", config.tables),
        ("/config/compression", "compression", config.compression),
        ("/config/encoding", "encoding", config.encoding),
        ("/config/tableFormat", "table_format", config.table_format),
    ]
    return [field for field in fields if field[2] is not None]


def _mistake(model: Model, name: str, value: Any) -> str:
    """What is wrong with one argument by itself; empty where nothing is."""
    if name == "scenario" and value not in SCENARIOS:  # a file is not read because a client names it
        return f"there is no scenario {value!r}; {one_of(value, SCENARIOS)}"
    try:
        Spec.of(model, **{name: value})
    except RequestError as error:
        return str(error)
    return ""


def task_of(request: Generate, workspace: Workspace) -> Task:
    """The task that a request asks for. InvalidRequest for a wrong one, TargetError for a target that must not be written to."""
    spec, model = spec_of(request)
    config = request.config
    out = _out(request, workspace)
    if not (config.dry_run or config.overwrite or config.append) and _holds_build(out, config.schema_name or model.default_schema):
        raise TargetError(f"{request.out!r} holds a finished build; set config.overwrite to replace it, or give another name")
    options = BuildOptions(
        out,
        overwrite=config.overwrite,
        append=config.append,
        schema=config.schema_name,
        constraints=config.constraints,
        format=request.format,
        compression=config.compression,
        encoding=config.encoding,
        table_format=config.table_format,
    )
    try:
        options.refuse_contradictions(lambda name: name)
    except RequestError as error:
        raise InvalidRequest([("/config", str(error))]) from None
    if not options.makes_files and options.schema is None:
        options = BuildOptions(**{**vars(options), "schema": model.default_schema})
    return build_task(
        spec,
        options,
        scenario=request.scenario,
        check=config.check,
        dry_run=config.dry_run,
        request=request.model_dump(by_alias=True, exclude_unset=True),
        database=request.out.removeprefix(DATABASE_PREFIX) if request.out.startswith(DATABASE_PREFIX) else None,
        batch_rows=config.batch_size,
    )


def _holds_build(out: str, schema: str) -> bool:
    """Whether there is one in a folder, or in a schema of a DuckDB file; what a database holds is seen when it is built into."""
    return schema in schemas_with_builds(Path(out)) if os.path.isfile(out) else os.path.isfile(os.path.join(out, manifest.NAME))


def _out(request: Generate, workspace: Workspace) -> str:
    try:
        return workspace.out(request.out)
    except ColgenError as error:
        if isinstance(error, RequestError):
            raise InvalidRequest([("/out", str(error))]) from None
        raise
