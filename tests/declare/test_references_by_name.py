"""References to rows of the own table, of tables further down and in circles; each once, in pairs, of one of several tables, or within a row further up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    Branches,
    Categorical,
    Category,
    Code,
    CreatedAt,
    Date,
    Empirical,
    Exponential,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    Later,
    Level,
    Lookup,
    Model,
    Normal,
    Ordinal,
    Pairs,
    ParentKey,
    Poisson,
    PolymorphicKey,
    Popularity,
    Reached,
    Stage,
    Stages,
    String,
    Table,
    Text,
    Tree,
    Uuids,
    Varchar,
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
from tests.targets.duckdb_files import ask
from tests.targets.duckdb_files import build as into_duckdb

law = settings(max_examples=25)
LEAST = 1e-4
Shops = table("Shops", 6, id=Key())
Goods = table("Goods", 5, id=Key())


def people(rows: Any = 40, head: dict[str, Any] | None = None, **columns: Any) -> Any:
    return table("People", rows, head, **{"id": Key(), **columns})


def by_parent(pairs: list[Any]) -> dict[Any, list[Any]]:
    """Values by the first of each pair."""
    found: dict[Any, list[Any]] = {}
    for parent, value in pairs:
        found.setdefault(parent, []).append(value)
    return found


# The own table


@law
@given(st.integers(2, 40), st.integers(0, 2**32))
@example(2, 0)
def test_a_row_refers_to_any_other_row_of_its_table_and_not_to_itself(rows: int, seed: int) -> None:
    for id, other in of(model_of(people(rows, friend_id=ForeignKey("self"))), "people", "id", "friend_id", seed=seed):
        assert 1 <= other <= rows
        assert other != id


def test_every_other_row_is_as_likely() -> None:
    found = of(model_of(people(40_000, friend_id=ForeignKey("self"))), "people", "id", "friend_id")
    assert fits([(other - id) % 40_000 // 800 for id, other in found], np.ones(50)) > LEAST


def test_rows_that_are_liked_are_referred_to_more_often_but_not_by_themselves(tmp_path: Path) -> None:
    model = model_of(
        people(
            60, kind=Category(a=1, b=1), liked_id=ForeignKey("self", popularity=Popularity()), a_id=ForeignKey("self", where={"kind": "a"})
        )
    )
    rows = rows_of(model, "people")
    assert all(row["liked_id"] != row["id"] != row["a_id"] for row in rows)
    assert max(Counter(row["liked_id"] for row in rows).values()) > 5
    assert broken(model, tmp_path) == []
    assert is_the_same_in_blocks_of_any_size(model, "people")


def test_where_there_is_no_other_row_it_is_refused_or_missing() -> None:
    with refused("people.friend_id: people has no other row to refer to; ask for more of them, or say nullable=True"):
        rows_of(model_of(people(1, friend_id=ForeignKey("self"))), "people")
    assert of(model_of(people(1, friend_id=ForeignKey("self", nullable=True))), "people", "friend_id") == [None]


@pytest.mark.parametrize("options", [{"popularity": Popularity()}, {"where": {"id": 1}}], ids=["popularity", "where"])
def test_where_no_other_row_qualifies_it_is_refused_in_words_or_missing(options: dict[str, Any]) -> None:
    assert of(model_of(people(1, friend_id=ForeignKey("self", nullable=True, **options))), "people", "friend_id") == [None]
    with refused("people has no other row"):
        rows_of(model_of(people(1, friend_id=ForeignKey("self", **options))), "people")


@pytest.mark.parametrize(
    "options",
    [
        {"popularity": Popularity()},
        {"where": {"id": 1}},
        {},
        {"distinct": True},
    ],
    ids=repr,
)
def test_a_table_without_rows_refers_to_nothing(options: dict[str, Any]) -> None:
    kids = table("Kids", FanOut(Shops, 0), id=Key(), shop_id=ParentKey(Shops), other_id=ForeignKey("self", **options))
    assert rows_of(model_of(Shops, kids), "kids") == []


def test_the_head_of_a_table_without_rows_refers_to_nothing() -> None:
    kids = table("Kids", FanOut(Shops, 0), id=Key(), shop_id=ParentKey(Shops), other_id=ForeignKey("self"))
    assert len(colgen.build(model_of(Shops, kids)).head("kids")) == 0


def test_children_of_one_row_refer_to_different_rows_of_their_own_table() -> None:
    kids = table("Kids", FanOut(Shops, 3), id=Key(), shop_id=ParentKey(Shops), other_id=ForeignKey("self", distinct=True))
    model = model_of(Shops, kids)
    for seed in range(40):
        for others in by_parent(of(model, "kids", "shop_id", "other_id", seed=seed)).values():
            assert len(set(others)) == 3


def test_rows_of_one_table_do_not_refer_to_each_other_once() -> None:
    with refused("people.partner_id: unique=True would let a row refer to itself"):
        people(40, partner_id=ForeignKey("self", unique=True))


def test_a_unique_reference_to_the_own_table_by_its_name_is_refused_like_one_to_self() -> None:
    kids = table("Kids", FanOut(Shops, Poisson(3)), id=Key(), partner_id=ForeignKey("Kids", unique=True))
    with refused("kids.partner_id: unique=True would let a row refer to itself"):
        model_of(Shops, kids)


# Tables further down, and circles


class Departments(Table):
    rows = Volume("departments")
    id = Key()
    head_id = ForeignKey("Employees", within="self", nullable=0.1)
    twin_id = ForeignKey("self")
    visitor_id = ForeignKey("employees")


class Employees(Table):
    rows = FanOut(Departments, Between(1, 9))
    id = Key(Integer)
    department_id = ParentKey(Departments)
    place = Ordinal()
    mentor_id = ForeignKey("self", within=Departments, nullable=0.4)
    home_id = ForeignKey("Departments")
    badge_id = ForeignKey("Badges", unique=True)


class Badges(Table, key="code"):
    rows = 500
    code = Code("A-000", unique=True)
    lent_by_id = ForeignKey("Employees")


COMPANY = model_of(Departments, Employees, Badges, departments=40)


def test_a_table_is_named_as_its_class_or_as_it_is_written() -> None:
    assert {Departments.head_id.other.name, Departments.visitor_id.other.name} == {"employees"}


def test_tables_may_refer_to_one_another_in_a_circle(tmp_path: Path) -> None:
    assert broken(COMPANY, tmp_path) == []
    assert {
        "departments: head_id is in employees",
        "departments: head_id belongs to the same row of departments",
        "departments: twin_id is in departments",
        "employees: badge_id is in badges",
        "employees: badge_id is unique",
        "employees: mentor_id belongs to the same row of departments",
        "badges: lent_by_id is in employees",
    } <= rules(COMPANY, tmp_path)
    assert COMPANY.table("departments").sql_types["head_id"] == "INTEGER"


def test_a_head_and_a_mentor_are_of_the_own_department_and_not_oneself() -> None:
    department = dict(of(COMPANY, "employees", "id", "department_id"))
    heads = of(COMPANY, "departments", "id", "head_id")
    assert all(head is None or department[head] == id for id, head in heads)
    assert 0 < sum(head is None for _, head in heads) < 15
    for id, own, mentor in of(COMPANY, "employees", "id", "department_id", "mentor_id"):
        assert mentor is None or (department[mentor] == own and mentor != id)


@pytest.mark.parametrize("name", ["departments", "employees", "badges"])
def test_tables_in_a_circle_are_the_same_in_blocks_of_any_size(name: str) -> None:
    assert is_the_same_in_blocks_of_any_size(COMPANY, name, seed=2)


def test_duckdb_holds_to_what_does_not_close_the_circle(tmp_path: Path) -> None:
    file = tmp_path / "place" / "sales.duckdb"
    into_duckdb(file, model=COMPANY, constraints=True, check=True)
    found = ask(file, "SELECT table_name, constraint_column_names[1] FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY'")
    assert ("employees", "badge_id") in found or ("badges", "lent_by_id") in found
    assert ("departments", "twin_id") not in found


def test_postgres_holds_to_the_whole_circle(server: str, database: Any, schema: str) -> None:
    colgen.build(COMPANY, out=server, schema=schema, constraints=True, check=True)
    sql = "SELECT conname FROM pg_constraint WHERE connamespace = %s::regnamespace AND contype = 'f'"
    assert len(database.execute(sql, (schema,)).fetchall()) == 8


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Persons", ("people.x refers to 'Persons', which is not a table of the model",)),
        ("Good", ("did you mean 'Goods'",)),
        ("Self", ("which is not a table of the model",)),
    ],
)
def test_a_name_that_is_no_table_of_the_model_is_refused(name: str, words: tuple[str, ...]) -> None:
    with refused(*words):
        model_of(Goods, people(x=ForeignKey(name)))


@pytest.mark.parametrize("given_", ["", None, 5, "\ud800", Shops.id], ids=repr)
def test_what_is_neither_a_table_nor_a_name_is_refused(given_: Any) -> None:
    with refused("ForeignKey", "expects a Table class, its name in quotes if it is defined further down, or 'self'"):
        ForeignKey(given_)


def test_a_table_of_the_model_by_its_class_must_be_in_the_model_too() -> None:
    with refused("people.x refers to shops, which is not among the tables of model shop"):
        model_of(people(x=ForeignKey(Shops)))


def test_what_is_asked_of_a_table_by_its_name_is_looked_at_when_the_model_is_made() -> None:
    with refused("people.x: where names 'colour', which is not a column of goods"):
        model_of(Goods, people(x=ForeignKey("Goods", where={"colour": "red"})))
    with refused("people.x: it is not known when rows of goods came into being"):
        model_of(Goods, people(day=column(Date)(lambda id: id), x=ForeignKey("Goods", existing_at="day")))


def test_a_table_used_in_two_models_that_mean_different_tables_by_a_name_is_refused() -> None:
    notes = people(x=ForeignKey("Things"))
    model_of(notes, table("Things", 5, id=Key()))
    with refused("people.x refers to 'Things'", "another model", "declare it twice"):
        model_of(notes, table("Things", 5, id=Key(start=100)))


# Each once, and none twice for one parent


@law
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 2**32))
def test_a_unique_reference_takes_each_row_once_at_most(rows: int, more: int, seed: int) -> None:
    goods = table("Goods", rows + more, id=Key())
    found = of(model_of(goods, people(rows, good_id=ForeignKey(goods, unique=True))), "people", "good_id", seed=seed)
    assert len(set(found)) == rows
    assert set(found) <= {*range(1, rows + more + 1)}


def test_a_unique_reference_is_in_an_order_of_its_own() -> None:
    goods = table("Goods", 500, id=Key())
    one, other = zip(
        *of(model_of(goods, people(500, a=ForeignKey(goods, unique=True), b=ForeignKey(goods, unique=True))), "people", "a", "b"),
        strict=True,
    )
    assert sum(a == b for a, b in zip(one, other, strict=True)) < 12
    assert sum(a == id for id, a in enumerate(one, 1)) < 12


def test_more_rows_than_there_are_to_refer_to_once_are_refused_before_anything_is_made() -> None:
    stores = table("Stores", Volume("stores"), id=Key(), manager_id=ForeignKey("People", unique=True))
    staff = people(Volume("people"))
    with refused("model shop: volume 'small': stores.manager_id: 6 rows must refer to different ones, and people has 5"):
        model_of(stores, staff, stores=6, people=5)
    model = model_of(stores, staff, stores=5, people=5)
    assert sorted(of(model, "stores", "manager_id")) == [1, 2, 3, 4, 5]
    with refused("stores.manager_id: 6 rows must refer to different ones, and people has 5"):
        colgen.build(model, settings={"stores": 6}).frame("stores")


def test_more_rows_than_can_be_counted_beforehand_are_refused_when_they_are_made() -> None:
    staff = people(FanOut(Shops, {1: 1, 3: 0.001}))
    stores = table("Stores", 20, id=Key(), manager_id=ForeignKey(staff, unique=True))
    with refused("model shop: volume 'small': stores.manager_id: 20 rows must refer to different ones, and people has 18"):
        model_of(Shops, staff, stores)
    staff = people(FanOut(Shops, Poisson(0.5)))
    stores = table("Stores", 20, id=Key(), manager_id=ForeignKey(staff, unique=True))
    with refused("stores.manager_id: 20 rows must refer to different ones, and people has"):
        rows_of(model_of(Shops, staff, stores), "stores")


def test_a_row_that_is_referred_to_twice_is_found(tmp_path: Path) -> None:
    model = model_of(Shops, people(6, shop_id=ForeignKey(Shops, unique=True)))
    again = "UPDATE people SET shop_id = (SELECT shop_id FROM people WHERE id = 1) WHERE id = 2"
    assert broken_by(model, tmp_path, "people", again) == ["people: shop_id is unique"]


@pytest.mark.parametrize("kind", ["reference", "number", "word", "code"])
def test_children_of_one_row_have_different_values(kind: str, tmp_path: Path) -> None:
    kinds: dict[str, Any] = {
        "reference": ForeignKey(Goods, distinct=True),
        "number": Integers(1, 5, distinct=True),
        "word": Category({"a": 90, "b": 5, "c": 3, "d": 1, "e": 1}, distinct=True),
        "code": Code("0", distinct=True),
    }
    kids = table("Kids", FanOut(Shops, Between(0, 5)), id=Key(), shop_id=ParentKey(Shops), x=kinds[kind])
    model = model_of(Shops, Goods, kids)
    for values in by_parent(of(model, "kids", "shop_id", "x")).values():
        assert len(set(values)) == len(values)
    assert broken(model, tmp_path) == []
    assert "kids: x comes once for each shop_id" in rules(model, tmp_path)
    assert is_the_same_in_blocks_of_any_size(model, "kids")


def test_a_value_that_comes_twice_for_one_parent_is_found(tmp_path: Path) -> None:
    kids = table("Kids", FanOut(Shops, 3), id=Key(), shop_id=ParentKey(Shops), good_id=ForeignKey(Goods, distinct=True))
    again = "UPDATE kids SET good_id = (SELECT good_id FROM kids WHERE id = 1) WHERE id = 2"
    assert broken_by(model_of(Shops, Goods, kids), tmp_path, "kids", again) == ["kids: good_id comes once for each shop_id"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (lambda: ForeignKey(Goods, distinct=True), "up to 6 rows for each of shops must refer to different ones, and goods has 5"),
        (lambda: Integers(1, 5, distinct=True), "6 rows for each of shops must differ, and there are 5 different values"),
        (
            lambda: Category({"a": 1, "b": 1, "c": 0}, distinct=True),
            "6 rows for each of shops must differ, and there are 2 different values",
        ),
        (lambda: Code("-", distinct=True), "6 rows for each of shops must differ, and there are 1 different values"),
    ],
)
def test_more_children_than_there_are_different_values_are_refused(kind: Any, words: str) -> None:
    def kids(most: Any) -> Model:
        return model_of(Shops, Goods, table("Kids", FanOut(Shops, Between(0, most)), id=Key(), shop_id=ParentKey(Shops), x=kind()), most=1)

    with refused("model shop: volume 'small': kids.x: ", words):
        kids(6)
    with refused("kids.x: ", words):
        colgen.build(kids("most"), settings={"most": 6}).frame("kids")


@pytest.mark.parametrize(
    "kind", [lambda: ForeignKey(Goods, distinct=True), lambda: Integers(1, 5, distinct=True)], ids=["reference", "number"]
)
def test_where_only_the_rows_tell_how_many_children_there_are_too_many_are_refused_in_words(kind: Any) -> None:
    owners = table("Owners", 3, id=Key(), size=FixedValues(2, 6, 1))
    kids = table("Kids", FanOut(owners, "size"), id=Key(), owner_id=ParentKey(owners), x=kind())
    with refused("kids.x", "6", "5") as error:
        rows_of(model_of(owners, Goods, kids), "kids")
    assert "ValueError" not in str(error.value)


def test_what_is_different_for_each_parent_needs_a_parent() -> None:
    with refused("people.x: distinct=True is about the rows of one parent, but the table is not fanned out"):
        people(x=Integers(1, 9, distinct=True))


@pytest.mark.parametrize(
    "kind", [lambda: Flag(0.5, distinct=True), lambda: ForeignKey(Shops, unique=True, distinct=True)], ids=["flag", "both"]
)
def test_a_kind_that_cannot_promise_it_is_refused(kind: Any) -> None:
    with refused("distinct"):
        kind()


@pytest.mark.parametrize("kind", [Key, Uuids], ids=["key", "uuid"])
def test_what_is_unique_is_different_for_each_parent_too(kind: Any) -> None:
    kind(distinct=True)


@pytest.mark.parametrize("popularity", [None, Popularity()], ids=["even", "popular"])
def test_children_that_are_different_exist_by_the_day_of_their_parent(popularity: Popularity | None, tmp_path: Path) -> None:
    goods = table("Goods", 60, id=Key(), made_at=CreatedAt(History(share_before=0.5)))
    baskets = table("Baskets", 200, id=Key(), day=column(Date)(lambda draw, period: period.start + draw.integers(0, 300)))
    lines = table(
        "Lines", FanOut(baskets, Between(0, 6)), id=Key(), basket_id=ParentKey(baskets), day=Lookup(baskets.day),
        good_id=ForeignKey(goods, existing_at="day", distinct=True, popularity=popularity),
    )  # fmt: skip
    model = model_of(goods, baskets, lines)
    assert broken(model, tmp_path) == []
    assert is_the_same_in_blocks_of_any_size(model, "lines")


def test_children_of_different_days_are_refused_or_different(tmp_path: Path) -> None:
    goods = table("Goods", 30, id=Key(), made_at=CreatedAt(History(share_before=0.2)))
    baskets = table("Baskets", 300, id=Key())
    try:
        lines = table(
            "Lines", FanOut(baskets, 4), id=Key(), basket_id=ParentKey(baskets),
            day=column(Date)(lambda draw, period: period.start + draw.integers(0, 300)), good_id=ForeignKey(goods, existing_at="day", distinct=True),
        )  # fmt: skip
    except colgen.ModelError:
        return
    assert broken(model_of(goods, baskets, lines), tmp_path) == []


def test_popular_and_different_rows_are_the_same_in_blocks_of_any_size_where_few_parents_have_children() -> None:
    goods = table("Goods", 5, id=Key())
    owners = table("Owners", 128 * 40, id=Key(), size=column(Integer)(lambda id: np.where(id % 128 == 1, 2, 0)))
    kids = table(
        "Kids",
        FanOut(owners, "size"),
        id=Key(),
        owner_id=ParentKey(owners),
        good_id=ForeignKey(goods, distinct=True, popularity=Popularity()),
    )
    model = model_of(goods, owners, kids)
    assert rows_of(model, "kids") == rows_of(model, "kids", block_cells=60)


# No rows to refer to

Nobody = table("Nobody", FanOut(Shops, 0), id=Key(), title=Code("AA"))


@pytest.mark.parametrize("options", [{}, {"popularity": Popularity()}, {"where": {"id": 1}}], ids=["even", "popular", "where"])
def test_where_there_are_no_rows_to_refer_to_it_is_refused_or_missing(options: dict[str, Any]) -> None:
    with refused("people.x: nobody has no rows to refer to; ask for more of them, or say nullable=True"):
        rows_of(model_of(Shops, Nobody, people(x=ForeignKey(Nobody, **options))), "people")
    model = model_of(Shops, Nobody, people(x=ForeignKey(Nobody, nullable=True, **options)))
    assert set(of(model, "people", "x")) == {None}


def test_what_is_looked_up_in_no_rows_is_missing() -> None:
    model = model_of(Shops, Nobody, people(x=ForeignKey(Nobody, nullable=True), title=Lookup(Nobody.title)))
    assert set(of(model, "people", "title")) == {None}


@pytest.mark.parametrize("options", [{"unique": True}, {"distinct": True}], ids=repr)
def test_where_there_are_no_rows_what_must_differ_may_be_missing_too(options: dict[str, Any]) -> None:
    kids = table("Kids", FanOut(Shops, 2), id=Key(), x=ForeignKey(Nobody, nullable=True, **options))
    assert set(of(model_of(Shops, Nobody, kids), "kids", "x")) == {None}


# How many children


@pytest.mark.parametrize(
    ("count", "shares"),
    [
        ({0: 60, 1: 30, 5: 10}, {0: 0.6, 1: 0.3, 5: 0.1}),
        ({7: 1, 2: 3, 4: 0}, {2: 0.75, 7: 0.25}),
        ({3: 1}, {3: 1.0}),
        ({0: 1}, {0: 1.0}),
    ],
    ids=repr,
)
def test_children_by_a_histogram_are_as_many_as_often_as_it_says(count: dict[int, float], shares: dict[int, float], tmp_path: Path) -> None:
    owners = table("Owners", 3000, id=Key())
    model = model_of(
        owners, table("Kids", FanOut(owners, count), {"key": ("owner_id", "place")}, owner_id=ParentKey(owners), place=Ordinal())
    )
    times = Counter(of(model, "kids", "owner_id"))
    numbers = Counter(times.get(owner, 0) for owner in range(1, 3001))
    assert numbers.keys() == shares.keys()
    for number, share in shares.items():
        assert abs(numbers[number] - share * 3000) <= 5 * np.sqrt(3000 * share * (1 - share))
    assert broken(model, tmp_path) == []
    ends = f"{min(shares)} to {max(shares)}" if len(shares) > 1 else f"{min(shares)}"
    assert f"kids: {ends} of them for each of owners" in rules(model, tmp_path)


@pytest.mark.parametrize(("count", "mean"), [(Poisson(3), 3.0), (Normal(5, 0.1), 4.5), (Empirical([1, 2.9]), 1.5)], ids=repr)
def test_children_by_a_distribution_are_as_many_as_it_draws_rounded_down(count: Any, mean: float, tmp_path: Path) -> None:
    owners = table("Owners", 2000, id=Key())
    model = model_of(owners, table("Kids", FanOut(owners, count), id=Key(), owner_id=ParentKey(owners)))
    found = len(of(model, "kids", "id"))
    assert abs(found - mean * 2000) < 5 * np.sqrt(3 * 2000)
    assert broken(model, tmp_path) == []
    assert is_the_same_in_blocks_of_any_size(
        model_of(Shops, table("Kids", FanOut(Shops, count), id=Key(), shop_id=ParentKey(Shops))), "kids"
    )


def test_more_children_than_the_histogram_knows_are_found(tmp_path: Path) -> None:
    owners = table("Owners", 50, id=Key())
    model = model_of(owners, table("Kids", FanOut(owners, {0: 1, 2: 1}), owner_id=ParentKey(owners)))
    moved = "UPDATE kids SET owner_id = (SELECT max(owner_id) FROM kids) WHERE owner_id = (SELECT min(owner_id) FROM kids)"
    assert broken_by(model, tmp_path, "kids", moved) == ["kids: 0 to 2 of them for each of owners"]


@pytest.mark.parametrize(
    "count", [{}, {0: 0}, {-1: 1}, {1.5: 1}, {"a": 1}, {True: 1}, {1: -1}, {1: "a"}, {10**11: 1}, Poisson, "no", 1.5, None], ids=repr
)
def test_what_is_no_number_of_children_is_refused(count: Any) -> None:
    with refused(r"FanOut\(Shops"):
        FanOut(Shops, count)


def test_a_distribution_that_gives_less_than_nothing_is_refused() -> None:
    with refused("says how many rows of kids there are, and must not be negative"):
        rows_of(model_of(Shops, table("Kids", FanOut(Shops, Normal(-9, 1)), id=Key())), "kids")


class Odd:
    """A distribution of a user's own that gives what is no number of rows."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def sample(self, draw: Any) -> Any:
        return self.values(draw.count)


