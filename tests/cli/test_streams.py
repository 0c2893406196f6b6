"""What a command does where its streams, its folder or its files fail it: a build goes on, a listing says one line."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, colgen, first_of, thorough

FULL = Path("/dev/full")


def shell(command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of the shell, in which `colgen` is the command."""
    script = f'colgen() {{ "{sys.executable}" -m colgen "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, timeout=120
    )


@thorough
@pytest.mark.parametrize("redirection", first_of([">&- 2>&- <&-", "2>&-", *(["2>/dev/full"] if FULL.exists() else [])]))
def test_progress_that_cannot_be_shown_costs_no_build(tmp_path: Path, redirection: str) -> None:
    done = shell(f"colgen build --out data --tables customers --progress json {redirection}", tmp_path)
    assert (done.returncode, (tmp_path / "data/manifest.json").exists()) == (0, True)
    assert colgen("check", tmp_path / "data", "--quiet").returncode == 0


@thorough
def test_nor_does_a_reader_of_progress_that_stops_early(tmp_path: Path) -> None:
    done = shell("(colgen build --volume large --out data --progress json; echo $? >code) 2>&1 | head -1", tmp_path)
    assert done.stdout.startswith(b'{"event": "start"')
    assert (tmp_path / "code").read_text() == "0\n"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param("models >/dev/full", "no space left on device", marks=pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")),
        *first_of(
            [
                ("preview invoicing.invoices -f parquet >&-", "bad file descriptor"),
                ("models >&-", "bad file descriptor"),
                ("--help >&-", "bad file descriptor"),
            ]
        ),
    ],
)
def test_a_listing_that_cannot_be_written_is_one_line(tmp_path: Path, command: str, reason: str) -> None:
    done = shell(f"colgen {command}", tmp_path)
    assert (done.returncode, done.stderr.decode()) == (1, f"colgen: stdout could not be written to: {reason}\n")


@thorough
def test_a_reader_of_a_listing_that_stops_early_is_no_error(tmp_path: Path) -> None:
    done = shell("colgen preview invoicing.invoices -n 5000 --volume large -f parquet | head -c 4; exit ${PIPESTATUS[0]}", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"PAR1", b"")


@thorough
@pytest.mark.parametrize("encoding", first_of(["ascii:strict", "latin-1", "ascii"]))
def test_what_a_terminal_cannot_show_is_escaped(tmp_path: Path, encoding: str) -> None:
    done = shell("colgen models erp", tmp_path, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u2026" in done.stdout


@thorough
@pytest.mark.parametrize("command", first_of(["preview erp.companies -n 3 -f csv", "scenarios show peak-season"]))
def test_rows_for_programs_are_utf_8_whatever_a_terminal_can_show(tmp_path: Path, command: str) -> None:
    in_utf_8 = colgen(*command.split(), cwd=tmp_path).stdout
    assert shell(f"colgen {command}", tmp_path, PYTHONIOENCODING="ascii").stdout.decode() == in_utf_8


def test_a_current_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    done = shell("mkdir gone; cd gone; rmdir ../gone; colgen build --out data", tmp_path)
    assert (done.returncode, done.stderr.decode()) == (2, "colgen: the current folder is gone; change to one that is there\n")


def test_too_few_files_are_told_before_anything_is_written(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] > 32
    done = shell("ulimit -n 12; colgen build --out data", tmp_path)
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "colgen: only 12 files may be open at once, and colgen needs 32: ulimit -n 1024\n",
    )
    assert os.listdir(tmp_path) == []


class TestOddArguments:
    """One line, exit code 2 and no password, whatever is typed."""

    @pytest.mark.parametrize(
        "arguments",
        [
            ("build", "--seed", "x"),
            ("build", "a", "postgresql://ann:geheim@db/x"),
            ("build", "--seed=postgresql://ann:geheim@db/x"),
            ("build", "postgresql+psycopg://ann:geheim@db/x"),
            ("build", "--out", "mysql://ann:geheim@db/x"),
            ("build", "--out", "ann:geheim@db"),
            ("build", "--out", "host=db password=geheim"),
            ("build", "--volume", "mysql://ann:geheim@db"),
            ("extend", "mysql://ann:geheim@db", "--to", "today"),
            ("verify", "mysql://ann:geheim@db"),
            ("check", "postgresql://ann:geheim@db"),
            ("check",),
            ("build", "--out", ""),
            ("build", "--volume", ""),
            ("build", "--out", "a\0b"),
            ("build", "a\0b.py"),
            ("build", "\udcff"),
            ("build", "--out", "x" * 300),
            ("build", "--out", "x/" * 50_000),
            ("build", "--model", "x" * 1_000_000),
            ("build", "x" * 1_000_000 + ".py"),
            ("check", "x" * 1_000_000),
            ("check", "a\0b"),
            ("verify", "a\0b"),
            ("diff", "a\0b", "x" * 300),
            ("extend", "x" * 300, "--to", "today"),
            ("report", "a", "x" * 300),
            ("cleanup", "x" * 300),
            ("validate", "x" * 300 + ".yaml"),
            ("models", "x" * 300 + ".py"),
            ("preview", "x" * 300 + ".py.y"),
            ("build", "--scenario", "x" * 300 + ".yaml"),
            ("@file",),
            ("--", "--"),
        ],
        ids=lambda arguments: " ".join(arguments)[:40].replace("\0", "NUL").encode("ascii", "replace").decode(),
    )
    def test_they_are_refused(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        done = colgen(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith("colgen: ")
        assert len(done.stderr) < 5_000
        assert "geheim" not in done.stderr
        assert os.listdir(tmp_path) == []
