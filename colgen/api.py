"""The calls: `build`, `estimate`, `merge`, `extend`, `check`, `verify`, `report` and `diff`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

from colgen.arguments import read_arguments
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.generate.spec import Spec
from colgen.pipeline.dataset import Dataset
from colgen.scenario.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl

    from colgen.audit.check import Outcome
    from colgen.audit.diff import Difference
    from colgen.audit.verify import Verification
    from colgen.engines.progress import Progress
    from colgen.generate.estimate import Estimate
    from colgen.pipeline.summary import Summary


@overload
def build(
    model: str | Path | Model = ...,
    *,
    out: None = ...,
    volume: str | None = ...,
    scale: float | None = ...,
    settings: Mapping[str, Any] | None = ...,
    seed: int = ...,
    first_day: date | str | None = ...,
    last_day: date | str | None = ...,
    tables: Iterable[str] | None = ...,
    scenario: str | Path | Scenario | None = ...,
) -> Dataset: ...
@overload
def build(
    model: str | Path | Model = ...,
    *,
    out: str | Path,
    volume: str | None = ...,
    scale: float | None = ...,
    target_size: int | str | None = ...,
    settings: Mapping[str, Any] | None = ...,
    seed: int = ...,
    first_day: date | str | None = ...,
    last_day: date | str | None = ...,
    tables: Iterable[str] | None = ...,
    scenario: str | Path | Scenario | None = ...,
    format: str | None = ...,
    compression: str | None = ...,
    encoding: str | None = ...,
    table_format: str | None = ...,
    row_group: int | str | None = ...,
    threads: int | None = ...,
    check: bool = ...,
    max_memory: int | str | None = ...,
    engine: str | None = ...,
    address: str | None = ...,
    overwrite: bool = ...,
    append: bool = ...,
    fill: bool = ...,
    triggers: bool = ...,
    schema: str | None = ...,
    constraints: bool | None = ...,
    max_rows: int | None = ...,
    part: str | None = ...,
    count: bool = ...,
    resume: bool = ...,
    progress: Progress | None = ...,
) -> Summary: ...
@read_arguments
def build(
    model: str | Path | Model = "invoicing",
    *,
    out: str | Path | None = None,
    volume: str | None = None,
    scale: float | None = None,
    target_size: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    tables: Iterable[str] | None = None,
    scenario: str | Path | Scenario | None = None,
    format: str | None = None,
    compression: str | None = None,
    encoding: str | None = None,
    table_format: str | None = None,
    row_group: int | str | None = None,
    threads: int | None = None,
    check: bool = False,
    max_memory: int | str | None = None,
    engine: str | None = None,
    address: str | None = None,
    overwrite: bool = False,
    append: bool = False,
    fill: bool = False,
    triggers: bool = True,
    schema: str | None = None,
    constraints: bool | None = None,
    max_rows: int | None = None,
    part: str | None = None,
    count: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
) -> Dataset | Summary:
    """Builds a model: into `out`, or in memory without one.

    model : the name of one that ships with colgen or that a plug-in adds, the path of a Python file, or a `Model`
    out : a folder, a file shop.duckdb, postgresql://… or s3://bucket/prefix (gs://, az://); made whole in one step or not at all
    volume : one of the model's; its default if None
    scale : multiplies the volume's counts; 1 if None
    target_size : in place of `scale`: about how many bytes the files are to have, as a number or as "100GB" or "1.5 GiB"
    settings : overrides of single counts and settings; `defects` is the share of cells that are written wrong
    seed : the same one gives the same values on any machine
    first_day, last_day : the period, dates or "YYYY-MM-DD"; the year that ends on 2024-12-31 if None
    tables : those to write, any iterable of their names; all if None
    scenario : one that ships with colgen by its name, the path of a file, or a `Scenario`; the model's default if None
    format : parquet, csv, csv.gz, csv.zst, jsonl, arrow or parquet-arrow (Parquet by PyArrow's writer); parquet if None
    compression : of Parquet: snappy, zstd, lz4, gzip or none; snappy if None
    encoding : of Parquet: compact, or compatible for readers from before 2018; compact if None
    table_format : delta, iceberg or ducklake, to make the files in a folder tables of a lake, too; None for files alone
    row_group : of Parquet: how large row groups become, in bytes or as "16 MiB"; 16 MiB in object storage and 3 MiB elsewhere if None
    threads : how many tasks run at once; one for each core if None
    check : prove every rule on what was written before it is published
    max_memory : what that may use before it spills to disk, in bytes or as "800MB"; 80 % of the machine's if None
    engine : who makes the rows: auto, threads, processes, ray or spark; auto if None
    address : of a Ray cluster or a Spark master; a cluster of its own on this machine if None
    overwrite : replace a build that is there
    append : into a database: add the rows that are not there yet; into files: let the build that is there go on up to `last_day`, as
        `extend` does
    schema, constraints, max_rows : of a database: where the tables go; keys, references and indexes; the most rows that may be made.
        `max_rows` and `deny` of colgen.toml and of the environment hold here too
    fill, triggers : of a database: put the rows into tables that are there, which the user's own migrations made; whether their triggers fire
    part : into a folder or a bucket: make only a share of the build, such as "3/8", into a folder of its own below `out`; `merge` makes the
        shares one build
    count : with `part`: only count the rows of the share, and leave the count in `out`, for the other shares to start from
    resume : of files: go on from the parts that a killed build of the same request has finished
    progress : told what happens (`Started`, `RowsMade` …), from several threads; an error that it raises is raised as it is, and nothing is
        published unless it was by then

    Returns a `Summary` (rows, bytes, seconds) of what was written, or a `Dataset` to take frames and batches from.
    Raises RequestError for a wrong request, TargetError where `out` must not be written to, ColgenError where it failed.

    >>> import colgen
    >>> colgen.build("invoicing", volume="small", seed=7).frame("products").height
    100
    """
    chosen = _model(model)
    how: dict[str, Any] = {
        "overwrite": overwrite, "append": append, "fill": fill, "triggers": triggers, "schema": schema, "constraints": constraints, "max_rows": max_rows, "part": part, "count": count, "resume": resume,
        "format": format, "compression": compression, "encoding": encoding, "row_group": row_group, "table_format": table_format, "target_size": target_size,
        "engine": engine, "address": address,
    }  # fmt: skip
    if out is None:
        for name, value in {**how, "threads": threads, "check": check, "max_memory": max_memory, "progress": progress}.items():
            if value is not None and value is not {"triggers": True, "constraints": None}.get(name, False):
                raise RequestError(f"{name}= means nothing without out=, which says where the build goes")
    request: dict[str, Any] = {
        "volume": volume, "scale": scale, "target_size": target_size, "settings": settings, "seed": seed, "first_day": first_day,
        "last_day": last_day, "tables": tables, "scenario": scenario, "format": format, "compression": compression, "encoding": encoding,
        "row_group": row_group, "table_format": table_format,
    }  # fmt: skip
    if out is None:
        return Dataset(_spec(chosen, **request), chosen)
    from colgen import config
    from colgen.engines import AUTO
    from colgen.engines.progress import no_progress
    from colgen.pipeline.append import append as go_on
    from colgen.pipeline.conductor import conduct
    from colgen.pipeline.counts import count_share
    from colgen.pipeline.options import BuildOptions, open_target, safeguards

    options = BuildOptions(out, **how)
    options.refuse_contradictions()
    spec = _spec(chosen, **request)
    deny, limit = config.guards(os.environ, config.current_folder())
    guards = safeguards(os.environ, deny=deny, schema_named=schema is not None, max_rows=limit if max_rows is None else max_rows)
    target = open_target(options, chosen, guards)
    if options.share is not None and options.count:
        return count_share(spec, chosen, target, options.share, check=check, threads=threads, engine=engine or AUTO, address=address)
    memory: Any = max_memory  # bytes, once `read_arguments` has read it
    if options.goes_on:
        return go_on(spec, chosen, target, check=check, threads=threads, max_memory=memory, progress=progress or no_progress)
    who: dict[str, Any] = {"threads": threads, "engine": engine or AUTO, "address": address, "progress": progress or no_progress}
    return conduct(spec, chosen, target, check=check, share=options.share, max_memory=memory, **who)


@read_arguments
def estimate(
    model: str | Path | Model = "invoicing",
    *,
    volume: str | None = None,
    scale: float | None = None,
    target_size: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    tables: Iterable[str] | None = None,
    scenario: str | Path | Scenario | None = None,
    format: str | None = None,
    compression: str | None = None,
    encoding: str | None = None,
    table_format: str | None = None,
    row_group: int | str | None = None,
    threads: int | None = None,
) -> Estimate:
    """About what a build into files would make and take: rows, bytes, seconds and memory. It takes a moment, however large the build is.

    The arguments are those of `build`.

    Returns an `Estimate`. Raises RequestError for a wrong request.

    >>> import colgen
    >>> about = colgen.estimate("invoicing", volume="large", scale=1000)
    >>> about.rows["invoices"], "invoices" in about.exact, "invoice_line_items" in about.exact
    (5000000, True, False)
    >>> 500e6 < about.total_bytes < 1500e6
    True
    """
    from colgen.generate.estimate import estimate as of_build

    chosen = _model(model)
    spec = _spec(
        chosen, volume=volume, scale=scale, target_size=target_size, settings=settings, seed=seed, first_day=first_day,
        last_day=last_day, tables=tables, scenario=scenario, format=format, compression=compression, encoding=encoding,
        row_group=row_group, table_format=table_format,
    )  # fmt: skip
    return of_build(spec, spec.generation(chosen), threads or os.cpu_count() or 1)


def _spec(
    model: Model,
    *,
    scale: float | None,
    target_size: int | str | None,
    tables: Iterable[str] | None,
    format: str | None,
    compression: str | None,
    encoding: str | None,
    row_group: int | str | None,
    **request: Any,
) -> Spec:
    """The request made whole, at the scale that was asked for or at the one that gives the target size."""
    if scale is not None and target_size is not None:
        raise RequestError("scale= and target_size=: a target size finds the scale; leave one of them out")
    files = {
        "format": format or "parquet",
        "compression": compression or "snappy",
        "encoding": encoding or "compact",
        "row_group": row_group,
    }
    request |= {"tables": tables if tables is None else list(tables), **files}
    if target_size is None:
        return Spec.of(model, scale=1.0 if scale is None else scale, **request)
    from colgen.generate.target_size import estimate_of_size
    from colgen.targets.room import human_size

    size = cast(int, target_size)  # as it was read at the door
    about = estimate_of_size(size, lambda scale: Spec.of(model, scale=scale, **request), model, 1, f"target_size={human_size(size)}")
    return about.spec


@read_arguments
def extend(
    path: str | Path,
    to: date | str,
    *,
    model: str | Path | Model | None = None,
    threads: int | None = None,
    check: bool = False,
    max_memory: int | str | None = None,
) -> Summary:
    """Makes the period of a finished build longer, in one step or not at all: what a build from scratch over that period gives.

    Parts in which nothing changes any more are kept. Only for models that say when that is (`Model.settles_after`).

    to : the new last day, a date or "YYYY-MM-DD"
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    threads : how many tasks run at once; one for each core if None
    check : prove every rule on what was written before it is published
    max_memory : what that may use before it spills to disk, in bytes or as "800MB"; 80 % of the machine's if None

    Returns a `Summary`, which also says how many more rows each table has (`added`) and how many parts were kept (`kept`).
    Raises RequestError where the build cannot be extended, TargetError where it must not be written to, ColgenError where it failed.
    """
    from colgen.pipeline.extend import extend as prolong

    memory: Any = max_memory  # bytes, once `read_arguments` has read it
    return prolong(path, to, _model(model), threads=threads, check=check, max_memory=memory)


@read_arguments
def merge(
    path: str | Path,
    *,
    out: str | Path,
    overwrite: bool = False,
    model: str | Path | Model | None = None,
    threads: int | None = None,
    check: bool = False,
    max_memory: int | str | None = None,
) -> Summary:
    """Makes the shares of a build one build, in one step or not at all: the same, byte for byte, as if it had been made in one place.

    path : the folder in which the shares lie, as `build(part=…)` has made them, or their prefix in a bucket
    out : the folder of the whole build, or its prefix in the same bucket; the shares stay as they are, and on the same file system their files
        are not copied
    overwrite : replace a build that is there
    model : needed for a check where it neither ships with colgen nor was read from a file that you have run before
    threads, check, max_memory : as in `build`

    Returns a `Summary`. Raises RequestError where a share is missing, damaged, or of another build; TargetError where `out` must not be
    written to.
    """
    from colgen.pipeline.merge import merge as of_shares

    memory: Any = max_memory  # bytes, once `read_arguments` has read it
    how: dict[str, Any] = dict(overwrite=overwrite, model=_model(model), threads=threads, check=check, max_memory=memory)
    return of_shares([path], out, **how)


@read_arguments
def check(
    path: str | Path,
    *,
    model: str | Path | Model | None = None,
    schema: str | None = None,
    threads: int | None = None,
    max_memory: int | str | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Proves every rule on a finished build: one `Outcome` each, which says whether it holds and, if not, for which rows.

    path : its folder, or the DuckDB file that holds it
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    schema : of a file that holds several builds, which one
    threads : how many queries use at once; one for each core if None
    max_memory : what they may use before they spill to disk, in bytes or as "800MB"; 80 % of the machine's if None
    progress : told what is being proved (`Proving`)
    """
    from colgen.audit.check import check as prove
    from colgen.engines.progress import no_progress

    memory: Any = max_memory  # bytes, once `read_arguments` has read it
    return list(prove(path, _model(model), schema, threads=threads, max_memory=memory, progress=progress or no_progress))


@read_arguments
def verify(
    path: str | Path, *, all: bool = False, sample: int | None = None, threads: int | None = None, model: str | Path | Model | None = None
) -> Verification:
    """Makes parts of a finished build again from its manifest, and compares: is the data at hand what its spec says?

    all : every part; if not, some of them, always the same ones, at least one of each table
    sample : how many parts; a few if None
    threads : how many tasks run at once; one for each core if None
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    """
    from colgen.audit.verify import verify as remake

    return remake(path, _model(model), every=all, sample=sample, threads=threads)


@read_arguments
def report(
    name: str, path: str | Path, *, schema: str | None = None, model: str | Path | Model | None = None, **parameters: str
) -> pl.DataFrame:
    """A report of the build's model, as a Polars frame; its parameters by name.

    path : the build's folder, or the DuckDB file that holds it
    schema : of a file that holds several builds, which one
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    """
    import polars as pl

    from colgen.audit.report import report as query

    frame = pl.from_arrow(query(name, path, parameters, schema, _model(model)))
    assert isinstance(frame, pl.DataFrame)
    return frame


@read_arguments
def diff(
    a: str | Path, b: str | Path, *, tables: Iterable[str] | None = None, model: str | Path | Model | None = None, schema: str | None = None
) -> list[Difference]:
    """What two finished builds of a model differ in: a `Difference` for each table that differs, none for equal builds.

    a, b : folders, or DuckDB files
    tables : those to compare; all if None
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    schema : of a file that holds several builds, which one
    """
    from colgen.audit.diff import differences

    return list(differences(a, b, tables if tables is None else list(tables), _model(model), schema))


@overload
def _model(model: str | Path | Model) -> Model: ...
@overload
def _model(model: None) -> None: ...
def _model(model: str | Path | Model | None) -> Model | None:
    return model if model is None or isinstance(model, Model) else find_model(str(model))