@pytest.mark.parametrize(
    "values",
    [lambda count: [1] * count, lambda count: np.full(count, "a"), lambda count: np.ones(1), lambda count: np.full(count, np.inf)],
    ids=["a list", "texts", "one", "without end"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_distribution_that_gives_no_numbers_of_rows_is_refused_in_words(values: Any) -> None:
    with refused("kids"):
        rows_of(model_of(Shops, table("Kids", FanOut(Shops, Odd(values)), id=Key())), "kids")


def test_a_distribution_that_fails_is_reported_with_the_table_whose_rows_it_counts() -> None:
    def fails(count: int) -> Any:
        raise ValueError("no such thing")

    with refused("Odd.* says how many rows of kids there are, and could not be drawn: ValueError: no such thing"):
        rows_of(model_of(Shops, table("Kids", FanOut(Shops, Odd(fails)), id=Key())), "kids")


# Pairs


def members(count: int, left: Any, right: Any, **columns: Any) -> Any:
    return table(
        "Members",
        Pairs(left, right, "members"),
        {"key": ("left_id", "right_id")},
        left_id=ForeignKey(left),
        right_id=ForeignKey(right),
        **columns,
    )


@law
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32), st.data())
def test_every_pair_of_rows_comes_once_at_most(left: int, right: int, seed: int, data: st.DataObject) -> None:
    one, other = table("Users", left, id=Key()), table("Groups", right, id=Key())
    count = data.draw(st.integers(1, left * right))
    pairs = of(model_of(one, other, members(count, one, other), members=count), "members", "left_id", "right_id", seed=seed)
    assert len(set(pairs)) == count
    assert set(pairs) <= {(a, b) for a in range(1, left + 1) for b in range(1, right + 1)}


