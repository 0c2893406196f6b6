"""Stretches of a day, and who comes for the first time in each."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Column,
    Daily,
    DailyCount,
    Day,
    Integer,
    Key,
    Table,
    Timestamp,
    column,
    ranges,
    time_of_day,
)
from colgen.models.ecommerce.clocks import HOUR, HOURS
from colgen.models.ecommerce.customers import RawCustomers

MOST_SESSIONS = 8192  # in a stretch, approximately: they are generated together
FEW_STRETCHES = (
    8  # of a day that has more, the expected customers are dealt out to them, each at any time: they are too many to be looked through
)
SECOND_VISITS = (8, 14, 22, 33, 47, 66, 90, 125)  # so many days after they registered some customers come again


def stretches(volume):
    """The number of stretches in a day, chosen so that even a busy stretch does not have too many sessions."""
    return max(1, -(-2 * volume["sessions_per_day"] // MOST_SESSIONS))


def boundary(number, per_day, period):
    """The start of a stretch, in microseconds since 1970; for the number after the last stretch, its end."""
    day, position = number // per_day, number % per_day
    return (period.start + day) * DAY + time_of_day(position / per_day, HOURS) * (position > 0)


class Stretches(Table, hidden=True):
    """A part of a day, in which as many sessions are expected as in any other part of it."""

    rows = Daily(stretches, grows=("sessions_per_day",))

    id = Key()
    day = Day()
    sessions = DailyCount("sessions_per_day", of_period=True)
    position = column(Integer)(lambda id, volume: (id - 1) % stretches(volume))  # in its day, from 0

    @column(Timestamp)
    def begins(id, volume, period):
        return boundary(id - 1, stretches(volume), period)

    @column(Timestamp)
    def ends(id, volume, period):
        return boundary(id, stretches(volume), period)


class Expected(Column):
    """The customer who is expected on the day and comes in a session; 0 for all others.

    Whoever registered on the day before is expected, and those who come a second time after some weeks. They come when people are awake where
    they live: among the sessions of a stretch they take the places that lie at these times, each a place of its own, and half of the places
    at most.
    """

    compact = True

    def __init__(self):
        super().__init__(BigInteger, hidden=True)

    needs = ("stretch", "place")
    lookups = ((Stretches.sessions, "stretch"), (Stretches.day, "stretch"), (Stretches.position, "stretch"))

    def make(self, rows):
        """One for each session."""
        (sessions, stretch), (day, _), (position, _) = (rows.parent_values(column) for column, _ in self.lookups)
        of_day = stretches(rows.volume)
        is_few = of_day <= FEW_STRETCHES
        who, of_stretch = self.expected(rows, day, position * (not is_few), 1 if is_few else of_day)
        times = quantile_of_day(rows.at(RawCustomers.visits_at, who))
        if is_few:
            times = of_day * times - position[of_stretch]
        here = np.flatnonzero((times >= 0) & (times < 1))
        here = here[np.lexsort((times[here], of_stretch[here]))]
        who, of_stretch, times = who[here], of_stretch[here], times[here]
        number = np.arange(len(who)) - np.searchsorted(of_stretch, of_stretch)  # in the stretch, from 0
        most = sessions // 2
        coming = np.minimum(np.bincount(of_stretch, minlength=len(sessions)), most)
        place = number + (times * (sessions - coming + 1)[of_stretch]).astype(np.int64)
        made = np.bincount(stretch, minlength=len(sessions))  # a sample has the first few of them
        taken = (number < most[of_stretch]) & (place < made[of_stretch])
        expected = np.zeros(len(stretch), np.int64)
        expected[((np.cumsum(made) - made)[of_stretch] + place)[taken]] = who[taken]
        return expected

    def expected(self, rows, day, part, parts):
        """The customers who are expected on some days, or a part of them, and the position of the day of each."""
        births, visits = rows.births(RawCustomers.registered_at), []
        for number, after in enumerate((1, *SECOND_VISITS)):
            before = births.before(day - after)
            on_day = births.before(day - after + 1) - before
            first, end = before + on_day * part // parts, before + on_day * (part + 1) // parts
            who, of_day = ranges(first + 1, end - first), np.repeat(np.arange(len(day)), end - first)
            if number:
                again = np.flatnonzero((who % len(SECOND_VISITS) == number - 1) & rows.at(RawCustomers.comes_again, who))
                who, of_day = who[again], of_day[again]
            visits.append((who, of_day))
        return tuple(np.concatenate(arrays) for arrays in zip(*visits, strict=True))


_until = np.concatenate([[0.0], np.cumsum(HOURS)])


def quantile_of_day(moment):
    """How much of a day's traffic comes before a time of day in UTC."""
    hour = moment // HOUR
    return (_until[hour] + (moment % HOUR) / HOUR * np.array(HOURS)[hour]) / _until[-1]
