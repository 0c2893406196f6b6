"""What a scenario may change, each field with its limits and words for people; and what two scenarios say together."""

from __future__ import annotations

import datetime
import math
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from numbers import Integral, Real
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from colgen.errors import one_of

if TYPE_CHECKING:
    from colgen.scenario.yaml import KeyPath


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MISSING = "it is missing"
_MOST = 1_000_000


def _shown(value: Any) -> str:
    """A value as one writes it, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, datetime.date | Real) else reprlib.repr(value)


def _is(kind: type, value: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _number(value: Any, wanted: str, low: float, high: float) -> float:
    if not _is(Real, value) or not low <= value <= high:
        raise ValueError(f"{_shown(value)} is wrong; it must be {wanted}")
    return float(value)


def _whole(wanted: str, low: int, high: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not _is(Integral, value) or not low <= value <= high:
            raise ValueError(f"{_shown(value)} is wrong; it must be {wanted}")
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
        raise ValueError(f"{_shown(value)} is wrong; it must be text: put it into quotes")
    return value


def _name(value: Any) -> str:
    if not _text(value).strip() or len(value) > 100 or not value.isprintable():
        raise ValueError(f"{_shown(value)} is wrong; it must be a name of at most 100 letters, such as busy-summer")
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
    raise ValueError(f"{_shown(value)} is wrong; it must be a day such as 2024-12-31, or a number: 1 is the first day of the period")


def _mapping(value: Any, of: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{_shown(value)} is wrong; it must be {of}")
    return value


def _factors(value: Any, count: int, of: str) -> tuple[float, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != count:
        found = f"{len(value)} are given" if isinstance(value, list | tuple) else f"{_shown(value)} is wrong"
        raise ValueError(f"{found}; it must be {of}")
    factors = tuple(_factor(one) for one in value)
    if not any(factors):
        raise ValueError("all are 0, so that nothing could ever happen; give one more than 0")
    return factors


def _weekday(value: Any) -> tuple[float, ...]:
    if isinstance(value, Mapping):
        days = {str(day).lower(): factor for day, factor in value.items()}
        for day in days:
            if day not in WEEKDAYS:
                raise ValueError(f"{day!r} is no day of the week; {one_of(day, WEEKDAYS)}")
        if missing := [day for day in WEEKDAYS if day not in days]:
            raise ValueError(f"all seven days are needed, and {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
        value = [days[day] for day in WEEKDAYS]
    return _factors(value, 7, "7 factors from Monday to Sunday, or a factor for each of the days monday, tuesday …")


def _hours(value: Any) -> tuple[float, ...]:
    return _factors(value, 24, "24 factors, one for each hour of the day")


def _month(value: Any) -> dict[int, float]:
    found = {}
    for number, factor in _mapping(value, "a factor for each month's number, such as 12: 1.5").items():
        if isinstance(number, bool) or str(number) not in map(str, range(1, 13)):
            raise ValueError(f"{_shown(number)} is no month; it must be a number from 1 to 12")
        found[int(number)] = _factor(factor)
    if len(found) == 12 and not any(found.values()):
        raise ValueError("all are 0, so that nothing could ever happen; give one more than 0")
    return found


def _shares(value: Any) -> dict[str, float]:
    found = {}
    for word, share in _mapping(value, "a share for each word, such as net_15: 0.4").items():
        found[str(word)] = _number(share, f"a share from 0 to 1 (of {str(word)!r})", 0, 1)
    if abs(math.fsum(found.values()) - 1) > 1e-6:
        raise ValueError(f"the shares add up to {round(math.fsum(found.values()), 6):g}; they must add up to 1")
    return found


def _mix(value: Any) -> dict[str, float]:
    return _shares(value) if value != {} else {}


def _several(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{_shown(value)} is wrong; it must be a list, each item of which begins with a dash")
    return value


def some(value: Any) -> Any:
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
    """What is common to all parts of a scenario: they do not change, and know their keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, defer_build=True)


class Outage(Fields):
    """Days on which nothing goes out. `from` in a file is a date, or a number: 1 is the first day of the period."""

    first: FirstDay = Field(alias="from")
    days: HowManyDays


class BurstOfDays(Outage):
    """Days that are busier by a factor, or quieter; over `spread` days before and after it comes and goes."""

    times: Factor
    spread: Spread = 0


class TimeProfile(Fields):
    """When things happen, where it differs from the model's calendar; the fields are those of `colgen.calendar.Calendar`."""

    weekday: Annotated[tuple[float, ...], BeforeValidator(_weekday)] | None = None
    month: Annotated[dict[int, float], BeforeValidator(_month)] = {}
    hours: Annotated[tuple[float, ...], BeforeValidator(_hours)] | None = None
    growth: Annotated[float, BeforeValidator(_growth)] | None = None
    holiday: Factor | None = None
    ramadan: Factor | None = None
    bursts: Annotated[tuple[BurstOfDays, ...], BeforeValidator(_several)] | None = None
    outages: Annotated[tuple[Outage, ...], BeforeValidator(_several)] | None = None


class Changes(Fields):
    """What differs from a model's own numbers.

    settings : counts and settings of the volume, whole numbers
    multiply : what the volume's counts and settings are multiplied by
    rates : probabilities
    shares : for a name how often each of its words comes; replaced whole
    anomaly_rate : the share of rows that carry an anomaly
    anomaly_mix : how often each kind comes; the model's own if empty
    time : when things happen
    """

    settings: Annotated[dict[FreeText, Setting], BeforeValidator(some)] = {}
    multiply: Annotated[dict[FreeText, Multiplier], BeforeValidator(some)] = {}
    rates: Annotated[dict[FreeText, Rate], BeforeValidator(some)] = {}
    shares: Annotated[dict[FreeText, Shares], BeforeValidator(some)] = {}
    anomaly_rate: Rate | None = None
    anomaly_mix: Annotated[dict[str, float], BeforeValidator(_mix)] = {}
    time: Annotated[TimeProfile, BeforeValidator(some)] = TimeProfile()

    def stated(self) -> dict[str, Any]:
        """What it says, as plain values; what it leaves to others is not there."""
        return _without_empty(self.model_dump(by_alias=True, exclude_none=True))


def _without_empty(values: dict[Any, Any]) -> dict[Any, Any]:
    inner = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in inner.items() if value != {} and value != ""}


def mistakes(error: ValidationError, root: type[BaseModel]) -> Iterator[tuple[KeyPath, str]]:
    """Where the mistakes are that a validation of `root` found, and what would be right."""
    for found in error.errors(include_url=False):
        place: KeyPath = tuple(part for part in found["loc"] if part != "[key]")
        keys = _keys(root, place[:-1])
        if found["type"] == "extra_forbidden":
            yield place, f"there is no such key; {one_of(str(place[-1]), keys)}"
        elif found["type"] == "missing":
            yield place, MISSING
        elif found["type"] == "value_error":
            yield place, str(found["ctx"]["error"])
        else:
            yield place, f"{_shown(found['input'])} is wrong; it must hold keys and values: {', '.join(_keys(root, place))}"


def _keys(root: type[BaseModel], place: KeyPath) -> list[str]:
    """The keys that may stand at a place."""
    if place[:1] == ("models",):
        return _keys(Changes, place[2:])
    kinds: dict[KeyPath, type[BaseModel]] = {(): root, ("time",): TimeProfile, ("time", "bursts"): BurstOfDays, ("time", "outages"): Outage}
    kind = kinds.get(place[:2])
    return [field.alias or name for name, field in kind.model_fields.items()] if kind else []