@law
@given(st.integers(2, 12), st.integers(0, 2**32), st.data())
def test_no_row_is_paired_with_itself(rows: int, seed: int, data: st.DataObject) -> None:
    users = table("Users", rows, id=Key())
    count = data.draw(st.integers(1, rows * (rows - 1)))
    pairs = of(model_of(users, members(count, users, users), members=count), "members", "left_id", "right_id", seed=seed)
    assert len(set(pairs)) == count
    assert set(pairs) <= {(a, b) for a in range(1, rows + 1) for b in range(1, rows + 1) if a != b}


def test_every_pair_is_as_likely_as_any_other() -> None:
    users, groups = table("Users", 400, id=Key()), table("Groups", 300, id=Key())
    pairs = of(model_of(users, groups, members(20_000, users, groups), members=20_000), "members", "left_id", "right_id")
    assert fits([(left - 1) // 20 * 15 + (right - 1) // 20 for left, right in pairs], np.ones(300)) > LEAST


def test_pairs_are_proved_and_are_the_same_in_blocks_of_any_size(tmp_path: Path) -> None:
    users, groups = table("Users", 20, {"key": "code"}, code=Code("AA", unique=True)), table("Groups", 10, id=Key(start=100))
    model = model_of(users, groups, members(0, users, groups, since=Integers(1, 9)), members=120)
    assert broken(model, tmp_path) == []
    assert "members: left_id and right_id are unique together" in rules(model, tmp_path)
    assert is_the_same_in_blocks_of_any_size(model, "members")


def test_a_pair_that_comes_twice_is_found(tmp_path: Path) -> None:
    model = model_of(Shops, Goods, members(0, Shops, Goods), members=20)
    again = "UPDATE members SET left_id = one.left_id, right_id = one.right_id FROM (FROM members LIMIT 1) AS one WHERE rowid = 1"
    again = again.replace("rowid", "members.rowid")
    assert broken_by(model, tmp_path, "members", again) == ["members: left_id and right_id are unique together"]


@pytest.mark.parametrize(("same", "there"), [(False, 30), (True, 30)])
def test_more_pairs_than_there_are_are_refused(same: bool, there: int) -> None:
    other = Shops if same else Goods
    tables = [Shops] if same else [Shops, Goods]
    model = model_of(*tables, members(0, Shops, other), members=there)
    assert len(of(model, "members", "left_id")) == there
    with refused("model shop: volume 'small': members: 31 pairs must differ"):
        model_of(*tables, members(0, Shops, other), members=there + 1)
    with refused("members: 31 pairs", "must differ"):
        colgen.build(model, settings={"members": 31}).frame("members")
    with refused("members: 60 pairs", "must differ"):
        colgen.build(model, scale=2).frame("members")


def test_how_many_pairs_of_one_table_there_are_is_counted_without_those_of_a_row_with_itself() -> None:
    with refused("31 pairs must differ", "30|6 × 5"):
        model_of(Shops, members(0, Shops, Shops), members=31)


def test_pairs_need_a_reference_to_each_table() -> None:
    with refused(r"table members has rows = Pairs\(…\), and no reference to goods; add one: goods_id = ForeignKey\(Goods\)"):
        model_of(Shops, Goods, table("Members", Pairs(Shops, Goods, "members"), left_id=ForeignKey(Shops)), members=5)
    with refused("no reference to shops"):
        model_of(Shops, table("Members", Pairs(Shops, Shops, "members"), left_id=ForeignKey(Shops)), members=5)


@pytest.mark.parametrize("given_", [(1, Shops), (Shops, "Goods"), (None, None)], ids=repr)
def test_pairs_are_of_tables(given_: tuple[Any, Any]) -> None:
    with refused("Pairs", "the first two arguments must be Table classes defined above this one"):
        Pairs(*given_, "members")


@pytest.mark.parametrize(
    "options",
    [
        *({"weights": (1, 2, 3, 4, 5, 6)}, {"where": {"kind": "a"}}, {"existing_at": "day"}),
        {},
    ],
    ids=["weights", "where", "existing_at", "computed"],
)
def test_a_reference_of_a_pair_is_refused_or_keeps_what_it_asks_for(options: dict[str, Any], tmp_path: Path) -> None:
    users = table("Users", 6, id=Key(), kind=Category(a=1, b=1), made_at=CreatedAt(History(share_before=0.5)))
    try:
        left = ForeignKey(users, **options) if options else column(ForeignKey(users))(lambda good_id: good_id * 0 + 1)
        day = column(Date)(lambda good_id, period: good_id * 0 + period.start)
        pairs = table(
            "Members", Pairs(users, Goods, "members"), {"key": ("left_id", "good_id")}, day=day, left_id=left, good_id=ForeignKey(Goods)
        )
        model = model_of(users, Goods, pairs, members=25)
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


def test_a_pair_within_a_family_is_refused() -> None:
    tenants = table("Tenants", 3, id=Key())
    users = table("Users", FanOut(tenants, 2), id=Key(), tenant_id=ParentKey(tenants))
    pairs = table("Members", Pairs(users, Goods, "members"), tenant_id=ForeignKey(tenants), left_id=ForeignKey(users, within=tenants), good_id=ForeignKey(Goods))  # fmt: skip
    with refused("members.left_id: every pair is as likely as another, so within cannot be given beside Pairs"):
        model_of(tenants, users, Goods, pairs, members=25)


# One of several tables

WORDS = {"Post": 70, "Photo": 30}
Posts = table("Posts", 40, id=Key())
Photos = table("Photos", 5, id=Key(start=100))


def comments(rows: Any = 200, /, words: Any = None, **options: Any) -> Any:
    return table(
        "Comments",
        rows,
        id=Key(),
        kind=Category(words or WORDS),
        subject_id=PolymorphicKey({"Post": Posts, "Photo": "Photos"}, by="kind", **options),
    )


def test_a_word_says_of_which_table_a_row_is_referred_to(tmp_path: Path) -> None:
    model = model_of(Posts, Photos, comments())
    found = by_parent(of(model, "comments", "kind", "subject_id"))
    assert set(found["Post"]) <= {*range(1, 41)}
    assert set(found["Photo"]) == {*range(100, 105)}
    assert broken(model, tmp_path) == []
    assert {"comments: subject_id is in posts where kind is Post", "comments: subject_id is in photos where kind is Photo"} <= rules(
        model, tmp_path
    )
    assert is_the_same_in_blocks_of_any_size(model, "comments")


def test_every_row_of_its_table_is_as_likely() -> None:
    found = by_parent(of(model_of(Posts, Photos, comments(20_000)), "comments", "kind", "subject_id"))
    assert fits([number - 1 for number in found["Post"]], np.ones(40)) > LEAST
    assert fits([number - 100 for number in found["Photo"]], np.ones(5)) > LEAST


def test_a_row_of_another_table_is_found(tmp_path: Path) -> None:
    model = model_of(Posts, Photos, comments())
    moved = "UPDATE comments SET kind = 'Photo' WHERE id = (SELECT min(id) FROM comments WHERE kind = 'Post')"
    assert broken_by(model, tmp_path, "comments", moved) == ["comments: subject_id is in photos where kind is Photo"]


def test_where_the_word_is_missing_so_is_the_row(tmp_path: Path) -> None:
    notes = table(
        "Notes", 200, id=Key(), kind=Category(WORDS, nullable=0.4), subject_id=PolymorphicKey({"Post": Posts, "Photo": Photos}, by="kind")
    )
    model = model_of(Posts, Photos, notes)
    found = of(model, "notes", "kind", "subject_id")
    assert all((kind is None) == (subject is None) for kind, subject in found)
    assert any(kind is None for kind, _ in found)
    assert broken(model, tmp_path) == []


def test_keys_of_one_kind_may_be_uuids_or_texts(tmp_path: Path) -> None:
    one, other = table("Posts", 40, {"key": "token"}, token=Uuids()), table("Photos", 5, {"key": "token"}, token=Uuids())
    notes = table("Notes", 60, id=Key(), kind=Category(WORDS), subject=PolymorphicKey({"Post": one, "Photo": other}, by="kind"))
    model = model_of(one, other, notes)
    assert broken(model, tmp_path) == []
    assert model.table("notes").sql_types["subject"] == "UUID"
    assert is_the_same_in_blocks_of_any_size(model, "notes")


def test_a_parent_without_children_refers_to_nothing() -> None:
    one, other = table("Posts", 40, {"key": "token"}, token=Uuids()), table("Photos", 5, {"key": "token"}, token=Uuids())
    notes = table(
        "Notes", FanOut(Shops, 0), id=Key(), kind=Category(WORDS), subject=PolymorphicKey({"Post": one, "Photo": other}, by="kind")
    )
    model = model_of(Shops, one, other, notes)
    assert rows_of(model, "notes") == []
    assert len(colgen.build(model).head("notes")) == 0


def test_keys_of_two_kinds_are_written_as_text_if_that_is_asked_for(tmp_path: Path) -> None:
    other = table("Photos", 5, {"key": "token"}, token=Uuids())
    with refused(
        "comments.subject_id: posts.id is bigint, photos.token is uuid: one column cannot hold both; write them as text, with type=String"
    ):
        model_of(Posts, other, comments())
    model = model_of(Posts, other, comments(type=String))
    assert broken(model, tmp_path) == []
    found = by_parent(of(model, "comments", "kind", "subject_id"))
    assert set(map(len, found["Photo"])) == {36}
    assert set(map(int, found["Post"])) <= {*range(1, 41)}


@pytest.mark.parametrize(
    ("references", "by", "words"),
    [
        ({"Post": Posts}, "kind", ("notes.x: kind may be 'Photo', and no table is given for it",)),
        (
            {"Post": Posts, "Photo": Photos, "Page": Posts},
            "kind",
            ("notes.x: 'Page' is not one of the words of kind", "available: Post, Photo"),
        ),
        ({"Post": Posts, "Foto": Photos}, "kind", ("notes.x: 'Foto' is not one of the words of kind; did you mean 'Photo'",)),
        ({"Post": Posts, "Photo": Photos}, "id", ("notes.x: by='id' must name a column of words",)),
        ({"Post": Posts, "Photo": Photos}, "kin", ("notes.x needs 'kin', which is not a column of notes; did you mean 'kind'",)),
        ({"Post": Posts, "Photo": "Foto"}, "kind", ("notes.x: 'Foto' is not a table of the model",)),
        ({"Post": Posts, "Photo": Goods}, "kind", ("notes.x refers to goods, which is not among the tables of the model",)),
        ({}, "kind", ("PolymorphicKey: give a table for each word",)),
        ([Posts], "kind", ("PolymorphicKey: references must have names and what each stands for",)),
        ({"Post": Posts, "Photo": 5}, "kind", ("5 is not a table",)),
    ],
)
def test_each_word_has_a_table(references: Any, by: str, words: tuple[str, ...]) -> None:
    with refused(*words):
        model_of(Posts, Photos, table("Notes", 5, id=Key(), kind=Category(WORDS), x=PolymorphicKey(references, by=by)))


def test_a_table_without_a_key_of_one_column_cannot_be_written() -> None:
    logs = table("Photos", 5, size=Integers(1, 2))
    with refused("comments.subject_id refers to photos, which has no key of one column"):
        model_of(Posts, logs, comments())


def test_a_table_without_rows_is_refused_only_where_a_word_asks_for_it() -> None:
    empty = table("Photos", FanOut(Shops, 0), id=Key())
    with refused("comments.subject_id: photos has no rows to refer to"):
        rows_of(model_of(Shops, Posts, empty, comments()), "comments")
    assert len(of(model_of(Shops, Posts, empty, comments(words={"Post": 1, "Photo": 0})), "comments", "subject_id")) == 200


@pytest.mark.parametrize("kind", ["", Integer, "text", int], ids=repr)
def test_it_is_written_as_the_keys_are_or_as_text(kind: Any) -> None:
    with refused("PolymorphicKey: type="):
        PolymorphicKey({"a": Posts}, by="kind", type=kind)


@pytest.mark.parametrize("which", ["kept", "branch"])
def test_only_rows_that_are_written_are_referred_to(which: str, tmp_path: Path) -> None:
    if which == "kept":
        photos = [table("Photos", 40, {"keep": "there"}, id=Key(), there=Flag(0.5))]
        name = "photos"
    else:

        class Pictures(Table):
            rows = Branches()
            id = Key()

        photos = [Pictures, *(type(word, (Pictures,), {"rows": 40}) for word in ("Drawings", "Photos"))]
        name = "pictures"
    try:
        model = model_of(Posts, *photos, comments())
    except colgen.ModelError:
        return
    found = by_parent(of(model, "comments", "kind", "subject_id"))["Photo"]
    there = of(model, name, "id")
    assert set(found) <= set(there[40:] if which == "branch" else there)


@pytest.mark.parametrize("kind", [None, String], ids=["as they are", "as text"])
def test_keys_that_are_words_are_written_as_words(kind: Any, tmp_path: Path) -> None:
    one, other = (
        table(name, 3, {"key": "word"}, word=FixedValues(*words, unique=True)) for name, words in (("Posts", "abc"), ("Photos", "xyz"))
    )
    notes = table("Notes", 40, id=Key(), kind=Category(WORDS), x=PolymorphicKey({"Post": one, "Photo": other}, by="kind", type=kind))
    model = model_of(one, other, notes)
    assert broken(model, tmp_path) == []
    assert set(of(model, "notes", "x")) == set("abcxyz")


def test_anything_may_stand_where_the_word_is_missing() -> None:
    words = column(Categorical(["Post", "Photo"]), nullable=True)(lambda id: np.ma.array(np.where(id % 3, id % 2, 99), mask=id % 3 == 0))
    notes = table("Notes", 30, id=Key(), kind=words, x=PolymorphicKey({"Post": Posts, "Photo": Photos}, by="kind"))
    assert of(model_of(Posts, Photos, notes), "notes", "x").count(None) == 10


def test_rows_of_a_large_table_beside_a_small_one_are_the_same_in_blocks_of_any_size() -> None:
    large = table("Photos", 5_000_000, id=Key())
    assert is_the_same_in_blocks_of_any_size(model_of(Posts, large, comments(60)), "comments")


# Within a row further up


class Tenants(Table):
    rows = Volume("tenants")
    id = Key()
    owner_id = ForeignKey("Users", within="self")


class Users(Table):
    rows = FanOut(Tenants, Between(1, 4))
    id = Key(start=50)
    tenant_id = ParentKey(Tenants)
    friend_id = ForeignKey("self", within=Tenants, nullable=True)


class Projects(Table):
    rows = FanOut(Tenants, Between(0, 3))
    id = Key()
    tenant_id = ParentKey(Tenants)


class Tasks(Table):
    rows = FanOut(Projects, Between(0, 4))
    id = Key()
    project_id = ParentKey(Projects)
    tenant_id = Lookup(Projects.tenant_id)
    user_id = ForeignKey(Users, within=Tenants)
    watcher_id = ForeignKey(Users, within=Tenants, nullable=True, distinct=True)


class Bills(Table):
    rows = 60
    id = Key()
    tenant_id = ForeignKey(Tenants)
    user_id = ForeignKey(Users, within=Tenants)


HOSTED = model_of(Tenants, Users, Projects, Tasks, Bills, tenants=30)


def test_a_row_refers_to_one_of_its_own_family(tmp_path: Path) -> None:
    tenant = dict(of(HOSTED, "users", "id", "tenant_id"))
    assert all(tenant[owner] == id for id, owner in of(HOSTED, "tenants", "id", "owner_id"))
    for name in ("tasks", "bills"):
        assert all(tenant[user] == own for own, user in of(HOSTED, name, "tenant_id", "user_id"))
    for project, watchers in by_parent(of(HOSTED, "tasks", "project_id", "watcher_id")).items():
        there = [watcher for watcher in watchers if watcher is not None]
        assert len(set(there)) == len(there), project
    assert broken(HOSTED, tmp_path) == []
    assert {
        "tenants: owner_id belongs to the same row of tenants",
        "tasks: user_id belongs to the same row of tenants",
        "bills: user_id belongs to the same row of tenants",
    } <= rules(HOSTED, tmp_path)


def test_every_row_of_the_family_is_as_likely() -> None:
    tenants = table("Tenants", 5000, id=Key())
    users = table("Users", FanOut(tenants, 4), id=Key(), tenant_id=ParentKey(tenants), friend_id=ForeignKey("self", within=tenants))
    found = of(model_of(tenants, users), "users", "id", "friend_id")
    for place in range(4):
        others = [other for other in range(4) if other != place]
        assert fits([others.index((friend - 1) % 4) for id, friend in found if (id - 1) % 4 == place], np.ones(3)) > LEAST


@pytest.mark.parametrize("name", ["tenants", "users", "tasks", "bills"])
def test_what_is_within_a_family_is_the_same_in_blocks_of_any_size(name: str) -> None:
    assert is_the_same_in_blocks_of_any_size(HOSTED, name, seed=1)


def test_where_the_family_has_no_other_row_it_is_missing() -> None:
    family = by_parent(of(HOSTED, "users", "tenant_id", "friend_id"))
    assert any(len(friends) == 1 for friends in family.values())
    for friends in family.values():
        assert (None in friends) == (len(friends) == 1)


@pytest.mark.parametrize(
    ("name", "column_", "rule"),
    [
        ("tasks", "user_id", "user_id belongs to the same row of tenants"),
        ("bills", "user_id", "user_id belongs to the same row of tenants"),
        ("tenants", "owner_id", "owner_id belongs to the same row of tenants"),
    ],
)
def test_a_row_of_another_family_is_found(name: str, column_: str, rule: str, tmp_path: Path) -> None:
    other = f"UPDATE {name} SET {column_} = CASE WHEN {column_} = 50 THEN 100 ELSE 50 END WHERE id = 20"
    assert broken_by(HOSTED, tmp_path, name, other) == [f"{name}: {rule}"]


def test_a_family_that_may_have_no_row_is_refused_unless_it_may_be_missing() -> None:
    tenants = table("Tenants", 30, id=Key())
    users = table("Users", FanOut(tenants, Between("least", 2)), id=Key(), tenant_id=ParentKey(tenants))

    def bills(**options: Any) -> Any:
        return table("Bills", 60, id=Key(), tenant_id=ForeignKey(tenants), user_id=ForeignKey(users, within=tenants, **options))

    with refused("volume 'small': bills.user_id: a row of tenants may have 0 rows of users, and one is needed", "or say nullable=True"):
        model_of(tenants, users, bills(), least=0)
    model = model_of(tenants, users, bills(nullable=True), least=0)
    there = {tenant for _, tenant in of(model, "users", "id", "tenant_id")}
    assert all((user is None) == (tenant not in there) for tenant, user in of(model, "bills", "tenant_id", "user_id"))
    with refused("bills.user_id: a row of tenants may have 0 rows of users, and one is needed"):
        colgen.build(model_of(tenants, users, bills(), least=1), settings={"least": 0}).frame("bills")


def test_one_row_alone_is_too_few_for_a_reference_to_another_one() -> None:
    tenants = table("Tenants", 30, id=Key())
    with refused("users.friend_id: a row of tenants may have 1 rows of users, and one other is needed; fan out at least 2"):
        model_of(tenants, table("Users", FanOut(tenants, Between(1, 2)), id=Key(), friend_id=ForeignKey("self", within=tenants)))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": lambda: ForeignKey(Goods, within=Shops)}, ("things.x: within=Shops needs rows of goods that are fanned out from shops",)),
        (
            {"x": lambda: ForeignKey(Users, within=Tenants)},
            ("things is not fanned out from tenants, and has no references to it; one is needed",),
        ),
        (
            {"a": lambda: ForeignKey(Tenants), "b": lambda: ForeignKey(Tenants), "x": lambda: ForeignKey(Users, within=Tenants)},
            ("and has 2 references to it; one is needed to say which row is meant",),
        ),
        ({"x": lambda: ForeignKey(Users, within="Tenants")}, ("within='Tenants': name a Table class, or 'self' for the own table",)),
        ({"x": lambda: ForeignKey(Users, within=5)}, ("within must have names and what each stands for, such as",)),
    ],
)
def test_what_is_no_family_is_refused(columns: Any, words: tuple[str, ...]) -> None:
    with refused(*words):
        table("Things", 5, id=Key(), **{name: declare() for name, declare in columns.items()})


