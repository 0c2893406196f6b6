"""Builds in the background: build --detach, status and cancel, without a service."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, colgen, thorough, whole

LARGE = ("--volume", "large", "--scale", "2000", "--tables", "invoices")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"COLGEN_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}


def detached(home: dict[str, str], *arguments: str | Path) -> str:
    """Starts a build in the background: the id of its job."""
    told = colgen("build", *arguments, "--detach", env=home)
    assert told.returncode == 0, told.stderr
    assert "colgen status --job" in told.stderr
    return told.stdout.strip()


def status(home: dict[str, str], id: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(colgen("status", "--job", id, "--format", "json", env=home).stdout)
    return told


def when(home: dict[str, str], id: str, *states: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (job := status(home, id))["state"] not in states:
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
    return job


def test_a_detached_build_is_the_one_that_the_command_makes(home: dict[str, str], tmp_path: Path) -> None:
    id = detached(home, "--volume", "small", "--seed", "7", "--customers", "30", "--out", tmp_path / "shop")
    watched = colgen("status", "--job", id, "--watch", env=home)
    assert (watched.returncode, "done" in watched.stdout) == (0, True)
    colgen("build", "--volume", "small", "--seed", "7", "--customers", "30", "--out", tmp_path / "other")
    assert whole(tmp_path / "shop").tables == whole(tmp_path / "other").tables
    assert whole(tmp_path / "shop").spec == whole(tmp_path / "other").spec


@thorough
def test_a_model_of_one_s_own_is_found_from_anywhere(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODEL)
    told = colgen("build", "mine.py", "--out", "out", "--detach", cwd=tmp_path, env=home)
    assert when(home, told.stdout.strip(), "done", "failed")["state"] == "done"
    assert (tmp_path / "out" / "manifest.json").is_file()


MODEL = """
from colgen import Integers, Key, Model, Table, Volume

class Things(Table):
    rows = Volume("things")
    id = Key()
    size = Integers(1, 9)

model = Model("mine", tables=[Things], volumes={"small": {"things": 3}})
"""


def test_a_running_build_is_shown_and_cancelled(home: dict[str, str], tmp_path: Path) -> None:
    id = detached(home, *LARGE, "--out", tmp_path / "shop")
    assert re.search(rf"{id} +running, (starting|generating) ", colgen("status", env=home).stdout)
    cancelled = colgen("cancel", id, env=home)
    assert (cancelled.returncode, cancelled.stderr) == (0, f"job {id} is cancelled\n")
    assert status(home, id)["state"] == "cancelled"
    assert not (tmp_path / "shop").exists()
    again = colgen("cancel", id, env=home)
    assert (again.returncode, "it is cancelled" in again.stderr) == (2, True)


def test_a_target_that_another_job_builds_into_is_refused(home: dict[str, str], tmp_path: Path) -> None:
    id = detached(home, *LARGE, "--out", tmp_path / "shop")
    refused = colgen("build", "--out", tmp_path / "shop", "--detach", env=home)
    assert (refused.returncode, f"colgen cancel {id}" in refused.stderr) == (3, True)
    colgen("cancel", id, env=home)


@thorough
def test_a_failure_is_said_and_ends_the_status_with_1(home: dict[str, str], tmp_path: Path) -> None:
    colgen("build", "--out", tmp_path / "shop")
    id = detached(home, "--out", tmp_path / "shop")
    when(home, id, "failed")
    told = colgen("status", "--job", id, env=home)
    assert (told.returncode, f"job {id} has failed" in told.stderr, "--overwrite" in told.stderr) == (1, True, True)


def test_what_is_wrong_is_refused_before_there_is_a_job(home: dict[str, str], tmp_path: Path) -> None:
    assert colgen("build", "nonesuch", "--detach", "--out", tmp_path / "shop", env=home).returncode == 2
    assert colgen("build", "--format", "xml", "--detach", "--out", tmp_path / "shop", env=home).returncode == 2
    assert colgen("status", "--format", "json", env=home).stdout == "[]\n"


@thorough
def test_a_dry_run_can_be_a_job_too(home: dict[str, str], tmp_path: Path) -> None:
    job = when(home, detached(home, "--dry-run", "--out", tmp_path / "shop"), "done")
    assert job["estimate"]["rows"]["invoices"] == 75
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("id", ["0", "-1", "abc", "99999999999999999999"])
def test_what_is_not_an_id_is_refused(home: dict[str, str], id: str) -> None:
    for command in (("status", "--job", id), ("cancel", "--", id)):
        assert colgen(*command, env=home).returncode == 2
    assert colgen("cancel", "7", env=home).stderr == "colgen: there is no job 7\n"


@thorough
def test_a_password_is_kept_nowhere(home: dict[str, str], tmp_path: Path, server: str) -> None:
    url = server.replace("://postgres@", "://postgres:geheim@", 1) if "://postgres@" in server else server.replace("://", "://u:geheim@", 1)
    id = detached(home, "--volume", "small", "--out", url, "--schema", "detached_job", "--overwrite")
    when(home, id, "done", "failed")
    for file in (tmp_path / "home").rglob("*"):
        assert not file.is_file() or b"geheim" not in file.read_bytes(), file
    assert "geheim" not in colgen("status", env=home).stdout
