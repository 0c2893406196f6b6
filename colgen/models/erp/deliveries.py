"""Attempts to deliver orders."""

import numpy as np

from colgen import (
    Boolean,
    Categorical,
    Codes,
    Draw,
    FanOut,
    Key,
    Lookup,
    Ordinal,
    ParentKey,
    Table,
    Timestamp,
    Vocabulary,
    column,
    either,
    key,
)
from colgen.models.erp.egypt import phrases
from colgen.models.erp.orders import Orders, OrderStatus, attempt_day, leaves_at, slot
from colgen.models.erp.people import EGYPT
from colgen.models.erp.requests import Requests, Shifts, missing, now


class Outcome(Codes):
    on_the_way: int
    delivered: int
    failed: int
    refused: int


STOPS = 16  # of a driver on a usual day
MOST_DRIVERS = 2_000


def _drivers():
    """Names of drivers: those of the list, and beyond them common ones, none of them twice."""
    men = np.ones(3 * MOST_DRIVERS, np.int64)
    draw = Draw(key("drivers of the distributor"), count=len(men))
    first, family = EGYPT.first_names, EGYPT.family_names
    names = zip(
        first.type.to_arrow(first.pick(draw, men)).to_pylist(), family.type.to_arrow(family.pick(draw, 0 * men)).to_pylist(), strict=True
    )
    common = (f"{first} {family}" for first, family in names if first != family)
    return Categorical(list(dict.fromkeys([*phrases("driver").type.words.to_pylist(), *common]))[:MOST_DRIVERS])


DRIVERS = _drivers()


def drivers(volume):
    """How many drivers each of the two regions has: it has half of the orders of seven days, on three days."""
    return int(np.clip(np.rint(volume["orders_per_day"] * 7 / 6 / STOPS), 1, MOST_DRIVERS // 2))


class Shipments(Table, keep="there"):
    """An attempt to deliver an order."""

    rows = FanOut(Orders, "shipments")

    id = Key()
    order_id = ParentKey(Orders)
    attempt = Ordinal()
    region = Lookup(Orders.region, hidden=True)

    @column(DRIVERS)
    def driver(draw, region, volume, stop=Orders.stop):
        """One for some neighbouring areas of a region; often the driver from next door helps out."""
        each = drivers(volume)
        beat = (stop * each + (draw.uniform() - 0.5) * 1.6).astype(np.int64)
        return np.clip(beat, 0, each - 1) * 2 + region

    @column(Timestamp)
    def dispatched_at(
        attempt,
        region,
        volume,
        first_out=Orders.first_out,
        first_day=Orders.first_day,
        day=Requests.day,
        place=Shifts.place,
        quantile=Requests.quantile,
    ):
        """In the morning, on one of the region's delivery days; older orders leave first."""
        again, moment = np.flatnonzero(attempt > 1), first_out.copy()
        day_again = attempt_day(first_day[again], attempt[again], region[again])
        moment[again] = leaves_at(slot(day_again, day[again], place[again], volume), quantile[again])
        return moment

    arrives = column(Timestamp, hidden=True)(lambda dispatched_at, on_the_road=Orders.on_the_road: dispatched_at + on_the_road)
    is_last = column(Boolean, hidden=True)(lambda attempt, attempts=Orders.attempts: attempt == attempts)

    @column(Outcome.type)
    def outcome(arrives, is_last, period, end=Orders.end):
        """How it ended; that of the last attempt agrees with the order's status."""
        refused = is_last & (end == OrderStatus.cancelled)
        final = either(is_last & (end == OrderStatus.delivered), Outcome.delivered, either(refused, Outcome.refused, Outcome.failed))
        return either(arrives < now(period), final, Outcome.on_the_way)

    drawn_reason = Vocabulary(phrases("failure_reason"), hidden=True)

    @column(phrases("failure_reason").type, nullable=True)
    def failure_reason(drawn_reason, outcome):
        """Why the goods could not be handed over."""
        return missing(drawn_reason, outcome != Outcome.failed)

    delivered_at = column(Timestamp, nullable=True, doc="When the goods were handed over.")(
        lambda arrives, outcome: missing(arrives, outcome != Outcome.delivered)
    )
    there = column(Boolean, hidden=True)(
        lambda attempt, dispatched_at, period, attempts=Orders.attempts, order=Orders.there: (
            order & (attempt <= attempts) & (dispatched_at < now(period))
        )
    )
