"""Whatever a scenario is given in Python, it is refused in words: never by an error of pydantic."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen import RequestError, Scenario
from tests.scenario.post import POST, write_file
from tests.support import ODD, refusal

FIELDS = list(Scenario.model_fields)
TIMES = ["weekday", "month", "hours", "growth", "takeoff", "holiday", "ramadan", "noise", "bursts", "outages", "phases"]


@pytest.mark.parametrize("field", FIELDS)
def test_an_odd_field_is_refused_in_words(field: str) -> None:
    for value in ODD:
        said = refusal(lambda: Scenario(**{"name": "mine", field: value}).conditions(POST))  # noqa: B023 -- called at once
        assert "pydantic" not in said, value


@pytest.mark.parametrize("field", TIMES)
def test_an_odd_field_of_its_time_is_refused_in_words(field: str) -> None:
    for value in ODD:
        said = refusal(lambda: Scenario(name="mine", time={field: value}).conditions(POST))  # noqa: B023 -- called at once
        assert "pydantic" not in said, value


def test_an_odd_name_or_model_is_refused_in_words() -> None:
    for value in ODD:
        for attempt in (lambda: Scenario.read(value), lambda: Scenario.read("peak-season", value)):  # noqa: B023 -- called at once
            assert len(refusal(attempt)) < 1_500, value


@pytest.mark.parametrize("value", [None, "erp", 5, POST.volumes], ids=["None", "a name", "a number", "volumes"])
def test_the_conditions_of_what_is_no_model_are_refused(value: object) -> None:
    with pytest.raises(RequestError, match="is not a Model"):
        Scenario.read("peak-season").conditions(value)  # type: ignore[arg-type]


def test_a_file_that_says_nothing_changes_nothing(tmp_path: Path) -> None:
    assert Scenario.read(write_file(tmp_path, "{}\n", "calm.yaml"), POST).stated() == {"name": "calm"}
