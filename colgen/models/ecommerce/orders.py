"""Orders: what follows from the sessions that buy, and when it is shipped and delivered."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Categorical,
    Choice,
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
    Table,
    Text,
    Timestamp,
    Uuid,
    column,
    either,
)
from colgen.models.ecommerce.clocks import CARRIER_HOURS, NEAREST, WAREHOUSE_CLOCK, WAREHOUSE_HOURS, at_local_time, local_day, working_day
from colgen.models.ecommerce.customers import OLD, RawCustomers
from colgen.models.ecommerce.lists import LISTS, WORLD
from colgen.models.ecommerce.sessions import RawSessions
from colgen.models.ecommerce.traffic import DEVICE_SYSTEM, SYSTEMS

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


METHODS = LISTS.table("payments").to_pylist()


def payments():
    """How orders are paid for, by country and the system of the device: a wallet needs its maker's."""
    listed = [
        (country * len(SYSTEMS) + system, row["method"], row["weight"])
        for country, code in enumerate(WORLD.codes)
        for system, name in enumerate(SYSTEMS)
        for row in METHODS
        if row["code"] == code and row["system"] in ("any", name)
    ]
    groups, methods, weights = zip(*listed, strict=True)
    return Grouped("payment methods", methods, np.array(groups), np.array(weights))


PAYMENTS = payments()
KLARNA = PAYMENTS.type.words.to_pylist().index("klarna")

DAYS_TO_SHIP, DAYS_ON_THE_WAY = Choice((55, 30, 15)), Choice((20, 35, 25, 13, 7))


def seconds(number):
    """A number of seconds in microseconds."""
    return (number * 1e6).astype(np.int64)


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

    clock = Lookup(RawCustomers.clock, via="customer_id", hidden=True)
    only_licences = column(Boolean, hidden=True)(lambda licences=RawSessions.licences, items=RawSessions.items: licences == items)

    @column(Timestamp, hidden=True)
    def shipping_moment(draw, order_ts, only_licences, clock):
        station = WAREHOUSE_CLOCK[NEAREST[clock]]
        day = working_day(local_day(order_ts, station) + 1 + DAYS_TO_SHIP.sample(draw))
        from_dock = at_local_time(day, draw.uniform(), WAREHOUSE_HOURS, station)
        return either(only_licences, order_ts + seconds(5 + 60 * draw.uniform()), from_dock)

    @column(Timestamp, hidden=True)
    def delivery_moment(draw, shipping_moment, only_licences, clock):
        day = working_day(local_day(shipping_moment, clock) + 1 + DAYS_ON_THE_WAY.sample(draw))
        at_door = at_local_time(day, draw.uniform(), CARRIER_HOURS, clock)
        return either(only_licences, shipping_moment + seconds(1 + 10 * draw.uniform()), at_door)

    @column(Integer, hidden=True)
    def cancelled(draw, day, period):
        return draw.chance(0.04) & (day < period.end)

    @column(Integer, hidden=True)
    def sent_back(draw, delivery_moment, cancelled, period, sends_back=RawSessions.sends_back):
        """The day on which its goods are sent back after their delivery; NEVER if they are kept."""
        back = delivery_moment // DAY + 5 + draw.below(20)
        return either(sends_back & ~cancelled & (back <= period.end), back, NEVER)

    @column(OrderStatus.type)
    def status(order_ts, shipping_moment, delivery_moment, cancelled, sent_back, period):
        """As at the end of the period: pending, processing, shipped or delivered, depending on its age; some are cancelled or returned."""
        now = (period.end + 1) * DAY
        waiting = either(now - order_ts < DAY // 3, OrderStatus.pending, OrderStatus.processing)
        under_way = either(now < shipping_moment, waiting, OrderStatus.shipped)
        arrived = either(sent_back < NEVER, OrderStatus.returned, OrderStatus.delivered)
        return either(cancelled, OrderStatus.cancelled, either(now < delivery_moment, under_way, arrived))

    @column(BigInteger, hidden=True)
    def delivered(delivery_moment, status):
        """When it arrived, in microseconds; NEVER if it has not."""
        return either(np.isin(status, [OrderStatus.delivered, OrderStatus.returned]), delivery_moment, NEVER)

    @column(Integer, hidden=True)
    def back_on(day, cancelled, sent_back, status):
        """The day on which its goods are back in stock; NEVER if they are not."""
        return either(cancelled, day + 1, either(status == OrderStatus.returned, sent_back, NEVER))

    @column(PAYMENTS.type)
    def payment_method(
        draw, device=RawSessions.device, home=RawCustomers.country_row.via("customer_id"), years=RawCustomers.years_old.via("customer_id")
    ):
        """One that is usual in the country; a wallet of the device's maker. Those over fifty pay by Klarna less often."""
        group = home * len(SYSTEMS) + DEVICE_SYSTEM[device]
        method = PAYMENTS.pick(draw, group)
        again = draw.chance(0.6) & (years >= OLD) & (method == KLARNA)
        return either(again, PAYMENTS.pick(draw, group), method)

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
    def shipping(subtotal, discount, currency, only_licences):
        """Free from 50 US dollars, and for licences; 4.99 US dollars below."""
        is_free = only_licences | (subtotal - discount >= in_currency(FREE_SHIPPING, currency))
        return either(is_free, 0, in_currency(SHIPPING, currency))

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
        """One to three days after the order, when the warehouse works: not on Sundays or Christmas Day. A licence is sent at once."""
        return np.ma.array(shipping_moment, mask=~np.isin(status, [OrderStatus.shipped, OrderStatus.delivered, OrderStatus.returned]))

    @column(Timestamp, nullable=True)
    def delivered_at(status, delivery_moment):
        """One to five days after it was shipped, in the daytime; a licence at once. Missing if it has not arrived."""
        return np.ma.array(delivery_moment, mask=~np.isin(status, [OrderStatus.delivered, OrderStatus.returned]))


def in_currency(cents, currency):
    """US cents in another currency, rounded down."""
    return cents * RATES[currency] // 10_000
