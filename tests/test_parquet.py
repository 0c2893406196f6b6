"""The Parquet that colgen writes: what goes in comes out of every reader, whatever the values, and each column is encoded as its shape says."""

from __future__ import annotations

import io
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.arrays import narrowest
from colgen.draws.draw import Draw, key
from colgen.formats import find_format
from colgen.formats.parquet import encodings, thrift
from colgen.formats.parquet import writer as parquet
from colgen.formats.parquet.encodings import packed
from colgen.targets.folder.file import OutputFile
from colgen.values import types
from colgen.values.arrow import with_missing
from colgen.values.types import Type

law = settings(derandomize=True, deadline=None, max_examples=60)
WORDS = types.Categorical(["card", "cash", "", "bank transfer", "gift card"])
MANY_WORDS = types.Categorical([f"word {number}" for number in range(300)])
NUMBERS = {"integer": types.Integer, "bigint": types.BigInteger, "date": types.Date, "time": types.Timestamp}
COMPRESSIONS = ["snappy", "zstd", "lz4", "gzip", "none"]


def written(
    columns: dict[str, tuple[pa.Array, str]], *, nullable: bool = False, batch: int | None = None, compression: str = "snappy"
) -> bytes:
    """A part of columns, each with its shape, given some rows at a time."""
    fields = [pa.field(name, array.type, nullable, {"encoding": shape}) for name, (array, shape) in columns.items()]
    rows = pa.record_batch([array for array, _ in columns.values()], schema=pa.schema(fields))
    file = io.BytesIO()
    part = parquet.ParquetPart(file, rows.schema, compression)  # type: ignore[arg-type]
    for first in range(0, len(rows), batch or max(1, len(rows))):
        part.write(rows.slice(first, batch))
    part.close()
    return file.getvalue()


def plain(array: pa.Array) -> list[Any]:
    return (array.cast(array.type.value_type) if pa.types.is_dictionary(array.type) else array).to_pylist()