@pytest.mark.parametrize("options", [{"where": {"kind": "a"}}, {"unique": True}, {"existing_at": "day"}], ids=repr)
def test_what_a_reference_within_a_family_asks_for_is_kept_or_refused(options: dict[str, Any], tmp_path: Path) -> None:
    tenants = table("Tenants", 5, id=Key())
    made_at = CreatedAt(History(share_before=0.1))
    users = table("Users", FanOut(tenants, 4), id=Key(), tenant_id=ParentKey(tenants), kind=Category(a=1, b=1), made_at=made_at)
    first = column(Date)(lambda id, period: id * 0 + period.start + 1)
    try:
        user_id = ForeignKey(users, within=tenants, **options)
        tasks = table("Tasks", FanOut(tenants, 6), id=Key(), tenant_id=ParentKey(tenants), day=first, user_id=user_id)
        model = model_of(tenants, users, tasks)
    except colgen.ModelError:
        return
    assert broken(model, tmp_path) == []


def test_who_is_popular_in_a_family_is_referred_to_more_often_or_it_is_refused() -> None:
    tenants = table("Tenants", 5, id=Key())
    users = table("Users", FanOut(tenants, 20), id=Key(), tenant_id=ParentKey(tenants))
    try:
        user_id = ForeignKey(users, within=tenants, popularity=Popularity())
        model = model_of(tenants, users, table("Tasks", FanOut(tenants, 500), id=Key(), tenant_id=ParentKey(tenants), user_id=user_id))
    except colgen.ModelError:
        return
    times = Counter(of(model, "tasks", "user_id"))
    assert sum(sorted(times.values())[-20:]) > 0.5 * times.total()


