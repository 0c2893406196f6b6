"""Commands that run at the same time, or are killed at any moment: the folder holds the old build or a whole new one, and others' files stay."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import colgen
from tests.attack.attack import Attack, share
from tests.attack.outcomes import REFUSED, TAKEN, outcome
from tests.attack.test_folders import STEPS
from tests.support import ROOT

COMMANDS = [
    ["build", "invoicing", "--tables", "customer_types,products", "--out", "data", "--overwrite"],
    ["build", "invoicing", "--seed", "1", "--scale", "20", "--out", "data", "--overwrite"],
    ["build", "invoicing", "--tables", "customer_types", "--out", "data", "--overwrite", "--resume"],
    ["cleanup", "data", "--confirm", "DELETE_ALL_MOCK_DATA"],
]


def prepared(root: Path) -> Path:
    """A folder with a build and a file of somebody's in it."""
    shutil.rmtree(root, ignore_errors=True)
    colgen.build("invoicing", tables=["customer_types", "product_categories"], out=root / "data")
    (root / "data" / "notes.txt").write_text("mine")
    return root / "data"


def judge(data: Path) -> str:
    """Whether there is a build now, which must then be whole."""
    assert (data / "notes.txt").read_text() == "mine"
    if not (data / "manifest.json").exists():
        return REFUSED
    verification = colgen.verify(data, all=True)
    assert verification.valid, verification.verdicts
    return TAKEN


@share(0.0005)
def test_two_at_once_leave_a_whole_build(attack: Attack, tmp_path: Path) -> None:
    def strike(steps: list[str]) -> str:
        data = prepared(tmp_path / "root")
        raised: list[BaseException] = []

        def work(step: str) -> None:
            try:
                outcome(lambda: STEPS[step](data))
            except BaseException as error:
                raised.append(error)

        threads = [threading.Thread(target=work, args=[step]) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not raised, raised
        return judge(data)

    attack(st.lists(st.sampled_from(list(STEPS)), min_size=2, max_size=4), strike)


@share(0.0002)
def test_a_kill_leaves_a_whole_build(attack: Attack, tmp_path: Path) -> None:
    def strike(given: tuple[list[str], int]) -> str:
        command, milliseconds = given
        data = prepared(tmp_path / "root")
        environment: dict[str, Any] = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-m", "colgen", *command],
            cwd=data.parent,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
        outcome(lambda: STEPS["check"](data))
        if command[0] == "cleanup" and not (data / "manifest.json").exists():
            return REFUSED
        outcome(lambda: STEPS["overwrite"](data))  # the next build clears what is left
        assert not (data.parent / ".data.colgen").exists()
        return judge(data)

    attack(st.tuples(st.sampled_from(COMMANDS), st.integers(150, 900)), strike)