def reads(data: bytes, name: str, expected: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """PyArrow, Polars and DuckDB find these values."""
    path = tmp_path_factory.mktemp("part") / "part.parquet"
    path.write_bytes(data)
    assert pq.read_table(path)[name].to_pylist() == expected
    assert pl.read_parquet(path)[name].to_arrow().to_pylist() == expected
    assert [row[0] for row in duckdb.execute(f"SELECT {name} FROM '{path}'").fetchall()] == expected


def within(kind: Type) -> st.SearchStrategy[list[int]]:
    """Whole numbers that the type holds: all sizes of steps between them, the extremes, and long stretches of one."""
    assert kind.dtype is not None
    limits = np.iinfo(kind.dtype) if kind.arrow in (pa.int32(), pa.int64()) else None
    low, high = (int(limits.min), int(limits.max)) if limits else (-700_000, 2_000_000) if kind is types.Date else (-(10**15), 2 * 10**15)
    step = st.integers(0, 62).flatmap(lambda bits: st.integers(max(low, -(1 << bits)), min(high, 1 << bits)))
    return st.lists(st.tuples(step, st.integers(1, 90)), max_size=40).map(
        lambda runs: [min(high, max(low, value + place * (value % 3))) for value, times in runs for place in range(times)]
    )


@pytest.mark.parametrize("name", NUMBERS)
@law
@given(data=st.data())
def test_whole_numbers_come_back(name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    kind = NUMBERS[name]
    values = np.array(data.draw(within(kind)), np.int64)
    array = kind.to_arrow(values)
    shape = data.draw(st.sampled_from(["reference", "number", "time"]))
    part = written({"value": (array, shape)}, batch=data.draw(st.integers(1, 700)))
    if kind is not types.Timestamp:  # of which DuckDB and Polars give other objects for the same moment
        reads(part, "value", array.to_pylist(), tmp_path_factory)
    assert pq.read_table(io.BytesIO(part))["value"].combine_chunks().cast(array.type).equals(array)


@law
@given(
    first=st.integers(-5, 10**12),
    steps=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 400)), max_size=6),
    batch=st.integers(1, 700),
    shape=st.sampled_from(["key", "parent"]),
)
def test_keys_come_back_whether_or_not_some_are_left_out(
    first: int, steps: list[tuple[int, int]], batch: int, shape: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A key ascends by steps of at least 1; that of a parent may stay the same."""
    values = first + np.cumsum(np.repeat([step - (shape == "parent") for step, _ in steps], [times for _, times in steps]).astype(np.int64))
    part = written({"value": (types.BigInteger.to_arrow(values), shape)}, batch=batch)
    reads(part, "value", values.tolist(), tmp_path_factory)
    groups = pq.read_metadata(io.BytesIO(part))
    found = [groups.row_group(number).column(0).statistics for number in range(groups.num_row_groups)] if len(values) else []
    assert [min((one.min for one in found), default=None), max((one.max for one in found), default=None)] == (
        [values[0], values[-1]] if len(values) else [None, None]
    )


@law
@given(values=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=300))
def test_any_64_bits_come_back_from_every_reader(values: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    reads(written({"value": (pa.array(values, pa.int64()), "number")}), "value", values, tmp_path_factory)


@law
@given(values=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=300))
def test_any_32_bits_come_back_from_every_reader(values: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    reads(written({"value": (pa.array(values, pa.int32()), "number")}), "value", values, tmp_path_factory)


@pytest.mark.parametrize("kind", [types.Integer, types.BigInteger, types.Money], ids=["integer", "bigint", "money"])
@law
@given(data=st.data())
def test_numbers_that_come_in_fewer_bits_are_the_same_bytes(kind: Type, data: st.DataObject) -> None:
    """However few bits each batch brings them in, and whether or not some are missing."""
    assert kind.dtype is not None
    field = pa.schema([pa.field("value", kind.arrow, True, {"encoding": data.draw(st.sampled_from(["reference", "parent", "time"]))})])
    whole, compact = (parquet.ParquetPart(io.BytesIO(), field) for _ in range(2))  # type: ignore[arg-type]
    for bits in data.draw(st.lists(st.integers(0, 8 * kind.dtype.itemsize - 2), max_size=4)):
        values = np.array(data.draw(st.lists(st.integers(-(1 << bits), (1 << bits) - 1), max_size=30)), np.int64)
        missing = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))), bool)
        low, high = int(values.min(initial=0)), int(values.max(initial=0))
        few = data.draw(st.sampled_from([size for size in (1, 2, 4, 8) if size >= narrowest(low, high).itemsize]))
        whole.write(pa.RecordBatch.from_arrays([with_missing(kind.to_arrow(values), missing)], schema=field))
        compact.write(pa.RecordBatch.from_arrays([with_missing(kind.to_arrow(values.astype(f"i{few}"), compact=True), missing)], ["value"]))
    for part in (whole, compact):
        part.close()
    assert compact._file.getvalue() == whole._file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("digits", [1, 9, 10, 18])
@law
@given(data=st.data())
def test_decimals_come_back_to_the_last_digit(digits: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    values = data.draw(st.lists(st.integers(-(10**digits) + 1, 10**digits - 1), max_size=200))
    array = types.Decimal(digits, min(digits, 2)).to_arrow(np.array(values, np.int64))
    reads(written({"value": (array, "money")}), "value", array.cast(pa.decimal128(digits, min(digits, 2))).to_pylist(), tmp_path_factory)


@law
@given(values=st.lists(st.text(max_size=40), max_size=300))
def test_any_text_comes_back_from_every_reader(values: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    reads(written({"value": (pa.array(values, pa.string()), "text")}), "value", values, tmp_path_factory)


@pytest.mark.parametrize("kind", [WORDS, MANY_WORDS], ids=["few words", "many words"])
@law
@given(runs=st.lists(st.tuples(st.integers(0, 299), st.integers(1, 200)), max_size=60), batch=st.integers(1, 3000))
def test_words_come_back_one_by_one_or_many_times_over(
    kind: types.Categorical, runs: list[tuple[int, int]], batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    codes = np.array([code % len(kind.words) for code, times in runs for _ in range(times)], np.int16)
    array = kind.to_arrow(codes)
    reads(written({"value": (array, "category")}, batch=batch), "value", plain(array), tmp_path_factory)


@law
@given(values=st.lists(st.booleans(), max_size=300), first=st.integers(0, 20))
def test_flags_come_back_wherever_they_begin(values: list[bool], first: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    array = types.Boolean.to_arrow(np.array([True] * first + values, bool)).slice(first)
    reads(written({"value": (array, "flag")}), "value", values, tmp_path_factory)


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
    array, shape = ANY[name]
    array = with_missing(array, np.resize(np.array(missing), len(array))).slice(first)
    part = written({name: (array, shape)}, nullable=True, batch=batch)
    assert pq.read_table(io.BytesIO(part))[name].to_pylist() == plain(array)
    path = tmp_path_factory.mktemp("part") / "part.parquet"
    path.write_bytes(part)
    assert pl.read_parquet(path)[name].null_count() == array.null_count
    assert duckdb.execute(f"SELECT count(*) - count({name}) FROM '{path}'").fetchone() == (array.null_count,)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_every_compression_is_read(compression: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    part = written(ANY, compression=compression)
    for name, (array, _) in ANY.items():
        expected = pa.array(plain(array), array.type.value_type if pa.types.is_dictionary(array.type) else array.type)
        assert pq.read_table(io.BytesIO(part))[name].combine_chunks().cast(expected.type).equals(expected)
    group = pq.read_metadata(io.BytesIO(part)).row_group(0)
    found = {group.column(number).path_in_schema: group.column(number).compression for number in range(group.num_columns)}
    assert found["text"] == {"none": "UNCOMPRESSED"}.get(compression, compression.upper())


def test_what_compression_does_not_make_smaller_is_left_as_it_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    noise = Draw(key("noise"), count=3000).bits()
    uuids = pa.array([f"{number:016x}" for number in noise.tolist()])
    columns = {"number": (pa.array(noise.view(np.int64)), "number"), "text": (uuids, "text")}
    group = pq.read_metadata(io.BytesIO(written(columns))).row_group(0)
    assert {group.column(number).compression for number in range(2)} == {"UNCOMPRESSED"}
    for name, (array, _) in columns.items():
        reads(written(columns), name, plain(array), tmp_path_factory)


def test_many_rows_are_pages_and_row_groups(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(parquet, "PAGE_ROWS", 100)
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 450)
    part = written(ANY, batch=90)
    groups = pq.read_metadata(io.BytesIO(part))
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [450, 50]
    for name, (array, _) in ANY.items():
        assert pq.read_table(io.BytesIO(part))[name].cast(pa.string()).to_pylist() == array.cast(pa.string()).to_pylist()


def test_wide_rows_make_smaller_row_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 2000)
    monkeypatch.setattr(parquet, "PAGE_ROWS", 50)
    assert pq.read_metadata(io.BytesIO(written(ANY, batch=50))).num_row_groups > 1


def test_each_column_is_encoded_as_its_shape_says() -> None:
    group = pq.read_metadata(io.BytesIO(written({**ANY, "id": (types.BigInteger.to_arrow(np.arange(500)), "key")}))).row_group(0)
    found = {group.column(number).path_in_schema: set(group.column(number).encodings) - {"RLE"} for number in range(group.num_columns)}
    numbers = {"DELTA_BINARY_PACKED"}
    assert found == {
        "number": numbers,
        "money": numbers,
        "time": numbers,
        "id": numbers,
        "flag": {"PLAIN"},
        "text": {"DELTA_LENGTH_BYTE_ARRAY"},
        "word": {"PLAIN", "RLE_DICTIONARY"},
    }


def test_readers_can_prune_by_keys_and_times_and_by_nothing_else() -> None:
    part = written({**ANY, "id": (types.BigInteger.to_arrow(np.arange(500) - 3), "key")})
    group = pq.read_metadata(io.BytesIO(part)).row_group(0)
    limits = {group.column(number).path_in_schema: group.column(number).statistics for number in range(group.num_columns)}
    assert {name for name, one in limits.items() if one is not None} == {"id", "time"}
    assert (limits["id"].min, limits["id"].max, limits["id"].null_count) == (-3, 496, 0)
    assert pq.read_table(io.BytesIO(part), filters=[("id", ">", 490)])["id"].to_pylist() == [*range(491, 497)]


def test_a_list_of_words_much_longer_than_the_part_is_not_written_whole() -> None:
    part = written({"value": (MANY_WORDS.to_arrow(np.array([299, 5, 299])), "category")})
    assert b"word 6" not in part
    assert pq.read_table(io.BytesIO(part))["value"].to_pylist() == ["word 299", "word 5", "word 299"]


def test_texts_that_repeat_are_read_with_the_dictionary_of_their_own_block() -> None:
    """Each block of a table brings the texts of its parents."""
    field = pa.field("value", pa.dictionary(pa.int32(), pa.string()), False, {"encoding": "category"})
    file = io.BytesIO()
    part = parquet.ParquetPart(file, pa.schema([field]))  # type: ignore[arg-type]
    expected: list[str] = []
    for block in range(5):
        texts = [f"session {block} {number}" for number in range(2000)]
        codes = np.repeat(np.arange(2000), 20).astype(np.int32)
        expected += [texts[code] for code in codes.tolist()]
        array = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(texts))
        part.write(pa.record_batch([array], schema=pa.schema([field])))
    part.close()
    assert pq.read_table(io.BytesIO(file.getvalue()))["value"].to_pylist() == expected
    assert pl.read_parquet(file.getvalue())["value"].to_list() == expected


def test_a_row_group_ends_where_no_block_is_in_the_middle_of_its_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else the words of the block would be written once more."""
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 100)
    monkeypatch.setattr(parquet, "PAGE_ROWS", 60)
    schema = pa.schema([pa.field("value", types.RepeatedText.arrow, False, {"encoding": types.RepeatedText.shape})])
    file = io.BytesIO()
    part = parquet.ParquetPart(file, schema, "none")  # type: ignore[arg-type]
    for block in range(2):
        words = pa.array([f"word {number} of block {block}" for number in range(90)])
        for piece in range(3):
            codes = pa.array(np.arange(60) // 2 + 30 * piece, pa.int32())
            part.write(pa.record_batch([pa.DictionaryArray.from_arrays(codes, words)], schema=schema))
    part.close()
    found = pq.read_metadata(file)
    assert [found.row_group(number).num_rows for number in range(found.num_row_groups)] == [180, 180]
    assert file.getvalue().count(b"word 5 of block 1") == 1
    assert pq.read_table(file)["value"].to_pylist()[-1] == "word 89 of block 1"


def test_pieces_of_one_list_of_words_are_told_apart() -> None:
    words, codes = pa.array(["a", "b", "c", "d"]), pa.array([0, 1] * 10, pa.int32())
    pieces = [pa.DictionaryArray.from_arrays(codes, words.slice(first, 2)) for first in (0, 2)]
    schema = pa.schema([pa.field("value", pieces[0].type, False, {"encoding": "category"})])
    file = io.BytesIO()
    part = parquet.ParquetPart(file, schema)  # type: ignore[arg-type]
    for piece in pieces:
        part.write(pa.record_batch([piece], schema=schema))
    part.close()
    assert pq.read_table(io.BytesIO(file.getvalue()))["value"].to_pylist() == ["a", "b"] * 10 + ["c", "d"] * 10


def test_a_part_without_rows_has_its_columns_all_the_same() -> None:
    part = written({name: (array[:0], shape) for name, (array, shape) in ANY.items()})
    assert pq.read_table(io.BytesIO(part)).column_names == list(ANY)
    assert pq.read_metadata(io.BytesIO(part)).num_rows == 0


def test_the_same_rows_are_the_same_bytes() -> None:
    assert written(ANY) == written(ANY) != written({**ANY, "flag": (types.Boolean.to_arrow(np.ones(500, bool)), "flag")})


def test_readers_are_told_who_wrote_it() -> None:
    assert pq.read_metadata(io.BytesIO(written(ANY))).created_by.startswith("colgen ")


def test_the_types_are_those_that_pyarrow_writes(tmp_path_factory: pytest.TempPathFactory) -> None:
    table = pa.table({name: array for name, (array, _) in ANY.items()})
    theirs = io.BytesIO()
    pq.write_table(
        table.cast(pa.schema([field.with_nullable(False) for field in table.schema])),
        theirs,
        store_schema=False,
        store_decimal_as_integer=True,
    )
    assert pq.read_schema(io.BytesIO(written(ANY))) == pq.read_schema(theirs)
    ours, other = (pq.ParquetFile(io.BytesIO(data)).schema for data in (written(ANY), theirs.getvalue()))
    for number in range(len(ours)):
        described = [
            (one.physical_type, str(one.logical_type), one.converted_type, one.max_definition_level)
            for one in (ours.column(number), other.column(number))
        ]
        assert described[0] == described[1]


@law
@given(
    texts=st.lists(st.text(max_size=9), max_size=30) | st.lists(st.text("abc", min_size=3, max_size=3), max_size=30),
    first=st.integers(0, 4),
)
def test_a_dictionary_is_each_text_after_its_length(texts: list[str], first: int) -> None:
    array = pa.array(["before"] * first + texts, pa.string()).slice(first)
    expected = b"".join(len(text.encode()).to_bytes(4, "little") + text.encode() for text in texts)
    assert bytes(encodings.plain_texts(array)) == expected


@law
@given(width=st.integers(1, 64), data=st.data())
def test_packed_numbers_are_the_bits_one_after_another(width: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, 2**width - 1), max_size=24))
    values += [0] * (-len(values) % 8)
    expected = sum(value << width * place for place, value in enumerate(values)).to_bytes(len(values) * width // 8, "little")
    assert packed(np.array(values, np.uint64), width).tobytes() == expected


@pytest.mark.parametrize("width", range(1, 65))
def test_many_numbers_are_packed_like_few(width: int) -> None:
    values = Draw(key("bits"), count=4096).bits() >> np.uint64(64 - width)
    whole = packed(values, width)
    assert b"".join(packed(values[first : first + 8], width).tobytes() for first in range(0, 4096, 8)) == whole.tobytes()


def test_a_step_and_a_width_are_chosen_anew_every_so_many_rows() -> None:
    """A far value costs its neighbours bits, and no others."""
    values = np.arange(encodings.AT_ONCE * 4)
    values[5] = 10**15
    assert len(b"".join(encodings.delta(values))) < 1.3 * 51 / 8 * encodings.AT_ONCE


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, b"\0"), (-1, b"\1"), (1, b"\2"), (-64, b"\x7f"), (64, b"\x80\1"), (2**63 - 1, b"\xfe" + b"\xff" * 8 + b"\1")],
)
def test_zigzag(number: int, expected: bytes) -> None:
    assert thrift.zigzag(number) == expected


