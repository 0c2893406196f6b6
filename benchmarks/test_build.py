"""From rows to files: generated and encoded, a whole build, and the floor that the writer alone sets."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.floor import write_as_built, write_by_pyarrow, write_default
from benchmarks.made import Made, timed
from colgen.formats import plain
from colgen.formats.parquet.writer import ParquetWriter
from colgen.pipeline.conductor import conduct
from colgen.targets.folder.file import OutputFile
from colgen.targets.folder.target import FolderTarget

TABLES = ["invoices", "invoice_line_items"]
OPTIONS = dict(volume="large", scale=200)  # two tasks, so that two threads have work

pytestmark = pytest.mark.benchmark(group="invoices and their lines, to Parquet")


@pytest.fixture(scope="module")
def made():
    return Made(**OPTIONS, tables=TABLES)


@pytest.fixture(scope="module")
def in_memory(made):
    return list(made.tasks())


def rows(made):
    return sum(made.plan.rows.values())


def test_generate_and_encode(benchmark, made, tmp_path):
    def work():
        for task in made.plan.tasks:
            files = {name: OutputFile(tmp_path / f"{name}-{number}.parquet") for name, number in task.parts.items() if name in TABLES}
            writers = {name: ParquetWriter(file, made.schemas[name]) for name, file in files.items()}
            for batch in made.batches(task):
                writers[batch.table].write(batch)
            for writer in writers.values():
                writer.close()
            for file in files.values():
                file.close()

    timed(benchmark, rows(made), work)


@pytest.mark.parametrize("threads", [1, 2])
def test_whole_build(benchmark, made, tmp_path, threads):
    def work():
        conduct(made.spec, made.model, FolderTarget(tmp_path / "data", overwrite=True), threads=threads)

    timed(benchmark, rows(made), work)


@pytest.mark.parametrize("write", [write_by_pyarrow, write_as_built])
def test_floor(benchmark, made, in_memory, tmp_path, write):
    """The same batches, already in memory: by PyArrow with the same settings, and by colgen's own writer."""

    def work():
        for number, task in enumerate(in_memory):
            for name, batches in task.items():
                write(batches, tmp_path / f"{name}-{number}.parquet")

    timed(benchmark, rows(made), work)


def test_default_write(benchmark, made, in_memory, tmp_path):
    """PyArrow's write_table on the same rows as plain strings and decimals."""
    tables = [
        (f"{name}-{number}.parquet", pa.Table.from_batches([plain(batch) for batch in batches]))
        for number, task in enumerate(in_memory)
        for name, batches in task.items()
    ]
    timed(benchmark, rows(made), lambda: [write_default(table, tmp_path / file) for file, table in tables])
    assert sum(pq.read_metadata(tmp_path / file).num_rows for file, _ in tables) == rows(made)