def test_too_few_different_rows_of_a_family_are_refused_in_words() -> None:
    with refused("users.friend_id") as error:
        tenants = table("Tenants", 5, id=Key())
        users = table("Users", FanOut(tenants, 4), id=Key(), friend_id=ForeignKey("self", within=tenants, distinct=True))
        rows_of(model_of(tenants, users), "users")
    assert "ValueError" not in str(error.value)


def test_children_cannot_all_refer_to_different_ones_of_themselves() -> None:
    tenants = table("Tenants", 50, id=Key())
    with refused("users.friend_id: within=Tenants: distinct=True", "cannot be kept"):
        table("Users", FanOut(tenants, 4), id=Key(), friend_id=ForeignKey("self", within=tenants, distinct=True, nullable=True))


def test_where_the_row_further_up_is_missing_so_is_the_row_of_its_family() -> None:
    bills = table(
        "Bills", 60, id=Key(), tenant_id=ForeignKey(Tenants, nullable=0.5), user_id=ForeignKey(Users, within=Tenants, nullable=True)
    )
    for tenant, user in of(model_of(Tenants, Users, bills, tenants=30), "bills", "tenant_id", "user_id"):
        assert tenant is not None or user is None


def test_anything_may_stand_where_the_row_further_up_is_missing() -> None:
    tenant_id = column(ForeignKey(Tenants), nullable=True)(lambda id: np.ma.array(np.where(id % 2, 1, 999), mask=id % 2 == 0))
    bills = table("Bills", 20, id=Key(), tenant_id=tenant_id, user_id=ForeignKey(Users, within=Tenants, nullable=True))
    assert of(model_of(Tenants, Users, bills, tenants=30), "bills", "user_id").count(None) == 10


