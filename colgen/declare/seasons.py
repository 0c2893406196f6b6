"""Days that the calendar of a country or a religion sets apart, from the libraries that know them.

What they say of the future is a forecast: a new version of a library may move a feast by a day.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from colgen.arrays import Array
from colgen.declare.period import EPOCH, Period
from colgen.errors import ModelError, RequestError


@cache
def holidays(country: str, period: Period) -> Array:
    """The public holidays of a country in a period, as days since 1970-01-01: int64, ascending. ModelError for an unknown country.

    country : ISO 3166 code, such as EG

    >>> from datetime import date
    >>> len(holidays("EG", Period(date(2024, 4, 1), date(2024, 4, 30))))
    3
    """
    from holidays import country_holidays

    try:
        days = country_holidays(country, years=range(period.first.year, period.last.year + 1))
    except NotImplementedError:
        raise ModelError(f"the holidays of a calendar's country {country!r} are not known; give its ISO code, such as EG") from None
    return np.array(sorted((day - EPOCH).days for day in days if period.first <= day <= period.last), np.int64)


@cache
def ramadan(period: Period) -> Array:
    """The days of Ramadan in a period, as days since 1970-01-01: int64, ascending. RequestError for years that are not known.

    By the Umm al-Qura calendar, from 1924 to 2077.

    >>> from datetime import date
    >>> ramadan(Period(date(2024, 1, 1), date(2024, 12, 31)))[[0, -1]].astype("M8[D]").astype(str).tolist()
    ['2024-03-11', '2024-04-09']
    """
    from hijridate import Gregorian, Hijri

    try:
        years = range(Gregorian.fromdate(period.first).to_hijri().year, Gregorian.fromdate(period.last).to_hijri().year + 1)
        months = [(Hijri(year, 9, 1).to_gregorian(), Hijri(year, 9, 1).month_length()) for year in years]
    except OverflowError:
        raise RequestError(f"Ramadan is known from 1924 to 2077, and the period is {period.first} to {period.last}") from None
    days = [start.toordinal() - EPOCH.toordinal() + offset for start, length in months for offset in range(length)]
    return np.array([day for day in days if period.start <= day <= period.end], np.int64)
