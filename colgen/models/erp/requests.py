"""Requests: what companies want, and where orders and everything that follows from them start.

A *request* leads to one order, or by mistake to two. All later events of its life are drawn from it, whether or not they fall into the
period. Those after its end have not happened yet: their rows are generated, so that ids do not depend on the period, but they are not kept.

An anomaly is a label that some requests draw. Its effects are added to the life of the order, for which every table reserves room, so
without anomalies (`--set anomalies=0`) all other rows stay the same.
"""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Choice,
    Daily,
    Day,
    FanOut,
    First,
    ForeignKey,
    Integer,
    Key,
    Ordinal,
    ParentKey,
    Poisson,
    Popularity,
    Table,
    Timestamp,
    column,
    either,
    per_day,
    time_of_day,
)
from colgen.models.erp.labels import Label
from colgen.models.erp.people import Branches, Companies, Users

HOUR, MINUTE, SECOND = DAY // 24, DAY // 1440, 1_000_000
NEVER = 2**62
MOST_REQUESTS = 1024  # in a shift, approximately: they are generated together

LINES = (18, 24, 21, 15, 10, 6, 4, 2)  # weights of one to eight lines in an order


def now(period):
    """The end of the period, in microseconds since 1970; anything later has not happened yet."""
    return (period.end + 1) * DAY


def missing(values, where):
    """Values that are missing where a condition holds."""
    return np.ma.array(values, mask=where)


def shifts(volume):
    """The number of shifts in a day, chosen so that even a busy shift does not have too many requests."""
    return max(1, -(-2 * volume["orders_per_day"] // MOST_REQUESTS))


class Shifts(Table, hidden=True):
    """A few hours of a day; the goods that are ordered in them are restocked when they start."""

    rows = Daily(shifts, grows=("orders_per_day",))

    id = Key()
    day = Day()
    place = column(Integer)(lambda id, volume: (id - 1) % shifts(volume))

    @column(Integer)
    def requests(draw, day, volume, period, scenario):
        """Poisson, with a mean for each day that does not depend on the length of the period."""
        mean = per_day(lambda days: scenario.calendar.factor(days, period), day) * (volume["orders_per_day"] / shifts(volume))
        return draw(Poisson(mean))

    @column(Timestamp)
    def begins(day, place, volume, scenario):
        return day * DAY + time_of_day(place / shifts(volume), scenario.calendar.hours) * (place > 0)


class Requests(Table, hidden=True):
    """A company's wish to order something on a day."""

    rows = FanOut(Shifts, "requests")

    id = Key()
    shift = ParentKey(Shifts)
    number = Ordinal()
    company_id = ForeignKey(Companies, popularity=Popularity(top=0.2, share=0.55))
    seller = ForeignKey(Users, where={"sells": True})

    @column(ForeignKey(Users))
    def created_by(draw, seller, manager=Companies.account_manager_id):
        """Usually the company's account manager."""
        return either(draw.chance(0.8), manager, seller)

    @column(Timestamp)
    def ordered_at(draw, number, volume, scenario, day=Shifts.day, place=Shifts.place, requests=Shifts.requests):
        """In working hours, in the order of ids."""
        quantile = (place + (number - 1 + draw.uniform()) / requests) / shifts(volume)
        return day * DAY + time_of_day(quantile, scenario.calendar.hours)

    @column(ForeignKey(Branches), nullable=True)
    def branch_id(draw, first=Companies.first_branch, count=Companies.branch_count):
        """One of the company's branches, or missing for its head office."""
        number = draw.below(count + 1)
        return missing(first + number - 1, number == 0)

    @column(Integer)
    def lines(draw):
        """One to eight."""
        return 1 + draw(Choice(LINES))

    @column(Integer)
    def label(draw, scenario):
        """The kind of anomaly that it has, if any."""
        abnormal = draw.chance(scenario.anomaly_rate)
        return either(abnormal, 1 + draw(Choice(tuple(scenario.anomaly_mix[kind] for kind in Label.words[1:]))), Label.none)

    copies = column(Integer)(lambda label: 1 + (label == Label.duplicate_order))
    labels = column(Integer)(lambda label: (label != Label.none).astype(np.int64))
    lag = column(BigInteger)(lambda draw: draw.integers(3 * MINUTE, 45 * MINUTE))  # until a duplicate of the order is placed
    target = column(Integer)(lambda draw, lines: 1 + draw.below(lines))  # the line that an anomaly or a discount applies to
    first_order, first_item, first_shipment, first_payment = map(First, ("orders", "order_items", "shipments", "payments"))
