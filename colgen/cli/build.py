"""The commands that write: build, extend and cleanup."""

from __future__ import annotations

import dataclasses
import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from colgen.arguments import read
from colgen.arguments import size as parsed_size
from colgen.cli import process
from colgen.cli.options import (
    Address,
    Build,
    Check,
    Customers,
    Days,
    Engine,
    From,
    MaxMemory,
    ModelFile,
    ModelName,
    Products,
    Progress,
    Quiet,
    Scale,
    ScenarioName,
    Seed,
    Settings,
    TargetSize,
    Threads,
    To,
    VolumeName,
    assignments,
    compression_names,
    encoding_names,
    format_names,
    memory_limit,
    names,
    resolved,
    scalable_request,
    table_format_names,
)
from colgen.targets.urls import without_password

if TYPE_CHECKING:
    from colgen.cli.progress import Reporter
    from colgen.config import Value
    from colgen.pipeline.options import BuildOptions
    from colgen.pipeline.summary import Summary


def build(
    model: ModelName = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="TARGET",
            help="A folder, a file shop.duckdb (or duckdb:///shop.duckdb), postgresql://… or s3://bucket/prefix (gs://, az://); made whole in one "
            "step or not at all. The word "
            "database stands for the environment's DATABASE_URL, which is never read without it.",
            show_default="data",
        ),
    ] = None,
    volume: VolumeName = None,
    scale: Scale = None,
    target_size: TargetSize = None,
    customers: Customers = None,
    products: Products = None,
    days: Days = None,
    set_: Settings = None,
    seed: Seed = None,
    from_: From = None,
    to: To = None,
    scenario: ScenarioName = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="parquet, csv, csv.gz, csv.zst, jsonl, arrow or parquet-arrow.",
            show_default="parquet",
            autocompletion=format_names,
        ),
    ] = None,
    compression: Annotated[
        str | None,
        typer.Option(
            "--compression",
            help="Of Parquet: snappy, zstd (small), lz4, gzip or none (fast).",
            show_default="snappy",
            autocompletion=compression_names,
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            "--encoding",
            help="Of Parquet: compact, or compatible with readers from before 2018.",
            show_default="compact",
            autocompletion=encoding_names,
        ),
    ] = None,
    row_group: Annotated[
        str | None,
        typer.Option(
            "--row-group",
            metavar="SIZE",
            help="Of Parquet: how large row groups become.",
            show_default="16 MiB in object storage, else 3 MiB",
        ),
    ] = None,
    table_format: Annotated[
        str | None,
        typer.Option(
            "--table-format",
            help="Into a folder: make its files tables of a lake, too: delta, iceberg or ducklake.",
            show_default="files alone",
            autocompletion=table_format_names,
        ),
    ] = None,
    tables: Annotated[
        list[str] | None, typer.Option("--tables", "-t", metavar="NAME,…", help="Write only these tables; their values stay the same.")
    ] = None,
    threads: Threads = None,
    engine: Engine = None,
    address: Address = None,
    check: Check = False,
    max_memory: MaxMemory = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a build that is there, in one step; files of yours beside it stay.")
    ] = False,
    append: Annotated[
        bool,
        typer.Option("--append", help="Into a database: add the rows whose keys are not there yet. Into files: go on up to the last day."),
    ] = False,
    fill: Annotated[
        bool,
        typer.Option(
            "--fill",
            help="Into a database: put the rows into tables that are there, which your own migrations made; they stay as they are.",
        ),
    ] = False,
    triggers: Annotated[
        bool,
        typer.Option("--triggers/--no-triggers", help="With --fill into PostgreSQL: whether your triggers fire.", show_default="they do"),
    ] = True,
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="NAME", help="Of a database, where the tables go.", show_default="the model's")
    ] = None,
    constraints: Annotated[
        bool | None,
        typer.Option(
            "--constraints/--no-constraints",
            help="Into a database: keys, references and indexes.",
            show_default="all of them in PostgreSQL, in DuckDB where they are cheap",
        ),
    ] = None,
    max_rows: Annotated[
        int | None, typer.Option("--max-rows", metavar="N", help="Into a database: refuse a build of more rows.", show_default="no limit")
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            "--part",
            metavar="K/N",
            help="Make only the Kth of N shares, into a folder of its own below --out; `colgen merge` makes the shares one build.",
        ),
    ] = None,
    count: Annotated[
        bool,
        typer.Option(
            "--count", help="With --part: only count the share's rows, and leave the count in --out, for other shares to start from."
        ),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the finished parts of a killed build of the same request; the result is the same.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show what would be made, how large it is and how long it takes, and stop: at once, whatever the size."
        ),
    ] = False,
    detach: Annotated[
        bool,
        typer.Option(
            "--detach", help="Build in the background, as a job: its id is printed; `colgen status` shows it, `colgen cancel` stops it."
        ),
    ] = False,
    quiet: Quiet = False,
    progress: Progress = None,
) -> None:
    """Build a model: tables that refer to each other, into files or a database.

    An environment variable COLGEN_NAME stands for --set NAME=…, such as COLGEN_CUSTOMERS=500. Defaults come from such variables, from
    colgen.toml and from pyproject.toml; `colgen config` shows each and where it comes from.

    Examples: colgen build --volume large --out data/ --check · colgen build --volume large --scale 1000 --format csv.zst · colgen build my_model.py
    """
    from colgen.cli.progress import reporter as progress_reporter
    from colgen.pipeline.options import BuildOptions, as_option, open_target, safeguards
    from colgen.targets.room import human_size

    defaults = resolved(
        model=model,
        out=out,
        volume=volume,
        scale=scale,
        target_size=target_size,
        seed=seed,
        scenario=scenario,
        format=format,
        compression=compression,
        encoding=encoding,
        table_format=table_format,
        threads=threads,
        max_memory=max_memory,
        engine=engine,
        address=address,
        schema=schema,
        max_rows=max_rows,
        progress=progress and progress.value,
        settings={"customers": customers, "products": products, "days": days, **assignments(set_)},
    )
    how: dict[str, Any] = dict(
        overwrite=overwrite, append=append, constraints=constraints, fill=fill, triggers=triggers, part=part, count=count, resume=resume
    )
    group = read("--row-group", parsed_size, row_group) if row_group is not None else None
    how |= dict(
        row_group=group,
        schema=schema,
        max_rows=max_rows,
        format=format,
        compression=compression,
        encoding=encoding,
        table_format=table_format,
        target_size=target_size,
    )
    asked = BuildOptions(defaults["out"].value, **how)
    asked = _with_engine(asked, defaults["engine"], defaults["address"])
    size = defaults["target_size"].value if asked.makes_files else None
    asked.refuse_contradictions(as_option)
    loaded, at_scale = scalable_request(defaults, from_, to, tables=names(tables), row_group=group)
    workers, about, note = defaults["threads"].value or os.cpu_count() or 1, None, ""
    if size is None:
        spec = at_scale(defaults["scale"].value)
    else:
        from colgen.generate.target_size import estimate_of_size

        about = estimate_of_size(size, at_scale, loaded, workers, f"--target-size {human_size(size)}")
        spec = about.spec
        note = f"--target-size {human_size(size)} is --scale {spec.scale:g}"
    if detach:
        from colgen.cli.jobs import detach as start_job

        asked = dataclasses.replace(
            asked, schema=defaults["schema"].value, max_rows=defaults["max_rows"].value if not asked.makes_files else None
        )
        most, threads = memory_limit(defaults), defaults["threads"].value
        scenario_name = defaults["scenario"].value
        start_job(spec, asked, scenario=scenario_name, check=check, max_memory=most, threads=threads, dry_run=dry_run)
        return
    if dry_run:
        from colgen.cli import show
        from colgen.generate.estimate import estimate

        about = about or estimate(spec, spec.generation(loaded), workers)
        if asked.share is not None:
            note = "; ".join(
                filter(None, [note, f"this is the whole build, of which --part {asked.share} is about one in {asked.share.of:,}"])
            )
        show.estimate(about, str(asked.destination), note)
        progress_reporter("none" if quiet else defaults["progress"].value).estimate(about)
        return
    from colgen import config
    from colgen.engines import AUTO
    from colgen.pipeline.append import append as go_on
    from colgen.pipeline.conductor import conduct
    from colgen.pipeline.counts import count_share

    deny, _ = config.guards(os.environ, config.current_folder())
    guards = safeguards(os.environ, deny=deny, schema_named=defaults["schema"].source != "default", max_rows=defaults["max_rows"].value)
    target = open_target(dataclasses.replace(asked, schema=defaults["schema"].value), loaded, guards)
    reporter = progress_reporter("none" if quiet else defaults["progress"].value)
    if note:
        reporter.note(note)
    threads, most = defaults["threads"].value, memory_limit(defaults)
    who: dict[str, Any] = dict(threads=threads, engine=asked.engine or AUTO, address=asked.address)
    if asked.share is not None and asked.count:
        share = asked.share
        run(lambda: count_share(spec, loaded, target, share, check=check, **who), reporter)
    elif asked.goes_on:
        run(lambda: go_on(spec, loaded, target, check=check, threads=threads, max_memory=most, progress=reporter), reporter)
    else:
        run(lambda: conduct(spec, loaded, target, check=check, share=asked.share, max_memory=most, progress=reporter, **who), reporter)


