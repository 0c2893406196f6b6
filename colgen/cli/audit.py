"""The commands that look at finished builds: check, verify, diff and report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from colgen.cli import process
from colgen.cli.options import (
    Build,
    CheckStyle,
    MaxMemory,
    ModelFile,
    Progress,
    Source,
    SourceSchema,
    TableStyle,
    Threads,
    assignments,
    memory_limit,
    names,
    resolved,
)
from colgen.errors import ColgenError, RequestError


def check(
    path: Source,
    schema: SourceSchema = None,
    model: ModelFile = None,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only what does not hold.")] = False,
    threads: Threads = None,
    max_memory: MaxMemory = None,
    progress: Progress = None,
) -> None:
    """Prove every rule on a finished build: keys, references, sums, dates, shares. Exits with 1 if one does not hold."""
    from colgen.audit.check import check_build
    from colgen.audit.invariants import unproved
    from colgen.cli import show
    from colgen.cli.progress import proof_bar
    from colgen.declare.find import find_model
    from colgen.targets.finished import read_build

    named = find_model(model) if model else None
    build = read_build(path, schema)
    own = named or build.manifest.find_model()
    defaults = resolved(threads=threads, max_memory=max_memory, progress=progress and progress.value)
    workers, most = defaults["threads"].value, memory_limit(defaults)
    with proof_bar(defaults["progress"].value, shown=not quiet) as shown:
        outcomes = list(check_build(build, own, threads=workers, max_memory=most, progress=shown))
    if format is CheckStyle.json:
        print(json.dumps([show.outcome(outcome) for outcome in outcomes], indent=1))
    else:
        show.outcomes(outcomes, quiet)
        for gap in unproved(build.manifest, own):
            print(gap, file=sys.stderr)
    broken = sum(not outcome.holds for outcome in outcomes)
    if broken:
        raise ColgenError(f"{broken} of {len(outcomes)} checks failed")


def verify(
    path: Build,
    all_: Annotated[bool, typer.Option("--all", help="Make every part again, not a sample.")] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="Make N parts again, at least one of each table.", show_default="12")
    ] = None,
    threads: Threads = None,
    model: ModelFile = None,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
) -> None:
    """Prove that a finished build is what its manifest's spec says: parts are made again, elsewhere, and compared byte for byte.

    The manifest itself decides which parts, so that they are the same each time. Exits with 1 if one is damaged, missing, or not what the
    spec gives.

    Examples: colgen verify data/ · colgen verify data/ --all
    """
    from colgen.audit.verify import verify as remake
    from colgen.cli import show
    from colgen.declare.find import find_model

    process.own()
    workers = resolved(threads=threads)["threads"].value
    verification = remake(path, find_model(model) if model else None, every=all_, sample=sample, threads=workers)
    if format is CheckStyle.json:
        print(json.dumps(show.verification(verification), indent=1))
    else:
        show.verified(verification)
    if not verification.valid:
        raise ColgenError(f"{path!r} is not what its spec says")


def diff(
    a: Annotated[str, typer.Argument(help="The folder of a finished build, or the DuckDB file that holds one.")],
    b: Annotated[str, typer.Argument(help="Another one of the same model.")],
    schema: SourceSchema = None,
    tables: Annotated[list[str] | None, typer.Option("--tables", "-t", metavar="NAME,…", help="Compare only these tables.")] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Show cells that differ too, up to five of each table.")] = False,
    model: ModelFile = None,
    format: Annotated[CheckStyle, typer.Option("--format", "-f")] = CheckStyle.table,
) -> None:
    """Show what differs between two builds, table by table: rows added, gone and changed, and in which columns; their formats may differ.

    Exits with 0 if they are the same, 1 if they differ.

    Examples: colgen diff plain/ crisis/ · colgen diff data/ copy/ --tables invoices --rows · colgen diff data/ shop.duckdb
    """
    from colgen.audit.diff import differences
    from colgen.cli import show
    from colgen.declare.find import find_model

    differing = list(differences(a, b, names(tables), find_model(model) if model else None, schema))
    if format is CheckStyle.json:
        print(json.dumps([show.difference(difference) for difference in differing], indent=1))
    else:
        show.differences(differing, rows)
    if differing:
        raise typer.Exit(1)


def report(
    name: Annotated[str, typer.Argument(help="A report of the build's model, or with --html the model; `colgen models MODEL` lists them.")],
    path: Source,
    schema: SourceSchema = None,
    model: ModelFile = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Draw the model's charts into an HTML page.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="With --html: replace the file if it is there.")] = False,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the report.")] = None,
    format: Annotated[TableStyle, typer.Option("--format", "-f")] = TableStyle.table,
) -> None:
    """Run a named report on a finished build and print it; or draw a page of charts.

    Examples: colgen report financial_summary data/ · colgen report ecommerce shop/ --html shop.html
    """
    from colgen.audit import charts
    from colgen.audit.report import report as query
    from colgen.cli import show
    from colgen.declare.find import find_model

    own = find_model(model) if model else None

    if html is not None:
        charts.write(name, path, html, schema, own, overwrite=overwrite)
        print(f"wrote {html}", file=sys.stderr)
        return
    if overwrite:
        raise RequestError("--overwrite means nothing without --html")
    show.rows(query(name, path, assignments(set_), schema, own), format.value)
