"""Tables and models for several tests of declarations."""

from __future__ import annotations

from colgen import Daily, Day, FixedValues, ForeignKey, Key, Model, Moment, Money, Table, Volume, column


class Shops(Table):
    """Where things are sold."""

    rows = 3
    id = Key()
    name = FixedValues("North", "South", "West", unique=True)
    tax = FixedValues(7, 19, 20)


class Sales(Table):
    """What is sold there."""

    rows = Volume("sales")
    id = Key()
    shop_id = ForeignKey(Shops, weights=(5, 3, 2))
    amount = column(Money)(lambda draw: draw.integers(1_00, 99_00))

    @column(Money)
    def tax(amount, rate=Shops.tax):
        """The shop's rate, rounded down."""
        return amount * rate // 100


class Shifts(Table):
    """One for each day and clerk."""

    rows = Daily(lambda volume: volume["clerks"], grows=("clerks",))
    id = Key()
    day = Day()
    begins_at = Moment()


OFFICE = Model("office", tables=(Shifts,), volumes={"small": {"clerks": 3, "days": 10}, "large": {"clerks": 50, "days": 90}})