def _with_engine(asked: BuildOptions, engine: Value, address: Value) -> BuildOptions:
    """With who makes it: an option is taken as it is, and a default where it has a meaning."""
    from colgen.engines import ELSEWHERE

    name = engine.value if engine.source == "option" or asked.makes_files else None
    place = address.value if address.source == "option" or name in ELSEWHERE else None
    return dataclasses.replace(asked, engine=name, address=place)


def merge(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help="The folder in which the shares lie, or the folders of single ones; or URLs in a bucket."),
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", metavar="FOLDER", help="The folder of the whole build, or its URL in the shares' bucket.")
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a build that is there, in one step.")] = False,
    threads: Threads = None,
    check: Check = False,
    max_memory: MaxMemory = None,
    model: ModelFile = None,
    quiet: Quiet = False,
    progress: Progress = None,
) -> None:
    """Make the shares of a build, which `colgen build --part K/N` has made, one build: the same as if it had been made in one place.

    The shares stay as they are; on the same file system, their files take no more room. Exits with 2 if a share is missing, damaged, or of
    another build.

    Example: colgen build --volume large --part 1/2 --out shares/ · colgen build --volume large --part 2/2 --out shares/ · colgen merge shares/ --out data/
    """
    from colgen.cli.progress import reporter as progress_reporter
    from colgen.declare.find import find_model
    from colgen.pipeline.merge import merge as of_shares

    process.own()
    defaults = resolved(threads=threads, max_memory=max_memory, progress=progress and progress.value)
    loaded = find_model(model) if model else None
    reporter = progress_reporter("none" if quiet else defaults["progress"].value)
    how: dict[str, Any] = dict(threads=defaults["threads"].value, check=check, max_memory=memory_limit(defaults), progress=reporter)
    run(lambda: of_shares(paths, out, overwrite=overwrite, model=loaded, **how), reporter)


