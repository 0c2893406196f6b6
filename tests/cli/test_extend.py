"""`colgen extend`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import colgen as package
from colgen.declare.model import Model
from colgen.targets import manifest
from tests.pipeline.extending import build
from tests.support import colgen, thorough


class TestTheCommand:
    @thorough
    def test_it_extends_checks_and_tells(self, tmp_path: Path) -> None:
        for arguments in (
            ("build", "erp", "--volume", "small", "--to", "2024-01-05", "--out", "data", "--quiet"),
            ("build", "erp", "--volume", "small", "--to", "2024-01-12", "--out", "scratch", "--quiet"),
        ):
            assert colgen(*arguments, cwd=tmp_path).returncode == 0
        told = colgen("extend", "data", "--to", "2024-01-12", "--check", "--threads", "2", cwd=tmp_path)
        assert told.returncode == 0, told.stderr
        assert told.stdout == ""
        assert "data: now ends on 2024-01-12, +" in told.stderr
        assert "0 parts kept, 16 written" in told.stderr
        assert "checks hold" in told.stderr
        assert "  orders " in told.stderr
        assert (tmp_path / "data/manifest.json").read_bytes() == (tmp_path / "scratch/manifest.json").read_bytes()

    def test_for_programs_it_tells_an_object_a_line(self, tmp_path: Path, file: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", tmp_path / "data", "--to", "2024-02-20", "--progress", "json")
        events = [json.loads(line) for line in told.stderr.splitlines()]
        assert [events[0]["event"], events[-1]["event"]] == ["start", "end"]
        assert events[-1]["added"]["customers"] == 0
        assert events[-1]["added"]["questions"] > 0
        assert (events[-1]["kept"], events[-1]["written"]) == (0, 3)

    def test_quiet_says_nothing(self, tmp_path: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", tmp_path / "data", "--to", "2024-02-20", "--quiet")
        assert (told.returncode, told.stdout, told.stderr) == (0, "", "")

    def test_a_model_that_has_moved_can_be_named(self, tmp_path: Path, file: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        file.rename(tmp_path / "moved.py")
        assert colgen("extend", tmp_path / "data", "--to", "2024-02-20").returncode == 2
        assert colgen("extend", tmp_path / "data", "--to", "2024-02-20", "--model", tmp_path / "moved.py", "-q").returncode == 0

    @pytest.mark.parametrize(
        ("arguments", "code", "says"),
        [
            (("data", "--to", "2024-02-15"), 2, "already ends on 2024-02-15"),
            (("data", "--to", "2024-02-14"), 2, "only adds days"),
            (("data",), 2, "--to"),
            (("data", "--to", "soon"), 2, "it must be a day"),
            (("nothing", "--to", "2024-03-01"), 2, "there is no folder 'nothing'"),
            ((".", "--to", "2024-03-01"), 2, "holds no finished build"),
            (("data", "--to", "2024-03-01", "--threads", "0"), 2, "--threads 0"),
        ],
    )
    def test_a_wrong_request_ends_with_its_code(
        self, tmp_path: Path, desk: Model, arguments: tuple[str, ...], code: int, says: str
    ) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", *arguments, cwd=tmp_path)
        assert told.returncode == code
        assert says in told.stderr
        assert "Traceback" not in told.stderr

    def test_the_current_folder_is_refused_as_a_target(self, tmp_path: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        told = colgen("extend", ".", "--to", "2024-02-20", cwd=tmp_path / "data")
        assert told.returncode == 3
        assert "is the current folder" in told.stderr

    def test_python_has_it_too(self, tmp_path: Path, desk: Model) -> None:
        build(desk, tmp_path / "data", "2024-02-15")
        summary = package.extend(tmp_path / "data", to="2024-02-20", check=True)
        assert summary.spec.last_day.isoformat() == "2024-02-20"
        assert summary.added is not None
        assert summary.added["customers"] == 0
        assert summary.rows["questions"] == manifest.read(tmp_path / "data").tables["questions"].rows
        assert summary.outcomes
