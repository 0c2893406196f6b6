"""The server as a process: it stops, is killed, comes back, and loses nothing."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import Served, start
from tests.support import KILLS, colgen, thorough, whole

LARGE = {"model": "invoicing", "volume": "large", "config": {"dryRun": False, "volumeMultiplier": 400}}
MOST_IDLE_BYTES = 150_000_000
JOBS = int(os.environ.get("COLGEN_TEST_JOBS", "40"))
"""How many jobs are queued and drained."""


def resident_bytes(process: int) -> int:
    pages = Path(f"/proc/{process}/statm")
    if not pages.exists():
        pytest.skip("needs Linux's /proc")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def serve(folder: Path, *arguments: str) -> Served:
    return start(folder / "root", folder / "home", *arguments)


def killed_job(service: Served, id: int) -> None:
    """Kills the process of a job that has one."""
    import json

    for line in (service.home / "jobs" / f"{id}.log").read_text().splitlines():
        if '"process"' in line:
            os.killpg(json.loads(line)["pid"], signal.SIGKILL)


def test_ctrl_c_ends_it_though_a_stream_is_open(folder: Path) -> None:
    service = serve(folder)
    id = service.generate(out="shop", **LARGE).json()["jobId"]
    seen, ended = threading.Event(), threading.Event()

    def watch() -> None:
        with service.client.stream("GET", f"/api/jobs/{id}/events", timeout=30) as response:
            try:
                for _ in response.iter_bytes():
                    seen.set()
            except Exception:
                pass
        ended.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    assert seen.wait(30)
    service.process.send_signal(signal.SIGINT)
    assert service.process.wait(timeout=30) == 0
    assert ended.wait(5)
    assert "goes on" in (service.home / "serve.log").read_text()
    assert colgen("cancel", str(id), env={"COLGEN_HOME": str(service.home)}).returncode == 0


@thorough
def test_jobs_go_on_without_the_server_and_are_there_when_it_comes_back(folder: Path) -> None:
    service = serve(folder, "--jobs", "1")
    running = service.generate(out="a", **LARGE).json()["jobId"]
    waiting = service.generate(out="b", volume="small", config={"dryRun": False}).json()["jobId"]
    service.when(running, "running")
    service.process.kill()
    service.process.wait()
    service = serve(folder, "--jobs", "1")
    assert service.ended(running)["state"] == "done"
    assert service.ended(waiting)["state"] == "done"
    assert whole(service.root / "a").tables["invoices"].rows == 2_000_000
    assert service.stop() == 0


@thorough
def test_a_killed_job_is_interrupted_and_resumed(folder: Path) -> None:
    service = serve(folder)
    id = service.generate(out="shop", **LARGE).json()["jobId"]
    while (job := service.job(id))["state"] == "running" and not job["progress"]["recordsGenerated"].get("invoices"):
        time.sleep(0.05)
    assert job["state"] == "running", job
    killed_job(service, id)
    assert service.when(id, "interrupted")["resumable"]
    assert service.client.get("/api/mock-data/status", params={"jobId": id}).json()["status"] == "interrupted"
    assert service.client.post(f"/api/jobs/{id}/resume").status_code == 202
    job = service.ended(id)
    assert (job["state"], job["attempts"]) == ("done", 2)
    assert whole(service.root / "shop").tables["invoices"].rows == 2_000_000
    assert service.stop() == 0


@thorough
def test_one_server_at_a_time_has_the_jobs(folder: Path) -> None:
    service = serve(folder)
    refused = colgen("serve", "--root", folder / "root", "--port", "0", env={"COLGEN_HOME": str(service.home)})
    assert (refused.returncode, "another colgen serve" in refused.stderr) == (3, True)
    assert service.stop() == 0


def test_an_address_that_is_taken_is_refused(served: Served, folder: Path) -> None:
    port = str(served.client.base_url.port)
    refused = colgen("serve", "--root", folder, "--port", port, env={"COLGEN_HOME": str(folder)})
    assert (refused.returncode, "cannot be had" in refused.stderr) == (2, True)


@thorough
def test_the_queue_has_an_end(folder: Path) -> None:
    service = serve(folder, "--jobs", "1", "--most-queued", "2")
    service.when(service.generate(out="a", **LARGE).json()["jobId"], "running")
    answers = [service.generate(out=name, volume="small", config={"dryRun": False}) for name in "bcd"]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    places = [service.job(answer.json()["jobId"])["place"] for answer in answers[:2]]
    assert places == [1, 2]
    assert service.stop(signal.SIGTERM) == 0


@thorough
def test_a_build_that_was_started_on_the_command_line_is_there_too(served: Served, folder: Path) -> None:
    started = colgen("build", "--volume", "small", "--out", folder / "mine", "--detach", env={"COLGEN_HOME": str(served.home)})
    job = served.ended(int(started.stdout))
    assert (job["state"], job["target"]) == ("done", str(folder / "mine"))


@thorough
def test_many_jobs_leave_memory_and_files_where_they_were(folder: Path) -> None:
    service = serve(folder, "--jobs", "2")
    service.ended(service.generate(volume="small", out="first").json()["jobId"])
    files = len(os.listdir(f"/proc/{service.process.pid}/fd"))
    before = resident_bytes(service.process.pid)
    ids = [service.generate(volume="small", out=f"d{number}").json()["jobId"] for number in range(JOBS)]
    assert [service.ended(id)["state"] for id in ids] == ["done"] * JOBS
    assert resident_bytes(service.process.pid) - before < 20_000_000
    assert len(os.listdir(f"/proc/{service.process.pid}/fd")) <= files + 4
    assert service.stop() == 0


@thorough
def test_it_idles_in_little_memory(folder: Path) -> None:
    service = serve(folder)
    service.build("shop")
    service.client.get("/api/builds/shop/tables/invoices")
    assert resident_bytes(service.process.pid) < MOST_IDLE_BYTES
    assert service.stop() == 0


@thorough
def test_kills_of_server_and_jobs_lose_nothing_that_is_finished(folder: Path) -> None:
    moments = random.Random(7)
    finished: dict[str, Any] = {}
    for number in range(KILLS):
        service = serve(folder, "--jobs", "2")
        done = service.build(f"done{number}")
        finished[f"done{number}"] = done
        id = service.generate(out=f"big{number}", **LARGE).json()["jobId"]
        time.sleep(moments.uniform(0, 2))
        if number % 2:
            killed_job(service, id)
        service.process.kill()
        service.process.wait()
        time.sleep(moments.uniform(0, 0.5))
    service = serve(folder, "--jobs", "2")
    for job in service.client.get("/api/jobs", params={"limit": 200}).json()["items"]:
        assert service.ended(job["id"])["state"] in ("done", "interrupted")
    for name, job in finished.items():
        assert service.job(job["id"])["state"] == "done"
        assert whole(service.root / name).tables["invoices"].rows == 75
    for job in service.client.get("/api/jobs", params={"state": "interrupted"}).json()["items"]:
        service.client.post(f"/api/jobs/{job['id']}/resume")
        assert service.ended(job["id"])["state"] == "done"
    assert service.stop() == 0
