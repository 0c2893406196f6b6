"""Moments that follow others: one after another, none after the period, and a longer period only moves forward what has begun."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    BigInteger,
    Boolean,
    Branches,
    Calendar,
    Category,
    CreatedAt,
    Daily,
    Date,
    Day,
    Empirical,
    Exponential,
    FanOut,
    Flag,
    ForeignKey,
    History,
    Integers,
    Key,
    Later,
    LogNormal,
    Lookup,
    Model,
    Moment,
    Normal,
    ParentKey,
    Poisson,
    Reached,
    Stage,
    Stages,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
)
from tests.declare.proved import (
    broken,
    broken_by,
    is_the_same_from_one_worker_and_from_two,
    is_the_same_in_blocks_of_any_size,
    of,
    rules,
    table,
)
from tests.draws.fit import fits
from tests.support import model_of, refused, rows_of, thorough

law = settings(max_examples=30)
DAY = 86_400_000_000
LEAST = 1e-4
END = dt.datetime(2024, 12, 31, 23, 59, 59, 999_999, dt.UTC)


def people(rows: Any = 300, /, **columns: Any) -> Model:
    """People who were hired on a day of the year."""
    hired_on = column(Date)(lambda draw, period: draw.integers(period.start, period.end))
    hired_at = column(Timestamp)(lambda draw, period: draw.integers(period.start * DAY, (period.end + 1) * DAY - 1))
    return model_of(table("People", rows, id=Key(), hired_on=hired_on, hired_at=hired_at, **columns))


# Later


@pytest.mark.parametrize(
    "days", [3, 0, Exponential(30), Poisson(4), LogNormal(5, 1), Normal(0, 50), Between(0, 30), Empirical([1, 400])], ids=repr
)
@pytest.mark.parametrize("of_", ["hired_on", "hired_at"])
def test_it_is_never_before_and_never_after_the_period(of_: str, days: Any, tmp_path: Path) -> None:
    model = people(left=Later(of_, days=days))
    last = END.date() if of_ == "hired_on" else END
    for begun, left in of(model, "people", of_, "left"):
        assert begun <= left <= last
    assert broken(model, tmp_path) == []
    assert f"people: left is not before {of_}" in rules(model, tmp_path)


def test_it_is_of_the_type_of_what_is_before() -> None:
    model = people(a=Later("hired_on", days=1), b=Later("hired_at", days=1), c=Later("a", days=1))
    assert [model.table("people").sql_types[name] for name in "abc"] == ["DATE", "TIMESTAMPTZ", "DATE"]


@pytest.mark.parametrize(("unit", "one"), [("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1)])
def test_how_long_it_takes_is_said_in_a_unit(unit: str, one: int) -> None:
    found = of(people(left_at=Later("hired_at", **{unit: 1.5})), "people", "hired_at", "left_at")
    assert {(left - hired).total_seconds() for hired, left in found if left < END} == {1.5 * one}


def test_what_is_after_the_period_is_at_its_end_or_has_not_happened_yet() -> None:
    ended, open_ = (of(people(left_on=Later("hired_on", days=100, open=open_)), "people", "hired_on", "left_on") for open_ in (False, True))
    for (hired, end), (_, missing) in zip(ended, open_, strict=True):
        meant = hired + dt.timedelta(days=100)
        assert end == min(meant, END.date())
        assert missing == (meant if meant <= END.date() else None)


def test_what_began_after_the_period_ends_as_it_begins() -> None:
    things = table("Things", 5, id=Key(), at=column(Timestamp)(lambda id, period: (period.end + 3) * DAY + id), end_at=Later("at", hours=5), gone=Later("at", hours=5, open=True))  # fmt: skip
    for at, end, gone in of(model_of(things), "things", "at", "end_at", "gone"):
        assert (at, gone) == (end, None)


def test_what_is_left_open_is_proved_and_nothing_is_said_of_how_much_that_is(tmp_path: Path) -> None:
    model = people(left_on=Later("hired_on", days=Exponential(400), open=True, nullable=0.1))
    assert broken(model, tmp_path) == []
    assert not any("left_on is missing" in rule for rule in rules(model, tmp_path))


def test_it_follows_what_may_be_missing_and_is_missing_then() -> None:
    model = people(
        state=Category(active=6, left=4),
        left_on=Later("hired_on", days=Between(1, 30), when={"state": "left"}),
        paid_on=Later("left_on", days=2),
    )
    for state, left, paid in of(model, "people", "state", "left_on", "paid_on"):
        assert (left is not None) == (paid is not None) == (state == "left")


def test_what_may_be_missing_and_hangs_on_a_word_is_proved(tmp_path: Path) -> None:
    model = people(state=Category(active=6, left=4), left_on=Later("hired_on", days=Exponential(40), when={"state": "left"}))
    assert broken(model, tmp_path) == []
    assert {"people: left_on is missing unless state is left", "people: left_on is there where state is left"} <= rules(model, tmp_path)


def test_a_day_before_is_found(tmp_path: Path) -> None:
    model = people(left_on=Later("hired_on", days=Between(5, 50)))
    earlier = "UPDATE people SET left_on = hired_on - 1 WHERE id = 7"
    assert broken_by(model, tmp_path, "people", earlier) == ["people: left_on is not before hired_on"]


def test_after_a_hidden_day_nothing_is_proved(tmp_path: Path) -> None:
    model = model_of(table("Things", 50, id=Key(), at=CreatedAt(History(), hidden=True), end_at=Later("at", days=3)))
    assert broken(model, tmp_path) == []
    assert not any("not before" in rule for rule in rules(model, tmp_path))


def test_how_long_it_takes_is_as_the_distribution_says() -> None:
    things = table(
        "Things",
        5000,
        id=Key(),
        at=column(Timestamp)(lambda id, period: id * 0 + period.start * DAY),
        end_at=Later("at", hours=Between(2, 10)),
    )
    hours = [(end - at).total_seconds() / 3600 for at, end in of(model_of(things), "things", "at", "end_at")]
    assert fits([int(hour) - 2 for hour in hours], np.ones(8)) > LEAST


def test_days_between_two_numbers_are_any_of_them_both_included() -> None:
    things = table(
        "Things", 4000, id=Key(), on=column(Date)(lambda id, period: id * 0 + period.start), end_on=Later("on", days=Between(1, 4))
    )
    days = [(end - on).days - 1 for on, end in of(model_of(things), "things", "on", "end_on")]
    assert fits(days, np.ones(4)) > LEAST


def test_it_may_stand_above_what_it_follows() -> None:
    model = people(third=Later("second", days=1), second=Later("first", days=1, open=True), first=Later("hired_on", days=1))
    assert [model.table("people").sql_types[name] for name in ("third", "second", "first")] == ["DATE"] * 3
    for hired, third in of(model, "people", "hired_on", "third"):
        assert third is None or third >= hired


def test_two_days_that_each_follow_the_other_are_refused() -> None:
    with refused("circular column dependency: people.one → people.other → people.one"):
        people(one=Later("other", days=1), other=Later("one", days=1))


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Later("hired_on"), r"Later\('hired_on'\): say how long it takes, in one unit: days=, hours=, minutes= or seconds="),
        (lambda: Later("hired_on", days=1, hours=1), "say how long it takes, in one unit"),
        (lambda: Later("hired_on", hours=1), "people.x: hired_on is a date, so say days=, not hours="),
        (lambda: Later("id", days=1), r"people.x: Later\('id'\) must name a date or a timestamp, not a bigint"),
        (lambda: Later("hired", days=1), "people.x needs 'hired', which is not a column of people"),
        (lambda: Later("x", days=1), "circular column dependency|must name"),
        (lambda: Later("hired_on", days=-1), "days must be a number from 0 to 1e\\+06"),
        (lambda: Later("hired_on", days="3"), "days must be a number"),
        (lambda: Later("hired_on", days=Integers(1, 4)), r"days must be a number, a Between or a distribution such as Exponential\(3\)"),  # type: ignore[arg-type]
        (lambda: Later("hired_on", days=float("nan")), "days must be a number"),
        (lambda: Later("hired_on", days=Exponential), "days must be a number"),
        (lambda: Later("hired_on", days=Between("least", "most")), "its ends must be numbers"),
        (lambda: Later("hired_on", days=1, open="yes"), "Later: open must be True or False"),
        (lambda: Later(5, days=1), "Later: of must be a text"),  # type: ignore[arg-type]
        (lambda: Later("hired_on", days=1, unique=True), "Later: a Later cannot be unique"),
    ],
)
def test_what_cannot_be_later_is_refused(declare: Any, words: str) -> None:
    with refused(words):
        people(x=declare())


# Stages

STAGES: dict[str, Stage] = {
    "paid": Stage(0.9, hours=Exponential(40)),
    "shipped": Stage(0.8, days=Between(1, 40)),
    "delivered": Stage(days=LogNormal(9, 1)),
}
LATER = ("paid", "shipped", "delivered")


def orders(rows: Any = 400, stages: dict[str, Stage] | None = None, /, **columns: Any) -> Model:
    """Orders that come in all year, by when they were paid, shipped and delivered."""
    chosen = STAGES if stages is None else stages
    reached = {f"{word}_at": Reached("state", word) for word in chosen}
    made_at = column(Timestamp)(lambda draw, period: draw.integers(period.start * DAY, (period.end + 1) * DAY - 1))
    return model_of(
        table("Orders", rows, id=Key(), made_at=made_at, state=Stages("made_at", **chosen), **reached, last_at=Reached("state"), **columns)
    )


def test_a_stage_is_reached_after_the_one_before_and_within_the_period() -> None:
    words = ["new", *LATER]
    for row in rows_of(orders(), "orders"):
        moments = [row["made_at"], *(row[f"{word}_at"] for word in LATER)]
        there = [moment for moment in moments if moment is not None]
        assert moments[: len(there)] == there, "none is left out"
        assert there == sorted(there)
        assert there[-1] <= END
        assert row["state"] == words[len(there) - 1]
        assert row["last_at"] == there[-1]


def test_stages_are_proved_and_the_same_in_blocks_of_any_size(tmp_path: Path) -> None:
    model = orders()
    assert broken(model, tmp_path) == []
    assert {
        "orders: state is one of its words",
        "orders: paid_at is there just where state is paid or shipped or delivered",
        "orders: delivered_at is there just where state is delivered",
        "orders: shipped_at is not before made_at",
        "orders: last_at is not before made_at",
    } <= rules(model, tmp_path)
    assert is_the_same_in_blocks_of_any_size(orders(90), "orders", seed=4)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE orders SET shipped_at = NULL WHERE id = (SELECT min(id) FROM orders WHERE state = 'delivered')", "shipped_at is there just where state is shipped or delivered"),
        ("UPDATE orders SET paid_at = made_at WHERE id = (SELECT min(id) FROM orders WHERE state = 'new')", "paid_at is there just where state is paid or shipped or delivered"),
        ("UPDATE orders SET state = 'shipped' WHERE id = (SELECT min(id) FROM orders WHERE state = 'delivered')", "delivered_at is there just where state is delivered"),
        ("UPDATE orders SET delivered_at = made_at - INTERVAL 1 SECOND WHERE id = (SELECT min(id) FROM orders WHERE state = 'delivered')", "delivered_at is not before made_at"),
        ("UPDATE orders SET last_at = made_at - INTERVAL 1 SECOND WHERE id = 9", "last_at is not before made_at"),
        ("UPDATE orders SET state = 'gone' WHERE id = (SELECT min(id) FROM orders WHERE state = 'new')", "state is one of its words"),
    ],
)  # fmt: skip
def test_a_moment_that_does_not_fit_its_stage_is_found(statement: str, rule: str, tmp_path: Path) -> None:
    assert broken_by(orders(), tmp_path, "orders", statement) == [f"orders: {rule}"]


@thorough
@law
@given(st.floats(0, 1), st.floats(0, 1))
def test_as_many_come_to_a_stage_as_its_share_of_those_who_have_come_to_the_one_before(one: float, other: float) -> None:
    stages = {"a": Stage(one, seconds=0), "b": Stage(other, seconds=0)}
    times = Counter(of(orders(2000, stages), "orders", "state"))
    some = times["a"] + times["b"]
    assert abs(some - 2000 * one) <= 5 * np.sqrt(2000 * one * (1 - one)) + 1
    assert abs(times["b"] - some * other) <= 5 * np.sqrt(some * other * (1 - other)) + 1


def test_a_share_of_one_and_no_time_is_reached_by_all() -> None:
    assert set(of(orders(50, {"done": Stage(seconds=0)}), "orders", "state")) == {"done"}
    assert set(of(orders(50, {"done": Stage(0, seconds=0)}), "orders", "state")) == {"new"}
    assert set(of(orders(50, {"done": Stage(days=1e6)}), "orders", "state")) == {"new"}


class Claims(Table):
    """What comes in day by day, so that a longer period adds rows and leaves those that are there."""

    rows = Daily(9)
    id = Key()
    day = Day()
    made_at = Moment()
    state = Stages("made_at", first="open", heard=Stage(0.9, days=Exponential(20)), settled=Stage(0.7, days=Between(1, 60)))
    heard_at = Reached("state", "heard")
    settled_at = Reached("state", "settled")
    last_at = Reached("state")
    closed_at = Later("made_at", days=Exponential(30), open=True)


@pytest.mark.parametrize(("one", "other"), [("2024-01-31", "2024-02-01"), ("2024-01-31", "2024-06-30"), ("2024-02-29", "2024-12-31")])
def test_a_longer_period_only_moves_forward(one: str, other: str) -> None:
    shorter, longer = (rows_of_claims(last_day) for last_day in (one, other))
    words = ["open", "heard", "settled"]
    moved = 0
    for before, after in zip(shorter, longer, strict=False):
        assert (before["id"], before["made_at"]) == (after["id"], after["made_at"])
        assert words.index(before["state"]) <= words.index(after["state"])
        assert before["last_at"] <= after["last_at"]
        for name in ("heard_at", "settled_at", "closed_at"):
            assert before[name] in (None, after[name])
        moved += before["state"] != after["state"]
    assert moved > 0
    assert len(shorter) < len(longer)


def rows_of_claims(last_day: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = colgen.build(model_of(Claims), first_day="2024-01-01", last_day=last_day).table("claims").to_pylist()
    return rows


def test_stages_may_begin_with_a_moment_of_the_parent(tmp_path: Path) -> None:
    parents = table("Parents", Volume("parents", Calendar()), id=Key(), day=Day(), made_at=Moment())
    parts = table(
        "Parts", FanOut(parents, Between(0, 4)), id=Key(), parent_id=ParentKey(parents), made_at=Lookup(parents.made_at),
        state=Stages("made_at", **STAGES), paid_at=Reached("state", "paid"), is_new=column(Boolean)(lambda state: state == 0),
        note=Text("{state}", when={"state": ("paid", "shipped")}), shop=Integers(1, 3, when={"paid_at": None}),
    )  # fmt: skip
    model = model_of(parents, parts, parents=80)
    assert broken(model, tmp_path) == []
    assert is_the_same_in_blocks_of_any_size(model, "parts")
    for row in rows_of(model, "parts"):
        assert row["is_new"] == (row["state"] == "new") == (row["paid_at"] is None) == (row["shop"] is not None)
        assert row["note"] == (row["state"] if row["state"] in ("paid", "shipped") else None)


def test_a_row_may_ask_for_one_that_has_come_so_far(tmp_path: Path) -> None:
    orders_ = orders().table("orders").declared
    model = model_of(
        orders_, table("Reviews", 60, id=Key(), order_id=ForeignKey(orders_, where={"state": "delivered"}), at=Lookup(orders_.last_at))
    )
    assert broken(model, tmp_path) == []
    assert set(of(model, "reviews", "order_id")) <= {id for id, state in of(model, "orders", "id", "state") if state == "delivered"}


def test_hidden_stages_leave_their_moments(tmp_path: Path) -> None:
    things = table(
        "Things", 200, id=Key(), at=CreatedAt(History()), state=Stages("at", hidden=True, **STAGES), paid_at=Reached("state", "paid")
    )
    model = model_of(things)
    assert broken(model, tmp_path) == []
    assert 0 < of(model, "things", "paid_at").count(None) < 200
    assert not any("paid_at is" in rule for rule in rules(model, tmp_path))


def test_a_share_of_the_moments_may_be_missing_as_well(tmp_path: Path) -> None:
    things = table(
        "Things",
        200,
        id=Key(),
        at=CreatedAt(History()),
        state=Stages("at", **STAGES),
        paid_at=Reached("state", "paid", nullable=0.5),
        x=Flag(0.5),
    )
    model = model_of(things)
    assert broken(model, tmp_path) == []
    assert any(paid is None and state != "new" for state, paid in of(model, "things", "state", "paid_at"))


def test_stages_of_branches_are_those_of_one_table(tmp_path: Path) -> None:
    class Moves(Table):
        rows = Branches()
        id = Key()
        at = CreatedAt(History())
        state = Stages("at", **STAGES)
        paid_at = Reached("state", "paid")

    kinds = [type(name, (Moves,), {"rows": 60}) for name in ("Arrivals", "Departures")]
    model = model_of(Moves, *kinds)
    assert broken(model, tmp_path) == []
    assert len(set(of(model, "moves", "state"))) > 1


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Stages("hired_at"), "Stages: name the stages in their order, such as paid=Stage"),
        (lambda: Stages("hired_at", paid=0.9), "give a Stage"),  # type: ignore[arg-type]
        (
            lambda: Stages("hired_at", new=Stage(days=1)),
            "two of its stages are called 'new'; call the first one otherwise: first='created'",
        ),
        (
            lambda: Stages("hired_on", paid=Stage(days=1)),
            r"people.x: Stages\('hired_on'\) must name a timestamp that is never missing, not a date",
        ),
        (lambda: Stages("maybe_at", paid=Stage(days=1)), r"Stages\('maybe_at'\) must name a timestamp that is never missing"),
        (lambda: Stages("hired", paid=Stage(days=1)), "people.x needs 'hired', which is not a column of people"),
        (lambda: Stages(5, paid=Stage(days=1)), "Stages: since must be a text"),  # type: ignore[arg-type]
        (lambda: Stages("hired_at", first=5, paid=Stage(days=1)), "Stages: first must be a text"),  # type: ignore[arg-type]
        (lambda: Stage(), "Stage: say how long it takes, in one unit"),
        (lambda: Stage(1.5, days=1), r"Stage\(1.5\): share must be a number from 0 to 1"),
        (lambda: Stage(0.5, days=1, hours=2), "Stage: say how long it takes, in one unit"),
        (lambda: Stage(0.5, days=Between("a", 3)), "its ends must be numbers"),
        (lambda: Reached("hired_at", "paid"), r"people.x: Reached\('hired_at', …\) must name a column Stages\(\), not a timestamp"),
        (lambda: Reached("state", "payed"), "people.x: state has no stage 'payed'; did you mean 'paid'"),
        (lambda: Reached("state", "new"), "people.x: state has no stage 'new'; available: paid, shipped, delivered"),
        (lambda: Reached("stage", "paid"), "people.x needs 'stage', which is not a column of people"),
        (lambda: Reached(5), "Reached: stages must be a text"),  # type: ignore[arg-type]
    ],
)
def test_stages_that_cannot_be_are_refused(declare: Any, words: str) -> None:
    maybe_at = column(Timestamp, nullable=True)(lambda id: id)
    with refused(words):
        people(maybe_at=maybe_at, state=Stages("hired_at", **STAGES), x=declare())


def test_an_option_that_stages_do_not_take_is_named() -> None:
    with refused("Stages", "nullable"):
        Stages("hired_at", paid=Stage(days=1), nullable=0.5)  # type: ignore[arg-type]


class Odd:
    """A distribution of a user's own that gives what is no duration."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def sample(self, draw: Any) -> Any:
        return self.values(draw.count)


@pytest.mark.parametrize("values", [lambda count: np.full(count, np.nan), lambda count: np.ones(1)], ids=["missing", "one"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_distribution_that_gives_no_durations_is_refused_in_words(values: Any) -> None:
    with refused("people.x: ", "must give a finite number for each of"):
        rows_of(people(x=Later("hired_at", hours=Odd(values))), "people")


# Together


def test_they_are_the_same_from_one_worker_and_from_two_and_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = table("Parents", 60, id=Key(), made_at=CreatedAt(History()))
    parts = table(
        "Parts", FanOut(parents, {0: 1, 8: 2}), id=Key(), parent_id=ParentKey(parents), made_at=Lookup(parents.made_at), state=Stages("made_at", **STAGES),
        paid_at=Reached("state", "paid"), last_at=Reached("state"), gone_at=Later("last_at", days=Exponential(99), open=True), n=column(BigInteger)(lambda last_at: last_at),
    )  # fmt: skip
    model = model_of(parents, parts)
    whole = rows_of(model, "parts")
    assert is_the_same_from_one_worker_and_from_two(model, tmp_path, monkeypatch)
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 70)
    assert rows_of(model, "parts") == whole
