"""What commands print: tables for people, or rows for programs, on stdout."""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from colgen.declare.rows import Between, Branches, Daily, Histogram, RowSource, Volume
from colgen.errors import RequestError
from colgen.targets.room import human_size

if TYPE_CHECKING:
    from colgen.audit.check import Outcome
    from colgen.audit.diff import Difference
    from colgen.audit.verify import Verification
    from colgen.config import Value
    from colgen.declare.model import Model
    from colgen.generate.estimate import Estimate
    from colgen.jobs.job import Job
    from colgen.jobs.progress import Progress
    from colgen.scenario.scenario import Scenario


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
        _write(frame.write_csv().encode())
    elif style == "json":
        short = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
        _write(frame.with_columns(pl.col(short).cast(pl.Float64)).write_json().encode() + b"\n")
    elif style == "parquet":
        if sys.stdout.isatty():
            raise RequestError("Parquet cannot be shown on a terminal; redirect it: … --format parquet > report.parquet")
        file = io.BytesIO()  # to stdout itself Polars would write past what watches over it
        frame.write_parquet(file)
        _write(file.getvalue())
    else:
        numeric = [kind.is_numeric() for kind in frame.schema.values()]
        grid = _grid(*(f">{name}" if number else name for name, number in zip(frame.columns, numeric, strict=True)))
        for row in frame.iter_rows():
            grid.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
        _console().print(grid)


