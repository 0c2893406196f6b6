"""Formats are found by name, those of plug-ins too, and each reads back what it writes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import colgen
from colgen import (
    BigInteger,
    Boolean,
    Categorical,
    ColgenError,
    Date,
    FanOut,
    Key,
    Money,
    ParentKey,
    RequestError,
    String,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
)
from colgen.declare.find import find_model
from colgen.formats import COMPRESSIONS, GROUP, choices_of, find_format, format_names
from colgen.targets import manifest
from colgen.targets.finished import read_build
from tests.formats.parquet_files import batch_of, field
from tests.pipeline import extending, resuming
from tests.support import FORMATS, model_of, part_of

SHIPPED = ("parquet", "parquet-arrow", "csv", "csv.gz", "csv.zst", "jsonl", "arrow")


class Shops(Table):
    rows = Volume("shops")

    id = Key()
    name = Text("Shop {id}, open all week")
    city = column(Categorical(["Cairo", "Giza", "Luxor"]))(lambda draw: draw.below(3))
    opened_on = column(Date)(lambda draw: 19_000 + draw.below(700))


class Sales(Table):
    rows = FanOut(Shops, 9)

    id = Key()
    shop_id = ParentKey(Shops)
    shop = column(String)(lambda name=Shops.name: name)
    at = column(Timestamp)(lambda draw: 1_700_000_000_000_000 + draw.below(10**12))
    amount = column(Money)(lambda draw: draw.below(10**6) - 500)
    units = column(BigInteger, nullable=True)(lambda draw: np.ma.masked_array(draw.below(9), draw.chance(0.2)))
    paid = column(Boolean)(lambda draw: draw.chance(0.7))


SHOP = model_of(Shops, Sales, shops=80)


def all_rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table as DuckDB reads it, by id."""
    connection = read_build(folder).connect()
    return {name: connection.execute(f"FROM {name} ORDER BY id").fetchall() for name in ("shops", "sales")}


def test_the_shipped_formats_are_listed_first() -> None:
    assert tuple(format_names()[: len(SHIPPED)]) == SHIPPED
    assert set(FORMATS) <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_files_end_in_what_their_readers_look_for(name: str) -> None:
    assert find_format(name).extension == {"parquet-arrow": "parquet"}.get(name, name)


@pytest.mark.parametrize("name", SHIPPED)
def test_only_parquet_has_a_choice_of_compressions(name: str) -> None:
    assert bool(choices_of(name)["compression"]) == name.startswith("parquet")
    if choices_of(name)["compression"]:
        for compression in COMPRESSIONS:
            find_format(name, compression)
    else:
        with pytest.raises(RequestError, match=f"format '{name}' has no compression 'zstd': that is for Parquet"):
            find_format(name, "zstd")


def test_a_name_that_is_no_format_is_refused_with_a_suggestion() -> None:
    assert choices_of("parket") == {}
    with pytest.raises(RequestError, match="there is no format 'parket'; did you mean 'parquet'"):
        find_format("parket")
    with pytest.raises(RequestError, match="there is no compression 'ztd'; did you mean 'zstd'"):
        find_format("parquet", "ztd")


# Parquet by PyArrow's writer


@pytest.fixture(scope="module")
def by_colgen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("builds") / "parquet"
    colgen.build(SHOP, out=folder)
    return folder


@pytest.mark.parametrize("compression", ["snappy", "none"])
def test_parquet_arrow_holds_the_same(compression: str, by_colgen: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    colgen.build(SHOP, out=folder, format="parquet-arrow", compression=compression, check=True)
    assert all_rows(folder) == all_rows(by_colgen)
    assert not list(colgen.diff(folder, by_colgen, model=SHOP))
    assert colgen.verify(folder, model=SHOP).valid
    other, own = (manifest.read(build).request_digest for build in (by_colgen, folder))
    assert sorted(path.name for path in (folder / "sales").iterdir()) == sorted(
        path.name.replace(other, own) for path in (by_colgen / "sales").iterdir()
    )
    assert (folder / "load.sql").read_text() == (by_colgen / "load.sql").read_text().replace(other, own)


def test_the_manifest_of_parquet_arrow_does_not_name_the_writer_of_colgen(by_colgen: Path, tmp_path: Path) -> None:
    colgen.build(SHOP, out=tmp_path / "data", format="parquet-arrow")
    versions = [json.loads((folder / "manifest.json").read_text())["versions"] for folder in (by_colgen, tmp_path / "data")]
    assert ["parquet writer" in each for each in versions] == [True, False]
    assert ["pyarrow" in each for each in versions] == [True, True]


def test_row_groups_of_parquet_arrow_end_at_their_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = pa.schema([field("id", pa.int64(), "key"), field("name", pa.string(), "text")])
    batches = [batch_of(schema, pa.array(range(first, first + 40)), pa.array(["x" * 100] * 40)) for first in range(0, 200, 40)]
    groups = []
    for limit, size in (("ROW_GROUP_ROWS", 60), ("ROW_GROUP_BYTES", 10_000), ("ROW_GROUP_ROWS", 1000)):
        with monkeypatch.context() as patch:
            patch.setattr(f"colgen.formats.parquet_arrow.{limit}", size)
            writer = find_format("parquet-arrow").open(file := io.BytesIO(), schema)  # type: ignore[arg-type]
            for batch in batches:
                writer.write(batch)
            writer.close()
        footer = pq.read_metadata(file)
        groups.append([footer.row_group(number).num_rows for number in range(footer.num_row_groups)])
    assert groups == [[80, 80, 40], [120, 80], [200]]


def test_a_killed_build_by_parquet_arrow_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 1_000)
    resuming.kill(tmp_path / "killed" / "data", monkeypatch, format="parquet-arrow")
    summary, _ = resuming.resume(tmp_path / "killed" / "data", format="parquet-arrow")
    assert 0 < summary.kept < summary.parts
    resuming.build(tmp_path / "whole" / "data", format="parquet-arrow")
    extending.assert_same(tmp_path / "killed" / "data", tmp_path / "whole" / "data")


