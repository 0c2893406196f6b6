"""What a command costs, as the kernel counts it; medians and tables of it."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

COLGEN = [sys.executable, "-m", "colgen"]


@dataclass(frozen=True)
class Cost:
    """cpu : user and system seconds of the whole process; wall : seconds; peak : resident bytes at most; bytes : what it wrote"""

    cpu: float
    wall: float
    peak: int
    bytes: int = 0
    said: str = ""


def run(command: list[str], folder: Path) -> Cost:
    """Runs a command that writes into a folder, to its end; RuntimeError with what it said if it fails."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    written = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * unit, written, said)


def middle(costs: list[Cost], what: str) -> float:
    """The median of one figure."""
    return median(getattr(cost, what) for cost in costs)


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table: the first column to the left, the others to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
