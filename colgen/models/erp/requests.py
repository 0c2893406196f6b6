"""What companies want to order, day by day: the rows that orders, and everything else that happens to them, come from.

Whether something goes wrong is decided here, with the label of the request. It changes no number of rows for which every table reserves
room, so without anomalies (`--set anomalies=0`) all other rows stay the same.
"""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Choice,
    Daily,
    DailyCount,
    Day,
    Double,
    FanOut,
    First,
    ForeignKey,
    Grouped,
    Integer,
    Key,
    Lookup,
    OrderStatistic,
    Ordinal,
    ParentKey,
    Table,
    Timestamp,
    column,
    either,
    time_of_day,
)
from colgen.models.erp.companies import BUYERS, Branches, Companies, flattened
from colgen.models.erp.labels import ELSEWHERE, OF_OUTAGES, PAYMENT_LABELS, Label
from colgen.models.erp.office import MINUTE
from colgen.models.erp.people import Users

NEVER = 2**62
INSTALLED = 0.008  # machines for each order
MOST_REQUESTS = 1024  # in a shift, approximately: they are generated together

LINES = (
    (26, 28, 20, 12, 7, 4, 2, 1),
    (16, 23, 22, 16, 11, 6, 4, 2),
    (9, 16, 20, 19, 15, 10, 7, 4),
)  # weights of one to eight lines, by size
_LINES = Grouped(
    "lines of an order", [str(lines) for _ in LINES for lines in range(1, 9)], np.repeat(np.arange(3), 8), np.array(LINES).reshape(-1)
)

DELIVERY_DAYS = ((6, 1, 3), (0, 2, 5))  # weekdays, 0 is Monday; region A: Sunday, Tuesday, Thursday; B: Monday, Wednesday, Saturday
# For each region and weekday, the number of days until the region's next delivery day.
NEXT_DELIVERY = np.array([[next(gap for gap in range(1, 8) if (day + gap) % 7 in days) for day in range(7)] for days in DELIVERY_DAYS])
TENFOLD, TENTH, HIGHER, LOWER = np.split(np.arange(10), (3, 6, 8))  # of ten wrong prices
OVERCHARGED = np.isin(np.arange(10), (*TENFOLD, *HIGHER))
GETS_THROUGH = 0.15  # of the deliveries that fall into an outage


def now(period):
    """The end of the period, in microseconds since 1970; anything later has not happened yet."""
    return (period.end + 1) * DAY


def missing(values, where):
    """Values that are missing where a condition holds."""
    return np.ma.array(values, mask=where)


def next_delivery(region, day):
    """The region's first delivery day after a day, in days since 1970."""
    return day + NEXT_DELIVERY[region, (day + 3) % 7]


