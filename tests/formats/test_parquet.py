"""The Parquet that colgen writes: every reader reads what was written, whatever the values, and each column is encoded as its role asks for."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen.arrays import narrowest
from colgen.draws.draw import Draw, key
from colgen.formats import COMPRESSIONS, find_format
from colgen.formats.parquet.limits import Limits
from colgen.targets.folder.file import OutputFile
from colgen.values import types
from colgen.values.arrow import with_missing
from colgen.values.types import Type
from tests.formats.parquet_files import assert_read_by_all, batch_of, field, file_of, law, plain, written

WORDS = types.Categorical(["card", "cash", "", "bank transfer", "gift card"])
MANY_WORDS = types.Categorical([f"word {number}" for number in range(300)])
NUMBERS = {"integer": types.Integer, "bigint": types.BigInteger, "date": types.Date, "time": types.Timestamp}


def within(kind: Type) -> st.SearchStrategy[list[int]]:
    """Whole numbers that the type holds: all sizes of steps between them, the extremes, and long stretches of equal ones."""
    assert kind.dtype is not None
    limits = np.iinfo(kind.dtype) if kind.arrow in (pa.int32(), pa.int64()) else None
    low, high = (int(limits.min), int(limits.max)) if limits else (-700_000, 2_000_000) if kind is types.Date else (-(10**15), 2 * 10**15)
    start = st.integers(0, 62).flatmap(lambda bits: st.integers(max(low, -(1 << bits)), min(high, 1 << bits)))
    return st.lists(st.tuples(start, st.integers(1, 90)), max_size=40).map(
        lambda runs: [min(high, max(low, value + number * (value % 3))) for value, count in runs for number in range(count)]
    )


@pytest.mark.parametrize("name", NUMBERS)
@law
@given(data=st.data())
def test_whole_numbers_come_back(name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    kind = NUMBERS[name]
    values = np.array(data.draw(within(kind)), np.int64)
    array = kind.to_arrow(values)
    role = data.draw(st.sampled_from(["reference", "number", "time"]))
    part = written({"value": (array, role)}, batch=data.draw(st.integers(1, 700)))
    if kind is not types.Timestamp:  # for the same moment, DuckDB and Polars give other objects
        assert_read_by_all(part, "value", array.to_pylist(), tmp_path_factory)
    assert pq.read_table(io.BytesIO(part))["value"].combine_chunks().cast(array.type).equals(array)


@law
@given(
    first=st.integers(-5, 10**12),
    steps=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 400)), max_size=6),
    batch=st.integers(1, 700),
    role=st.sampled_from(["key", "parent"]),
)
def test_keys_come_back_whether_or_not_some_are_left_out(
    first: int, steps: list[tuple[int, int]], batch: int, role: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A key ascends by steps of at least 1; that of a parent may stay the same."""
    values = first + np.cumsum(np.repeat([step - (role == "parent") for step, _ in steps], [count for _, count in steps]).astype(np.int64))
    part = written({"value": (types.BigInteger.to_arrow(values), role)}, batch=batch)
    assert_read_by_all(part, "value", values.tolist(), tmp_path_factory)
    footer = pq.read_metadata(io.BytesIO(part))
    limits = [footer.row_group(number).column(0).statistics for number in range(footer.num_row_groups)] if len(values) else []
    assert [min((group.min for group in limits), default=None), max((group.max for group in limits), default=None)] == (
        [values[0], values[-1]] if len(values) else [None, None]
    )


