"""What is in an order, and what that means for the warehouses."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Choice,
    Exponential,
    FanOut,
    ForeignKey,
    Integer,
    Key,
    Lookup,
    Money,
    ParentKey,
    Table,
    Timestamp,
    column,
    either,
    month_of,
    per_day,
)
from colgen.models.ecommerce.clocks import LOCAL_HOURS, NEAREST, WAREHOUSE_CLOCK, at_local_time, local_day
from colgen.models.ecommerce.customers import RawCustomers
from colgen.models.ecommerce.lists import WORLD
from colgen.models.ecommerce.looks import Looks
from colgen.models.ecommerce.orders import NEVER, RawOrders, in_currency
from colgen.models.ecommerce.products import FACTS, RawProducts
from colgen.models.ecommerce.sessions import RawSessions
from colgen.models.ecommerce.traffic import DEVICE_UNITS, feasts

MORE_UNITS = np.array(
    [1.0, 0.85, 0.7, 0.58, 0.48, 0.4, 0.33, 0.28, 0.24, 0.2]
)  # of a product by how dear it is: cheap things are stocked up
MOST_UNITS = 24
PROMOTED, PERCENT_OFF = FACTS["promotions"].to_numpy() / 100, np.array([5, 10, 20])
DEPTH = Choice((36, 43, 21))
NOVEMBER, RUSH = 11, 1.5  # a day that is so much busier than others is one of Black Friday's


def promotions(day):
    """The share of items that are on sale on a day, of a category that sells neither well nor badly."""
    return either(feasts(day) >= RUSH, 0.42, either(month_of(day) == NOVEMBER, 0.2, 0.125))


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

    customer = column(ForeignKey(RawCustomers), hidden=True)(lambda who=RawSessions.who: who)

    @column(Integer)
    def quantity(draw, device=RawSessions.device, bulk=RawCustomers.bulk.via("customer"), dearness=RawProducts.dearness.via("product_id")):
        """Usually one; more of what is cheap, by businesses, and on a large screen."""
        more = draw(Exponential(1.0)) * MORE_UNITS[dearness] * (bulk / 100) * DEVICE_UNITS[device]
        return 1 + np.minimum(more, MOST_UNITS).astype(np.int64)

    @column(Money)
    def unit_price(country_row, price=RawProducts.price.via("product_id")):
        """The product's price in the order's currency."""
        return in_currency(price, WORLD.currency[country_row])

    @column(Integer, hidden=True)
    def off(draw, day, category=RawProducts.category.via("product_id")):
        """How many per cent less it costs."""
        is_promoted = draw.chance(per_day(promotions, day) * PROMOTED[category])
        return is_promoted * PERCENT_OFF[DEPTH.sample(draw)]

    @column(Money)
    def discount(quantity, unit_price, off):
        """5, 10 or 20 % for the one item in seven that is on sale: more in November, and in categories that sell slowly."""
        return (quantity * unit_price * off + 50) // 100

    @column(Money)
    def line_total(quantity, unit_price, discount):
        """Quantity × unit price − discount."""
        return quantity * unit_price - discount

    stretch = Lookup(RawSessions.stretch, hidden=True)
    ordered_at = Lookup(RawSessions.ended_at, hidden=True)
    delivered_at = Lookup(RawSessions.delivered, hidden=True)  # NEVER if it has not been
    back_on = Lookup(RawSessions.back_on, hidden=True)
    country_row = Lookup(RawCustomers.country_row, via="customer", hidden=True)
    day = Lookup(RawSessions.day, hidden=True)
    clock = Lookup(RawCustomers.clock, via="customer", hidden=True)

    @column(Timestamp, hidden=True)
    def reviewed_at(draw, delivered_at, clock):
        """On one of the twenty days after the delivery, while the customer is awake."""
        day = local_day(delivered_at, clock) + 1 + (20 * draw.uniform() * draw.uniform()).astype(np.int64)
        return at_local_time(day, draw.uniform(), LOCAL_HOURS, clock)

    @column(Integer, hidden=True)
    def reviews(draw, reviewed_at, period):
        return (draw.chance(0.355) & (reviewed_at < (period.end + 1) * DAY)).astype(np.int64)

    @column(Integer, hidden=True)
    def warehouse(clock):
        """The one that is nearest; the United States have two."""
        return NEAREST[clock]

    @column(BigInteger, hidden=True)
    def grouping(stretch, warehouse, product_id):
        """The rows in the order of stretch, warehouse, product and sale."""
        place = (stretch - stretch.min(initial=0)) * len(WAREHOUSE_CLOCK) + warehouse
        return np.argsort(place * (product_id.max(initial=0) + 1) + product_id, kind="stable")

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
