"""A ledger in double entry: what a trading firm buys and sells in a quarter, what is booked for it, and when it is paid.

How to build it, what comes out and what to change for your own: docs/recipes/ledger.md.
"""

import numpy as np

from colgen import Calendar, Categorical, Choice, Date, Day, FanOut, FixedValues, ForeignKey, Integer, Key, LogNormal, Lookup, Model, Money
from colgen import Ordinal, ParentKey, Report, Rule, Sum, Table, Volume, column, either

DEBIT, CREDIT = 0, 1
NET, TAX, GROSS = 0, 1, 2
BANK, RECEIVABLE, PAYABLE, VAT, CAPITAL, SALES, GOODS, OFFICE = range(1, 9)  # rows of Accounts

# The lines of each kind of transaction: an account, its side, and which amount of the document. A receipt pays a sale, a payment a purchase.
LINES = {
    "capital": [(BANK, DEBIT, GROSS), (CAPITAL, CREDIT, GROSS)],
    "expense": [(OFFICE, DEBIT, NET), (VAT, DEBIT, TAX), (BANK, CREDIT, GROSS)],
    "sale": [(RECEIVABLE, DEBIT, GROSS), (SALES, CREDIT, NET), (VAT, CREDIT, TAX)],
    "receipt": [(BANK, DEBIT, GROSS), (RECEIVABLE, CREDIT, GROSS)],
    "purchase": [(GOODS, DEBIT, NET), (VAT, DEBIT, TAX), (PAYABLE, CREDIT, GROSS)],
    "payment": [(PAYABLE, DEBIT, GROSS), (BANK, CREDIT, GROSS)],
}
KINDS = Categorical(list(LINES))
CAPITAL_PAID_IN, EXPENSE, SALE, _, PURCHASE, _ = range(6)
ACCOUNT, SIDE, AMOUNT = np.array([(lines + [(0, 0, 0)] * 3)[:3] for lines in LINES.values()]).transpose(2, 0, 1)


class Accounts(Table, key="number"):
    """The chart of accounts."""

    rows = 8
    number = FixedValues(1000, 1100, 2000, 2100, 3000, 4000, 5000, 6000, unique=True)
    name = FixedValues("bank", "trade receivables", "trade payables", "VAT", "capital", "sales", "goods", "office costs")
    type = FixedValues("asset", "asset", "liability", "liability", "equity", "income", "expense", "expense")


class Documents(Table):
    """An invoice, a bill or a receipt. The first is for what the owners pay in, so that the bank can pay the first bills."""

    rows = Volume("documents", Calendar(weekday=(1, 1, 1, 1, 0.9, 0, 0), country="GB", holiday=0, noise=0.1))
    id = Key()
    date = Day()

    @column(KINDS)
    def kind(draw, id):
        return either(id == 1, CAPITAL_PAID_IN, np.array([SALE, PURCHASE, EXPENSE])[draw(Choice((60, 26, 14)))])

    @column(Money)
    def net(draw, id, kind, volume):
        """Many small amounts and a few large ones; of capital, 300 for each document."""
        typical = np.array([0, 60_00, 900_00, 0, 1_400_00, 0])[kind]
        return either(id == 1, 300_00 * volume["documents"], (typical * draw(LogNormal(1, 0.8))).astype(np.int64))

    @column(Money)
    def tax(net, kind):
        """20 %, to the cent; none on capital."""
        return (kind != CAPITAL_PAID_IN) * ((net + 2) // 5)

    gross = column(Money)(lambda net, tax: net + tax)

    @column(Date, nullable=True)
    def paid_on(draw, date, kind, period):
        """Sales and purchases are on account: paid a month or so later, unless that is still to come."""
        day = date + draw(LogNormal(27, 0.4)).astype(np.int64)
        return np.ma.masked_array(day, (day > period.end) | ((kind != SALE) & (kind != PURCHASE)))

    transactions = column(Integer, hidden=True)(lambda paid_on: 2 - np.ma.getmaskarray(paid_on))


class Transactions(Table):
    """What is booked at once: a document when it is entered, and once more when it is paid."""

    rows = FanOut(Documents, "transactions")
    id = Key()
    document_id = ParentKey(Documents)
    number = Ordinal(hidden=True)
    date = column(Date)(lambda number, on=Documents.date, paid=Documents.paid_on: either(number == 1, on, np.ma.getdata(paid)))
    kind = column(KINDS)(lambda number, kind=Documents.kind: kind + number - 1)
    lines = column(Integer, hidden=True)(lambda kind: np.array([len(lines) for lines in LINES.values()])[kind])
    debits = Sum("entries.debit", Money)
    credits = Sum("entries.credit", Money)


class Entries(Table, key=("transaction_id", "line")):
    """A line of a transaction, on one side of one account."""

    rows = FanOut(Transactions, "lines")
    transaction_id = ParentKey(Transactions)
    line = Ordinal()
    kind = Lookup(Transactions.kind, hidden=True)
    account = column(ForeignKey(Accounts))(lambda kind, line: ACCOUNT[kind, line - 1])
    side = column(Integer, hidden=True)(lambda kind, line: SIDE[kind, line - 1])

    @column(Money, hidden=True)
    def amount(kind, line, net=Documents.net, tax=Documents.tax, gross=Documents.gross):
        return np.choose(AMOUNT[kind, line - 1], (net, tax, gross))

    debit = column(Money)(lambda amount, side: amount * (side == DEBIT))
    credit = column(Money)(lambda amount, side: amount * (side == CREDIT))


model = Model(
    "ledger",
    description="A ledger in double entry: what a trading firm buys and sells in a quarter, what is booked for it, and when it is paid.",
    tables=[Accounts, Documents, Transactions, Entries],
    volumes={"small": dict(documents=500, days=91), "large": dict(documents=200_000, days=91)},
    first_day="2024-01-01",
    rules=[
        Rule(Transactions, "debits equal credits", "debits = credits AND debits > 0"),
        Rule(Entries, "an entry is on one side of its account", "(debit = 0) <> (credit = 0)"),
    ],
    reports=[
        Report(
            "trial_balance",
            "The debits, credits and balance of each account, and of all of them.",
            """SELECT number, name, type, sum(debit) AS debits, sum(credit) AS credits, sum(debit - credit) AS balance
            FROM entries JOIN accounts ON number = account GROUP BY ROLLUP ((number, name, type)) ORDER BY number""",
        )
    ],
)
