"""What is kept about orders: the movements of the stock, the log of every change, and the answer key of the anomalies."""

import numpy as np

from colgen.arrays import either
from colgen.calendar import DAY
from colgen.columns import Key, Text
from colgen.datatypes import BigInteger, Boolean, Integer, Json, Timestamp, Words
from colgen.models.erp.orders import (
    BULK_PAYMENT,
    CANCELLATION,
    CANCELLED,
    DELAY,
    DUPLICATE,
    FAILED,
    KINDS,
    LATE,
    LATEST,
    MISSED,
    PRICE,
    SECOND,
    SPIKE,
    OrderItems,
    Orders,
    Payments,
    Requests,
    Shifts,
    missing,
    now,
)
from colgen.models.erp.people import Products, Users
from colgen.relations import ForeignKey, Lookup, Ordinal, ParentKey
from colgen.table import Branches, FanOut, Table, column

MOVEMENTS = Words(["fulfilment", "restock", "return", "adjustment"])
FULFILMENT, RESTOCK, RETURN, ADJUSTMENT = range(4)
REASONS = Words(["opening stock", "order", "delivery from supplier", "delivery for one order", "order came back", "not fit for sale"])
OPENING, ORDER, SUPPLIER, FOR_ONE, CAME_BACK, UNFIT = range(6)


class StockMovements(Table):
    """What came into the warehouse or left it."""

    rows = Branches()


class OpeningStock(StockMovements):
    """What a product begins with."""

    rows = FanOut(Products, 1)

    id = Key()
    product_id = ParentKey(Products)
    kind = column(MOVEMENTS)(lambda id: np.full(len(id), RESTOCK))
    quantity = column(Integer)(lambda stock=Products.base_stock: stock)
    balance = column(Integer)(lambda stock=Products.base_stock: stock)
    reason = column(REASONS)(lambda id: np.full(len(id), OPENING))
    order_item_id = column(ForeignKey(OrderItems), nullable=True)(lambda id: missing(id, np.ones(len(id), bool)))
    moved_at = column(Timestamp)(lambda id, period: np.full(len(id), period.start * DAY))


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


ENTITIES = Words(["orders", "payments", "refunds"])
_steps = [
    (None, "pending"), ("pending", "confirmed"), ("confirmed", "out_for_delivery"), ("out_for_delivery", "delivered"),
    ("out_for_delivery", "cancelled"), ("out_for_delivery", "failed"), ("confirmed", "cancelled"),
    ("pending", "overdue"), ("pending", "paid"), ("overdue", "paid"),
    (None, "requested"), ("requested", "approved"), ("requested", "rejected"), ("approved", "paid_out"),
]  # fmt: skip
CHANGES = Words([f'{{"status": [{"null" if old is None else chr(34) + old + chr(34)}, "{new}"]}}' for old, new in _steps], sql="JSON")
CREATED, CONFIRMS, LEAVES, ENDS, WITHDRAWN, OVERDUE, PAID, PAID_LATE, REQUESTED, APPROVED, REJECTED, PAID_OUT = (
    0,
    1,
    2,
    3,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
)
ORDER_STEPS, PAYMENT_STEPS = 4, 3


