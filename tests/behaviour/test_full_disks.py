"""A disk that is full, or that cannot be written to, is told so, and is left as it was."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from colgen.errors import ColgenError, TargetError
from tests.behaviour.faults import (
    NEEDS,
    SOME_SECONDS,
    build,
    run,
)
from tests.support import FORMATS, colgen, first_of, mounted, thorough, whole, without_privileges


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    with mounted(tmp_path / "disk", "size=2m") as disk:
        yield disk


@pytest.fixture
def disk_of_few_files(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for bytes, but for no more than a dozen files and folders."""
    with mounted(tmp_path / "disk", "size=2m,nr_inodes=13") as disk:
        yield disk


class TestAFullDisk:
    def test_a_build_that_cannot_fit_is_refused_before_it_begins(self, small_disk: Path) -> None:
        done = colgen("build", *SOME_SECONDS, "--out", small_disk / "data")
        assert done.returncode == 3
        assert NEEDS.search(done.stderr)
        assert re.search(r"has \d[\d,.]* (kB|MB) free", done.stderr)
        assert "Traceback" not in done.stderr
        assert os.listdir(small_disk) == []

    def test_a_disk_that_runs_out_of_files_in_the_middle_is_left_as_it_was(self, disk_of_few_files: Path) -> None:
        done = colgen("build", "--out", disk_of_few_files / "data")
        assert done.returncode == 1
        assert NEEDS.search(done.stderr)
        assert "Traceback" not in done.stderr
        assert os.listdir(disk_of_few_files) == []

    @thorough
    def test_a_disk_that_runs_full_in_the_middle_is_left_as_it_was(self, small_disk: Path) -> None:
        # the only way to be sure that it fits at first and not later: leave out the look at the free space
        script = "import colgen.targets.folder.target as target\ntarget.refuse_without_room = lambda *any: None\nfrom colgen.cli import main\nmain()"
        arguments = ["build", *SOME_SECONDS, "--out", str(small_disk / "data")]
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert NEEDS.search(done.stderr)
        assert "Traceback" not in done.stderr
        assert os.listdir(small_disk) == []

    @pytest.mark.parametrize("format", first_of(FORMATS, 2))
    def test_every_format_says_how_much_it_needed(self, small_disk: Path, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
        monkeypatch.setattr("colgen.targets.folder.target.refuse_without_room", lambda *any: None)
        build(small_disk / "data", seed=1, tables=["customer_types"])
        with pytest.raises(ColgenError, match=NEEDS) as raised:
            build(small_disk / "data", seed=2, volume="large", scale=12.0, format=format)
        assert raised.value.exit_code == 1
        assert whole(small_disk / "data").spec.seed == 1
        assert os.listdir(small_disk) == ["data"]

    @thorough
    def test_a_limit_on_the_size_of_files_is_like_a_full_disk(self, target: Path) -> None:
        target.parent.mkdir()
        limit = 200_000
        done = run("build", *SOME_SECONDS, "--out", target, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        assert done.returncode == 1
        assert NEEDS.search(done.stderr)
        assert "Traceback" not in done.stderr
        assert os.listdir(target.parent) == []


class TestAPlaceThatCannotBeWrittenTo:
    def refused(self, done: subprocess.CompletedProcess[str]) -> None:
        assert "Traceback" not in done.stderr
        assert done.returncode == 3
        assert done.stderr.startswith("colgen: ")
        assert "cannot be written" in done.stderr

    @pytest.mark.parametrize("place", ["/dev/null/x", "/dev/null/x/y"])
    def test_below_a_device(self, place: str) -> None:
        self.refused(colgen("build", "--out", place))

    def test_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        self.refused(colgen("build", "--out", tmp_path / "file" / "data"))
        assert (tmp_path / "file").read_text() == "mine"

    def test_a_disk_that_is_mounted_read_only(self, small_disk: Path) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        self.refused(colgen("build", "--out", small_disk / "data"))
        assert os.listdir(small_disk) == []

    def test_a_folder_that_may_not_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "locked").mkdir(mode=0o555)
        self.refused(run("build", "--out", tmp_path / "locked" / "data", before=without_privileges()))
        assert os.listdir(tmp_path / "locked") == []

    @thorough
    def test_a_folder_that_may_not_be_entered(self, tmp_path: Path) -> None:
        (tmp_path / "locked").mkdir(mode=0o000)
        self.refused(run("build", "--out", tmp_path / "locked" / "deeper" / "data", before=without_privileges()))
        (tmp_path / "locked").chmod(0o700)
        assert os.listdir(tmp_path / "locked") == []

    @thorough
    def test_an_old_build_in_a_folder_that_may_not_be_written_is_kept(self, tmp_path: Path) -> None:
        build(tmp_path / "locked" / "data", seed=1)
        (tmp_path / "locked").chmod(0o555)
        self.refused(run("build", "--overwrite", "--out", tmp_path / "locked" / "data", before=without_privileges()))
        assert whole(tmp_path / "locked" / "data").spec.seed == 1

    def test_is_a_refused_target_for_callers_too(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(TargetError, match="cannot be written"):
            build(tmp_path / "file" / "data")
