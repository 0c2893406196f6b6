"""The audit log: every change of status."""

from typing import Annotated

import numpy as np

from colgen import (
    BigInteger,
    Boolean,
    Categorical,
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
from colgen.models.erp.orders import Orders, OrderStatus
from colgen.models.erp.payments import Payments
from colgen.models.erp.people import Users
from colgen.models.erp.requests import now


class Logged(Codes):
    """The tables whose status is logged."""

    orders: int
    payments: int
    refunds: int


class Change(Codes, sql="JSON"):
    """The status before and after a change."""

    created: Annotated[int, '{"status": [null, "pending"]}']
    confirmed: Annotated[int, '{"status": ["pending", "confirmed"]}']
    dispatched: Annotated[int, '{"status": ["confirmed", "out_for_delivery"]}']
    delivered: Annotated[int, '{"status": ["out_for_delivery", "delivered"]}']
    refused: Annotated[int, '{"status": ["out_for_delivery", "cancelled"]}']
    failed: Annotated[int, '{"status": ["out_for_delivery", "failed"]}']
    withdrawn: Annotated[int, '{"status": ["confirmed", "cancelled"]}']
    overdue: Annotated[int, '{"status": ["pending", "overdue"]}']
    paid: Annotated[int, '{"status": ["pending", "paid"]}']
    paid_late: Annotated[int, '{"status": ["overdue", "paid"]}']
    requested: Annotated[int, '{"status": [null, "requested"]}']
    approved: Annotated[int, '{"status": ["requested", "approved"]}']
    rejected: Annotated[int, '{"status": ["requested", "rejected"]}']
    paid_out: Annotated[int, '{"status": ["approved", "paid_out"]}']


ORDER_STEPS, PAYMENT_STEPS = 4, 3  # the most changes of an order and of a payment


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
        """0, 1, 2 … among the changes in the same table."""
        return (
            number
            - 1
            - either(about == Logged.orders, 0, either(about == Logged.payments, ORDER_STEPS, ORDER_STEPS + PAYMENT_STEPS * instalments))
        )

    payment = column(ForeignKey(Payments), hidden=True)(
        lambda about, place, first=Orders.first_payment: first + (place // PAYMENT_STEPS) * (about == Logged.payments)
    )
    step = column(Integer, hidden=True)(lambda about, place: either(about == Logged.orders, place, place % PAYMENT_STEPS))
    withdrawn = Lookup(Orders.withdrawn, hidden=True)
    overdue_at = Lookup(Payments.overdue_at, hidden=True)
    paid = Lookup(Payments.paid, hidden=True)
    approved = Lookup(Payments.approved, hidden=True)
    approver = ForeignKey(Users, where={"approves": True}, hidden=True)
    supporter = ForeignKey(Users, where={"supports": True}, hidden=True)

    @column(ForeignKey(Users))
    def user_id(about, step, withdrawn, approver, supporter, seller=Orders.created_by, decider=Payments.decider):
        """Sales users take orders, support users have them delivered and take complaints, managers deal with money."""
        order = either((step < Change.dispatched) | withdrawn, seller, supporter)
        return either(about == Logged.orders, order, either(about == Logged.payments, approver, either(step == 0, supporter, decider)))

    action = column(Categorical(["create", "update"]), doc="Whether the row was created, or its status changed.")(
        lambda step: (step > 0).astype(np.int64)
    )
    entity = column(Logged.type, doc="The table of the row.")(lambda about: about)

    @column(BigInteger)
    def entity_id(order, about, payment, refund=Orders.first_refund):
        """The row in that table."""
        return either(about == Logged.orders, order, either(about == Logged.payments, payment, refund))

    @column(Timestamp)
    def at(
        about,
        step,
        overdue_at,
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
        order = either(step == 0, ordered_at, either(step == 1, confirmed, either(step == Change.dispatched, first_out, ended)))
        payment = either(step == 0, ended, either(step == 1, overdue_at, paid))
        refund = either(step == 0, requested, either(step == 1, decided, paid_out))
        return either(about == Logged.orders, order, either(about == Logged.payments, payment, refund))

    @column(Change.type)
    def changes(about, step, withdrawn, overdue_at, paid, approved, end=Orders.end):
        """The status before and after, as JSON."""
        last = either(withdrawn, Change.withdrawn, Change.delivered + end - OrderStatus.delivered)
        order = either(step == ORDER_STEPS - 1, last, step)
        settled = either(paid > overdue_at, Change.paid_late, Change.paid)
        payment = either(step == 0, Change.created, either(step == 1, Change.overdue, settled))
        decision = either(approved, Change.approved, Change.rejected)
        refund = either(step == 0, Change.requested, either(step == 2, Change.paid_out, decision))
        return either(about == Logged.orders, order, either(about == Logged.payments, payment, refund))

    @column(Boolean, hidden=True)
    def there(
        about, step, withdrawn, overdue_at, paid, at, period, there=Orders.there, payment_there=Payments.there, claimed=Payments.claimed
    ):
        order = there & ~((step == Change.dispatched) & withdrawn)
        never_overdue = (about == Logged.payments) & (step == 1) & (paid <= overdue_at)
        never_claimed = (about == Logged.refunds) & ~claimed
        return (at < now(period)) & np.where(about == Logged.orders, order, payment_there & ~(never_overdue | never_claimed))
