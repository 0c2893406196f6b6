"""The calls: `build`, `extend`, `check`, `verify`, `report` and `diff`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from colgen.data import Dataset
from colgen.model import Model, load
from colgen.scenario import Scenario
from colgen.spec import Spec

if TYPE_CHECKING:
    import polars as pl

    from colgen.checks import Outcome
    from colgen.differences import Difference
    from colgen.pipeline import Summary
    from colgen.verification import Verification


@overload
def build(
    model: str | Model = ...,
    *,
    out: None = ...,
    volume: str | None = ...,
    scale: float = ...,
    settings: Mapping[str, int] | None = ...,
    seed: int = ...,
    first_day: date | str | None = ...,
    last_day: date | str | None = ...,
    tables: Sequence[str] | None = ...,
    scenario: str | Path | Scenario | None = ...,
) -> Dataset: ...
@overload
def build(
    model: str | Model = ...,
    *,
    out: str | Path,
    volume: str | None = ...,
    scale: float = ...,
    settings: Mapping[str, int] | None = ...,
    seed: int = ...,
    first_day: date | str | None = ...,
    last_day: date | str | None = ...,
    tables: Sequence[str] | None = ...,
    scenario: str | Path | Scenario | None = ...,
    format: str = ...,
    compression: str = ...,
    threads: int | None = ...,
    check: bool = ...,
    overwrite: bool = ...,
    append: bool = ...,
    schema: str | None = ...,
    constraints: bool | None = ...,
    max_rows: int | None = ...,
    resume: bool = ...,
) -> Summary: ...
def build(
    model: str | Model = "invoicing",
    *,
    out: str | Path | None = None,
    volume: str | None = None,
    scale: float = 1.0,
    settings: Mapping[str, int] | None = None,
    seed: int = 0,
    first_day: date | str | None = None,
    last_day: date | str | None = None,
    tables: Sequence[str] | None = None,
    scenario: str | Path | Scenario | None = None,
    format: str = "parquet",
    compression: str = "snappy",
    threads: int | None = None,
    check: bool = False,
    overwrite: bool = False,
    append: bool = False,
    schema: str | None = None,
    constraints: bool | None = None,
    max_rows: int | None = None,
    resume: bool = False,
) -> Dataset | Summary:
    """Builds a model: into `out`, or in memory without one.

    model : the name of one that ships with colgen, the path of a Python file, or a `Model`
    out : a folder, a file shop.duckdb or postgresql://…; made whole in one step or not at all
    volume : one of the model's; its default if None
    scale : multiplies the volume's counts
    settings : overrides of single counts and settings
    seed : the same one gives the same values on any machine
    first_day, last_day : the period, dates or "YYYY-MM-DD"; the year that ends on 2024-12-31 if None
    tables : those to write; all if None
    scenario : one that ships with colgen by its name, the path of a file, or a `Scenario`; the model's default if None
    format : parquet, csv, csv.gz, csv.zst, jsonl or arrow
    compression : of Parquet: snappy, zstd, lz4, gzip or none
    threads : how many tasks run at once; one for each core if None
    check : prove every rule on what was written before it is published
    overwrite : replace a build that is there
    append, schema, constraints, max_rows : of a database: add the rows that are not there yet; where the tables go; keys, references and
        indexes; the most rows that may be made
    resume : go on from the parts that a killed build of the same request has finished

    Returns a `Summary` (rows, bytes, seconds) of what was written, or a `Dataset` to take frames and batches from.
    Raises RequestError for a wrong request, TargetError where `out` must not be written to, ColgenError where it failed.

    >>> import colgen
    >>> colgen.build("invoicing", volume="small", seed=7).frame("products").height
    100
    """
    found = model if isinstance(model, Model) else load(model)
    spec = Spec.of(
        found,
        volume=volume,
        scale=scale,
        settings=settings,
        seed=seed,
        first_day=first_day,
        last_day=last_day,
        tables=tables,
        scenario=scenario,
        format=format,
        compression=compression,
    )
    if out is None:
        return Dataset(spec, found)
    from colgen import pipeline, targets, toggle

    where = targets.place(out)
    if where.kind != targets.FOLDER:
        rules = targets.Rules(os.environ, schema is not None, toggle.enabled(os.environ), max_rows)
        how: dict[str, Any] = dict(threads=threads, checked=check, overwrite=overwrite, append=append, constraints=constraints)
        return targets.load(where, spec, found, schema, rules, **how)
    return pipeline.build(spec, found, Path(out), threads=threads, checked=check, overwrite=overwrite, resume=resume)


def extend(path: str | Path, to: date | str, *, model: Model | None = None, threads: int | None = None, check: bool = False) -> Summary:
    """Makes the period of a finished build longer, in one step or not at all: what a build from scratch over that period gives.

    Parts in which nothing changes any more are kept. Only where the model says when that is (`Model.settles_after`).

    to : the new last day, a date or "YYYY-MM-DD"
    model : needed for one that was neither shipped nor read from a file
    threads : how many tasks run at once; one for each core if None
    check : prove every rule on what was written before it is published

    Returns a `Summary`, which says too how many rows each table has more (`added`) and how many parts were kept (`kept`).
    Raises RequestError where the build cannot be extended, TargetError where it must not be written to, ColgenError where it failed.
    """
    from colgen import extension

    return extension.extend(Path(path), to, model, threads=threads, checked=check)


def check(path: str | Path, model: Model | None = None, *, schema: str | None = None) -> list[Outcome]:
    """Proves every rule on a finished build: one `Outcome` each, which says whether it holds and, if not, for which rows.

    path : its folder, or the DuckDB file that holds it; schema : of a file that holds several, which one
    model : needed for one that was neither shipped nor read from a file
    """
    from colgen import checks

    return list(checks.check(path, model, schema))


def verify(
    path: str | Path, *, all: bool = False, sample: int | None = None, threads: int | None = None, model: Model | None = None
) -> Verification:
    """Makes parts of a finished build anew from its manifest, and compares: is the data at hand what its spec says?

    all : every part; if not, some of them, always the same ones, at least one of each table
    sample : how many parts; a few if None
    threads : how many tasks run at once; one for each core if None
    model : needed for one that was neither shipped nor read from a file
    """
    from colgen import verification

    return verification.verify(Path(path), model, every=all, sample=sample, threads=threads)


def report(name: str, path: str | Path, *, schema: str | None = None, **parameters: str) -> pl.DataFrame:
    """A report of the build's model, as a Polars frame; its parameters by name.

    path : the build's folder, or the DuckDB file that holds it; schema : of a file that holds several, which one
    """
    import polars as pl

    from colgen import reports

    frame = pl.from_arrow(reports.report(name, path, parameters, schema))
    assert isinstance(frame, pl.DataFrame)
    return frame


def diff(
    a: str | Path, b: str | Path, *, tables: Sequence[str] | None = None, model: Model | None = None, schema: str | None = None
) -> list[Difference]:
    """What two finished builds of a model differ in: a `Difference` for each table that differs, none for equal builds.

    a, b : folders, or DuckDB files; schema : of a file that holds several builds, which one
    tables : those to compare; all if None
    model : needed for one that was neither shipped nor read from a file
    """
    from colgen import differences

    return list(differences.differences(a, b, tables, model, schema))
