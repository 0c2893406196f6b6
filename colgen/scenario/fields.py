"""The fields of a scenario, each with its limits and a message for values outside them."""

from __future__ import annotations

import datetime
import math
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from numbers import Integral, Real
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from colgen.defects.shares import shares_of
from colgen.errors import one_of

if TYPE_CHECKING:
    from colgen.scenario.yaml import KeyPath


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MISSING = "this key is required"
_MOST = 1_000_000
_ALL_ZERO = "all factors are 0, so nothing could ever happen; at least one must be above 0"


def _shown(value: Any) -> str:
    """A value as it is written in a file, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, datetime.date | Real) else reprlib.repr(value)


def _is(kind: type, value: Any) -> bool:
    """Whether a value is of a kind of numbers; Booleans are not numbers here."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _number(value: Any, expected: str, low: float, high: float) -> float:
    if not _is(Real, value) or not low <= value <= high:
        raise ValueError(f"{_shown(value)} is invalid; it must be {expected}")
    return float(value)


def _whole(expected: str, low: int, high: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not _is(Integral, value) or not low <= value <= high:
            raise ValueError(f"{_shown(value)} is invalid; it must be {expected}")
        return int(value)

    return check


def _rate(value: Any) -> float:
    return _number(value, "a probability, from 0 to 1, such as 0.05", 0, 1)


def _factor(value: Any) -> float:
    return _number(value, "a factor from 0 to a million, such as 1.5", 0, _MOST)


def _multiplier(value: Any) -> float:
    return _number(value, "a factor above 0, such as 3 or 0.5", 1e-12, _MOST)


def _growth(value: Any) -> float:
    return _number(value, "above -1 and at most 100, such as 0.2 for a fifth more each year", math.nextafter(-1, 0), 100)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is invalid; it must be text; put it in quotes")
    return value


def _name(value: Any) -> str:
    if not _text(value).strip() or len(value) > 100 or not value.isprintable():
        raise ValueError(f"{_shown(value)} is invalid; it must be a name of at most 100 characters, such as busy-summer")
    return str(value)


def _first_day(value: Any) -> datetime.date | int:
    day: Any = value
    if isinstance(value, str):
        with suppress(ValueError):
            day = datetime.date.fromisoformat(value)
    if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime) and 1900 <= day.year <= 2200:
        return day
    if _is(Integral, day) and 1 <= day <= _MOST:
        return int(day)
    raise ValueError(
        f"{_shown(value)} is invalid; it must be a day such as 2024-12-31, or a number, with 1 for the first day of the period"
    )


