"""Fixtures of tests that run builds in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from colgen.targets.folder import staging
from tests.behaviour.faults import STARTED


@pytest.fixture(autouse=True)
def _no_process_outlives_its_test() -> Iterator[None]:
    yield
    while STARTED:
        STARTED[-1].kill()
        STARTED.pop().communicate()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "place" / "data"


@pytest.fixture
def log(target: Path) -> Path:
    """Where the journal of a build into the target lies."""
    return staging.staging_folder(target).with_name(staging.JOURNAL)
