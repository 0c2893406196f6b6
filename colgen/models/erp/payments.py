"""What is paid for an order, and what is asked back."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    Boolean,
    Categorical,
    FanOut,
    ForeignKey,
    Integer,
    Key,
    Lookup,
    Money,
    Ordinal,
    ParentKey,
    String,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    column,
    day_of_month,
    either,
    month_of,
    per_day,
    year_of,
)
from colgen.models.erp.egypt import phrases
from colgen.models.erp.orders import DELIVERED, Orders
from colgen.models.erp.people import BULK, DAYS_OF_TERMS, METHODS, Users
from colgen.models.erp.requests import BULK_PAYMENT, HOUR, LATE, MINUTE, MISSED, NEVER, SECOND, missing, now

LATEST = 7  # days after it is due that a payment comes at the latest, unless it is late or missed


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

    method = column(METHODS, doc="As agreed with the company.")(lambda method=Orders.method: method)

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

    paid_at = column(Timestamp, nullable=True, doc="When the money came.")(lambda paid, period: missing(paid, paid >= now(period)))

    @column(Categorical(["pending", "paid", "overdue"]))
    def status(paid, due_at, period):
        """Overdue from the day after it is due until it is paid."""
        return either(paid < now(period), 1, either(due_at < now(period), 2, 0))

    period_paid = column(Integer, hidden=True)(lambda paid, anomaly: digits_of_day(paid, anomaly != BULK_PAYMENT))
    batch = Text("BULK-{company:06d}-{period_paid}", hidden=True)

    @column(String, nullable=True)
    def bulk_batch_id(batch, batched, paid, period):
        """What a company pays in one sum: its number, the year and the month; the day too, where it does so out of turn."""
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


def digits_of_day(moment, without_day):
    """20240131 of each moment, or 202401; of 1970 for what never happens."""
    day = either(moment < NEVER, moment, 0) // DAY
    month = per_day(year_of, day) * 100 + per_day(month_of, day)
    return either(without_day, month, month * 100 + per_day(day_of_month, day))


class Refunds(Table, keep="there"):
    """Money that a company wants back."""

    rows = FanOut(Orders, "refunds")

    id = Key()
    order_id = ParentKey(Orders)
    payment_id = column(ForeignKey(Payments), doc="The order's first payment.")(lambda first=Orders.first_payment: first)
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

    @column(Categorical(["requested", "approved", "rejected", "paid_out"]))
    def status(decided, approved, paid_out, period):
        """How far it has come by the end of the period."""
        until = now(period)
        return either(decided >= until, 0, either(paid_out < until, 3, 2 - approved.astype(np.int64)))

    decided_by = column(ForeignKey(Users), nullable=True, doc="A manager or an admin.")(
        lambda decider, status: missing(decider, status == 0)
    )
    decided_at = column(Timestamp, nullable=True, doc="Some days after the request.")(lambda decided, status: missing(decided, status == 0))
    drawn_reason = Vocabulary(phrases("refund_rejection"), hidden=True)
    rejection_reason = column(phrases("refund_rejection").type, nullable=True, doc="Why it was turned down.")(
        lambda drawn_reason, status: missing(drawn_reason, status != 2)
    )
    there = column(Boolean, hidden=True)(
        lambda requested_at, period, paid_there=Payments.there.via("payment_id"): paid_there & (requested_at < now(period))
    )
