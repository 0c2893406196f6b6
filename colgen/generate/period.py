"""Which days a build covers, of what was asked for and what the model says."""

from __future__ import annotations

import datetime
from typing import Any

from colgen.declare.arguments import shown
from colgen.declare.period import RELATIVE_DAYS, Period
from colgen.errors import RequestError

DEFAULT_LAST_DAY = datetime.date(2024, 12, 31)
FIRST_YEAR, LAST_YEAR = 1900, 2200
_A_YEAR = datetime.timedelta(days=364)
_MOST_DAYS = 10**5  # more lead beyond the last year anyway, and must not overflow a date


def choose_period(
    first_day: datetime.date | str | None,
    last_day: datetime.date | str | None,
    *,
    days: int | None = None,
    days_given: bool = False,
    model_first_day: str = "",
) -> Period:
    """The period of a build. Raises RequestError for a day that is not one, or a period that ends before it starts.

    first_day, last_day : as asked for; None where nothing was
    days : how many days the model's setting `days` says, None where it has none
    days_given : whether the request says `days`, rather than the volume
    model_first_day : the model's own first day, empty where it has none

    | given | the period |
    |---|---|
    | both | as given |
    | the first day | `days` from it on; without that setting, to 2024-12-31, but at least a year |
    | the last day | from the model's first day if it is not later; but `days`, if the request says them, end on it; else `days`, or a year, up to it |
    | neither | `days` from the model's first day on, or up to 2024-12-31; without that setting, the year that ends then |
    """
    last = parse_day("last_day", last_day) if last_day is not None else DEFAULT_LAST_DAY
    first = parse_day("first_day", first_day) if first_day is not None else None
    if first is None and model_first_day:
        model_first = parse_day("first_day", model_first_day)
        if last_day is None or (model_first <= last and not days_given):
            first = model_first
    span = datetime.timedelta(days=min(days, _MOST_DAYS) - 1) if days is not None else None
    if last_day is None and first is not None:
        last = _shifted(first, span) if span is not None else max(last, _shifted(first, _A_YEAR))
    if first is None:
        first = _shifted(last, -span) if span is not None else _a_year_before(last)
    if first > last:
        raise RequestError(f"the period starts on {first}, after it ends on {last}")
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise RequestError(f"the period {first} to {last} must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return Period(first, last)


def parse_day(name: str, value: Any) -> datetime.date:
    """A day: a date, a datetime (pandas' Timestamp too), "YYYY-MM-DD", "today" or "yesterday", in UTC. RequestError for anything else.

    name : what it is the value of, for messages

    >>> parse_day("to", "2024-12-31"), parse_day("to", datetime.datetime(2024, 12, 31, 12))
    (datetime.date(2024, 12, 31), datetime.date(2024, 12, 31))
    """
    if isinstance(value, str) and value in RELATIVE_DAYS:
        return datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(RELATIVE_DAYS[value])
    try:
        if isinstance(value, datetime.datetime):
            if value != value:  # pandas' NaT
                raise ValueError
            day = value.date()
        elif isinstance(value, datetime.date):
            day = value
        else:
            day = datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise RequestError(f"{name} = {shown(value)}: it must be a day such as 2024-12-31, or today") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RequestError(f"{day}: the period must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _shifted(day: datetime.date, span: datetime.timedelta) -> datetime.date:
    try:
        return day + span
    except OverflowError:
        raise RequestError(f"the period must lie between {FIRST_YEAR} and {LAST_YEAR}, and {day} {span.days:+,} days does not") from None


def _a_year_before(last: datetime.date) -> datetime.date:
    day_after = last + datetime.timedelta(days=1)
    try:
        return day_after.replace(year=day_after.year - 1)
    except ValueError:  # the year before has no 29 February
        return day_after.replace(year=day_after.year - 1, day=28)
