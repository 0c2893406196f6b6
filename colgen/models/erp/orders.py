"""Orders: when they are delivered, and how they end."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Choice,
    Codes,
    Date,
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
    Sum,
    Table,
    Text,
    Timestamp,
    column,
    either,
)
from colgen.models.erp.companies import Branches, Companies
from colgen.models.erp.egypt import phrases
from colgen.models.erp.labels import Label
from colgen.models.erp.office import CAIRO, HOUR, MINUTE
from colgen.models.erp.people import Users
from colgen.models.erp.requests import Requests, Shifts, missing, next_delivery, now, shifts


class OrderStatus(Codes):
    pending: int
    confirmed: int
    out_for_delivery: int
    delivered: int
    cancelled: int
    failed: int


VAT = 14  # per cent
MOST_LATE = 8  # days after its promised day by which an order without an anomaly leaves the warehouse
LEAST_LATE = 4  # days after which one with a delay does

# Goods leave between six and eleven o'clock, the oldest orders first. Each day on which orders came in has a stretch of the morning, the wider
# the more of its orders leave on that morning, and ever less before the last four days; each of its shifts has an equal part of the stretch.
GOES_OUT, MORNING = 6 * HOUR - CAIRO, 5 * HOUR
RECENT = np.array([0.0, 0.36, 0.28, 0.14, 0.10])  # the stretch of the orders of one day ago, of two, three and four
OLDER = 1 - RECENT.sum()
_BEGIN = 1 - np.cumsum(RECENT)


def slot(day, ordered_on, place, volume):
    """Where the stretch of a shift's orders begins on the morning of a later day, and where it ends: microseconds since 1970."""
    lag = day - ordered_on
    recent, within = lag < len(RECENT), np.minimum(lag, len(RECENT) - 1)
    before = np.maximum(lag - len(RECENT) + 1, 1)
    begin = np.where(recent, _BEGIN[within], OLDER / (before + 1))
    part = np.where(recent, RECENT[within], OLDER / (before * (before + 1))) / shifts(volume)
    opens = day * DAY + GOES_OUT
    ends = [opens + ((begin + part * number) * MORNING + 0.5).astype(np.int64) for number in (place, place + 1)]
    return ends[0], ends[1]


def leaves_at(stretch, quantile):
    """The moment at which an order leaves the warehouse in its shift's stretch of the morning: after all that came before it in its shift."""
    begin, end = stretch
    return begin + 1 + (quantile * np.maximum(end - begin - 2, 0)).astype(np.int64)


def attempt_day(first_day, attempt, region):
    """The day of the first, second or third attempt to deliver."""
    second = next_delivery(region, first_day)
    return either(attempt >= 3, next_delivery(region, second), either(attempt == 2, second, first_day))


_reasons = phrases("cancel_reason").type.words.to_pylist()
OUT_OF_STOCK, TOO_LATE, DUPLICATE, BY_MISTAKE = map(
    _reasons.index, ("Out of stock", "Delivery too late", "Duplicate order", "Ordered by mistake")
)
_weights = phrases("cancel_reason").weights.tolist()
USUAL_REASONS = Choice(tuple(weight * (code != DUPLICATE) for code, weight in enumerate(_weights)))
AT_THE_DOOR = Choice(tuple(weight * (code not in (DUPLICATE, OUT_OF_STOCK)) for code, weight in enumerate(_weights)))


