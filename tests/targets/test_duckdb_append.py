"""Rows are added to a build in a DuckDB file only where they belong to it; what differs is named, and the whole is proved."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen import CheckFailed, Integers, Key, Model, Scenario, Table, Volume
from colgen.errors import TargetError
from colgen.targets import manifest as manifests
from colgen.targets.finished import read_build
from tests.support import first_of, model_of, table, thorough
from tests.targets.duckdb_files import MODELS, ask, build, counted, digests

SOME = ("customer_types", "customers", "invoices")


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the table of customers, which nobody changes."""
    path = tmp_path_factory.mktemp("customers") / "sales.duckdb"
    build(path, tables=["customers"])
    return path


@pytest.mark.parametrize(("model", "keys"), first_of([(model, keys) for model in MODELS for keys in (None, False)]))
def test_the_same_adds_nothing(model: str, keys: bool | None, file: Path) -> None:
    summary = build(file, model=model, constraints=keys)
    before = digests(file)
    again = build(file, model=model, append=True, check=True)
    assert again.added == dict.fromkeys(summary.rows, 0)
    assert again.rows == summary.rows
    assert digests(file) == before


@thorough
def test_rows_that_are_gone_come_back(file: Path) -> None:
    build(file, constraints=False)
    before = digests(file)
    with duckdb.connect(file) as connection:
        connection.execute("DELETE FROM shop.inventory WHERE id > 90")
    summary = build(file, append=True)
    assert summary.outcomes is None
    assert summary.added is not None
    assert summary.added["inventory"] == summary.rows["inventory"] - 90
    assert digests(file) == before


