"""What a build says of itself while it runs, on stderr: bars on a terminal, plain lines elsewhere, or one JSON object a line."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TextIO

from colgen.engines.progress import Ended, Event, Noted, Progress, Proving, RowsMade, StageStarted, Started, no_progress
from colgen.generate.estimate import Estimate
from colgen.generate.plan import Plan
from colgen.pipeline.summary import Summary
from colgen.targets.room import human_size


class Reporter:
    """Says nothing; the others build on it. It is called with the events of a build, from several threads."""

    def __call__(self, event: Event) -> None:
        match event:
            case Started(plan):
                self.started(plan)
            case RowsMade(table, rows):
                self.rows(table, rows)
            case StageStarted(stage):
                self.stage(stage)
            case Proving(what, done, steps):
                self.proving(what, done, steps)
            case Noted(note):
                self.note(note)
            case Ended():
                self.ended()

    def started(self, plan: Plan) -> None: ...
    def rows(self, table: str, rows: int) -> None: ...
    def stage(self, stage: str) -> None: ...
    def proving(self, what: str, done: int, steps: int) -> None: ...
    def note(self, note: str) -> None: ...
    def ended(self) -> None: ...
    def summary(self, summary: Summary) -> None: ...
    def estimate(self, estimate: Estimate) -> None: ...


class Lines(Reporter):
    """A line every few seconds, and one for each finished table where the rows were counted beforehand."""

    every = 5.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._made: Counter[str] = Counter()

    def started(self, plan: Plan) -> None:
        self._plan, self._of = plan, dict(plan.rows)  # if they are estimated, what is made may be more
        self._started, self._last_shown = time.monotonic(), -math.inf  # the first rows are shown at once

    def rows(self, table: str, rows: int) -> None:
        with self._lock:
            self._add(table, rows)
            now = time.monotonic()
            finished = self._plan.exact and self._made[table] >= self._of[table]
            if rows and (finished or now - self._last_shown >= self.every):
                self._last_shown = now
                self._show(table, now - self._started)

    def _add(self, table: str, rows: int) -> None:
        self._made[table] += rows
        self._of[table] = max(self._of[table], self._made[table])

    def _show(self, table: str, seconds: float) -> None:
        made, whole, about = sum(self._made.values()), sum(self._of.values()), "" if self._plan.exact else "about "
        left = seconds * (whole - made) / made
        self._print(
            f"{table}: {self._made[table]:,} of {about}{self._of[table]:,} rows · all: {made / whole:.0%}, {made / max(seconds, 1e-9):,.0f} rows/s, {left:.0f} s left"
        )

    def stage(self, stage: str) -> None:
        self._print(stage)

    def note(self, note: str) -> None:
        self._print(note)

    def summary(self, summary: Summary) -> None:
        for line in summary_lines(summary):
            self._print(line)

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


class JsonLines(Lines):
    """One JSON object a line: start, rows (five times a second at most), stage, proving, note and end; estimate of a dry run."""

    every = 0.2  # of a large build, `of` and `whole` are estimates, as `start` says

    def started(self, plan: Plan) -> None:
        super().started(plan)
        self._object("start", rows=dict(plan.rows), bytes=plan.total_bytes, exact=plan.exact)

    def _show(self, table: str, seconds: float) -> None:
        made, whole = sum(self._made.values()), sum(self._of.values())
        self._object("rows", table=table, rows=self._made[table], of=self._of[table], made=made, whole=whole, seconds=round(seconds, 3))

    def stage(self, stage: str) -> None:
        self._object("stage", stage=stage)

    def proving(self, what: str, done: int, steps: int) -> None:
        self._object("proving", what=what, done=done, steps=steps)

    def note(self, note: str) -> None:
        self._object("note", note=note)

    def estimate(self, estimate: Estimate) -> None:
        self._object("estimate", **estimate.as_json)

    def summary(self, summary: Summary) -> None:
        made = {"rows": dict(summary.rows), "bytes": dict(summary.bytes), "seconds": round(summary.seconds, 3), "seed": summary.spec.seed}
        if summary.added is not None:
            made |= {"added": dict(summary.added)}
        if summary.added is not None or summary.resumed:
            made |= {"kept": summary.kept, "written": summary.parts - summary.kept}
        self._object("end", target=summary.target, **made)

    def _object(self, event: str, **content: Any) -> None:
        self._print(json.dumps({"event": event, **content}))


class Bars(Lines):
    """A bar for each table, redrawn ten times a second."""

    @cached_property
    def _progress(self) -> Any:
        """What is drawn, from the first event on."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
        from rich.text import Text

        class Rows(ProgressColumn):
            def render(self, task: Any) -> Text:
                return Text(f"{task.completed:,.0f} / {task.total:,.0f}" if task.total else "", justify="right")

        class Speed(ProgressColumn):
            def render(self, task: Any) -> Text:
                return Text(f"{task.speed:,.0f} rows/s" if task.speed else "", style="cyan")

        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            Rows(),
            Speed(),
            TimeRemainingColumn(compact=True),
            console=Console(file=self._stream),
            transient=True,
        )
        progress.start()
        return progress

    def started(self, plan: Plan) -> None:
        super().started(plan)
        self._bars = {name: self._progress.add_task(name, total=rows) for name, rows in plan.rows.items()}

    def rows(self, table: str, rows: int) -> None:
        with self._lock:
            self._add(table, rows)
            self._progress.update(self._bars[table], completed=self._made[table], total=self._of[table])

    def stage(self, stage: str) -> None:
        self._stage, self._bar_of_stage = stage, self._progress.add_task(stage, total=None)

    def proving(self, what: str, done: int, steps: int) -> None:
        from rich.markup import escape

        self._progress.update(self._bar_of_stage, description=f"{self._stage} {escape(what)}", completed=done, total=steps)

    def note(self, note: str) -> None:
        if "_progress" in vars(self):
            self._progress.console.print(note, highlight=False)
        else:  # before the first row
            self._print(note)

    def ended(self) -> None:
        if "_progress" in vars(self):
            self._progress.stop()


