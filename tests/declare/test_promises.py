"""What a declaration promises and could not keep is refused where it is declared."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colgen
from colgen import (
    BigInteger,
    Boolean,
    Branches,
    Calendar,
    Categorical,
    Category,
    Count,
    CreatedAt,
    Daily,
    Date,
    Decimal,
    Drawn,
    Empirical,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    LogNormal,
    Lookup,
    Model,
    Money,
    Normal,
    Period,
    RequestError,
    Running,
    String,
    Sum,
    Table,
    Text,
    Timestamp,
    column,
)
from tests.support import broken_rules, model_of, refused, rows_of


class Goods(Table):
    """Something that is sold."""

    rows = 4
    id = Key()
    name = FixedValues("tea", "coffee", "salt", "sugar")
    price = FixedValues(1_00, 1_05, 2_00, -5, type=Money)
    count = FixedValues(1, 2, 0, 1)
    fresh = FixedValues(True, False, True, True)
    since = FixedValues(1, 2, 3, 4, type=Date)
    label = Text("{name}")
    sold = column(Integer, nullable=True)(lambda id: np.ma.array(id, mask=id > 2))


def sales(where: Any) -> Any:
    return type("Sales", (Table,), {"rows": 20, "id": Key(), "good_id": ForeignKey(Goods, where=where)})


# A reference that asks for something


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"price": 1_05}, {2}),
        ({"price": -5}, {4}),
        ({"count": 1}, {1, 4}),
        ({"fresh": True}, {1, 3, 4}),
        ({"fresh": False}, {2}),
        ({"name": "salt"}, {3}),
        ({"id": 2}, {2}),
        ({"fresh": True, "count": 0}, {3}),
    ],
)
def test_a_condition_is_drawn_and_checked_in_one_sense(where: dict[str, Any], ids: set[int], tmp_path: Path) -> None:
    shop = model_of(Goods, sales(where))
    colgen.build(shop, out=tmp_path / "data")
    assert {row["good_id"] for row in rows_of(shop, "sales")} == ids
    assert broken_rules(tmp_path / "data", shop) == []


def test_the_check_tells_a_decimal_as_it_is_written(tmp_path: Path) -> None:
    shop = model_of(Goods, sales({"price": -5}))
    colgen.build(shop, out=tmp_path / "data")
    assert "good_id has price = -0.05" in {outcome.rule for outcome in colgen.check(tmp_path / "data", model=shop)}


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"price": 1.05}, "value must be a whole number"),
        ({"price": "1"}, "value must be a whole number"),
        ({"price": 10**12}, "value must be a whole number"),
        ({"count": True}, "value must be a whole number"),
        ({"fresh": 1}, "value must be True or False"),
        ({"fresh": "yes"}, "value must be True or False"),
        ({"name": "pepper"}, "did you mean|available: tea"),
        ({"name": 1}, "available: tea"),
        ({"label": "tea"}, "it can ask for a word of a list, a flag or a number"),
        ({"since": 1}, "it can ask for a word of a list, a flag or a number"),
        ({"sold": 1}, "which may be missing"),
        ({"size": 1}, "which is not a column of goods"),
        ("fresh", "where must have names"),
    ],
)
def test_a_condition_that_cannot_be_met_is_refused(where: Any, words: str) -> None:
    with refused(words):
        sales(where)


@pytest.mark.parametrize(
    "when",
    [Integers(1, 5), Flag(0.5), column(Date, nullable=True)(lambda id: np.ma.array(id, mask=id > 1))],
    ids=["a number", "a flag", "missing"],
)
def test_existing_at_names_a_day_that_is_there(when: Any) -> None:
    class Shops(Table):
        rows = 3
        id = Key()
        created_at = CreatedAt(History())

    with refused("existing_at='when' must name a date or a timestamp"):
        type("Sales", (Table,), {"rows": 3, "id": Key(), "when": when, "shop_id": ForeignKey(Shops, existing_at="when")})


# Sums


def totals(total: Any, **of: Any) -> Any:
    baskets: Any = type("Baskets", (Table,), {"rows": 3, "id": Key(), "total": total})
    return model_of(baskets, type("Lines", (Table,), {"rows": FanOut(baskets, 2), "id": Key(), **of}))


@pytest.mark.parametrize(
    ("total", "child"),
    [
        *((BigInteger, Integers(1, 2, type=Money)), (Decimal(12, 3), Integers(1, 2, type=Money)), (Money, Integers(1, 2))),
        *(
            (Integer, Flag(0.5)),
            (BigInteger, Category(a=1)),
            (Integer, Text("x")),
            (Date, Integers(1, 2)),
            (Date, Integers(1, 2, type=Date)),
        ),
    ],
)
def test_a_sum_is_of_the_kind_of_what_it_adds_up(total: Any, child: Any) -> None:
    with refused("baskets.total adds up lines.amount", "decimals to a Decimal with as many digits after the point"):
        totals(Sum("lines.amount", total), amount=child)


@pytest.mark.parametrize(
    ("total", "child"),
    [
        (Money, Integers(3, 3, type=Money)),
        (Decimal(15, 2), Integers(3, 3, type=Money)),
        (Integer, Integers(3, 3)),
        (BigInteger, Integers(3, 3)),
    ],
)
def test_a_sum_may_have_more_digits_than_what_it_adds_up(total: Any, child: Any) -> None:
    assert {
        int(row["total"] * (100 if total.role == "money" else 1))
        for row in rows_of(totals(Sum("lines.amount", total), amount=child), "baskets")
    } == {6}


def test_a_running_total_is_of_the_kind_of_what_it_adds_up() -> None:
    with refused("lines.so_far adds up lines.amount"):
        totals(Integers(1, 2), amount=Integers(1, 2, type=Money), so_far=Running("amount"))


@pytest.mark.parametrize("type", [Money, Boolean, Date, String, Categorical(["a"])], ids=lambda type: type.name)
def test_a_count_is_a_whole_number(type: Any) -> None:
    with refused("its type must be SmallInteger, Integer or BigInteger"):
        Count("lines", type)


# How many rows there are


@pytest.mark.parametrize("name", ["price", "fresh", "name", "label", "since", "sold"])
def test_how_many_rows_there_are_is_told_by_whole_numbers(name: str) -> None:
    with refused(f"goods.{name} is of the type", "how many rows there are is told by an Integer column"):
        FanOut(Goods, name)


def test_how_many_rows_there_are_is_told_by_a_column_that_is_there() -> None:
    with refused("there is no column 'counts' in goods; did you mean 'count'"):
        FanOut(Goods, "counts")
    assert len(rows_of(model_of(Goods, type("Sales", (Table,), {"id": Key()}, rows=FanOut(Goods, "count"))), "sales")) == 4


def test_nothing_is_fanned_out_from_a_table_that_has_branches() -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()

    with refused("moves has no rows of its own; fan out from each of its branches"):
        FanOut(Moves, 2)


# Values of a type


@pytest.mark.parametrize(
    ("values", "type"),
    [
        *(((1, 2.5, 3), None), ((1, "a", 3), None), ((True, 1, False), None), (("a", 1, "b"), None), ((None, 1, 2), None)),
        *(((1, 2, 2**31), Integer), ((1, 2, 10_000), Decimal(4, 2)), ((1, 2, 3), Boolean), ((1, 2, 3), String), (("a", "b", "c"), Integer)),
        *((("a", "b", "z"), Categorical(["a", "b"])), ((math.nan, 1, 2), None), ((1, 2, 2**63), BigInteger)),
    ],
)
def test_fixed_values_are_of_their_type(values: tuple[Any, ...], type: Any) -> None:
    with refused("FixedValues"):
        FixedValues(*values, type=type)


def test_fixed_values_that_are_not_unique_do_not_promise_it() -> None:
    with refused("unique=True, but 'a' occurs more than once"):
        FixedValues("a", "b", "a", unique=True)


@pytest.mark.parametrize(
    ("low", "high", "type"), [(0, 2**31, Integer), (-1, 10**12, Money), (0, 5, Categorical(["a", "b"])), (0, 1, Boolean), (1, 2, String)]
)
def test_whole_numbers_fit_into_their_type(low: int, high: int, type: Any) -> None:
    with refused(rf"Integers\({low}"):
        Integers(low, high, type=type)


@pytest.mark.parametrize("type", [Boolean, String], ids=lambda type: type.name)
def test_draws_are_numbers(type: Any) -> None:
    with refused("draws are numbers, and cannot be of the type"):
        Drawn(Normal(0, 1), type)


@pytest.mark.parametrize("distribution", [Normal(0, 1e300), LogNormal(1e19, 0.1)], ids=repr)
def test_draws_that_64_bits_cannot_hold_are_named(distribution: Any) -> None:
    things: Any = type("Things", (Table,), {"rows": 100, "id": Key(), "odd": Drawn(distribution, BigInteger)})
    with refused("things.odd: ", "which 64 bits cannot hold"):
        rows_of(model_of(things), "things")


class Missing:
    """A distribution of a user's own that gives what is no number."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype

    def sample(self, draw: Any) -> Any:
        return np.full(draw.count, math.nan) if self.dtype == "nan" else np.full(draw.count, "a")


