"""What a scenario says, and the conditions that result for a model."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from colgen import Burst, Calendar, Model, Period, RequestError
from colgen.declare.conditions import Conditions
from colgen.scenario.scenario import Scenario
from tests.scenario.post import POST, Parcels, loaded


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
          takeoff: 10
          noise: 0.05
          outages:
            - {from: "2024-05-01", days: 2}
          phases:
            - {from: 31, days: 60, spread: 14, rates: {late: 0.5}}
            - {from: 2024-06-01, rates: {lost: 0.2, late: 0.3}}
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
    assert (calendar.takeoff, calendar.noise) == (10, 0.05)
    assert conditions.outages == (Burst(datetime.date(2024, 5, 1), 2, 0.0),)
    assert [dict(phase.rates) for phase in conditions.phases] == [{"late": 0.5}, {"lost": 0.2, "late": 0.3}]
    assert conditions.phases[0].when == Burst(31, 60, 1.0, 14)


def test_a_rate_changes_in_its_phases_and_sets_in_over_their_spread(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "rates: {late: 0.1}\ntime: {phases: [{from: 11, days: 10, spread: 4, rates: {late: 0.6}}, {from: 16, days: 1, rates: {late: 1}}]}",
    )
    year = Period(datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))
    late = found.conditions(POST).rate("late", year.start + np.arange(30), year)
    np.testing.assert_allclose(
        late[[0, 5, 6, 7, 8, 9, 10, 14, 15, 16, 19, 20, 24]], [0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6, 1, 0.6, 0.6, 0.5, 0.1]
    )
    assert (found.conditions(POST).rate("lost", year.start + np.arange(30), year) == POST.rates["lost"]).all()


def test_a_phase_without_days_lasts_to_the_end(tmp_path: Path) -> None:
    found = loaded(tmp_path, "time: {phases: [{from: 5, rates: {late: 0.6}}]}")
    years = Period(datetime.date(2024, 1, 1), datetime.date(2034, 12, 31))
    assert found.conditions(POST).rate("late", np.array([years.start + 3, years.start + 4, years.end]), years).tolist() == [0.1, 0.6, 0.6]


def test_a_rate_that_no_model_has_is_refused_in_a_phase_too(tmp_path: Path) -> None:
    for text in (
        "time: {phases: [{from: 5, rates: {lte: 0.6}}]}",
        "models: {post: {time: {phases: [{from: 5, rates: {lte: 0.6}}]}}}",
    ):
        with pytest.raises(RequestError, match=r"phases.*'lte'; did you mean 'late'"):
            loaded(tmp_path, text)


def test_without_a_name_it_has_that_of_its_file(tmp_path: Path) -> None:
    assert loaded(tmp_path, "anomaly_rate: 0.1").name == "my"


def test_what_a_scenario_leaves_open_is_the_models_own(tmp_path: Path) -> None:
    conditions = loaded(tmp_path, "anomaly_rate: 0.1").conditions(POST)
    assert conditions == Conditions("my", POST.rates, POST.shares, 0.1, POST.anomalies, POST.calendar)


def test_under_no_scenario_a_model_has_no_anomalies() -> None:
    assert POST.conditions == Conditions("", POST.rates, POST.shares, 0.0, POST.anomalies, POST.calendar)


def test_a_section_goes_before_what_is_said_for_all(tmp_path: Path) -> None:
    found = loaded(tmp_path, "rates: {lost: 0.3, late: 0.4}\nanomaly_rate: 0.2\nmodels: {post: {rates: {lost: 0.5}, anomaly_rate: 0.9}}")
    assert found.conditions(POST).rates == {"lost": 0.5, "late": 0.4}
    assert found.conditions(POST).anomaly_rate == 0.9


@pytest.fixture
def post_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the model of this test were one that ships with colgen."""
    monkeypatch.setattr("colgen.scenario.scenario.BUILT_IN", ("post",))
    monkeypatch.setattr("colgen.scenario.scenario.find_model", lambda name: POST)


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
