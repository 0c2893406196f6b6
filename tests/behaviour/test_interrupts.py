"""Ctrl-C at any moment leaves everything as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.behaviour.faults import (
    LONG,
    build,
    start,
    wait_for_event,
    wait_for_path,
)
from tests.support import first_of, thorough, whole

NOTHING, A_BUILD = "nothing there before", "a build there before"


@pytest.fixture
def old_seed(request: pytest.FixtureRequest, target: Path) -> int | None:
    """The seed of the build that is there already, if one is."""
    target.parent.mkdir()
    if request.param == NOTHING:
        return None
    build(target, seed=1)
    return 1


def assert_as_before(target: Path, old_seed: int | None) -> None:
    if old_seed is None:
        assert os.listdir(target.parent) == []
    else:
        assert os.listdir(target.parent) == [target.name]
        assert whole(target).spec.seed == old_seed


class TestCtrlC:
    @thorough
    @pytest.mark.parametrize(
        ("number", "old_seed"),
        first_of([(signal.SIGINT, A_BUILD), (signal.SIGTERM, NOTHING), (signal.SIGINT, NOTHING), (signal.SIGTERM, A_BUILD)], quick=2),
        indirect=["old_seed"],
    )
    def test_a_build_that_is_interrupted_leaves_all_as_it_was(self, target: Path, old_seed: int | None, number: signal.Signals) -> None:
        process = start("build", *LONG, "--out", target, "--overwrite", "--progress", "json")
        wait_for_event(process, "rows")
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "interrupted" in said
        assert "Traceback" not in said
        assert_as_before(target, old_seed)

    @thorough
    def test_folders_made_above_the_target_are_taken_away_again(self, tmp_path: Path) -> None:
        process = start("build", *LONG, "--out", tmp_path / "a" / "b" / "data", "--progress", "json")
        wait_for_event(process, "rows")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert os.listdir(tmp_path) == []

    @thorough
    def test_ctrl_c_again_and_again_is_no_different(self, target: Path) -> None:
        target.parent.mkdir()
        process = start("build", *LONG, "--out", target, "--progress", "json")
        wait_for_event(process, "rows")
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said
        assert process.returncode == 130
        assert os.listdir(target.parent) == []

    def test_a_check_that_is_interrupted_publishes_nothing(self, tmp_path: Path, target: Path) -> None:
        (tmp_path / "slow.py").write_text(
            "import dataclasses\n"
            "from colgen import Rule\n"
            "from colgen.models import invoicing\n"
            "endless = 'SELECT range FROM range(1000000000000) WHERE hash(range) = 1'\n"
            "model = dataclasses.replace(invoicing.model, rules=(Rule(invoicing.model.tables[0], 'endless', endless),))\n"
        )
        target.parent.mkdir()
        process = start("build", tmp_path / "slow.py", "--check", "--out", target, "--progress", "json")
        wait_for_event(process, "stage")
        time.sleep(1)  # in the midst of the endless rule
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
        assert "Traceback" not in said
        assert process.returncode == 130
        assert os.listdir(target.parent) == []

    @thorough
    def test_it_may_come_while_the_model_is_being_read(self, tmp_path: Path) -> None:
        (tmp_path / "slow.py").write_text("import pathlib, time\npathlib.Path(__file__).with_name('reading').touch()\ntime.sleep(60)\n")
        process = start("build", tmp_path / "slow.py", "--out", tmp_path / "data")
        wait_for_path(tmp_path / "reading")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Traceback" not in said
        assert not (tmp_path / "data").exists()

    def test_it_may_come_while_the_program_is_starting(self, tmp_path: Path) -> None:
        script = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *rest):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["colgen", "build"]
from colgen.cli import main
main()
"""
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
        assert "Traceback" not in done.stderr
        assert done.returncode == 130
        assert os.listdir(tmp_path) == []
