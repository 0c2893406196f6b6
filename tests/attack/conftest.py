"""A standing attack: inputs that nobody would give on purpose, by the thousand, and what must not come of any of them.

Whatever is given is taken, and then right, or refused in words: no other exception, nothing lost that is not colgen's, nothing executed,
nothing silently wrong. Each module is one way in; `share` says how many of all inputs a test tries. They are the same each time.

    python -m pytest -m thorough tests/attack                                   10,000 inputs, as CI does
    COLGEN_TEST_INPUTS=1000000 python -m pytest -n auto -m thorough tests/attack
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

INPUTS = int(os.environ.get("COLGEN_TEST_INPUTS", "10000"))
MOST_AT_ONCE = 2000
"""Inputs that one test tries: Hypothesis remembers all of them, and workers share the tests."""

PATIENCE = 20
"""Seconds after which an input counts as one that hangs."""


@dataclass
class Attack:
    """Some of the inputs of a test: call it with a strategy, and with a function that tries one input and says in a word what came of it."""

    number: int
    inputs: int
    outcomes: Counter[str] = field(default_factory=Counter)

    def __call__(self, inputs: SearchStrategy[Any], strike: Callable[[Any], str]) -> None:
        @seed(self.number)
        @settings(
            max_examples=self.inputs,
            derandomize=False,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(inputs)
        def each(value: Any) -> None:
            signal.alarm(PATIENCE)
            try:
                self.outcomes[strike(value)] += 1
            finally:
                signal.alarm(0)

        before = signal.signal(signal.SIGALRM, _hangs)
        try:
            each()
        finally:
            signal.signal(signal.SIGALRM, before)


def _hangs(*_: object) -> None:
    raise TimeoutError(f"not done after {PATIENCE} s")


def share(of_all: float) -> Callable[[Any], Any]:
    """Makes a function with a parameter `attack` a thorough test that tries this share of all inputs."""

    def mark(function: Any) -> Any:
        function.share = of_all
        return pytest.mark.thorough(function)

    return mark


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attack" not in metafunc.fixturenames:
        return
    inputs = max(1, round(INPUTS * metafunc.function.share))
    sizes = [min(MOST_AT_ONCE, inputs - done) for done in range(0, inputs, MOST_AT_ONCE)]
    metafunc.parametrize("attack", [Attack(number, size) for number, size in enumerate(sizes)], ids=str, indirect=True)


@pytest.fixture
def attack(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Any:
    yield request.param
    record_property("attack", (request.node.module.__name__.rpartition("test_")[2], dict(request.param.outcomes)))
