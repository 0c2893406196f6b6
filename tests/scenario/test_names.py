"""Names in a scenario that no model defines."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen import RequestError
from colgen.scenario.scenario import Scenario, problems
from tests.scenario.post import POST, SPARE, write_file


def test_a_section_for_a_model_of_ones_own_waits_for_that_model(tmp_path: Path) -> None:
    path = write_file(tmp_path, "models: {post: {rates: {lots: 0.1}}}")
    assert problems(path) == []
    found = Scenario.read(path)
    found.check_names(SPARE)
    with pytest.raises(
        RequestError, match=r"scenario my: key 'models.post.rates.lots': model post has no rate 'lots'; did you mean 'lost'"
    ):
        found.conditions(POST)


def test_a_holiday_needs_a_country() -> None:
    found = Scenario(name="x", models={"spare": {"time": {"holiday": 0}}})  # type: ignore[dict-item]
    with pytest.raises(RequestError, match="names no country"):
        found.check_names(SPARE)


def test_a_name_that_no_model_has_is_found_when_it_is_used() -> None:
    with pytest.raises(RequestError, match=r"scenario x: key 'settings.parcel': no model has a setting 'parcel'; did you mean 'parcels'"):
        Scenario.read("normal-ops").derive("x", parcel=5).settings_for(POST, POST.volumes["small"])
