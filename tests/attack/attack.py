"""An attack: some of the inputs of a test, tried one after the other."""

from __future__ import annotations

import os
import signal
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
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
        except Exception:  # in ASCII, since a half of a surrogate pair in it could not be sent to whoever reports it
            pytest.fail(traceback.format_exc().encode("ascii", "backslashreplace").decode(), pytrace=False)
        finally:
            signal.signal(signal.SIGALRM, before)


def drawn(make: Callable[[Random], Any]) -> SearchStrategy[Any]:
    """What a function makes of Python's random numbers: ten times as fast as drawing each choice by Hypothesis, and hardly shrunk."""
    return st.randoms(use_true_random=True).map(make)


def _hangs(*_: object) -> None:
    raise TimeoutError(f"not done after {PATIENCE} s")


def share(of_all: float) -> Callable[[Any], Any]:
    """Makes a function with a parameter `attack` a thorough test that tries this share of all inputs."""

    def mark(function: Any) -> Any:
        function.share = of_all
        return pytest.mark.thorough(function)

    return mark