class Orders(Table, keep="there"):
    """An order of a company."""

    rows = FanOut(Requests, "copies")

    id = Key()
    request = ParentKey(Requests, hidden=True)
    copy = Ordinal(hidden=True)
    label = Lookup(Requests.label, hidden=True)
    there = column(Boolean, hidden=True)(
        lambda copy, label, volume: (copy == 1) | (label != Label.duplicate_order) | (volume["anomalies"] > 0)
    )
    anomaly = column(Integer, hidden=True)(lambda label, copy, volume: label * (copy == 1) * (volume["anomalies"] > 0))
    is_duplicate = column(Boolean, hidden=True)(lambda label, copy: (copy == 2) & (label == Label.duplicate_order))
    lines = Lookup(Requests.lines, hidden=True)

    order_number = Text("SO-{ordered_at:%Y}-{id:08d}", unique=True)
    company_id = column(ForeignKey(Companies), doc="Who ordered; large companies do so more often.")(
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

    region = Lookup(Requests.region, hidden=True)
    terms = Lookup(Companies.terms_code, hidden=True)
    method = Lookup(Companies.method_code, hidden=True)
    fickle = Lookup(Companies.fickle, hidden=True)
    credit_limit = Lookup(Companies.credit_limit, hidden=True)
    stop, impatience = Lookup(Companies.stop, hidden=True), Lookup(Companies.impatience, hidden=True)
    outage_ends = Lookup(Requests.outage_ends, hidden=True)
    broken = column(Boolean, hidden=True)(lambda anomaly, broken=Requests.broken: broken & (anomaly != Label.none))
    scheduled_delivery = column(
        Date, doc="The promised day. Region A: Sunday, Tuesday, Thursday; region B: Monday, Wednesday, Saturday; after an outage known of."
    )(lambda scheduled=Requests.scheduled: scheduled)

    @column(Boolean, hidden=True)
    def withdrawn(draw, label, anomaly, is_duplicate, broken, fickle, scenario, rescheduled=Requests.rescheduled):
        """Whether it is cancelled before it is dispatched: by some companies more than by others, and often where the delivery is put off."""
        chance = np.where(rescheduled, 0.35, np.minimum(scenario.rates["cancellation"] * fickle, 0.9)) * (label == Label.none)
        refused = np.where(anomaly == Label.cancellation, np.where(broken, 1.0, 0.4), 0.0)
        noticed = np.where(anomaly == Label.quantity_spike, 0.5, np.where(anomaly == Label.price_error, 0.3, refused))
        return draw.uniform() < np.where(is_duplicate, 0.6, np.where(anomaly == Label.none, chance, noticed))

    @column(Integer, hidden=True)
    def clean_attempts(draw, scenario, hard=Companies.hard_to_reach):
        again = draw.chance(np.minimum(scenario.rates["second_attempt"] * hard, 0.8))
        return 1 + again * (1 + draw.chance(0.22).astype(np.int64))

    @column(Integer, hidden=True)
    def end(draw, withdrawn, anomaly, label, clean_attempts):
        """The status that it ends with. Now and then a third attempt fails, or goods are refused, without being an anomaly."""
        ordinary = label == Label.none
        unlucky = draw.uniform()
        given_up = (anomaly == Label.failed_delivery) | (ordinary & (clean_attempts == 3) & (unlucky < 0.2))
        refused = (anomaly == Label.cancellation) | (ordinary & (clean_attempts == 1) & (unlucky < 0.003))
        arrived = either(given_up, OrderStatus.failed, OrderStatus.delivered)
        return either(withdrawn | refused, OrderStatus.cancelled, arrived)

    @column(Integer, hidden=True)
    def attempts(anomaly, clean_attempts, withdrawn):
        labelled = either(anomaly == Label.failed_delivery, 3, either(anomaly == Label.cancellation, 1, clean_attempts))
        return either(withdrawn, 0, labelled)

    shipments = column(Integer, hidden=True)(  # the number of rows to reserve
        lambda label, clean_attempts: either(label == Label.failed_delivery, 3, clean_attempts)
    )

    @column(Integer, hidden=True)
    def first_day(draw, scheduled_delivery, anomaly, broken, outage_ends, region):
        """The day it is first dispatched: as promised, or days later; after an outage when the backlog has been worked off."""
        u = draw.uniform()
        honest = (1 + u * 125).astype(np.int64)  # one in 25 leaves up to eight days late
        delay = either(anomaly == Label.delivery_delay, LEAST_LATE - 1 + (u * u * 14).astype(np.int64), either(honest <= 5, honest, 0))
        planned = either(delay > 0, next_delivery(region, scheduled_delivery + delay), scheduled_delivery)
        backlog = next_delivery(region, outage_ends - 1 + (u * 7).astype(np.int64))
        return either(broken, np.maximum(planned, backlog), planned)

    on_the_road = column(BigInteger, hidden=True)(lambda draw: draw.integers(HOUR // 2, 6 * HOUR))

    @column(Timestamp, hidden=True)
    def stretch_begins(first_day, volume, day=Requests.day, place=Shifts.place):
        return slot(first_day, day, place, volume)[0]

    @column(Timestamp, hidden=True)
    def first_out(first_day, volume, day=Requests.day, place=Shifts.place, quantile=Requests.quantile):
        return leaves_at(slot(first_day, day, place, volume), quantile)

    confirmed = column(Timestamp, hidden=True)(lambda draw, ordered_at: ordered_at + draw.integers(5 * MINUTE, 90 * MINUTE))

    @column(Timestamp, hidden=True)
    def ended(
        draw,
        withdrawn,
        confirmed,
        first_out,
        first_day,
        attempts,
        on_the_road,
        region,
        volume,
        day=Requests.day,
        place=Shifts.place,
        quantile=Requests.quantile,
    ):
        """When it is delivered, cancelled or abandoned."""
        sometime = confirmed + ((first_out - confirmed) * (0.9 * draw.uniform())).astype(np.int64)
        by_day = sometime // DAY * DAY + 6 * HOUR + sometime % DAY * 11 // 24  # between 8 a.m. and 7 p.m. in Cairo
        early = np.maximum(np.minimum(by_day, first_out - MINUTE), confirmed + MINUTE)
        again = np.flatnonzero(attempts > 1)
        last = first_out.copy()
        last_day = attempt_day(first_day[again], attempts[again], region[again])
        last[again] = leaves_at(slot(last_day, day[again], place[again], volume), quantile[again])
        return either(withdrawn, early, last + on_the_road)

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

    @column(phrases("cancel_reason").type, nullable=True)
    def cancel_reason(draw, withdrawn, anomaly, is_duplicate, broken, status, rescheduled=Requests.rescheduled):
        """Why it was cancelled."""
        usual = either(withdrawn, draw(USUAL_REASONS), draw(AT_THE_DOOR))
        standing = either(draw.chance(0.75), OUT_OF_STOCK, TOO_LATE)  # the warehouse
        reason = either((broken | rescheduled) & withdrawn, standing, usual)
        slip = (anomaly == Label.quantity_spike) | (anomaly == Label.price_error)
        return missing(either(is_duplicate, DUPLICATE, either(slip, BY_MISTAKE, reason)), status != OrderStatus.cancelled)

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

    instalments = Lookup(Requests.instalments, hidden=True)

    @column(Integer, hidden=True)
    def refunds(draw, label, is_duplicate, fickle, scenario):
        """The number of refunds to reserve room for: some of ordinary orders, and where an anomaly may be made good by one."""
        ordinary = draw.chance(np.minimum(scenario.rates["refunded"] * fickle, 0.5)) & (label == Label.none)
        slip = (label == Label.quantity_spike) | (label == Label.price_error)
        return (ordinary | is_duplicate | slip).astype(np.int64)

    audits = column(Integer, hidden=True)(lambda instalments, refunds: 4 + 3 * instalments + 3 * refunds)
    first_item, first_payment, first_refund = map(First, ("order_items", "payments", "refunds"))


def reduced(amount, percent, in_pounds):
    """A discount in piastres: a percentage of the amount, rounded down to whole pounds where it was agreed in pounds."""
    exact = (amount * percent + 50) // 100
    return either(in_pounds, exact // 100 * 100, exact)
