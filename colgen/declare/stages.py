"""Moments that follow others: when something ended, and how far an order, a ticket or a claim has come.

| kind | values |
|---|---|
| `Later("hired_on", days=Exponential(400))` | a day or a moment after another one |
| `Stages("created_at", paid=Stage(0.92, hours=LogNormal(5, 1)), …)` | the stage that has been reached by the end of the period |
| `Reached("status", "paid")` | when a stage was reached; missing where it was not |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from colgen.arrays import Array
from colgen.declare.arguments import require_flags, require_number, require_text, shown
from colgen.declare.clock import DAY
from colgen.declare.column import Column, Options
from colgen.declare.columns import word_type
from colgen.declare.period import Period
from colgen.declare.rows import Between, Rows
from colgen.draws.draw import Distribution, Draw
from colgen.draws.numbers import is_finite
from colgen.errors import ModelError, one_of
from colgen.values.types import MOMENTS, Date, Timestamp, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

Duration = Distribution[Array] | Between | float
"""How long something takes: a distribution such as `Exponential(400)`, a `Between(1, 4)`, or a number."""

_UNITS = {"days": DAY, "hours": DAY // 24, "minutes": DAY // 1440, "seconds": 1_000_000}


@dataclass(frozen=True)
class _Wait:
    """A time that passes, in a unit."""

    duration: Any
    unit: str

    @classmethod
    def of(cls, place: str, given: dict[str, Any]) -> _Wait:
        """The one that is given. ModelError where it is none, or more than one."""
        units = [unit for unit, duration in given.items() if duration is not None]
        if len(units) != 1:
            raise ModelError(f"{place}: say how long it takes, in one unit: days=, hours=, minutes= or seconds=")
        duration = given[units[0]]
        if isinstance(duration, Between):
            if isinstance(duration.low, str) or isinstance(duration.high, str):
                raise ModelError(f"{place}: {units[0]}={duration!r}: its ends must be numbers")
        elif isinstance(duration, type) or not hasattr(duration, "sample"):
            if not is_finite(duration):
                raise ModelError(
                    f"{place}: {units[0]} must be a number, a Between or a distribution such as Exponential(3), not {shown(duration)}"
                )
            require_number(place, 0, 1e6, **{units[0]: duration})
        return cls(duration, units[0])

    def drawn(self, place: str, draw: Draw, whole: bool = False) -> Array:
        """Microseconds for each row, none negative: int64.

        place : the column, for the message of an error
        whole : whether a `Between` is of whole units
        """
        units: Array
        if isinstance(self.duration, Between) and whole:
            units = draw.integers(int(self.duration.low), int(self.duration.high))
        elif isinstance(self.duration, Between):
            units = draw.uniform() * (float(self.duration.high) - float(self.duration.low)) + float(self.duration.low)
        elif hasattr(self.duration, "sample"):
            units = np.asarray(draw(self.duration), np.float64)
            if units.shape != (draw.count,) or not np.isfinite(units).all():
                raise ModelError(f"{place}: {self.duration!r} must give a finite number for each of {draw.count:,} rows")
        else:
            units = np.full(draw.count, float(self.duration))
        return np.minimum(np.maximum(units, 0) * _UNITS[self.unit], 1e17).astype(np.int64)

    def __str__(self) -> str:
        return f"{self.duration!r} {self.unit}"


class Later(Column):
    """A day or a moment after that of another column, of the same type; what would be after the period is at its end.

    of : the own column of the day or the moment before
    days, hours, minutes, seconds : how long after it, in one of the units: a distribution, a `Between` or a number
    open : whether what would be after the period is missing: it has not happened yet
    """

    def __init__(
        self,
        of: str,
        *,
        days: Duration | None = None,
        hours: Duration | None = None,
        minutes: Duration | None = None,
        seconds: Duration | None = None,
        open: bool = False,
        **options: Unpack[Options],
    ) -> None:
        require_text("Later", of=of)
        require_flags("Later", open=open)
        self._wait = _Wait.of(f"Later({of!r})", {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds})
        super().__init__(Timestamp, f"{self._wait} after {of}", **options)
        self.of, self.open = of, open
        self._asked = self.nullable

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        self.take_type()

    def take_type(self) -> None:
        """Is of the type of the column before; that may stand further down, and is known for certain only in a model."""
        chain: list[Later] = []
        first: Column | None = self
        while isinstance(first, Later):
            if any(first is later for later in chain):
                return  # the table names what is circular, and what is missing
            chain.append(first)
            first = self.table.columns.get(first.of)
        if first is None:
            return
        if first.type not in (Date, *MOMENTS):
            raise ModelError(f"{self.qualified_name}: Later({self.of!r}) must name a date or a timestamp, not a {first.type.name}")
        if first.type is Date and self._wait.unit != "days":
            raise ModelError(f"{self.qualified_name}: {self.of} is a date, so say days=, not {self._wait.unit}=")
        self.type = first.type
        self.nullable = first.nullable or any(later._asked or later.open for later in chain)

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return self.open or self.table.columns[self.of].nullable

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,)

    def make(self, rows: Rows) -> Array:
        before = rows.values(self.of)
        is_date = self.type is Date
        wait, start = self._wait.drawn(self.qualified_name, rows.draw(self), is_date), np.ma.getdata(before)
        end = rows.period.end if is_date else (rows.period.end + 1) * DAY - 1
        later = start + (wait // DAY if is_date else wait)
        after = later > end
        values = np.minimum(later, np.maximum(end, start))
        missing = np.ma.getmaskarray(before) | after if self.open else np.ma.getmaskarray(before)
        return np.ma.array(values, mask=missing) if self.open or hasattr(before, "mask") else values


class Stage:
    """A stage that a row comes to from the one before it.

    share : of the rows that have come to the stage before, how many come to this one, from 0 to 1
    days, hours, minutes, seconds : how long after the one before, in one of the units
    """

    def __init__(
        self,
        share: float = 1.0,
        *,
        days: Duration | None = None,
        hours: Duration | None = None,
        minutes: Duration | None = None,
        seconds: Duration | None = None,
    ) -> None:
        require_number(f"Stage({shown(share)})", 0, 1, share=share)
        self.share = float(share)
        self.wait = _Wait.of("Stage", {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds})


class Stages(Column):
    """How far something has come by the end of the period: a word for each stage, in order. A stage is reached if the one before it is, if its
    share says so and if there is time; so a longer period only moves rows forward.

    since : the own column of the moment at which the first stage begins
    first : the word for it
    stages : the further ones, by their words; `Reached` gives the moment of each
    type : that of each word, such as `Enum("status")`; String if None
    """

    compact = True

    def __init__(
        self,
        since: str,
        *,
        first: str = "new",
        hidden: bool = False,
        name: str = "",
        doc: str = "",
        type: Type | None = None,
        **stages: Stage,
    ) -> None:
        require_text("Stages", since=since, first=first)
        for word, stage in stages.items():
            if not isinstance(stage, Stage):
                raise ModelError(f"Stages: {word}={shown(stage)}: give a Stage, such as {word}=Stage(0.9, hours=Exponential(5))")
        if not stages:
            raise ModelError(
                "Stages: name the stages in their order, such as paid=Stage(0.9, hours=Exponential(5)), shipped=Stage(days=Between(1, 4))"
            )
        words = [first, *stages]
        if len(set(words)) < len(words):
            raise ModelError(f"Stages: two of its stages are called {first!r}; call the first one otherwise: first='created'")
        super().__init__(word_type("Stages", words, type), " → ".join(words), hidden=hidden, name=name, doc=doc)
        self.since, self.first, self.stages = since, first, stages

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        since = table.columns.get(self.since)  # the table names what is missing
        if since is not None and (since.type not in MOMENTS or since.nullable):
            raise ModelError(
                f"{self.qualified_name}: Stages({self.since!r}) must name a timestamp that is never missing, not a {since.type.name}"
            )

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.since,)

    def make(self, rows: Rows) -> Array:
        code = np.zeros(rows.count, np.int8)
        for _, reached in self.moments(rows):
            code += reached
        return code

    def moments(self, rows: Rows) -> list[tuple[Array, Array]]:
        """For each further stage: when it is reached, and whether it is by the end of the period."""
        moment, reached, found = rows.values(self.since), np.ones(rows.count, bool), []
        end = _end_of(rows.period)
        for word, stage in self.stages.items():
            draw = rows.draw(self).apart(word)
            moment = moment + stage.wait.drawn(self.qualified_name, draw)
            reached = reached & (moment <= end) & draw.chance(stage.share)
            found.append((moment, reached))
        return found


class Reached(Column):
    """The moment at which a stage was reached; missing where it was not.

    stages : the own column `Stages`
    stage : the word of the stage; the last one that was reached if empty, which for rows at the first stage is when that began
    """

    def __init__(self, stages: str, stage: str = "", **options: Unpack[Options]) -> None:
        require_text("Reached", stages=stages, stage=stage)
        super().__init__(Timestamp, f"when {stage or 'the last stage'} was reached", **options)
        self.of, self.stage, self.nullable = stages, stage, self.nullable or bool(stage)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        stages = table.columns.get(self.of)  # the table names what is missing
        if stages is None:
            return
        if not isinstance(stages, Stages):
            raise ModelError(f"{self.qualified_name}: Reached({self.of!r}, …) must name a column Stages(), not a {stages.type.name}")
        if self.stage and self.stage not in stages.stages:
            raise ModelError(f"{self.qualified_name}: {self.of} has no stage {self.stage!r}; {one_of(self.stage, stages.stages)}")
        self.take_type()

    def take_type(self) -> None:
        """Is of the type of the moment at which the first stage begins."""
        stages = self.table.columns[self.of]
        since = self.table.columns.get(stages.since) if isinstance(stages, Stages) else None  # the table names what is missing
        if isinstance(since, Later):
            since.take_type()
        if since is not None and since.type in MOMENTS:
            self.type = since.type

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return bool(self.stage)

    @property
    def needs(self) -> tuple[str, ...]:
        stages = self.table.columns.get(self.of)
        return (self.of, stages.since) if isinstance(stages, Stages) else (self.of,)

    def make(self, rows: Rows) -> Array:
        stages = self.table.columns[self.of]
        assert isinstance(stages, Stages)
        moments = stages.moments(rows)
        if self.stage:
            moment, reached = moments[list(stages.stages).index(self.stage)]
            return np.ma.array(moment, mask=~reached)
        last = rows.values(stages.since)
        for moment, reached in moments:
            last = np.where(reached, moment, last)
        return last


def _end_of(period: Period) -> int:
    """The last microsecond of a period."""
    return (period.end + 1) * DAY - 1
