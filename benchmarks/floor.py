"""`python -m benchmarks.floor [MODEL] --scale 1000`: a whole build beside the least that writing its rows costs.

| side | what is counted |
|---|---|
| build | CPU, wall time and peak memory of `colgen build`, the whole process |
| floor | CPU of PyArrow's ParquetWriter for the same batches, already in memory, with the same settings: encodings, compression, row groups |
| own writer | CPU of colgen's own for them |
| default | CPU of PyArrow's write_table on the same rows as plain strings and decimals, the same compression, all else its defaults |
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.made import Made
from benchmarks.measure import COLGEN, markdown, middle, run
from colgen.formats import plain
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.schema import PRUNED, role_of
from colgen.formats.parquet.writer import ParquetWriter
from colgen.generate import block
from colgen.targets.folder.file import OutputFile
from colgen.values.batch import batches_of
from colgen.values.memory import keep_freed_memory


def write_as_built(batches, path):
    with OutputFile(path) as file:
        writer = ParquetWriter(file, batches[0].schema)
        for rows in batches:
            for batch in batches_of(path.stem, rows):
                writer.write(batch)
        writer.close()


def settings(schema):
    """What makes PyArrow encode each column as `colgen.formats.parquet` does."""
    roles = {field.name: role_of(field) for field in schema}
    encodings = {"text": "DELTA_LENGTH_BYTE_ARRAY"} | dict.fromkeys(
        ("key", "parent", "identifier", "reference", "number", "money", "time"), "DELTA_BINARY_PACKED"
    )
    return {
        "compression": "snappy",
        "use_dictionary": [name for name, role in roles.items() if role in ("category", "repeated")] or False,
        "column_encoding": {name: encodings[role] for name, role in roles.items() if role in encodings},
        "write_statistics": [name for name, role in roles.items() if role in PRUNED] or False,
        "store_decimal_as_integer": True,
        "store_schema": False,
    }


def write_by_pyarrow(batches, path):
    schema = batches[0].schema
    with OutputFile(path) as file:
        stream = pa.BufferedOutputStream(pa.PythonFile(file, "w"), 1 << 20)
        with pq.ParquetWriter(stream, schema, **settings(schema)) as writer:
            waiting = []
            for number, batch in enumerate(batches, 1):
                waiting.append(batch)
                if number == len(batches) or sum(map(len, waiting)) + len(batch) > Limits().row_group_rows:
                    table, waiting = pa.Table.from_batches(waiting), []
                    writer.write_table(table.unify_dictionaries(), row_group_size=max(1, len(table)))
        stream.flush()


def write_default(table, path):
    pq.write_table(table, path, compression="snappy")


WRITERS = {"floor": write_by_pyarrow, "own writer": write_as_built, "default": write_default}


def write(side, model, scale, folder):
    """Prints the CPU seconds of writing alone; the rows are made between, uncounted."""
    keep_freed_memory()
    if side != "own writer":
        block.LEAF_ROWS = sys.maxsize  # PyArrow unifies dictionaries batch by batch: whole blocks are cheaper for it than pieces of them
    seconds = 0.0
    for number, task in enumerate(Made(model, volume="large", scale=scale).tasks()):
        for name, batches in task.items():
            given = pa.Table.from_batches([plain(batch) for batch in batches]) if side == "default" else batches
            path = folder / f"{name}-{number}.parquet"
            began = time.process_time()
            WRITERS[side](given, path)
            seconds += time.process_time() - began
    print(seconds)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", default="invoicing")
    parser.add_argument("--scale", type=float, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=list(WRITERS), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        write(given.side, given.model, given.scale, given.out)
        return

    def build(scale, threads):
        return [*COLGEN, "build", given.model, "--volume", "large", "--scale", str(scale), "--threads", str(threads), "--quiet", "--out"]

    def alone(side):
        return [sys.executable, "-m", "benchmarks.floor", given.model, "--scale", str(given.scale), "--side", side, "--out"]

    sides = {
        "build, 1 thread": build(given.scale, 1),
        "build, 2 threads": build(given.scale, 2),
        "build of a tenth, 1 thread": build(given.scale / 10, 1),
        **{side: alone(side) for side in WRITERS},
    }
    costs, writing = defaultdict(list), defaultdict(list)
    for _ in range(given.rounds):  # interleaved, so that a slow minute of the machine hits every side
        for name, command in sides.items():
            with tempfile.TemporaryDirectory() as folder:
                cost = run([*command, folder], Path(folder))
            costs[name].append(cost)
            writing[name].append(float(cost.said) if name in WRITERS else cost.cpu)
    report(given, costs, writing)


def report(given, costs, writing):
    cpu = {name: sorted(seconds)[len(seconds) // 2] for name, seconds in writing.items()}
    wall, peak, size = ({name: middle(rounds, figure) for name, rounds in costs.items()} for figure in ("wall", "peak", "bytes"))
    rows = sum(Made(given.model, volume="large", scale=given.scale).plan.rows.values())
    lines = [
        [
            name,
            f"{cpu[name]:.2f}",
            *(["", ""] if name in WRITERS else [f"{wall[name]:.2f}", f"{peak[name] / 1e6:.0f}"]),
            f"{size[name] / 1e6:.1f}",
        ]
        for name in costs
    ]
    print(f"{rows:,} rows ({given.model} --volume large --scale {given.scale:g}), medians of {given.rounds}\n")
    print(markdown(["side", "CPU s", "wall s", "peak MB", "written MB"], lines))
    one, two, tenth = "build, 1 thread", "build, 2 threads", "build of a tenth, 1 thread"
    ratios = {
        "build CPU / floor CPU": cpu[one] / cpu["floor"],
        "own writer CPU / floor CPU": cpu["own writer"] / cpu["floor"],
        "build CPU / default write CPU": cpu[one] / cpu["default"],
        "speed-up of 2 threads, wall": wall[one] / wall[two],
        "peak memory / that of a tenth": peak[one] / peak[tenth],
        "build CPU, ns per row": cpu[one] / rows * 1e9,
    }
    print("\n" + markdown(["ratio", ""], [[name, f"{value:.2f}"] for name, value in ratios.items()]))


if __name__ == "__main__":
    main()
