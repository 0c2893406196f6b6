"""What a scenario inherits, by extends and by derive."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colgen import RequestError
from colgen.scenario.scenario import Scenario, lineage
from tests.scenario.post import POST, loaded, write_file

law = settings(max_examples=40)


def test_what_is_inherited_is_merged_key_by_key(tmp_path: Path) -> None:
    write_file(
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
    write_file(tmp_path, "models: {post: {rates: {lost: 0.3, late: 0.4}, anomaly_rate: 0.9, time: {growth: 1, ramadan: 0.5}}}", "base.yaml")
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
    write_file(tmp_path, base, "base.yaml")
    assert loaded(tmp_path, f"extends: base.yaml\n{later}").settings_for(POST, POST.volumes["small"])["parcels"] == parcels


def test_an_empty_list_takes_inherited_bursts_away(tmp_path: Path) -> None:
    write_file(tmp_path, "time: {bursts: [{from: 1, days: 1, times: 2}]}", "base.yaml")
    assert loaded(tmp_path, "extends: base.yaml\ntime: {bursts: []}").conditions(POST).calendar.bursts == ()


def test_extends_is_a_path_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write_file(tmp_path, "extends: normal-ops\nrates: {lost: 0.5}", "base.yaml")
    path = write_file(tmp_path / "deep", "extends: ../base.yaml")
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
    ("changes", "message"),
    [
        ({"anomaly_rate": 2}, "key 'anomaly_rate': 2 is invalid; it must be a probability"),
        ({"anomaly_rat": 0.2}, "did you mean 'anomaly_rate'"),
        ({"rates": {"late": "3x"}}, "key 'rates.late': '3x' is invalid"),
        ({"time": {"growht": 1}}, "key 'time.growht': unknown key; did you mean 'growth'"),
        ({"extends": "normal-ops"}, "key 'settings.extends'"),
        ({"rates": 5}, "key 'rates': 5 is invalid; it must be a mapping"),
    ],
)
def test_a_wrong_change_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=re.escape(message)):
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


@law
@given(WITH_SECTION, CHANGES)
def test_what_is_derived_for_a_model_holds_for_it(base: dict[str, Any], change: dict[str, Any]) -> None:
    found = Scenario(name="base", **base)
    for_all, for_one = found.derive("x", **change), found.derive("x", models={"post": change})
    assert outcome(for_all) == outcome(for_one)


@law
@given(WITH_SECTION, WITH_SECTION, WITH_SECTION)
def test_to_derive_twice_is_to_derive_what_both_say(one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]) -> None:
    step = Scenario(name="a", **one).derive("b", **two).derive("c", **three)
    more = Scenario(name="b", **two).derive("c", **three).stated()
    more.pop("name")
    assert outcome(step) == outcome(Scenario(name="a", **one).derive("c", **more))


@law
@given(WITH_SECTION)
def test_nothing_derived_changes_nothing(base: dict[str, Any]) -> None:
    found = Scenario(name="base", **base)
    assert found.derive("base").stated() == found.stated()
    assert Scenario.model_validate_json(found.model_dump_json()).stated() == found.stated()


@given(WITH_SECTION, WITH_SECTION)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_to_extend_is_to_derive(tmp_path: Path, base: dict[str, Any], more: dict[str, Any]) -> None:
    write_file(tmp_path, yaml.safe_dump(base or {"anomaly_rate": 0.1}), "base.yaml")
    derived = Scenario.read(tmp_path / "base.yaml", POST).derive("my", **more)
    assert loaded(tmp_path, yaml.safe_dump({"extends": "base.yaml", **more})) == derived