# Together


Visits = table(
    "Visits", 80, id=Key(), made_at=CreatedAt(History()), token=Uuids(version=7, at="made_at"), code=Code("AA\\A-000", type=Varchar(9), unique=True),
    above_id=Tree(3), depth=Level("above_id"), state=Stages("made_at", paid=Stage(0.8, days=Exponential(20)), done=Stage(0.5, days=3)),
    paid_at=Reached("state", "paid"), last_at=Reached("state"), gone_at=Later("made_at", days=Exponential(400), open=True),
    size=Integers(1, 9, nullable=0.3), note=Text("{code}", when={"state": ("paid", "done")}), friend_id=ForeignKey("self", nullable=0.5),
)  # fmt: skip
Meetings = members(0, Visits, Goods)
EVERY_KIND = model_of(Goods, Visits, Meetings, Posts, Photos, comments(), members=60)


def test_duckdb_takes_every_kind(tmp_path: Path) -> None:
    file = tmp_path / "place" / "sales.duckdb"
    into_duckdb(file, model=EVERY_KIND, constraints=True, check=True)
    found = ask(file, "SELECT constraint_type, constraint_column_names FROM duckdb_constraints() WHERE table_name IN ('visits', 'members')")
    assert {("PRIMARY KEY", "left_id, right_id"), ("UNIQUE", "code"), ("UNIQUE", "token")} <= {
        (kind, ", ".join(names)) for kind, names in found
    }


