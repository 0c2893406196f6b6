"""Payments for orders, and refunds."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    Boolean,
    Codes,
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
from colgen.models.erp.labels import Label
from colgen.models.erp.orders import Orders, OrderStatus
from colgen.models.erp.people import DAYS_TO_PAY, Method, Terms, Users
from colgen.models.erp.requests import HOUR, MINUTE, NEVER, SECOND, missing, now

LATEST = 7  # days after its due date by which a payment without an anomaly has been made


class PaymentStatus(Codes):
    pending: int
    paid: int
    overdue: int


class RefundStatus(Codes):
    requested: int
    approved: int
    rejected: int
    paid_out: int


class Payments(Table, keep="there"):
    """A payment for a delivered order, whether it has been made or not."""

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
        """The order's total, or half of it if it is paid in two instalments."""
        half = total // 2
        return either(instalments == 1, total, either(number == 1, half, total - half))

    method = column(Method.type, doc="As agreed with the company.")(lambda method=Orders.method: method)

    @column(Timestamp)
    def due_at(delivered, terms, number):
        """By the company's terms: 1, 15 or 30 days after delivery, or on the fifth of the next month; a second instalment, a month later."""
        day = delivered // DAY
        fifth = 5 + either(number == 1, month_end(day), month_end(month_end(day) + 1))
        return (either(terms == Terms.monthly_bulk, fifth, day + DAYS_TO_PAY[terms] + 30 * (number - 1)) + 1) * DAY - SECOND

    batched = column(Boolean, hidden=True)(
        lambda terms, anomaly, slow: (
            ((terms == Terms.monthly_bulk) & (anomaly != Label.late_payment) & ~slow) | (anomaly == Label.bulk_payment)
        )
    )

    @column(Boolean, hidden=True)
    def slow(draw, scenario):
        """Whether it is paid a few days late. Together with late and missed payments, they make up the scenario's rate of overdue payments."""
        late = late_share(scenario)
        return draw.chance(max(0.0, scenario.rates["overdue"] - late) / (1 - late))

    @column(Timestamp, hidden=True)
    def paid(draw, delivered, due_at, company, anomaly, terms, slow, batched):
        """When it is paid; NEVER if it is not."""
        chance = draw.uniform()
        prompt = delivered + ((due_at - delivered) * either(terms == Terms.on_delivery, chance * 0.04, 0.55 + 0.45 * chance)).astype(
            np.int64
        )
        tardy = due_at + (DAY // 2 + chance * (LATEST - 1) * DAY).astype(np.int64)
        late = due_at + (15 * DAY + chance * 45 * DAY).astype(np.int64)
        together = (month_end((due_at - 6 * DAY) // DAY) + 1 + company % 4) * DAY + 9 * HOUR + company % 420 * MINUTE
        at_once = (delivered // DAY + 1) * DAY + 10 * HOUR  # together with all others delivered on that day
        ordinary = either(anomaly == Label.bulk_payment, at_once, either(batched, together, either(slow, tardy, prompt)))
        return either(anomaly == Label.late_payment, late, either(anomaly == Label.missed_payment, NEVER, ordinary))

    paid_at = column(Timestamp, nullable=True, doc="When it was paid.")(lambda paid, period: missing(paid, paid >= now(period)))

    @column(PaymentStatus.type)
    def status(paid, due_at, period):
        """Overdue from the day after the due date until it is paid."""
        open_status = either(due_at < now(period), PaymentStatus.overdue, PaymentStatus.pending)
        return either(paid < now(period), PaymentStatus.paid, open_status)

    period_paid = column(Integer, hidden=True)(lambda paid, anomaly: digits_of_day(paid, anomaly != Label.bulk_payment))
    batch = Text("BULK-{company:06d}-{period_paid}", hidden=True)

    @column(String, nullable=True)
    def bulk_batch_id(batch, batched, paid, period):
        """The payments that a company makes in one sum: its id, the year and the month, and also the day if the sum is out of turn."""
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
        return order & (end == OrderStatus.delivered) & (delivered < now(period))


def late_share(scenario):
    """The share of payments that are late or missed because of an anomaly."""
    mix = scenario.anomaly_mix
    labelled = scenario.anomaly_rate * (1 - mix["failed_delivery"] - mix["cancellation"] + mix["duplicate_order"])
    others = (1 - scenario.anomaly_rate) * (1 - scenario.rates["cancellation"])
    return scenario.anomaly_rate * (mix["late_payment"] + mix["missed_payment"]) / (labelled + others)


def month_end(day):
    """The last day of each day's month."""
    return (day.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64) - 1


def digits_of_day(moment, without_day):
    """The day of each moment as a number such as 20240131, or 202401 without the day; 1970 for NEVER."""
    day = either(moment < NEVER, moment, 0) // DAY
    month = per_day(year_of, day) * 100 + per_day(month_of, day)
    return either(without_day, month, month * 100 + per_day(day_of_month, day))


class Refunds(Table, keep="there"):
    """Money that a company claims back."""

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
        """A tenth of the payment up to all of it."""
        return np.maximum(paid * draw.integers(10, 100) // 100, 1)

    reason = Vocabulary(phrases("refund_reason"))

    @column(RefundStatus.type)
    def status(decided, approved, paid_out, period):
        """How far it has come by the end of the period."""
        until = now(period)
        decision = either(approved, RefundStatus.approved, RefundStatus.rejected)
        return either(decided >= until, RefundStatus.requested, either(paid_out < until, RefundStatus.paid_out, decision))

    decided_by = column(ForeignKey(Users), nullable=True, doc="A manager or an admin.")(
        lambda decider, status: missing(decider, status == RefundStatus.requested)
    )
    decided_at = column(Timestamp, nullable=True, doc="A few days after the request.")(
        lambda decided, status: missing(decided, status == RefundStatus.requested)
    )
    drawn_reason = Vocabulary(phrases("refund_rejection"), hidden=True)
    rejection_reason = column(phrases("refund_rejection").type, nullable=True, doc="Why it was rejected.")(
        lambda drawn_reason, status: missing(drawn_reason, status != RefundStatus.rejected)
    )
    there = column(Boolean, hidden=True)(
        lambda requested_at, period, paid_there=Payments.there.via("payment_id"): paid_there & (requested_at < now(period))
    )
