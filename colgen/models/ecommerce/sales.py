"""Orders, their items and reviews: what follows from the sessions that buy."""

import numpy as np
import pyarrow as pa

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Categorical,
    Category,
    Choice,
    Coded,
    Codes,
    Decimal,
    Drawn,
    FanOut,
    ForeignKey,
    Grouped,
    Integer,
    Json,
    Key,
    Lookup,
    Money,
    ParentKey,
    String,
    Table,
    Text,
    Timestamp,
    Uuid,
    WordBytes,
    column,
    either,
    spell,
)
from colgen.models.ecommerce.lists import LISTS
from colgen.models.ecommerce.parties import SHORT_KINDS, WORLD, RawCustomers, RawProducts
from colgen.models.ecommerce.visits import Looks, RawSessions

EXCHANGE = {"USD": 10_000, "EUR": 9_200, "GBP": 7_900, "PLN": 39_800, "BRL": 51_000, "CAD": 13_600}  # units of 1/10,000 per US dollar
RATES = np.array([EXCHANGE[name] for name in WORLD.currencies.words.to_pylist()])
COUPONS = np.array([0, 5, 10, 15, 20])  # per cent
FREE_SHIPPING, SHIPPING = 50_00, 4_99  # US cents
NEVER = 2**62


class OrderStatus(Codes):
    pending: int
    processing: int
    shipped: int
    delivered: int
    cancelled: int
    returned: int


def days(number):
    """A number of days in microseconds."""
    return (number * DAY).astype(np.int64)


