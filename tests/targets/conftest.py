"""Fixtures of the tests of targets."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def side(tmp_path: Path) -> Path:
    """Where the staging of `target` lies."""
    return tmp_path / ".data.colgen"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A DuckDB file that is not there yet, in a folder that is not either."""
    return tmp_path / "place" / "sales.duckdb"