def test_postgres_takes_every_kind(server: str, database: Any, schema: str) -> None:
    colgen.build(EVERY_KIND, out=server, schema=schema, constraints=True, check=True)
    sql = (
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid IN (%s::regclass, %s::regclass) AND contype IN ('p', 'u', 'f')"
    )
    assert {one.replace(f"{schema}.", "") for (one,) in database.execute(sql, (f"{schema}.visits", f"{schema}.members")).fetchall()} == {
        "PRIMARY KEY (id)",
        "UNIQUE (token)",
        "UNIQUE (code)",
        "FOREIGN KEY (above_id) REFERENCES visits(id)",
        "FOREIGN KEY (friend_id) REFERENCES visits(id)",
        "PRIMARY KEY (left_id, right_id)",
        "FOREIGN KEY (left_id) REFERENCES visits(id)",
        "FOREIGN KEY (right_id) REFERENCES goods(id)",
    }


def test_all_of_it_is_the_same_from_one_worker_and_from_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users, groups = table("Users_", 60, id=Key()), table("Groups", 30, id=Key())
    some = model_of(users, groups, members(0, users, groups), members=500)
    for model in (COMPANY, HOSTED, model_of(Posts, Photos, comments()), some):
        assert is_the_same_from_one_worker_and_from_two(model, tmp_path, monkeypatch)


