"""Arguments of the library that nobody means: each call gives a result, or an error for people that speaks of Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

import colgen
from tests.attack.attack import Attack, share
from tests.attack.odd import odd
from tests.attack.outcomes import TAKEN, outcome

SOUND: dict[str, Any] = {"tables": ["customer_types"], "volume": "small"}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A call's name, and one to three arguments that it takes."""
    name = draw(st.sampled_from(["build", "build", "build", "extend", "check", "verify", "report", "diff"]))
    parameters = [parameter.name for parameter in inspect.signature(getattr(colgen, name)).parameters.values()]
    parameters = [parameter for parameter in parameters if parameter not in ("parameters", "progress")]
    chosen = draw(st.lists(st.sampled_from(parameters), min_size=1, max_size=3, unique=True))
    return name, {parameter: draw(odd()) for parameter in chosen}


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound build, below the current folder."""
    monkeypatch.chdir(tmp_path)
    colgen.build("invoicing", **SOUND, out=tmp_path / "sound")
    return tmp_path / "sound"


@share(0.06)
def test_odd_arguments_are_refused_in_words(attack: Attack, sound: Path) -> None:
    usual: dict[str, dict[str, Any]] = {
        "build": SOUND,
        "extend": {"path": sound, "to": "2025-01-31"},
        "check": {"path": sound},
        "verify": {"path": sound},
        "report": {"name": "customer_summary", "path": sound},
        "diff": {"a": sound, "b": sound},
    }

    def strike(given: tuple[str, dict[str, Any]]) -> str:
        name, arguments = given
        function: Callable[..., Any] = getattr(colgen, name)
        if "out" in arguments and not arguments.keys() & {"overwrite", "format"}:
            arguments = {"out": arguments["out"]}  # whatever it is: it names a place below the current folder, or none
        taken: list[Any] = []
        came = outcome(lambda: taken.append(function(**{**usual[name], **arguments})))
        if came == TAKEN and name == "build" and isinstance(taken[0], colgen.Dataset):
            outcome(lambda: taken[0].head("customer_types"))
        return came

    attack(calls(), strike)
