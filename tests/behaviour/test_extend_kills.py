"""An extension that is killed leaves the old build or the whole longer one, and the next one succeeds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from colgen.declare.find import find_model
from colgen.declare.model import Model
from tests.behaviour.faults import killed_before_change, wait_for_event
from tests.pipeline.extending import DESK, ERP, assert_same, build, extend, numbers
from tests.support import ROOT, thorough, whole


class TestKill9:
    @pytest.fixture
    def desk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 3_000)
        (tmp_path / "desk.py").write_text(DESK)
        return find_model(str(tmp_path / "desk.py"))

    @thorough
    def test_kill_9_before_each_change_to_the_file_system_leaves_the_old_or_the_whole_new_build(
        self, tmp_path: Path, desk: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build(desk, tmp_path / "old", "2024-01-12")
        build(desk, tmp_path / "scratch" / "data", "2024-01-20")
        ends = []
        for number in range(1000):
            target = tmp_path / str(number) / "data"
            shutil.copytree(tmp_path / "old", target)
            (target / "notes.txt").write_text("mine")
            killed = killed_before_change(number, lambda target=target: extend(target, "2024-01-15", desk))  # type: ignore[misc]
            ends.append(whole(target).spec.last_day.day)
            extend(target, "2024-01-20")
            assert (target / "notes.txt").read_text() == "mine"
            (target / "notes.txt").unlink()
            assert_same(target, tmp_path / "scratch" / "data")
            shutil.rmtree(target.parent)
            if not killed:
                break
        assert ends == sorted(ends), "once the new build is there, it stays"
        assert set(ends) == {12, 15}

    @thorough
    def test_kill_9_of_a_real_process_leaves_the_old_build_and_the_next_one_succeeds(self, target: Path) -> None:
        build(ERP, target, "2024-01-31", volume="large", tables=["orders"], settings={"orders_per_day": 200})
        before = numbers(target)
        command = [sys.executable, "-m", "colgen", "extend", str(target), "--to", "2025-12-31", "--threads", "1", "--progress", "json"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            wait_for_event(process, "rows")
        finally:
            process.kill()
            process.communicate()
        assert whole(target).spec.last_day.isoformat() == "2024-01-31"
        assert numbers(target) == before
        extend(target, "2024-02-01")
        assert whole(target).spec.last_day.isoformat() == "2024-02-01"
        assert os.listdir(target.parent) == ["data"]
