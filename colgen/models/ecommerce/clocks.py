"""What time it is where a customer lives, and where a warehouse stands.

A country has one clock, or several that its regions go by. Each is always as far from UTC as in winter: daylight saving time is left out.
Clocks have customers of about the same number, so that those of any clock are found as fast; some show the same time.
"""

import math

import numpy as np

from colgen import DAY, Grouped, day_of_month, month_of, per_day, time_of_day, vocabulary
from colgen.models.ecommerce.lists import LISTS, WORLD, cells

LOCAL_HOURS = (10, 6, 4, 3, 3, 5, 12, 24, 38, 48, 54, 57, 62, 58, 54, 53, 55, 60, 70, 84, 96, 92, 64, 30)
"""How busy each hour is where a visitor lives: a lull at night, a first peak at noon, the highest one in the evening."""

WAREHOUSE_HOURS = (0, 0, 0, 0, 0, 0, 2, 6, 8, 9, 9, 8, 6, 8, 10, 12, 12, 9, 5, 3, 1, 0, 0, 0)
CARRIER_HOURS = (0, 0, 0, 0, 0, 0, 0, 0, 4, 8, 11, 12, 12, 11, 10, 9, 8, 6, 4, 2, 0, 0, 0, 0)
SUNDAY, CHRISTMAS = 6, (12, 25)
HOUR = DAY // 24

PLACES = LISTS.table("clocks").to_pylist()  # countries and regions with the clock they go by, which is named for a city
CLOCKS = list(dict.fromkeys(place["clock"] for place in PLACES))
OFFSET = np.array([next(place["offset"] for place in PLACES if place["clock"] == clock) for clock in CLOCKS]) * HOUR  # less UTC


def clock_of(code, region):
    """The clock that a region goes by."""
    listed = (place for place in PLACES if place["code"] == code and (place["regions"] == "all" or region in place["regions"].split("|")))
    return CLOCKS.index(next(listed)["clock"])


_cities = vocabulary.table("cities").to_pylist()
CITY_COUNTRY = np.array([WORLD.codes.index(city["code"]) for city in _cities])
_people = np.array([city["weight"] for city in _cities], float)
_weight = _people * (WORLD.countries.weights / np.bincount(CITY_COUNTRY, _people))[CITY_COUNTRY]
_weight = np.maximum(np.rint(1e6 * _weight / WORLD.countries.weights.sum()), 1).astype(np.int64)
_clock = np.array([clock_of(city["code"], city["region"]) for city in _cities])
CITY_ROW = np.argsort(_clock, kind="stable")
CITIES = Grouped("cities by clock", [str(row) for row in CITY_ROW], _clock[CITY_ROW], _weight[CITY_ROW])
"""Cities by clock, in proportion to the population of the city and the customers of the country; a word's number is a place in `CITY_ROW`."""

SHARE = np.bincount(_clock, _weight) / _weight.sum()
"""The part of all customers that goes by each clock."""

_local = np.array(LOCAL_HOURS) / sum(LOCAL_HOURS)
_utc = np.arange(24)[:, None]
AWAKE = SHARE * _local[(_utc + OFFSET // HOUR) % 24]  # the part of all visits that falls on each hour in UTC and clock

HOURS = tuple(math.fsum(row) for row in AWAKE.tolist())
"""How busy each hour in UTC is: those who live in the west of the United States come when Europe sleeps."""

CLOCK_OF_HOUR = cells(AWAKE)

_served = {"Reno": ("Denver", "Los Angeles"), "Louisville": ("Chicago", "Miami", "New York", "São Paulo")}
_served |= {"Rotterdam": ("Berlin", "Madrid", "Paris"), "Birmingham": ("London",)}
NEAREST = np.array([next(number for number, clocks in enumerate(_served.values()) if clock in clocks) for clock in CLOCKS])
"""The warehouse that serves the customers of each clock."""

WAREHOUSE_CLOCK = np.array([CLOCKS.index(clock) for clock in ("Los Angeles", "New York", "Paris", "London")])


def is_closed(day):
    """Whether nothing leaves a warehouse or arrives: on Sundays and Christmas Day."""
    return ((day + 3) % 7 == SUNDAY) | ((month_of(day) == CHRISTMAS[0]) & (day_of_month(day) == CHRISTMAS[1]))


def working_day(day):
    """The day, or the next one that is neither a Sunday nor Christmas Day."""

    def next_open(day):
        for _ in range(2):
            day = day + is_closed(day)
        return day

    return per_day(next_open, day)


def local_day(moment, clock):
    """The date that a clock shows, in days since 1970."""
    return (moment + OFFSET[clock]) // DAY


def at_local_time(day, quantile, hours, clock):
    """When in a day that a clock shows something happens."""
    return day * DAY + time_of_day(quantile, hours) - OFFSET[clock]
