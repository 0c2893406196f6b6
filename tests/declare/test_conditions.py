"""What a build is made under: a model's own rates, shares and calendar, or a scenario's; and the period that a model begins on."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import colgen
from colgen import (
    Burst,
    Calendar,
    Conditions,
    Daily,
    Day,
    FanOut,
    Integer,
    Key,
    Lookup,
    Model,
    ModelError,
    ParentKey,
    RequestError,
    Rule,
    Scenario,
    String,
    Table,
    Volume,
    column,
)
from colgen.generate.spec import Spec
from colgen.targets import manifest
from tests import support


class Days(Table, hidden=True):
    """A day, and how many parcels are sent on it."""

    rows = Daily(1, grows=("parcels_per_day",))
    id = Key()
    day = Day()

    @column(Integer)
    def sent(day, period, volume, scenario):
        """As many as the calendar has it."""
        return np.rint(volume["parcels_per_day"] * scenario.calendar.factor(day.astype(np.int64), period)).astype(np.int64)


class Parcels(Table):
    """What is sent."""

    rows = FanOut(Days, "sent")
    id = Key()
    day_id = ParentKey(Days)
    day = Lookup(Days.day)

    @column(colgen.Boolean)
    def lost(draw, scenario):
        """As often as the rate says."""
        return draw.chance(scenario.rates["lost"])

    @column(colgen.Boolean)
    def box(draw, scenario):
        """A box rather than a letter."""
        return draw.chance(scenario.shares["size"]["box"])


class Sheets(Table):
    """All that a column function can know of the scenario, in words."""

    rows = 1
    id = Key()

    @column(String)
    def said(scenario):
        """As JSON."""
        known = [scenario.name, scenario.rates, scenario.shares, scenario.anomaly_rate, scenario.anomaly_mix]
        quiet = [[one.first, one.days, one.times] for one in scenario.outages]
        return pa.array([json.dumps([*known, scenario.calendar.growth, scenario.calendar.country, quiet])])


def post(**more: Any) -> Model:
    settings: dict[str, Any] = dict(
        tables=(Days, Parcels, Sheets),
        volumes={"small": {"parcels_per_day": 10, "days": 20}, "large": {"parcels_per_day": 400, "days": 30}},
        rates={"lost": 0.1, "late": 0.2},
        shares={"size": {"letter": 0.75, "box": 0.25}},
        anomalies={"torn": 0.5, "wet": 0.5},
        calendar=Calendar(weekday=(1, 1, 1, 1, 1, 0, 0), country="EG", holiday=0.5, growth=0.1),
        rules=[Rule(Parcels, "not all are lost", "(SELECT avg(lost::INT) FROM parcels) < $lost + 0.1")],
    )
    return Model("post", **{**settings, **more})


POST = post()
STRIKE = """
name: strike
extends: calm.yaml
multiply: {parcels_per_day: 0.5}
models:
  post:
    rates: {lost: 0.6}
    shares: {size: {letter: 0.1, box: 0.9}}
    time:
      bursts: [{from: 3, days: 2, times: 5}]
      outages: [{from: 5, days: 1}]
