"""Whatever a declaration is given, it is refused in words or makes data: no error of another library, and none while rows are made."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from typing import Any

import pytest

import colgen
from colgen import (
    Between,
    BigInteger,
    Burst,
    Calendar,
    CardNumber,
    Category,
    Chart,
    Choice,
    Code,
    Column,
    CompanyName,
    Count,
    CountryCode,
    CreatedAt,
    CurrencyCode,
    Daily,
    DailyCount,
    Dates,
    Day,
    DiscreteUniform,
    Draw,
    Drawn,
    Ean13,
    Email,
    Empirical,
    ExistingBy,
    Exponential,
    FanOut,
    FileName,
    First,
    FirstName,
    FixedValues,
    Flag,
    ForeignKey,
    FullName,
    History,
    Hostname,
    Iban,
    Integer,
    Integers,
    IpAddress,
    IsFirst,
    IsLast,
    JobTitle,
    Key,
    LastName,
    Later,
    Latitude,
    Level,
    LogNormal,
    Longitude,
    Lookup,
    MacAddress,
    MimeType,
    Model,
    Moment,
    Normal,
    Ordinal,
    Pairs,
    Paragraph,
    ParentKey,
    Period,
    Phone,
    Poisson,
    PolymorphicKey,
    Popularity,
    Price,
    RandomBytes,
    Rank,
    RankWithin,
    Rating,
    Reached,
    Report,
    Rule,
    Running,
    Several,
    Shuffle,
    Slug,
    Stage,
    Stages,
    Stratum,
    StreetAddress,
    String,
    Struct,
    Sum,
    Table,
    Text,
    Times,
    Timestamp,
    Timestamps,
    Tree,
    Uniform,
    Url,
    UserAgent,
    Uuids,
    Vocabulary,
    Volume,
    Words,
    Zipf,
    column,
    key,
    read_reports,
    vocabulary,
)
from colgen.declare.column import Options
from tests.support import ODD, model_of, refusal


class Parents(Table):
    rows = 4
    id = Key()
    word = FixedValues("a", "b", "c", "d")
    size = FixedValues(1, 2, 0, 1)
    created_at = CreatedAt(History(), hidden=True)
    rank = Rank()
    kind = Stratum({"x": 1, "y": 1})


def with_column(value: Any) -> Model:
    """A model in which it is a column of a table that happens in time, of its children, and of a table of three rows."""
    models = [
        type("Things", (Table,), {"rows": 3, "id": Key(), "number": Integers(1, 3), "parent_id": ForeignKey(Parents), "odd": value}),
    ]
    return model_of(Parents, *models)


def with_child_column(value: Any) -> Model:
    things: Any = type("Things", (Table,), {"rows": FanOut(Parents, 3), "id": Key(), "number": Integers(1, 3), "odd": value})
    return model_of(Parents, things)


def with_parent_column(value: Any) -> Model:
    parents: Any = type("Owners", (Table,), {"rows": 3, "id": Key(), "odd": value})
    things: Any = type("Things", (Table,), {"rows": FanOut(parents, 2), "id": Key(), "number": Integers(1, 3)})
    return model_of(parents, things)


def with_key(value: Any) -> Model:
    """Its table has no other key, and another one refers to it."""
    things: Any = type("Things", (Table,), {"rows": 3, "odd": value})
    return model_of(things, type("Notes", (Table,), {"rows": 3, "id": Key(), "thing_id": ForeignKey(things)}))


def with_others(value: Any) -> Model:
    """A column of a table that has whatever others are made from: a moment, stages, a tree, a word for one of two tables."""
    others = {
        "at": column(Timestamp)(lambda id: id),
        "state": Stages("at", paid=Stage(days=1)),
        "above": Tree(2),
        "word": Category(a=1, b=1),
    }
    return model_of(Parents, type("Things", (Table,), {"rows": 3, "id": Key(), **others, "odd": value}))


def with_pairs(value: Any) -> Model:
    things: Any = type("Things", (Table,), {"left_id": ForeignKey(Parents), "right_id": ForeignKey(Parents)}, rows=value)
    return model_of(Parents, things, n=3)


def later(of: Any = "at", *, open: Any = False, **given: Any) -> Later:
    """One that takes three days, unless something else is said."""
    waits = {unit: given.pop(unit) for unit in ("days", "hours", "minutes", "seconds") if unit in given}
    return Later(of, **(waits or {"days": 3}), open=open, **given)


def with_rows(value: Any) -> Model:
    return model_of(Parents, type("Things", (Table,), {"id": Key()}, rows=value), n=3, **{"ten": 3})


def over_time(value: Any) -> Model:
    return model_of(type("Things", (Table,), {"id": Key(), "day": Day(), "odd": value}, rows=Volume("n", Calendar())), n=3)


def daily(value: Any) -> Model:
    return model_of(Parents, type("Things", (Table,), {"id": Key(), "day": Day(), "odd": value}, rows=Daily()), n=3)


def with_rank(value: Any) -> Model:
    return model_of(type("Things", (Table,), {"rows": 3, "id": Key(), "rank": Rank(), "kind": Stratum({"x": 1, "y": 2}), "odd": value}))


def with_calendar(value: Any) -> Model:
    return model_of(type("Things", (Table,), {"id": Key(), "day": Day()}, rows=Volume("n", value)), n=3)


def with_head(**head: Any) -> Model:
    return model_of(type("Things", (Table,), {"id": Key(), "there": Flag(0.5)}, **head))


def with_anything(**given: Any) -> Model:
    return Model(**{"name": "shop", "tables": [Parents], "volumes": {"small": {"n": 3}}, **given})


def through(value: Any) -> Model:
    return with_column(column(Parents.word.type)(eval("lambda word=value: word", {"value": value})))


def nothing(value: Any) -> None:
    """For what is no part of a table: it is enough that it can be declared."""


Use = Callable[[Any], Model | None]
DECLARATIONS: dict[str, tuple[Callable[..., Any], dict[str, Any], Use]] = {
    "Key": (Key, {}, with_key),
    "FixedValues": (
        lambda one=1, **options: FixedValues(one, 2, 3, **options),
        {"type": None, "unique": False, "hidden": False},
        with_column,
    ),
    "Drawn": (Drawn, {"distribution": Normal(5, 1)}, with_column),
    "Integers": (Integers, {"low": 1, "high": 5}, with_column),
    "Flag": (Flag, {"probability": 0.5}, with_column),
    "Category": (lambda weights=None, a=1, **options: Category(weights, a=a, **options), {}, with_column),
    "Code": (Code, {"pattern": "AA-00"}, with_column),
    "Uuids": (Uuids, {}, with_others),
    "Uuids of version 7": (Uuids, {"version": 7, "at": "at"}, with_others),
    "PolymorphicKey": (PolymorphicKey, {"references": {"a": Parents, "b": "things"}, "by": "word"}, with_others),
    "Tree": (Tree, {"levels": 2}, with_column),
    "Level": (Level, {"tree": "above"}, with_others),
    "Later": (later, {"days": 3, "hours": 3, "minutes": 3, "seconds": 3}, with_others),
    "Stages": (
        lambda since="at", first="new", hidden=False, name="", doc="", paid=Stage(days=1): Stages(
            since, first=first, hidden=hidden, name=name, doc=doc, paid=paid
        ),
        {},
        with_others,
    ),
    "Stage": (
        lambda share=0.5, **waits: Stage(share, **(waits or {"days": 1})),
        {"share": 0.5, "days": 1, "hours": 1, "minutes": 1, "seconds": 1},
        lambda value: with_others(Stages("at", paid=value)),
    ),
    "Reached": (Reached, {"stages": "state", "stage": "paid"}, with_others),
    **{
        kind.__name__: (kind, {}, with_column)
        for kind in (Dates, Timestamps, Times, Email, FullName, IpAddress, Phone, Slug, StreetAddress, Url, Words)
    },
    **{
        kind.__name__: (kind, {}, with_column)
        for kind in (CardNumber, CompanyName, CountryCode, CurrencyCode, Ean13, FileName, FirstName, Hostname, JobTitle, LastName)
    },
    **{kind.__name__: (kind, {}, with_column) for kind in (Latitude, Longitude, MacAddress, MimeType, Paragraph, Rating, UserAgent)},
    "Price": (Price, {"low": 1_00, "high": 9_00}, with_column),
    "Iban": (lambda country="DE", type=String, **options: Iban(country, type=type, **options), {}, with_column),
    "Pairs": (Pairs, {"left": Parents, "right": Parents, "name": "n"}, with_pairs),
    "Struct": (lambda part, **options: Struct(part, **options), {"part": {"number": "id"}}, with_column),
    "Several": (Several, {"of": ["a", "b"], "count": 1}, with_column),
    "RandomBytes": (RandomBytes, {"low": 4}, with_column),
    "Vocabulary": (Vocabulary, {"words": vocabulary.words("first_names", "name")}, with_column),
    "Text": (Text, {"template": "{id}"}, with_column),
    "Day": (Day, {}, over_time),
    "Moment": (Moment, {}, over_time),
    "CreatedAt": (CreatedAt, {}, with_column),
    "DailyCount": (DailyCount, {"mean": "n"}, daily),
    "Rank": (Rank, {}, with_rank),
    "Stratum": (Stratum, {"shares": {"x": 1, "y": 2}}, with_rank),
    "RankWithin": (RankWithin, {"stratum": "kind"}, with_rank),
    "ExistingBy": (ExistingBy, {"table": Parents, "at": "day"}, daily),
    "ForeignKey": (ForeignKey, {"references": Parents}, with_column),
    "Popularity": (Popularity, {}, lambda value: with_column(ForeignKey(Parents, popularity=value))),
    "ParentKey": (ParentKey, {"references": Parents}, with_child_column),
    "Ordinal": (Ordinal, {}, with_child_column),
    "IsFirst": (IsFirst, {}, with_child_column),
    "IsLast": (IsLast, {}, with_child_column),
    "Lookup": (Lookup, {"column": Parents.word}, with_column),
    "Sum": (Sum, {"child": "things.number"}, with_parent_column),
    "First": (First, {"table": "things"}, with_parent_column),
    "Count": (Count, {"table": "things"}, with_parent_column),
    "Running": (Running, {"column": "number"}, with_child_column),
    "column": (
        lambda type=Integer, function=lambda id: id, **options: column(type, **options)(function),
        {"type": BigInteger},
        with_column,
    ),
    "via": (lambda foreign_key="parent_id": Parents.word.via(foreign_key), {}, through),
    "Volume": (Volume, {"name": "n"}, with_rows),
    "Daily": (Daily, {}, with_rows),
    "FanOut": (FanOut, {"parent": Parents, "count": 2}, with_rows),
    "Between": (Between, {"low": 0, "high": 3}, lambda value: with_rows(FanOut(Parents, value))),
    "rows": (lambda rows=3: rows, {}, with_rows),
    "attribute": (lambda value=Key(): value, {}, with_column),
    "head of a table": (
        with_head,
        {"name": None, "rows": 3, "hidden": False, "keep": None, "key": "id", "unique": [], "schema": ""},
        lambda model: model,
    ),
    "Calendar": (Calendar, {}, with_calendar),
    "Burst": (Burst, {"first": 1, "days": 2, "times": 3}, lambda value: with_calendar(Calendar(bursts=[value]))),
    "History": (History, {}, lambda value: with_column(CreatedAt(value))),
    "Period": (Period, {"first": datetime.date(2024, 1, 1), "last": datetime.date(2024, 1, 2)}, nothing),
    "Rule": (Rule, {"table": Parents, "description": "a rule", "sql": "id > 0"}, lambda value: with_anything(rules=[value])),
    "Report": (Report, {"name": "r", "description": "d", "sql": "SELECT 1"}, lambda value: with_anything(reports=[value])),
    "Chart": (Chart, {"title": "t", "description": "d", "kind": "bar", "sql": "SELECT 1, 2"}, lambda value: with_anything(charts=[value])),
    "read_reports": (read_reports, {"folder": "."}, nothing),
    "Model": (with_anything, dict.fromkeys(inspect.signature(Model).parameters), lambda model: model),
}
ONE_AT_A_TIME = ("Later", "Stage")
"""Of whose arguments the odd one is given alone."""


def parameters(declare: Callable[..., Any], given: dict[str, Any]) -> list[str]:
    """What it can be given, every option of a column included where it takes those."""
    named = inspect.signature(declare).parameters
    words = dict.fromkeys([*given, *named, *(Options.__annotations__ if "options" in named or declare is later else ())])
    return [word for word in words if word not in ("options", "given", "head", "waits")]


PARAMETERS = [(name, word) for name, (declare, given, _) in DECLARATIONS.items() for word in parameters(declare, given)]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=["-".join(pair) for pair in PARAMETERS])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_odd_argument_is_refused_in_words_or_makes_data(name: str, parameter: str) -> None:
    declare, given, use = DECLARATIONS[name]
    given = {} if name in ("Model", *ONE_AT_A_TIME) else given
    for value in ODD:
        said = refusal(lambda: made(use(declare(**{**given, parameter: value}))))  # noqa: B023 -- called at once
        assert "could not be computed" not in said, value
        assert len(said) < 1_000, value


def made(model: Model | None) -> None:
    """Makes all of its rows."""
    for table in model.written if model is not None else ():
        colgen.build(model).table(table.name).validate(full=True)


def test_every_kind_of_column_is_tried() -> None:
    exported = {word for word in colgen.__all__ if isinstance(value := getattr(colgen, word), type) and issubclass(value, Column)}
    assert exported - DECLARATIONS.keys() == {"Column"}


DISTRIBUTIONS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "DiscreteUniform": (DiscreteUniform, {"low": 1, "high": 2}),
    "Uniform": (Uniform, {}),
    "Choice": (Choice, {"weights": (1, 2)}),
    "Normal": (Normal, {}),
    "LogNormal": (LogNormal, {}),
    "Exponential": (Exponential, {}),
    "Poisson": (Poisson, {"mean": 3}),
    "Empirical": (Empirical, {"values": [1, 2]}),
    "Zipf": (Zipf, {"exponent": 1.0, "n": 5}),
    "for_share": (Zipf.for_share, {"n": 5}),
    "Shuffle": (Shuffle, {"n": 5}),
}
PARAMETERS_OF_DISTRIBUTIONS = [(name, word) for name, (kind, _) in DISTRIBUTIONS.items() for word in inspect.signature(kind).parameters]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS_OF_DISTRIBUTIONS, ids=["-".join(pair) for pair in PARAMETERS_OF_DISTRIBUTIONS])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_odd_argument_of_a_distribution_is_refused_in_words_or_is_drawn(name: str, parameter: str) -> None:
    kind, given = DISTRIBUTIONS[name]
    for value in ODD:
        said = refusal(lambda: Draw(key("odd"), count=100)(kind(**{**given, parameter: value})), ValueError)  # noqa: B023 -- called at once
        assert not said or any(word in said for word in (name, "weights must be", "top =")), value
