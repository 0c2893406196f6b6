"""Orders, their items and what is taken off them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Categorical,
    Choice,
    Date,
    Decimal,
    FanOut,
    First,
    ForeignKey,
    Integer,
    Json,
    Key,
    Lookup,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    Sum,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    column,
    either,
)
from colgen.models.erp.egypt import phrases
from colgen.models.erp.people import Branches, Companies, Products, Users
from colgen.models.erp.requests import CANCELLATION, DELAY, FAILED, HOUR, LINES, MINUTE, NONE, PRICE, SPIKE, Requests, missing, now

STATUS = ["pending", "confirmed", "out_for_delivery", "delivered", "cancelled", "failed"]
PENDING, CONFIRMED, OUT, DELIVERED, CANCELLED, UNDELIVERED = range(6)

# Days from a weekday (Monday is 0) to the region's next delivery day after it; A: Sunday, Tuesday, Thursday; B: Monday, Wednesday, Saturday.
DELIVERY_DAYS = ((6, 1, 3), (0, 2, 5))
NEXT_DELIVERY = np.array([[next(gap for gap in range(1, 8) if (day + gap) % 7 in days) for day in range(7)] for days in DELIVERY_DAYS])
VAT = 14  # per cent


def next_delivery(region, day):
    """The region's first delivery day after a day."""
    return day + NEXT_DELIVERY[region, (day + 3) % 7]


