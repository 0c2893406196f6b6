"""Movements of stock into the warehouse and out of it."""

from typing import Annotated

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Branches,
    Codes,
    FanOut,
    ForeignKey,
    Integer,
    Key,
    Lookup,
    Ordinal,
    ParentKey,
    Table,
    Timestamp,
    column,
    either,
)
from colgen.models.erp.items import OrderItems
from colgen.models.erp.labels import Label
from colgen.models.erp.office import CAIRO, HOUR
from colgen.models.erp.orders import Orders, OrderStatus
from colgen.models.erp.products import COUNTS, Products, step_bits
from colgen.models.erp.requests import Requests, missing, now


class Movement(Codes):
    fulfilment: int
    restock: int
    returned: Annotated[int, "return"]
    adjustment: int


class Reason(Codes):
    opening: Annotated[int, "opening stock"]
    order: int
    supplier: Annotated[int, "delivery from supplier"]
    for_one_order: Annotated[int, "delivery for one order"]
    came_back: Annotated[int, "order came back"]
    counter: Annotated[int, "sold over the counter"]
    unfit: Annotated[int, "not fit for sale"]
    counted: Annotated[int, "stock count"]


class StockMovements(Table):
    """A movement of stock into the warehouse or out of it."""

    rows = Branches()


# Every four weeks, before the first order leaves, the stock that a product stands at is brought to another level.
SPAN = 28  # days; it happens `COUNTS` times, for five years
AT_NIGHT = 5 * HOUR - CAIRO


