"""`colgen diff`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import colgen as package
from tests.audit.differing import change
from tests.support import colgen


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small build."""
    folder = tmp_path_factory.mktemp("differences") / "data"
    package.build("invoicing", seed=5, out=folder)
    return folder


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(sound, tmp_path / "copy"))


@pytest.fixture
def another(tmp_path: Path) -> Callable[..., Path]:
    """Builds another one, by what differs in the request."""

    def built(**request: object) -> Path:
        folder = tmp_path / "another"
        package.build("invoicing", out=folder, **{"seed": 5, **request})  # type: ignore[call-overload]
        return folder

    return built


def test_the_command_says_no_difference_and_exits_with_0(sound: Path, copy: Path) -> None:
    told = colgen("diff", sound, copy)
    assert (told.returncode, told.stdout, told.stderr) == (0, "no difference\n", "")


def test_the_command_shows_what_differs_and_exits_with_1(sound: Path, copy: Path) -> None:
    change(copy, "products", "UPDATE products SET name = '[b]', weight = NULL WHERE id = 7", "DELETE FROM products WHERE id > 90")
    told = colgen("diff", sound, copy)
    assert (told.returncode, told.stderr) == (1, "")
    head, row = told.stdout.splitlines()
    assert head.split() == ["table", "rows", "in", "A", "rows", "in", "B", "added", "gone", "changed", "columns"]
    assert row.split() == ["products", "100", "90", "0", "10", "1", "name", "1,", "weight", "1"]
    rows = colgen("diff", sound, copy, "--rows").stdout.splitlines()
    assert rows[:2] == [head, row]
    assert any(line.split()[:2] == ["7", "name"] and line.split()[-1] == "[b]" for line in rows)
    assert any(line.split() == ["91", "id", "91", "—"] for line in rows)


def test_the_command_compares_only_the_tables_asked_for(sound: Path, copy: Path) -> None:
    change(copy, "products", "DELETE FROM products WHERE id = 7")
    assert colgen("diff", sound, copy, "--tables", "invoices,customers").returncode == 0
    assert colgen("diff", sound, copy, "-t", "invoices", "-t", "products").returncode == 1


def test_the_command_in_json(sound: Path, copy: Path) -> None:
    assert json.loads(colgen("diff", sound, copy, "--format", "json").stdout) == []
    change(copy, "products", "UPDATE products SET price = 0.01 WHERE id = 7")
    (found,) = json.loads(colgen("diff", sound, copy, "--format", "json").stdout)
    (example,) = found.pop("examples")
    assert found == {
        "table": "products",
        "rows": [100, 100],
        "added": 0,
        "gone": 0,
        "changed": 1,
        "columns": {"price": 1},
        "only_in_a": [],
        "only_in_b": [],
    }
    assert (example["key"], example["column"], example["after"]) == (7, "price", "0.01")


def test_the_command_says_which_table_only_one_has(sound: Path, another: Callable[..., Path]) -> None:
    told = colgen("diff", another(tables=["products"]), sound, "-t", "products,inventory")
    assert told.returncode == 1
    assert told.stdout.splitlines()[1].split()[-3:] == ["only", "in", "B"]


def test_a_wrong_request_exits_with_2(sound: Path, tmp_path: Path) -> None:
    told = colgen("diff", sound, tmp_path / "nowhere")
    assert told.returncode == 2
    assert told.stderr.startswith("colgen: there is no ")


def test_help_says_how_it_ends() -> None:
    shown = " ".join(colgen("diff", "--help", env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout.split())
    assert "Exits with 0 if they are the same, 1 if they differ." in shown
