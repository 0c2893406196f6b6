"""The answer key of what is wrong with orders."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Categorical,
    FanOut,
    ForeignKey,
    Json,
    Key,
    Lookup,
    ParentKey,
    Table,
    Text,
    Timestamp,
    column,
    either,
)
from colgen.models.erp.orders import OrderItems, Orders
from colgen.models.erp.payments import LATEST, Payments
from colgen.models.erp.people import Products
from colgen.models.erp.requests import (
    BULK_PAYMENT,
    CANCELLATION,
    DELAY,
    DUPLICATE,
    FAILED,
    KINDS,
    LATE,
    MISSED,
    PRICE,
    SPIKE,
    Requests,
    missing,
    now,
)

KIND_WORDS = Categorical(list(KINDS))
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
    kind = column(KIND_WORDS, doc="What is wrong.")(lambda label: label - 1)
    entity = column(Categorical(["payments", "shipments", "orders", "order_items"]), doc="The table of the row that shows it.")(
        lambda label: ENTITY_OF[label]
    )

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

    order_id = column(ForeignKey(Orders), doc="The order that carries it; of two equal ones the first.")(
        lambda order=Requests.first_order: order
    )
    payment = column(ForeignKey(Payments), hidden=True)(lambda first=Requests.first_payment: first)
    severity = column(Categorical(["low", "medium", "high"]), doc="By its kind.")(lambda label: SEVERITY_OF[label])

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
        return np.select(
            [label == SPIKE, label == PRICE, label == DUPLICATE, (label == FAILED) | (label == MISSED)],
            [quantity, price // 100, order_id, 1],
            0,
        )

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
        late = np.maximum(np.minimum(paid - due_at, 1000 * DAY) // DAY + 1, 0)  # unpaid: far from it
        return np.select(
            [label == SPIKE, label == PRICE, label == DUPLICATE, label == DELAY, label == FAILED, label == LATE, label == MISSED],
            [quantity, price // 100, order_id + 1, first_day - scheduled, 3, late, 0],
            1,
        )

    product = column(ForeignKey(Products), hidden=True)(lambda of=OrderItems.product_id.via("item"): of)
    measure = column(Categorical(MEASURES), hidden=True)(lambda label: label - 1)
    detail = Text('{{"measure": "{measure}", "expected": {expected}, "found": {found}}}', type=Json)
    there = column(Boolean, hidden=True)(lambda id, volume: np.full(len(id), volume["anomalies"] > 0))