def _write(data: bytes) -> None:
    """Rows for programs: texts are UTF-8, whatever a terminal could show."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def estimate(estimate: Estimate, out: str, note: str = "") -> None:
    """What a build would make and take.

    note : what else is to be said
    """
    grid = _grid("table", ">rows", ">about")
    for name, count in estimate.rows.items():
        grid.add_row(name, f"{count:,}" if name in estimate.exact else _about(count), human_size(estimate.bytes[name]))
    rows = estimate.total_rows
    all_rows = f"{rows:,}" if len(estimate.exact) == len(estimate.rows) else _about(rows)
    grid.add_row("[bold]all[/bold]", all_rows, human_size(estimate.total_bytes))
    spec, workers = estimate.spec, estimate.workers
    cores = f"{workers} core{'' if workers == 1 else 's'}"
    console = _console()
    console.print(grid)
    console.print(
        f"about {human_size(estimate.total_bytes)}, {human_duration(estimate.seconds)} on {cores}, {human_size(estimate.memory)} of memory",
        highlight=False,
    )
    if note:
        console.print(note, highlight=False)
    console.print(
        f"into {escape(out)} as {spec.format}, {spec.first_day} to {spec.last_day}, seed {spec.seed}; nothing was written", highlight=False
    )


def _about(rows: int) -> str:
    """A number of rows of which no more than three digits are known.

    >>> _about(32_429_601)
    'about 32,400,000'
    """
    return f"about {round(rows, 3 - len(str(rows))):,}"


def human_duration(seconds: float) -> str:
    """Seconds for people.

    >>> [human_duration(seconds) for seconds in (0.3, 42, 700, 90_000, 8_000_000)]
    ['1 s', '42 s', '12 minutes', '25 hours', '93 days']
    """
    for length, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{max(1, seconds):,.0f} s"


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
    """The offending rows of every rule that does not hold, or why it cannot be proved."""
    from colgen.audit.check import UNPROVABLE

    console = console or _console(stderr=True)
    for outcome in outcomes:
        if outcome.holds:
            continue
        head = f"\n[bold]{outcome.table}: {escape(outcome.rule)}[/bold] —"
        if outcome.columns == UNPROVABLE:
            console.print(f"{head} cannot be proved: {escape(str(outcome.rows[0][0]))}", highlight=False)
            continue
        rows = f"{outcome.violations:,} row{'' if outcome.violations == 1 else 's'}"
        shown = "" if outcome.violations <= len(outcome.rows) else f"; the first {len(outcome.rows)}"
        console.print(f"{head} violated by {rows}{shown}:", highlight=False)
        grid = _grid(*outcome.columns)
        for row in outcome.rows:
            grid.add_row(*(escape(str(cell)) for cell in row))
        console.print(grid)


def verification(verification: Verification) -> dict[str, Any]:
    """A verification for JSON."""
    return {
        **vars(verification),
        "versions": {name: list(pair) for name, pair in verification.versions.items()},
        "valid": verification.valid,
        "verdicts": [vars(verdict) for verdict in verification.verdicts],
    }


def verified(verification: Verification) -> None:
    """What is not as it was made, and how much was looked at."""
    console = _console()
    grid = _grid("outcome", "file", "what is wrong")
    for verdict in verification.verdicts:
        if verdict.reason:
            colour = "yellow" if verdict.valid else "bold red"
            grid.add_row(f"[{colour}]{verdict.outcome}[/{colour}]", escape(verdict.file), escape(verdict.reason))
    if grid.row_count:
        console.print(grid)
    for name, (then, now) in verification.versions.items():
        console.print(f"built with {name} {then}, running {now}: bytes may differ where values do not", highlight=False)
    wrong = sum(not verdict.valid for verdict in verification.verdicts)
    result = f"{wrong:,} wrong" if wrong else "all as the spec says"
    console.print(f"{verification.made:,} of {verification.parts:,} parts made again, {result}", highlight=False)


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, int | float | str | bool | None) else str(cell)


def difference(difference: Difference) -> dict[str, Any]:
    """A difference for JSON."""
    examples = [{word: _plain(cell) for word, cell in vars(example).items()} for example in difference.examples]
    return {**vars(difference), "examples": examples}


def differences(differences: Sequence[Difference], examples: bool) -> None:
    """What differs, table by table.

    examples : whether to show some cells, too
    """
    console = _console()
    if not differences:
        console.print("no difference")
        return
    grid = _grid("table", ">rows in A", ">rows in B", ">added", ">gone", ">changed", "columns")
    for table in differences:
        columns = [f"{name} {count:,}" for name, count in table.columns.items()]
        columns += [f"{name} only in A" for name in table.only_in_a] + [f"{name} only in B" for name in table.only_in_b]
        if None in table.rows:
            columns, counts = [f"only in {'A' if table.rows[1] is None else 'B'}"], ["", "", ""]
        else:
            counts = [f"{count:,}" for count in (table.added, table.gone, table.changed)]
        rows = ["" if count is None else f"{count:,}" for count in table.rows]
        grid.add_row(table.table, *rows, *counts, escape(", ".join(columns)))
    console.print(grid)
    if examples:
        for table in differences:
            _examples(table, console)


def _examples(difference: Difference, console: Console) -> None:
    """Some cells before and after; a dash where there is none."""
    if not difference.examples:
        return
    console.print(f"\n[bold]{difference.table}[/bold]")
    grid = _grid("key", "column", "in A", "in B")
    for example in difference.examples:
        cells = ("—" if cell is None else escape(str(cell) or "''") for cell in (example.before, example.after))
        grid.add_row(escape(str(example.key)), example.column, *cells)
    console.print(grid)


def models(models: Sequence[Model]) -> None:
    """A line for each model."""
    grid = _grid("model", "tables", "volumes", "what it is")
    for model in models:
        summary = (model.description or "").strip().split("\n")[0]
        grid.add_row(model.name, str(len(model.written)), ", ".join(model.volumes), escape(summary))
    _console().print(grid)


def configuration(defaults: Mapping[str, Value]) -> None:
    """Each key, its value and where it came from; a dash where there is no value."""
    grid = _grid("key", "value", "from")
    for key, value in defaults.items():
        shown = ", ".join(value.shown) if isinstance(value.shown, tuple | dict) else "" if value.shown is None else str(value.shown)
        grid.add_row(key, escape(shown or "—"), escape(value.source))
    _console().print(grid)


def scenarios(scenarios: Sequence[Scenario]) -> None:
    """A line for each scenario."""
    grid = _grid("scenario", ">anomaly rate", "what it is")
    for scenario in scenarios:
        grid.add_row(scenario.name, f"{scenario.anomaly_rate or 0:.0%}", escape(" ".join(scenario.description.split())))
    _console().print(grid)


def model(model: Model) -> None:
    """A model's tables and columns, volumes, rates, shares and reports: a data dictionary."""
    console = _console()
    console.print(f"[bold]{model.name}[/bold]: {escape((model.description or '').strip())}\n", highlight=False)
    for table in model.written:
        console.print(f"[bold]{table.name}[/bold]: {escape(f'{table.summary} {_rows_of(table.rows)}'.strip())}", highlight=False)
        grid = _grid("", "column", "type", "how it is drawn")
        for column in table.written_columns:
            mark = " unique" if column.unique and column.role != "key" else ""
            target = f" → {column.references.name}" if column.references is not None else ""
            grid.add_row("", column.name, column.type.sql.lower(), escape((column.description or "").split("\n")[0] + mark + target))
        console.print(grid)
        console.print()
    grid = _grid("volume", *(f">{name}" for name in model.settings))
    for name, values in model.volumes.items():
        default = " (default)" if name == model.default_volume else ""
        grid.add_row(name + default, *(f"{values[setting]:,}" for setting in model.settings))
    if model.ranges:
        ends = {name: f"{low:,} to {high:,}" for name, (low, high) in model.ranges.items()}
        grid.add_row("may be", *(ends.get(setting, "") for setting in model.settings))
    console.print(grid)
    console.print(f"--scale multiplies {', '.join(sorted(model.counts))}; --set overrides any.", highlight=False)
    for name, rate in model.rates.items():
        console.print(f"rate {name}: {rate:g}", highlight=False)
    for name, shares in (*model.shares.items(), *([("anomalies", model.anomalies)] if model.anomalies else [])):
        console.print(f"shares of {name}: {', '.join(f'{word} {share:g}' for word, share in shares.items())}", highlight=False)
    if model.reports:
        console.print()
        grid = _grid("report", "what it shows")
        for report in model.reports:
            grid.add_row(report.name, escape(report.description))
        console.print(grid)


