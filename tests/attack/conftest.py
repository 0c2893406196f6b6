"""A standing attack: inputs that nobody would give on purpose, by the thousand, and what must not come of any of them.

Whatever is given is taken, and then right, or refused in words: no other exception, nothing lost that is not colgen's, nothing executed,
nothing silently wrong. Each module is one way in; `share` says how many of all inputs a test tries. They are the same each time.

    python -m pytest -m thorough tests/attack                                   10,000 inputs, as CI does
    COLGEN_TEST_INPUTS=1000000 python -m pytest -n auto -m thorough tests/attack
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.attack.attack import INPUTS, MOST_AT_ONCE, Attack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attack" not in metafunc.fixturenames:
        return
    inputs = max(1, round(INPUTS * metafunc.function.share))
    sizes = [min(MOST_AT_ONCE, inputs - done) for done in range(0, inputs, MOST_AT_ONCE)]
    metafunc.parametrize(
        "attack",
        [Attack(number, size) for number, size in enumerate(sizes)],
        ids=[str(number) for number in range(len(sizes))],
        indirect=True,
    )


@pytest.fixture
def attack(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Any:
    yield request.param
    record_property("attack", (request.node.module.__name__.rpartition("test_")[2], dict(request.param.outcomes)))