def standing(base, secret, number):
    """The units that a product stands at between mornings, after so many counts."""
    number = np.minimum(number, COUNTS)
    return np.maximum(base * (112 + ((step_bits(secret, number, 5) & 15) - 7) * (number > 0)) // 112, 1)


def counts_until(moment, period):
    """How many counts there have been by a moment."""
    return (moment // DAY - period.start) // SPAN


class OpeningStock(StockMovements):
    """The stock of a product at the start."""

    rows = FanOut(Products, 1)

    id = Key()
    product_id = ParentKey(Products)
    kind = column(Movement.type, doc="A delivery from a supplier.")(lambda id: np.full(len(id), Movement.restock))
    quantity = column(Integer, doc="Units.")(lambda stock=Products.base_stock: stock)
    balance = column(Integer, doc="Units in stock afterwards.")(lambda stock=Products.base_stock: stock)
    reason = column(Reason.type, doc="Why the stock moved.")(lambda id: np.full(len(id), Reason.opening))
    order_item_id = column(ForeignKey(OrderItems), nullable=True, doc="Missing: it is not for an order.")(
        lambda id: missing(id, np.ones(len(id), bool))
    )
    moved_at = column(Timestamp, doc="Midnight before the first day.")(lambda id, period: np.full(len(id), period.start * DAY))


class StockCounts(StockMovements, keep="there"):
    """A count of a product, after which its stock is raised, or what is missing written off."""

    rows = FanOut(Products, "counts")

    id = Key()
    product_id = ParentKey(Products)
    number = Ordinal(hidden=True)
    change = column(Integer, hidden=True)(
        lambda number, base=Products.base_stock, secret=Products.secret: standing(base, secret, number) - standing(base, secret, number - 1)
    )
    kind = column(Movement.type)(lambda change: either(change > 0, Movement.restock, Movement.adjustment))
    quantity = column(Integer)(lambda change: change)
    balance = column(Integer)(lambda number, base=Products.base_stock, secret=Products.secret: standing(base, secret, number))
    reason = column(Reason.type)(lambda change: either(change > 0, Reason.supplier, Reason.counted))
    order_item_id = column(ForeignKey(OrderItems), nullable=True)(lambda id: missing(id, np.ones(len(id), bool)))
    moved_at = column(Timestamp)(lambda number, period: (period.start + number * SPAN) * DAY + AT_NIGHT)
    there = column(Boolean, hidden=True)(lambda change, moved_at, period: (change != 0) & (moved_at < now(period)))


DISTURBED = np.isin(
    np.arange(len(Label.words)),
    (
        Label.delivery_delay,
        Label.failed_delivery,
        Label.cancellation,
        Label.quantity_spike,
        Label.price_error,
    ),
)
"""Whether an anomaly may change when an order leaves the warehouse, with how much, or whether at all."""
COMES_BACK = np.isin(np.arange(len(Label.words)), (Label.failed_delivery, Label.cancellation))


class Handled(Table, hidden=True):
    """An order item from the warehouse's point of view: how much of its product leaves before it on the same morning.

    The orders of a shift that leave on the same day have a part of the morning to themselves. When it begins, exactly what they need of a
    product is delivered, so the stock is the same before and after it, and every balance can be computed within the shift. The goods of an
    order that an anomaly may have moved to another day come and leave at the same moment, so they change no other balance; and so do goods
    that come back from a customer.
    """

    rows = FanOut(OrderItems, 1)

    id = Key()
    item = ParentKey(OrderItems)
    product_id = column(ForeignKey(Products))(lambda product=OrderItems.product_id: product)
    shift = Lookup(Requests.shift)
    withdrawn = Lookup(Orders.withdrawn)
    apart = column(Boolean)(lambda copy=Orders.copy, label=Orders.label: (copy == 2) | DISTURBED[label])

    units = Lookup(OrderItems.quantity)
    ordinary = column(Integer, doc="Units that leave with those of other orders.")(
        lambda apart, withdrawn, units: units * ~(apart | withdrawn)
    )

    @column(BigInteger)
    def morning(product_id, shift, day=Requests.day, first_day=Orders.first_day):
        """A number for the product, the shift and the day on which the order leaves."""
        lag = first_day - day
        return ((shift - shift.min(initial=0)) * (int(lag.max(initial=0)) + 1) + lag) * (int(product_id.max(initial=0)) + 1) + product_id

    by_morning = column(BigInteger)(lambda morning: np.argsort(morning, kind="stable"))

    @column(BigInteger)
    def group(by_morning, morning):
        """A number shared by all items of a morning: the position of the first of them in the order of `by_morning`."""
        new = np.diff(morning[by_morning], prepend=-1) != 0
        return put_back(by_morning, np.maximum.accumulate(either(new, np.arange(len(new)), 0)))

    @column(Integer)
    def sent(by_morning, group, ordinary):
        """Units of its product that leave on the morning up to and including this item."""
        units = ordinary[by_morning]
        until = np.cumsum(units)
        return put_back(by_morning, until) - (until - units)[group]

    @column(Integer)
    def in_all(by_morning, group, sent):
        """Units of its product that leave on the whole morning."""
        last = np.zeros(len(group), np.int64)
        last[group[by_morning]] = sent[by_morning]  # in order, so the last value of each group remains
        return last[group]

    first = column(Boolean)(lambda sent, ordinary: (ordinary > 0) & (sent == ordinary))

    @column(Boolean)
    def may_come_back(label=Orders.label, end=Orders.end, attempts=Orders.attempts):
        """Whether there is room for goods that come back, even if anomalies are switched off."""
        not_handed_over = (end == OrderStatus.failed) | ((end == OrderStatus.cancelled) & (attempts > 0))
        return COMES_BACK[label] | ((label == Label.none) & not_handed_over)

    movements = column(Integer)(lambda first, apart, ordinary, may_come_back: 2 * apart + first + (ordinary > 0) + 2 * may_come_back)


def put_back(order, values):
    """Values that are in a given order of the rows, back in the original order."""
    original = np.empty(len(values), np.int64)
    original[order] = values
    return original


RESTOCKING, SHIPPING, RETURNING, LEAVING = range(1, 5)  # the steps of an order item
BACK_AT = 17 * HOUR - CAIRO  # when the vans have been unloaded


class Movements(StockMovements, keep="there"):
    """The movements for an order item: the delivery of what the morning needs, its fulfilment, and its way back."""

    rows = FanOut(Handled, "movements")

    id = Key()
    item = ParentKey(Handled, hidden=True)
    number = Ordinal(hidden=True)
    apart = Lookup(Handled.apart, hidden=True)
    in_all = Lookup(Handled.in_all, hidden=True)
    sent = Lookup(Handled.sent, hidden=True)
    units = Lookup(Handled.units, hidden=True)

    @column(Integer, hidden=True)
    def step(number, movements=Handled.movements, back=Handled.may_come_back):
        """Counted from the last: an item that does not come back has no more than the first two steps."""
        return number + 2 + 2 * back - movements

    product_id = column(ForeignKey(Products))(lambda product=Handled.product_id: product)
    sold = column(Boolean, hidden=True)(lambda draw: draw.chance(0.8))  # over the counter, of what has come back

    @column(Movement.type)
    def kind(step):
        """In from a supplier or a customer, out to a customer, sold over the counter or written off."""
        return np.array([0, Movement.restock, Movement.fulfilment, Movement.returned, Movement.adjustment])[step]

    @column(Integer)
    def quantity(step, apart, in_all, units):
        """Units; negative if they leave."""
        return either((step == RESTOCKING) & ~apart, in_all, either(step % 2 == 1, units, -units))

    @column(Integer)
    def balance(
        step,
        apart,
        in_all,
        sent,
        units,
        moved_at,
        period,
        base=Products.base_stock.via("product_id"),
        secret=Products.secret.via("product_id"),
    ):
        """Units of the product in stock afterwards."""
        base = standing(base, secret, counts_until(moved_at, period))
        morning = in_all - sent + units * (apart & (step == RESTOCKING))
        return base + either(step >= RETURNING, units * (step == RETURNING), either((step == RESTOCKING) & ~apart, in_all, morning))

    @column(Reason.type)
    def reason(step, apart, sold):
        """Why the stock moved."""
        delivery = either(apart, Reason.for_one_order, Reason.supplier)
        leaving = either(sold, Reason.counter, Reason.unfit)
        back = either(step == RETURNING, Reason.came_back, leaving)
        return either(step >= RETURNING, back, either(step == RESTOCKING, delivery, Reason.order))

    @column(ForeignKey(OrderItems), nullable=True)
    def order_item_id(step, apart, item=Handled.item):
        """The item that it is for; missing if a supplier delivers for several orders."""
        return missing(item, (step == RESTOCKING) & ~apart)

    @column(Timestamp)
    def moved_at(step, apart, first_out=Orders.first_out, ended=Orders.ended, delivered=Orders.stretch_begins):
        """Goods leave with the order, and are delivered just before; what comes back is booked in the evening."""
        moment = either((step == RESTOCKING) & ~apart, delivered, first_out)
        back = np.flatnonzero(step >= RETURNING)
        moment[back] = ended[back] // DAY * DAY + BACK_AT
        return moment

    @column(Boolean, hidden=True)
    def there(step, apart, moved_at, period, order=Orders.there, withdrawn=Orders.withdrawn, end=Orders.end):
        """Whether it has happened: what was reserved for an anomaly may not."""
        back = (end == OrderStatus.failed) | (end == OrderStatus.cancelled)
        return order & ~withdrawn & ((step < RETURNING) | back) & (moved_at < now(period))