"""
CALM = "name: calm\nanomaly_rate: 0.25\nmodels: {post: {anomaly_mix: {torn: 1}, time: {growth: 0}}}\n"


@pytest.fixture
def strike(tmp_path: Path) -> Path:
    (tmp_path / "calm.yaml").write_text(CALM)
    (tmp_path / "strike.yaml").write_text(STRIKE)
    return tmp_path / "strike.yaml"


def said(model: Model, **request: Any) -> list[Any]:
    (text,) = colgen.build(model, **request).frame("sheets")["said"]
    return json.loads(text)


def per_day(model: Model, **request: Any) -> list[int]:
    """Parcels of each day of the period."""
    data = colgen.build(model, **request)
    counts = np.bincount(data.frame("parcels")["day_id"].to_numpy(), minlength=data.spec.period.days + 1)
    return counts[1:].tolist()


# What a column function is given


def test_without_a_scenario_a_column_is_given_the_models_own() -> None:
    own = ["", {"lost": 0.1, "late": 0.2}, {"size": {"letter": 0.75, "box": 0.25}}, 0.0, {"torn": 0.5, "wet": 0.5}, 0.1, "EG", []]
    assert said(POST) == own


def test_under_a_scenario_a_column_is_given_what_that_comes_to(strike: Path) -> None:
    changed = {"lost": 0.6, "late": 0.2}, {"size": {"letter": 0.1, "box": 0.9}}, 0.25, {"torn": 1.0, "wet": 0.0}
    assert said(POST, scenario=strike) == ["strike", *changed, 0.0, "EG", [[5, 1, 0.0]]]


def test_rates_and_shares_are_those_of_the_scenario(strike: Path) -> None:
    for scenario, lost, box in ((None, 0.1, 0.25), (strike, 0.6, 0.9)):
        parcels = colgen.build(POST, volume="large", scenario=scenario).frame("parcels")
        assert parcels["lost"].mean() == pytest.approx(lost, abs=0.03)
        assert parcels["box"].mean() == pytest.approx(box, abs=0.03)


def test_the_calendar_is_the_models_without_a_scenario() -> None:
    monday = {"first_day": "2023-07-10", "settings": {"days": 14}}
    assert per_day(POST, **monday)[:7] == [14, 14, 14, 14, 14, 0, 0]


def test_the_calendar_is_the_scenarios_under_one(strike: Path) -> None:
    monday = {"first_day": "2023-07-10", "settings": {"days": 7}}
    assert per_day(POST, scenario=strike, **monday) == [7, 7, 35, 35, 7, 0, 0]


def test_what_a_scenario_leaves_alone_is_the_same_to_the_last_value(strike: Path) -> None:
    """Another rate asks the same draws another question: who was lost before is lost still."""
    more = Scenario(name="more").derive("more", models={"post": {"rates": {"lost": 0.5}}})
    before, after = (colgen.build(POST, volume="large", scenario=one).frame("parcels") for one in (None, more))
    assert before.drop("lost").equals(after.drop("lost"))
    assert (after["lost"] | ~before["lost"]).all()
    assert after["lost"].sum() > before["lost"].sum()


def test_a_rule_may_name_a_rate_of_the_scenario(strike: Path, tmp_path: Path) -> None:
    colgen.build(POST, volume="large", scenario=strike, out=tmp_path / "data", check=True)
    wrong = post(rules=[Rule(Parcels, "no more than usual", "(SELECT avg(lost::INT) FROM parcels) < 0.2")])
    assert [one.rule for one in colgen.check(tmp_path / "data", model=wrong) if not one.holds] == ["no more than usual"]


def test_a_rate_that_the_model_does_not_have_names_the_column() -> None:
    class Letters(Table):
        rows = 3
        id = Key()
        lost = column(colgen.Boolean)(lambda draw, scenario: draw.chance(scenario.rates["lots"]))

    with pytest.raises(ModelError, match=r"letters\.lost could not be computed: KeyError: 'lots'"):
        colgen.build(post(tables=(Letters,), rules=())).frame("letters")


def test_a_model_alone_has_conditions_of_its_own() -> None:
    own = Model("bare", tables=(Sheets,), volumes={"small": {}}).conditions
    assert (own.rates, own.shares, own.anomaly_rate, own.calendar, own.outages) == ({}, {}, 0.0, Calendar(), ())


# Which scenario


def test_a_scenario_may_be_a_name_a_path_or_one_that_is_loaded(strike: Path) -> None:
    loaded = Scenario.read(strike, POST)
    assert Spec.of(POST, scenario=strike) == Spec.of(POST, scenario=str(strike)) == Spec.of(POST, scenario=loaded)
    assert Spec.of(POST, scenario="peak-season").scenario == Scenario.read("peak-season", POST)
    assert Spec.of(POST).scenario is None


def test_an_unknown_scenario_is_a_wrong_request() -> None:
    with pytest.raises(RequestError, match="no scenario 'peak-saison'; did you mean 'peak-season'"):
        Spec.of(POST, scenario="peak-saison")
    with pytest.raises(RequestError, match=r"gone\.yaml"):
        Spec.of(POST, scenario="gone.yaml")


def test_a_model_may_have_a_scenario_unless_another_is_named(strike: Path) -> None:
    model = post(default_scenario="normal-ops")
    assert said(model)[0] == "normal-ops"
    assert said(model, scenario=strike)[0] == "strike"
    assert said(model, scenario="peak-season")[0] == "peak-season"


def test_a_scenario_for_a_name_that_the_model_does_not_have_is_refused() -> None:
    wrong = Scenario(name="wrong").derive("wrong", models={"post": {"rates": {"lots": 0.5}}})
    with pytest.raises(RequestError, match="model post has no rate 'lots'; did you mean 'lost'"):
        Spec.of(POST, scenario=wrong)


# Settings


def test_a_scenario_goes_over_the_volume_scale_over_that_and_set_over_all(strike: Path) -> None:
    def parcels(**request: Any) -> int:
        return Spec.of(POST, **request).settings["parcels_per_day"]

    given = Scenario(name="given", settings={"parcels_per_day": 7})
    assert parcels() == 10
    assert parcels(scenario=strike) == 5
    assert parcels(scenario=given) == parcels(scenario=given, volume="large") == 7
    assert parcels(volume="large", scenario=strike) == 200
    assert parcels(scenario=strike, scale=4) == 20
    assert parcels(scenario=given, scale=4) == 28
    assert parcels(scenario=given, scale=4, settings={"parcels_per_day": 3}) == 3


def test_a_scenario_may_say_how_many_days_there_are() -> None:
    long = Scenario(name="long", settings={"days": 40})
    spec = Spec.of(POST, scenario=long, last_day="2024-12-31")
    assert (str(spec.first_day), spec.settings["days"]) == ("2024-11-22", 40)
    assert Spec.of(POST, scenario=long, scale=3).settings["days"] == 40
    assert Spec.of(POST, scenario=long, settings={"days": 2}).settings["days"] == 2


# The manifest


def test_the_manifest_holds_the_whole_scenario_and_rebuilds_the_data_without_its_file(strike: Path, tmp_path: Path) -> None:
    colgen.build(POST, scenario=strike, seed=7, out=tmp_path / "data")
    for file in tmp_path.glob("*.yaml"):
        file.unlink()
    found = manifest.read(tmp_path / "data")
    assert found.spec.scenario is not None
    assert (found.spec.scenario.name, found.spec.scenario.anomaly_rate) == ("strike", 0.25)
    assert found.spec == Spec.model_validate_json(found.spec.model_dump_json())
    again = colgen.Dataset(found.spec, POST)
    for name in ("parcels", "sheets"):
        assert again.table(name).to_pylist() == support.table(tmp_path / "data", name).to_pylist()
    assert all(one.holds for one in colgen.check(tmp_path / "data", model=POST))


def test_a_shipped_scenario_is_in_the_manifest_whole_too(tmp_path: Path) -> None:
    colgen.build("invoicing", scenario="peak-season", out=tmp_path / "data")
    scenario = json.loads((tmp_path / "data/manifest.json").read_text())["spec"]["scenario"]
    assert scenario["name"] == "peak-season"
    assert Scenario.model_validate(scenario) == Scenario.read("peak-season")


# The command line

POST_FILE = """
from colgen import *
class Parcels(Table):
    rows = Volume("parcels")
    id = Key()
    lost = column(Boolean)(lambda draw, scenario: draw.chance(scenario.rates["lost"]))
