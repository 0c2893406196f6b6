"""What companies order, and what becomes of it: items, discounts, deliveries, payments, refunds.

A *request* is what a company wants; it comes to one order, or by mistake to two. Its whole life is drawn from it, later and later, and what
lies beyond the end of the period has not happened yet: it is made, so that ids do not depend on the period, but not kept.

An anomaly is a label that some requests draw. What it does is laid over the life of the order, and every table has room for it, so that
without anomalies (`--set anomalies=0`) all other rows are the same to the byte.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import either
from colgen.calendar import DAY, month_of, per_day, time_of_day, year_of
from colgen.columns import Day, Key, Text, Vocabulary
from colgen.datatypes import BigInteger, Boolean, Date, Decimal, Integer, Json, Money, String, Timestamp, Words
from colgen.distributions import Choice, Poisson
from colgen.models.erp.people import (
    BULK,
    DAYS_OF_TERMS,
    METHODS,
    Branches,
    Companies,
    Products,
    Users,
)
from colgen.relations import First, ForeignKey, Lookup, Ordinal, ParentKey, Share, Sum
from colgen.table import Daily, FanOut, Table, column
from colgen.vocabulary.egypt import phrases

HOUR, MINUTE, SECOND = DAY // 24, DAY // 1440, 1_000_000
NEVER = 2**62
MOST_REQUESTS = 1024  # in a shift, about: they are made together

KINDS = (
    "late_payment", "missed_payment", "delivery_delay", "failed_delivery", "cancellation", "quantity_spike", "price_error",
    "duplicate_order", "bulk_payment",
)  # fmt: skip
NONE, LATE, MISSED, DELAY, FAILED, CANCELLATION, SPIKE, PRICE, DUPLICATE, BULK_PAYMENT = range(10)

STATUS = ["pending", "confirmed", "out_for_delivery", "delivered", "cancelled", "failed"]
PENDING, CONFIRMED, OUT, DELIVERED, CANCELLED, UNDELIVERED = range(6)

# Days from a weekday (Monday is 0) to the region's next delivery day after it; A: Sunday, Tuesday, Thursday; B: Monday, Wednesday, Saturday.
DELIVERY_DAYS = ((6, 1, 3), (0, 2, 5))
NEXT_DELIVERY = np.array([[next(gap for gap in range(1, 8) if (day + gap) % 7 in days) for day in range(7)] for days in DELIVERY_DAYS])
VAT = 14  # per cent
LINES = (18, 24, 21, 15, 10, 6, 4, 2)  # how often an order has one line, two …
LATEST = 7  # days after it is due that a payment comes at the latest, unless it is late or missed


def next_delivery(region, day):
    """The region's first delivery day after a day."""
    return day + NEXT_DELIVERY[region, (day + 3) % 7]


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
    company_id = ForeignKey(Companies, popularity=Share(0.2, 0.55))
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
    company_id = column(ForeignKey(Companies))(lambda company=Requests.company_id: company)
    branch_id = column(ForeignKey(Branches), nullable=True)(lambda branch=Requests.branch_id: branch)
    created_by = column(ForeignKey(Users))(lambda user=Requests.created_by: user)

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
            begin = outage.begin(period)
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

    @column(Words(STATUS))
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
    end_word = column(Words(STATUS), hidden=True)(lambda end: end)
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

    total = column(Money)(lambda subtotal, discount, vat: subtotal - discount + vat)

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

    of_use = ForeignKey(Products, popularity=Share(), where={"is_machine": False}, hidden=True)
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

    line_total = column(Money)(lambda quantity, unit_price, discount: quantity * unit_price - discount)


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

    level = column(Words(["order", "item"]))(lambda of=Orders.discount_level: of - 1)
    kind = column(Words(["percentage", "amount"]))(lambda in_pounds=Orders.in_pounds: in_pounds)

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


