"""An extension is another commit; nobody else's commits are lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

import colgen
from colgen.declare.find import find_model
from colgen.formats import plain_schema
from colgen.generate.spec import Spec
from colgen.targets import manifest
from colgen.targets.lake.table_format import TableChange, find_table_format
from colgen.targets.manifest import PartFile
from tests.pipeline.extending import DESK, build, extend
from tests.support import ROOT, refused, thorough
from tests.support import colgen as command
from tests.targets.lakes import MODEL, ducklake, engine, iceberg, read, versions, written

EACH = ("delta", pytest.param("iceberg", marks=thorough), "ducklake")
CLEANUP = ("--confirm", "DELETE_ALL_MOCK_DATA")


@pytest.fixture(params=EACH)
def table_format(request: pytest.FixtureRequest) -> str:
    return engine(request.param)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 4_000)


def rows_of(folder: Path, parts: Sequence[PartFile]) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(folder / part.file) for part in parts).sort("id")


@pytest.mark.usefixtures("small_parts")
def test_a_commit_adds_parts_and_takes_away_others(table_format: str, tmp_path: Path) -> None:
    colgen.build(MODEL, out=tmp_path / "build", table_format="iceberg" if table_format == "iceberg" else None)
    parts = manifest.read(tmp_path / "build").tables["sales"].parts
    assert len(parts) >= 4
    folder = Path(
        shutil.copytree(tmp_path / "build" / "sales", tmp_path / "lake" / "sales", ignore=shutil.ignore_patterns("metadata"))
    ).parent
    schema = plain_schema(Spec.of(MODEL).generation(MODEL).arrow_schema(MODEL.table("sales")))
    tables = find_table_format(table_format)
    tables.commit(folder, folder, "shop", [TableChange("sales", "What was sold.", schema, parts[:3])])
    renamed = parts[0].model_copy(update={"file": "sales/part-00000-0badcafe.parquet"})
    shutil.copy(folder / parts[0].file, folder / renamed.file)
    tables.commit(folder, folder, "shop", [TableChange("sales", "What was sold.", schema, parts[3:], parts[1:3], [(parts[0], renamed)])])
    (folder / parts[0].file).unlink()
    assert versions(table_format, folder, "sales") == 2
    assert read(table_format, folder, "sales").equals(rows_of(folder, [renamed, *parts[3:]]))
    shutil.copy(folder / renamed.file, folder / parts[0].file)
    assert read(table_format, folder, "sales", version=0).equals(rows_of(folder, parts[:3]))


@pytest.mark.usefixtures("small_parts")
def test_an_extended_build_has_the_rows_of_the_longer_period(table_format: str, tmp_path: Path) -> None:
    (tmp_path / "desk.py").write_text(DESK)
    desk = find_model(str(tmp_path / "desk.py"))
    build(desk, tmp_path / "data", "2024-01-30", table_format=table_format)
    summary = extend(tmp_path / "data", "2024-02-10", desk)
    new = manifest.read(tmp_path / "data")
    assert summary.kept
    for table in new.tables:
        assert read(table_format, tmp_path / "data", table, "desk").equals(written(tmp_path / "data", table)), table
    assert versions(table_format, tmp_path / "data", "questions", "desk") == 2
    assert sorted(new.files) == files(tmp_path / "data")


def test_shares_become_tables_when_they_are_merged(table_format: str, tmp_path: Path) -> None:
    for number in (1, 2):
        colgen.build("invoicing", out=tmp_path / "shares", part=f"{number}/2", table_format=table_format)
    for share in (tmp_path / "shares").glob("*/manifest.json"):
        assert not manifest.read_any(share.parent).metadata_files
    colgen.merge(tmp_path / "shares", out=tmp_path / "data")
    for table in ("invoices", "products"):
        assert read(table_format, tmp_path / "data", table, "invoicing").equals(written(tmp_path / "data", table))
    assert sorted(manifest.read(tmp_path / "data").files) == files(tmp_path / "data")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_commits_of_others_are_not_lost(table_format: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    colgen.build(MODEL, out=folder, table_format=table_format)
    commit(table_format, folder)
    height = read(table_format, folder, "shops").height
    for arguments in (("build", "--out", folder, "--overwrite"), ("cleanup", folder, *CLEANUP)):
        result = command(*arguments)
        assert result.returncode == 3, result.stderr
        assert "was not written by colgen: others have written" in result.stderr or "has changed since it was written" in result.stderr
    assert read(table_format, folder, "shops").height == height


def commit(table_format: str, folder: Path) -> None:
    """Somebody deletes rows."""
    if table_format == "delta":
        from deltalake import DeltaTable

        DeltaTable(folder / "shops").delete("id > 50")
    elif table_format == "iceberg":
        with closing(iceberg(folder)) as catalog:
            catalog.load_table("shop.shops").delete("id > 50")
    else:
        with closing(ducklake(folder, ("READ_WRITE",))) as connection:
            connection.execute("DELETE FROM lake.shops WHERE id > 50")


KILLED = """
import os, signal, sys
import colgen.targets.lake.table_format as tables
from colgen.cli import main

find = tables.find_table_format

def killed(name):
    engine = find(name)
    commit = engine.commit
    engine.commit = lambda folder, place, namespace, changes: (
        commit(folder, place, namespace, changes[:3]), os.kill(os.getpid(), signal.SIGKILL)
    )
    return engine

import colgen.targets.lake.metadata as metadata
metadata.find_table_format = lambda name: killed(name)
main()
"""


@thorough
def test_a_build_that_is_killed_among_its_commits_shows_nothing_and_is_resumed(table_format: str, tmp_path: Path) -> None:
    request = ("build", "--out", str(tmp_path / "data"), "--table-format", table_format, "--quiet", "--resume")
    killed = subprocess.run([sys.executable, "-c", KILLED, *request], env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120)
    assert killed.returncode == -9
    assert not (tmp_path / "data").exists()
    result = command(*request)
    assert result.returncode == 0, result.stderr
    for table in manifest.read(tmp_path / "data").tables:
        assert read(table_format, tmp_path / "data", table, "invoicing").equals(written(tmp_path / "data", table))
        assert versions(table_format, tmp_path / "data", table, "invoicing") == 1


def test_a_build_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine("delta")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("deltalake.transaction.create_table_with_add_actions", fail)
    with refused("disk under .* is full", error=colgen.ColgenError):
        colgen.build(MODEL, out=tmp_path / "data", table_format="delta")
    assert list(tmp_path.iterdir()) == []


def test_append_is_another_commit(table_format: str, tmp_path: Path) -> None:
    for last_day in ("2024-01-10", "2024-01-20"):
        colgen.build(
            "erp", out=tmp_path / "data", table_format=table_format, volume="small", first_day="2024-01-01", last_day=last_day, append=True
        )
    assert versions(table_format, tmp_path / "data", "orders", "erp") == 2
    rows = read(table_format, tmp_path / "data", "orders", "erp")
    assert rows.height == manifest.read(tmp_path / "data").tables["orders"].rows
