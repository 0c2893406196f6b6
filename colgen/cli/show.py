"""What commands print: tables for people, or rows for programs, on stdout."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from colgen.audit.check import Outcome
from colgen.audit.diff import Difference
from colgen.audit.verify import Verification
from colgen.config import Value
from colgen.declare.model import Model
from colgen.declare.rows import Between, Branches, Daily, FanOut, Volume
from colgen.errors import RequestError
from colgen.generate.plan import Plan
from colgen.scenario.scenario import Scenario
from colgen.targets.room import human_size


def _console(stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, soft_wrap=False) if stream.isatty() else Console(file=stream, width=400)


def _grid(*headings: str) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        grid.add_column(heading.lstrip(">"), justify="right" if heading.startswith(">") else "left", overflow="fold")
    return grid


def rows(table: pa.Table, style: str) -> None:
    """Rows of any table in one of four styles."""
    import polars as pl

    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    if style == "csv":
        sys.stdout.write(frame.write_csv())
    elif style == "json":
        short = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
        sys.stdout.write(frame.with_columns(pl.col(short).cast(pl.Float64)).write_json() + "\n")
    elif style == "parquet":
        if sys.stdout.isatty():
            raise RequestError("Parquet cannot be shown on a terminal; redirect it: … --format parquet > report.parquet")
        frame.write_parquet(sys.stdout.buffer)
    else:
        numeric = [kind.is_numeric() for kind in frame.schema.values()]
        grid = _grid(*(f">{name}" if number else name for name, number in zip(frame.columns, numeric, strict=True)))
        for row in frame.iter_rows():
            grid.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
        _console().print(grid)


def plan(found: Plan, out: str) -> None:
    grid = _grid("table", ">rows", ">about")
    for name, count in found.rows.items():
        grid.add_row(name, f"{count:,}", human_size(found.bytes[name]))
    grid.add_row("[bold]all[/bold]", f"{sum(found.rows.values()):,}", human_size(found.total_bytes))
    spec = found.spec
    console = _console()
    console.print(grid)
    console.print(
        f"{len(found.tasks)} tasks into {escape(out)} as {spec.format}, {spec.first_day} to {spec.last_day}, seed {spec.seed}; nothing was written",
        highlight=False,
    )


def outcome(outcome: Outcome) -> dict[str, Any]:
    """An outcome for JSON; what JSON has no type for as text."""
    rows = [[_plain(cell) for cell in row] for row in outcome.rows]
    return {**vars(outcome), "columns": list(outcome.columns), "rows": rows}


def outcomes(outcomes: Sequence[Outcome], quiet: bool) -> None:
    """Which rules hold, and the offending rows of those that do not.

    quiet : only the latter
    """
    console = _console()
    grid = _grid("", "table", "rule")
    for outcome in outcomes:
        if not (quiet and outcome.holds):
            grid.add_row("[green]holds[/green]" if outcome.holds else "[bold red]BROKEN[/bold red]", outcome.table, escape(outcome.rule))
    if grid.row_count:
        console.print(grid)
    failures(outcomes, console)
    if not quiet:
        held = sum(outcome.holds for outcome in outcomes)
        console.print(f"{held} of {len(outcomes)} checks hold", highlight=False)


def failures(outcomes: Sequence[Outcome], console: Console | None = None) -> None:
    """The offending rows of every rule that does not hold."""
    console = console or _console(stderr=True)
    for outcome in outcomes:
        if outcome.holds:
            continue
        rows = f"{outcome.violations:,} row{'' if outcome.violations == 1 else 's'}"
        shown = "" if outcome.violations <= len(outcome.rows) else f"; the first {len(outcome.rows)}"
        console.print(f"\n[bold]{outcome.table}: {escape(outcome.rule)}[/bold] — violated by {rows}{shown}:", highlight=False)
        grid = _grid(*outcome.columns)
        for row in outcome.rows:
            grid.add_row(*(escape(str(cell)) for cell in row))
        console.print(grid)


def verification(found: Verification) -> dict[str, Any]:
    """What a verification found, for JSON."""
    verdicts = [vars(verdict) for verdict in found.verdicts]
    return {
        **vars(found),
        "versions": {name: list(pair) for name, pair in found.versions.items()},
        "valid": found.valid,
        "verdicts": verdicts,
    }


def verified(found: Verification) -> None:
    """What is not as it was made; what was looked at."""
    console = _console()
    grid = _grid("outcome", "file", "what is wrong")
    for one in found.verdicts:
        if one.reason:
            colour = "yellow" if one.valid else "bold red"
            grid.add_row(f"[{colour}]{one.outcome}[/{colour}]", escape(one.file), escape(one.reason))
    if grid.row_count:
        console.print(grid)
    for name, (then, now) in found.versions.items():
        console.print(f"built with {name} {then}, running {now}: bytes may differ where values do not", highlight=False)
    wrong = sum(not one.valid for one in found.verdicts)
    result = f"{wrong:,} wrong" if wrong else "all as the spec says"
    console.print(f"{found.made:,} of {found.parts:,} parts made again, {result}", highlight=False)


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, int | float | str | bool | None) else str(cell)


def difference(one: Difference) -> dict[str, Any]:
    """What a table differs in, for JSON."""
    examples = [{word: _plain(cell) for word, cell in vars(example).items()} for example in one.examples]
    return {**vars(one), "examples": examples}


def differences(found: Sequence[Difference], examples: bool) -> None:
    console = _console()
    if not found:
        console.print("no difference")
        return
    grid = _grid("table", ">rows in A", ">rows in B", ">added", ">gone", ">changed", "columns")
    for one in found:
        columns = [f"{name} {count:,}" for name, count in one.columns.items()]
        columns += [f"{name} only in A" for name in one.only_in_a] + [f"{name} only in B" for name in one.only_in_b]
        if None in one.rows:
            columns, counts = [f"only in {'A' if one.rows[1] is None else 'B'}"], ["", "", ""]
        else:
            counts = [f"{count:,}" for count in (one.added, one.gone, one.changed)]
        grid.add_row(one.table, *("" if rows is None else f"{rows:,}" for rows in one.rows), *counts, escape(", ".join(columns)))
    console.print(grid)
    if examples:
        for one in found:
            _examples(one, console)


def _examples(one: Difference, console: Console) -> None:
    """Some cells before and after; a dash where there is none."""
    if not one.examples:
        return
    console.print(f"\n[bold]{one.table}[/bold]")
    grid = _grid("key", "column", "in A", "in B")
    for example in one.examples:
        cells = ("—" if cell is None else escape(str(cell) or "''") for cell in (example.before, example.after))
        grid.add_row(escape(str(example.key)), example.column, *cells)
    console.print(grid)


def models(found: Sequence[Model]) -> None:
    grid = _grid("model", "tables", "volumes", "what it is")
    for one in found:
        says = (one.description or "").strip().split("\n")[0]
        grid.add_row(one.name, str(len(one.written)), ", ".join(one.volumes), escape(says))
    _console().print(grid)


def configuration(found: Mapping[str, Value]) -> None:
    """Each key, its value and where it came from; a dash where there is no value."""
    grid = _grid("key", "value", "from")
    for key, value in found.items():
        shown = ", ".join(value.shown) if isinstance(value.shown, tuple) else "" if value.shown is None else str(value.shown)
        grid.add_row(key, escape(shown or "—"), escape(value.source))
    _console().print(grid)


def scenarios(found: Sequence[Scenario]) -> None:
    grid = _grid("scenario", ">anomaly rate", "what it is")
    for one in found:
        grid.add_row(one.name, f"{one.anomaly_rate or 0:.0%}", escape(" ".join(one.description.split())))
    _console().print(grid)


def model(found: Model) -> None:
    console = _console()
    console.print(f"[bold]{found.name}[/bold]: {escape((found.description or '').strip())}\n", highlight=False)
    for table in found.written:
        console.print(f"[bold]{table.name}[/bold]: {escape(table.summary)} {escape(_rows_of(table.rows))}", highlight=False)
        grid = _grid("", "column", "type", "how it is drawn")
        for column in table.written_columns:
            mark = " unique" if column.unique and column.role != "key" else ""
            target = f" → {column.references.name}" if column.references is not None else ""
            grid.add_row("", column.name, column.type.sql.lower(), escape((column.description or "").split("\n")[0] + mark + target))
        console.print(grid)
        console.print()
    settings = list(next(iter(found.volumes.values())))
    grid = _grid("volume", *(f">{name}" for name in settings))
    for name, values in found.volumes.items():
        grid.add_row(name + (" (default)" if name == found.default_volume else ""), *(f"{values[one]:,}" for one in settings))
    console.print(grid)
    console.print(f"--scale multiplies {', '.join(sorted(found.counts))}; --set overrides any.", highlight=False)
    for name, rate in found.rates.items():
        console.print(f"rate {name}: {rate:g}", highlight=False)
    for name, shares in (*found.shares.items(), *([("anomalies", found.anomalies)] if found.anomalies else [])):
        console.print(f"shares of {name}: {', '.join(f'{word} {share:g}' for word, share in shares.items())}", highlight=False)
    if found.reports:
        console.print()
        grid = _grid("report", "what it shows")
        for report in found.reports:
            grid.add_row(report.name, escape(report.description))
        console.print(grid)


def _rows_of(rows: int | Volume | Daily | FanOut | Branches) -> str:
    if isinstance(rows, Volume):
        return f"({rows.name}{', by a calendar of days' if rows.calendar else ''})"
    if isinstance(rows, int):
        return f"({rows} rows)"
    if isinstance(rows, Daily | Branches):
        return f"(from {', '.join(rows.grows)})" if isinstance(rows, Daily) and rows.grows else ""
    if rows.parent_table.hidden:
        return ""
    count = f"{rows.count.low} to {rows.count.high}" if isinstance(rows.count, Between) else str(rows.count)
    return f"({count} for each of {rows.parent_table.name})"
