"""What is billed, and when it is paid."""

import datetime

import numpy as np

from colgen import (
    Between,
    Burst,
    Calendar,
    Codes,
    Date,
    Day,
    ExistingBy,
    FanOut,
    ForeignKey,
    Integer,
    Key,
    Lookup,
    Moment,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    Sum,
    Table,
    Text,
    Volume,
    column,
    either,
    elementwise,
    exp,
    log,
)
from colgen.models.invoicing.goods import POPULARITY, Products
from colgen.models.invoicing.parties import OFFICE, Customers
from colgen.models.invoicing.quantities import quantity_of

CALENDAR = Calendar(
    weekday=(1.1, 1.15, 1.15, 1.1, 1.0, 0.35, 0.25),
    month={11: 1.1, 12: 1.3},
    recency=((30, 40), (90, 30), (None, 30)),
    country="US",
    holiday=0.1,
    bursts=[Burst(datetime.date(year, 12, 24), days=8, times=0.55) for year in range(1990, 2078)],
    noise=0.08,
    hours=OFFICE,
)
TIER_CLASS = np.array([0, 0, 1, 2, 3], np.int16)
"""By how many classes more units a customer of a tier buys on a line than a Bronze one; the first is not used."""
_places = (np.arange(4096) + 0.5) / 4096
DAYS_LATE = (1 + 22 * (np.minimum(exp(log(_places) * -0.6), 100) - 1)).astype(np.int64)
TIME_TAKEN = (100 - 70 * _places * _places).astype(np.int64)  # per cent of the time that the terms give
TO_MONDAY = np.array([0, 0, 0, 0, 0, 2, 1])


class InvoiceStatus(Codes):
    pending: int
    paid: int
    overdue: int


class Invoices(Table):
    """An invoice to a customer."""

    rows = Volume("invoices", CALENDAR)

    id = Key()
    date = Day()
    invoice_number = Text("INV-{date:%Y}-{id:08d}", unique=True)
    customer_id = ForeignKey(
        Customers, popularity=Popularity(top=0.2, share=0.4, by="rank"), existing_at="date", where={"status": "active"}
    )
    discount = Lookup(Customers.discount, hidden=True)
    tier_class = column(Integer, hidden=True)(lambda tier=Customers.customer_type_id: TIER_CLASS.take(tier))
    terms = Lookup(Customers.terms, hidden=True)
    due_date = column(Date, doc="15, 30, 45 or 60 days later, as agreed with the customer.")(lambda date, terms: date + 15 * terms)

    @column(Integer, hidden=True)
    def paid_after(draw, terms, lateness=Customers.lateness):
        """Days until it is paid: most customers pay in the second half of their time; of those late, half within 12 days, one in a hundred in a year."""
        place = draw.bits(16) >> 4
        late = draw.below(10_000) < lateness
        return either(late, 15 * terms + DAYS_LATE.take(place), 15 * terms * TIME_TAKEN.take(place) // 100) + 1

    @column(Date, hidden=True)
    def payment_day(date, due_date, paid_after, period):
        """A working day. What is 60 days old when it falls due, on the last day, is paid on that day: it is too old to be pending."""
        day = date + paid_after
        day += TO_MONDAY[(day + 3) % 7]
        falls_due = (due_date == period.end) & (period.end - date >= 60)
        return either(falls_due, np.minimum(day, period.end), day)

    @column(InvoiceStatus.type)
    def status(date, due_date, payment_day, period):
        """Pending until it is paid; overdue once it is 30 days old and its due date has passed."""
        unpaid = payment_day > period.end
        overdue = unpaid & (due_date < period.end) & (period.end - date >= 30)
        return InvoiceStatus.paid + overdue.view(np.int8) - (unpaid & ~overdue).view(np.int8)

    paid_on = column(Date, nullable=True, doc="The day of the payment, if it has been made.")(
        lambda payment_day, status: np.ma.array(payment_day, mask=status != InvoiceStatus.paid)
    )
    products = ExistingBy(Products, "date")

    subtotal = Sum("invoice_line_items.line_total", Money)
    tax_rate = Lookup(Customers.sales_tax)

    @column(Money)
    def tax_amount(subtotal, tax_rate):
        """Subtotal × tax rate, rounded half up to the cent."""
        return (subtotal * tax_rate + 50_000) // 100_000

    total = column(Money, doc="The amount to pay.")(lambda subtotal, tax_amount: subtotal + tax_amount)
    created_at = Moment(OFFICE)


class InvoiceLineItems(Table):
    """A product on an invoice."""

    rows = FanOut(Invoices, Between("lines_min", "lines_max"), at_most="products")

    id = Key()
    invoice_id = ParentKey(Invoices)
    line_number = Ordinal()
    date = Lookup(Invoices.date, hidden=True)
    product_id = ForeignKey(Products, popularity=POPULARITY, existing_at="date", until="discontinued_on", distinct=True)

    @column(Integer)
    def quantity(draw, tier_class=Invoices.tier_class, units_class=Products.units_class):
        """Many units of what is cheap, one or two of what is dear; more for a customer of a higher tier. Round numbers are more frequent."""
        return elementwise(quantity_of, draw.bits(16), tier_class, units_class)

    @column(Money)
    def unit_price(price=Products.price, discount=Invoices.discount):
        """The product's price less the customer type's discount, rounded half up to the cent."""
        return elementwise(lambda price, discount: (price * (100_00 - discount) + 50_00) // 100_00, price, discount)

    line_total = column(Money, doc="Quantity × unit price.")(lambda quantity, unit_price: quantity * unit_price)
