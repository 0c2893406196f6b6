"""`python -m benchmarks.peers`: colgen and others on the same work in one run, as a Markdown table of rows per CPU second.

CPU is user and system time of the whole process, start and end included; every side writes Parquet with one thread.
"""

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.measure import COLGEN, markdown, middle, run

HERE = Path(__file__).parent
CUSTOMERS = "customers, 11 columns"
LINEITEM = "TPC-H lineitem, 16 columns"


@dataclass(frozen=True, eq=False)
class Side:
    """command : writes Parquet into "{folder}"; missing : what to install, where it is not"""

    work: str
    name: str
    command: list[str]
    missing: str = ""


def python_peer(name: str, rows: int) -> Side:
    missing = "" if find_spec(name) else name
    return Side(
        CUSTOMERS, name.capitalize(), [sys.executable, "-m", f"benchmarks.peer_{name}", str(rows), "{folder}/customers.parquet"], missing
    )


def ours(work: str, model: str, *options: str, name: str = "colgen") -> Side:
    return Side(work, name, [*COLGEN, "build", str(HERE / model), "--threads", "1", "--quiet", "--out", "{folder}", *options])


def tpchgen(scale: float) -> Side:
    beside = Path(sys.executable).with_name("tpchgen-cli")  # a virtual environment need not be active
    program = str(beside) if beside.exists() else shutil.which("tpchgen-cli")
    options = ["parquet", "-s", f"{scale:g}", "--tables", "lineitem", "--num-threads", "1", "--quiet", "--output-dir", "{folder}"]
    return Side(LINEITEM, "tpchgen-cli", [program or "", *options], "" if program else "tpchgen-cli")


def written_rows(folder: Path) -> int:
    return sum(pq.read_metadata(file).num_rows for file in folder.rglob("*.parquet"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=float, default=1.0, help="multiplies every count of rows")
    given = parser.parse_args()
    sides = [
        ours(CUSTOMERS, "customers.py", "--set", f"customers={round(40_000_000 * given.size)}"),
        ours(
            CUSTOMERS,
            "customers.py",
            "--set",
            f"customers={round(40_000_000 * given.size)}",
            "--compression",
            "none",
            name="colgen, uncompressed",
        ),
        python_peer("mimesis", round(150_000 * given.size)),
        python_peer("faker", round(80_000 * given.size)),
        ours(LINEITEM, "lineitem.py", "--tables", "lineitem", "--scale", f"{10 * given.size:g}"),
        tpchgen(10 * given.size),
    ]
    for side in sides:
        if side.missing:
            print(f"{side.name} is left out: {side.missing} is not installed\n")
    sides = [side for side in sides if not side.missing]
    costs, rows = defaultdict(list), {}
    for _ in range(given.rounds):  # interleaved, so that a slow minute of the machine hits every side
        for side in sides:
            with tempfile.TemporaryDirectory() as folder:
                command = [part.replace("{folder}", folder) for part in side.command]
                costs[side].append(run(command, Path(folder)))
                rows[side] = written_rows(Path(folder))
    head = ["work", "program", "rows", "CPU s", "rows per CPU s", "bytes per row", "colgen is faster by", "uncompressed by"]
    print(markdown(head, lines(sides, costs, rows)))


def lines(sides, costs, rows):
    speed = {side: rows[side] / middle(costs[side], "cpu") for side in sides}
    own = {(side.work, side.name): speed[side] for side in sides}

    def ratio(side, name):
        ours = own.get((side.work, name))
        return f"{ours / speed[side]:.2f} ×" if ours and not side.name.startswith("colgen") else ""

    return [
        [
            side.work,
            side.name,
            f"{rows[side]:,}",
            f"{middle(costs[side], 'cpu'):.2f}",
            f"{speed[side]:,.0f}",
            f"{middle(costs[side], 'bytes') / rows[side]:.1f}",
            ratio(side, "colgen"),
            ratio(side, "colgen, uncompressed"),
        ]
        for side in sides
    ]


if __name__ == "__main__":
    main()