def _rows_of(rows: RowSource) -> str:
    """Where a table's rows come from, in a few words."""
    if isinstance(rows, Volume):
        return f"({rows.name}{', by a calendar of days' if rows.calendar else ''})"
    if isinstance(rows, int):
        return f"({rows} rows)"
    if isinstance(rows, Branches):
        return "(from several tables)"
    if isinstance(rows, Daily):
        return f"(from {', '.join(rows.grows)})" if rows.grows else "(for each day)"
    if rows.parent_table.hidden:
        return ""
    if isinstance(rows.count, str):
        return f"(as many as {rows.parent_table.name}.{rows.count} says)"
    if isinstance(rows.count, Between):
        count = f"{rows.count.low} to {rows.count.high}"
    else:
        count = f"{rows.count.counts[0]} to {rows.count.counts[-1]}" if isinstance(rows.count, Histogram) else str(rows.count)
    return f"({count} for each of {rows.parent_table.name})"


def jobs(jobs: Sequence[tuple[Job, Progress]]) -> None:
    """A line for each job."""
    grid = _grid(">job", "state", ">done", ">rows", ">rows/s", ">left", "started", "what")
    for job, progress in jobs:
        running = job.state in ("running", "cancelling")
        left = human_duration(progress.seconds_left) if running and progress.seconds_left is not None else ""
        share = 1.0 if job.state == "done" else progress.share
        state = f"{job.state}, {progress.stage}" if running else f"queued, {job.place}" if job.place else job.state
        rate = f"{progress.rows_per_second:,.0f}" if running else ""
        what = f"{job.task.kind} {job.task.target or 'dry run'}" + (f": {job.message}" if job.message else "")
        grid.add_row(str(job.id), state, f"{share:.0%}", f"{progress.made:,}", rate, left, _moment(job.started), escape(what))
    _console().print(grid)


def _moment(seconds: float | None) -> str:
    """A time for people, in the zone of the machine."""
    return "" if seconds is None else datetime.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")