def test_rows_of_a_large_table_that_is_made_in_pieces_are_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    tenants, goods = table("Tenants", 60, id=Key()), table("Goods", 50, id=Key())
    kids = table(
        "Kids", FanOut(tenants, {0: 1, 5: 2, 40: 1}), id=Key(), tenant_id=ParentKey(tenants), good_id=ForeignKey(goods, distinct=True),
        liked_id=ForeignKey(goods, distinct=True, popularity=Popularity()), word=Category({str(i): i + 1 for i in range(50)}, distinct=True),
        friend_id=ForeignKey("self", within=tenants, nullable=0.2), any_id=ForeignKey("self"), label=Text("{good_id}-{id}", when={"word": "7"}),
        kind=Category(WORDS), subject_id=PolymorphicKey({"Post": tenants, "Photo": goods}, by="kind"),
    )  # fmt: skip
    model = model_of(tenants, goods, kids)
    whole = rows_of(model, "kids")
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 100)
    assert rows_of(model, "kids") == whole


@thorough
def test_four_hundred_thousand_rows_are_what_they_are_in_pieces_and_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tenants, goods = table("Tenants", 20_000, id=Key()), table("Goods", 1000, id=Key(start=10))
    kids = table(
        "Kids", FanOut(tenants, {0: 20, 5: 30, 40: 50}), {"key": ("tenant_id", "good_id")}, tenant_id=ParentKey(tenants), place=Ordinal(),
        good_id=ForeignKey(goods, distinct=True), liked_id=ForeignKey(goods, distinct=True, popularity=Popularity()), size=Integers(1, 60, distinct=True),
        code=Code("x" * 20, unique=True), some=Code("A0", distinct=True), token=Uuids(), number=Integers(1, 9, nullable=0.5),
        kind=Category(WORDS), subject_id=PolymorphicKey({"Post": tenants, "Photo": goods}, by="kind"), flag=Flag(0.5, when={"kind": "Post"}),
    )  # fmt: skip
    model = model_of(tenants, goods, kids)
    whole = colgen.build(model).table("kids")
    assert len(whole) > 2 * 196_608
    monkeypatch.setattr("colgen.generate.block.LEAF_ROWS", 1 << 40)
    assert colgen.build(model).table("kids").equals(whole)
    assert broken(model, tmp_path) == []
