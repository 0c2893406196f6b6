"""A column of any type is read back as it was made, from whatever it was written to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import colgen
from colgen.audit.diff import differences
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


@pytest.mark.parametrize(
    "format", first_of(["csv", "jsonl", *[format for format in FORMATS if format not in ("parquet", "csv", "jsonl")]], 2)
)
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
    head, first, *_ = next((tmp_path / "data" / "things").iterdir()).read_text().splitlines()
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert dt.datetime.fromisoformat(row["made_at"]).tzinfo is None
    assert dt.time.fromisoformat(row["opens"]).strftime("%H:%M") == row["label"][:5]
    assert row["digest"].startswith("\\x")
    assert len(bytes.fromhex(row["digest"][2:])) == 16
