"""Attempts to deliver orders."""

from colgen import DAY, Boolean, Codes, FanOut, Key, Ordinal, ParentKey, Table, Timestamp, Vocabulary, column, either
from colgen.models.erp.egypt import phrases
from colgen.models.erp.orders import Orders, OrderStatus, attempt_day
from colgen.models.erp.requests import missing, now


class Outcome(Codes):
    on_the_way: int
    delivered: int
    failed: int
    refused: int


class Shipments(Table, keep="there"):
    """An attempt to deliver an order."""

    rows = FanOut(Orders, "shipments")

    id = Key()
    order_id = ParentKey(Orders)
    attempt = Ordinal()
    driver = Vocabulary(phrases("driver"))

    @column(Timestamp)
    def dispatched_at(attempt, first_day=Orders.first_day, leaves=Orders.leaves, region=Orders.region):
        """In the morning, on one of the region's delivery days."""
        return attempt_day(first_day, attempt, region) * DAY + leaves

    arrives = column(Timestamp, hidden=True)(lambda dispatched_at, on_the_road=Orders.on_the_road: dispatched_at + on_the_road)
    is_last = column(Boolean, hidden=True)(lambda attempt, attempts=Orders.attempts: attempt == attempts)

    @column(Outcome.type)
    def outcome(arrives, is_last, period, end=Orders.end):
        """How it ended; that of the last attempt agrees with the order's status."""
        refused = is_last & (end == OrderStatus.cancelled)
        final = either(is_last & (end == OrderStatus.delivered), Outcome.delivered, either(refused, Outcome.refused, Outcome.failed))
        return either(arrives < now(period), final, Outcome.on_the_way)

    drawn_reason = Vocabulary(phrases("failure_reason"), hidden=True)

    @column(phrases("failure_reason").type, nullable=True)
    def failure_reason(drawn_reason, outcome):
        """Why the goods could not be handed over."""
        return missing(drawn_reason, outcome != Outcome.failed)

    delivered_at = column(Timestamp, nullable=True, doc="When the goods were handed over.")(
        lambda arrives, outcome: missing(arrives, outcome != Outcome.delivered)
    )
    there = column(Boolean, hidden=True)(
        lambda attempt, dispatched_at, period, attempts=Orders.attempts, order=Orders.there: (
            order & (attempt <= attempts) & (dispatched_at < now(period))
        )
    )