def extend(
    path: Build,
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="The new last day of the period, as YYYY-MM-DD or today.")],
    threads: Threads = None,
    check: Check = False,
    max_memory: MaxMemory = None,
    model: ModelFile = None,
    quiet: Quiet = False,
    progress: Progress = None,
) -> None:
    """Make the period of a finished build longer: what is new is added, in one step or not at all.

    What was still open, such as an order on its way, moves on. The result is what a build from scratch with that --to gives, but parts in
    which nothing changes any more are kept as they are.

    Example: colgen extend data/ --to 2024-06-30
    """
    from colgen.cli.progress import reporter as progress_reporter
    from colgen.declare.find import find_model
    from colgen.pipeline.extend import extend as prolong

    process.own()
    defaults = resolved(threads=threads, max_memory=max_memory, progress=progress and progress.value)
    loaded = find_model(model) if model else None
    reporter = progress_reporter("none" if quiet else defaults["progress"].value)
    workers, most = defaults["threads"].value, memory_limit(defaults)
    run(lambda: prolong(path, to, loaded, threads=workers, check=check, max_memory=most, progress=reporter), reporter)


def cleanup(
    target: Annotated[str, typer.Argument(help="The folder, .duckdb file, postgresql://… or s3://… that holds a build.")],
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema",
            metavar="NAME",
            help="Of a database, the schema that holds the build; without it, the builds in all schemas are listed.",
        ),
    ] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="DELETE_ALL_MOCK_DATA", help="Remove it; without this, it is only listed.")
    ] = None,
    even_changed: Annotated[
        bool, typer.Option("--even-changed", help="Rows that --fill put into your tables, too, that have been changed since.")
    ] = False,
    leftovers: Annotated[
        bool, typer.Option("--leftovers", help="Of object storage, only what builds have left that never ended; one may be under way.")
    ] = False,
) -> None:
    """Remove what colgen made at a target, all of it and nothing else. It is listed first.

    Example: colgen cleanup postgresql://localhost/shop --schema mock_data --confirm DELETE_ALL_MOCK_DATA
    """
    from colgen.pipeline import cleanup as cleaning

    for name in cleaning.listed(target, schema, leftovers):
        print(name)
    if confirm is None:
        print(f"nothing was removed; to remove what is listed, {cleaning.advice(target, schema)}", file=sys.stderr)
        return
    removed = cleaning.remove(target, schema, confirm, even_changed, leftovers)
    print(f"removed {removed} of {without_password(target)}", file=sys.stderr)


def run(work: Callable[[], Summary], reporter: Reporter) -> None:
    """Builds or extends, and says what was made."""
    from colgen.audit.check import CheckFailed

    process.own()
    gc.freeze()  # what was loaded until now stays: no collection need look through it again
    gc.enable()
    try:
        summary = work()
    except CheckFailed as error:
        from colgen.cli import show

        show.failures(error.outcomes)
        raise
    reporter.summary(summary)
