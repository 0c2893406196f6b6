"""What a load into PostgreSQL costs beside the server's own: `python -m benchmarks.postgres postgresql://… --scale 100`.

The time to make, encode and send all rows, over that of `COPY … FROM` of the same rows ready in binary files on the server's disk (so it
must run on this machine and be let to read them), over as many connections, by turns; the medians. Keys come after either and are left out.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.measure import markdown
from colgen.pipeline.postgres_load import Load, type_of
from colgen.pipeline.task import batches_of
from colgen.declare.find import find_model
from colgen.engines import processes
from colgen.engines.progress import NoProgress
from colgen.formats import pgcopy as copy
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from colgen.targets.postgres.schema import held, statement


def written(work, folder):
    """The rows of each task as binary files, one for each table."""
    schemas = {name: work.run.schema(work.model.table(name)) for name in work.plan.spec.tables}
    types = {name: [type_of(one.type.sql) for one in work.model.table(name).written_columns] for name in schemas}
    made = []
    for number, task in enumerate(sorted(work.plan.tasks, key=lambda task: -task.bytes)):
        files = {}
        for name, batch in batches_of(work.model, work.run, task, schemas):
            if name not in files:
                files[name] = (folder / f"{number}-{name}").open("wb")
                files[name].write(copy.HEADER)
            files[name].write(copy.rows(batch, types[name]))
        for file in files.values():
            file.write(copy.TRAILER)
            file.close()
        made.append({name: file.name for name, file in files.items()})
    return made


def copied(work, files):
    """The same rows by the server alone."""
    from psycopg.sql import SQL, Literal

    def one(task):
        connection = work.connection()
        with connection.transaction():
            for name, file in task.items():
                connection.execute(
                    statement("COPY {}.{} FROM ", work.target.staging, name) + SQL("{} (FORMAT binary)").format(Literal(file))
                )

    with ThreadPoolExecutor(work.threads) as pool:
        for done in [pool.submit(one, task) for task in files]:
            done.result()


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.postgres", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--model", default="invoicing")
    parser.add_argument("--volume", default="large")
    parser.add_argument("--scale", type=float, default=100.0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    processes.allow()
    model = find_model(given.model)
    spec = Spec.of(model, volume=given.volume, scale=given.scale)
    run = spec.run(model)
    made = plan(spec, model, run)
    seconds = {"load": [], "copy": []}
    with held(given.url, "colgen_benchmark") as target, tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        files = written(Load(target, made, model, run, given.threads, NoProgress()), Path(scratch))
        for number in range(given.rounds):
            for what in ("load", "copy") if number % 2 else ("copy", "load"):
                target.clear()
                work = Load(target, made, model, run, given.threads, NoProgress())
                work.create()
                target.connection.execute("CHECKPOINT")
                began = time.perf_counter()
                if what == "load":
                    work.fill()
                else:
                    copied(work, files)
                seconds[what].append(time.perf_counter() - began)
                work.close()
        target.clear()
    floor = median(seconds["copy"])
    rows = sum(made.rows.values())
    lines = [
        [name, f"{median(seconds[what]):.2f}", f"{rows / median(seconds[what]):,.0f}", f"{median(seconds[what]) / floor:.2f}"]
        for what, name in (("load", "colgen, from nothing"), ("copy", "COPY FROM of ready binary files"))
    ]
    print(f"{given.model}, {rows:,} rows, {given.threads} connections, medians of {given.rounds}\n")
    print(markdown(["side", "seconds", "rows/s", "ratio"], lines))


if __name__ == "__main__":
    main()
