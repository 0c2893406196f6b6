"""Money that companies claim back."""

import numpy as np

from colgen import (
    Boolean,
    Choice,
    Codes,
    FanOut,
    ForeignKey,
    Integer,
    Key,
    Lookup,
    Money,
    ParentKey,
    Table,
    Timestamp,
    Vocabulary,
    column,
    either,
)
from colgen.models.erp.egypt import phrases
from colgen.models.erp.items import OrderItems
from colgen.models.erp.labels import Label
from colgen.models.erp.orders import Orders
from colgen.models.erp.payments import Payments
from colgen.models.erp.people import Users
from colgen.models.erp.requests import Requests, missing, now


class RefundStatus(Codes):
    requested: int
    approved: int
    rejected: int
    paid_out: int


_reasons = phrases("refund_reason").type.words.to_pylist()
CHARGED_TWICE, PRICE_DIFFERENCE, WRONG_QUANTITY = map(_reasons.index, ("Charged twice", "Price difference", "Wrong quantity entered"))
USUAL_REASONS = Choice(
    tuple(weight * (code not in (CHARGED_TWICE, WRONG_QUANTITY)) for code, weight in enumerate(phrases("refund_reason").weights.tolist()))
)


class Refunds(Table, keep="there"):
    """Money that a company claims back."""

    rows = FanOut(Orders, "refunds")

    id = Key()
    order_id = ParentKey(Orders)
    payment_id = column(ForeignKey(Payments), doc="The order's first payment.")(lambda first=Orders.first_payment: first)
    requested_at = Lookup(Payments.requested, via="payment_id")
    decided = Lookup(Payments.decided, via="payment_id", hidden=True)
    approved = Lookup(Payments.approved, via="payment_id", hidden=True)
    paid_out = Lookup(Payments.paid_out, via="payment_id", hidden=True)
    decider = Lookup(Payments.decider, via="payment_id", hidden=True)
    anomaly = Lookup(Orders.anomaly, hidden=True)
    is_duplicate = Lookup(Orders.is_duplicate, hidden=True)
    item = column(ForeignKey(OrderItems), hidden=True)(lambda first=Orders.first_item, target=Requests.target: first + target - 1)

    @column(Integer, hidden=True)
    def too_much(
        anomaly,
        subtotal=Orders.subtotal,
        quantity=OrderItems.quantity.via("item"),
        usual=OrderItems.clean_quantity.via("item"),
        price=OrderItems.unit_price.via("item"),
        right=OrderItems.list_price.via("item"),
    ):
        """How many parts of a thousand of the order were charged for a slip."""
        pieces = (quantity - usual) * price * (anomaly == Label.quantity_spike)
        pounds = (price - right) * quantity * (anomaly == Label.price_error)
        return np.clip(np.maximum(pieces, pounds) * 1000 // np.maximum(subtotal, 1), 0, 1000)

    @column(Money)
    def amount(draw, anomaly, is_duplicate, too_much, paid=Payments.amount.via("payment_id")):
        """A tenth of the payment up to all of it; what was charged too much, where that is the reason."""
        thousandths = either(is_duplicate, 1000, either(anomaly != Label.none, too_much, draw.integers(10, 100) * 10))
        return np.maximum(paid * thousandths // 1000, 1)

    @column(phrases("refund_reason").type)
    def reason(draw, anomaly, is_duplicate):
        """Why the money is claimed back."""
        slip = either(anomaly == Label.quantity_spike, WRONG_QUANTITY, PRICE_DIFFERENCE)
        return either(is_duplicate, CHARGED_TWICE, either(anomaly != Label.none, slip, draw(USUAL_REASONS)))

    @column(RefundStatus.type)
    def status(decided, approved, paid_out, period):
        """How far it has come by the end of the period."""
        until = now(period)
        decision = either(approved, RefundStatus.approved, RefundStatus.rejected)
        return either(decided >= until, RefundStatus.requested, either(paid_out < until, RefundStatus.paid_out, decision))

    decided_by = column(ForeignKey(Users), nullable=True, doc="A manager or an admin.")(
        lambda decider, status: missing(decider, status == RefundStatus.requested)
    )
    decided_at = column(Timestamp, nullable=True, doc="Some working days after the request.")(
        lambda decided, status: missing(decided, status == RefundStatus.requested)
    )
    drawn_reason = Vocabulary(phrases("refund_rejection"), hidden=True)
    rejection_reason = column(phrases("refund_rejection").type, nullable=True, doc="Why it was rejected.")(
        lambda drawn_reason, status: missing(drawn_reason, status != RefundStatus.rejected)
    )

    there = column(Boolean, hidden=True)(
        lambda there=Payments.there.via("payment_id"), claimed=Payments.claimed.via("payment_id"): there & claimed
    )
