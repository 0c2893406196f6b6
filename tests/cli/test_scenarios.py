"""The commands scenarios and validate, and how names of scenarios are completed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from colgen.scenario.scenario import SCENARIOS, Scenario
from tests.scenario.post import write_file
from tests.support import ROOT, colgen


def test_the_list_of_scenarios() -> None:
    done = colgen("scenarios")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == list(SCENARIOS)
    assert re.search(r"peak-season +15% +Three times", done.stdout)


@pytest.mark.parametrize("name", ["normal-ops", "peak-season", "warehouse-outage"])
def test_what_is_shown_is_a_file_of_the_same_scenario(tmp_path: Path, name: str) -> None:
    done = colgen("scenarios", "show", name)
    assert done.returncode == 0
    assert done.stdout.startswith("name:" if name == "normal-ops" else f"# {name} extends normal-ops;")
    assert Scenario.read(write_file(tmp_path, done.stdout)) == Scenario.read(name)


def test_a_scenario_that_is_not_there_is_not_shown() -> None:
    done = colgen("scenarios", "show", "peak-seson")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 'peak-season'" in done.stderr


def test_validate_says_what_is_valid(tmp_path: Path) -> None:
    write_file(tmp_path, "anomaly_rate: 0.1")
    done = colgen("validate", "my.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "my.yaml: valid\n", "")


def test_validate_names_each_mistake_and_exits_with_2(tmp_path: Path) -> None:
    write_file(tmp_path, "anomaly_rate: 2\ntime:\n  growth: x\n")
    write_file(tmp_path, "anomaly_rate: 0.1", "right.yaml")
    done = colgen("validate", "my.yaml", "right.yaml", "gone.yaml", cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["my.yaml:1", "my.yaml:3", "right.yaml", "gone.yaml"]
    assert done.stderr == "colgen: 2 mistakes in my.yaml, 1 mistake in gone.yaml\n"


def test_validate_says_which_section_it_cannot_judge(tmp_path: Path) -> None:
    write_file(tmp_path, "models: {shop: {rates: {lost: 0.1}}}")
    done = colgen("validate", "my.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "my.yaml: valid; the names for model shop were not looked at: give it as --model\n")


def test_validate_knows_a_model_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from colgen import *\nclass Things(Table):\n    rows = Volume('things')\n    id = Key()\nmodel = Model('shop', tables=[Things], volumes={'few': {'things': 12}})\n"
    )
    write_file(tmp_path, "settings: {thing: 5}")
    assert "did you mean 'things'" in colgen("validate", "my.yaml", "--model", "shop.py", cwd=tmp_path).stdout
    write_file(tmp_path, "settings: {things: 5}")
    assert colgen("validate", "my.yaml", "--model", "shop.py", cwd=tmp_path).returncode == 0
    assert colgen("validate", "my.yaml", cwd=tmp_path).returncode == 2


def test_the_shell_completes_a_name() -> None:
    words = "colgen scenarios show pe"
    env = {"_COLGEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "3"}
    assert colgen(env=env).stdout.strip() == "peak-season"


def test_help_needs_nothing_heavy() -> None:
    code = "import sys, colgen.cli.app; print([name for name in ('numpy', 'pyarrow', 'pydantic', 'yaml') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n"
