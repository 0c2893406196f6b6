"""A subscription service: plans, accounts that come and go, and an invoice a month while they stay.

colgen build examples/subscriptions.py --check --out subscriptions/
colgen report recurring_revenue subscriptions/
"""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Category,
    CreatedAt,
    Date,
    Exponential,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Key,
    Lookup,
    Model,
    Money,
    Ordinal,
    ParentKey,
    Poisson,
    Report,
    Rule,
    Sum,
    Table,
    Text,
    Vocabulary,
    Volume,
    column,
    month_of,
    per_day,
    vocabulary,
    year_of,
)

MONTHS_STAYED = np.array([7.0, 16.0, 30.0])  # on average, by plan: the more they pay, the longer they stay
MORE_SEATS = np.array([0.1, 4.0, 30.0])


def month_number(days):
    """Months since the year 0, of days since 1970-01-01."""
    return per_day(year_of, days) * 12 + per_day(month_of, days) - 1


def first_day(months):
    """The first day of a month, in days since 1970-01-01."""
    return (months - 1970 * 12).astype("M8[M]").astype("M8[D]").astype(np.int64)


class Plans(Table):
    """What can be subscribed to."""

    rows = 3
    id = Key()
    name = FixedValues("solo", "team", "business", unique=True)
    price = FixedValues(9_00, 15_00, 24_00, type=Money)  # a seat and month, in cents


class Accounts(Table):
    """Who has subscribed, if only for a while."""

    rows = Volume("accounts")
    id = Key()
    owner_first_name = Vocabulary(vocabulary.words("first_names", "name"))
    owner_last_name = Vocabulary(vocabulary.words("last_names", "name"))
    email = Text("{owner_first_name:mailbox}.{owner_last_name:mailbox}.{id}@example.com", unique=True)
    plan_id = ForeignKey(Plans, weights=(60, 31, 9))
    signed_up_at = CreatedAt(History(years_before=2, share_before=0.5))
    channel = Category(organic=45, advertisement=25, referral=20, partner=10)
    annual_discount = Flag(0.22)
    price = Lookup(Plans.price, hidden=True)

    @column(Integer)
    def seats(draw, plan_id):
        """One, and more of them on the larger plans."""
        return draw(Poisson(MORE_SEATS[plan_id - 1])) + 1

    @column(Date, nullable=True)
    def cancelled_on(draw, signed_up_at, plan_id, period):
        """When the account was closed; missing while it is open."""
        days = (draw(Exponential()) * MONTHS_STAYED[plan_id - 1] * 30.4).astype(np.int64) + 1
        day = signed_up_at // DAY + days
        return np.ma.masked_array(day, day > period.end)

    @column(Integer, hidden=True)
    def months(signed_up_at, cancelled_on, period):
        """How many invoices it has had: one on the first of each month, from the one after it signed up."""
        last = np.ma.filled(cancelled_on, period.end)
        return month_number(last) - month_number(signed_up_at // DAY)

    invoiced = Sum("invoices.amount", Money)


class Invoices(Table):
    """A month of a subscription."""

    rows = FanOut(Accounts, "months")
    id = Key()
    account_id = ParentKey(Accounts)
    month = Ordinal()
    number = Text("S-{account_id:06d}-{month:03d}", unique=True)
    seats = Lookup(Accounts.seats)

    @column(Date)
    def issued_on(month, signed_up_at=Accounts.signed_up_at):
        """The first of the month."""
        return first_day(month_number(signed_up_at // DAY) + month)

    @column(Money)
    def amount(seats, price=Accounts.price, yearly=Accounts.annual_discount):
        """The plan's price for each seat, a tenth less for those who pay by the year."""
        return price * seats * (10 - yearly) // 10

    @column(Boolean)
    def paid(draw, issued_on, period):
        """All but one in fifty, unless the invoice is new."""
        return draw.chance(0.98) & (period.end - issued_on > 14)


model = Model(
    "subscriptions",
    description="A subscription service: plans, accounts that come and go, and an invoice a month while they stay.",
    tables=[Plans, Accounts, Invoices],
    volumes={"small": dict(accounts=1_000), "large": dict(accounts=40_000)},
    rules=[
        Rule(Accounts, "closed after it was opened", "cancelled_on IS NULL OR cancelled_on > signed_up_at::DATE"),
        Rule(Accounts, "an account has one seat or more", "seats >= 1"),
        Rule(
            Invoices,
            "issued on the first of a month, while the account is open",
            "day(issued_on) = 1 AND issued_on > account.signed_up_at::DATE",
        ),
        Rule(Invoices, "none after the account was closed", "account.cancelled_on IS NULL OR issued_on <= account.cancelled_on"),
    ],
    reports=[
        Report(
            "recurring_revenue",
            "Accounts billed, seats, recurring revenue, and accounts closed, by month.",
            """WITH closed AS (SELECT date_trunc('month', cancelled_on) AS month, count(*) AS accounts FROM accounts GROUP BY ALL)
            SELECT strftime(issued_on, '%Y-%m') AS month, count(*) AS accounts, sum(seats)::BIGINT AS seats,
            sum(amount)::DECIMAL(18, 2) AS revenue, any_value(coalesce(closed.accounts, 0)) AS closed
            FROM invoices LEFT JOIN closed ON closed.month = issued_on
            WHERE issued_on >= getvariable('end_day') - INTERVAL 1 YEAR GROUP BY issued_on ORDER BY issued_on""",
        )
    ],
)
