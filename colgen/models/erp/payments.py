"""Payments for orders: who pays in time, who late, and when."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    Boolean,
    Codes,
    Double,
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
    column,
    day_of_month,
    either,
    exp,
    month_of,
    per_day,
    year_of,
)
from colgen.models.erp.companies import DAYS_TO_PAY, Method, Terms
from colgen.models.erp.labels import Label
from colgen.models.erp.office import MINUTE, banking_day, banking_day_before, day_end, moment, working_day
from colgen.models.erp.orders import Orders, OrderStatus
from colgen.models.erp.people import Users
from colgen.models.erp.requests import NEVER, OVERCHARGED, Requests, missing, now

LATEST = 95  # days after its due date by which a payment without an anomaly has been made
LABELLED_LATE, LATEST_OF_ALL = 21, 97  # after how many days a late payment with a label is made, at least and at most

# The scenario's `overdue` is the share of payments that are overdue on the last day of the default volume's three months, among all payments.
# How many are made late for it, was measured with that volume: so large a share is overdue if companies are so ready to pay late.
OVERDUE = (0, 0.0104, 0.0232, 0.0411, 0.0664, 0.1022, 0.1383, 0.1782, 0.2306, 0.266, 0.304, 0.336)
READINESS = (0, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 1.1, 1.4, 1.8)  # about the share of payments that are made late
LABELS_COUNT = 0.55  # a late or missed payment with a label makes up for so much of `overdue`
MOST_WHO_ARE_LATE, LONGER_FROM = 0.74, 0.27  # with more to be paid late, debtors wait longer instead
HEAVY = 10  # a sum is large for a company where so many of them would exceed its credit limit
EVERYBODY = 0.15  # of all late payments, those of companies that are no more likely to pay late than others


class PaymentStatus(Codes):
    pending: int
    paid: int
    overdue: int


def readiness(rate, scenario):
    """How ready companies are to pay late, so that together with the labelled ones so many payments are overdue."""
    mix, outages = scenario.anomaly_mix, bool(scenario.outages)
    late = scenario.anomaly_rate * (mix["late_payment"] + mix["missed_payment"])
    at_once = scenario.anomaly_rate * (mix["bulk_payment"] + mix["cancellation"] * outages)
    return np.maximum(np.interp((rate - LABELS_COUNT * late) / max(1 - late - at_once, 0.01), OVERDUE, READINESS), 0.002)


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
    method_code = Lookup(Orders.method, hidden=True)

    @column(Money)
    def amount(number, total=Orders.total, instalments=Orders.instalments):
        """The order's total, or half of it if it is paid in two instalments."""
        half = total // 2
        return either(instalments == 1, total, either(number == 1, half, total - half))

    method = column(Method.type, doc="As agreed with the company.")(lambda method_code: method_code)

    @column(Integer, hidden=True)
    def due_day(delivered, terms, number):
        """The last day on which it is in time."""
        day = delivered // DAY
        fifth = 5 + either(number == 1, per_day(month_end, day), per_day(lambda day: month_end(month_end(day) + 1), day))
        return either(terms == Terms.monthly_bulk, fifth, day + DAYS_TO_PAY[terms] + 30 * (number - 1))

    @column(Timestamp)
    def due_at(due_day):
        """The end of a day in Cairo, by the company's terms: 1, 15 or 30 days after delivery, or the fifth of the next month; a second
        instalment, a month later."""
        return day_end(due_day)

    batched = column(Boolean, hidden=True)(
        lambda terms, anomaly, slow: (
            ((terms == Terms.monthly_bulk) & (anomaly != Label.late_payment) & ~slow) | (anomaly == Label.bulk_payment)
        )
    )

    @column(Double, hidden=True)
    def ready(due_day, scenario, period):
        """How ready companies are to pay late at that time."""
        return per_day(lambda days: readiness(scenario.rate("overdue", days, period), scenario), due_day)

    @column(Double, hidden=True)
    def tendency(ready, amount, impatience=Orders.impatience, limit=Orders.credit_limit):
        """How likely the company pays late: few do so most of the time, most hardly ever; and large sums later than small ones."""
        mean = np.minimum(ready, np.minimum(MOST_WHO_ARE_LATE + 0.3 * np.maximum(ready - 0.9, 0), 0.95))
        own = EVERYBODY * mean + (1 - EVERYBODY) * exp(impatience * np.minimum(1 / mean - 1, 60))
        return np.minimum(own * np.where(amount * HEAVY > limit, 1.25, 0.95), 0.97)

    slow = column(Boolean, hidden=True)(lambda draw, tendency: draw.chance(tendency))  # whether it is paid late without a label

    @column(Integer, hidden=True)
    def days_late(draw, anomaly, slow, tendency, ready):
        """Days from the due day: log-logistic, so a week or two for most who are late and months for some; 0 if it is paid in time."""
        chance = draw.uniform()
        typical, most = (7 + 38 * tendency) * np.maximum(ready / LONGER_FROM, 1), LATEST - 8
        reached = chance * most / (most + typical)
        late = 1 + (typical * reached / (1 - reached)).astype(np.int64)
        labelled = LABELLED_LATE + (chance * chance * (LATEST_OF_ALL - LABELLED_LATE)).astype(np.int64)
        return either(anomaly == Label.late_payment, labelled, either((anomaly != Label.bulk_payment) & slow, late, 0))

    @column(Timestamp, hidden=True)
    def paid(draw, delivered, due_day, number, company, anomaly, method_code, days_late, batched):
        """When it is paid; NEVER if it is not. Transfers and cheques on banking days; cash and cards at the door."""
        chance, hour = draw.uniform(), draw.uniform()
        day = delivered // DAY
        wait = due_day - day
        at_bank = (method_code == Method.bank_transfer) | (method_code == Method.cheque)
        agreed = np.maximum(banking_day_before(due_day - (wait * 0.45 * chance * chance).astype(np.int64)), day + 1)
        run = banking_day(per_day(month_end, due_day - 6) + 1 + company % 3)
        soonest = banking_day(day + 1)
        prompt = either(anomaly == Label.bulk_payment, soonest, either(batched, run, agreed))
        last = due_day + days_late
        tardy = either(at_bank, banking_day(last), last)
        paid_on = either(days_late > 0, tardy, prompt)
        in_office = moment(paid_on, np.where(batched, (company % 360) / 360, hour), 9, 15)
        in_person = moment(paid_on, hour, 9, 21)
        at_door = delivered + (2 + chance * 20).astype(np.int64) * MINUTE
        cash = either((days_late > 0) | (number > 1), in_person, at_door)
        bulk = anomaly == Label.bulk_payment
        return either(anomaly == Label.missed_payment, NEVER, either(at_bank | bulk, in_office, cash))

    paid_at = column(Timestamp, nullable=True, doc="When it was paid.")(lambda paid, period: missing(paid, paid >= now(period)))

    @column(Timestamp, hidden=True)
    def overdue_at(due_day, company):
        """When it is found to be overdue: on the next morning in the office."""
        return moment(working_day(due_day + 1), (company % 60) / 60, 9, 10)

    @column(PaymentStatus.type)
    def status(paid, overdue_at, period):
        """Overdue from the morning after the due day, or the first on which the office is open, until it is paid."""
        open_status = either(overdue_at < now(period), PaymentStatus.overdue, PaymentStatus.pending)
        return either(paid < now(period), PaymentStatus.paid, open_status)

    period_paid = column(Integer, hidden=True)(lambda paid, anomaly: digits_of_day(paid, anomaly != Label.bulk_payment))
    batch = Text("BULK-{company:06d}-{period_paid}", hidden=True)

    @column(String, nullable=True)
    def bulk_batch_id(batch, batched, paid, period):
        """The payments that a company makes in one sum: its id, the year and the month, and also the day if the sum is out of turn."""
        return pc.if_else(pa.array(batched & (paid < now(period))), batch, None)

    # When money is claimed back, for the first payment of an order that has room for a refund; NEVER for all others.
    refunded = column(Integer, hidden=True)(lambda number, refunds=Orders.refunds: refunds * (number == 1))

    @column(Timestamp, hidden=True)
    def requested(draw, paid, delivered, refunded):
        """On a working day in the days after the payment, or as if it had been made at the delivery."""

        def some(draw, rows):
            day = either(paid[rows] < NEVER, paid[rows], delivered[rows]) // DAY
            return moment(working_day(day + 1 + draw.below(12)), draw.uniform(), 9, 18)

        return only(refunded, draw, some)

    @column(Timestamp, hidden=True)
    def decided(draw, requested, refunded):
        """Some working days later."""
        return only(
            refunded, draw, lambda draw, rows: moment(working_day(requested[rows] // DAY + 1 + draw.below(6)), draw.uniform(), 9, 17)
        )

    @column(Boolean, hidden=True)
    def approved(draw, anomaly, is_duplicate=Orders.is_duplicate):
        return draw.chance(0.72) | is_duplicate | (anomaly != Label.none)

    @column(Timestamp, hidden=True)
    def paid_out(draw, decided, approved, refunded):
        return only(
            refunded * approved,
            draw,
            lambda draw, rows: moment(banking_day(decided[rows] // DAY + 1 + draw.below(8)), draw.uniform(), 9, 15),
        )

    @column(Boolean, hidden=True)
    def claimed(draw, paid, requested, anomaly, refunded, period, is_duplicate=Orders.is_duplicate, slip=Requests.slip, label=Orders.label):
        """Whether money has been claimed back: always where an ordinary order has a refund, mostly where a slip was paid for."""
        overcharged = (anomaly == Label.quantity_spike) | ((anomaly == Label.price_error) & OVERCHARGED[slip])
        noticed = (is_duplicate | overcharged) & draw.chance(0.75)
        return (refunded > 0) & (paid < now(period)) & (requested < now(period)) & ((label == Label.none) | noticed)

    decider = ForeignKey(Users, where={"approves": True}, hidden=True)

    @column(Boolean, hidden=True)
    def there(delivered, period, order=Orders.there, end=Orders.end):
        return order & (end == OrderStatus.delivered) & (delivered < now(period))


def only(flags, draw, function):
    """Moments of the rows with a flag, from a function of their draws and positions; NEVER for all others."""
    moments, rows = np.full(len(flags), NEVER), np.flatnonzero(flags)
    moments[rows] = function(draw.anew(rows), rows)
    return moments


def month_end(day):
    """The last day of each day's month."""
    return (day.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64) - 1


def digits_of_day(moment, without_day):
    """The day of each moment as a number such as 20240131, or 202401 without the day; 1970 for NEVER."""
    day = either(moment < NEVER, moment, 0) // DAY
    month = per_day(year_of, day) * 100 + per_day(month_of, day)
    return either(without_day, month, month * 100 + per_day(day_of_month, day))