def shifts(volume):
    """The number of shifts in a day, chosen so that even a busy shift does not have too many requests."""
    return max(1, -(-2 * volume["orders_per_day"] // MOST_REQUESTS))


def calls(volume):
    """How many calls for a technician there are on a day: with the second visit of one in four, and with the installation of machines, whose
    number goes with the orders, they make up the visits."""
    return max(volume["visits_per_week"] / 7 - INSTALLED * volume["orders_per_day"], 0.3 * volume["visits_per_week"] / 7) / 1.25


class Shifts(Table, hidden=True):
    """A few hours of a day in which orders come in."""

    rows = Daily(shifts, grows=("orders_per_day",))

    id = Key()
    day = Day()
    place = column(Integer)(lambda id, volume: (id - 1) % shifts(volume))
    requests = DailyCount("orders_per_day")
    calls = DailyCount(calls)


def comes_up(drawn, rank=Companies.rank, slow=Companies.slow, fickle=Companies.fickle, hard=Companies.hard_to_reach):
    """How likely a company that comes up is taken: those who pay late, change their minds or are hard to reach have the anomalies."""
    chance = flattened(rank)
    rows = np.flatnonzero(drawn)
    kind = drawn[rows]
    trait = np.select(
        [np.isin(kind, (Label.late_payment, Label.missed_payment)), kind == Label.cancellation, kind == Label.failed_delivery],
        [0.04 + 0.96 * slow[rows], 0.1 + 0.22 * fickle[rows], 0.1 + 0.3 * hard[rows]],
        1.0,
    )
    chance[rows] *= trait
    return chance


class Requests(Table, hidden=True):
    """A company's wish to order something on a day."""

    rows = FanOut(Shifts, "requests")

    id = Key()
    shift = ParentKey(Shifts)
    number = Ordinal()
    day = Lookup(Shifts.day)

    @column(Integer)
    def drawn(draw, scenario):
        """The kind of anomaly that it has, if any, before it is known who orders."""
        abnormal = draw.chance(scenario.anomaly_rate)
        return either(abnormal, 1 + draw(Choice(tuple(scenario.anomaly_mix[kind] for kind in Label.words[1:]))), Label.none)

    company_id = ForeignKey(Companies, popularity=BUYERS, existing_at="day", until="leaves_on", likely=comes_up)
    seller = ForeignKey(Users, where={"sells": True})

    @column(ForeignKey(Users))
    def created_by(draw, seller, manager=Companies.account_manager_id):
        """Usually the company's account manager."""
        return either(draw.chance(0.8), manager, seller)

    @column(Double)
    def quantile(draw, shift, number, requests=Shifts.requests):
        """When in the shift it comes, from 0 to 1: as the arrivals of a Poisson process, in the order of ids."""
        return draw(OrderStatistic(shift, number, requests))

    @column(Timestamp)
    def ordered_at(quantile, day, volume, scenario, place=Shifts.place):
        """In working hours."""
        return day * DAY + time_of_day((place + quantile) / shifts(volume), scenario.calendar.hours)

    @column(ForeignKey(Branches), nullable=True)
    def branch_id(draw, first=Companies.first_branch, count=Companies.branch_count):
        """One of the company's branches, or missing for its head office."""
        number = draw.below(count + 1)
        return missing(first + number - 1, number == 0)

    region, kind, size, machine = map(Lookup, (Companies.region, Companies.kind_code, Companies.size_code, Companies.machine_id))

    @column(Integer)
    def earliest_delivery(draw, day, region):
        """The region's next delivery day; for one order in four, the one after it."""
        first = next_delivery(region, day)
        return either(draw.chance(0.25), next_delivery(region, first), first)

    @column(Integer)
    def outage_ends(earliest_delivery, period, scenario):
        """The day after the outage that the delivery falls into; 0 if there is none."""
        ends = np.zeros(len(earliest_delivery), np.int64)
        for outage in scenario.outages:
            begin = outage.start(period)
            ends = either((earliest_delivery >= begin) & (earliest_delivery < begin + outage.days), begin + outage.days, ends)
        return ends

    @column(Integer)
    def label(drawn, outage_ends, scenario):
        """The kind of anomaly that it has, if any. Where the scenario has outages, what they cause goes to deliveries that fall into them."""
        return either(outage_ends > 0, drawn, ELSEWHERE[drawn]) if scenario.outages else drawn

    broken = column(Boolean)(lambda label, outage_ends: (outage_ends > 0) & OF_OUTAGES[label])  # what an outage does to it is an anomaly

    @column(Boolean)
    def rescheduled(draw, outage_ends, broken):
        """Whether its delivery is put off until after an outage, as most are: with the company's consent, so that is no anomaly."""
        return (outage_ends > 0) & ~broken & ~draw.chance(GETS_THROUGH)

    @column(Integer)
    def scheduled(earliest_delivery, rescheduled, outage_ends, region):
        """The day for which the delivery is promised."""
        return either(rescheduled, next_delivery(region, outage_ends - 1), earliest_delivery)

    @column(Integer)
    def lines(draw, volume, size):
        """One to eight, the more the larger the company is."""
        return np.minimum(1 + _LINES.pick(draw, size), volume["products"])

    slip = column(Integer)(lambda draw: draw.below(len(OVERCHARGED)))  # how a price is wrong, where it is
    again = column(Boolean)(
        lambda draw, label: draw.chance(0.001) & (label == Label.none)
    )  # ordered once more within the hour, and meant so
    copies = column(Integer)(lambda label, again: 1 + ((label == Label.duplicate_order) | again))
    instalments = column(Integer)(lambda draw: 1 + draw.chance(0.12))
    labels = column(Integer)(lambda label, instalments: (label != Label.none) * either(PAYMENT_LABELS[label], instalments, 1))
    lag = column(BigInteger)(lambda draw: draw.integers(3 * MINUTE, 45 * MINUTE))  # until a duplicate of the order is placed
    target = column(Integer)(lambda draw, lines: 1 + draw.below(lines))  # the line that an anomaly or a discount applies to
    first_order, first_item, first_shipment, first_payment = map(First, ("orders", "order_items", "shipments", "payments"))
