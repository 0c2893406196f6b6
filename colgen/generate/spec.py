"""What was asked for, validated at once: model, volume, settings, seed, period, format. It rebuilds the data."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.arguments import shown
from colgen.declare.model import Model
from colgen.declare.period import Period
from colgen.declare.rows import MOST_ROWS
from colgen.defects.places import Defects
from colgen.defects.shares import SETTING, is_of_defects, shares_of
from colgen.draws.numbers import is_finite, is_whole
from colgen.errors import RequestError, one_of
from colgen.formats import COMPRESSIONS, ENCODINGS, TABLE_FORMATS, Format, find_format
from colgen.generate.generation import Generation
from colgen.generate.period import choose_period, parse_day
from colgen.scenario.scenario import Scenario


class Spec(BaseModel):
    """One build, in full. `Spec.of` makes it from a request; it is written into the manifest beside the data.

    model : the name it ships under, or the path of its file
    settings : every count and setting, scaled and overridden
    tables : those that are written
    row_group_bytes : of Parquet: how large row groups become; None for what the format does by itself
    table_format : of the tables of a lake that lie over the files; None for files alone
    scenario : None for the model's own conditions
    defects : how many cells are to be wrong, by kind; none if empty
    """

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
    encoding: str = "compact"
    row_group_bytes: int | None = None
    table_format: Literal["delta", "iceberg", "ducklake"] | None = None
    scenario: Scenario | None = None
    defects: Annotated[dict[str, float], AfterValidator(shares_of)] = {}

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
        encoding: str = "compact",
        row_group: int | None = None,
        table_format: str | None = None,
        scenario: str | Path | Scenario | None = None,
    ) -> Spec:
        """A request made whole: the volume's settings under the scenario, scaled, then overridden. Raises RequestError for anything amiss.

        volume : one of the model's; its default if None
        scale : multiplies the volume's counts (not its other settings)
        settings : overrides of single settings, whole numbers; and `defects`, a share, or `defects.typo` and so on for a kind
        first_day, last_day : the period, as dates or "YYYY-MM-DD" or "today"; see `choose_period` for what None stands for
        tables : those to write; all if None
        table_format : delta, iceberg or ducklake; None for files alone. Iceberg's files have the compatible encoding, whatever `encoding` says
        row_group : of Parquet: how large row groups become, in bytes; what the target is best served by if None
        scenario : one that ships with colgen by its name, the path of a file, or a `Scenario`; the model's default if None
        """
        for name, text in {
            "volume": model.default_volume if volume is None else volume,
            "format": format,
            "compression": compression,
            "encoding": encoding,
            "table_format": "" if table_format is None else table_format,
        }.items():
            if not isinstance(text, str):
                raise RequestError(f"{name} = {shown(text)}: it must be a text")
        volume = volume or model.default_volume
        if volume not in model.volumes:
            raise RequestError(f"model {model.name} has no volume {volume!r}; {one_of(volume, model.volumes)}")
        if not is_finite(scale) or scale <= 0:
            raise RequestError(f"scale {shown(scale)}: it must be a number above 0, such as 10 or 0.5")
        if scale > MOST_ROWS:
            raise RequestError(f"scale {scale!r}: at most {MOST_ROWS:,} rows are possible")
        scenario = _scenario(scenario, model)
        given, defects = _defects({} if settings is None else settings, model, scenario)
        chosen = _settings(model, volume, scale, given, scenario)
        period = choose_period(
            first_day,
            last_day,
            days=chosen.get("days"),
            days_given="days" in given,
            model_first_day=model.first_day,
        )
        if "days" in chosen:
            chosen["days"] = period.days
        if row_group is not None and not is_whole(row_group):
            raise RequestError(f"row_group = {shown(row_group)}: it must be a whole number of bytes")
        file_format = find_format(format, compression, encoding, row_group)
        if table_format is not None:
            if table_format not in TABLE_FORMATS:
                raise RequestError(f"there is no table format {table_format!r}; {one_of(table_format, TABLE_FORMATS)}")
            if table_format not in file_format.table_formats:
                raise RequestError(f"table format {table_format!r} goes with format 'parquet' only, not {format!r}")
            encoding = "compatible" if table_format == "iceberg" else encoding
        try:
            return cls(
                model=model.reference,
                volume=volume,
                scale=scale,
                settings=chosen,
                seed=seed,
                first_day=period.first,
                last_day=period.last,
                tables=_tables(model, tables, defects),
                format=format,
                compression=compression,
                encoding=encoding,
                row_group_bytes=row_group,
                table_format=table_format,  # type: ignore[arg-type]
                scenario=scenario,
                defects=defects,
            )
        except ValidationError as error:
            problem = error.errors()[0]
            limits = "; it must be a whole number from 0 to 2**64 - 1" if problem["loc"][0] == "seed" else f": {problem['msg']}"
            raise RequestError(f"{problem['loc'][0]} = {shown(problem['input'])}{limits}") from None

    def until(self, last_day: datetime.date | str) -> Spec:
        """The same build over a period that ends on another day: what `of` makes of the same request with that day.

        Raises RequestError for something that is not a day.
        """
        last = parse_day("to", last_day)
        days = {"days": (last - self.first_day).days + 1} if "days" in self.settings else {}
        return self.model_copy(update={"last_day": last, "settings": {**self.settings, **days}})

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    @property
    def file_format(self) -> Format:
        """How its parts are written and read."""
        format = find_format(self.format, self.compression, self.encoding, self.row_group_bytes)
        return format if self.table_format is None else format.for_table_format(self.table_format)

    def stored_as(self, format: str) -> Spec:
        """The same build, in files of a format as it is by default, without tables of a lake."""
        plain = {"compression": COMPRESSIONS[0], "encoding": ENCODINGS[0], "row_group_bytes": None, "table_format": None}
        return self.model_copy(update={"format": format, **plain})

    def in_row_groups_of(self, size: int) -> Spec:
        """The same build in row groups of so many bytes, unless their size was asked for or its format has none."""
        if self.row_group_bytes is not None or self.file_format.row_group_bytes is None:
            return self
        return self.model_copy(update={"row_group_bytes": size})

    def generation(self, model: Model) -> Generation:
        """The model with these numbers, ready to give rows."""
        conditions = self.scenario.conditions(model) if self.scenario is not None else model.conditions
        return Generation(
            model, self.settings, self.seed, self.period, conditions, Defects(self.defects, self.tables) if self.defects else None
        )


def _scenario(scenario: str | Path | Scenario | None, model: Model) -> Scenario | None:
    if scenario is None and model.default_scenario:
        scenario = model.default_scenario
    if scenario is None or isinstance(scenario, Scenario):
        return scenario
    if not isinstance(scenario, str | Path):
        raise RequestError(f"scenario = {shown(scenario)}: give the name of one that ships with colgen, the path of a file, or a Scenario")
    return Scenario.read(scenario, model)


def _settings(model: Model, volume: str, scale: float, given: Mapping[str, Any], scenario: Scenario | None) -> dict[str, int]:
    """Every setting: the volume's under the scenario, scaled, then overridden."""
    if not isinstance(given, Mapping):
        raise RequestError(f"settings = {shown(given)}: give names and values, such as {{'customers': 500}}")
    usual = scenario.settings_for(model, model.volumes[volume]) if scenario is not None else model.volumes[volume]
    counts = model.counts
    chosen = {name: max(model.range_of(name)[0], round(value * scale)) if name in counts else value for name, value in usual.items()}
    for name, value in given.items():
        if name not in chosen:
            raise RequestError(f"model {model.name} has no setting {shown(name)}; {one_of(shown(name), chosen)}")
        chosen[name] = _whole_number(name, value)
    if problem := model.problem_of(chosen):
        raise RequestError(problem)
    return chosen


