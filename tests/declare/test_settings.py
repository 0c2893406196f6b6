"""Volumes, settings and their ranges: what a rule could not bear is refused, and a small scale still makes what is asked for."""

from __future__ import annotations

from typing import Any

import pytest

import colgen
from colgen import Between, Boolean, FanOut, ForeignKey, Integers, Key, Model, RequestError, Table, Volume, column
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from tests.support import refused


class Staff(Table):
    """Somebody who works here; every fourth is in charge."""

    rows = Volume("staff")
    id = Key()
    leads = column(Boolean)(lambda id: id % 4 == 0)


class Shifts(Table):
    """A shift, and who leads it."""

    rows = FanOut(Staff, Between("least", "most"))
    id = Key()
    led_by = ForeignKey(Staff, where={"leads": True})
    hours = Integers(4, 8)


def shop(**more: Any) -> Model:
    return Model("shop", **{"tables": [Staff, Shifts], "volumes": {"small": {"staff": 40, "least": 1, "most": 3}}, **more})


RANGED = shop(ranges={"staff": (4, 1_000), "most": (1, 50)})


# What a volume says


@pytest.mark.parametrize("value", [-1, 1.5, True, None, "ten", 10**30, [1]], ids=repr)
def test_a_setting_of_a_volume_is_a_whole_number(value: Any) -> None:
    with refused("model shop: volume 'small': staff must be a whole number from 0 to 10,000,000,000"):
        shop(volumes={"small": {"staff": value, "least": 1, "most": 3}})


def test_a_count_of_a_volume_is_at_least_one() -> None:
    with refused("volume 'small': staff = 0: there must be at least one"):
        shop(volumes={"small": {"staff": 0, "least": 1, "most": 3}})


@pytest.mark.parametrize(
    ("large", "words"), [({"staff": 4}, "lacks the setting 'least'"), ({"staff": 4, "least": 1, "most": 2, "x": 1}, "'x'")]
)
def test_volumes_have_the_same_settings(large: dict[str, int], words: str) -> None:
    with refused("all have the same ones", words):
        shop(volumes={"small": {"staff": 40, "least": 1, "most": 3}, "large": large})


def test_a_volume_whose_least_is_above_its_most_is_refused() -> None:
    with refused("volume 'small': least = 4 is above most = 3, and shifts has rows from the one to the other for each of staff"):
        shop(volumes={"small": {"staff": 4, "least": 4, "most": 3}})


# Ranges


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"stuff": (1, 2)}, "ranges names 'stuff', which is not a setting; did you mean 'staff'"),
        ({"staff": (2, 1)}, "its least and its greatest value"),
        ({"staff": (-1, 1)}, "its least and its greatest value"),
        ({"staff": 5}, "its least and its greatest value"),
        ({"staff": (1, 20)}, "volume 'small': staff = 40: it must be 1 to 20"),
        ([1], "ranges must have names"),
    ],
)
def test_a_range_is_of_a_setting_and_holds_for_every_volume(ranges: Any, words: str) -> None:
    with refused(words):
        shop(ranges=ranges)


@pytest.mark.parametrize("staff", [0, 3, 1_001])
def test_a_setting_outside_its_range_is_refused_with_the_range(staff: int) -> None:
    with pytest.raises(RequestError, match=f"staff = {staff:,}: it must be 4 to 1,000"):
        colgen.build(RANGED, settings={"staff": staff})


def test_settings_between_which_nothing_lies_are_refused() -> None:
    with pytest.raises(RequestError, match="least = 4 is above most = 3"):
        colgen.build(RANGED, settings={"least": 4})
    with pytest.raises(RequestError, match="least = 1 is above most = 0"):
        colgen.build(shop(), settings={"most": 0})


@pytest.mark.parametrize(("scale", "staff"), [(1, 40), (0.5, 20), (0.1, 4), (0.05, 4), (1e-9, 4)])
def test_a_scale_goes_down_to_the_least_of_the_range(scale: float, staff: int) -> None:
    data = colgen.build(RANGED, scale=scale)
    assert data.rows["staff"] == staff
    assert set(data.frame("shifts")["led_by"]) <= set(range(4, 41, 4))


def test_a_reference_to_rows_that_are_not_there_is_told_before_anything_is_made() -> None:
    model = shop()
    spec = Spec.of(model, settings={"staff": 3})
    with refused("shifts.led_by: no row of staff has leads = True"):
        plan(spec, spec.generation(model), exact=False)


def test_names_that_rules_could_not_tell_apart_are_refused() -> None:
    with refused(r"what \$start is"):
        shop(volumes={"small": {"staff": 4, "least": 1, "most": 3, "start": 1}})
    with refused(r"what \$least is, which would be a setting and a rate"):
        shop(rates={"least": 0.5})


# The models that ship


@pytest.mark.parametrize(
    ("model", "setting"),
    [
        *(("invoicing", {name: value}) for name in ("addresses_min", "addresses_max") for value in (0, 1_001)),
        *(("invoicing", {name: 1_001}) for name in ("lines_min", "lines_max")),
        *(("erp", {"users": 3}), ("erp", {"products": 1}), ("erp", {"anomalies": 2})),
        *(("ecommerce", {"bounce_percent": 101}), ("ecommerce", {"sessions_per_day": 0})),
    ],
)
def test_a_shipped_model_refuses_a_setting_that_breaks_its_rules(model: str, setting: dict[str, int]) -> None:
    with pytest.raises(RequestError, match=f"{next(iter(setting))} = "):
        colgen.build(model, settings=setting)
