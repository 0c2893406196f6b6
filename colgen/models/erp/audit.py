"""The log of every change of status."""

import numpy as np

from colgen import (
    BigInteger,
    Boolean,
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
from colgen.models.erp.orders import CANCELLED, Orders
from colgen.models.erp.payments import Payments
from colgen.models.erp.people import Users
from colgen.models.erp.requests import now

ENTITIES = Categorical(["orders", "payments", "refunds"])
_steps = [
    (None, "pending"), ("pending", "confirmed"), ("confirmed", "out_for_delivery"), ("out_for_delivery", "delivered"),
    ("out_for_delivery", "cancelled"), ("out_for_delivery", "failed"), ("confirmed", "cancelled"),
    ("pending", "overdue"), ("pending", "paid"), ("overdue", "paid"),
    (None, "requested"), ("requested", "approved"), ("requested", "rejected"), ("approved", "paid_out"),
]  # fmt: skip
CHANGES = Categorical([f'{{"status": [{"null" if old is None else chr(34) + old + chr(34)}, "{new}"]}}' for old, new in _steps], sql="JSON")
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

    action = column(Categorical(["create", "update"]), doc="A row was created, or its status changed.")(
        lambda step: (step > 0).astype(np.int64)
    )
    entity = column(ENTITIES, doc="The table of that row.")(lambda about: about)

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