@law
@given(values=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=300))
def test_any_64_bits_come_back_from_every_reader(values: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert_read_by_all(written({"value": (pa.array(values, pa.int64()), "number")}), "value", values, tmp_path_factory)


@law
@given(values=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=300))
def test_any_32_bits_come_back_from_every_reader(values: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert_read_by_all(written({"value": (pa.array(values, pa.int32()), "number")}), "value", values, tmp_path_factory)


@pytest.mark.parametrize("kind", [types.Integer, types.BigInteger, types.Money], ids=["integer", "bigint", "money"])
@law
@given(data=st.data())
def test_numbers_that_come_in_fewer_bits_are_the_same_bytes(kind: Type, data: st.DataObject) -> None:
    """However few bits each batch brings them in, and whether or not some are missing."""
    assert kind.dtype is not None
    schema = pa.schema([field("value", kind.arrow, data.draw(st.sampled_from(["reference", "parent", "time"])), nullable=True)])
    whole, compact = [], []
    most = kind.limits[1].bit_length() - (kind is types.Money)  # 12 digits are not quite 40 bits
    widths = st.sampled_from([7, 15, 31]) | st.integers(0, most - 1)
    for bits in data.draw(st.lists(widths.filter(lambda bits: bits <= most), max_size=4)):
        values = np.array(data.draw(st.lists(st.integers(-(1 << bits), (1 << bits) - 1), max_size=30)), np.int64)
        missing = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))), bool)
        low, high = int(values.min(initial=0)), int(values.max(initial=0))
        size = data.draw(st.sampled_from([size for size in (1, 2, 4, 8) if size >= narrowest(low, high).itemsize]))
        whole.append(batch_of(schema, with_missing(kind.to_arrow(values), missing)))
        compact.append(batch_of(schema, with_missing(kind.to_arrow(values.astype(f"i{size}"), compact=True), missing)))
    assert file_of(compact, schema) == file_of(whole, schema)


