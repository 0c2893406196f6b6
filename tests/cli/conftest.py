"""Fixtures of the tests of commands."""

from __future__ import annotations

from tests.pipeline.conftest import desk, file

__all__ = ["desk", "file"]
