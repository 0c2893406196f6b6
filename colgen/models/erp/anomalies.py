"""The answer key: what is wrong with which order."""

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
    Ordinal,
    ParentKey,
    Table,
    Text,
    Timestamp,
    column,
    either,
)
from colgen.models.erp.items import OrderItems
from colgen.models.erp.labels import ANOMALY_KINDS, PAYMENT_LABELS, Entity, Label, Severity
from colgen.models.erp.orders import Orders, attempt_day
from colgen.models.erp.payments import Payments
from colgen.models.erp.requests import Requests, missing, now

SHOWS_AFTER = 20  # days after its due date at which a late or missed payment with a label shows
KINDS = Categorical(Label.words[1:])
MEASURES = Categorical([kind.measure for kind in ANOMALY_KINDS])
ENTITY = np.array([0, *(kind.entity for kind in ANOMALY_KINDS)])  # by label; `none` does not occur
SEVERITY = np.array([0, *(kind.severity for kind in ANOMALY_KINDS)])


class Anomalies(Table, keep="there"):
    """The answer key: what is wrong with an order, and the row that shows it."""

    rows = FanOut(Requests, "labels")

    id = Key()
    request = ParentKey(Requests, hidden=True)
    label = Lookup(Requests.label, hidden=True)
    anomaly_id = Text("AN-{id:08d}", unique=True)
    kind = column(KINDS, doc="What is wrong.")(lambda label: label - 1)
    entity = column(Entity.type, doc="The table of the row that shows it.")(lambda label: ENTITY[label])

    number = Ordinal(hidden=True)  # of those of one request: one for each payment, or just one
    order_id = column(ForeignKey(Orders), doc="The order that has it; of a duplicate order, the original.")(
        lambda order=Requests.first_order: order
    )
    payment = column(ForeignKey(Payments), hidden=True)(
        lambda label, number, first=Requests.first_payment: first + (number - 1) * PAYMENT_LABELS[label]
    )

    @column(BigInteger)
    def entity_id(
        label,
        order_id,
        payment,
        target=Requests.target,
        item=Requests.first_item,
        shipment=Requests.first_shipment,
        attempts=Orders.attempts.via("order_id"),
    ):
        """The row in that table: of a late delivery the attempt that succeeded, of a failed one the last."""
        entity = ENTITY[label]
        last = shipment + np.maximum(either(label == Label.failed_delivery, 3, attempts), 1) - 1
        shown = either(entity == Entity.shipments, last, order_id + (label == Label.duplicate_order))
        return either(entity == Entity.payments, payment, either(entity == Entity.order_items, item + target - 1, shown))

    severity = column(Severity.type, doc="Depends on the kind.")(lambda label: SEVERITY[label])

    @column(Timestamp, hidden=True)
    def shown_at(
        label,
        ordered_at=Requests.ordered_at,
        lag=Requests.lag,
        ended=Orders.ended.via("order_id"),
        due_at=Payments.due_at.via("payment"),
        paid=Payments.paid.via("payment"),
    ):
        money = either(label == Label.bulk_payment, paid, due_at + SHOWS_AFTER * DAY)
        order = ordered_at + lag * (label == Label.duplicate_order)
        delivery = (ENTITY[label] == Entity.shipments) | (label == Label.cancellation)
        return either(ENTITY[label] == Entity.payments, money, either(delivery, ended, order))

    @column(Timestamp, nullable=True)
    def at(shown_at, period):
        """When it becomes visible; missing if that is after the period."""
        return missing(shown_at, shown_at >= now(period))

    item = column(ForeignKey(OrderItems), hidden=True)(lambda first=Requests.first_item, target=Requests.target: first + target - 1)

    @column(BigInteger, hidden=True)
    def expected(
        label,
        order_id,
        quantity=OrderItems.clean_quantity.via("item"),
        price=OrderItems.list_price.via("item"),
    ):
        return np.select(
            [
                label == Label.quantity_spike,
                label == Label.price_error,
                label == Label.duplicate_order,
                (label == Label.failed_delivery) | (label == Label.missed_payment),
            ],
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
        attempts=Orders.attempts.via("order_id"),
        region=Orders.region.via("order_id"),
        due_at=Payments.due_at.via("payment"),
        paid=Payments.paid.via("payment"),
    ):
        late = np.maximum(np.minimum(paid - due_at, 1000 * DAY) // DAY + 1, 0)  # up to 1,000 days where it is never paid
        return np.select(
            [
                label == Label.quantity_spike,
                label == Label.price_error,
                label == Label.duplicate_order,
                label == Label.delivery_delay,
                label == Label.failed_delivery,
                label == Label.late_payment,
                label == Label.missed_payment,
            ],
            [quantity, price // 100, order_id + 1, attempt_day(first_day, attempts, region) - scheduled, 3, late, 0],
            1,
        )

    measure = column(MEASURES, hidden=True)(lambda label: label - 1)
    detail = Text('{{"measure": "{measure}", "expected": {expected}, "found": {found}}}', type=Json)
    there = column(Boolean, hidden=True)(lambda id, volume: np.full(len(id), volume["anomalies"] > 0))