model = Model("post", tables=[Parcels], volumes={"small": {"parcels": 1000}}, rates={"lost": 0.0})
"""


def test_a_scenario_is_named_on_the_command_line(tmp_path: Path) -> None:
    told = support.colgen("build", "erp", "-v", "small", "--days", "5", "--scenario", "payment-crisis", "-q", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    spec = manifest.read(tmp_path / "data").spec
    assert spec.scenario == Scenario.read("payment-crisis")


def test_a_scenario_of_ones_own_for_a_model_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "post.py").write_text(POST_FILE)
    (tmp_path / "all.yaml").write_text("settings: {parcels: 30}\nmodels: {post: {rates: {lost: 1}}}\n")
    told = support.colgen("build", "post.py", "--scenario", "all.yaml", "-q", "--check", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert support.table(tmp_path / "data", "parcels")["lost"].to_pylist() == [True] * 30
    shown = support.colgen("preview", "post.py.parcels", "--scenario", "all.yaml", "-n", "2", "-f", "csv", cwd=tmp_path).stdout
    assert shown == "id,lost\n1,true\n2,true\n"


def test_a_wrong_scenario_is_a_wrong_request_and_begins_nothing(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("anomaly_rate: 5\n")
    for name, words in (("peak-saison", "did you mean 'peak-season'"), ("wrong.yaml", "wrong.yaml:1: key 'anomaly_rate'")):
        told = support.colgen("build", "erp", "--scenario", name, cwd=tmp_path)
        assert (told.returncode, told.stdout) == (2, "")
        assert words in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.yaml"]


# When the period begins

BEGINS = post(first_day="2024-01-01")
BEGINS_WITHOUT_DAYS = post(tables=(Sheets,), rules=(), volumes={"small": {"parcels_per_day": 1}}, first_day="2024-02-01")


@pytest.mark.parametrize(
    ("request_", "period"),
    [
        ({}, ("2024-01-01", "2024-01-20")),
        ({"volume": "large"}, ("2024-01-01", "2024-01-30")),
        ({"settings": {"days": 366}}, ("2024-01-01", "2024-12-31")),
        ({"last_day": "2024-06-30"}, ("2024-01-01", "2024-06-30")),
        ({"last_day": "2024-01-01"}, ("2024-01-01", "2024-01-01")),
        ({"last_day": "2023-06-30"}, ("2023-06-11", "2023-06-30")),
        ({"last_day": "2024-06-30", "settings": {"days": 10}}, ("2024-06-21", "2024-06-30")),
        ({"first_day": "2024-05-01"}, ("2024-05-01", "2024-05-20")),
        ({"first_day": "2022-05-01"}, ("2022-05-01", "2022-05-20")),
        ({"first_day": "2024-05-01", "settings": {"days": 2}}, ("2024-05-01", "2024-05-02")),
        ({"first_day": "2024-05-01", "last_day": "2024-05-07"}, ("2024-05-01", "2024-05-07")),
        ({"first_day": "2023-05-01", "last_day": "2023-05-07"}, ("2023-05-01", "2023-05-07")),
    ],
)
def test_the_period_begins_on_the_models_first_day_unless_it_is_said(request_: dict[str, Any], period: tuple[str, str]) -> None:
    spec = Spec.of(BEGINS, **request_)
    assert (str(spec.first_day), str(spec.last_day)) == period
    assert spec.settings["days"] == spec.period.days


@pytest.mark.parametrize(
    ("request_", "period"),
    [
        ({}, ("2024-02-01", "2025-01-30")),
        ({"last_day": "2024-06-30"}, ("2024-02-01", "2024-06-30")),
        ({"last_day": "2023-06-30"}, ("2022-07-01", "2023-06-30")),
        ({"first_day": "2023-03-01"}, ("2023-03-01", "2024-12-31")),
    ],
)
def test_a_period_without_days_begins_there_too(request_: dict[str, Any], period: tuple[str, str]) -> None:
    spec = Spec.of(BEGINS_WITHOUT_DAYS, **request_)
    assert (str(spec.first_day), str(spec.last_day)) == period


def test_a_later_to_adds_days_and_changes_none() -> None:
    short, long = (colgen.build(BEGINS, last_day=last) for last in ("2024-03-01", dt.date(2024, 7, 1)))
    rows = short.rows["parcels"]
    assert long.rows["parcels"] > rows
    assert long.table("parcels").slice(0, rows).equals(short.table("parcels"))


def test_a_calendar_on_a_volume_is_the_one_it_was_declared_with() -> None:
    class Visits(Table):
        rows = Volume("visits", Calendar(bursts=[Burst(1, 5, 0.0)]))
        id = Key()
        day = Day()

    visits = colgen.build(Model("shop", tables=(Visits,), volumes={"small": {"visits": 50}}), first_day="2024-01-01", last_day="2024-01-10")
    assert visits.frame("visits")["day"].min() == dt.date(2024, 1, 6)


def test_how_busy_holidays_are_changes_only_calendars_that_name_a_country() -> None:
    conditions = Conditions("", {}, {}, 0.0, {}, Calendar(), time={"holiday": 0.2, "growth": 1.0})
    assert conditions.over(Calendar(country="EG", holiday=0.5)) == Calendar(country="EG", holiday=0.2, growth=1.0)
    assert conditions.over(Calendar(month={1: 2})) == Calendar(month={1: 2}, growth=1.0)
