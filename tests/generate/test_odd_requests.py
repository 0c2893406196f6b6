"""Whatever is asked for, it is refused in words or becomes a build: no error of another library."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from colgen import ColgenError
from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from tests.support import ODD, refusal

ODD_REQUESTS = [
    *ODD,
    *(Path("x"), Path("nope.yaml"), "invoices", "nope.yaml", ["invoices", None], [["x"]], "today"),
    *(
        {"invoices": 1},
        {"invoices": None},
        {"invoices": "x"},
        {"invoices": [1]},
        {"invoices": 10**400},
        {"invoices": 2.5},
        {"invoices": True},
    ),
]
PARAMETERS = [word for word in inspect.signature(Spec.of).parameters if word != "model"]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_an_odd_request_is_refused_in_words_or_becomes_a_build(parameter: str) -> None:
    model = find_model("invoicing")
    for value in ODD_REQUESTS:
        said = refusal(lambda: Spec.of(model, **{parameter: value}).generation(model))  # noqa: B023 -- called at once
        assert len(said) < 1_500, value


@pytest.mark.parametrize("value", [2.5, "2.5", True, None, "ten", "", [1]], ids=repr)
def test_a_setting_is_a_whole_number(value: Any) -> None:
    with pytest.raises(ColgenError, match=r"invoices = .*must be a whole number"):
        Spec.of(find_model("invoicing"), settings={"invoices": value})
