"""The rules of the erp model hold in every scenario, with anomalies and without."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen
from colgen.scenario.scenario import SCENARIOS
from tests.support import broken_rules, first_of, table, thorough

BUSIEST = sorted(enumerate(SCENARIOS), key=lambda numbered: numbered[1] != "anomaly-heavy")
"""The shipped scenarios and a seed for each; first the one in which most goes wrong."""


@pytest.mark.parametrize(("scenario", "seed"), first_of([(scenario, seed) for seed, scenario in BUSIEST]))
def test_the_rules_hold_in_every_scenario(scenario: str, seed: int, tmp_path: Path) -> None:
    colgen.build("erp", volume="small", scenario=scenario, seed=seed, out=tmp_path / "data")
    assert broken_rules(tmp_path / "data") == []


@thorough
@pytest.mark.parametrize("scenario", first_of(["warehouse-outage", "normal-ops"]))
def test_the_rules_hold_without_anomalies(scenario: str, tmp_path: Path) -> None:
    """And none of them needs an excuse, since the answer key is empty."""
    colgen.build("erp", volume="small", scenario=scenario, settings={"anomalies": 0}, out=tmp_path / "data")
    assert table(tmp_path / "data", "anomalies").num_rows == 0
    assert broken_rules(tmp_path / "data") == []


@thorough
@pytest.mark.parametrize(("volume", "scale"), first_of([("small", 0.1), ("small", 0.3), ("small", 1e-9), ("medium", 0.1)]))
@pytest.mark.parametrize("seed", first_of(range(3), quick=1))
def test_a_small_scale_has_somebody_for_everything(volume: str, scale: float, seed: int, tmp_path: Path) -> None:
    """A user of each role, a machine and a product that is none: what companies, orders, visits and the audit log refer to."""
    summary = colgen.build("erp", volume=volume, scale=scale, seed=seed, last_day="2024-01-14", out=tmp_path / "data", check=True)
    assert summary.rows["users"] >= 4
    assert summary.rows["products"] >= 2
