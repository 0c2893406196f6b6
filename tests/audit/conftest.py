"""Fixtures of the tests of verification."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.audit.verifying import PARTS, build


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of many small parts, which nobody changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.generate.plan.PART_BYTES", PARTS)
        return build(tmp_path_factory.mktemp("sound") / "data")


@pytest.fixture
def built(sound: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(sound, tmp_path / "data"))
