"""The scenarios that ship: they are valid, fit every model, and are in the wheel."""

from __future__ import annotations

import importlib.util
import tomllib
import zipfile
from pathlib import Path

import pytest

from colgen.declare.find import BUILT_IN, find_model
from colgen.scenario import scenario
from colgen.scenario.scenario import SCENARIOS, Scenario, lineage, problems
from tests.support import ROOT


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


def test_the_folder_is_found_by_a_scenario_of_its_own() -> None:
    assert (scenario._FOLDER / "normal-ops.yaml").is_file()