@pytest.mark.parametrize("distribution", [Missing("nan"), Missing("text"), Empirical(["a", "b"])], ids=["missing", "texts", "seen texts"])
def test_draws_that_are_no_numbers_are_named(distribution: Any) -> None:
    things: Any = type("Things", (Table,), {"rows": 3, "id": Key(), "odd": Drawn(distribution)})
    with refused("things.odd: "):
        rows_of(model_of(things), "things")


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf, "1", None, True, 1e301])
def test_a_weight_is_a_number(weight: Any) -> None:
    with refused("the weight of 'a' must be a number, 0 or more"):
        Category({"a": weight, "b": 1})


@pytest.mark.parametrize("weights", [{"a": 1, "b": 1e-10}, {"a": 1e300, "b": 1}, {"a": 5e-324, "b": 1}])
def test_a_word_that_would_never_come_is_refused(weights: dict[str, float]) -> None:
    with refused("so small beside the others that it would never come"):
        Category(weights)
    with refused("so small beside the others that it would never come"):
        ForeignKey(Goods, weights=(*weights.values(), 1, 1))


def test_a_share_below_a_billionth_is_checked_as_it_is(tmp_path: Path) -> None:
    things: Any = type("Things", (Table,), {"rows": 1000, "id": Key(), "word": Category({"a": 1, "b": 4e-10})})
    colgen.build(model_of(things), out=tmp_path / "data", check=True)


