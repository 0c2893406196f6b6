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
from colgen.declare.find import find_model
from colgen.engines import execute, processes
from colgen.engines.progress import no_progress, no_rows
from colgen.formats import pgcopy
from colgen.generate.batches import task_batches
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from colgen.targets.database import DatabaseOptions, Safeguards
from colgen.targets.postgres.copy import type_of
from colgen.targets.postgres.schema import connect, statement
from colgen.targets.postgres.target import PostgresTarget


def written(made, generation, folder):
    """The rows of each task as binary files, one for each table."""
    tables = {name: generation.model.table(name) for name in made.spec.tables}
    types = {name: [type_of(column.type.sql) for column in table.written_columns] for name, table in tables.items()}
    tasks = []
    for number, task in enumerate(sorted(made.tasks, key=lambda task: -task.bytes)):
        files = {}
        for batch in task_batches(generation, task, [name for name in task.parts if name in tables]):
            name = batch.table
            if name not in files:
                files[name] = (folder / f"{number}-{name}").open("wb")
                files[name].write(pgcopy.HEADER)
            files[name].write(pgcopy.rows(batch.to_arrow(), types[name]))
        for file in files.values():
            file.write(pgcopy.TRAILER)
            file.close()
        tasks.append({name: file.name for name, file in files.items()})
    return tasks


def copied(url, staging, files, threads):
    """The same rows by the server alone."""
    from psycopg.sql import SQL, Literal

    def copy(task):
        connection = connect(url)
        with connection.transaction():
            for name, file in task.items():
                connection.execute(statement("COPY {}.{} FROM ", staging, name) + SQL("{} (FORMAT binary)").format(Literal(file)))
        connection.close()

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(copy, task) for task in files]:
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
    generation = spec.generation(model)
    made = plan(spec, generation)
    seconds = {"load": [], "copy": []}
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        files = written(made, generation, Path(scratch))
        for number in range(given.rounds):
            for side in ("load", "copy") if number % 2 else ("copy", "load"):
                target = PostgresTarget(given.url, "colgen_benchmark", DatabaseOptions(), Safeguards({}))
                with target.hold():  # nothing is published: what was staged is cleared away at the end
                    tasks = target.stage(made, generation, given.threads, no_progress)
                    staging = target.job().staging
                    admin = connect(given.url)
                    admin.execute("CHECKPOINT")
                    admin.close()
                    began = time.perf_counter()
                    if side == "load":
                        execute(tasks, target.job(), target.add, given.threads, no_rows)
                    else:
                        copied(given.url, staging, files, given.threads)
                    seconds[side].append(time.perf_counter() - began)
    floor = median(seconds["copy"])
    rows = sum(made.rows.values())
    lines = [
        [name, f"{median(seconds[side]):.2f}", f"{rows / median(seconds[side]):,.0f}", f"{median(seconds[side]) / floor:.2f}"]
        for side, name in (("load", "colgen, from nothing"), ("copy", "COPY FROM of ready binary files"))
    ]
    print(f"{given.model}, {rows:,} rows, {given.threads} connections, medians of {given.rounds}\n")
    print(markdown(["side", "seconds", "rows/s", "ratio"], lines))


if __name__ == "__main__":
    main()
