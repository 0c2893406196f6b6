"""What cannot be a table of a lake is refused in words before anything is made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import Integers, Key, RequestError, Struct, Table, TargetError, Times, column
from colgen.values.types import BigInteger
from tests.support import colgen as command
from tests.support import model_of, refused, thorough
from tests.targets.lakes import MODEL, engine, read, written


class Days(Table):
    """A day."""

    rows = 3
    id = Key()
    opens = Times()


class Boxes(Table):
    """A box, whose size has an odd name."""

    rows = 3
    id = Key()
    size = Struct({"in cm": "centimetres"})
    centimetres = Integers(1, 9, hidden=True)


class Odd(Table, name="odd, & more"):
    """A table with an odd name, whose column has one, too."""

    rows = 3
    id = Key()
    vars()["a=b"] = column(BigInteger)(lambda id: id)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (Days, ("table days, column opens", "no type for a time of day", "choose the table format iceberg or ducklake")),
        (Boxes, ("table boxes, column size.in cm", "must not contain ' '")),
        (Odd, ("table odd, & more, column a=b", "must not contain '='")),
    ],
)
def test_delta_lacks_some_types_and_names(table: type[Table], words: tuple[str, ...], tmp_path: Path) -> None:
    engine("delta")
    with refused(*words, error=RequestError):
        colgen.build(model_of(table), out=tmp_path / "data", table_format="delta")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("table_format", [pytest.param("iceberg", marks=thorough), "ducklake"])
def test_others_have_them(table_format: str, tmp_path: Path) -> None:
    engine(table_format)
    colgen.build(model_of(Days, Boxes, Odd), out=tmp_path / "data", table_format=table_format, check=True)
    for table in ("days", "boxes", "odd, & more"):
        assert read(table_format, tmp_path / "data", table).equals(written(tmp_path / "data", table))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"table_format": "hudi"}, ("there is no table format 'hudi'", "available: delta, iceberg, ducklake")),
        ({"table_format": "delta", "format": "csv"}, ("goes with format 'parquet' only, not 'csv'",)),
        ({"table_format": "delta", "out": "shop.duckdb"}, ("table_format= is for files in a folder, not for shop.duckdb",)),
        ({"table_format": "iceberg", "encoding": "compact"}, ("encoding= compact", "always compatible")),
        ({"table_format": "delta", "out": None}, ("table_format= means nothing without out=",)),
        ({"table_format": 7}, ("table_format = 7",)),
    ],
)
def test_what_excludes_each_other_is_refused(options: dict[str, Any], words: tuple[str, ...], tmp_path: Path) -> None:
    with refused(*words, error=RequestError):
        colgen.build(MODEL, **{"out": tmp_path / "data", **options})
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_refuses_in_its_own_words(tmp_path: Path) -> None:
    result = command("build", "--out", tmp_path / "shop.duckdb", "--table-format", "delta")
    assert result.returncode == 2
    assert "--table-format is for files in a folder" in result.stderr


@pytest.mark.parametrize(("table_format", "module"), [("delta", "deltalake.transaction"), ("iceberg", "pyiceberg.catalog.sql")])
def test_what_is_not_installed_is_named(table_format: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with refused(rf"pip install 'colgen\[{table_format}\]'", error=RequestError):
        colgen.build(MODEL, out=tmp_path / "data", table_format=table_format)


def test_a_missing_extension_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.targets.lake.ducklake._packaged", lambda version: tmp_path / "none")
    with refused(r"extension ducklake, and DuckDB .* has none here: pip install 'colgen\[ducklake\]'", error=RequestError):
        colgen.build(MODEL, out=tmp_path / "data", table_format="ducklake")


@pytest.mark.parametrize(
    ("table_format", "name"), [("delta", "a%20b"), pytest.param("iceberg", "a#b", marks=thorough), ("ducklake", "a[b")]
)
def test_a_folder_that_a_lake_cannot_name_is_refused(table_format: str, name: str, tmp_path: Path) -> None:
    engine(table_format)
    with refused("(choose|name) another", error=TargetError):
        colgen.build(MODEL, out=tmp_path / name, table_format=table_format)
