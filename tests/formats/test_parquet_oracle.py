"""PyArrow's writer as an oracle: whatever the schema and the batches, colgen's Parquet reads as PyArrow's does that is made of the same batches."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.arrays import narrowest
from colgen.formats import COMPRESSIONS, find_format
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.statistics import LONGEST
from colgen.values import types
from colgen.values.arrow import coded, with_missing
from colgen.values.batch import Batch, BatchColumn
from colgen.values.text.composed import Composed
from colgen.values.text.digits import Digits
from colgen.values.text.words import Coded, WordBytes
from tests.formats.parquet_files import field, file_of
from tests.support import thorough

Random = np.random.Generator
Make = Callable[[Random, int], BatchColumn]
"""Makes the column's values for some more rows."""


@dataclass(frozen=True)
class Drawn:
    """A column of a drawn schema."""

    field: pa.Field
    make: Make


LIMITS = {
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
    "date": (-700_000, 2_900_000),
    "timestamp": (-(10**16), 10**17),
}


def spread(random: Random, rows: int, low: int, high: int, style: str) -> np.ndarray[Any, Any]:
    """Whole numbers between two limits: one number, runs of a few, small ones, ones that take all of some bits, ones that ascend, or any."""
    if style == "constant":
        return np.full(rows, random.integers(low, high, endpoint=True))
    if style == "runs":
        return np.repeat(random.integers(low, high, -(-rows // 9), endpoint=True), 9)[:rows]
    if style == "small":
        return random.integers(max(low, -1), min(high, int(random.choice([1, 100, 30_000]))), rows, endpoint=True)
    if style == "bits":
        bits = int(random.choice([1, 7, 8, 15, 16, 31]))
        return random.integers(max(low, -(1 << bits)), min(high, (1 << bits) - 1), rows, endpoint=True)
    values = random.integers(low, high, rows, endpoint=True)
    return np.sort(values) if style == "ascending" else values


def whole_numbers(kind: types.Type, low: int, high: int, style: str, *, nullable: bool) -> Make:
    """A column whose batches come in as few bits as fit, or in more."""

    def make(random: Random, rows: int) -> pa.Array:
        values = spread(random, rows, low, high, style).astype(np.int64)
        least = narrowest(int(values.min(initial=0)), int(values.max(initial=0))).itemsize
        size = int(random.choice([size for size in (1, 2, 4, 8) if size >= least]))
        return maybe_missing(random, kind.to_arrow(values.astype(f"i{size}"), compact=True), nullable)

    return make


def maybe_missing(random: Random, array: pa.Array, nullable: bool) -> pa.Array:
    """The array with none, some or all of its values missing."""
    if not nullable or random.random() < 0.3:
        return array
    return with_missing(array, random.random(len(array)) < random.choice([0.05, 0.5, 0.99, 1.0]))


def ids(role: str, *, gaps: bool) -> Make:
    """Ids that ascend from batch to batch; with gaps, some are left out. A parent's come several times."""
    last = [0]

    def make(random: Random, rows: int) -> pa.Array:
        steps = random.integers(0 if role == "parent" else 1, 3 if gaps else 2, rows)
        values = last[0] + np.cumsum(steps)
        last[0] = int(values[-1]) if rows else last[0]
        return types.BigInteger.to_arrow(values.astype(narrowest(0, last[0])), compact=True)

    return make


def strings(words: Sequence[str], *, nullable: bool) -> Make:
    def make(random: Random, rows: int) -> pa.Array:
        chosen = random.integers(0, len(words), rows).tolist()
        return maybe_missing(random, pa.array([words[number] * (number % 3) + words[-1] for number in chosen], pa.string()), nullable)

    return make


def flags(*, nullable: bool) -> Make:
    def make(random: Random, rows: int) -> pa.Array:
        first = int(random.integers(0, 9))  # where in a byte they start
        return maybe_missing(random, types.Boolean.to_arrow(random.random(first + rows) < 0.4).slice(first), nullable)

    return make


def categories(kind: types.Categorical, style: str, *, nullable: bool) -> Make:
    def make(random: Random, rows: int) -> pa.Array:
        return maybe_missing(random, kind.to_arrow(spread(random, rows, 0, len(kind.words) - 1, style)), nullable)

    return make


def repeated(words: Sequence[str], *, nullable: bool) -> Make:
    """Texts of which each block brings a list of its own, that some batches have in common."""
    block: list[pa.Array] = []

    def make(random: Random, rows: int) -> pa.Array:
        if not block or random.random() < 0.4:
            block[:] = [pa.array([f"{words[number % len(words)]} {random.integers(99)}" for number in range(random.integers(1, 40))])]
        return maybe_missing(random, coded(random.integers(0, len(block[0]), rows).astype(np.int32), block[0]), nullable)

    return make


def composed(words: Sequence[str], parts: Sequence[str], *, spelled: bool) -> Make:
    """Texts put together out of words, numbers and constants.

    spelled : whether some batches come spelled
    """
    tables = [WordBytes(pa.array([*words, f"a longer word {number}", f"the longest word of all {number}"])) for number in range(2)]

    def make(random: Random, rows: int) -> BatchColumn:
        made: list[str | Coded | Digits] = []
        for number, part in enumerate(parts):
            if part == "word":
                table = tables[number % 2]
                made.append(Coded(table, random.integers(0, len(table.words), rows)))
            elif part == "number":
                made.append(Digits(random.integers(0, int(random.choice([9, 99, 99_999])), rows, endpoint=True)))
            elif part == "digits":
                made.append(Digits(random.integers(0, 10_000, rows), 4))
            else:
                made.append(part)
        text = Composed(made, rows)
        return text.spelled if spelled and random.random() < 0.5 else text

    return make


STYLES = st.sampled_from(["constant", "runs", "small", "bits", "ascending", "any"])
WORDS = st.lists(st.text(max_size=12), min_size=1, max_size=6, unique=True)


@st.composite
def drawn_columns(draw: st.DrawFn, name: str) -> Drawn:
    """A column of any type, with a role that goes with it."""
    nullable = draw(st.booleans())
    kind = draw(st.sampled_from(["key", "number", "date", "timestamp", "decimal", "flag", "text", "category", "repeated", "composed"]))
    if kind == "key":
        role = draw(st.sampled_from(["key", "parent"]))
        return Drawn(field(name, pa.int64(), role, nullable), ids(role, gaps=draw(st.booleans())))
    if kind == "number":
        number = draw(st.sampled_from([types.Integer, types.BigInteger]))
        role = draw(st.sampled_from(["number", "reference", "identifier"]))
        make = whole_numbers(number, *LIMITS[number.name], draw(STYLES), nullable=nullable)
        return Drawn(field(name, number.arrow, role, nullable), make)
    if kind in ("date", "timestamp"):
        time = types.Date if kind == "date" else types.Timestamp
        return Drawn(field(name, time.arrow, "time", nullable), whole_numbers(time, *LIMITS[kind], draw(STYLES), nullable=nullable))
    if kind == "decimal":
        precision = draw(st.integers(1, 18))
        decimal = types.Decimal(precision, draw(st.integers(0, precision)))
        make = whole_numbers(decimal, 1 - 10**precision, 10**precision - 1, draw(STYLES), nullable=nullable)
        return Drawn(field(name, decimal.arrow, "money", nullable), make)
    if kind == "flag":
        return Drawn(field(name, pa.bool_(), "flag", nullable), flags(nullable=nullable))
    if kind == "category":
        words = types.Categorical([*draw(WORDS), *(f"word {number}" for number in range(draw(st.sampled_from([0, 1, 3, 200, 400]))))])
        return Drawn(field(name, words.arrow, "category", nullable), categories(words, draw(STYLES), nullable=nullable))
    if kind == "repeated":
        return Drawn(field(name, types.RepeatedText.arrow, "repeated", nullable), repeated(draw(WORDS), nullable=nullable))
    if kind == "composed":
        parts = draw(st.lists(st.sampled_from(["word", "word", "number", "digits", " and ", "…"]), min_size=1, max_size=5))
        words = [word for word in draw(WORDS) if word] or ["word"]
        return Drawn(field(name, pa.string(), "text", nullable), composed(words, parts, spelled=draw(st.booleans())))
    return Drawn(field(name, pa.string(), "text", nullable), strings(draw(WORDS), nullable=nullable))


SIZES = st.lists(st.sampled_from([0, 1, 7, 8, 9, 300]) | st.integers(0, 120), max_size=6)
ROW_LIMITS = st.builds(
    Limits,
    row_group_rows=st.sampled_from([1, 50, 1 << 19]),
    row_group_bytes=st.sampled_from([100, 3 << 20]),
    page_rows=st.sampled_from([8, 40, 1 << 17]),
    page_bytes=st.sampled_from([50, 1 << 19]),
    sample_bytes=st.sampled_from([20, 1 << 14]),
)


@st.composite
def drawn_batches(draw: st.DrawFn) -> tuple[pa.Schema, list[Batch]]:
    """Batches of one schema, some of them empty."""
    columns = [draw(drawn_columns(f"column_{number}")) for number in range(draw(st.integers(1, 5)))]
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    schema = pa.schema([column.field for column in columns])
    return schema, [Batch("table", schema, [column.make(random, rows) for column in columns], rows) for rows in draw(SIZES)]


def check_against_pyarrow(
    drawn: tuple[pa.Schema, list[Batch]], compression: str, limits: Limits, is_compatible: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    schema, batches = drawn
    ours = file_of(batches, schema, compression, limits, is_compatible=is_compatible)
    theirs = io.BytesIO()
    writer = find_format("parquet-arrow", compression).open(theirs, schema)  # type: ignore[arg-type]
    for batch in batches:
        writer.write(batch)
    writer.close()

    assert pq.read_table(io.BytesIO(ours)).equals(pq.read_table(theirs))
    folder = tmp_path_factory.mktemp("parts")
    (folder / "ours.parquet").write_bytes(ours)
    (folder / "theirs.parquet").write_bytes(theirs.getvalue())
    by_duckdb = [duckdb.sql(f"FROM '{folder / file}'").to_arrow_table() for file in ("ours.parquet", "theirs.parquet")]
    assert by_duckdb[0].equals(by_duckdb[1])
    check_statistics(ours, theirs, schema)


def check_statistics(ours: bytes, theirs: io.BytesIO, schema: pa.Schema) -> None:
    """Statistics are those of the values in each row group, and PyArrow's over the whole file; long texts lie between what they say."""
    file, oracle = pq.ParquetFile(io.BytesIO(ours)), pq.read_metadata(theirs)
    for number, column in enumerate(schema):
        groups = [file.metadata.row_group(group).column(number).statistics for group in range(file.num_row_groups)]
        for group, statistics in enumerate(groups):
            values = file.read_row_group(group, columns=[column.name])[column.name]
            least, most = pc.min_max(values).as_py().values()
            assert statistics.null_count == values.null_count
            if isinstance(most, str) and max(map(len, (least.encode(), most.encode()))) > LONGEST:
                assert statistics.min.encode() <= least.encode() <= most.encode() <= statistics.max.encode()
                return
            assert (statistics.min, statistics.max) == (least, most)
        expected = [oracle.row_group(group).column(number).statistics for group in range(oracle.num_row_groups)]
        assert combined(groups) == combined(expected)


def combined(groups: list[Any]) -> tuple[Any, Any, int]:
    """The least and the greatest value of several row groups, and how many are null."""
    limited = [statistics for statistics in groups if statistics.has_min_max]
    least, most = min((each.min for each in limited), default=None), max((each.max for each in limited), default=None)
    return least, most, sum(each.null_count for each in groups)


ORACLE = given(drawn=drawn_batches(), compression=st.sampled_from(COMPRESSIONS), limits=ROW_LIMITS, is_compatible=st.booleans())


@settings(max_examples=60)
@ORACLE
def test_any_batches_read_as_those_of_pyarrow(
    drawn: tuple[pa.Schema, list[Batch]], compression: str, limits: Limits, is_compatible: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check_against_pyarrow(drawn, compression, limits, is_compatible, tmp_path_factory)


@thorough
@settings(max_examples=1_200)
@ORACLE
def test_many_more_batches_read_as_those_of_pyarrow(
    drawn: tuple[pa.Schema, list[Batch]], compression: str, limits: Limits, is_compatible: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check_against_pyarrow(drawn, compression, limits, is_compatible, tmp_path_factory)
