"""What a load into a database costs beside the database's own quickest way: `python -m benchmarks.databases duckdb --scale 300`.

Of DuckDB: the time from the last row made to the published file, over that of `CREATE TABLE AS SELECT` of the same Parquet files without
any constraint. Each is run in a process of its own, by turns, on the same number of threads; the medians are shown. Of a load, `keys` says
for which tables keys, unique columns and references are declared: none, those where they are cheap (what colgen does), or all.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.measure import markdown

KEYS = {"none": False, "cheap": None, "all": True}


def run(what, folder, arguments):
    """Does one thing in this process, and says as JSON how many seconds it took, and of them after the rows were made."""
    from colgen.declare.find import find_model
    from colgen.engines.progress import StageStarted
    from colgen.generate.spec import Spec
    from colgen.pipeline.conductor import conduct
    from colgen.targets import manifest
    from colgen.targets.database import DatabaseOptions, Safeguards
    from colgen.targets.duckdb.target import DuckDBTarget
    from colgen.targets.folder.target import FolderTarget
    from colgen.targets.folder.views import views
    from colgen.targets.sql import new_connection, quoted

    model = find_model(arguments.model)
    spec = Spec.of(model, volume=arguments.volume, scale=arguments.scale)
    file = folder / "shop.duckdb"
    began = time.perf_counter()
    if what == "parquet":
        conduct(spec, model, FolderTarget(folder / "data"), threads=arguments.threads)
        loading = began
    elif what == "ctas":
        connection = new_connection()
        connection.execute(f"SET threads = {arguments.threads}")
        connection.execute(f"ATTACH '{file}' AS shop")
        for name, select in views(manifest.read(folder / "data"), folder / "data").items():
            connection.execute(f"CREATE TABLE shop.{quoted(name)} AS {select}")
        connection.execute("CHECKPOINT shop")
        connection.close()
        loading = began
    else:
        stages = {}

        def note(event):
            if isinstance(event, StageStarted):
                stages[event.stage] = time.perf_counter()

        target = DuckDBTarget(file, "tables", DatabaseOptions(constraints=KEYS[what]), Safeguards({}))
        conduct(spec, model, target, threads=arguments.threads, progress=note)
        loading = stages["into the database"]
    ended = time.perf_counter()
    size = file.stat().st_size if file.exists() else 0
    print(json.dumps({"seconds": ended - began, "load": ended - loading, "size": size}))


def measured(what, folder, arguments):
    """The same in a process of its own, and the most memory that it had."""
    options = [f"--{name}={getattr(arguments, name)}" for name in ("model", "volume", "scale", "threads")]
    command = [sys.executable, "-m", "benchmarks.databases", "duckdb", f"--only={what}", f"--folder={folder}", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{what} failed")
    (folder / "shop.duckdb").unlink(missing_ok=True)
    return json.loads(output) | {"peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)}


def duckdb(arguments):
    """The table of ratios."""
    from colgen.targets import manifest

    folder = Path(tempfile.mkdtemp(dir=arguments.folder))
    try:
        made = measured("parquet", folder, arguments)
        rows = sum(table.rows for table in manifest.read(folder / "data").tables.values())
        rounds = {what: [] for what in ("ctas", *arguments.keys.split(","))}
        for _ in range(arguments.rounds):
            for what, results in rounds.items():
                results.append(measured(what, folder, arguments))
        middle = {what: {key: median(one[key] for one in results) for key in results[0]} for what, results in rounds.items()}
        floor = middle["ctas"]["load"]
        lines = [
            [
                "CREATE TABLE AS SELECT" if what == "ctas" else f"load, keys: {what}",
                f"{one['load']:.2f}",
                f"{one['load'] / floor:.2f}",
                f"{one['seconds']:.2f}",
                f"{one['peak'] / 1e6:,.0f}",
                f"{one['size'] / 1e6:,.0f}",
            ]
            for what, one in middle.items()
        ]
        print(f"{arguments.model}, {rows:,} rows; as Parquet files made in {made['seconds']:.2f} s\n")
        print(markdown(["", "seconds", "ratio", "with making the rows", "MB of memory", "MB of file"], lines))
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="database", required=True)
    command = commands.add_parser("duckdb", help="a load into a DuckDB file, over CREATE TABLE AS SELECT")
    command.add_argument("--model", default="invoicing")
    command.add_argument("--volume", default="large")
    command.add_argument("--scale", type=float, default=300.0)
    command.add_argument("--threads", type=int, default=os.cpu_count())
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--keys", default="none,cheap,all", help="which loads, of none, cheap and all")
    command.add_argument("--folder", type=Path, help="where to write; a temporary folder if not said")
    command.add_argument("--only", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        run(arguments.only, arguments.folder, arguments)
    else:
        duckdb(arguments)


if __name__ == "__main__":
    main()