def _mapping(value: Any, expected: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{_shown(value)} is invalid; it must be {expected}")
    return value


def _factors(value: Any, count: int, expected: str) -> tuple[float, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != count:
        actual = f"it has {len(value)} value{'s' * (len(value) != 1)}" if isinstance(value, list | tuple) else f"{_shown(value)} is invalid"
        raise ValueError(f"{actual}; it must be {expected}")
    factors = tuple(_factor(factor) for factor in value)
    if not any(factors):
        raise ValueError(_ALL_ZERO)
    return factors


def _weekday(value: Any) -> tuple[float, ...]:
    if isinstance(value, Mapping):
        days = {str(day).lower(): factor for day, factor in value.items()}
        for day in days:
            if day not in WEEKDAYS:
                raise ValueError(f"{day!r} is not a day of the week; {one_of(day, WEEKDAYS)}")
        if missing := [day for day in WEEKDAYS if day not in days]:
            raise ValueError(f"all seven days are needed, but {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
        value = [days[day] for day in WEEKDAYS]
    return _factors(value, 7, "7 factors from Monday to Sunday, or a factor for each of the days monday, tuesday …")


def _hours(value: Any) -> tuple[float, ...]:
    return _factors(value, 24, "24 factors, one for each hour of the day")


def _month(value: Any) -> dict[int, float]:
    factors = {}
    for number, factor in _mapping(value, "a factor for each month's number, such as 12: 1.5").items():
        if isinstance(number, bool) or str(number) not in map(str, range(1, 13)):
            raise ValueError(f"{_shown(number)} is not a month; it must be a number from 1 to 12")
        factors[int(number)] = _factor(factor)
    if len(factors) == 12 and not any(factors.values()):
        raise ValueError(_ALL_ZERO)
    return factors


def _shares(value: Any) -> dict[str, float]:
    shares = {}
    for word, share in _mapping(value, "a share for each word, such as net_15: 0.4").items():
        shares[str(word)] = _number(share, f"a share from 0 to 1 (of {str(word)!r})", 0, 1)
    total = math.fsum(shares.values())
    if abs(total - 1) > 1e-6:
        raise ValueError(f"the shares add up to {round(total, 6):g}; they must add up to 1")
    return shares


def _mix(value: Any) -> dict[str, float]:
    return _shares(value) if value != {} else {}


def _defects(value: Any) -> dict[str, float] | None:
    return None if value is None else shares_of(value)


def _list(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{_shown(value)} is invalid; it must be a list, whose items start with a dash")
    return value


def as_mapping(value: Any) -> Any:
    """Raises ValueError for a value that is not a mapping of names to values."""
    return value if isinstance(value, BaseModel) else _mapping(value, "a mapping of names to values, such as orders_per_day: 100")


Name = Annotated[str, BeforeValidator(_name)]
FreeText = Annotated[str, BeforeValidator(_text)]
Rate = Annotated[float, BeforeValidator(_rate)]
Factor = Annotated[float, BeforeValidator(_factor)]
Multiplier = Annotated[float, BeforeValidator(_multiplier)]
Setting = Annotated[int, BeforeValidator(_whole("a whole number, 0 or more", 0, 10**10))]
HowManyDays = Annotated[int, BeforeValidator(_whole("a whole number of days, at least 1", 1, _MOST))]
Spread = Annotated[int, BeforeValidator(_whole("a whole number of days, 0 or more", 0, _MOST))]
FirstDay = Annotated[datetime.date | int, BeforeValidator(_first_day)]
Shares = Annotated[dict[str, float], BeforeValidator(_shares)]


class Fields(BaseModel):
    """The base of all parts of a scenario: they are immutable and refuse unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, defer_build=True)


class Outage(Fields):
    """Days on which nothing is shipped. `from` in a file is a date, or a number, with 1 for the first day of the period."""

    first: FirstDay = Field(alias="from")
    days: HowManyDays


class BurstOfDays(Outage):
    """Days that are busier or quieter by a factor, which builds up over `spread` days before them and fades over as many after."""

    times: Factor
    spread: Spread = 0


class PhaseOfDays(Fields):
    """Days on which some rates are others: from the first on if there is no number of `days`. They set in over `spread` days before the first, and
    fade over as many after the last."""

    first: FirstDay = Field(alias="from")
    days: HowManyDays | None = None
    spread: Spread = 0
    rates: Annotated[dict[FreeText, Rate], BeforeValidator(as_mapping)]


class TimeProfile(Fields):
    """Changes to the model's calendar. The fields are those of `colgen.Calendar`, which describes them."""

    weekday: Annotated[tuple[float, ...], BeforeValidator(_weekday)] | None = None
    month: Annotated[dict[int, float], BeforeValidator(_month)] = {}
    hours: Annotated[tuple[float, ...], BeforeValidator(_hours)] | None = None
    growth: Annotated[float, BeforeValidator(_growth)] | None = None
    holiday: Factor | None = None
    ramadan: Factor | None = None
    bursts: Annotated[tuple[BurstOfDays, ...], BeforeValidator(_list)] | None = None
    takeoff: Factor | None = None
    noise: Rate | None = None
    outages: Annotated[tuple[Outage, ...], BeforeValidator(_list)] | None = None
    phases: Annotated[tuple[PhaseOfDays, ...], BeforeValidator(_list)] | None = None


class Changes(Fields):
    """How data differs from a model's own numbers.

    settings : replaces counts and settings of the volume, whole numbers
    multiply : factors for counts and settings of the volume
    rates : probabilities by name
    shares : for each name, the share of each of its words; given whole, they add up to 1
    anomaly_rate : the share of rows that have an anomaly, among those that may have one
    anomaly_mix : the share of each kind among the anomalies; the model's own if empty
    defects : the share of cells that are written wrong, or one for each kind of defect
    time : changes to the model's calendar
    """

    settings: Annotated[dict[FreeText, Setting], BeforeValidator(as_mapping)] = {}
    multiply: Annotated[dict[FreeText, Multiplier], BeforeValidator(as_mapping)] = {}
    rates: Annotated[dict[FreeText, Rate], BeforeValidator(as_mapping)] = {}
    shares: Annotated[dict[FreeText, Shares], BeforeValidator(as_mapping)] = {}
    anomaly_rate: Rate | None = None
    anomaly_mix: Annotated[dict[str, float], BeforeValidator(_mix)] = {}
    defects: Annotated[dict[str, float] | None, BeforeValidator(_defects)] = None
    time: Annotated[TimeProfile, BeforeValidator(as_mapping)] = TimeProfile()

    def stated(self) -> dict[str, Any]:
        """The fields that the scenario states, as plain values; those that it leaves alone are absent."""
        return _without_empty(self.model_dump(by_alias=True, exclude_none=True))


def _without_empty(values: dict[Any, Any]) -> dict[Any, Any]:
    inner = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in inner.items() if value != {} and value != ""}


def explained(error: ValidationError, root: type[BaseModel]) -> Iterator[tuple[KeyPath, str]]:
    """The errors that a validation of `root` found: the path to each, and a message that says what would be valid."""
    for detail in error.errors(include_url=False):
        path: KeyPath = tuple(key for key in detail["loc"] if key != "[key]")
        keys = _keys(root, path[:-1])
        if detail["type"] == "extra_forbidden":
            yield path, f"unknown key; {one_of(str(path[-1]), keys)}"
        elif detail["type"] == "missing":
            yield path, MISSING
        elif detail["type"] == "value_error":
            yield path, str(detail["ctx"]["error"])
        else:
            yield path, f"{_shown(detail['input'])} is invalid; it must be a mapping with keys such as {', '.join(_keys(root, path))}"


def _keys(root: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys that are allowed in the mapping at a path."""
    if path[:1] == ("models",):
        return _keys(Changes, path[2:])
    fields: dict[KeyPath, type[BaseModel]] = {
        (): root,
        ("time",): TimeProfile,
        ("time", "bursts"): BurstOfDays,
        ("time", "outages"): Outage,
        ("time", "phases"): PhaseOfDays,
    }
    part = fields.get(path[:2])
    return [field.alias or name for name, field in part.model_fields.items()] if part else []
