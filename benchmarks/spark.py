"""What reading a table in Spark takes beside a build of it in files: `python -m benchmarks.spark invoice_line_items --scale 300`.

Spark reads it on two cores of this machine and throws the rows away (`noop`); colgen writes the table as Parquet with two processes. By turns, in
one session of Spark: its first rounds are slower, as Java has not yet compiled what it runs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table")
    parser.add_argument("--model", default="invoicing")
    parser.add_argument("--volume", default="large")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    os.environ["PYSPARK_PYTHON"] = sys.executable

    from pyspark.sql import SparkSession

    from colgen.spark import ColgenDataSource

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    spark = builder.getOrCreate()
    spark.dataSource.register(ColgenDataSource)
    frame = spark.read.format("colgen").options(model=asked.model, volume=asked.volume, scale=asked.scale).load(asked.table)
    rows = frame.count()
    print(f"{asked.table}: {rows:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        options = ["--volume", asked.volume, "--scale", asked.scale, "--tables", asked.table, "-j2", "--out", folder, "--overwrite", "-q"]
        command = [sys.executable, "-m", "colgen", "build", asked.model, *options]
        for _ in range(asked.rounds):
            built = seconds(lambda: subprocess.run(command, check=True))
            read = seconds(frame.write.format("noop").mode("overwrite").save)
            load = os.getloadavg()[0]
            print(
                f"build {rows / built / 1e6:.2f} M rows/s, Spark {rows / read / 1e6:.2f} M rows/s ({read / built:.2f} ×), load {load:.1f}"
            )
    spark.stop()


if __name__ == "__main__":
    main()