class RawOrders(Table):
    """The order that a session ends with."""

    rows = FanOut(RawSessions, "orders")

    order_id = Key()
    visit = ParentKey(RawSessions, hidden=True)
    day = Lookup(RawSessions.day, hidden=True)

    @column(ForeignKey(RawCustomers))
    def customer_id(who=RawSessions.who):
        """The customer of the session."""
        return who

    @column(Uuid)
    def session_id(session=RawSessions.session_id):
        """The session that it was placed in."""
        return session

    @column(Timestamp)
    def order_ts(ended=RawSessions.ended_at):
        """The time of the purchase in the session."""
        return ended

    shipping_moment = column(Timestamp, hidden=True)(lambda draw, order_ts: order_ts + days(0.4 + 2.2 * draw.uniform()))
    delivery_moment = column(Timestamp, hidden=True)(lambda draw, shipping_moment: shipping_moment + days(1.0 + 5.0 * draw.uniform()))

    @column(Integer, hidden=True)
    def cancelled(draw, day, period):
        return draw.chance(0.04) & (day < period.end)

    @column(Integer, hidden=True)
    def sent_back(draw, delivery_moment, cancelled, period):
        """The day on which its goods are sent back after their delivery; NEVER if they are kept."""
        back = delivery_moment // DAY + 5 + draw.below(20)
        return either(draw.chance(0.06) & ~cancelled & (back <= period.end), back, NEVER)

    @column(OrderStatus.type)
    def status(order_ts, shipping_moment, delivery_moment, cancelled, sent_back, period):
        """As at the end of the period: pending, processing, shipped or delivered, depending on its age; some are cancelled or returned."""
        now = (period.end + 1) * DAY
        waiting = either(now - order_ts < DAY // 3, OrderStatus.pending, OrderStatus.processing)
        under_way = either(now < shipping_moment, waiting, OrderStatus.shipped)
        arrived = either(sent_back < NEVER, OrderStatus.returned, OrderStatus.delivered)
        return either(cancelled, OrderStatus.cancelled, either(now < delivery_moment, under_way, arrived))

    @column(Timestamp, hidden=True)
    def delivered(delivery_moment, status):
        """When it arrived; NEVER if it has not."""
        return either(np.isin(status, [OrderStatus.delivered, OrderStatus.returned]), delivery_moment, NEVER)

    @column(Integer, hidden=True)
    def back_on(day, cancelled, sent_back, status):
        """The day on which its goods are back in stock; NEVER if they are not."""
        return either(cancelled, day + 1, either(status == OrderStatus.returned, sent_back, NEVER))

    payment_method = Category(credit_card=46, paypal=24, debit_card=12, apple_pay=8, google_pay=5, klarna=4, gift_card=1)

    @column(WORLD.currencies)
    def currency(home=RawCustomers.country_row.via("customer_id")):
        """The currency of the customer's country."""
        return WORLD.currency[home]

    @column(Decimal(10, 4))
    def exchange_rate(currency):
        """Units of the currency per US dollar; constant over time."""
        return RATES[currency]

    @column(Money)
    def subtotal(amount=RawSessions.amount):
        """The sum of the items' line totals."""
        return amount

    coupon = Drawn(Choice((80, 4, 9, 5, 2)), Integer, hidden=True)

    @column(Money)
    def discount(subtotal, coupon):
        """5 to 20 % of the subtotal for the fifth of orders with a coupon."""
        return (subtotal * COUPONS[coupon] + 50) // 100

    @column(Money)
    def shipping(subtotal, discount, currency):
        """Free from 50 US dollars; 4.99 US dollars below."""
        return either(subtotal - discount >= in_currency(FREE_SHIPPING, currency), 0, in_currency(SHIPPING, currency))

    @column(Money)
    def tax(subtotal, discount, home=RawCustomers.country_row.via("customer_id")):
        """The goods' value after discount times the country's rate, rounded half up to the cent."""
        return ((subtotal - discount) * WORLD.tax[home] + 5_000) // 10_000

    @column(Money)
    def total(subtotal, discount, shipping, tax):
        """Subtotal − discount + shipping + tax."""
        return subtotal - discount + shipping + tax

    other = ForeignKey(RawCustomers, existing_at="day", hidden=True)

    @column(ForeignKey(RawCustomers), hidden=True)
    def receiver(draw, customer_id, other):
        """The customer, or for one order in fourteen someone else, who gets it as a gift."""
        return either(draw.chance(0.07), other, customer_id)

    to_first = Lookup(RawCustomers.first_name, via="receiver", hidden=True)
    to_last = Lookup(RawCustomers.last_name, via="receiver", hidden=True)
    to_street = Lookup(RawCustomers.street, via="receiver", hidden=True)
    to_house = Lookup(RawCustomers.house, via="receiver", hidden=True)
    to_city = Lookup(RawCustomers.city, via="receiver", hidden=True)
    to_postal_code = Lookup(RawCustomers.postal_code, via="receiver", hidden=True)
    to_row = Lookup(RawCustomers.country_row, via="receiver", hidden=True)
    to_country = column(WORLD.countries.type, hidden=True)(lambda to_row: to_row)
    mark = column(WORLD.street_marks, hidden=True)(lambda to_row: WORLD.street_mark[to_row])
    house_before = column(Categorical(["", *(f"{number} " for number in range(1, 10_000))]), hidden=True)(
        lambda to_house, to_row: to_house * WORLD.number_first[to_row]
    )
    house_after = column(Categorical(["", *(f" {number}" for number in range(1, 10_000))]), hidden=True)(
        lambda to_house, to_row: to_house * ~WORLD.number_first[to_row]
    )
    shipping_address = Text(
        '{{"name": "{to_first} {to_last}", "street": "{house_before}{mark}{to_street}{house_after}", "city": "{to_city}", '
        '"postal_code": "{to_postal_code}", "country": "{to_country}"}}',
        type=Json,
    )

    @column(Timestamp, nullable=True)
    def shipped_at(status, shipping_moment):
        """About half a day to three days after the order, if it has been shipped."""
        return np.ma.array(shipping_moment, mask=~np.isin(status, [OrderStatus.shipped, OrderStatus.delivered, OrderStatus.returned]))

    @column(Timestamp, nullable=True)
    def delivered_at(status, delivery_moment):
        """One to six days after it was shipped, if it has arrived."""
        return np.ma.array(delivery_moment, mask=~np.isin(status, [OrderStatus.delivered, OrderStatus.returned]))


NEAREST = np.array([{"US": 0, "CA": 1, "BR": 1, "GB": 3}.get(code, 2) for code in WORLD.codes])  # Reno, Louisville, Rotterdam, Birmingham


def sold_and_first(grouping, stretch, warehouse, product_id, quantity):
    """In the order of `grouping`: the units sold up to each row, and the position of the first row of its group."""
    stretch, warehouse, product_id = stretch[grouping], warehouse[grouping], product_id[grouping]
    new = (np.diff(stretch, prepend=-1) != 0) | (np.diff(warehouse, prepend=-1) != 0) | (np.diff(product_id, prepend=-1) != 0)
    return np.cumsum(quantity[grouping]), np.maximum.accumulate(either(new, np.arange(len(new)), 0))


def scattered(grouping, values):
    """Values that are in the order of `grouping`, back in the original order of the rows."""
    original = np.empty(len(values), np.int64)
    original[grouping] = values
    return original


def in_currency(cents, currency):
    """US cents in another currency, rounded down."""
    return cents * RATES[currency] // 10_000


class RawOrderItems(Table):
    """A product in an order."""

    rows = FanOut(Looks, "items")

    order_item_id = Key()
    look = ParentKey(Looks, hidden=True)

    @column(ForeignKey(RawOrders))
    def order_id(order=RawSessions.order):
        """The session's order."""
        return order

    @column(Integer)
    def line_number(order_item_id, first=RawSessions.first_item):
        """1, 2, 3 … within the order."""
        return order_item_id - first + 1

    @column(ForeignKey(RawProducts))
    def product_id(product=Looks.product_id):
        """The product in the cart; a fifth of the products gets four fifths of the items."""
        return product

    quantity = Drawn(Choice((0, 74, 17, 6, 2, 1)), Integer)

    @column(Money)
    def unit_price(country_row, price=RawProducts.price):
        """The product's price in the order's currency."""
        return in_currency(price, WORLD.currency[country_row])

    off = Drawn(Choice((86, 0, 0, 0, 0, 5, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3)), Integer, hidden=True)

    @column(Money)
    def discount(quantity, unit_price, off):
        """5, 10 or 20 % for the one item in seven that is on sale."""
        return (quantity * unit_price * off + 50) // 100

    @column(Money)
    def line_total(quantity, unit_price, discount):
        """Quantity × unit price − discount."""
        return quantity * unit_price - discount

    stretch = Lookup(RawSessions.stretch, hidden=True)
    customer = Lookup(RawSessions.who, hidden=True)
    ordered_at = Lookup(RawSessions.ended_at, hidden=True)
    delivered_at = Lookup(RawOrders.delivered, hidden=True)  # NEVER if it has not been
    back_on = Lookup(RawOrders.back_on, hidden=True)
    country_row = Lookup(RawSessions.home, hidden=True)

    @column(Timestamp, hidden=True)
    def reviewed_at(draw, delivered_at):
        """Within three weeks of the delivery."""
        return delivered_at + (DAY * (0.3 + 20 * draw.uniform() * draw.uniform())).astype(np.int64)

    @column(Integer, hidden=True)
    def reviews(draw, reviewed_at, period):
        return (draw.chance(0.39) & (reviewed_at < (period.end + 1) * DAY)).astype(np.int64)

    @column(Integer, hidden=True)
    def warehouse(draw, country_row):
        """The warehouse that serves the country; the United States have two."""
        return either(NEAREST[country_row] == 0, draw.below(2), NEAREST[country_row])

    @column(BigInteger, hidden=True)
    def grouping(stretch, warehouse, product_id):
        """The rows in the order of stretch, warehouse, product and sale."""
        return np.lexsort((product_id, warehouse, stretch))

    @column(BigInteger, hidden=True)
    def same_before(grouping, stretch, warehouse, product_id, quantity):
        """Units of the product sold from the warehouse in the stretch before this item."""
        sold, first = sold_and_first(grouping, stretch, warehouse, product_id, quantity)
        return scattered(grouping, sold - quantity[grouping] - (sold - quantity[grouping])[first])

    @column(BigInteger, hidden=True)
    def same_in_all(grouping, stretch, warehouse, product_id, quantity):
        """Units of the product sold from the warehouse in the whole stretch."""
        sold, first = sold_and_first(grouping, stretch, warehouse, product_id, quantity)
        last = np.append(np.flatnonzero(np.diff(first)), len(first) - 1) if len(first) else first
        group = np.cumsum(np.diff(first, prepend=0) > 0)
        return scattered(grouping, sold[last][group] - (sold - quantity[grouping])[first])

    return_movements = column(Integer, hidden=True)(lambda back_on: either(back_on < NEVER, 4, 0))


NO_KIND = len(SHORT_KINDS)


def by_rating(name, field="text"):
    """The texts of a file, grouped by rating."""
    source = LISTS.table(name)
    ordered = source.take(pa.array(np.argsort(source["rating"].to_numpy(), kind="stable")))
    return Grouped(name, ordered[field].combine_chunks(), ordered["rating"].to_numpy() - 1)


TITLES, OPENINGS = by_rating("review_titles", "title"), by_rating("review_openings")
DETAILS, CLOSINGS = by_rating("review_details"), by_rating("review_closings")
_openings = [opening.partition("{kind}") for opening in OPENINGS.type.words.to_pylist()]
OPENING_BEFORE = WordBytes(pa.array([before for before, _, _ in _openings]))
OPENING_AFTER = WordBytes(pa.array([after for _, _, after in _openings]))
NAMES_KIND = np.array([bool(mark) for _, mark, _ in _openings])
KIND_WORDS = WordBytes(pa.array([*SHORT_KINDS, ""]))
DETAIL_WORDS, CLOSING_WORDS = WordBytes(DETAILS.type.words), WordBytes(CLOSINGS.type.words)

# The cumulated shares of ratings 1 to 5 by the quality of the product; of all products together, 6, 5, 11, 26 and 52 %.
_low, _high = np.array([14, 10, 18, 27, 31]), np.array([1, 1, 4, 24, 70])
RATING_UNTIL = np.cumsum([_low + (_high - _low) * quality / 9 for quality in range(10)], axis=1) / 100


class RawReviews(Table):
    """A review of a product by a customer."""

    rows = FanOut(RawOrderItems, "reviews")

    review_id = Key()
    item = ParentKey(RawOrderItems, hidden=True)
    unproved = column(Boolean, hidden=True)(lambda draw: draw.chance(0.04))

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        """The product that was bought."""
        return product

    @column(ForeignKey(RawCustomers))
    def customer_id(customer=RawOrderItems.customer):
        """The customer who bought it."""
        return customer

    @column(ForeignKey(RawOrders), nullable=True)
    def order_id(unproved, order=RawOrderItems.order_id):
        """The order in which it was bought; missing if the purchase is not verified."""
        return np.ma.array(order, mask=unproved)

    @column(Integer)
    def rating(draw, quality=RawProducts.quality.via("product_id")):
        """1 to 5, usually 4 or 5; depends on the quality of the product."""
        chance = draw.uniform()
        return 1 + sum((chance > RATING_UNTIL[quality, below]).astype(np.int64) for below in range(4))

    @column(TITLES.type)
    def title(draw, rating):
        """Matches the rating."""
        return TITLES.pick(draw, rating - 1)

    kind = Lookup(RawProducts.kind, via="product_id", hidden=True)
    opening = column(OPENINGS.type, hidden=True)(lambda draw, rating: OPENINGS.pick(draw, rating - 1))
    detail = column(DETAILS.type, hidden=True)(lambda draw, rating: DETAILS.pick(draw, rating - 1))
    closing = column(CLOSINGS.type, hidden=True)(lambda draw, rating: CLOSINGS.pick(draw, rating - 1))

    @column(String)
    def review_text(opening, detail, closing, kind):
        """Matches the rating; sometimes names the kind of product."""
        named = either(NAMES_KIND[opening], kind, NO_KIND)
        parts = [Coded(OPENING_BEFORE, opening), Coded(KIND_WORDS, named), Coded(OPENING_AFTER, opening)]
        return spell([*parts, " ", Coded(DETAIL_WORDS, detail), " ", Coded(CLOSING_WORDS, closing)], len(opening))

    @column(Boolean)
    def verified_purchase(unproved):
        """True for all but one in 25."""
        return ~unproved

    @column(Integer)
    def helpful_votes(draw):
        """0 for most reviews, hundreds for a few."""
        chance = draw.uniform()
        return np.minimum(0.35 / chance, 900.0).astype(np.int64)

    @column(Timestamp)
    def review_ts(at=RawOrderItems.reviewed_at):
        """Within three weeks of the delivery."""
        return at
