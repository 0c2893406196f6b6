"""Attempts to deliver an order."""

from colgen import DAY, Boolean, Categorical, FanOut, Key, Ordinal, ParentKey, Table, Timestamp, Vocabulary, column, either
from colgen.models.erp.egypt import phrases
from colgen.models.erp.orders import CANCELLED, DELIVERED, Orders, attempt_day
from colgen.models.erp.requests import missing, now


class Shipments(Table, keep="there"):
    """An attempt to deliver an order."""

    rows = FanOut(Orders, "shipments")

    id = Key()
    order_id = ParentKey(Orders)
    attempt = Ordinal()
    driver = Vocabulary(phrases("driver"))

    @column(Timestamp)
    def dispatched_at(attempt, first_day=Orders.first_day, leaves=Orders.leaves, region=Orders.region):
        """In the morning of one of the region's delivery days."""
        return attempt_day(first_day, attempt, region) * DAY + leaves

    arrives = column(Timestamp, hidden=True)(lambda dispatched_at, on_the_road=Orders.on_the_road: dispatched_at + on_the_road)
    is_last = column(Boolean, hidden=True)(lambda attempt, attempts=Orders.attempts: attempt == attempts)

    @column(Categorical(["on_the_way", "delivered", "failed", "refused"]))
    def outcome(arrives, is_last, period, end=Orders.end):
        """What came of it; the last one agrees with the order's status."""
        came_to = either(is_last & (end == DELIVERED), 1, either(is_last & (end == CANCELLED), 3, 2))
        return either(arrives < now(period), came_to, 0)

    drawn_reason = Vocabulary(phrases("failure_reason"), hidden=True)

    @column(phrases("failure_reason").type, nullable=True)
    def failure_reason(drawn_reason, outcome):
        """Why it could not be handed over."""
        return missing(drawn_reason, outcome != 2)

    delivered_at = column(Timestamp, nullable=True, doc="When it was handed over.")(lambda arrives, outcome: missing(arrives, outcome != 1))
    there = column(Boolean, hidden=True)(
        lambda attempt, dispatched_at, period, attempts=Orders.attempts, order=Orders.there: (
            order & (attempt <= attempts) & (dispatched_at < now(period))
        )
    )
