"""A column of any type is read back as it was made, from whatever it was written to."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen.audit.diff import differences
from colgen.formats import find_format
from colgen.formats.parquet import ParquetWriter
from colgen.formats.parquet.limits import Limits
from colgen.formats.parquet.schema import field_id
from colgen.values.batch import Batch
from tests.formats.every_type import MODEL
from tests.support import FORMATS, first_of, table


@pytest.fixture(scope="module")
def data() -> colgen.Dataset:
    return colgen.build(MODEL)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("builds") / "parquet"
    assert all(outcome.holds for outcome in colgen.build(MODEL, out=folder, check=True).outcomes or ())
    return folder


@pytest.mark.parametrize("name", ["things", "parts"])
def test_parquet_has_the_values_in_their_types(name: str, data: colgen.Dataset, parquet: Path) -> None:
    made, read = data.table(name), table(parquet, name)
    for column in made.column_names:
        assert read[column].to_pylist() == made[column].to_pylist(), column
    types = {field.name: str(field.type) for field in pq.read_schema(next((parquet / "things").iterdir()))}
    assert {name: types[name] for name in ("id", "weight", "height", "made_at", "opens", "digest")} == {
        "id": "int16",
        "weight": "double",
        "height": "float",
        "made_at": "timestamp[us]",
        "opens": "time64[us]",
        "digest": "binary",
    }


@pytest.mark.parametrize("format", first_of(["jsonl", *[format for format in FORMATS if format not in ("parquet", "jsonl")]]))
def test_every_format_holds_the_same(format: str, parquet: Path, tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "data", format=format, check=True)
    assert not list(differences(parquet, tmp_path / "data", model=MODEL))


def test_a_duckdb_file_holds_the_same(parquet: Path, tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "things.duckdb", check=True)
    assert not list(differences(parquet, tmp_path / "things.duckdb", model=MODEL))


def test_parquet_bounds_numbers_with_a_fraction_and_bytes(data: colgen.Dataset, parquet: Path) -> None:
    file = pq.ParquetFile(next((parquet / "things").iterdir()))
    statistics = {
        column.path_in_schema: column.statistics
        for column in (file.metadata.row_group(0).column(number) for number in range(file.metadata.num_columns))
    }
    for name in ("weight", "height", "made_at", "opens", "digest"):
        values = [value for value in data.table("things")[name].to_pylist() if value is not None]
        assert (statistics[name].min, statistics[name].max) == (min(values), max(values))


def test_a_clock_on_the_wall_has_no_zone_and_bytes_are_as_postgresql_writes_them(tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "data", format="csv")
    with next((tmp_path / "data" / "things").iterdir()).open() as file:
        row = next(csv.DictReader(file))
    assert dt.datetime.fromisoformat(row["made_at"]).tzinfo is None
    assert dt.time.fromisoformat(row["opens"]).strftime("%H:%M") == row["label"][:5]
    assert row["digest"].startswith("\\x")
    assert len(bytes.fromhex(row["digest"][2:])) == 16


def test_a_list_is_an_array_in_json_and_the_text_of_one_in_csv(data: colgen.Dataset, tmp_path: Path) -> None:
    made = data.table("things").to_pydict()
    for format in ("csv", "jsonl"):
        colgen.build(MODEL, out=tmp_path / format, format=format)
    with next((tmp_path / "csv" / "things").iterdir()).open() as file:
        from_csv = [
            {name: json.loads(row[name]) if row[name] else None for name in ("tags", "prices", "flags")} for row in csv.DictReader(file)
        ]
    from_json = [json.loads(line) for line in next((tmp_path / "jsonl" / "things").iterdir()).read_text().splitlines()]
    for rows in (from_csv, from_json):
        assert [row["tags"] for row in rows] == made["tags"]
        assert [row["prices"] for row in rows] == [None if cell is None else [float(price) for price in cell] for cell in made["prices"]]
        assert [row["flags"] for row in rows] == made["flags"]


_PLACES = pa.field(
    "place",
    pa.struct(
        [
            pa.field("town", pa.string(), nullable=False),
            pa.field("size", pa.struct([pa.field("people", pa.int32()), pa.field("is_large", pa.bool_(), nullable=False)])),
            pa.field("height", pa.float64(), nullable=False),
        ]
    ),
)


@given(
    st.lists(
        st.none()
        | st.fixed_dictionaries(
            {
                "town": st.text(max_size=5),
                "size": st.none() | st.fixed_dictionaries({"people": st.none() | st.integers(0, 99), "is_large": st.booleans()}),
                "height": st.floats(-9, 9),
            }
        ),
        max_size=40,
    ),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=8)
def test_structs_in_parquet_read_as_they_were(places: list[Any], nullable: bool, compatible: bool) -> None:
    """However much of them is missing, over pages and row groups that are far too small."""
    array = pa.array(places if nullable else [place for place in places if place], _PLACES.type)
    schema = pa.schema([pa.field("id", pa.int64(), False), _PLACES.with_nullable(nullable)])
    file = io.BytesIO()
    writer = ParquetWriter(file, schema, is_compatible=compatible, limits=Limits(page_rows=8, row_group_rows=24))  # type: ignore[arg-type]
    for first in range(0, len(array), 10):
        rows = array.slice(first, 10)
        writer.write(Batch("t", schema, [pa.array(range(first, first + len(rows)), pa.int64()), rows], len(rows)))
    writer.close()
    read = pq.read_table(io.BytesIO(file.getvalue()))
    assert read["place"].to_pylist() == array.to_pylist()
    assert read.schema.field("place").type == array.type


@given(
    st.lists(st.none() | st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5), max_size=60),
    st.sampled_from([pa.int32(), pa.int64(), pa.string(), pa.float64(), pa.bool_()]),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=25)
def test_lists_in_parquet_read_as_they_were(lists: list[list[int] | None], kind: pa.DataType, nullable: bool, compatible: bool) -> None:
    """Whatever their lengths, over pages and row groups that are far too small."""
    lists = lists if nullable else [values or [] for values in lists]
    element = pa.field("element", kind, nullable=False)
    convert = {pa.string(): str, pa.float64(): float, pa.bool_(): bool}.get(kind, int)
    array = pa.array([None if values is None else [convert(value) for value in values] for values in lists], pa.list_(element))
    schema = pa.schema([pa.field("id", pa.int64(), False), pa.field("x", array.type, nullable)])
    file = io.BytesIO()
    writer = ParquetWriter(file, schema, is_compatible=compatible, limits=Limits(page_rows=8, row_group_rows=24))  # type: ignore[arg-type]
    for first in range(0, len(array), 10):
        rows = array.slice(first, 10)
        writer.write(Batch("t", schema, [pa.array(range(first, first + len(rows)), pa.int64()), rows], len(rows)))
    writer.close()
    read = pq.read_table(io.BytesIO(file.getvalue()))
    assert read["x"].to_pylist() == array.to_pylist()
    assert read.schema.field("x").type == array.type


def test_field_ids_change_nothing_but_the_footer() -> None:
    columns = [
        pa.array([1, 2], pa.int64()),
        pa.array([{"town": "Łódź", "size": None, "height": 1.5}] * 2, _PLACES.type),
        pa.array([["a"], []], pa.list_(pa.field("element", pa.string(), nullable=False))),
    ]
    schema = pa.schema([pa.field("id", pa.int64(), False), _PLACES, pa.field("tags", columns[2].type, False)])
    files = []
    for format in (find_format("parquet"), find_format("parquet").for_table_format("iceberg")):
        file = io.BytesIO()
        writer = format.open(file, schema)  # type: ignore[arg-type]
        writer.write(Batch("t", schema, columns, 2))
        writer.close()
        files.append(file.getvalue())
    plain, numbered = files
    pages = len(plain) - 8 - int.from_bytes(plain[-8:-4], "little")
    assert numbered[:pages] == plain[:pages]
    assert pq.read_table(io.BytesIO(numbered)).equals(pq.read_table(io.BytesIO(plain)))
    assert dict(numbers(pq.read_schema(io.BytesIO(plain)))) == dict.fromkeys(
        ["id", "place", "town", "size", "people", "is_large", "height", "tags", "element"]
    )
    assert dict(numbers(pq.read_schema(io.BytesIO(numbered)))) == {
        "id": 1, "place": 2, "tags": 3, "town": 4, "size": 5, "height": 6, "people": 7, "is_large": 8, "element": 9,
    }  # fmt: skip


def numbers(fields: Any) -> Iterator[tuple[str, int | None]]:
    """The names of all fields and what is in them, with their ids."""
    for field in fields:
        yield field.name, field_id(field)
        if pa.types.is_nested(field.type):
            yield from numbers([field.type.field(place) for place in range(field.type.num_fields)])
