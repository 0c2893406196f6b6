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
from colgen.models.erp.labels import Label
from colgen.models.erp.orders import OrderItems, Orders
from colgen.models.erp.people import Products
from colgen.models.erp.requests import SECOND, Requests, Shifts, missing, now


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
    unfit: Annotated[int, "not fit for sale"]


class StockMovements(Table):
    """A movement of stock into the warehouse or out of it."""

    rows = Branches()


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


class Handled(Table, hidden=True):
    """An order item from the warehouse's point of view: how much of its product has left before it in the same shift.

    At the start of a shift, exactly what it will ship is restocked, so the stock is the same before and after it, and every balance can be
    computed within the shift. Goods that an anomaly adds come and go at the same moment, so they change no other balance.
    """

    rows = FanOut(OrderItems, 1)

    id = Key()
    item = ParentKey(OrderItems)
    product_id = column(ForeignKey(Products))(lambda product=OrderItems.product_id: product)
    shift = Lookup(Requests.shift)
    copy = Lookup(Orders.copy)
    label = Lookup(Orders.label)

    @column(Integer)
    def ordinary(copy, quantity=OrderItems.clean_quantity, withdrawn=Orders.withdrawn):
        """Units that leave, without those of an anomaly; none if the order was withdrawn."""
        return quantity * ((copy == 1) & ~withdrawn)

    by_product = column(BigInteger)(lambda product_id, shift: np.lexsort((product_id, shift)))

    @column(BigInteger)
    def group(by_product, product_id, shift):
        """A number shared by all items of a product in a shift: the position of the first of them in the order of `by_product`."""
        product, shift = product_id[by_product], shift[by_product]
        new = (np.diff(product, prepend=-1) != 0) | (np.diff(shift, prepend=-1) != 0)
        return put_back(by_product, np.maximum.accumulate(either(new, np.arange(len(new)), 0)))

    @column(Integer)
    def sent(by_product, group, ordinary):
        """Units of its product that leave in the shift up to and including this item."""
        units = ordinary[by_product]
        until = np.cumsum(units)
        return put_back(by_product, until) - (until - units)[group]

    @column(Integer)
    def in_all(by_product, group, sent):
        """Units of its product that leave in the whole shift."""
        last = np.zeros(len(group), np.int64)
        last[group[by_product]] = sent[by_product]  # in order, so the last value of each group remains
        return last[group]

    first = column(Boolean)(lambda sent, ordinary: (ordinary > 0) & (sent == ordinary))

    @column(Integer)
    def extra(
        copy,
        label,
        quantity=OrderItems.quantity,
        clean=OrderItems.clean_quantity,
        line=OrderItems.line_number,
        target=OrderItems.target,
    ):
        """Units that come and go because of an anomaly, even if anomalies are switched off."""
        spike = (label == Label.quantity_spike) & (line == target)
        comes_back = (label == Label.failed_delivery) | (label == Label.cancellation) | (copy == 2)
        return either(spike, np.maximum(quantity - clean, 1), quantity * comes_back)

    movements = column(Integer)(lambda first, ordinary, extra: 2 * (extra > 0) + (ordinary > 0) + first)


def put_back(order, values):
    """Values that are in a given order of the rows, back in the original order."""
    original = np.empty(len(values), np.int64)
    original[order] = values
    return original


RESTOCKING, SHIPPING, COMING, GOING = range(1, 5)  # the steps of an order item


class Movements(StockMovements, keep="there"):
    """The movements for an order item: the restocking if it is the first of the shift, its fulfilment, and what an anomaly adds."""

    rows = FanOut(Handled, "movements")

    id = Key()
    item = ParentKey(Handled, hidden=True)
    number = Ordinal(hidden=True)
    anomaly = Lookup(Orders.anomaly, hidden=True)
    copy = Lookup(Handled.copy, hidden=True)
    in_all = Lookup(Handled.in_all, hidden=True)
    sent = Lookup(Handled.sent, hidden=True)
    extra = Lookup(Handled.extra, hidden=True)

    @column(Integer, hidden=True)
    def step(number, first=Handled.first, ordinary=Handled.ordinary):
        return number + 2 - first - (ordinary > 0)

    returned = column(Boolean, hidden=True)(lambda anomaly: (anomaly == Label.failed_delivery) | (anomaly == Label.cancellation))
    product_id = column(ForeignKey(Products))(lambda product=Handled.product_id: product)

    @column(Movement.type)
    def kind(step, returned):
        """In from a supplier or a customer, out to a customer, or written off."""
        come, go = either(returned, Movement.returned, Movement.restock), either(returned, Movement.adjustment, Movement.fulfilment)
        ordinary = either(step == SHIPPING, Movement.fulfilment, either(step == COMING, come, go))
        return either(step == RESTOCKING, Movement.restock, ordinary)

    @column(Integer)
    def quantity(step, in_all, extra, ordinary=Handled.ordinary):
        """Units; negative if they leave."""
        return either(step == RESTOCKING, in_all, either(step == SHIPPING, -ordinary, either(step == COMING, extra, -extra)))

    @column(Integer)
    def balance(step, in_all, sent, extra, copy, returned, base=Products.base_stock.via("product_id")):
        """Units of the product in stock afterwards."""
        before = either(returned | (copy == 2), 0, in_all - sent)
        after = either(step == SHIPPING, in_all - sent, before + either(step == COMING, extra, 0))
        return base + either(step == RESTOCKING, in_all, after)

    @column(Reason.type)
    def reason(step, returned):
        """Why the stock moved."""
        come, go = either(returned, Reason.came_back, Reason.for_one_order), either(returned, Reason.unfit, Reason.order)
        return either(step == RESTOCKING, Reason.supplier, either(step == SHIPPING, Reason.order, either(step == COMING, come, go)))

    @column(ForeignKey(OrderItems), nullable=True)
    def order_item_id(step, item=Handled.item):
        """The item that it is for; missing if a supplier delivers for the whole shift."""
        return missing(item, step == RESTOCKING)

    @column(Timestamp)
    def moved_at(step, returned, copy, begins=Shifts.begins, ordered_at=Orders.ordered_at, ended=Orders.ended):
        """Goods are set aside when they are ordered; returned goods are booked at the end of the day."""
        at_night = either(returned, (ended // DAY + 1) * DAY - SECOND, (ordered_at // DAY + 1) * DAY - 2 * SECOND)
        return either(step == RESTOCKING, begins, either((step == SHIPPING) | ~(returned | (copy == 2)), ordered_at, at_night))

    @column(Boolean, hidden=True)
    def there(step, anomaly, copy, moved_at, period, order=Orders.there):
        shown = (copy == 2) | np.isin(anomaly, [Label.quantity_spike, Label.failed_delivery, Label.cancellation])
        return order & ((step <= SHIPPING) | shown) & (moved_at < now(period))
