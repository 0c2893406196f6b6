"""Who reads the files: each reader finds in each encoding the values that were generated. docs/parquet-readers.md says it by version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.readers import reading
from tests.readers.pages import pages
from tests.readers.reading import CURRENT, ENCODINGS, OLDEST, Reader, differences
from tests.support import thorough

pytestmark = thorough

Files = Mapping[str, Path]
Once = Callable[..., Mapping[str, pa.Table]]
BOTH_ENCODINGS = pytest.mark.parametrize("encoding", ENCODINGS)


def readers_and_encodings(readers: list[Reader]) -> Any:
    pairs = [(reader, encoding) for reader in readers for encoding in reader.encodings]
    return pytest.mark.parametrize(("reader", "encoding"), pairs, ids=[f"{reader}-{encoding}" for reader, encoding in pairs])


@BOTH_ENCODINGS
def test_the_files_have_what_readers_stumble_over(encoding: str, files: Files) -> None:
    """Several row groups and pages, more than 4,096 texts of varying length in a page, columns without any value."""
    metadata = pq.read_metadata(files[encoding])
    assert metadata.num_row_groups > 1
    assert metadata.row_group(0).num_rows > 16_384
    assert sum(page.column == "certificate" for page in pages(files[encoding])) > metadata.num_row_groups
    empty = [column for column in map(metadata.row_group(0).column, range(metadata.num_columns)) if not column.statistics.has_min_max]
    assert [column.path_in_schema for column in empty] == ["no_number", "no_moment", "no_medium", "no_text"]
    assert {column.statistics.null_count for column in empty} == {metadata.row_group(0).num_rows}


@readers_and_encodings(CURRENT)
def test_a_current_reader_finds_what_was_generated(reader: Reader, encoding: str, files: Files, expected: pa.Table, once: Once) -> None:
    reading.require(reader)
    asked = {encoding: files[encoding] for encoding in reader.encodings}
    found = once(reader.name, lambda folder: reading.read(reader.name, asked, folder))
    assert differences(found[encoding], expected) == []


@pytest.fixture
def read_by_old(files: Files, texts_in_lengths_and_letters: Path, once: Once) -> Callable[[Reader], Mapping[str, pa.Table]]:
    """What the old version of a reader finds in all files; it is started once."""

    def read(reader: Reader) -> Mapping[str, pa.Table]:
        python = reading.require_oldest(reader)
        asked = {**files, "lengths": texts_in_lengths_and_letters}
        return once(f"old {reader}", lambda folder: reading.read(reader.name, asked, folder, python))

    return read


@readers_and_encodings(OLDEST)
def test_an_old_reader_finds_what_was_generated(reader: Reader, encoding: str, read_by_old: Any, expected: pa.Table) -> None:
    assert differences(read_by_old(reader)[encoding], expected) == []


def test_the_comparison_sees_what_old_spark_reads_wrongly(read_by_old: Any, texts_in_lengths_and_letters: Path) -> None:
    """Text in lengths and letters, which colgen no longer writes: the very defect for which this matrix compares values (SPARK-52240)."""
    found = read_by_old(next(reader for reader in OLDEST if reader.name == "spark"))["lengths"]
    assert differences(found, pq.read_table(texts_in_lengths_and_letters)) == ["text in row 4,096: 'pupil 4' for 'pupil 4097'"]


@pytest.mark.parametrize(
    ("encoding", "options"),
    [("compact", []), ("compatible", []), ("compact", ["compressors"])],
    ids=["compact", "compatible", "compressors"],
)
def test_hyparquet_finds_what_was_generated(encoding: str, options: list[str], files: Files, expected: pa.Table, tmp_path: Path) -> None:
    """Times are to the millisecond, as those of JavaScript are, and decimals are floats. The package of compressors has a Snappy of its own."""
    found = reading.read_with_node(files[encoding], tmp_path, reading.require_node(), *options)
    for number, field in enumerate(expected.schema):
        if pa.types.is_timestamp(field.type):
            milliseconds = pc.multiply(pc.divide(expected[field.name].cast(pa.int64()), 1000), 1000)
            expected = expected.set_column(number, field.name, milliseconds.cast(field.type))
    assert differences(found, expected) == []


@BOTH_ENCODINGS
def test_the_rust_decoder_of_snappy_takes_every_page(encoding: str, files: Files) -> None:
    """By cramjam; its like is in Polars, DataFusion and delta-rs."""
    cramjam = pytest.importorskip("cramjam", reason="cramjam is not installed: pip install '.[readers]'")
    compressed = [page for page in pages(files[encoding]) if page.compression == "SNAPPY"]
    assert {"certificate", "number", "details"} <= {page.column for page in compressed}
    codec = pa.Codec("snappy")
    for page in compressed:
        data = bytes(cramjam.snappy.decompress_raw(page.data))
        assert len(data) == page.uncompressed_size
        assert data == codec.decompress(page.data, page.uncompressed_size, asbytes=True)
