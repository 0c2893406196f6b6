"""Scenarios: what a file says, what it inherits, what that comes to for a model; and each mistake by its file, line and key."""

from __future__ import annotations

import datetime
import importlib.util
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colgen import Burst, Calendar, Integers, Key, Model, RequestError, Table, Volume
from colgen.declare.conditions import Conditions
from colgen.declare.find import BUILT_IN, find_model
from colgen.scenario import scenario
from colgen.scenario.names import check_names
from colgen.scenario.scenario import SCENARIOS, Scenario, lineage, problems
from tests.support import ROOT, colgen


class Parcels(Table):
    """What is sent."""

    rows = Volume("parcels")

    id = Key()
    weight = Integers(1, 30)


POST = Model(
    "post",
    tables=[Parcels],
    volumes={"small": {"parcels": 10, "days": 30, "weight_max": 0}},
    rates={"lost": 0.02, "late": 0.1},
    shares={"size": {"letter": 0.6, "box": 0.4}},
    anomalies={"torn": 0.5, "wet": 0.3, "stolen": 0.2},
    calendar=Calendar(weekday=(1, 1, 1, 1, 1, 1, 0), month={12: 2}, country="EG", holiday=0.1, bursts=[Burst(3, 1, 2.0)]),
)
SPARE = Model("spare", tables=[Parcels], volumes={"small": {"parcels": 10}})


def file(folder: Path, text: str | bytes, name: str = "my.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def wrong(folder: Path, text: str | bytes) -> list[str]:
    """The mistakes of a file without its folder."""
    return [one.replace(f"{folder}/", "") for one in problems(file(folder, text), POST)]


def loaded(folder: Path, text: str) -> Scenario:
    return Scenario.read(file(folder, text), POST)


# What ships


def test_six_scenarios_ship_and_the_everyday_comes_first() -> None:
    assert SCENARIOS == ("normal-ops", "anomaly-heavy", "growth-phase", "payment-crisis", "peak-season", "warehouse-outage")


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("normal-ops", 0.05),
        ("peak-season", 0.15),
        ("anomaly-heavy", 0.4),
        ("warehouse-outage", 0.6),
        ("growth-phase", 0.08),
        ("payment-crisis", 0.25),
    ],
)
def test_a_shipped_scenario_has_no_mistake_and_says_what_it_is(name: str, rate: float) -> None:
    assert problems(ROOT / "scenarios" / f"{name}.yaml") == []
    found = Scenario.read(name)
    assert (found.name, found.anomaly_rate, found.extends) == (name, rate, None)
    assert found.description
    assert lineage(name) == ([name] if name == "normal-ops" else [name, "normal-ops"])


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("model", BUILT_IN)
def test_a_shipped_scenario_fits_every_shipped_model(name: str, model: str) -> None:
    found = find_model(model)
    conditions = Scenario.read(name).conditions(found)
    assert conditions.rates.keys() == found.rates.keys()
    assert conditions.anomaly_mix.keys() == found.anomalies.keys()
    for volume in found.volumes.values():
        assert Scenario.read(name).settings_for(found, volume).keys() == volume.keys()


def test_overdue_payments_leave_room_for_the_labelled_ones() -> None:
    for name in SCENARIOS:
        section = Scenario.read(name).models.get("erp")
        if section is not None and section.anomaly_mix:
            labelled = (Scenario.read(name).anomaly_rate or 0) * (
                section.anomaly_mix["late_payment"] + section.anomaly_mix["missed_payment"]
            )
            assert labelled < section.rates.get("overdue", 0.08)


def test_a_shipped_scenario_multiplies_what_it_says() -> None:
    ecommerce, invoicing = find_model("ecommerce"), find_model("invoicing")
    assert Scenario.read("peak-season").settings_for(invoicing, invoicing.volumes["small"])["invoices"] == 225
    assert Scenario.read("peak-season").settings_for(ecommerce, ecommerce.volumes["small"])["sessions_per_day"] == 300
    assert Scenario.read("growth-phase").settings_for(invoicing, invoicing.volumes["small"])["customers"] == 50


def test_the_wheel_is_told_to_hold_them() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"scenarios": "colgen/scenarios"}


