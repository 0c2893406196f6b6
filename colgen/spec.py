"""What was asked for, validated at once: model, volume, settings, seed, period, format. It rebuilds the data."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from colgen.errors import RequestError, one_of
from colgen.generate import Run
from colgen.model import Model, load
from colgen.period import Period
from colgen.scenario import Conditions, Scenario
from colgen.sinks import sink

MOST_ROWS = 10**10
"""A count goes up to ten billion roots: what hangs on them is counted before it is made, at some nanoseconds each."""
_A_YEAR = datetime.timedelta(days=364)
DEFAULT_LAST_DAY = datetime.date(2024, 12, 31)


class Spec(BaseModel):
    """One build, in full. `Spec.of` makes it from a request; it is written into the manifest beside the data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    volume: str
    scale: float = 1.0
    settings: dict[str, int]
    seed: int = Field(ge=0, lt=2**64)
    first_day: datetime.date
    last_day: datetime.date
    tables: tuple[str, ...]
    format: str = "parquet"
    compression: str = "snappy"
    scenario: Scenario | None = None

    @classmethod
    def of(
        cls,
        model: Model,
        *,
        volume: str | None = None,
        scale: float = 1.0,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        first_day: datetime.date | str | None = None,
        last_day: datetime.date | str | None = None,
        tables: Sequence[str] | None = None,
        format: str = "parquet",
        compression: str = "snappy",
        scenario: str | Path | Scenario | None = None,
    ) -> Spec:
        """A request made whole: the volume's settings under the scenario, scaled, then overridden. Raises RequestError for anything amiss.

        volume : one of the model's; its default if None
        scale : multiplies the volume's counts (not its other settings)
        settings : overrides of single settings, whole numbers
        first_day, last_day : the period, as dates or "YYYY-MM-DD" or "today"; if None, as many days as the model's setting `days` says,
            or a year, from the model's first day or up to 2024-12-31
        tables : those to write; all if None
        scenario : one that ships with colgen by its name, the path of a file, or a `Scenario`; the model's default if None
        """
        volume = volume or model.default_volume
        if volume not in model.volumes:
            raise RequestError(f"model {model.name} has no volume {volume!r}; {one_of(volume, model.volumes)}")
        if not (isinstance(scale, int | float) and math.isfinite(scale) and scale > 0):
            raise RequestError(f"scale {scale!r}: it must be a number above 0, such as 10 or 0.5")
        if scale > MOST_ROWS:
            raise RequestError(f"scale {scale!r}: at most {MOST_ROWS:,} rows are possible")
        if scenario is None and model.default_scenario:
            scenario = model.default_scenario
        if scenario is not None and not isinstance(scenario, Scenario):
            scenario = Scenario.load(scenario, model)
        usual = scenario.settings_for(model, model.volumes[volume]) if scenario is not None else model.volumes[volume]
        chosen = {name: max(1, round(value * scale)) if name in model.counts else value for name, value in usual.items()}
        for name, value in (settings or {}).items():
            if name not in chosen:
                raise RequestError(f"model {model.name} has no setting {name!r}; {one_of(name, chosen)}")
            chosen[name] = _whole_number(name, value)
        for name, number in chosen.items():
            if (name in model.counts or name == "days") and number < 1:
                raise RequestError(f"{name} = {number:,}: there must be at least one")
            if number > MOST_ROWS:
                raise RequestError(f"{name} = {number:,}: at most {MOST_ROWS:,} are possible")
            if name.endswith("_percent") and number > 100:
                raise RequestError(f"{name} = {number}: it must be 0 to 100")
            if number < 0:
                raise RequestError(f"{name} = {number}: it must not be negative")
        for name in chosen:
            low, high = f"{name.removesuffix('_max')}_min", name
            if name.endswith("_max") and low in chosen and chosen[low] > chosen[high]:
                raise RequestError(f"{low} = {chosen[low]} is above {high} = {chosen[high]}")
        last = _day("to", last_day) if last_day is not None else DEFAULT_LAST_DAY
        if first_day is None and model.first_day:
            begin = _day("from", model.first_day)
            if last_day is None or (begin <= last and "days" not in (settings or {})):  # days that are asked for end on the last one
                first_day = begin
        if last_day is None and first_day is not None:
            begin = _day("from", first_day)
            last = begin + datetime.timedelta(days=min(chosen["days"], 10**5) - 1) if "days" in chosen else max(last, begin + _A_YEAR)
        if first_day is not None:
            first = _day("from", first_day)
        elif "days" in chosen:
            first = last - datetime.timedelta(days=min(chosen["days"], 10**5) - 1)
        else:
            first = _a_year_before(last)
        if first > last:
            raise RequestError(f"the period begins on {first}, after it ends on {last}")
        if not 1900 <= first.year <= last.year <= 2200:
            raise RequestError(f"the period {first} to {last} must lie between 1900 and 2200")
        if "days" in chosen:
            chosen["days"] = (last - first).days + 1
        sink(format, compression)
        names = [table.__tablename__ for table in model.written]
        if tables is not None and not tables:
            raise RequestError(f"tables: name at least one; there are: {', '.join(names)}")
        for name in tables or ():
            model.table(name)
        try:
            return cls(
                model=model.source or model.name,
                volume=volume,
                scale=scale,
                settings=chosen,
                seed=seed,
                first_day=first,
                last_day=last,
                tables=tuple(name for name in names if tables is None or name in tables),
                format=format,
                compression=compression,
                scenario=scenario,
            )
        except ValidationError as error:
            found = error.errors()[0]
            raise RequestError(f"{found['loc'][0]} = {found['input']!r}: {found['msg']}") from None

    def until(self, last_day: datetime.date | str) -> Spec:
        """The same build over a period that ends on another day: what `of` makes of the same request with that day. RequestError for no day."""
        last = _day("to", last_day)
        days = {"days": (last - self.first_day).days + 1} if "days" in self.settings else {}
        return self.model_copy(update={"last_day": last, "settings": {**self.settings, **days}})

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    def run(self, model: Model | None = None) -> Run:
        """The model with these numbers, ready to give rows."""
        model = model or load(self.model)
        return Run(model, self.settings, self.seed, self.period, self.conditions(model))

    def conditions(self, model: Model) -> Conditions:
        """The rates, shares and times of its scenario."""
        return self.scenario.conditions(model) if self.scenario is not None else Conditions.of(model)


def _whole_number(name: str, value: Any) -> int:
    text = str(value).replace("_", "")
    if not re.fullmatch(r"[+-]?\d{1,30}", text):
        raise RequestError(f"{name} = {value!r}: it must be a whole number")
    return int(text)


def _day(which: str, value: datetime.date | str) -> datetime.date:
    if isinstance(value, datetime.date):
        return _in_range(value)
    if value == "today":
        return datetime.datetime.now(datetime.UTC).date()
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        raise RequestError(f"{which} = {value!r}: it must be a day such as 2024-12-31, or today") from None
    return _in_range(day)


def _in_range(day: datetime.date) -> datetime.date:
    if not 1900 <= day.year <= 2200:
        raise RequestError(f"{day}: the period must lie between 1900 and 2200")
    return day


def _a_year_before(last: datetime.date) -> datetime.date:
    day_after = last + datetime.timedelta(days=1)
    try:
        return day_after.replace(year=day_after.year - 1)
    except ValueError:  # the year before has no 29 February
        return day_after.replace(year=day_after.year - 1, day=28)