def summary_lines(summary: Summary) -> list[str]:
    """Tables, rows, bytes, seconds and seed; of a resumed build also the parts it took over, of an extension the rows it added and the parts
    it kept."""
    width = max(len(name) for name in summary.rows)
    if summary.added is not None:
        return _extension_lines(summary, summary.added, width)
    rows = sum(summary.rows.values())
    if not summary.bytes:  # they were only counted
        lines = [f"  {name:{width}}  {rows:>15,} rows" for name, rows in summary.rows.items()]
        return [*lines, f"{summary.target}: {rows:,} rows counted in {summary.seconds:.2f} s, seed {summary.spec.seed}"]
    lines = [f"  {name:{width}}  {rows:>15,} rows  {human_size(summary.bytes[name]):>10}" for name, rows in summary.rows.items()]
    return [
        *lines,
        f"{summary.target}: {len(summary.rows)} table{'' if len(summary.rows) == 1 else 's'}, {rows:,} rows, {human_size(sum(summary.bytes.values()))} in {summary.seconds:.2f} s"
        f" ({rows / summary.seconds:,.0f} rows/s), seed {summary.spec.seed}{_resumed(summary)}{_checked(summary)}",
    ]


def _extension_lines(summary: Summary, added: Mapping[str, int], width: int) -> list[str]:
    if not summary.parts:  # into a database
        lines = [f"  {name:{width}}  {rows:>+15,} rows" for name, rows in added.items()]
        new, made = sum(added.values()), sum(summary.rows.values())
        return [*lines, f"{summary.target}: {new:,} of {made:,} rows were new, added in {summary.seconds:.2f} s{_checked(summary)}"]
    lines = [f"  {name:{width}}  {rows:>+15,} rows  {summary.rows[name]:>15,} in all" for name, rows in added.items()]
    written = summary.parts - summary.kept
    return [
        *lines,
        f"{summary.target}: now ends on {summary.spec.last_day}, {sum(added.values()):+,} rows; {summary.kept:,} parts kept, {written:,} written"
        f" in {summary.seconds:.2f} s{_checked(summary)}",
    ]


def _resumed(summary: Summary) -> str:
    return f", {summary.kept:,} of {summary.parts:,} parts taken over" if summary.resumed else ""


def _checked(summary: Summary) -> str:
    return f", {len(summary.outcomes)} checks hold" if summary.outcomes is not None else ""


@contextmanager
def proof_bar(style: str, *, shown: bool) -> Iterator[Progress]:
    """Shows on a terminal what is being proved, and how many of how many steps are done; elsewhere nothing, or JSON if that is the style."""
    if style == "json":
        yield JsonLines(sys.stderr)
        return
    if not (shown and style == "auto" and sys.stderr.isatty()):
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Display

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Display(*columns, console=Console(file=sys.stderr), transient=True) as display:
        bar = display.add_task("", total=None)

        def show(event: Event) -> None:
            if isinstance(event, Proving):
                display.update(bar, description=event.what, completed=event.done, total=event.steps)

        yield show


def reporter(style: str) -> Reporter:
    """none, plain or json; auto is bars on a terminal and plain lines elsewhere."""
    if style == "none":
        return Reporter()
    if style == "json":
        return JsonLines(sys.stderr)
    return Bars(sys.stderr) if style == "auto" and sys.stderr.isatty() else Lines(sys.stderr)
