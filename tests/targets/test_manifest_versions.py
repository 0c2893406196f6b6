"""A manifest lists the versions of what its values and bytes depend on, and nothing else; verify and extend name one that has changed."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.errors import RequestError
from colgen.formats import PARQUET_WRITER
from colgen.formats.parquet.writer import WRITER
from colgen.generate.spec import Spec
from colgen.targets import manifest
from tests.support import colgen as command
from tests.support import model_of

ALWAYS = {"numpy", "pyarrow"}
SEASONS = {"holidays", "hijridate"}


class Things(colgen.Table):
    rows = 3
    id = colgen.Key()


class Sales(colgen.Table):
    rows = colgen.Volume("sales", calendar=colgen.Calendar())
    id = colgen.Key()
    day = colgen.Day()


class FeastSales(colgen.Table):
    rows = colgen.Volume("sales", calendar=colgen.Calendar(ramadan=2))
    id = colgen.Key()
    day = colgen.Day()


class HolidaySales(colgen.Table):
    rows = colgen.Volume("sales", calendar=colgen.Calendar(country="US", holiday=0.5))
    id = colgen.Key()
    day = colgen.Day()


def listed(model: Any, **request: Any) -> set[str]:
    """The libraries that the manifest of such a build lists."""
    spec = Spec.of(model, **request)
    return set(manifest.versions(spec, spec.generation(model)))


class TestWhatIsListed:
    @pytest.mark.parametrize(
        ("format", "libraries"),
        [
            ("parquet", {PARQUET_WRITER}),
            ("parquet-arrow", set()),
            ("csv", {"polars"}),
            ("csv.gz", {"polars"}),
            ("csv.zst", {"polars"}),
            ("jsonl", {"polars"}),
            ("arrow", set()),
        ],
    )
    def test_of_a_format_what_writes_it(self, format: str, libraries: set[str]) -> None:
        assert listed(model_of(Things), format=format) == ALWAYS | libraries

    def test_of_a_calendar_the_libraries_that_it_asks(self) -> None:
        assert listed(model_of(Sales, sales=9)) == ALWAYS | {PARQUET_WRITER}
        assert listed(model_of(HolidaySales, sales=9)) == ALWAYS | {PARQUET_WRITER, "holidays"}
        assert listed(model_of(FeastSales, sales=9)) == ALWAYS | {PARQUET_WRITER, "hijridate"}

    def test_of_a_model_that_ships(self) -> None:
        assert listed(colgen.build("invoicing").model) & SEASONS == {"holidays"}
        assert listed(colgen.build("erp").model) >= SEASONS

    def test_what_is_listed_is_what_is_installed(self, tmp_path: Path) -> None:
        colgen.build("erp", out=tmp_path / "data", tables=["companies"])
        versions = manifest.read(tmp_path / "data").versions
        assert versions == {PARQUET_WRITER: WRITER, **{name: version(name) for name in ALWAYS | SEASONS}}


@pytest.fixture
def aged(tmp_path: Path) -> Path:
    """A build of the distributor, as one that was made with an older library that knows feasts."""
    colgen.build("erp", out=tmp_path / "data", tables=["companies"], last_day="2024-01-20")
    path = tmp_path / "data" / manifest.NAME
    content = json.loads(path.read_text())
    content["versions"]["hijridate"] = "0.9"
    path.write_text(json.dumps(content))
    return tmp_path / "data"


class TestOneThatHasChanged:
    def test_verify_names_it(self, aged: Path) -> None:
        verification = colgen.verify(aged)
        assert verification.valid
        assert verification.versions == {"hijridate": ("0.9", version("hijridate"))}
        assert f"built with hijridate 0.9, running {version('hijridate')}" in command("verify", aged).stdout

    def test_extend_names_it(self, aged: Path) -> None:
        with pytest.raises(RequestError, match=rf"made with hijridate 0\.9, and this is {version('hijridate')}"):
            colgen.extend(aged, to="2024-01-25")

    def test_one_that_an_older_manifest_does_not_list_is_named_by_extend(self, aged: Path) -> None:
        content = json.loads((aged / manifest.NAME).read_text())
        del content["versions"]["hijridate"]
        (aged / manifest.NAME).write_text(json.dumps(content))
        with pytest.raises(RequestError, match="made with hijridate of an unknown version"):
            colgen.extend(aged, to="2024-01-25")
