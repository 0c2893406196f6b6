"""The commands. Heavy imports wait until a command needs them, so that `--help` is quick."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from colgen import config
from colgen.cli import defaults, scenarios
from colgen.errors import ColgenError, RequestError
from colgen.guard import without_password

if TYPE_CHECKING:
    from colgen import targets
    from colgen.cli.progress import Reporter
    from colgen.model import Model
    from colgen.pipeline import Summary
    from colgen.spec import Spec

app = typer.Typer(
    help="Realistic relational data, whole columns at a time.",
    epilog="Exit codes: 0 done, 1 failed (a check too) or different (diff), 2 the request was wrong, 3 the target was refused, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class ProgressStyle(str, Enum):
    auto = "auto"
    plain = "plain"
    json = "json"


class TableStyle(str, Enum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class CheckStyle(str, Enum):
    table = "table"
    json = "json"


def _models(incomplete: str) -> list[str]:
    from colgen.model import BUILT_IN

    return [name for name in BUILT_IN if name.startswith(incomplete)]


def _formats(incomplete: str) -> list[str]:
    from colgen.sinks import SINKS

    return [name for name in SINKS if name.startswith(incomplete)]


def _compressions(incomplete: str) -> list[str]:
    from colgen.sinks import COMPRESSIONS

    return [name for name in COMPRESSIONS if name.startswith(incomplete)]


def _volumes(context: typer.Context, incomplete: str) -> list[str]:
    from colgen.model import load

    return [name for name in load(context.params.get("model") or "invoicing").volumes if name.startswith(incomplete)]


ModelName = Annotated[
    str | None,
    typer.Argument(
        help="A model that ships with colgen, or the path of a Python file that declares one.  [default: invoicing]",
        autocompletion=_models,
    ),
]
VolumeName = Annotated[
    str | None,
    typer.Option("--volume", "-v", help="How much: a volume of the model; `colgen models MODEL` lists them.", autocompletion=_volumes),
]
Scale = Annotated[
    float | None, typer.Option("--scale", "-k", "--multiplier", metavar="K", help="Multiply the volume's counts by K.  [default: 1]")
]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Override one count or setting; may be repeated.")]
Customers = Annotated[int | None, typer.Option("--customers", metavar="N", help="Short for --set customers=N.")]
Products = Annotated[int | None, typer.Option("--products", metavar="N", help="Short for --set products=N.")]
Days = Annotated[int | None, typer.Option("--days", metavar="N", help="Short for --set days=N, where the model counts days.")]
Seed = Annotated[int | None, typer.Option("--seed", "-s", help="The same seed gives the same values, on any machine.  [default: 0]")]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day of the period, as YYYY-MM-DD.")]
To = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help="Last day of the period, as YYYY-MM-DD or today.  [default: 2024-12-31]")
]
ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        metavar="NAME|FILE",
        help="What differs from the everyday; `colgen scenarios` lists those that ship.  [default: the model's]",
        autocompletion=scenarios.names,
    ),
]
Build = Annotated[Path, typer.Argument(help="The folder of a finished build.")]
Source = Annotated[str, typer.Argument(metavar="PATH", help="The folder of a finished build, or the DuckDB file that holds one.")]
SourceSchema = Annotated[
    str | None, typer.Option("--schema", metavar="NAME", help="Of a DuckDB file, which build.  [default: the only one in it]")
]
Threads = Annotated[int | None, typer.Option("--threads", "-j", help="How many tasks run at once.  [default: one for each core]")]
Check = Annotated[bool, typer.Option("--check", help="Prove every rule on what was written before it is published.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Progress = Annotated[
    ProgressStyle | None,
    typer.Option("--progress", help="auto draws bars on a terminal; json writes an object a line to stderr.  [default: auto]"),
]
ModelFile = Annotated[str | None, typer.Option("--model", help="The model's file, if it is no longer where it was.")]


def _assignments(pairs: list[str] | None) -> dict[str, str]:
    found = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise RequestError(f"--set {pair}: it must be NAME=VALUE, such as --set customers=10")
        found[name.strip()] = value.strip()
    return found


def _names(groups: list[str] | None) -> list[str] | None:
    """The names in --tables, which may be repeated; None without it."""
    return [name.strip() for group in groups for name in group.split(",") if name.strip()] if groups else None


def _resolved(**given: Any) -> dict[str, config.Value]:
    """What the command line says, and below it the environment, the files and what is built in."""
    return config.resolve(given, os.environ, Path.cwd())


def _request(found: dict[str, config.Value], **rest: Any) -> tuple[Model, Spec]:
    """The model, and the build that is asked for."""
    from colgen.cli import start
    from colgen.model import load
    from colgen.spec import Spec

    start.leave_pandas_out()
    try:
        model = load(found["model"].value)
        found |= {f"settings.{name}": value for name, value in config.settings(model, found, os.environ).items()}
        settings = {name.removeprefix("settings."): value.value for name, value in found.items() if name.startswith("settings.")}
        values = {name: found[name].value for name in ("volume", "scale", "seed", "scenario", "format", "compression")}
        return model, Spec.of(model, settings=settings, **values, **rest)
    except RequestError as error:
        raise type(error)(f"{error}{config.elsewhere(found)}") from error


@app.command()
def build(
    context: typer.Context,
    model: ModelName = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="TARGET",
            help="A folder, a file shop.duckdb (or duckdb:///shop.duckdb) or postgresql://…; made whole in one step or not at all. The word "
            "database stands for the environment's DATABASE_URL, which is never read without it.  [default: data]",
        ),
    ] = None,
    volume: VolumeName = None,
    scale: Scale = None,
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
        typer.Option("--format", "-f", help="parquet, csv, csv.gz, csv.zst, jsonl or arrow.  [default: parquet]", autocompletion=_formats),
    ] = None,
    compression: Annotated[
        str | None,
        typer.Option(
            "--compression",
            help="Of Parquet: snappy, zstd (small), lz4, gzip or none (fast).  [default: snappy]",
            autocompletion=_compressions,
        ),
    ] = None,
    tables: Annotated[
        list[str] | None, typer.Option("--tables", "-t", metavar="NAME,…", help="Write only these tables; their values stay the same.")
    ] = None,
    threads: Threads = None,
    check: Check = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a build that is there, in one step; files of yours beside it stay.")
    ] = False,
    append: Annotated[bool, typer.Option("--append", help="Into a database: add the rows whose keys are not there yet.")] = False,
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="NAME", help="Of a database, where the tables go.  [default: the model's]")
    ] = None,
    constraints: Annotated[
        bool | None,
        typer.Option(
            "--constraints/--no-constraints",
            help="Into a database: keys, references and indexes.  [default: all of them in PostgreSQL, in DuckDB where they are cheap]",
        ),
    ] = None,
    max_rows: Annotated[
        int | None, typer.Option("--max-rows", metavar="N", help="Into a database: refuse a build of more rows.  [default: no limit]")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the finished parts of a killed build of the same; it comes out the same.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made, and stop.")] = False,
    quiet: Quiet = False,
    progress: Progress = None,
) -> None:
    """Build a model: tables that refer to each other, into files or a database.

    An environment variable COLGEN_NAME stands for --set NAME=…, such as COLGEN_CUSTOMERS=500. What is not said here may be said by it, by
    colgen.toml or by pyproject.toml; `colgen config` shows what holds and where it comes from.

    Examples: colgen build --volume large --out data/ --check · colgen build --volume large --scale 1000 --format csv.zst · colgen build my_model.py
    """
    from colgen import pipeline, targets
    from colgen.cli.progress import reporter
    from colgen.plan import plan

    found = _resolved(
        model=model,
        out=out,
        volume=volume,
        scale=scale,
        seed=seed,
        scenario=scenario,
        format=format,
        compression=compression,
        threads=threads,
        schema=schema,
        max_rows=max_rows,
        progress=progress and progress.value,
        settings={"customers": customers, "products": products, "days": days, **_assignments(set_)},
    )
    loaded, spec = _request(found, first_day=from_, last_day=to, tables=_names(tables))
    target = targets.place(found["out"].value)
    if dry_run:
        from colgen.cli import show

        show.plan(plan(spec, loaded, spec.run(loaded)), str(target))
        return
    watcher = reporter("none" if quiet else found["progress"].value)
    how: dict[str, Any] = {"threads": found["threads"].value, "checked": check, "overwrite": overwrite, "progress": watcher}
    if target.kind == targets.FOLDER:
        _refuse_options("files", schema=schema, append=append, constraints=constraints is not None, max_rows=max_rows)
        _run(lambda: pipeline.build(spec, loaded, target.path, resume=resume, **how), watcher)
    else:
        _refuse_options("a database", resume=resume, format=format, compression=compression)
        how |= {"append": append, "constraints": constraints}
        _run(lambda: targets.load(target, spec, loaded, found["schema"].value, _rules(found), **how), watcher)


def _refuse_options(target: str, **given: Any) -> None:
    """Options that mean nothing for the target."""
    for name, value in given.items():
        if value:
            raise RequestError(f"--{name.replace('_', '-')} means nothing for {target}")


def _rules(found: dict[str, config.Value]) -> targets.Rules:
    """What the guard goes by."""
    from colgen import targets, toggle

    return targets.Rules(
        os.environ, found["schema"].source != "default", toggle.enabled(os.environ), found["max_rows"].value, found["deny"].value
    )


def _run(work: Callable[[], Summary], watcher: Reporter) -> None:
    """Builds or extends, and tells what came of it."""
    from colgen.engines import processes
    from colgen.pipeline import CheckFailed

    processes.allow()
    gc.freeze()  # what was loaded until now stays: no collection need look through it again
    gc.enable()
    try:
        summary = work()
    except CheckFailed as error:
        from colgen.cli import show

        show.failures(error.outcomes)
        raise
    watcher.summary(summary)


@app.command()
def extend(
    path: Build,
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="The new last day of the period, as YYYY-MM-DD or today.")],
    threads: Threads = None,
    check: Check = False,
    model: ModelFile = None,
    quiet: Quiet = False,
    progress: Progress = None,
) -> None:
    """Make the period of a finished build longer: what is new is added, in one step or not at all.

    What was still open, such as an order on its way, moves on. The result is what a build from scratch with that --to gives, but parts
    in which nothing changes any more are kept as they are.

    Example: colgen extend data/ --to 2024-06-30
    """
    from colgen import extension
    from colgen.cli.progress import reporter
    from colgen.model import load

    found = _resolved(threads=threads, progress=progress and progress.value)
    loaded = load(model) if model else None
    watcher = reporter("none" if quiet else found["progress"].value)
    _run(lambda: extension.extend(path, to, loaded, threads=found["threads"].value, checked=check, progress=watcher), watcher)


@app.command()
def check(
    path: Source,
    schema: SourceSchema = None,
    model: ModelFile = None,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only what does not hold.")] = False,
) -> None:
    """Prove every rule on a finished build: keys, references, sums, dates, shares. Exits with 1 if one does not hold."""
    from colgen import checks
    from colgen.cli import show
    from colgen.model import load

    outcomes = list(checks.check(path, load(model) if model else None, schema))
    if format is CheckStyle.json:
        print(json.dumps([show.outcome(one) for one in outcomes], indent=1))
    else:
        show.outcomes(outcomes, quiet)
    broken = sum(not one.holds for one in outcomes)
    if broken:
        raise ColgenError(f"{broken} of {len(outcomes)} checks failed")


@app.command()
def verify(
    path: Build,
    all_: Annotated[bool, typer.Option("--all", help="Make every part anew, not a sample.")] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="Make N parts anew, at least one of each table.  [default: 12]")
    ] = None,
    threads: Threads = None,
    model: ModelFile = None,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
) -> None:
    """Prove that a finished build is what its manifest's spec says: parts are made anew, elsewhere, and compared byte for byte.

    The manifest itself draws which parts, so that they are the same each time. Exits with 1 if one is damaged, missing, or not what the
    spec gives.

    Examples: colgen verify data/ · colgen verify data/ --all
    """
    from colgen import verification
    from colgen.cli import show
    from colgen.engines import processes
    from colgen.model import load

    processes.allow()
    many = _resolved(threads=threads)["threads"].value
    found = verification.verify(path, load(model) if model else None, every=all_, sample=sample, threads=many)
    if format is CheckStyle.json:
        print(json.dumps(show.verification(found), indent=1))
    else:
        show.verified(found)
    if not found.right:
        raise ColgenError(f"{str(path)!r} is not what its spec says")


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="The folder of a finished build, or the DuckDB file that holds one.")],
    b: Annotated[str, typer.Argument(help="Another one of the same model.")],
    schema: SourceSchema = None,
    tables: Annotated[list[str] | None, typer.Option("--tables", "-t", metavar="NAME,…", help="Compare only these tables.")] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Show cells that differ too, up to five of each table.")] = False,
    model: ModelFile = None,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
) -> None:
    """Say what two builds differ in, table by table: rows added, gone and changed, and in which columns; their formats may differ.

    Exits with 0 if they are the same, 1 if they differ.

    Examples: colgen diff plain/ crisis/ · colgen diff data/ copy/ --tables invoices --rows · colgen diff data/ shop.duckdb
    """
    from colgen import differences
    from colgen.cli import show
    from colgen.model import load

    found = list(differences.differences(a, b, _names(tables), load(model) if model else None, schema))
    if format is CheckStyle.json:
        print(json.dumps([show.difference(one) for one in found], indent=1))
    else:
        show.differences(found, rows)
    if found:
        raise typer.Exit(1)


@app.command()
def cleanup(
    target: Annotated[str, typer.Argument(help="The folder, .duckdb file or postgresql://… that holds a build.")],
    schema: Annotated[str | None, typer.Option("--schema", metavar="NAME", help="Of a database, the schema that holds the build.")] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="DELETE_ALL_MOCK_DATA", help="Remove it; without, only list it.")
    ] = None,
) -> None:
    """Remove what colgen made at a target, all of it and nothing else; lists it first.

    Example: colgen cleanup postgresql://localhost/shop --schema mock_data --confirm DELETE_ALL_MOCK_DATA
    """
    from colgen import removal

    for name in removal.listed(target, schema):
        print(name)
    removed = removal.remove(target, schema, confirm)
    print(f"removed {removed} of {without_password(target)}", file=sys.stderr)


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="A report of the build's model, or with --html the model; `colgen models MODEL` lists them.")],
    path: Source,
    schema: SourceSchema = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Draw the model's charts into a page of its own.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the report.")] = None,
    format: Annotated[TableStyle, typer.Option("--format", "-f")] = TableStyle.table,
) -> None:
    """Run a named report on a finished build and print it; or draw a page of charts.

    Examples: colgen report financial_summary data/ · colgen report ecommerce shop/ --html shop.html
    """
    from colgen import reports
    from colgen.cli import show

    if html is not None:
        from colgen import page

        page.write(name, path, html, schema)
        print(f"wrote {html}", file=sys.stderr)
        return
    show.rows(reports.report(name, path, _assignments(set_), schema), format.value)


@app.command()
def models(
    model: Annotated[
        str | None, typer.Argument(help="Show this one's tables, columns, volumes and reports.", autocompletion=_models)
    ] = None,
) -> None:
    """List the models, or show one: tables, columns, types, how each is drawn, volumes."""
    from colgen.cli import show
    from colgen.model import BUILT_IN, load

    if model is None:
        show.models([load(name) for name in BUILT_IN])
    else:
        show.model(load(model))


@app.command()
def preview(
    table: Annotated[str, typer.Argument(help="MODEL.TABLE, such as invoicing.invoices or my_model.py.orders.")],
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, max=100_000, help="How many.")] = 10,
    volume: VolumeName = None,
    scale: Scale = None,
    customers: Customers = None,
    products: Products = None,
    days: Days = None,
    set_: Settings = None,
    seed: Seed = None,
    from_: From = None,
    to: To = None,
    scenario: ScenarioName = None,
    format: Annotated[TableStyle, typer.Option("--format", "-f")] = TableStyle.table,
) -> None:
    """Print the first rows of a table as a build would make them; nothing is written."""
    from colgen.cli import show
    from colgen.data import Dataset

    model_name, dot, name = table.rpartition(".")
    if not dot or (name == "py" and Path(table).exists()):
        raise RequestError(f"{table!r}: it must be MODEL.TABLE, such as invoicing.invoices")
    named = {"customers": customers, "products": products, "days": days, **_assignments(set_)}
    found = _resolved(model=model_name, volume=volume, scale=scale, seed=seed, scenario=scenario, settings=named)
    loaded, spec = _request(found, first_day=from_, last_day=to)
    show.rows(Dataset(spec, loaded).head(name, rows), format.value)


app.add_typer(scenarios.app, name="scenarios")
app.command()(scenarios.validate)
app.command()(defaults.config)
app.command()(defaults.toggle)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"colgen {version('colgen')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    pass
