"""Values of the rows that are referred to, and which key leads there."""

from __future__ import annotations

from colgen import (
    ForeignKey,
    Integer,
    Key,
    Lookup,
    Table,
    column,
)
from tests.declare.shops import Sales, Shops
from tests.support import built, refused


def test_a_lookup_takes_the_row_that_is_referred_to() -> None:
    frame = built(Shops, Sales, sales=100).frame("sales")
    rates = {1: 7, 2: 19, 3: 20}
    assert all(
        int(tax * 100) == int(amount * 100) * rates[shop] // 100
        for shop, amount, tax in frame.select("shop_id", "amount", "tax").iter_rows()
    )


def test_a_lookup_without_a_foreign_key_says_which_to_add() -> None:
    with refused("lost.tax looks up shops.tax", r"shops_id = ForeignKey\(Shops\)"):

        class Lost(Table):
            rows = 1
            id = Key()
            tax = Lookup(Shops.tax)


def test_two_foreign_keys_to_one_table_need_a_choice() -> None:
    with refused("moves.tax", "2 foreign keys", "source_id, target_id", r"via\('source_id'\)"):

        class Moves(Table):
            rows = 1
            id = Key()
            source_id = ForeignKey(Shops)
            target_id = ForeignKey(Shops)
            tax = column(Integer)(lambda rate=Shops.tax: rate)


def test_a_choice_between_two_foreign_keys_is_kept() -> None:
    class Moves(Table):
        rows = 40
        id = Key()
        source_id = ForeignKey(Shops)
        target_id = ForeignKey(Shops)
        paid = column(Integer)(lambda source=Shops.tax.via("source_id"), target=Shops.tax.via("target_id"): source * 100 + target)
        rate = Lookup(Shops.tax, via="target_id")

    frame = built(Shops, Moves).frame("moves")
    rates = {1: 7, 2: 19, 3: 20}
    for source, target, paid, rate in frame.select("source_id", "target_id", "paid", "rate").iter_rows():
        assert (paid, rate) == (rates[source] * 100 + rates[target], rates[target])


def test_via_names_a_foreign_key() -> None:
    with refused("'shop' is not a foreign key to shops", "did you mean 'shop_id'"):

        class Lost(Table):
            rows = 1
            id = Key()
            shop_id = ForeignKey(Shops)
            tax = Lookup(Shops.tax, via="shop")
