"""What may be said under `defects`."""

from __future__ import annotations

from typing import Any

import pytest

import colgen
from colgen import RequestError, Scenario
from colgen.defects.shares import KINDS, shares_of
from colgen.generate.spec import Spec
from colgen.service.request import InvalidRequest, Plan, spec_of
from tests.defects.clinic import clinic
from tests.support import ODD, model_of, refusal, refused


def asked(**request: Any) -> dict[str, float]:
    return Spec.of(clinic, **request).defects


def test_a_number_is_the_share_of_any_kind_that_fits_a_cell() -> None:
    assert asked(settings={"defects": 0.02}) == asked(settings={"defects": "0.02"}) == {"any": 0.02}
    assert asked() == asked(settings={"defects": 0}) == {}


def test_kinds_have_shares_of_their_own_beside_it() -> None:
    settings = {"defects": 0.02, "defects.typo": "0.1", "defects.missing": 0, "patients": 70}
    assert asked(settings=settings) == {"any": 0.02, "typo": 0.1}
    assert asked(settings={"defects": {"typo": 0.1, "orphan": 0.2}}) == {"typo": 0.1, "orphan": 0.2}


def test_what_is_asked_for_takes_precedence_over_a_scenario() -> None:
    scenario = Scenario(name="careless", defects={"typo": 0.1, "stale": 0.05}, models={"clinic": {"defects": 0.03}})
    assert asked(scenario=scenario) == {"any": 0.03}
    scenario = Scenario(name="careless", defects={"typo": 0.1, "stale": 0.05})
    assert asked(scenario=scenario) == {"typo": 0.1, "stale": 0.05}
    assert asked(scenario=scenario, settings={"defects.typo": 0}) == {"stale": 0.05}
    assert asked(scenario=scenario, settings={"defects": 0}) == {}


@pytest.mark.parametrize("share", [0.21, 1, -0.01, "much", None, True, float("nan")])
def test_a_share_that_is_none_is_refused_with_the_limits(share: Any) -> None:
    with refused("defects.typo", "0 to 0.2", error=RequestError):
        asked(settings={"defects.typo": share})


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    with refused("no kind of defect 'typos'", "typo", error=RequestError):
        asked(settings={"defects.typos": 0.1})
    with refused("defects", "no kind of defect 'lies'", error=RequestError):
        Scenario(name="careless", defects={"lies": 0.1})


def test_nothing_odd_is_taken_for_shares() -> None:
    for odd in ODD:
        if not refusal(lambda odd=odd: Spec.of(clinic, settings={"defects": odd}), RequestError):  # type: ignore[misc]
            assert all(0 < share <= 0.2 for share in asked(settings={"defects": odd}).values())


def test_kinds_that_no_column_can_have_are_refused() -> None:
    with refused("no column of visits can have one of kind mojibake", error=RequestError):
        asked(settings={"defects.mojibake": 0.1}, tables=["visits"])


def test_the_answer_key_is_one_of_the_tables() -> None:
    assert Spec.of(clinic, settings={"defects": 0.1}, tables=["devices", "defects"]).tables == ("devices", "defects")
    assert Spec.of(clinic, settings={"defects": 0.1}, tables=["devices"]).tables == ("devices", "defects")
    with refused("no table 'defects'", error=RequestError):
        Spec.of(clinic, tables=["defects"])


def test_a_model_with_a_table_of_that_name_has_no_defects() -> None:
    class Defects(colgen.Table):
        rows = colgen.Volume("any")
        id = colgen.Key()
        name = colgen.Words(1)

    assert colgen.build(model_of(Defects)).rows == {"defects": 1}
    with refused("has a table 'defects' itself", error=RequestError):
        colgen.build(model_of(Defects), settings={"defects": 0.1})


def test_a_model_with_a_setting_of_that_name_keeps_it() -> None:
    class Faults(colgen.Table):
        rows = colgen.Volume("defects")
        id = colgen.Key()

    assert colgen.build(model_of(Faults, defects=3), settings={"defects": 5}).rows == {"faults": 5}


def test_all_kinds_are_described() -> None:
    assert shares_of(dict.fromkeys(KINDS, 0.1)).keys() == KINDS.keys()


def test_a_request_to_the_service_names_them_as_settings() -> None:
    spec, _ = spec_of(Plan.model_validate({"config": {"settings": {"defects": 0.02, "defects.typo": 0.01, "customers": 30}}}))
    assert (spec.defects, spec.settings["customers"]) == ({"any": 0.02, "typo": 0.01}, 30)
    with pytest.raises(InvalidRequest) as refused_request:
        spec_of(Plan.model_validate({"config": {"settings": {"defects.typo": 3, "customers": 2.5}}}))
    assert [pointer for pointer, _ in refused_request.value.mistakes] == ["/config/settings/defects.typo", "/config/settings/customers"]