class Shipments(Table, keep="there"):
    """An attempt to deliver an order."""

    rows = FanOut(Orders, "shipments")

    id = Key()
    order_id = ParentKey(Orders)
    attempt = Ordinal()
    driver = Vocabulary(phrases("driver"))

    @column(Timestamp)
    def dispatched_at(attempt, first_day=Orders.first_day, leaves=Orders.leaves, region=Orders.region):
        """In the morning of one of the region's delivery days."""
        return attempt_day(first_day, attempt, region) * DAY + leaves

    arrives = column(Timestamp, hidden=True)(lambda dispatched_at, on_the_road=Orders.on_the_road: dispatched_at + on_the_road)
    is_last = column(Boolean, hidden=True)(lambda attempt, attempts=Orders.attempts: attempt == attempts)

    @column(Words(["on_the_way", "delivered", "failed", "refused"]))
    def outcome(arrives, is_last, period, end=Orders.end):
        """What came of it; the last one agrees with the order's status."""
        came_to = either(is_last & (end == DELIVERED), 1, either(is_last & (end == CANCELLED), 3, 2))
        return either(arrives < now(period), came_to, 0)

    drawn_reason = Vocabulary(phrases("failure_reason"), hidden=True)

    @column(phrases("failure_reason").type, nullable=True)
    def failure_reason(drawn_reason, outcome):
        """Why it could not be handed over."""
        return missing(drawn_reason, outcome != 2)

    delivered_at = column(Timestamp, nullable=True)(lambda arrives, outcome: missing(arrives, outcome != 1))
    there = column(Boolean, hidden=True)(
        lambda attempt, dispatched_at, period, attempts=Orders.attempts, order=Orders.there: (
            order & (attempt <= attempts) & (dispatched_at < now(period))
        )
    )