def test_long_lists_have_a_longer_head() -> None:
    kind, value = thrift.sequence([thrift.i32(0)] * 20)
    assert (kind, value[:2], len(value)) == (9, bytes([0xF5, 20]), 22)


def test_a_part_on_disk_is_the_same(tmp_path: Any) -> None:
    path = tmp_path / "part.parquet"
    array, shape = ANY["text"]
    schema = pa.schema([pa.field("text", array.type, False, {"encoding": shape})])
    with OutputFile(path) as file:
        part = find_format("parquet").open(file, schema)
        part.write(pa.record_batch([array], schema=schema))
        part.close()
    assert path.read_bytes() == written({"text": ANY["text"]})
    assert file.size == path.stat().st_size


def test_a_first_page_of_nulls_does_not_decide_that_text_is_left_uncompressed() -> None:
    schema = pa.schema([pa.field("text", pa.string())])
    empty = pa.record_batch([pa.nulls(parquet.ROW_GROUP_ROWS, pa.string())], schema=schema)
    full = pa.record_batch([pa.array(["the same words over and over"] * parquet.PAGE_ROWS)], schema=schema)
    stream = io.BytesIO()
    part = parquet.ParquetPart(stream, schema)  # type: ignore[arg-type]
    part.write(empty)
    part.write(full)
    part.close()
    found = pq.ParquetFile(stream).metadata
    assert found.num_row_groups == 2
    assert found.row_group(1).column(0).compression == "SNAPPY"


def test_text_that_hardly_shrinks_is_left_as_it_is() -> None:
    digits = [f"{number:016x}" for number in Draw(key("digits"), count=parquet.PAGE_ROWS).bits()]
    schema = pa.schema([pa.field("text", pa.string(), nullable=False)])
    stream = io.BytesIO()
    part = parquet.ParquetPart(stream, schema)  # type: ignore[arg-type]
    part.write(pa.record_batch([pa.array(digits)], schema=schema))
    part.close()
    assert pq.ParquetFile(stream).metadata.row_group(0).column(0).compression == "UNCOMPRESSED"
    assert pq.read_table(stream)["text"].to_pylist() == digits