@pytest.mark.parametrize("digits", [1, 9, 10, 18])
@law
@given(data=st.data())
def test_decimals_come_back_to_the_last_digit(digits: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    values = data.draw(st.lists(st.integers(-(10**digits) + 1, 10**digits - 1), max_size=200))
    array = types.Decimal(digits, min(digits, 2)).to_arrow(np.array(values, np.int64))
    expected = array.cast(pa.decimal128(digits, min(digits, 2))).to_pylist()
    assert_read_by_all(written({"value": (array, "money")}), "value", expected, tmp_path_factory)


@law
@given(values=st.lists(st.text(max_size=40), max_size=300))
def test_any_text_comes_back_from_every_reader(values: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert_read_by_all(written({"value": (pa.array(values, pa.string()), "text")}), "value", values, tmp_path_factory)


@pytest.mark.parametrize("kind", [WORDS, MANY_WORDS], ids=["few words", "many words"])
@law
@given(runs=st.lists(st.tuples(st.integers(0, 299), st.integers(1, 200)), max_size=60), batch=st.integers(1, 3000))
def test_words_come_back_alone_or_in_runs(
    kind: types.Categorical, runs: list[tuple[int, int]], batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    codes = np.array([code % len(kind.words) for code, count in runs for _ in range(count)], np.int16)
    array = kind.to_arrow(codes)
    assert_read_by_all(written({"value": (array, "category")}, batch=batch), "value", plain(array), tmp_path_factory)


@law
@given(values=st.lists(st.booleans(), max_size=300), first=st.integers(0, 20))
def test_flags_come_back_wherever_they_start(values: list[bool], first: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    array = types.Boolean.to_arrow(np.array([True] * first + values, bool)).slice(first)
    assert_read_by_all(written({"value": (array, "flag")}), "value", values, tmp_path_factory)


ANY: dict[str, tuple[pa.Array, str]] = {
    "number": (types.Integer.to_arrow(np.arange(500) * 7 % 100), "number"),
    "money": (types.Money.to_arrow(np.arange(500) * 101), "money"),
    "flag": (types.Boolean.to_arrow(np.arange(500) % 3 == 0), "flag"),
    "text": (pa.array([f"text {number % 37}" for number in range(500)]), "text"),
    "word": (WORDS.to_arrow(np.arange(500) % 5), "category"),
    "time": (types.Timestamp.to_arrow(np.arange(500) * 10**9), "time"),
}


@pytest.mark.parametrize("name", ANY)
@law
@given(missing=st.lists(st.booleans(), min_size=1, max_size=500), first=st.integers(0, 30), batch=st.integers(1, 500))
def test_what_is_missing_stays_missing(
    name: str, missing: list[bool], first: int, batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    array, role = ANY[name]
    array = with_missing(array, np.resize(np.array(missing), len(array))).slice(first)
    part = written({name: (array, role)}, nullable=True, batch=batch)
    assert pq.read_table(io.BytesIO(part))[name].to_pylist() == plain(array)
    path = tmp_path_factory.mktemp("part") / "part.parquet"
    path.write_bytes(part)
    assert pl.read_parquet(path)[name].null_count() == array.null_count
    assert duckdb.execute(f"SELECT count(*) - count({name}) FROM '{path}'").fetchone() == (array.null_count,)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_compression_is_read(compression: str) -> None:
    part = written(ANY, compression=compression)
    for name, (array, _) in ANY.items():
        expected = pa.array(plain(array), array.type.value_type if pa.types.is_dictionary(array.type) else array.type)
        assert pq.read_table(io.BytesIO(part))[name].combine_chunks().cast(expected.type).equals(expected)
    group = pq.read_metadata(io.BytesIO(part)).row_group(0)
    codecs = {group.column(number).path_in_schema: group.column(number).compression for number in range(group.num_columns)}
    assert codecs["text"] == {"none": "UNCOMPRESSED"}.get(compression, compression.upper())


def test_columns_that_compression_does_not_make_smaller_are_not_compressed(tmp_path_factory: pytest.TempPathFactory) -> None:
    noise = Draw(key("noise"), count=3000).bits()
    uuids = pa.array([f"{number:016x}" for number in noise.tolist()])
    columns = {"number": (pa.array(noise.view(np.int64)), "number"), "text": (uuids, "text")}
    group = pq.read_metadata(io.BytesIO(written(columns))).row_group(0)
    assert {group.column(number).compression for number in range(2)} == {"UNCOMPRESSED"}
    for name, (array, _) in columns.items():
        assert_read_by_all(written(columns), name, plain(array), tmp_path_factory)


def test_many_rows_are_pages_and_row_groups() -> None:
    part = written(ANY, batch=90, limits=Limits(page_rows=100, row_group_rows=450))
    footer = pq.read_metadata(io.BytesIO(part))
    assert [footer.row_group(number).num_rows for number in range(footer.num_row_groups)] == [450, 50]
    for name, (array, _) in ANY.items():
        assert pq.read_table(io.BytesIO(part))[name].cast(pa.string()).to_pylist() == array.cast(pa.string()).to_pylist()


def test_wide_rows_make_smaller_row_groups() -> None:
    part = written(ANY, batch=50, limits=Limits(page_rows=50, row_group_bytes=2000))
    assert pq.read_metadata(io.BytesIO(part)).num_row_groups > 1


def test_each_column_is_encoded_as_its_role_asks_for() -> None:
    group = pq.read_metadata(io.BytesIO(written({**ANY, "id": (types.BigInteger.to_arrow(np.arange(500)), "key")}))).row_group(0)
    encodings = {group.column(number).path_in_schema: set(group.column(number).encodings) - {"RLE"} for number in range(group.num_columns)}
    numbers = {"DELTA_BINARY_PACKED"}
    assert encodings == {
        "number": numbers,
        "money": numbers,
        "time": numbers,
        "id": numbers,
        "flag": {"PLAIN"},
        "text": {"PLAIN"},
        "word": {"PLAIN", "RLE_DICTIONARY"},
    }


def test_for_older_readers_each_column_is_plain_or_in_a_dictionary() -> None:
    part = written(ANY, is_compatible=True)
    footer = pq.read_metadata(io.BytesIO(part))
    group = footer.row_group(0)
    encodings = {group.column(number).path_in_schema: set(group.column(number).encodings) - {"RLE"} for number in range(group.num_columns)}
    plain_columns = {name: {"PLAIN"} for name in ("number", "money", "time", "flag", "text")}
    assert (footer.format_version, encodings) == ("1.0", {**plain_columns, "word": {"PLAIN_DICTIONARY"}})
    assert pq.read_table(io.BytesIO(part)).equals(pq.read_table(io.BytesIO(written(ANY))))


def test_every_column_says_between_which_values_it_lies() -> None:
    part = written({**ANY, "id": (types.BigInteger.to_arrow(np.arange(500) - 3), "key")})
    group = pq.read_metadata(io.BytesIO(part)).row_group(0)
    for number in range(group.num_columns):
        column = group.column(number)
        values = pq.read_table(io.BytesIO(part))[column.path_in_schema]
        assert (column.statistics.min, column.statistics.max) == tuple(pc.min_max(values).as_py().values())
        assert column.statistics.null_count == 0
    assert pq.read_table(io.BytesIO(part), filters=[("id", ">", 490)])["id"].to_pylist() == [*range(491, 497)]


def test_a_column_of_nulls_has_no_least_value() -> None:
    part = written({"text": (pa.nulls(5, pa.string()), "text")}, nullable=True)
    statistics = pq.read_metadata(io.BytesIO(part)).row_group(0).column(0).statistics
    assert (statistics.has_min_max, statistics.null_count) == (False, 5)


def test_a_list_of_words_much_longer_than_the_part_is_not_written_whole() -> None:
    part = written({"value": (MANY_WORDS.to_arrow(np.array([299, 5, 299])), "category")})
    assert b"word 6" not in part
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist() == ["word 299", "word 5", "word 299"]


def test_texts_that_repeat_are_read_with_the_dictionary_of_their_own_block() -> None:
    """Each block of a table brings the texts of its parents."""
    schema = pa.schema([field("value", pa.dictionary(pa.int32(), pa.string()), "category")])
    blocks, expected = [], []
    for block in range(5):
        texts = [f"session {block} {number}" for number in range(2000)]
        codes = np.repeat(np.arange(2000), 20).astype(np.int32)
        expected += [texts[code] for code in codes.tolist()]
        blocks.append(batch_of(schema, pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(texts))))
    part = file_of(blocks, schema)
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist() == expected
    assert pl.read_parquet(part)["value"].to_list() == expected


def test_a_row_group_does_not_end_within_a_block_that_goes_on_with_its_dictionary() -> None:
    """Otherwise the words of the block would be written again."""
    schema = pa.schema([field("value", types.RepeatedText.arrow, types.RepeatedText.role)])
    batches = []
    for block in range(2):
        words = pa.array([f"word {number} of block {block}" for number in range(90)])
        for piece in range(3):
            codes = pa.array(np.arange(60) // 2 + 30 * piece, pa.int32())
            batches.append(batch_of(schema, pa.DictionaryArray.from_arrays(codes, words)))
    part = file_of(batches, schema, "none", Limits(page_rows=60, row_group_rows=100))
    footer = pq.read_metadata(io.BytesIO(part))
    assert [footer.row_group(number).num_rows for number in range(footer.num_row_groups)] == [180, 180]
    assert part.count(b"word 5 of block 1") == 1
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist()[-1] == "word 89 of block 1"


def test_a_row_group_ends_in_time_where_all_blocks_have_one_dictionary() -> None:
    schema = pa.schema([field("value", types.RepeatedText.arrow, types.RepeatedText.role)])
    words, codes = pa.array(["Bath", "York"]), pa.array([0, 1] * 50, pa.int32())
    part = file_of(
        [batch_of(schema, pa.DictionaryArray.from_arrays(codes, words))] * 10, schema, limits=Limits(page_rows=100, row_group_rows=100)
    )
    footer = pq.read_metadata(io.BytesIO(part))
    assert [footer.row_group(number).num_rows for number in range(footer.num_row_groups)] == [400, 400, 200]


def test_a_page_without_any_value_says_so_once() -> None:
    part = written({"number": (pa.nulls(20_000, pa.int32()), "number")}, nullable=True, compression="none")
    assert pq.read_metadata(io.BytesIO(part)).row_group(0).column(0).total_compressed_size < 60
    assert pq.read_table(io.BytesIO(part))["number"].null_count == 20_000


def test_pieces_of_one_list_of_words_are_told_apart() -> None:
    words, codes = pa.array(["a", "b", "c", "d"]), pa.array([0, 1] * 10, pa.int32())
    pieces = [pa.DictionaryArray.from_arrays(codes, words.slice(first, 2)) for first in (0, 2)]
    schema = pa.schema([field("value", pieces[0].type, "category")])
    part = file_of([batch_of(schema, piece) for piece in pieces], schema, limits=Limits(page_rows=8))
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist() == ["a", "b"] * 10 + ["c", "d"] * 10


def test_row_groups_can_share_a_dictionary() -> None:
    """The second and the third have the page of the first, each at its own offset."""
    codes = np.random.default_rng(1).integers(0, 300, 30_000)
    columns = {"value": (MANY_WORDS.to_arrow(codes), "category")}
    part = written(columns, batch=10_000, limits=Limits(row_group_rows=10_000, page_rows=10_000, sample_bytes=1 << 10))
    footer = pq.read_metadata(io.BytesIO(part))
    assert footer.num_row_groups == 3
    starts = [footer.row_group(number).column(0).dictionary_page_offset for number in range(3)]
    ends = [footer.row_group(number).column(0).data_page_offset for number in range(3)]
    pages = {part[start:end] for start, end in zip(starts, ends, strict=True)}
    assert len(pages) == 1
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist() == plain(columns["value"][0])


def test_a_shared_dictionary_is_compressed_only_where_the_pages_of_its_row_group_are() -> None:
    """Both row groups are too small to decide for all others."""
    random = np.random.default_rng(1)
    words = types.Categorical([random.bytes(4).hex() for _ in range(16)])
    codes = np.concatenate([random.integers(0, 16, 1000), np.arange(1000) % 16])
    array = words.to_arrow(codes)
    part = written({"value": (array, "category")}, batch=1000, limits=Limits(page_rows=1000, row_group_rows=1000))
    footer = pq.read_metadata(io.BytesIO(part))
    assert [footer.row_group(number).column(0).compression for number in range(footer.num_row_groups)] == ["UNCOMPRESSED", "SNAPPY"]
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist() == plain(array)


def test_a_part_without_rows_still_has_its_columns() -> None:
    part = written({name: (array[:0], role) for name, (array, role) in ANY.items()})
    assert pq.read_table(io.BytesIO(part)).column_names == list(ANY)
    assert pq.read_metadata(io.BytesIO(part)).num_rows == 0


def test_the_same_rows_are_the_same_bytes() -> None:
    assert written(ANY) == written(ANY) != written({**ANY, "flag": (types.Boolean.to_arrow(np.ones(500, bool)), "flag")})


def test_the_footer_names_the_writer() -> None:
    assert pq.read_metadata(io.BytesIO(written(ANY))).created_by.startswith("colgen ")


def test_the_types_are_those_that_pyarrow_writes() -> None:
    table = pa.table({name: array for name, (array, _) in ANY.items()})
    theirs = io.BytesIO()
    pq.write_table(
        table.cast(pa.schema([column.with_nullable(False) for column in table.schema])),
        theirs,
        store_schema=False,
        store_decimal_as_integer=True,
    )
    assert pq.read_schema(io.BytesIO(written(ANY))) == pq.read_schema(theirs)
    ours, other = (pq.ParquetFile(io.BytesIO(data)).schema for data in (written(ANY), theirs.getvalue()))
    for number in range(len(ours)):
        described = [
            (column.physical_type, str(column.logical_type), column.converted_type, column.max_definition_level)
            for column in (ours.column(number), other.column(number))
        ]
        assert described[0] == described[1]


def test_a_part_on_disk_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    array, role = ANY["text"]
    schema = pa.schema([field("text", array.type, role)])
    with OutputFile(path) as file:
        part = find_format("parquet").open(file, schema)
        part.write(batch_of(schema, array))
        part.close()
    assert path.read_bytes() == written({"text": ANY["text"]})
    assert file.size == path.stat().st_size


def test_a_first_page_of_nulls_does_not_decide_that_text_is_left_uncompressed() -> None:
    limits = Limits()
    schema = pa.schema([pa.field("text", pa.string())])
    empty = pa.nulls(limits.row_group_rows, pa.string())
    full = pa.array(["the same words over and over"] * limits.page_rows)
    part = file_of([batch_of(schema, empty), batch_of(schema, full)], schema)
    footer = pq.read_metadata(io.BytesIO(part))
    assert footer.num_row_groups == 2
    assert footer.row_group(1).column(0).compression == "SNAPPY"


def test_text_that_hardly_shrinks_is_not_compressed() -> None:
    digits: list[Any] = [f"{number:016x}" for number in Draw(key("digits"), count=Limits().page_rows).bits()]
    part = written({"text": (pa.array(digits), "text")})
    assert pq.read_metadata(io.BytesIO(part)).row_group(0).column(0).compression == "UNCOMPRESSED"
    assert pq.read_table(io.BytesIO(part))["text"].to_pylist() == digits
