"""What comes into the warehouse and leaves it."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Branches,
    Categorical,
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
from colgen.models.erp.orders import OrderItems, Orders
from colgen.models.erp.people import Products
from colgen.models.erp.requests import CANCELLATION, FAILED, SECOND, SPIKE, Requests, Shifts, missing, now

MOVEMENTS = Categorical(["fulfilment", "restock", "return", "adjustment"])
FULFILMENT, RESTOCK, RETURN, ADJUSTMENT = range(4)
REASONS = Categorical(["opening stock", "order", "delivery from supplier", "delivery for one order", "order came back", "not fit for sale"])
OPENING, ORDER, SUPPLIER, FOR_ONE, CAME_BACK, UNFIT = range(6)


class StockMovements(Table):
    """What came into the warehouse or left it."""

    rows = Branches()


class OpeningStock(StockMovements):
    """What a product begins with."""

    rows = FanOut(Products, 1)

    id = Key()
    product_id = ParentKey(Products)
    kind = column(MOVEMENTS, doc="In from a supplier.")(lambda id: np.full(len(id), RESTOCK))
    quantity = column(Integer, doc="Pieces.")(lambda stock=Products.base_stock: stock)
    balance = column(Integer, doc="Pieces in stock after it.")(lambda stock=Products.base_stock: stock)
    reason = column(REASONS, doc="Why it moved.")(lambda id: np.full(len(id), OPENING))
    order_item_id = column(ForeignKey(OrderItems), nullable=True, doc="None: it is for no order.")(
        lambda id: missing(id, np.ones(len(id), bool))
    )
    moved_at = column(Timestamp, doc="Midnight before the first day.")(lambda id, period: np.full(len(id), period.start * DAY))


class Handled(Table, hidden=True):
    """An order item as the warehouse sees it: how much of its product has gone before it in the shift.

    A shift is restocked at its begin with what it will send, so it leaves the stock as it found it, and no balance needs a look beyond it.
    What an anomaly adds comes and goes at once, and so changes no other balance.
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
        """Pieces that leave, but for those of an anomaly; none of an order that was withdrawn."""
        return quantity * ((copy == 1) & ~withdrawn)

    by_product = column(BigInteger)(lambda product_id, shift: np.lexsort((product_id, shift)))

    @column(BigInteger)
    def group(by_product, product_id, shift):
        """The same number for all items of one product in one shift: the place of the first of them in that order."""
        product, shift = product_id[by_product], shift[by_product]
        new = (np.diff(product, prepend=-1) != 0) | (np.diff(shift, prepend=-1) != 0)
        return put_back(by_product, np.maximum.accumulate(either(new, np.arange(len(new)), 0)))

    @column(Integer)
    def sent(by_product, group, ordinary):
        """Pieces of its product that leave in the shift up to this item."""
        pieces = ordinary[by_product]
        until = np.cumsum(pieces)
        return put_back(by_product, until) - (until - pieces)[group]

    @column(Integer)
    def in_all(by_product, group, sent):
        """Pieces of its product that leave in the whole shift."""
        last = np.zeros(len(group), np.int64)
        last[group[by_product]] = sent[by_product]  # in order, so the last one stays
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
        """Pieces that an anomaly has come and go, whether it is laid over the order or not."""
        spike = (label == SPIKE) & (line == target)
        comes_back = (label == FAILED) | (label == CANCELLATION) | (copy == 2)
        return either(spike, np.maximum(quantity - clean, 1), quantity * comes_back)

    movements = column(Integer)(lambda first, ordinary, extra: 2 * (extra > 0) + (ordinary > 0) + first)


def put_back(order, values):
    """Values in some order of the rows, each at its own row again."""
    found = np.empty(len(values), np.int64)
    found[order] = values
    return found


FIRST, SEND, COME, GO = range(1, 5)


class Movements(StockMovements, keep="there"):
    """What an order item moves: the restocking of the shift if it is the first, its own fulfilment, and what an anomaly adds."""

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

    returned = column(Boolean, hidden=True)(lambda anomaly: (anomaly == FAILED) | (anomaly == CANCELLATION))
    product_id = column(ForeignKey(Products))(lambda product=Handled.product_id: product)

    @column(MOVEMENTS)
    def kind(step, returned):
        """In from the supplier or from a customer, out to a customer or written off."""
        come, go = either(returned, RETURN, RESTOCK), either(returned, ADJUSTMENT, FULFILMENT)
        return either(step == FIRST, RESTOCK, either(step == SEND, FULFILMENT, either(step == COME, come, go)))

    @column(Integer)
    def quantity(step, in_all, extra, ordinary=Handled.ordinary):
        """Pieces, less than nothing where they leave."""
        return either(step == FIRST, in_all, either(step == SEND, -ordinary, either(step == COME, extra, -extra)))

    @column(Integer)
    def balance(step, in_all, sent, extra, copy, returned, base=Products.base_stock.via("product_id")):
        """Pieces of the product in stock after it."""
        before = either(returned | (copy == 2), 0, in_all - sent)
        return base + either(step == FIRST, in_all, either(step == SEND, in_all - sent, before + either(step == COME, extra, 0)))

    @column(REASONS)
    def reason(step, returned):
        """Why it moved."""
        come, go = either(returned, CAME_BACK, FOR_ONE), either(returned, UNFIT, ORDER)
        return either(step == FIRST, SUPPLIER, either(step == SEND, ORDER, either(step == COME, come, go)))

    @column(ForeignKey(OrderItems), nullable=True)
    def order_item_id(step, item=Handled.item):
        """The item it is for; missing where a supplier delivers for the whole shift."""
        return missing(item, step == FIRST)

    @column(Timestamp)
    def moved_at(step, returned, copy, begins=Shifts.begins, ordered_at=Orders.ordered_at, ended=Orders.ended):
        """Goods are set aside when they are ordered; what comes back is booked in the day's last second."""
        at_night = either(returned, (ended // DAY + 1) * DAY - SECOND, (ordered_at // DAY + 1) * DAY - 2 * SECOND)
        return either(step == FIRST, begins, either((step == SEND) | ~(returned | (copy == 2)), ordered_at, at_night))

    @column(Boolean, hidden=True)
    def there(step, anomaly, copy, moved_at, period, order=Orders.there):
        shown = (copy == 2) | (anomaly == SPIKE) | (anomaly == FAILED) | (anomaly == CANCELLATION)
        return order & ((step <= SEND) | shown) & (moved_at < now(period))