@pytest.mark.parametrize("words", [{"a": 1, 1: 1}, {None: 1}, {"\ud800": 1}], ids=repr)
def test_a_word_is_a_text(words: Any) -> None:
    with refused("Category: "):
        Category(words)


def test_a_key_that_a_function_computes_is_not_drawn_as_well() -> None:
    with refused("the function says which rows are referred to; leave where out"):
        column(ForeignKey(Goods, where={"fresh": True}))


# Times


@pytest.mark.parametrize("years", [-1, 1_001, math.nan, math.inf, "3"])
def test_a_history_has_a_number_of_years(years: Any) -> None:
    with refused("years_before must be a number from 0 to 1000"):
        History(years_before=years, share_before=0.0)


@pytest.mark.parametrize(
    "recency",
    [
        ((30, 40), (30, 10)),
        ((90, 40), (30, 10)),
        ((None, 40), (30, 10)),
        ((30, -1),),
        ((30,),),
        (30, 40),
        ((-1, 4),),
        ((2.5, 1),),
        "no",
        ((30, math.nan),),
    ],
    ids=repr,
)
def test_recency_is_bands_of_days_that_ascend(recency: Any) -> None:
    with refused("Calendar"):
        Calendar(recency=recency)


@pytest.mark.parametrize(
    "given",
    [{"weekday": (1, 2)}, {"weekday": "1234567"}, {"month": {13: 1}}, {"month": {1: -1}}, {"growth": -1}, {"growth": 101}, {"growth": "a"},
     {"holiday": -1, "country": "EG"}, {"ramadan": math.nan}, {"country": 5}, {"bursts": [1]}, {"hours": (1,) * 23}, {"hours": (0,) * 24}],
    ids=repr,
)  # fmt: skip
def test_a_calendar_has_weights(given: dict[str, Any]) -> None:
    with refused("Calendar|hours"):
        Calendar(**given)


def test_a_lookup_of_a_moment_in_a_text_needs_a_format_too() -> None:
    class Shops(Table):
        rows = 2
        id = Key()
        opened_at = FixedValues(0, 1, type=Timestamp)

    with refused("say how a moment is written"):
        type("Sales", (Table,), {"rows": 2, "id": Key(), "shop_id": ForeignKey(Shops), "at": Lookup(Shops.opened_at), "text": Text("{at}")})


def test_a_calendar_that_grows_beyond_all_numbers_is_told() -> None:
    with pytest.raises(RequestError, match="grows beyond all numbers from 1900-01-01"):
        Calendar(growth=100).spread(100, Period(datetime.date(1900, 1, 1), datetime.date(2200, 1, 1)))


def test_a_number_a_day_that_is_computed_is_a_whole_number() -> None:
    things: Any = type("Things", (Table,), {"rows": Daily(lambda volume: volume["n"] / 2), "id": Key()})
    assert len(rows_of(model_of(things, n=4), "things")) == 2 * 366
    with refused("table things: its rows for each day failed", "1.5 is not a whole number"):
        rows_of(model_of(things, n=3), "things")


def test_a_model_writes_something() -> None:
    with refused("all of its tables are hidden"):
        model_of(type("Things", (Table,), {"rows": 2, "id": Key()}, hidden=True))


@pytest.mark.parametrize("name", ["", " ", "a=b"])
def test_volumes_and_settings_have_names_that_can_be_given(name: str) -> None:
    with refused("volumes and settings have names without '='"):
        Model("shop", [Goods], {name: {"n": 1}})
    with refused("volumes and settings have names without '='"):
        Model("shop", [Goods], {"small": {name: 1}})
