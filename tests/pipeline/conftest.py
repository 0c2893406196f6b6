"""Fixtures of the tests of builds, of extending and of resuming them."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.targets.folder import staging
from tests.pipeline.extending import DESK
from tests.pipeline.resuming import TINY


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desk.py"
    path.write_text(DESK)
    return path


@pytest.fixture
def desk(file: Path) -> Model:
    return find_model(str(file))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "place" / "data"


@pytest.fixture
def log(target: Path) -> Path:
    """Where the journal of a build into the target lies."""
    return staging.staging_folder(target).with_name(staging.JOURNAL)


@pytest.fixture
def tiny_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", TINY)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 3_000)
