"""What companies want: where orders, and all that comes of them, begin.

A *request* is what a company wants; it comes to one order, or by mistake to two. Its whole life is drawn from it, later and later, and what
lies beyond the end of the period has not happened yet: it is made, so that ids do not depend on the period, but not kept.

An anomaly is a label that some requests draw. What it does is laid over the life of the order, and every table has room for it, so that
without anomalies (`--set anomalies=0`) all other rows are the same to the byte.
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
from colgen.models.erp.people import Branches, Companies, Users

HOUR, MINUTE, SECOND = DAY // 24, DAY // 1440, 1_000_000
NEVER = 2**62
MOST_REQUESTS = 1024  # in a shift, about: they are made together

KINDS = (
    "late_payment", "missed_payment", "delivery_delay", "failed_delivery", "cancellation", "quantity_spike", "price_error",
    "duplicate_order", "bulk_payment",
)  # fmt: skip
NONE, LATE, MISSED, DELAY, FAILED, CANCELLATION, SPIKE, PRICE, DUPLICATE, BULK_PAYMENT = range(10)

LINES = (18, 24, 21, 15, 10, 6, 4, 2)  # how often an order has one line, two …


def now(period):
    """The end of the period: what comes later has not happened."""
    return (period.end + 1) * DAY


def missing(values, gone):
    return np.ma.array(values, mask=gone)


def shifts(volume):
    """Into how many shifts a day is cut, so that even a busy one has not too many requests in each."""
    return max(1, -(-2 * volume["orders_per_day"] // MOST_REQUESTS))


class Shifts(Table, hidden=True):
    """Some hours of a day: what is ordered in them is restocked at their begin."""

    rows = Daily(shifts, grows=("orders_per_day",))

    id = Key()
    day = Day()
    place = column(Integer)(lambda id, volume: (id - 1) % shifts(volume))

    @column(Integer)
    def requests(draw, day, volume, period, scenario):
        """A rate for each day, which a longer period does not change."""
        mean = per_day(lambda days: scenario.calendar.factor(days, period), day) * (volume["orders_per_day"] / shifts(volume))
        return draw(Poisson(mean))

    @column(Timestamp)
    def begins(day, place, volume, scenario):
        return day * DAY + time_of_day(place / shifts(volume), scenario.calendar.hours) * (place > 0)


class Requests(Table, hidden=True):
    """What a company wants on a day."""

    rows = FanOut(Shifts, "requests")

    id = Key()
    shift = ParentKey(Shifts)
    number = Ordinal()
    company_id = ForeignKey(Companies, popularity=Popularity(top=0.2, share=0.55))
    seller = ForeignKey(Users, where={"sells": True})

    @column(ForeignKey(Users))
    def created_by(draw, seller, manager=Companies.account_manager_id):
        """Mostly who looks after the company."""
        return either(draw.chance(0.8), manager, seller)

    @column(Timestamp)
    def ordered_at(draw, number, volume, scenario, day=Shifts.day, place=Shifts.place, requests=Shifts.requests):
        """In working hours; ids ascend with it."""
        quantile = (place + (number - 1 + draw.uniform()) / requests) / shifts(volume)
        return day * DAY + time_of_day(quantile, scenario.calendar.hours)

    @column(ForeignKey(Branches), nullable=True)
    def branch_id(draw, first=Companies.first_branch, many=Companies.branch_count):
        """One of the company's, or none: the main office."""
        which = draw.below(many + 1)
        return missing(first + which - 1, which == 0)

    @column(Integer)
    def lines(draw):
        """One to eight products."""
        return 1 + draw(Choice(LINES))

    @column(Integer)
    def label(draw, scenario):
        """The anomaly it may carry."""
        some = draw.chance(scenario.anomaly_rate)
        return either(some, 1 + draw(Choice(tuple(scenario.anomaly_mix[kind] for kind in KINDS))), NONE)

    copies = column(Integer)(lambda label: 1 + (label == DUPLICATE))
    labels = column(Integer)(lambda label: (label != NONE).astype(np.int64))
    lag = column(BigInteger)(lambda draw: draw.integers(3 * MINUTE, 45 * MINUTE))  # until the order comes a second time
    target = column(Integer)(lambda draw, lines: 1 + draw.below(lines))  # the line that an anomaly or a discount is about
    first_order, first_item, first_shipment, first_payment = map(First, ("orders", "order_items", "shipments", "payments"))
