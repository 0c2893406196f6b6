"""Fixtures of the tests of verification."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.verifying import build


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return build(tmp_path / "data")
