"""The rules of the erp model hold in every scenario, with anomalies and without."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen
from colgen.scenario.scenario import SCENARIOS
from tests.support import table


def broken(folder: Path) -> list[str]:
    return [f"{one.table}: {one.rule}: {one.rows}" for one in colgen.check(folder) if not one.holds]


@pytest.mark.parametrize(("scenario", "seed"), [(scenario, number) for number, scenario in enumerate(SCENARIOS)])
def test_the_rules_hold_in_every_scenario(scenario: str, seed: int, tmp_path: Path) -> None:
    colgen.build("erp", volume="small", scenario=scenario, seed=seed, out=tmp_path / "data")
    assert broken(tmp_path / "data") == []


@pytest.mark.parametrize("scenario", ["normal-ops", "warehouse-outage"])
def test_the_rules_hold_without_anomalies(scenario: str, tmp_path: Path) -> None:
    """And none of them needs an excuse, since the answer key is empty."""
    colgen.build("erp", volume="small", scenario=scenario, settings={"anomalies": 0}, out=tmp_path / "data")
    assert table(tmp_path / "data", "anomalies").num_rows == 0
    assert broken(tmp_path / "data") == []
