"""What the service costs: `python -m benchmarks.service`.

How long a status takes while a large build runs on all cores and fifty clients ask for it, what the idle server holds, and what a build through
the service takes more than the command alone, in CPU seconds of both with all of their processes, in turn.
"""

import argparse
import asyncio
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx

from benchmarks.measure import COLGEN, markdown

CLIENTS = 50
BUILD = {"model": "invoicing", "volume": "large", "config": {"dryRun": False, "volumeMultiplier": 1000}}
COMMAND = ["build", "invoicing", "--volume", "large", "--scale", "1000"]


def served(folder):
    """A service on a free port: its process and its address."""
    log = folder / "serve.log"
    with log.open("wb") as errors:
        command = [*COLGEN, "serve", "--root", str(folder / "root"), "--port", "0"]
        process = subprocess.Popen(command, stderr=errors, env={**os.environ, "COLGEN_HOME": str(folder / "home")})
    while not (address := re.findall(r"http://\S+:\d+\n", log.read_text())):
        time.sleep(0.05)
    return process, address[0].strip()


def generate(client, out):
    """Starts a build: the id of its job."""
    return client.post("/api/mock-data/generate", json={**BUILD, "out": out}).json()["jobId"]


def ended(client, id):
    """Waits until a job is done."""
    while (state := client.get(f"/api/jobs/{id}").json()["state"]) != "done":
        assert state in ("queued", "running"), state
        time.sleep(0.1)


async def polled(address, id):
    """Milliseconds that fifty clients waited for each status until the job was done; each asks once a second, as `Retry-After` says."""
    waits = []

    async def poll():
        async with httpx.AsyncClient(base_url=address, verify=False) as client:
            await asyncio.sleep(random.random())
            while True:
                began = time.perf_counter()
                status = (await client.get("/api/mock-data/status", params={"jobId": id})).json()["status"]
                waits.append(1000 * (time.perf_counter() - began))
                if status == "completed":
                    return
                await asyncio.sleep(1)

    await asyncio.gather(*(poll() for _ in range(CLIENTS)))
    return sorted(waits)


def cpu_of(process):
    """CPU seconds of a process and of those of its children that it has waited for."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def resident(process):
    """Megabytes that a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def alone(folder):
    """CPU seconds of the command alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*COLGEN, *COMMAND, "--out", str(folder / "alone"), "--overwrite", "--quiet"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--runs", type=int, default=7)
    runs = command.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process, address = served(folder)
        client = httpx.Client(base_url=address, timeout=60)
        ended(client, generate(client, "first"))
        time.sleep(1)
        ratios = []
        for number in range(runs):
            before = cpu_of(process.pid)
            ended(client, generate(client, f"run{number}"))
            time.sleep(1)  # until the server has waited for the job's process
            through = cpu_of(process.pid) - before
            ratios.append(through / alone(folder))
        id = client.post(
            "/api/mock-data/generate", json={**BUILD, "out": "big", "config": {**BUILD["config"], "volumeMultiplier": 8000}}
        ).json()["jobId"]
        waits = asyncio.run(polled(address, id))
        time.sleep(70)  # until the processes that calls ran in have ended
        idle = resident(process.pid)
        process.terminate()
        process.wait()
    rows = [
        ["status, median ms", f"{median(waits):.1f}"],
        ["status, 99th percentile ms", f"{waits[int(0.99 * len(waits))]:.1f}"],
        ["statuses asked for", f"{len(waits):,}"],
        ["idle server, MB", f"{idle:.0f}"],
        ["CPU through the service ÷ alone", f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"],
    ]
    print(markdown(["what", "measured"], rows))


if __name__ == "__main__":
    sys.exit(main())
