"""Orders, their items and their discounts."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Categorical,
    Choice,
    Codes,
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
from colgen.models.erp.labels import Label
from colgen.models.erp.people import Branches, Companies, Products, Users
from colgen.models.erp.requests import HOUR, LINES, MINUTE, Requests, missing, now


class OrderStatus(Codes):
    pending: int
    confirmed: int
    out_for_delivery: int
    delivered: int
    cancelled: int
    failed: int


class DiscountLevel(Codes):
    """What a discount applies to."""

    order: int
    item: int


DELIVERY_DAYS = ((6, 1, 3), (0, 2, 5))  # weekdays, 0 is Monday; region A: Sunday, Tuesday, Thursday; B: Monday, Wednesday, Saturday
# For each region and weekday, the number of days until the region's next delivery day.
NEXT_DELIVERY = np.array([[next(gap for gap in range(1, 8) if (day + gap) % 7 in days) for day in range(7)] for days in DELIVERY_DAYS])
VAT = 14  # per cent


def next_delivery(region, day):
    """The region's first delivery day after a day, in days since 1970."""
    return day + NEXT_DELIVERY[region, (day + 3) % 7]


class Orders(Table, keep="there"):
    """An order of a company."""

    rows = FanOut(Requests, "copies")

    id = Key()
    request = ParentKey(Requests, hidden=True)
    copy = Ordinal(hidden=True)
    there = column(Boolean, hidden=True)(lambda copy, volume: (copy == 1) | (volume["anomalies"] > 0))
    label = Lookup(Requests.label, hidden=True)
    anomaly = column(Integer, hidden=True)(lambda label, copy, volume: label * (copy == 1) * (volume["anomalies"] > 0))
    lines = Lookup(Requests.lines, hidden=True)

    order_number = Text("SO-{ordered_at:%Y}-{id:08d}", unique=True)
    company_id = column(ForeignKey(Companies), doc="Who ordered; large buyers do so more often.")(
        lambda company=Requests.company_id: company
    )
    branch_id = column(ForeignKey(Branches), nullable=True, doc="The branch to deliver to; missing for the head office.")(
        lambda branch=Requests.branch_id: branch
    )
    created_by = column(ForeignKey(Users), doc="A sales user, usually the company's account manager.")(
        lambda user=Requests.created_by: user
    )

    @column(Timestamp)
    def ordered_at(copy, first=Requests.ordered_at, lag=Requests.lag):
        """In working hours; a duplicate follows within the hour."""
        return first + (copy - 1) * lag

    region = Lookup(Companies.region, hidden=True)
    terms = Lookup(Companies.terms_code, hidden=True)
    method = Lookup(Companies.method_code, hidden=True)

    @column(Integer, hidden=True)
    def earliest_delivery(draw, ordered_at, region):
        """The region's next delivery day; for one order in four, the one after it."""
        day = next_delivery(region, ordered_at // DAY)
        return either(draw.chance(0.25), next_delivery(region, day), day)

    @column(Integer, hidden=True)
    def outage_ends(draw, earliest_delivery, period, scenario):
        """The day after the outage that the delivery falls into; 0 if there is none, or for the few deliveries that get through."""
        ends = np.zeros(len(earliest_delivery), np.int64)
        for outage in scenario.outages:
            begin = outage.start(period)
            ends = either((earliest_delivery >= begin) & (earliest_delivery < begin + outage.days), begin + outage.days, ends)
        return ends * draw.chance(0.85)

    @column(Date)
    def scheduled_delivery(earliest_delivery, outage_ends, region):
        """A delivery day of the region, after any known outage. Region A: Sunday, Tuesday, Thursday; region B: Monday, Wednesday, Saturday."""
        return either(outage_ends > 0, next_delivery(region, outage_ends - 1), earliest_delivery)

    @column(Boolean, hidden=True)
    def withdrawn(draw, label, outage_ends, scenario):
        """Whether it is cancelled before it is dispatched, which is more frequent in an outage."""
        return draw.chance(scenario.rates["cancellation"] + 0.4 * (outage_ends > 0)) & (label == Label.none)

    clean_attempts = column(Integer, hidden=True)(
        lambda draw, scenario: 1 + draw.chance(scenario.rates["second_attempt"]) * (1 + draw.chance(0.2).astype(np.int64))
    )
    attempts = column(Integer, hidden=True)(
        lambda anomaly, clean_attempts, withdrawn: either(
            withdrawn, 0, either(anomaly == Label.failed_delivery, 3, either(anomaly == Label.cancellation, 1, clean_attempts))
        )
    )
    shipments = column(Integer, hidden=True)(  # the number of rows to reserve
        lambda label, clean_attempts: either(label == Label.failed_delivery, 3, clean_attempts)
    )

    @column(Integer, hidden=True)
    def first_day(draw, scheduled_delivery, anomaly, region):
        """The day it is first dispatched: as scheduled, or with a delay of more than a week."""
        return either(anomaly == Label.delivery_delay, next_delivery(region, scheduled_delivery + 8 + draw.below(12)), scheduled_delivery)

    leaves = column(BigInteger, hidden=True)(lambda draw: draw.integers(6 * HOUR, 9 * HOUR))  # time of day
    on_the_road = column(BigInteger, hidden=True)(lambda draw: draw.integers(HOUR // 2, 8 * HOUR))
    first_out = column(Timestamp, hidden=True)(lambda first_day, leaves: first_day * DAY + leaves)
    confirmed = column(Timestamp, hidden=True)(lambda draw, ordered_at: ordered_at + draw.integers(5 * MINUTE, 4 * HOUR))

    @column(Timestamp, hidden=True)
    def ended(draw, withdrawn, confirmed, first_out, first_day, attempts, leaves, on_the_road, region):
        """When it is delivered, cancelled or abandoned."""
        early = confirmed + ((first_out - confirmed) * (0.1 + 0.8 * draw.uniform())).astype(np.int64)
        day = attempt_day(first_day, attempts, region)
        return either(withdrawn, early, day * DAY + leaves + on_the_road)

    @column(Integer, hidden=True)
    def end(withdrawn, anomaly):
        """The status that it ends with."""
        arrived = either(anomaly == Label.failed_delivery, OrderStatus.failed, OrderStatus.delivered)
        return either(withdrawn | (anomaly == Label.cancellation), OrderStatus.cancelled, arrived)

    @column(OrderStatus.type)
    def status(confirmed, first_out, withdrawn, ended, end, period):
        """How far it has come by the end of the period."""
        until = now(period)
        waiting = either(confirmed < until, OrderStatus.confirmed, OrderStatus.pending)
        return either(ended < until, end, either((first_out < until) & ~withdrawn, OrderStatus.out_for_delivery, waiting))

    @column(Timestamp, nullable=True)
    def delivered_at(ended, status):
        """When its last shipment arrived."""
        return missing(ended, status != OrderStatus.delivered)

    cancel_reason_drawn = Vocabulary(phrases("cancel_reason"), hidden=True)

    @column(phrases("cancel_reason").type, nullable=True)
    def cancel_reason(cancel_reason_drawn, status):
        """Why it was cancelled."""
        return missing(cancel_reason_drawn, status != OrderStatus.cancelled)

    at_first = Text('{{"status": "pending", "at": "{ordered_at:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)
    at_confirmation = Text(', {{"status": "confirmed", "at": "{confirmed:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)
    at_departure = Text(', {{"status": "out_for_delivery", "at": "{first_out:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)
    end_word = column(OrderStatus.type, hidden=True)(lambda end: end)
    at_end = Text(', {{"status": "{end_word}", "at": "{ended:%Y-%m-%dT%H:%M:%SZ}"}}', hidden=True)

    @column(Json)
    def status_history(at_first, at_confirmation, at_departure, at_end, confirmed, first_out, withdrawn, ended, period):
        """Every status that it has had, in order, with the time of each change."""
        until = now(period)
        steps = [(at_confirmation, confirmed < until), (at_departure, (first_out < until) & ~withdrawn), (at_end, ended < until)]
        texts = [pc.if_else(pa.array(happened), text, "") for text, happened in steps]
        return pc.binary_join_element_wise("[", at_first, *texts, "]", "")

    discount_level = column(Integer, hidden=True)(
        lambda draw, scenario: either(draw.chance(scenario.rates["discounted"]), 1 + draw.chance(0.4), 0)
    )  # 0 without a discount, else the code of `DiscountLevel` plus 1
    discounts = column(Integer, hidden=True)(lambda discount_level: (discount_level > 0).astype(np.int64))
    percent = column(Integer, hidden=True)(lambda draw: 5 + 5 * draw(Choice((50, 30, 15, 5))))
    in_pounds = column(Boolean, hidden=True)(lambda draw: draw.chance(0.3))  # a whole number of pounds instead of a percentage
    off_items = Sum("order_items.discount", Money, hidden=True)

    subtotal = Sum("order_items.line_total", Money)

    @column(Money)
    def discount(subtotal, discount_level, percent, in_pounds):
        """5 to 20 % of the subtotal, if the order as a whole has a discount."""
        return reduced(subtotal, percent, in_pounds) * (discount_level == 1)

    @column(Money)
    def vat(subtotal, discount):
        """14 %, rounded half up to the piastre."""
        return ((subtotal - discount) * VAT + 50) // 100

    total = column(Money, doc="The amount to pay.")(lambda subtotal, discount, vat: subtotal - discount + vat)

    instalments = column(Integer, hidden=True)(lambda draw: 1 + draw.chance(0.12))
    refunds = column(Integer, hidden=True)(lambda draw, label, scenario: draw.chance(scenario.rates["refunded"]) & (label == Label.none))
    movements = column(Integer, hidden=True)(lambda copy: copy)
    audits = column(Integer, hidden=True)(lambda instalments, refunds: 4 + 3 * instalments + 3 * refunds)
    first_item, first_payment, first_refund = map(First, ("order_items", "payments", "refunds"))


def attempt_day(first_day, attempt, region):
    """The day of the first, second or third attempt to deliver."""
    second = next_delivery(region, first_day)
    return either(attempt >= 3, next_delivery(region, second), either(attempt == 2, second, first_day))


def reduced(amount, percent, in_pounds):
    """A discount in piastres: a percentage of the amount, rounded down to whole pounds where it was agreed in pounds."""
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
    )  # the number of rows back to the same line of the original order; 0 in the original itself
    target = Lookup(Requests.target, hidden=True)
    anomaly = Lookup(Orders.anomaly, hidden=True)

    of_use = ForeignKey(Products, popularity=Popularity(), where={"is_machine": False}, hidden=True)
    instead = ForeignKey(Products, where={"is_machine": False}, hidden=True)
    machine = ForeignKey(Products, where={"is_machine": True}, hidden=True)
    for_machine = column(Boolean, hidden=True)(lambda draw, line_number: draw.chance(0.03) & (line_number == 1))

    @column(ForeignKey(Products))
    def product_id(order_id, of_use, instead, machine, for_machine, back):
        """A fifth of the products gets four fifths of the items; a machine now and then; rarely the same product twice in an order."""
        return of_original(either(for_machine, machine, either(first_of_their_kind(of_use, order_id), of_use, instead)), back)

    @column(Integer, hidden=True)
    def clean_quantity(draw, for_machine, back):
        usual = 1 + draw(Choice((14, 16, 12, 10, 10, 12, 3, 3, 2, 8, 1, 4, 1, 1, 1, 1, 1, 1, 1, 3)))
        return of_original(either(for_machine, 1 + draw.chance(0.1), usual), back)

    @column(Integer)
    def quantity(draw, clean_quantity, line_number, target, anomaly):
        """1 to 20 units, of a machine 1 or 2; in a quantity spike 100 to 600."""
        return either((anomaly == Label.quantity_spike) & (line_number == target), draw.integers(100, 600), clean_quantity)

    @column(Money)
    def unit_price(draw, line_number, target, anomaly, price=Products.price.via("product_id")):
        """The product's price; in a price error, ten times or a tenth of it."""
        wrong = either(draw.chance(0.5), price * 10, (price + 5) // 10)
        return either((anomaly == Label.price_error) & (line_number == target), wrong, price)

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
        """5 to 20 % off one of the items, if the order has such a discount."""
        return reduced(quantity * unit_price, percent, in_pounds) * ((level == 2) & (line_number == target))

    line_total = column(Money, doc="Quantity × price − discount.")(lambda quantity, unit_price, discount: quantity * unit_price - discount)


def first_of_their_kind(product, order):
    """Whether no earlier line of the same order has the product."""
    repeated = np.zeros(len(product), bool)
    for distance in range(1, min(len(LINES), len(product))):
        same_product, same_order = product[distance:] == product[:-distance], order[distance:] == order[:-distance]
        repeated[distance:] |= same_product & same_order
    return ~repeated


def of_original(values, back):
    """The values of each line; in a duplicate order, those of the same line of the original."""
    return values[np.arange(len(values)) - back]


class Discounts(Table, keep="there"):
    """A discount on an order or an item, and who approved it."""

    rows = FanOut(Orders, "discounts")

    id = Key()
    order_id = ParentKey(Orders)

    @column(ForeignKey(OrderItems), nullable=True)
    def order_item_id(level=Orders.discount_level, target=Requests.target, first=Orders.first_item):
        """The item that it applies to; missing if it applies to the whole order."""
        return missing(first + target - 1, level != 2)

    level = column(DiscountLevel.type, doc="Whether it applies to the whole order or to one item.")(
        lambda level=Orders.discount_level: level - 1
    )
    kind = column(Categorical(["percentage", "amount"]), doc="How it was agreed.")(lambda in_pounds=Orders.in_pounds: in_pounds)

    @column(Decimal(5, 2), nullable=True)
    def percentage(percent=Orders.percent, in_pounds=Orders.in_pounds):
        """5 to 20; missing if an amount was agreed."""
        return missing(percent * 100, in_pounds)

    @column(Money)
    def amount(level=Orders.discount_level, order=Orders.discount, items=Orders.off_items):
        """The same as in the order or the item."""
        return either(level == 1, order, items)

    reason = Vocabulary(phrases("discount_reason"))
    approved_by = ForeignKey(Users, where={"approves": True})
    granted_at = Lookup(Orders.ordered_at)
    there = column(Boolean, hidden=True)(lambda amount, there=Orders.there: there & (amount > 0))
