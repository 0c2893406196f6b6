"""`colgen validate`: scenarios by the names under which they ship, and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen.scenario.scenario import SCENARIOS
from tests.support import colgen


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_ships_is_known_by_its_name(name: str) -> None:
    result = colgen("validate", name)
    assert (result.returncode, result.stdout) == (0, f"{name}: valid\n")


def test_names_and_files_go_together(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nextends: peak-season\n")
    result = colgen("validate", "peak-season", "mine.yaml", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "peak-season: valid\nmine.yaml: valid\n")


def test_a_name_misspelt_is_told_from_a_file(tmp_path: Path) -> None:
    result = colgen("validate", "peak-seson", cwd=tmp_path)
    assert result.returncode == 2
    assert "did you mean 'peak-season'?" in result.stdout + result.stderr


def test_a_file_with_a_mistake_is_named_and_the_others_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("name: wrong\nextnds: peak-season\n")
    result = colgen("validate", "wrong.yaml", "peak-season", cwd=tmp_path)
    assert result.returncode == 2
    assert "peak-season: valid" in result.stdout
    assert "1 mistake in wrong.yaml" in result.stderr