def _defects(given: Any, model: Model, scenario: Scenario | None) -> tuple[Any, dict[str, float]]:
    """The settings without those of defects, and the share of each kind: what is given takes precedence over the scenario's."""
    shares = scenario.defects_for(model) if scenario is not None else {}
    if not isinstance(given, Mapping) or SETTING in model.settings:
        return given, shares
    kinds = {name: value for name, value in given.items() if isinstance(name, str) and is_of_defects(name)}
    for name, value in sorted(kinds.items()):  # all of them before single ones
        kind = name.partition(".")[2]
        try:
            asked = shares_of({kind: value} if kind else value)
        except ValueError as error:
            raise RequestError(f"{name} = {shown(value)}: {error}") from None
        shares = {**({word: share for word, share in shares.items() if word != kind} if kind else {}), **asked}
    return {name: value for name, value in given.items() if name not in kinds}, shares


def _tables(model: Model, given: Sequence[str] | None, defects: Mapping[str, float]) -> tuple[str, ...]:
    """The tables to write, in the model's order; with defects, the answer key after them."""
    if not defects:
        return _own_tables(model, given)
    taken = next((table.name for table in model.written if table.name.lower() == ANSWER_KEY.name), None)
    if taken is not None:
        raise RequestError(f"model {model.name} has a table {taken!r} itself, which is what the answer key to defects is called; rename it")
    if given is not None and not isinstance(given, str) and ANSWER_KEY.name in (given := list(given)):
        given = [name for name in given if name != ANSWER_KEY.name]
    names = _own_tables(model, given)
    asked = Defects(defects, names)
    if not any(asked.of(table, model) for table in model.written):
        kinds = " or ".join(defects)
        raise RequestError(f"defects: no column of {', '.join(names)} can have one of kind {kinds}; name another kind, or other tables")
    return (*names, ANSWER_KEY.name)


def _own_tables(model: Model, given: Sequence[str] | None) -> tuple[str, ...]:
    names = [table.name for table in model.written]
    if given is None:
        return tuple(names)
    if isinstance(given, str):
        raise RequestError(f"tables = {given!r}: give a list of names, such as [{given!r}]")
    try:
        given = list(given)
    except TypeError:
        raise RequestError(f"tables = {shown(given)}: give a list of names, such as [{names[0]!r}]") from None
    if not given:
        raise RequestError(f"tables: name at least one; available: {', '.join(names)}")
    for name in given:
        if not isinstance(name, str):
            raise RequestError(f"tables: {shown(name)} is not the name of a table; available: {', '.join(names)}")
        if name not in names:
            raise RequestError(f"model {model.name} has no table {name!r}; {one_of(name, names)}")
    return tuple(name for name in names if name in given)


def _whole_number(name: str, value: Any) -> int:
    text = value.replace("_", "") if isinstance(value, str) else str(value) if is_whole(value) else ""
    if not re.fullmatch(r"[+-]?\d{1,30}", text):
        raise RequestError(f"{name} = {shown(value)}: it must be a whole number")
    return int(text)