@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling, which builds the wheel, is not installed here")
def test_the_wheel_holds_them(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    held = zipfile.ZipFile(built).namelist()
    assert {f"colgen/scenarios/{name}.yaml" for name in SCENARIOS} <= set(held)


def test_the_public_name() -> None:
    import colgen as package

    assert package.Scenario is Scenario


# What a file says


def test_every_key_of_a_file_is_read(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        """
        name: all-of-it
        description: Every key once
        settings: {parcels: 1_000}
        multiply: {days: 2}
        rates: {lost: 1e-2}
        shares: {size: {letter: 1}}
        anomaly_rate: .5
        anomaly_mix: {torn: 0.25, wet: 0.75}
        time:
          weekday: {Monday: 1, tuesday: 2, wednesday: 3, thursday: 4, friday: 5, saturday: 6, sunday: 7}
          month: {1: 0.5, 12: 2}
          hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
          growth: -0.5
          holiday: 0
          ramadan: 0.7
          bursts:
            - {from: 2024-03-01, days: 3, times: 4}
            - {from: 5, days: 1, times: 0, spread: 2}
          outages:
            - {from: "2024-05-01", days: 2}
        """,
    )
    conditions = found.conditions(POST)
    calendar = conditions.calendar
    assert (found.name, found.settings, found.multiply) == ("all-of-it", {"parcels": 1000}, {"days": 2})
    assert (conditions.name, conditions.anomaly_rate) == ("all-of-it", 0.5)
    assert conditions.rates == {"lost": 0.01, "late": 0.1}
    assert conditions.shares == {"size": {"letter": 1, "box": 0}}
    assert conditions.anomaly_mix == {"torn": 0.25, "wet": 0.75, "stolen": 0}
    assert calendar.weekday == (1, 2, 3, 4, 5, 6, 7)
    assert calendar.month == {1: 0.5, 12: 2}
    assert calendar.hours == (0,) * 8 + (1,) * 8 + (0,) * 8
    assert (calendar.growth, calendar.holiday, calendar.ramadan, calendar.country) == (-0.5, 0, 0.7, "EG")
    assert calendar.bursts == (Burst(datetime.date(2024, 3, 1), 3, 4.0, 0), Burst(5, 1, 0.0, 2))
    assert conditions.outages == (Burst(datetime.date(2024, 5, 1), 2, 0.0),)


def test_without_a_name_it_has_that_of_its_file(tmp_path: Path) -> None:
    assert loaded(tmp_path, "anomaly_rate: 0.1").name == "my"


def test_what_a_scenario_leaves_open_is_the_models_own(tmp_path: Path) -> None:
    conditions = loaded(tmp_path, "anomaly_rate: 0.1").conditions(POST)
    assert conditions == Conditions("my", POST.rates, POST.shares, 0.1, POST.anomalies, POST.calendar)


def test_under_no_scenario_a_model_has_no_anomalies() -> None:
    assert Conditions.of(POST) == Conditions("", POST.rates, POST.shares, 0.0, POST.anomalies, POST.calendar)


def test_a_section_goes_before_what_is_said_for_all(tmp_path: Path) -> None:
    found = loaded(tmp_path, "rates: {lost: 0.3, late: 0.4}\nanomaly_rate: 0.2\nmodels: {post: {rates: {lost: 0.5}, anomaly_rate: 0.9}}")
    assert found.conditions(POST).rates == {"lost": 0.5, "late": 0.4}
    assert found.conditions(POST).anomaly_rate == 0.9


@pytest.fixture
def post_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the model of this test were one that ships with colgen."""
    monkeypatch.setattr(models, "BUILT_IN", ("post",))
    monkeypatch.setattr(models, "load", lambda name: POST)


@pytest.mark.usefixtures("post_ships")
def test_what_is_meant_for_another_model_is_without_effect() -> None:
    found = Scenario.model_validate(
        {
            "name": "x",
            "settings": {"parcels": 5, "days": 7},
            "multiply": {"weight_max": 2},
            "rates": {"lost": 1},
            "shares": {"size": {"box": 1}},
            "anomaly_rate": 0.2,
            "anomaly_mix": {"wet": 1},
            "time": {"holiday": 0, "growth": 1},
            "models": {"post": {"settings": {"parcels": 6}}},
        }
    )
    other = Model("other", tables=[Parcels], volumes={"small": {"parcels": 10}}, shares={"size": {"small": 0.5, "large": 0.5}})
    assert found.settings_for(POST, POST.volumes["small"]) == {"parcels": 6, "days": 7, "weight_max": 0}
    assert found.settings_for(other, other.volumes["small"]) == {"parcels": 5}
    assert found.conditions(other) == Conditions("x", {}, other.shares, 0.0, {}, Calendar(growth=1), time={"growth": 1.0})


@pytest.mark.usefixtures("post_ships")
def test_anomalies_that_a_model_does_not_know_are_shared_out_among_those_it_does() -> None:
    found = Scenario(name="x", anomaly_mix={"torn": 0.2, "wet": 0.2, "stolen": 0.6})
    other = Model("other", tables=[Parcels], volumes={"small": {"parcels": 10}}, anomalies={"wet": 0.4, "stolen": 0.5, "odd": 0.1})
    assert found.conditions(other).anomaly_mix == pytest.approx({"wet": 0.25, "stolen": 0.75, "odd": 0})
    assert Scenario(name="x", anomaly_mix={"torn": 1}).conditions(other).anomaly_mix == other.anomalies


def test_a_setting_is_multiplied_rounded_and_stays_at_least_1() -> None:
    found = Scenario(name="less", multiply={"parcels": 0.01, "days": 0.051, "weight_max": 3})
    assert found.settings_for(POST, {"parcels": 10, "days": 30, "weight_max": 0}) == {"parcels": 1, "days": 2, "weight_max": 0}


def test_a_setting_goes_before_its_multiple() -> None:
    found = Scenario(name="both", multiply={"parcels": 3}, settings={"parcels": 7})
    assert found.settings_for(POST, POST.volumes["small"])["parcels"] == 7


# Inheritance


def test_what_is_inherited_is_merged_key_by_key(tmp_path: Path) -> None:
    file(
        tmp_path,
        "name: base\nrates: {lost: 0.3, late: 0.4}\nshares: {size: {letter: 1}}\nanomaly_mix: {torn: 1}\n"
        "time: {growth: 1, month: {1: 2, 2: 3}, bursts: [{from: 1, days: 1, times: 2}]}\nmodels: {post: {settings: {parcels: 5, days: 6}}}",
        "base.yaml",
    )
    found = loaded(
        tmp_path,
        "extends: base.yaml\nrates: {late: 0.5}\nshares: {size: {box: 1}}\nanomaly_mix: {wet: 1}\n"
        "time: {month: {2: 4}, bursts: [{from: 9, days: 1, times: 5}]}\nmodels: {post: {settings: {days: 7}}}",
    )
    assert (found.name, found.extends) == ("my", None)
    assert found.rates == {"lost": 0.3, "late": 0.5}
    assert found.shares == {"size": {"box": 1}}
    assert found.anomaly_mix == {"wet": 1}
    assert (found.time.growth, found.time.month) == (1, {1: 2, 2: 4})
    assert [burst.first for burst in found.time.bursts or ()] == [9]
    assert found.models["post"].settings == {"parcels": 5, "days": 7}


def test_a_later_word_for_all_goes_before_an_inherited_one_for_a_model(tmp_path: Path) -> None:
    file(tmp_path, "models: {post: {rates: {lost: 0.3, late: 0.4}, anomaly_rate: 0.9, time: {growth: 1, ramadan: 0.5}}}", "base.yaml")
    conditions = loaded(tmp_path, "extends: base.yaml\nrates: {lost: 0.7}\nanomaly_rate: 0.1\ntime: {growth: 3}").conditions(POST)
    assert conditions.rates == {"lost": 0.7, "late": 0.4}
    assert (conditions.anomaly_rate, conditions.calendar.growth, conditions.calendar.ramadan) == (0.1, 3, 0.5)


@pytest.mark.parametrize(
    ("base", "later", "parcels"),
    [
        ("settings: {parcels: 100}", "multiply: {parcels: 3}", 30),
        ("multiply: {parcels: 3}", "settings: {parcels: 100}", 100),
        ("models: {post: {settings: {parcels: 100}}}", "multiply: {parcels: 3}", 30),
        ("models: {post: {multiply: {parcels: 3}}}", "settings: {parcels: 100}", 100),
        ("settings: {parcels: 100}", "models: {post: {multiply: {parcels: 3}}}", 30),
    ],
)
def test_the_later_of_a_setting_and_its_multiple_holds(tmp_path: Path, base: str, later: str, parcels: int) -> None:
    file(tmp_path, base, "base.yaml")
    assert loaded(tmp_path, f"extends: base.yaml\n{later}").settings_for(POST, POST.volumes["small"])["parcels"] == parcels


def test_an_empty_list_takes_inherited_bursts_away(tmp_path: Path) -> None:
    file(tmp_path, "time: {bursts: [{from: 1, days: 1, times: 2}]}", "base.yaml")
    assert loaded(tmp_path, "extends: base.yaml\ntime: {bursts: []}").conditions(POST).calendar.bursts == ()


def test_extends_is_a_path_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    file(tmp_path, "extends: normal-ops\nrates: {lost: 0.5}", "base.yaml")
    path = file(tmp_path / "deep", "extends: ../base.yaml")
    assert Scenario.read(str(path), POST).rates == {"lost": 0.5}
    assert Scenario.read(path, POST).anomaly_rate == 0.05
    assert lineage(path) == ["my", "base", "normal-ops"]


def test_a_scenario_is_derived_by_fields_and_settings() -> None:
    base = Scenario.read("normal-ops")
    mine = base.derive("my-scenario", anomaly_rate=0.15, orders_per_day=100, rates={"late": 0.5}, settings={"parcels": 3})
    assert (mine.name, mine.anomaly_rate, mine.rates) == ("my-scenario", 0.15, {"late": 0.5})
    assert mine.settings == {"orders_per_day": 100, "parcels": 3}
    assert base.settings == {}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"anomaly_rate": 2}, "key 'anomaly_rate': 2 is invalid; it must be a probability"),
        ({"anomaly_rat": 0.2}, "did you mean 'anomaly_rate'"),
        ({"rates": {"late": "3x"}}, "key 'rates.late': '3x' is invalid"),
        ({"time": {"growht": 1}}, "key 'time.growht': unknown key; did you mean 'growth'"),
        ({"extends": "normal-ops"}, "key 'settings.extends'"),
        ({"rates": 5}, "key 'rates': 5 is invalid; it must be a mapping"),
    ],
)
def test_a_wrong_change_is_named(changes: dict[str, Any], description: str) -> None:
    with pytest.raises(RequestError, match=re.escape(says)):
        Scenario.read("normal-ops").derive("mine", **changes)


NAMES = st.sampled_from(["parcels", "days", "weight_max"])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "anomaly_rate": st.floats(0, 1),
        "settings": st.dictionaries(NAMES, st.integers(0, 1000), min_size=1),
        "multiply": st.dictionaries(NAMES, st.floats(0.5, 10), min_size=1),
        "rates": st.dictionaries(st.sampled_from(["lost", "late"]), st.floats(0, 1), min_size=1),
        "shares": st.floats(0, 1).map(lambda share: {"size": {"letter": share, "box": 1 - share}}),
        "anomaly_mix": st.floats(0, 1).map(lambda share: {"torn": share, "wet": 1 - share}),
        "time": st.fixed_dictionaries(
            {},
            optional={
                "growth": st.floats(-0.9, 9),
                "month": st.dictionaries(st.integers(1, 12), st.floats(0.1, 9), min_size=1, max_size=11),
                "weekday": st.lists(st.floats(0.1, 9), min_size=7, max_size=7),
                "bursts": st.lists(st.fixed_dictionaries({"from": st.integers(1, 99) | st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 1, 1)), "days": st.integers(1, 9), "times": st.floats(0, 9)}), max_size=3),
            },
        ),
    },
).map(lambda changes: {key: value for key, value in changes.items() if value})  # fmt: skip
WITH_SECTION = st.builds(lambda common, section: {**common, **({"models": {"post": section}} if section else {})}, CHANGES, CHANGES)


def outcome(found: Scenario) -> tuple[Any, ...]:
    conditions = found.conditions(POST)
    return conditions.rates, conditions.shares, conditions.anomaly_rate, conditions.anomaly_mix, conditions.calendar, found.settings_for(POST, POST.volumes["small"])  # fmt: skip


@given(WITH_SECTION, CHANGES)
def test_what_is_derived_for_a_model_holds_for_it(base: dict[str, Any], change: dict[str, Any]) -> None:
    found = Scenario(name="base", **base)
    for_all, for_one = found.derive("x", **change), found.derive("x", models={"post": change})
    assert outcome(for_all) == outcome(for_one)


@given(WITH_SECTION, WITH_SECTION, WITH_SECTION)
def test_to_derive_twice_is_to_derive_what_both_say(one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]) -> None:
    step = Scenario(name="a", **one).derive("b", **two).derive("c", **three)
    more = Scenario(name="b", **two).derive("c", **three).stated()
    more.pop("name")
    assert outcome(step) == outcome(Scenario(name="a", **one).derive("c", **more))


@given(WITH_SECTION)
def test_nothing_derived_changes_nothing(base: dict[str, Any]) -> None:
    found = Scenario(name="base", **base)
    assert found.derive("base").stated() == found.stated()
    assert Scenario.model_validate_json(found.model_dump_json()).stated() == found.stated()


@given(WITH_SECTION, WITH_SECTION)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_to_extend_is_to_derive(tmp_path: Path, base: dict[str, Any], more: dict[str, Any]) -> None:
    file(tmp_path, yaml.safe_dump(base or {"anomaly_rate": 0.1}), "base.yaml")
    derived = Scenario.read(tmp_path / "base.yaml", POST).derive("my", **more)
    assert loaded(tmp_path, yaml.safe_dump({"extends": "base.yaml", **more})) == derived


# Mistakes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("anomaly_rat: 0.1", "my.yaml:1: key 'anomaly_rat': unknown key; did you mean 'anomaly_rate'?"),
        ("\n\nrates:\n  lots: 0.1\n", "my.yaml:4: key 'rates.lots': no model has a rate 'lots'; did you mean 'lost'?"),
        ("settings: {parcel: 1}", "my.yaml:1: key 'settings.parcel': no model has a setting 'parcel'; did you mean 'parcels'?"),
        ("multiply: {parcel: 1}", "my.yaml:1: key 'multiply.parcel': no model has a setting 'parcel'; did you mean 'parcels'?"),
        ("shares:\n  sice: {box: 1}", "my.yaml:2: key 'shares.sice': no model has a group of shares 'sice'; did you mean 'size'?"),
        ("shares:\n  size:\n    bax: 1", "my.yaml:3: key 'shares.size.bax': 'bax' is not one of its words; did you mean 'box'?"),
        ("anomaly_mix: {torm: 1}", "my.yaml:1: key 'anomaly_mix.torm': no model has a kind of anomaly 'torm'; did you mean 'torn'?"),
        ("models:\n  post:\n    rates:\n      lots: 0.1", "my.yaml:4: key 'models.post.rates.lots': model post has no rate 'lots'; did you mean"),
        ("models:\n  invoicing:\n    rates: {lost: 0.1}", "my.yaml:3: key 'models.invoicing.rates.lost': model invoicing has no rate 'lost'"),
        ("models:\n  invoicing:\n    settings: {invoice: 1}", "my.yaml:3: key 'models.invoicing.settings.invoice': model invoicing has no setting"),
        ("models: {invocing: {anomaly_rate: 0.1}}", "my.yaml:1: key 'models.invocing': unknown model; did you mean 'invoicing'?"),
        ("models: {invoicing: {anomaly_rate: 0.1}}", "my.yaml:1: key 'models.invoicing.anomaly_rate': the model has no anomalies"),
        ("models: {post: {rate: {lost: 1}}}", "my.yaml:1: key 'models.post.rate': unknown key; did you mean 'rates'?"),
        ("models: {post: {extends: normal-ops}}", "my.yaml:1: key 'models.post.extends': unknown key; there are: settings,"),
        ("models: {post: 3}", "my.yaml:1: key 'models.post': 3 is invalid; it must be a mapping with keys such as settings, multiply,"),
        ("time: {growht: 1}", "my.yaml:1: key 'time.growht': unknown key; did you mean 'growth'?"),
        ("time:\n  bursts:\n    - {from: 1, dais: 1, days: 1, times: 1}", "my.yaml:3: key 'time.bursts.dais': unknown key; did you mean 'days'"),
        ("time:\n  bursts:\n    - from: 1\n      times: 1", "my.yaml:3: key 'time.bursts.days': this key is required"),
        ("time: {outages: [{from: 1, days: 1, times: 1}]}", "my.yaml:1: key 'time.outages.times': unknown key; there are: from, days"),
        ("time: {outages: 5}", "my.yaml:1: key 'time.outages': 5 is invalid; it must be a list"),
        ("time: {outages: [5]}", "my.yaml:1: key 'time.outages': 5 is invalid; it must be a mapping with keys such as from, days"),
        ("time: often", "my.yaml:1: key 'time': 'often' is invalid; it must be a mapping"),
        ("anomaly_rate: 3x", "my.yaml:1: key 'anomaly_rate': '3x' is invalid; it must be a probability, from 0 to 1"),
        ("anomaly_rate: true", "my.yaml:1: key 'anomaly_rate': true is invalid; it must be a probability"),
        ("anomaly_rate: yes", "my.yaml:1: key 'anomaly_rate': 'yes' is invalid; it must be a probability"),
        ("anomaly_rate: .nan", "my.yaml:1: key 'anomaly_rate': nan is invalid"),
        ("anomaly_rate: .inf", "my.yaml:1: key 'anomaly_rate': inf is invalid"),
        ("anomaly_rate: 1e999", "my.yaml:1: key 'anomaly_rate': inf is invalid"),
        ("anomaly_rate: 1.5", "my.yaml:1: key 'anomaly_rate': 1.5 is invalid; it must be a probability"),
        ("anomaly_rate: '0.5'", "my.yaml:1: key 'anomaly_rate': '0.5' is invalid"),
        ("rates: {lost: -0.1}", "my.yaml:1: key 'rates.lost': -0.1 is invalid; it must be a probability"),
        ("rates: [1]", "my.yaml:1: key 'rates': [1] is invalid; it must be a mapping of names to values"),
        ("settings: {parcels: 1.5}", "my.yaml:1: key 'settings.parcels': 1.5 is invalid; it must be a whole number"),
        ("settings: {parcels: true}", "my.yaml:1: key 'settings.parcels': true is invalid; it must be a whole number"),
        ("settings: {parcels: -1}", "my.yaml:1: key 'settings.parcels': -1 is invalid; it must be a whole number, 0 or more"),
        ("settings: {parcels: " + "9" * 5000 + "}", "my.yaml:1: key 'settings.parcels': inf is invalid; it must be a whole number"),
        ("settings: {7: 1}", "my.yaml:1: key 'settings': 7 is invalid; it must be text"),
        ("multiply: {parcels: 0}", "my.yaml:1: key 'multiply.parcels': 0 is invalid; it must be a factor above 0"),
        ("shares: {size: {letter: 0.5, box: 0.4}}", "my.yaml:1: key 'shares.size': the shares add up to 0.9; they must add up to 1"),
        ("shares: {size: {letter: 1.5, box: -0.5}}", "my.yaml:1: key 'shares.size': 1.5 is invalid; it must be a share from 0 to 1 (of 'letter')"),
        ("shares: {size: 1}", "my.yaml:1: key 'shares.size': 1 is invalid; it must be a share for each word"),
        ("anomaly_mix: {torn: 0.5}", "my.yaml:1: key 'anomaly_mix': the shares add up to 0.5; they must add up to 1"),
        ("time: {growth: -1}", "my.yaml:1: key 'time.growth': -1 is invalid; it must be above -1"),
        ("time: {weekday: [1, 1, 1]}", "my.yaml:1: key 'time.weekday': it has 3 values; it must be 7 factors from Monday to Sunday"),
        ("time: {weekday: [0, 0, 0, 0, 0, 0, 0]}", "my.yaml:1: key 'time.weekday': all factors are 0"),
        ("time: {weekday: [1, 1, 1, 1, x, 1, 1]}", "my.yaml:1: key 'time.weekday': 'x' is invalid; it must be a factor"),
        ("time: {weekday: {fryday: 1}}", "my.yaml:1: key 'time.weekday': 'fryday' is not a day of the week; did you mean 'friday'?"),
        ("time: {weekday: {friday: 1}}", "my.yaml:1: key 'time.weekday': all seven days are needed, but monday, tuesday,"),
        ("time: {weekday: busy}", "my.yaml:1: key 'time.weekday': 'busy' is invalid; it must be 7 factors"),
        ("time: {hours: [1]}", "my.yaml:1: key 'time.hours': it has 1 value; it must be 24 factors"),
        ("time: {month: {13: 1}}", "my.yaml:1: key 'time.month': 13 is not a month; it must be a number from 1 to 12"),
        ("time: {month: {1: -1}}", "my.yaml:1: key 'time.month': -1 is invalid; it must be a factor"),
        ("time: {month: [1]}", "my.yaml:1: key 'time.month': [1] is invalid; it must be a factor for each month's number"),
        ("time: {holiday: -1}", "my.yaml:1: key 'time.holiday': -1 is invalid; it must be a factor"),
        ("time: {outages: [{from: 0, days: 1}]}", "my.yaml:1: key 'time.outages.from': 0 is invalid; it must be a day such as 2024-12-31, or a number"),
        ("time: {outages: [{from: 2024-02-30, days: 1}]}", "my.yaml:1: key 'time.outages.from': '2024-02-30' is invalid; it must be a day"),
        ("time: {outages: [{from: 0024-02-20, days: 1}]}", "my.yaml:1: key 'time.outages.from': 0024-02-20 is invalid; it must be a day"),
        ("time: {outages: [{from: 3, days: 0}]}", "my.yaml:1: key 'time.outages.days': 0 is invalid; it must be a whole number of days, at least 1"),
        ("name: 2024", "my.yaml:1: key 'name': 2024 is invalid; it must be text; put it in quotes"),
        ("name: '  '", "my.yaml:1: key 'name': '  ' is invalid; it must be a name"),
        ("extends: normal-op", "my.yaml:1: key 'extends': there is no scenario 'normal-op'; did you mean 'normal-ops'?"),
        ("extends: 5", "my.yaml:1: key 'extends': 5 is invalid; it must be text"),
        ("rates:\nanomaly_rate: 0.1", "my.yaml:1: key 'rates': it has no value; give it one, or remove the key"),
        ("rates: {}", "my.yaml:1: key 'rates': it has no value"),
        ("rates: {lost: ~}", "my.yaml:1: key 'rates.lost': it has no value"),
        ("time: {bursts: [{from: 1, times: 2, days: }]}", "my.yaml:1: key 'time.bursts.days': it has no value"),
        ("anomaly_rate: 0.1\nanomaly_rate: 0.2", "my.yaml:2: key 'anomaly_rate': duplicate key; first defined on line 1"),
        ("rates:\n  lost: 0.1\n  lost: 0.2", "my.yaml:3: key 'rates.lost': duplicate key; first defined on line 2"),
        ("rates:\n  lost: &a 0.1", "my.yaml:2: key 'rates.lost': anchors and aliases such as &a are not allowed; to share values, use extends"),
        ("anomaly_rate: !!python/name:os.system x", "my.yaml:1: key 'anomaly_rate': tags such as tag:yaml.org,2002:python/name:os.system are not allowed"),
        ("anomaly_rate: 0.1\n---\nanomaly_rate: 0.2", "my.yaml:2: a second document starts here"),
        ("- 1\n- 2", "my.yaml:1: a scenario must consist of keys and values"),
        ("just words", "my.yaml:1: a scenario must consist of keys and values"),
        ("", "my.yaml:1: the file is empty; state what differs, such as extends: normal-ops"),
        ("# nothing yet\n", "my.yaml:1: the file is empty"),
        ("---\n", "my.yaml:1: the file is empty"),
        ("? [a, b]\n: 1", "my.yaml:1: a key must be a word"),
        ("a: [1, 2\nb: 3", "my.yaml:2: not valid YAML: expected ',' or ']'"),
        ("\n\trates: 1", "my.yaml:2: not valid YAML: found character '\\t'"),
        ("name: x\ndescription: \x01", "my.yaml:2: not a text file: it contains a control character"),
        ('name: "\\UFFFFFFFF"', "my.yaml:1: not valid YAML: a character or number is out of range"),
        ('name: x\ndescription: "\\uD800"', "my.yaml:2: key 'description': it contains an unpaired surrogate"),
        (b"name: x\ndescription: caf\xe9", "my.yaml:2: not UTF-8"),
        ("rates: " + "[" * 30, "my.yaml:1: key 'rates': nested more than 10 levels deep"),
        ("description: " + "x" * 70_000, "my.yaml: the file is larger than 64 kB"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_line_and_key(tmp_path: Path, text: str | bytes, description: str) -> None:
    (found,) = wrong(tmp_path, text)
    assert found.startswith(says)
    with pytest.raises(RequestError, match=re.escape(says)):
        Scenario.read(tmp_path / "my.yaml", POST)


def test_all_mistakes_are_named_in_the_order_of_their_lines(tmp_path: Path) -> None:
    found = wrong(tmp_path, "anomaly_rate: 3\nrates:\n  lost: x\n  lost: 0.1\ntime:\n  growht: 1\n  growth: &a 2\n")
    assert [int(one.split(":")[1]) for one in found] == [1, 3, 4, 6, 7]
    with pytest.raises(RequestError, match=r"my.yaml:1: key 'anomaly_rate'.*\(and 4 more: colgen validate "):
        Scenario.read(tmp_path / "my.yaml", POST)


def test_a_wrong_value_does_not_hide_a_wrong_name(tmp_path: Path) -> None:
    found = wrong(tmp_path, "rates:\n  lots: 1\n  late: 5\n  7: 0.1\nshares:\n  size: 3\nmodels:\n  post:\n    rates:\n      lots: x\n")
    assert [int(one.split(":")[1]) for one in found] == [2, 3, 4, 6, 10, 10]


def test_unknown_names_are_all_named(tmp_path: Path) -> None:
    found = wrong(tmp_path, "rates:\n  lots: 1\n  lats: 1\nmodels:\n  post:\n    settings:\n      day: 1\n      parcel: 1")
    assert [int(one.split(":")[1]) for one in found] == [2, 3, 7, 8]


def test_mistakes_of_what_is_extended_are_named_with_their_own_file(tmp_path: Path) -> None:
    file(tmp_path, "\nrates: {lots: 1}", "base.yaml")
    assert [one.split(": ")[0] for one in wrong(tmp_path, "extends: base.yaml\nrates: {lats: 1}")] == ["my.yaml:2", "base.yaml:2"]


def test_a_circle_is_named(tmp_path: Path) -> None:
    file(tmp_path, "extends: b.yaml", "a.yaml")
    b = file(tmp_path, "\nextends: a.yaml", "b.yaml")
    (found,) = problems(tmp_path / "a.yaml")
    assert found == f"{b}:2: key 'extends': circular extends: a.yaml → b.yaml → a.yaml"
    with pytest.raises(RequestError, match="circle"):
        Scenario.read(tmp_path / "a.yaml")


def test_a_file_that_extends_itself_is_a_circle(tmp_path: Path) -> None:
    assert wrong(tmp_path, "extends: my.yaml")[0].endswith("my.yaml → my.yaml")


def test_a_chain_has_an_end(tmp_path: Path) -> None:
    for number in range(30):
        file(tmp_path, f"extends: s{number + 1}.yaml", f"s{number}.yaml")
    (found,) = problems(tmp_path / "s0.yaml")
    assert found.endswith("the chain of extends is longer than 20 scenarios")


def test_what_it_extends_must_be_there(tmp_path: Path) -> None:
    assert wrong(tmp_path, "\nextends: gone.yaml")[0].startswith("my.yaml:2: key 'extends': there is no file")
    assert wrong(tmp_path, "extends: " + "x" * 5000 + ".yaml")[0].startswith("my.yaml:1: key 'extends': there is no file")


def test_many_laughs_are_refused_at_once(tmp_path: Path) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = wrong(tmp_path, text)
    assert "anchors and aliases such as &a" in found[0]
    assert all(one.startswith("my.yaml:") for one in found)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("peak-saison", "there is no scenario 'peak-saison'; did you mean 'peak-season'?"),
        ("", "there is no scenario ''"),
        ("gone.yaml", "gone.yaml: no such file"),
        ("a\0b.yaml", "no such file"),
        ("x" * 5000 + ".yaml", "cannot be read: File name too long"),
    ],
)
def test_a_scenario_that_is_not_there(name: str, description: str) -> None:
    with pytest.raises(RequestError, match=re.escape(says)):
        Scenario.read(name)


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").mkdir()
    assert problems(tmp_path / "my.yaml") == [f"{tmp_path}/my.yaml: this is a folder; give the path of a .yaml file"]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert wrong(tmp_path, b"\xef\xbb\xbfanomaly_rate: 0.1\r\nname: x\r\n") == []


def test_a_section_for_a_model_of_ones_own_waits_for_that_model(tmp_path: Path) -> None:
    path = file(tmp_path, "models: {post: {rates: {lots: 0.1}}}")
    assert problems(path) == []
    found = Scenario.read(path)
    check_names(found, SPARE)
    with pytest.raises(
        RequestError, match=r"scenario my: key 'models.post.rates.lots': model post has no rate 'lots'; did you mean 'lost'"
    ):
        found.conditions(POST)


def test_a_holiday_needs_a_country() -> None:
    found = Scenario(name="x", models={"spare": {"time": {"holiday": 0}}})  # type: ignore[dict-item]
    with pytest.raises(RequestError, match="names no country"):
        check_names(found, SPARE)


def test_a_name_that_no_model_has_is_found_when_it_is_used() -> None:
    with pytest.raises(RequestError, match=r"scenario x: key 'settings.parcel': no model has a setting 'parcel'; did you mean 'parcels'"):
        Scenario.read("normal-ops").derive("x", parcel=5).settings_for(POST, POST.volumes["small"])


VALID = (ROOT / "scenarios" / "peak-season.yaml").read_text() + "\ntime:\n  month: {1: 2}\n  outages: [{from: 2024-01-01, days: 3}]\n"


@given(
    st.integers(0, len(VALID)),
    st.integers(0, 12),
    st.text(max_size=3)
    | st.sampled_from(["&a", "*a", "!!x ", "\t", "[", "{", "? ", "---\n", "\n", ": ", "'", '"\\x', "<<: ", "| ", "%YAML 9\n", "true", "~"]),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_right_or_explained(tmp_path: Path, place: int, taken: int, put: str) -> None:
    path = file(tmp_path, (VALID[:place] + put + VALID[place + taken :]).encode("utf-8", "surrogatepass"))
    found = problems(path)
    assert all(re.match(rf"{re.escape(str(path))}(:\d+)?: ", one) for one in found)
    if found:
        with pytest.raises(RequestError, match=re.escape(found[0])):
            Scenario.read(path)
    else:
        Scenario.read(path)


@given(st.binary(max_size=200))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_explained(tmp_path: Path, data: bytes) -> None:
    assert all(one.startswith(str(tmp_path)) for one in problems(file(tmp_path, data)))


# The command line


def test_the_list_of_scenarios() -> None:
    told = colgen("scenarios")
    assert told.returncode == 0
    assert [line.split()[0] for line in told.stdout.splitlines()[1:]] == list(SCENARIOS)
    assert re.search(r"peak-season +15% +Three times", told.stdout)


@pytest.mark.parametrize("name", ["normal-ops", "peak-season", "warehouse-outage"])
def test_what_is_shown_is_a_file_of_the_same_scenario(tmp_path: Path, name: str) -> None:
    told = colgen("scenarios", "show", name)
    assert told.returncode == 0
    assert told.stdout.startswith("name:" if name == "normal-ops" else f"# {name} extends normal-ops;")
    assert Scenario.read(file(tmp_path, told.stdout)) == Scenario.read(name)


def test_a_scenario_that_is_not_there_is_not_shown() -> None:
    told = colgen("scenarios", "show", "peak-seson")
    assert (told.returncode, told.stdout) == (2, "")
    assert "did you mean 'peak-season'" in told.stderr


def test_validate_says_what_is_right(tmp_path: Path) -> None:
    file(tmp_path, "anomaly_rate: 0.1")
    told = colgen("validate", "my.yaml", cwd=tmp_path)
    assert (told.returncode, told.stdout, told.stderr) == (0, "my.yaml: right\n", "")


def test_validate_names_each_mistake_and_exits_with_2(tmp_path: Path) -> None:
    file(tmp_path, "anomaly_rate: 2\ntime:\n  growth: x\n")
    file(tmp_path, "anomaly_rate: 0.1", "right.yaml")
    told = colgen("validate", "my.yaml", "right.yaml", "gone.yaml", cwd=tmp_path)
    assert told.returncode == 2
    lines = told.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["my.yaml:1", "my.yaml:3", "right.yaml", "gone.yaml"]
    assert told.stderr == "colgen: 2 mistakes in my.yaml, 1 mistake in gone.yaml\n"


def test_validate_says_which_section_it_cannot_judge(tmp_path: Path) -> None:
    file(tmp_path, "models: {shop: {rates: {lost: 0.1}}}")
    told = colgen("validate", "my.yaml", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (0, "my.yaml: right, but nobody here knows the model shop: give it as --model\n")


def test_validate_knows_a_model_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from colgen import *\nclass Things(Table):\n    rows = Volume('things')\n    id = Key()\nmodel = Model('shop', tables=[Things], volumes={'few': {'things': 12}})\n"
    )
    file(tmp_path, "settings: {thing: 5}")
    assert "did you mean 'things'" in colgen("validate", "my.yaml", "--model", "shop.py", cwd=tmp_path).stdout
    file(tmp_path, "settings: {things: 5}")
    assert colgen("validate", "my.yaml", "--model", "shop.py", cwd=tmp_path).returncode == 0
    assert colgen("validate", "my.yaml", cwd=tmp_path).returncode == 2


def test_the_shell_completes_a_name() -> None:
    words = "colgen scenarios show pe"
    env = {"_COLGEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "3"}
    assert colgen(env=env).stdout.strip() == "peak-season"


def test_help_needs_nothing_heavy() -> None:
    import subprocess
    import sys

    code = "import sys, colgen.cli.commands; print([name for name in ('numpy', 'pyarrow', 'pydantic', 'yaml') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert told.stdout == "[]\n"


def test_the_folder_is_found_by_a_scenario_of_its_own() -> None:
    assert (scenario._FOLDER / "normal-ops.yaml").is_file()
