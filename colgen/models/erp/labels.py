"""The kinds of anomalies: how often each occurs, which row shows it, and how severe it is."""

from dataclasses import dataclass

import numpy as np

from colgen import Codes


class Label(Codes):
    """What is wrong with a request; with most, nothing is."""

    none: int
    late_payment: int
    missed_payment: int
    delivery_delay: int
    failed_delivery: int
    cancellation: int
    quantity_spike: int
    price_error: int
    duplicate_order: int
    bulk_payment: int


class Entity(Codes):
    """The table of the row that shows an anomaly."""

    payments: int
    shipments: int
    orders: int
    order_items: int


class Severity(Codes):
    low: int
    medium: int
    high: int


@dataclass(frozen=True)
class AnomalyKind:
    """A kind of anomaly.

    share : of all anomalies, unless the scenario says otherwise
    measure : what `Anomalies.detail` compares with what was expected
    """

    label: int
    share: float
    entity: int
    severity: int
    measure: str


ANOMALY_KINDS = (
    AnomalyKind(Label.late_payment, 0.22, Entity.payments, Severity.medium, "days overdue"),
    AnomalyKind(Label.missed_payment, 0.08, Entity.payments, Severity.high, "paid"),
    AnomalyKind(Label.delivery_delay, 0.2, Entity.shipments, Severity.medium, "days late"),
    AnomalyKind(Label.failed_delivery, 0.1, Entity.shipments, Severity.high, "attempts"),
    AnomalyKind(Label.cancellation, 0.1, Entity.orders, Severity.medium, "refused at the door"),
    AnomalyKind(Label.quantity_spike, 0.09, Entity.order_items, Severity.high, "pieces"),
    AnomalyKind(Label.price_error, 0.07, Entity.order_items, Severity.high, "pounds apiece"),
    AnomalyKind(Label.duplicate_order, 0.08, Entity.orders, Severity.medium, "order"),
    AnomalyKind(Label.bulk_payment, 0.06, Entity.payments, Severity.low, "paid with others"),
)
"""In the order of the labels, the first of which is `none`."""

PAYMENT_LABELS = np.array([False, *(kind.entity == Entity.payments for kind in ANOMALY_KINDS)])
"""Whether each label shows in every payment of its order."""

OF_OUTAGES = np.isin(np.arange(len(Label.words)), (Label.delivery_delay, Label.failed_delivery, Label.cancellation))
"""Whether an outage of the warehouse causes each label."""

ELSEWHERE = np.arange(len(Label.words))
ELSEWHERE[[Label.cancellation, Label.failed_delivery]] = Label.bulk_payment, Label.delivery_delay
"""In a scenario with outages, the label of a request whose delivery does not fall into one: nothing that outages alone cause, however many of
all orders the scenario wants to have an anomaly."""

assert [kind.label for kind in ANOMALY_KINDS] == list(range(1, len(Label.words)))