def test_a_build_by_parquet_arrow_is_extended_and_keeps_its_settled_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 3_000)
    (tmp_path / "desk.py").write_text(extending.DESK)
    desk = find_model(str(tmp_path / "desk.py"))
    extending.build(desk, tmp_path / "grown" / "data", "2024-02-10", format="parquet-arrow")
    assert extending.extend(tmp_path / "grown" / "data", "2024-03-10").kept > 0
    extending.build(desk, tmp_path / "whole" / "data", "2024-03-10", format="parquet-arrow")
    extending.assert_same(tmp_path / "grown" / "data", tmp_path / "whole" / "data")


# Plug-ins

PLUG_IN = '''
"""Two formats that do not ship with colgen: CSV with semicolons, which DuckDB reads, and Feather, which Arrow does."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset

from colgen.formats import Format, file_list, plain, plain_schema, sql_columns


class Writer:
    def __init__(self, writer):
        self.writer = writer

    def write(self, batch):
        self.writer.write_batch(plain(batch.to_arrow()))

    def close(self):
        self.writer.close()


class Semicolons(Format):
    extension = "ssv"
    depends_on = ("colgen-plug-in",)

    def open(self, file, schema):
        options = pa.csv.WriteOptions(delimiter=";")
        return Writer(pa.csv.CSVWriter(pa.PythonFile(file, "w"), plain_schema(schema), write_options=options))

    def reader(self, files, columns):
        return f"read_csv({file_list(files)}, delim = ';', header = true, columns = {sql_columns(columns)})"


class Feather(Format):
    extension = "feather"
    compressions = ("zstd",)

    def __init__(self, compression):
        self.codec = "zstd" if compression == "zstd" else None

    def open(self, file, schema):
        options = pa.ipc.IpcWriteOptions(compression=self.codec)
        return Writer(pa.ipc.new_file(pa.PythonFile(file, "w"), plain_schema(schema), options=options))

    def dataset(self, files):
        return pa.dataset.dataset(files, format="feather")


def find(name, compression, encoding):
    return {"semicolons": Semicolons(), "feather": Feather(compression), "broken": "no format"}[name]
'''


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that is installed for the time of a test."""
    site = tmp_path / "site"
    about = site / "colgen_plug_in-1.2.dist-info"
    about.mkdir(parents=True)
    (site / "colgen_plug_in.py").write_text(PLUG_IN)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: colgen-plug-in\nVersion: 1.2\n")
    names = ("semicolons", "feather", "broken")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n" + "".join(f"{name} = colgen_plug_in:find\n" for name in names))
    monkeypatch.syspath_prepend(site)


@pytest.mark.usefixtures("plug_in")
@pytest.mark.parametrize("format", ["semicolons", "feather"])
def test_a_format_of_a_plug_in_is_built_read_and_verified(format: str, by_colgen: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    colgen.build(SHOP, out=folder, format=format, check=True)
    assert format in format_names()
    assert {path.suffix for path in (folder / "sales").iterdir()} == {"." + find_format(format).extension}
    assert all_rows(folder) == all_rows(by_colgen)
    assert colgen.verify(folder, model=SHOP).valid
    (folder / "sales" / f"part-00009-0a1b2c3d.{find_format(format).extension}").write_bytes(b"more")
    assert [verdict.outcome for verdict in colgen.verify(folder, model=SHOP).verdicts if verdict.outcome != "identical"] == ["unlisted"]


@pytest.mark.usefixtures("plug_in")
def test_the_manifest_names_the_version_of_a_plug_in(tmp_path: Path) -> None:
    colgen.build(SHOP, out=tmp_path / "data", format="semicolons")
    assert json.loads((tmp_path / "data" / "manifest.json").read_text())["versions"]["colgen-plug-in"] == "1.2"


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_says_which_compressions_it_takes(tmp_path: Path) -> None:
    assert [choices_of(name)["compression"] for name in ("semicolons", "feather")] == [(), ("zstd",)]
    with pytest.raises(RequestError, match="format 'feather' has no compression 'gzip': available: zstd"):
        find_format("feather", "gzip")
    for compression in ("snappy", "zstd"):
        colgen.build(SHOP, out=tmp_path / compression, format="feather", compression=compression)
    assert len({part_of(tmp_path / each, "sales").read_bytes() for each in ("snappy", "zstd")}) == 2


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_that_gives_no_format_is_refused() -> None:
    with pytest.raises(
        ColgenError, match=r"the plug-in colgen_plug_in:find gives a str for the format 'broken', not a colgen\.formats\.Format"
    ):
        find_format("broken")
