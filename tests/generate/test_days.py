"""The setting days, and the period that it decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen import (
    RequestError,
)
from colgen.generate.spec import Spec
from tests import support
from tests.declare.shops import OFFICE, Shifts


def of(**request: object) -> Spec:
    return Spec.of(OFFICE, **request)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "period", "days"),
    [
        ({}, ("2024-12-22", "2024-12-31"), 10),
        ({"volume": "large"}, ("2024-10-03", "2024-12-31"), 90),
        ({"settings": {"days": 1}}, ("2024-12-31", "2024-12-31"), 1),
        ({"settings": {"days": 366}}, ("2024-01-01", "2024-12-31"), 366),
        ({"last_day": "2023-03-01"}, ("2023-02-20", "2023-03-01"), 10),
        ({"last_day": "2024-03-01", "settings": {"days": 2}}, ("2024-02-29", "2024-03-01"), 2),
        ({"first_day": "2024-12-30"}, ("2024-12-30", "2025-01-08"), 10),
        ({"first_day": "2024-02-01", "last_day": "2024-02-29"}, ("2024-02-01", "2024-02-29"), 29),
        ({"first_day": "2024-02-01", "last_day": "2024-02-01", "settings": {"days": 500}}, ("2024-02-01", "2024-02-01"), 1),
    ],
)
def test_a_setting_days_decides_the_period_and_is_then_the_periods(request_: dict[str, object], period: tuple[str, str], days: int) -> None:
    spec = of(**request_)
    assert (str(spec.first_day), str(spec.last_day)) == period
    assert spec.settings["days"] == spec.period.days == days


def test_days_that_are_asked_for_begin_on_the_first_day() -> None:
    spec = of(first_day="2024-06-01", settings={"days": 10})
    assert (str(spec.first_day), str(spec.last_day), spec.settings["days"]) == ("2024-06-01", "2024-06-10", 10)


@pytest.mark.parametrize("days", [10**6, 10**10])
def test_days_before_all_calendars_are_refused(days: int) -> None:
    with pytest.raises(RequestError, match="the period"):
        of(settings={"days": days})


def test_a_spec_with_days_rebuilds_the_data() -> None:
    spec = of(first_day="2024-02-01", last_day="2024-02-29")
    again = Spec.model_validate_json(spec.model_dump_json())
    assert again == spec
    assert again.generation(OFFICE).counts.of(Shifts.__table__) == 29 * 3


OFFICE_FILE = """
from colgen import *
class Shifts(Table):
    rows = Daily(lambda volume: volume["clerks"], grows=("clerks",))
    id = Key()
model = Model("office", tables=[Shifts], volumes={"small": {"clerks": 3, "days": 10}})
"""


@pytest.mark.parametrize(
    ("arguments", "environment", "first"),
    [
        ([], {}, "2024-12-22"),
        ([], {"COLGEN_DAYS": "7", "COLGEN_NOTHING": "x"}, "2024-12-25"),
        (["--days", "5"], {"COLGEN_DAYS": "7"}, "2024-12-27"),
        (["--days", "5", "--set", "days=2"], {"COLGEN_DAYS": "7"}, "2024-12-30"),
        (["--days", "5", "--from", "2024-12-01"], {}, "2024-12-01"),
    ],
)
def test_days_are_asked_for_in_the_environment_over_it_by_options_over_them_by_set(
    arguments: list[str], environment: dict[str, str], first: str, tmp_path: Path
) -> None:
    (tmp_path / "office.py").write_text(OFFICE_FILE)
    done = support.colgen("build", "office.py", "--dry-run", "--to", "2024-12-31", *arguments, cwd=tmp_path, env=environment)
    assert f"{first} to 2024-12-31" in done.stdout, done.stderr