@thorough
def test_some_of_the_tables_of_the_same_request(file: Path) -> None:
    build(file, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("DELETE FROM shop.inventory WHERE id > 90; DELETE FROM shop.products WHERE id > 90")
    assert build(file, append=True, tables=["products"]).added == {"products": 10}
    assert counted(file)["inventory"] == 90
    assert len(read_build(file).manifest.spec.tables) == 8


class TestOtherSettings:
    """A larger volume or a later last day: old and new rows may not fit together, so the whole is proved before it is published."""

    @thorough
    def test_rows_whose_keys_are_new_are_added_once_the_whole_is_proved(self, file: Path) -> None:
        build(file, tables=SOME)
        more = build(file, append=True, tables=SOME, settings={"customers": 40})
        assert more.added is not None
        assert (more.added["customers"], more.added["invoices"]) == (15, 0)
        assert more.rows["customers"] == 40 == counted(file)["customers"]
        assert more.outcomes is not None
        assert all(outcome.holds for outcome in [*more.outcomes, *colgen.check(file)])
        manifest = read_build(file).manifest
        assert (manifest.spec.settings["customers"], manifest.tables["customers"].rows) == (40, 40)

    @thorough
    def test_a_smaller_request_adds_nothing_and_changes_nothing(self, file: Path) -> None:
        build(file, tables=SOME)
        before, manifest = digests(file), read_build(file).manifest
        assert build(file, append=True, tables=SOME, settings={"customers": 10}).added == dict.fromkeys(before, 0)
        assert (digests(file), read_build(file).manifest) == (before, manifest)

    @pytest.mark.parametrize("check", [False, True])
    def test_what_does_not_fit_together_is_not_added(self, file: Path, check: bool) -> None:
        build(file, tables=["invoices"])
        before, manifest = digests(file), read_build(file).manifest
        with pytest.raises(
            CheckFailed, match=r"nothing was published: .*dates are in the order .*do not fit together; replace it with --overwrite"
        ):
            build(file, append=True, check=check, tables=["invoices"], settings={"invoices": 100})
        assert (digests(file), read_build(file).manifest) == (before, manifest)
        assert os.listdir(file.parent) == ["sales.duckdb"]

    @thorough
    def test_a_later_last_day(self, file: Path) -> None:
        build(file, model="ecommerce", last_day="2024-12-31", settings={"days": 20})
        with pytest.raises(CheckFailed, match="do not fit together"):
            build(file, model="ecommerce", last_day="2025-01-05", settings={"days": 25}, append=True)

    def test_with_other_settings_all_tables_are_added_to(self, file: Path) -> None:
        build(file, tables=["customers", "customer_types", "products"])
        with pytest.raises(TargetError, match=r"also holds customer_types, products, and the settings .*; leave --tables out"):
            build(file, tables=["customers"], append=True, settings={"customers": 40})


def test_a_check_proves_what_is_there_afterwards(file: Path) -> None:
    request = {"tables": ["invoice_line_items", "inventory"]}
    build(file, constraints=False, **request)
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE shop.invoice_line_items SET quantity = -1 WHERE id = 1; DELETE FROM shop.inventory")
    before = counted(file)
    with pytest.raises(CheckFailed, match=r"nothing was published: .*invoice_line_items: quantity is"):
        build(file, append=True, check=True, **request)
    assert counted(file) == before


@pytest.mark.parametrize(
    ("request_", "differing"),
    [
        ({"seed": 1}, "seed 0 there, 1 here"),
        ({"first_day": "2024-02-01"}, "first day 2024-01-01 there, 2024-02-01 here"),
        ({"scenario": "peak-season"}, "scenario none there, peak-season here"),
        ({"first_day": "2024-01-01", "last_day": "2024-06-30"}, "its last day is 2024-12-31, later than 2024-06-30"),
        ({"seed": 1, "scenario": "peak-season", "append": True}, "seed 0 there, 1 here; scenario none there, peak-season here"),
    ],
    ids=str,
)
def test_another_request_is_refused_and_what_differs_is_named(
    customers: Path, file: Path, request_: dict[str, object], differing: str
) -> None:
    file.parent.mkdir()
    shutil.copyfile(customers, file)
    before = digests(file)
    with pytest.raises(
        TargetError, match=f"holds a build of another request: {differing}; replace it with --overwrite, or name another schema"
    ):
        build(file, **{"tables": ["customers"], "append": True, **request_})
    assert digests(file) == before


def test_a_scenario_of_the_same_name_that_has_changed(file: Path) -> None:
    scenario = Scenario.read("peak-season")
    build(file, tables=["customers"], scenario=scenario)
    with pytest.raises(TargetError, match="scenario peak-season has changed since"):
        build(file, tables=["customers"], scenario=scenario.model_copy(update={"anomaly_rate": 0.5}), append=True)


def test_another_data_version(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(file, tables=["customers"])
    monkeypatch.setattr(manifests, "DATA_VERSION", 99)
    with pytest.raises(TargetError, match=r"data version \d+ there, 99 here"):
        build(file, tables=["customers"], append=True)


class Items(Table):
    rows = Volume("items")
    id = Key()
    pieces = Integers(1, 9)


class Items2(Table, name="items"):
    rows = Volume("items")
    id = Key()
    pieces = Integers(1, 9)
    weight = Integers(1, 9)


def test_another_model_with_tables_of_the_same_names(file: Path) -> None:
    build(file, model=model_of(Items, items=5))
    with pytest.raises(TargetError, match="model shop there, store here"):
        build(file, model=Model("store", tables=[Items], volumes={"small": {"items": 5}}), append=True)


FILE = """
from colgen import Integers, Key, Model, Table, Volume

class Items(Table):
    rows = Volume("items")
    id = Key()
    pieces = Integers(1, 9)

model = Model("shop", tables=[Items], volumes={"small": {"items": 5}})
"""


def test_a_model_file_may_move_but_not_change(file: Path, tmp_path: Path) -> None:
    first, moved = tmp_path / "first.py", tmp_path / "moved.py"
    for path in (first, moved):
        path.write_text(FILE)
    build(file, model=str(first))
    assert build(file, model=str(moved), append=True, settings={"items": 8}).added == {"items": 3}
    moved.write_text(FILE.replace("9", "8"))
    with pytest.raises(TargetError, match=r"model .*moved.py has changed since; replace it"):
        build(file, model=str(moved), append=True)


def test_a_model_whose_columns_have_changed(file: Path) -> None:
    build(file, model=model_of(Items, items=5))
    with pytest.raises(TargetError, match="table items in schema 'shop' has other columns than model shop makes; replace it"):
        build(file, model=model_of(Items2, items=5), append=True)


def test_another_version_of_a_library_has_the_whole_proved(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(file, tables=["customers", "customer_types"])
    monkeypatch.setattr(manifests, "version_of", lambda name: "99")
    assert build(file, tables=["customers", "customer_types"], append=True).outcomes


@thorough
def test_rows_that_would_refer_to_nothing_are_not_added(file: Path) -> None:
    build(file, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("DELETE FROM shop.invoices WHERE id > 70; DELETE FROM shop.customers WHERE id > 20")
    colgen.build("invoicing", volume="small", out=file.parent / "data")
    email = table(file.parent / "data", "customers").to_pylist()[24]["email"]
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE shop.customers SET email = ? WHERE id = 1", [email])
    before = digests(file)
    with pytest.raises(TargetError, match="would refer to rows of customers that are not there; nothing was added"):
        build(file, append=True)
    assert digests(file) == before


def test_there_must_be_something_to_append_to(file: Path) -> None:
    with pytest.raises(TargetError, match="to append to; build it first"):
        build(file, append=True)
    assert not file.parent.exists()
    build(file, tables=["customers"])
    with pytest.raises(TargetError, match="no table 'products' of colgen's"):
        build(file, append=True, tables=["products"])


@thorough
def test_an_interrupted_append_leaves_what_was_there(file: Path) -> None:
    def interrupt(event: object) -> None:
        if event == colgen.StageStarted("checking"):
            raise KeyboardInterrupt

    build(file)
    before = digests(file)
    with pytest.raises(KeyboardInterrupt):
        build(file, append=True, settings={"customers": 40}, progress=interrupt)
    assert digests(file) == before
    assert all(last is None for (last,) in ask(file, "SELECT last_value FROM duckdb_sequences()"))