class Payments(Table, keep="there"):
    """What is to be paid for an order, once it is delivered."""

    rows = FanOut(Orders, "instalments")

    id = Key()
    order_id = ParentKey(Orders)
    number = Ordinal(hidden=True)
    anomaly = Lookup(Orders.anomaly, hidden=True)
    delivered = Lookup(Orders.ended, hidden=True)
    company = Lookup(Orders.company_id, hidden=True)
    terms = Lookup(Orders.terms, hidden=True)

    @column(Money)
    def amount(number, total=Orders.total, instalments=Orders.instalments):
        """The order's total, or a half of it."""
        half = total // 2
        return either(instalments == 1, total, either(number == 1, half, total - half))

    method = column(METHODS)(lambda method=Orders.method: method)

    @column(Timestamp)
    def due_at(delivered, terms, number):
        """By the company's terms: a day, 15 or 30 days after the delivery, or on the fifth of the next month; a second instalment a month later."""
        day = delivered // DAY
        fifth = 5 + either(number == 1, month_end(day), month_end(month_end(day) + 1))
        return (either(terms == BULK, fifth, day + DAYS_OF_TERMS[terms] + 30 * (number - 1)) + 1) * DAY - SECOND

    batched = column(Boolean, hidden=True)(
        lambda terms, anomaly, slow: ((terms == BULK) & (anomaly != LATE) & ~slow) | (anomaly == BULK_PAYMENT)
    )

    @column(Boolean, hidden=True)
    def slow(draw, scenario):
        """Paid some days after it is due; with the late and the missed ones, as many as the scenario's rate of overdue payments says."""
        late = late_share(scenario)
        return draw.chance(max(0.0, scenario.rates["overdue"] - late) / (1 - late))

    @column(Timestamp, hidden=True)
    def paid(draw, delivered, due_at, company, anomaly, terms, slow, batched):
        """When the money comes, NEVER if it does not."""
        chance = draw.uniform()
        prompt = delivered + ((due_at - delivered) * either(terms == 0, chance * 0.04, 0.55 + 0.45 * chance)).astype(np.int64)
        tardy = due_at + (DAY // 2 + chance * (LATEST - 1) * DAY).astype(np.int64)
        late = due_at + (15 * DAY + chance * 45 * DAY).astype(np.int64)
        together = (month_end((due_at - 6 * DAY) // DAY) + 1 + company % 4) * DAY + 9 * HOUR + company % 420 * MINUTE
        at_once = (delivered // DAY + 1) * DAY + 10 * HOUR  # with all others that come that day
        ordinary = either(anomaly == BULK_PAYMENT, at_once, either(batched, together, either(slow, tardy, prompt)))
        return either(anomaly == LATE, late, either(anomaly == MISSED, NEVER, ordinary))

    paid_at = column(Timestamp, nullable=True)(lambda paid, period: missing(paid, paid >= now(period)))

    @column(Words(["pending", "paid", "overdue"]))
    def status(paid, due_at, period):
        """Overdue from the day after it is due until it is paid."""
        return either(paid < now(period), 1, either(due_at < now(period), 2, 0))

    month = column(Integer, hidden=True)(lambda paid: year_and_month(paid))
    batch = Text("BULK-{company:06d}-{month:06d}", hidden=True)

    @column(String, nullable=True)
    def bulk_batch_id(batch, batched, paid, period):
        """What a company pays in one sum: company, year and month."""
        return pc.if_else(pa.array(batched & (paid < now(period))), batch, None)

    requested = column(Timestamp, hidden=True)(lambda draw, paid: np.minimum(paid, NEVER // 2) + draw.integers(HOUR, 12 * DAY))
    decided = column(Timestamp, hidden=True)(lambda draw, requested: requested + draw.integers(2 * HOUR, 6 * DAY))
    approved = column(Boolean, hidden=True)(lambda draw: draw.chance(0.72))
    paid_out = column(Timestamp, hidden=True)(
        lambda draw, decided, approved: either(approved, decided + draw.integers(HOUR, 9 * DAY), NEVER)
    )
    decider = ForeignKey(Users, where={"approves": True}, hidden=True)

    @column(Boolean, hidden=True)
    def there(delivered, period, order=Orders.there, end=Orders.end):
        return order & (end == DELIVERED) & (delivered < now(period))


def late_share(scenario):
    """What part of the payments is late or missed by an anomaly."""
    mix = scenario.anomaly_mix
    labelled = scenario.anomaly_rate * (1 - mix["failed_delivery"] - mix["cancellation"] + mix["duplicate_order"])
    others = (1 - scenario.anomaly_rate) * (1 - scenario.rates["cancellation"])
    return scenario.anomaly_rate * (mix["late_payment"] + mix["missed_payment"]) / (labelled + others)


def month_end(day):
    """The last day of each day's month."""
    return (day.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64) - 1


def year_and_month(moment):
    """Year and month as one number, 0 for what never happens."""
    day = either(moment < NEVER, moment, 0) // DAY
    return per_day(year_of, day) * 100 + per_day(month_of, day)


class Refunds(Table, keep="there"):
    """Money that a company wants back."""

    rows = FanOut(Orders, "refunds")

    id = Key()
    order_id = ParentKey(Orders)
    payment_id = column(ForeignKey(Payments))(lambda first=Orders.first_payment: first)
    requested_at = Lookup(Payments.requested, via="payment_id")
    decided = Lookup(Payments.decided, via="payment_id", hidden=True)
    approved = Lookup(Payments.approved, via="payment_id", hidden=True)
    paid_out = Lookup(Payments.paid_out, via="payment_id", hidden=True)
    decider = Lookup(Payments.decider, via="payment_id", hidden=True)

    @column(Money)
    def amount(draw, paid=Payments.amount.via("payment_id")):
        """A tenth to all of the payment."""
        return np.maximum(paid * draw.integers(10, 100) // 100, 1)

    reason = Vocabulary(phrases("refund_reason"))

    @column(Words(["requested", "approved", "rejected", "paid_out"]))
    def status(decided, approved, paid_out, period):
        """How far it has come by the end of the period."""
        until = now(period)
        return either(decided >= until, 0, either(paid_out < until, 3, 2 - approved.astype(np.int64)))

    decided_by = column(ForeignKey(Users), nullable=True)(lambda decider, status: missing(decider, status == 0))
    decided_at = column(Timestamp, nullable=True)(lambda decided, status: missing(decided, status == 0))
    drawn_reason = Vocabulary(phrases("refund_rejection"), hidden=True)
    rejection_reason = column(phrases("refund_rejection").type, nullable=True)(
        lambda drawn_reason, status: missing(drawn_reason, status != 2)
    )
    there = column(Boolean, hidden=True)(
        lambda requested_at, period, paid_there=Payments.there.via("payment_id"): paid_there & (requested_at < now(period))
    )