class AuditLogs(Table, keep="there"):
    """A change of status, and who made it."""

    rows = FanOut(Orders, "audits")

    id = Key()
    order = ParentKey(Orders, hidden=True)
    number = Ordinal(hidden=True)
    about = column(Integer, hidden=True)(
        lambda number, instalments=Orders.instalments: (
            (number > ORDER_STEPS) + (number > ORDER_STEPS + PAYMENT_STEPS * instalments).astype(np.int64)
        )
    )

    @column(Integer, hidden=True)
    def place(number, about, instalments=Orders.instalments):
        """0, 1, 2 … among the steps that are about its entity."""
        return number - 1 - either(about == 0, 0, either(about == 1, ORDER_STEPS, ORDER_STEPS + PAYMENT_STEPS * instalments))

    payment = column(ForeignKey(Payments), hidden=True)(
        lambda about, place, first=Orders.first_payment: first + (place // PAYMENT_STEPS) * (about == 1)
    )
    step = column(Integer, hidden=True)(lambda about, place: either(about == 0, place, place % PAYMENT_STEPS))
    withdrawn = Lookup(Orders.withdrawn, hidden=True)
    due_at = Lookup(Payments.due_at, hidden=True)
    paid = Lookup(Payments.paid, hidden=True)
    approved = Lookup(Payments.approved, hidden=True)
    approver = ForeignKey(Users, where={"approves": True}, hidden=True)
    supporter = ForeignKey(Users, where={"supports": True}, hidden=True)

    @column(ForeignKey(Users))
    def user_id(about, step, withdrawn, approver, supporter, seller=Orders.created_by, decider=Payments.decider):
        """Sales take orders, support delivers them and hears complaints, managers see to money."""
        order = either((step < LEAVES) | withdrawn, seller, supporter)
        return either(about == 0, order, either(about == 1, approver, either(step == 0, supporter, decider)))

    action = column(Words(["create", "update"]))(lambda step: (step > 0).astype(np.int64))
    entity = column(ENTITIES)(lambda about: about)

    @column(BigInteger)
    def entity_id(order, about, payment, refund=Orders.first_refund):
        """The row of that table."""
        return either(about == 0, order, either(about == 1, payment, refund))

    @column(Timestamp)
    def at(
        about,
        step,
        due_at,
        paid,
        ordered_at=Orders.ordered_at,
        confirmed=Orders.confirmed,
        first_out=Orders.first_out,
        ended=Orders.ended,
        requested=Payments.requested,
        decided=Payments.decided,
        paid_out=Payments.paid_out,
    ):
        """When it changed."""
        order = either(step == 0, ordered_at, either(step == 1, confirmed, either(step == LEAVES, first_out, ended)))
        payment = either(step == 0, ended, either(step == 1, due_at, paid))
        refund = either(step == 0, requested, either(step == 1, decided, paid_out))
        return either(about == 0, order, either(about == 1, payment, refund))

    @column(CHANGES)
    def changes(about, step, withdrawn, due_at, paid, approved, end=Orders.end):
        """The status before and after, as JSON."""
        ends = either(withdrawn, WITHDRAWN, ENDS + either(end == CANCELLED, 1, 2 * (end > CANCELLED)))
        order = either(step == 3, ends, step)
        payment = either(step == 0, CREATED, either(step == 1, OVERDUE, either(paid > due_at, PAID_LATE, PAID)))
        refund = either(step == 0, REQUESTED, either(step == 2, PAID_OUT, either(approved, APPROVED, REJECTED)))
        return either(about == 0, order, either(about == 1, payment, refund))

    @column(Boolean, hidden=True)
    def there(about, step, withdrawn, due_at, paid, at, period, there=Orders.there, payment_there=Payments.there):
        order = there & ~((step == LEAVES) & withdrawn)
        never_overdue = (about == 1) & (step == 1) & (paid <= due_at)
        return (at < now(period)) & np.where(about == 0, order, payment_there & ~never_overdue)


KIND_WORDS = Words(list(KINDS))
_entity_of = {LATE: 0, MISSED: 0, DELAY: 1, FAILED: 1, CANCELLATION: 2, SPIKE: 3, PRICE: 3, DUPLICATE: 2, BULK_PAYMENT: 0}
ENTITY_OF = np.array([0, *(_entity_of[label] for label in range(1, len(KINDS) + 1))])
MEASURES = [
    "days overdue", "paid", "days late", "attempts", "refused at the door", "pieces", "pounds apiece", "order", "paid with others",
]  # fmt: skip
SEVERITY_OF = np.array([0, 1, 2, 1, 2, 1, 2, 2, 1, 0])


class Anomalies(Table, keep="there"):
    """The answer key: what is wrong with an order, and which row shows it."""

    rows = FanOut(Requests, "labels")

    id = Key()
    request = ParentKey(Requests, hidden=True)
    label = Lookup(Requests.label, hidden=True)
    anomaly_id = Text("AN-{id:08d}", unique=True)
    kind = column(KIND_WORDS)(lambda label: label - 1)
    entity = column(Words(["payments", "shipments", "orders", "order_items"]))(lambda label: ENTITY_OF[label])

    @column(BigInteger)
    def entity_id(
        label,
        target=Requests.target,
        order=Requests.first_order,
        item=Requests.first_item,
        shipment=Requests.first_shipment,
        payment=Requests.first_payment,
    ):
        """The row of that table which shows it."""
        of = ENTITY_OF[label]
        shown = either(of == 1, shipment + 2 * (label == FAILED), order + (label == DUPLICATE))
        return either(of == 0, payment, either(of == 3, item + target - 1, shown))

    order_id = column(ForeignKey(Orders))(lambda order=Requests.first_order: order)
    payment = column(ForeignKey(Payments), hidden=True)(lambda first=Requests.first_payment: first)
    severity = column(Words(["low", "medium", "high"]))(lambda label: SEVERITY_OF[label])

    @column(Timestamp, hidden=True)
    def shown_at(
        label,
        ordered_at=Requests.ordered_at,
        lag=Requests.lag,
        first_out=Orders.first_out.via("order_id"),
        ended=Orders.ended.via("order_id"),
        due_at=Payments.due_at.via("payment"),
        paid=Payments.paid.via("payment"),
    ):
        overdue = due_at + (LATEST + 1) * DAY
        money = either(label == BULK_PAYMENT, paid, overdue)
        way = either(label == DELAY, first_out, ended)
        taken = ordered_at + lag * (label == DUPLICATE)
        return either(
            (label == LATE) | (label == MISSED) | (label == BULK_PAYMENT),
            money,
            either((label >= DELAY) & (label <= CANCELLATION), way, taken),
        )

    @column(Timestamp, nullable=True)
    def at(shown_at, period):
        """When it shows; missing as long as it does not."""
        return missing(shown_at, shown_at >= now(period))

    item = column(ForeignKey(OrderItems), hidden=True)(lambda first=Requests.first_item, target=Requests.target: first + target - 1)

    @column(BigInteger, hidden=True)
    def expected(
        label,
        order_id,
        quantity=OrderItems.clean_quantity.via("item"),
        price=Products.price.via("product"),
    ):
        return np.select([label == SPIKE, label == PRICE, label == DUPLICATE, (label == FAILED) | (label == MISSED)], [quantity, price // 100, order_id, 1], 0)

    @column(BigInteger, hidden=True)
    def found(
        label,
        order_id,
        quantity=OrderItems.quantity.via("item"),
        price=OrderItems.unit_price.via("item"),
        scheduled=Orders.scheduled_delivery.via("order_id"),
        first_day=Orders.first_day.via("order_id"),
        due_at=Payments.due_at.via("payment"),
        paid=Payments.paid.via("payment"),
    ):
        late = (np.minimum(paid, due_at + 1000 * DAY) - due_at) // DAY + 1
        return np.select(
            [label == SPIKE, label == PRICE, label == DUPLICATE, label == DELAY, label == FAILED, label == LATE, label == MISSED],
            [quantity, price // 100, order_id + 1, first_day - scheduled, 3, late, 0],
            1,
        )

    product = column(ForeignKey(Products), hidden=True)(lambda of=OrderItems.product_id.via("item"): of)
    measure = column(Words(MEASURES), hidden=True)(lambda label: label - 1)
    detail = Text('{{"measure": "{measure}", "expected": {expected}, "found": {found}}}', type=Json)
    there = column(Boolean, hidden=True)(lambda id, volume: np.full(len(id), volume["anomalies"] > 0))
