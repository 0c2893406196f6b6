"""Readers of Parquet, each in a process of its own: a crash of one is its own, and a version may come from another environment.

    python tests/readers/programs.py READER FILE OUT [FILE OUT ...]
    python tests/readers/programs.py scan READER FOLDER CONDITION [CONDITION ...]

The first reads Parquet files and writes what it found to OUT, an Arrow file. The second counts the rows of a folder of Parquet files that fulfil each
condition in SQL, and prints how much it had to scan for that: a JSON list of [rows found, rows or row groups scanned].

This module needs neither colgen nor pytest, since the environment of old readers has neither. Each function imports its own reader, and all of them
PyArrow, to hand the values over.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa


def read_with_pyarrow(file: str) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(file)


def read_with_pandas(file: str) -> pa.Table:
    import pandas

    return pa.Table.from_pandas(pandas.read_parquet(file, engine="pyarrow"), preserve_index=False)


def read_with_duckdb(file: str) -> pa.Table:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    found = connection.execute(f"FROM read_parquet('{file}')")
    return found.to_arrow_table() if hasattr(found, "to_arrow_table") else found.fetch_arrow_table()  # before DuckDB 1.5


def read_with_polars(file: str) -> pa.Table:
    import polars

    return polars.read_parquet(file).to_arrow()


def read_with_datafusion(file: str) -> pa.Table:
    import datafusion

    return pa.table(datafusion.SessionContext().read_parquet(file))


def read_with_clickhouse(file: str) -> pa.Table:
    import chdb

    return pa.ipc.open_file(chdb.query(f"SELECT * FROM file('{file}', Parquet)", "Arrow").bytes()).read_all()


def read_with_fastparquet(file: str) -> pa.Table:
    import fastparquet

    return pa.Table.from_pandas(fastparquet.ParquetFile(file).to_pandas(), preserve_index=False)


def read_with_spark(file: str) -> pa.Table:
    found = spark_session().read.parquet(file)
    return found.toArrow() if hasattr(found, "toArrow") else pa.Table.from_batches(found._collect_as_arrow())  # before Spark 4


def read_with_delta(file: str) -> pa.Table:
    """As a table of Delta Lake that was made of the folder of the file, which it adds its log to."""
    import deltalake

    folder = str(Path(file).parent)
    deltalake.convert_to_deltalake(folder)
    query = deltalake.QueryBuilder().register("found", deltalake.DeltaTable(folder))
    return pa.table(query.execute("SELECT * FROM found"))


def read_with_iceberg(file: str) -> pa.Table:
    """As a table of Iceberg that the file was added to."""
    return iceberg_table(file).scan().to_arrow()


def iceberg_table(file: str) -> Any:
    """A table of Iceberg in the folder of a file, which is added to it as it is."""
    import pyarrow.parquet as pq
    from pyiceberg.catalog.sql import SqlCatalog

    folder = Path(file).parent
    catalog = SqlCatalog("lake", uri=f"sqlite:///{folder}/lake.sqlite", warehouse=f"file://{folder}")
    catalog.create_namespace("lake")
    table = catalog.create_table("lake.found", pq.read_schema(file))
    table.add_files([file])
    return table


def spark_session() -> Any:
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # to start is most of what it does
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


READERS: dict[str, Callable[[str], pa.Table]] = {
    name.removeprefix("read_with_"): function for name, function in globals().items() if name.startswith("read_with_")
}


def scanned_by_duckdb(folder: str, condition: str) -> tuple[int, int]:
    """Row groups."""
    import duckdb

    query = f"SELECT count(*) FROM '{folder}/*.parquet' WHERE {condition}"
    ((found,),) = duckdb.sql(query).fetchall()
    ((_, profile),) = duckdb.sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}").fetchall()
    return found, json.loads(profile)["query"]["total_row_groups_scanned"]


def scanned_by_polars(folder: str, condition: str) -> tuple[int, int]:
    """Row groups, of which Polars tells only on stderr."""
    code = f"import polars as pl; print(pl.scan_parquet('{folder}/*.parquet').filter(pl.sql_expr({condition!r})).select(pl.len()).collect().item())"
    environment = {**os.environ, "POLARS_VERBOSE": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    read = re.findall(r"reading (\d+) / \d+ row groups", done.stderr)
    assert len(read) == len(list(Path(folder).glob("*.parquet"))), done.stderr
    return int(done.stdout), sum(map(int, read))


def scanned_by_spark(folder: str, condition: str) -> tuple[int, int]:
    """Rows."""
    query = spark_session().read.parquet(folder).where(condition).groupBy().count()
    ((found,),) = query.collect()
    plan = query._jdf.queryExecution().executedPlan()
    (scan,) = (leaf for leaf in (plan.collectLeaves().apply(number) for number in range(plan.collectLeaves().size())))
    return found, scan.metrics().get("numOutputRows").get().value()


SCANS: dict[str, Callable[[str, str], tuple[int, int]]] = {
    name.removeprefix("scanned_by_"): function for name, function in globals().items() if name.startswith("scanned_by_")
}


def main(reader: str, *arguments: str) -> None:
    if reader == "scan":
        reader, folder, *conditions = arguments
        print(json.dumps([SCANS[reader](folder, condition) for condition in conditions]))
        return
    for file, out in zip(arguments[::2], arguments[1::2], strict=True):
        table = READERS[reader](file)
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
