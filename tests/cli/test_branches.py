"""Branches and hidden tables on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import support

SHOP = """
from colgen import *

class Days(Table, hidden=True):
    "A frame that is not written."
    rows = 7
    id = Key()
    visits = Integers(1, 4)

class Steps(Table):
    "What was done."
    rows = Branches()
    id = Key()

class Arrivals(Steps):
    rows = FanOut(Days, "visits")
    points = Integers(1, 6)

class Others(Steps):
    rows = Volume("others")
    points = Integers(1, 6)

model = Model("shop", tables=[Days, Steps, Arrivals, Others], volumes={"few": {"others": 3}})
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP)
    return tmp_path


def test_the_command_line_builds_and_checks_branches(shop: Path) -> None:
    assert support.colgen("build", "shop.py", "--out", "data", "--check", cwd=shop).returncode == 0
    done = support.colgen("check", "data", cwd=shop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "id is 1, 2, 3 … without a gap, each once" in done.stdout
    assert "points is 1 to 6" in done.stdout


def test_a_preview_shows_rows_of_branches(shop: Path) -> None:
    done = support.colgen("preview", "shop.py.steps", "--rows", "3", "--format", "csv", cwd=shop)
    assert [line.split(",")[0] for line in done.stdout.split()] == ["id", "1", "2", "3"]


def test_the_command_line_lists_neither_hidden_tables_nor_branches(shop: Path) -> None:
    shown = support.colgen("models", "shop.py", cwd=shop).stdout
    assert "steps: What was done." in shown
    assert "points" in shown
    for name in ("days", "arrivals", "visits"):
        assert name not in shown
    planned = support.colgen("build", "shop.py", "--dry-run", cwd=shop).stdout
    assert "steps" in planned
    assert not any(name in planned for name in ("days", "arrivals", "others"))


@pytest.mark.parametrize("name", ["days", "arrivals"])
def test_the_command_line_refuses_hidden_tables_and_branches_by_name(name: str, shop: Path) -> None:
    done = support.colgen("build", "shop.py", "--tables", name, "--out", "data", cwd=shop)
    assert done.returncode == 2
    assert done.stderr == f"colgen: model shop has no table '{name}'; available: steps\n"
    assert not (shop / "data").exists()