class Orders(Table, keep="there"):
    """What a company has ordered."""

    rows = FanOut(Requests, "copies")

    id = Key()
    request = ParentKey(Requests, hidden=True)
    copy = Ordinal(hidden=True)
    there = column(Boolean, hidden=True)(lambda copy, volume: (copy == 1) | (volume["anomalies"] > 0))
    label = Lookup(Requests.label, hidden=True)
    anomaly = column(Integer, hidden=True)(lambda label, copy, volume: label * (copy == 1) * (volume["anomalies"] > 0))
    lines = Lookup(Requests.lines, hidden=True)

    order_number = Text("SO-{ordered_at:%Y}-{id:08d}", unique=True)
    company_id = column(ForeignKey(Companies), doc="Large buyers more often.")(lambda company=Requests.company_id: company)
    branch_id = column(ForeignKey(Branches), nullable=True, doc="One of the company's, or none: the main office.")(
        lambda branch=Requests.branch_id: branch
    )
    created_by = column(ForeignKey(Users), doc="A sales user, mostly who looks after the company.")(lambda user=Requests.created_by: user)

    @column(Timestamp)
    def ordered_at(copy, first=Requests.ordered_at, lag=Requests.lag):
        """In working hours; an order that comes a second time does so within the hour."""
        return first + (copy - 1) * lag

    region = Lookup(Companies.region, hidden=True)
    terms = Lookup(Companies.terms_code, hidden=True)
    method = Lookup(Companies.method_code, hidden=True)

    @column(Integer, hidden=True)
    def earliest_delivery(draw, ordered_at, region):
        """The region's next delivery day, for one order in four the one after that."""
        day = next_delivery(region, ordered_at // DAY)
        return either(draw.chance(0.25), next_delivery(region, day), day)

    @column(Integer, hidden=True)
    def outage_ends(draw, earliest_delivery, period, scenario):
        """The day after the outage that it falls into, 0 if it does not; few deliveries get through."""
        ends = np.zeros(len(earliest_delivery), np.int64)
        for outage in scenario.outages:
            begin = outage.start(period)
            ends = either((earliest_delivery >= begin) & (earliest_delivery < begin + outage.days), begin + outage.days, ends)
        return ends * draw.chance(0.85)

    @column(Date)
    def scheduled_delivery(earliest_delivery, outage_ends, region):
        """Region A: Sunday, Tuesday, Thursday; region B: Monday, Wednesday, Saturday; after an outage, if one is known."""
        return either(outage_ends > 0, next_delivery(region, outage_ends - 1), earliest_delivery)

    @column(Boolean, hidden=True)
    def withdrawn(draw, label, outage_ends, scenario):
        """Cancelled in good time, before it leaves; more often in an outage."""
        return draw.chance(scenario.rates["cancellation"] + 0.4 * (outage_ends > 0)) & (label == NONE)

    clean_attempts = column(Integer, hidden=True)(
        lambda draw, scenario: 1 + draw.chance(scenario.rates["second_attempt"]) * (1 + draw.chance(0.2).astype(np.int64))
    )
    attempts = column(Integer, hidden=True)(
        lambda anomaly, clean_attempts, withdrawn: either(
            withdrawn, 0, either(anomaly == FAILED, 3, either(anomaly == CANCELLATION, 1, clean_attempts))
        )
    )
    shipments = column(Integer, hidden=True)(lambda label, clean_attempts: either(label == FAILED, 3, clean_attempts))  # room for all

    @column(Integer, hidden=True)
    def first_day(draw, scheduled_delivery, anomaly, region):
        """When it leaves: as scheduled, or more than a week later."""
        return either(anomaly == DELAY, next_delivery(region, scheduled_delivery + 8 + draw.below(12)), scheduled_delivery)

    leaves = column(BigInteger, hidden=True)(lambda draw: draw.integers(6 * HOUR, 9 * HOUR))  # after midnight
    on_the_road = column(BigInteger, hidden=True)(lambda draw: draw.integers(HOUR // 2, 8 * HOUR))
    first_out = column(Timestamp, hidden=True)(lambda first_day, leaves: first_day * DAY + leaves)
    confirmed = column(Timestamp, hidden=True)(lambda draw, ordered_at: ordered_at + draw.integers(5 * MINUTE, 4 * HOUR))

    @column(Timestamp, hidden=True)
    def ended(draw, withdrawn, confirmed, first_out, first_day, attempts, leaves, on_the_road, region):
        """When it is delivered, cancelled or given up."""
        early = confirmed + ((first_out - confirmed) * (0.1 + 0.8 * draw.uniform())).astype(np.int64)
        day = attempt_day(first_day, attempts, region)
        return either(withdrawn, early, day * DAY + leaves + on_the_road)

    @column(Integer, hidden=True)
    def end(withdrawn, anomaly):
        return either(withdrawn | (anomaly == CANCELLATION), CANCELLED, either(anomaly == FAILED, UNDELIVERED, DELIVERED))

    @column(Categorical(STATUS))
    def status(confirmed, first_out, withdrawn, ended, end, period):
        """How far it has come by the end of the period."""
        until = now(period)
        return either(ended < until, end, either((first_out < until) & ~withdrawn, OUT, either(confirmed < until, CONFIRMED, PENDING)))

    @column(Timestamp, nullable=True)
    def delivered_at(ended, status):
        """When the last shipment arrived."""
        return missing(ended, status != DELIVERED)

    cancel_reason_drawn = Vocabulary(phrases("cancel_reason"), hidden=True)

    @column(phrases("cancel_reason").type, nullable=True)
    def cancel_reason(cancel_reason_drawn, status):
        """Why it was cancelled."""
        return missing(cancel_reason_drawn, status != CANCELLED)

    at_first = Text('{{"status": "pending", "at": "{ordered_at:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)
    at_confirmation = Text(', {{"status": "confirmed", "at": "{confirmed:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)
    at_departure = Text(', {{"status": "out_for_delivery", "at": "{first_out:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)
    end_word = column(Categorical(STATUS), hidden=True)(lambda end: end)
    at_end = Text(', {{"status": "{end_word}", "at": "{ended:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)

    @column(Json)
    def status_history(at_first, at_confirmation, at_departure, at_end, confirmed, first_out, withdrawn, ended, period):
        """Every status so far, each later than the one before."""
        until = now(period)
        steps = [(at_confirmation, confirmed < until), (at_departure, (first_out < until) & ~withdrawn), (at_end, ended < until)]
        said = [pc.if_else(pa.array(happened), text, "") for text, happened in steps]
        return pc.binary_join_element_wise("[", at_first, *said, "]", "")

    discount_level = column(Integer, hidden=True)(
        lambda draw, scenario: either(draw.chance(scenario.rates["discounted"]), 1 + draw.chance(0.4), 0)
    )  # 1 of the order, 2 of an item
    discounts = column(Integer, hidden=True)(lambda discount_level: (discount_level > 0).astype(np.int64))
    percent = column(Integer, hidden=True)(lambda draw: 5 + 5 * draw(Choice((50, 30, 15, 5))))
    in_pounds = column(Boolean, hidden=True)(lambda draw: draw.chance(0.3))  # whole pounds instead of per cents
    off_items = Sum("order_items.discount", hidden=True)

    subtotal = Sum("order_items.line_total", Money)

    @column(Money)
    def discount(subtotal, discount_level, percent, in_pounds):
        """What an order of its level gets off, 5 to 20 %."""
        return reduced(subtotal, percent, in_pounds) * (discount_level == 1)

    @column(Money)
    def vat(subtotal, discount):
        """14 %, rounded half up to the piastre."""
        return ((subtotal - discount) * VAT + 50) // 100

    total = column(Money, doc="What is to be paid.")(lambda subtotal, discount, vat: subtotal - discount + vat)

    instalments = column(Integer, hidden=True)(lambda draw: 1 + draw.chance(0.12))
    refunds = column(Integer, hidden=True)(lambda draw, label, scenario: draw.chance(scenario.rates["refunded"]) & (label == NONE))
    movements = column(Integer, hidden=True)(lambda copy: copy)
    audits = column(Integer, hidden=True)(lambda instalments, refunds: 4 + 3 * instalments + 3 * refunds)
    first_item, first_payment, first_refund = map(First, ("order_items", "payments", "refunds"))


def attempt_day(first_day, attempt, region):
    """The day of a delivery's first, second or third attempt."""
    second = next_delivery(region, first_day)
    return either(attempt >= 3, next_delivery(region, second), either(attempt == 2, second, first_day))


def reduced(amount, percent, in_pounds):
    """A discount in piastres."""
    exact = (amount * percent + 50) // 100
    return either(in_pounds, exact // 100 * 100, exact)


class OrderItems(Table, keep="there"):
    """A product in an order."""

    rows = FanOut(Orders, "lines")

    id = Key()
    order_id = ParentKey(Orders)
    line_number = Ordinal()
    there = Lookup(Orders.there, hidden=True)
    back = column(Integer, hidden=True)(
        lambda copy=Orders.copy, lines=Orders.lines: (copy - 1) * lines
    )  # rows to the same line of the first
    target = Lookup(Requests.target, hidden=True)
    anomaly = Lookup(Orders.anomaly, hidden=True)

    of_use = ForeignKey(Products, popularity=Popularity(), where={"is_machine": False}, hidden=True)
    instead = ForeignKey(Products, where={"is_machine": False}, hidden=True)
    machine = ForeignKey(Products, where={"is_machine": True}, hidden=True)
    for_machine = column(Boolean, hidden=True)(lambda draw, line_number: draw.chance(0.03) & (line_number == 1))

    @column(ForeignKey(Products))
    def product_id(order_id, of_use, instead, machine, for_machine, back):
        """By popularity: a fifth of the products gets four fifths, a machine now and then; hardly ever one twice in an order."""
        return of_first(either(for_machine, machine, either(first_of_their_kind(of_use, order_id), of_use, instead)), back)

    @column(Integer, hidden=True)
    def clean_quantity(draw, for_machine, back):
        usual = 1 + draw(Choice((14, 16, 12, 10, 10, 12, 3, 3, 2, 8, 1, 4, 1, 1, 1, 1, 1, 1, 1, 3)))
        return of_first(either(for_machine, 1 + draw.chance(0.1), usual), back)

    @column(Integer)
    def quantity(draw, clean_quantity, line_number, target, anomaly):
        """1 to 20 pieces, of a machine 1 or 2; a spike is a hundred and more."""
        return either((anomaly == SPIKE) & (line_number == target), draw.integers(100, 600), clean_quantity)

    @column(Money)
    def unit_price(draw, line_number, target, anomaly, price=Products.price.via("product_id")):
        """The product's price; by error ten times as much or a tenth."""
        wrong = either(draw.chance(0.5), price * 10, (price + 5) // 10)
        return either((anomaly == PRICE) & (line_number == target), wrong, price)

    @column(Money)
    def discount(
        quantity,
        unit_price,
        line_number,
        target,
        level=Orders.discount_level,
        percent=Orders.percent,
        in_pounds=Orders.in_pounds,
    ):
        """5 to 20 % off one item, where that was granted."""
        return reduced(quantity * unit_price, percent, in_pounds) * ((level == 2) & (line_number == target))

    line_total = column(Money, doc="Quantity times price less the discount.")(
        lambda quantity, unit_price, discount: quantity * unit_price - discount
    )


def first_of_their_kind(product, order):
    """Whether no earlier line of the same order has the product."""
    again = np.zeros(len(product), bool)
    for away in range(1, min(len(LINES), len(product))):
        again[away:] |= (product[away:] == product[:-away]) & (order[away:] == order[:-away])
    return ~again


def of_first(values, back):
    """Values of an order's own lines, or of the same lines of the order that it repeats."""
    return values[np.arange(len(values)) - back]


class Discounts(Table, keep="there"):
    """What was taken off an order or an item, and who allowed it."""

    rows = FanOut(Orders, "discounts")

    id = Key()
    order_id = ParentKey(Orders)

    @column(ForeignKey(OrderItems), nullable=True)
    def order_item_id(level=Orders.discount_level, target=Requests.target, first=Orders.first_item):
        """The item, if it is one's own."""
        return missing(first + target - 1, level != 2)

    level = column(Categorical(["order", "item"]), doc="Of the whole order, or of one item.")(lambda of=Orders.discount_level: of - 1)
    kind = column(Categorical(["percentage", "amount"]), doc="How it was agreed.")(lambda in_pounds=Orders.in_pounds: in_pounds)

    @column(Decimal(5, 2), nullable=True)
    def percentage(percent=Orders.percent, in_pounds=Orders.in_pounds):
        """5 to 20; missing where it is an amount."""
        return missing(percent * 100, in_pounds)

    @column(Money)
    def amount(level=Orders.discount_level, order=Orders.discount, items=Orders.off_items):
        """What the order or the item shows."""
        return either(level == 1, order, items)

    reason = Vocabulary(phrases("discount_reason"))
    approved_by = ForeignKey(Users, where={"approves": True})
    granted_at = Lookup(Orders.ordered_at)
    there = column(Boolean, hidden=True)(lambda amount, there=Orders.there: there & (amount > 0))
