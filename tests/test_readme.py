"""What the README shows, works: its Python and its model are run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import colgen as package
from tests.support import ROOT, colgen

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
MODEL = next(block for block in BLOCKS if "class Dishes" in block)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block is not MODEL], ids=lambda block: block.split("\n")[0])
def test_a_block_of_python_runs(block: str, tmp_path: Path) -> None:
    package.build("invoicing", volume="large", out=tmp_path / "data")
    told = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": ""}
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout


def test_the_model_of_ones_own_builds(tmp_path: Path) -> None:
    (tmp_path / "my_model.py").write_text(MODEL)
    told = colgen("build", "my_model.py", "--check", "--out", "mine/", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "checks hold" in told.stderr


def test_the_rows_shown_are_real() -> None:
    shown = README.split("Twenty rows of it")[1].split("```")[1]
    data = package.build("invoicing", volume="large")
    rows = 0
    for section in shown.strip().split("\n\n"):
        name, head, *lines = section.split("\n")
        frame = data.frame(name)
        for number, line in enumerate(lines):
            rows += 1
            for column in head.split():
                value = frame[column][number]
                assert str(value) in line, (name, column, value)
    assert rows == 20


def test_both_commands_are_one_line_each() -> None:
    for name in ("build", "test"):
        block = re.search(rf"<!-- {name} -->\n```sh\n(.*?)```", README, re.DOTALL)
        assert block is not None
        assert block[1].count("\n") == 1
        assert block[1].startswith("python3 -m venv")
