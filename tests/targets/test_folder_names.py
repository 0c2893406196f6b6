"""A path is a path: nothing in the name of a folder is a pattern, a partition or SQL, and a build's own parts are read and no others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

import colgen
from colgen.errors import ModelError, RequestError, TargetError
from tests.support import FORMATS, files_in, first_of, part_of, whole
from tests.support import colgen as command

TABLES = ["customers", "customer_types"]
NAMES = ["shop[1]", "a?*b", "status=paid", "it's", "back\\slash", "new\nline", "a*b", "a?b", "**", 'say "x"', "two words", "back\\[1]*", "id=7", "Käse 表", "{a,b}", "%41", "$HOME", "]["]  # fmt: skip


@pytest.fixture
def neighbours(tmp_path: Path) -> Path:
    """A folder with what patterns would find: a build of another seed under names that these might match, and odd ones."""
    colgen.build(out=tmp_path / "shop1", seed=1, tables=TABLES)
    for name in ("axb", "a-b", "\\x", "back1", "back/slash"):
        shutil.copytree(tmp_path / "shop1", tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", first_of(NAMES, quick=3))
def test_a_folder_of_any_name_is_read_as_it_is(neighbours: Path, name: str) -> None:
    folder = neighbours / name
    colgen.build(out=folder, seed=2, tables=TABLES, check=True)
    assert [outcome for outcome in colgen.check(folder) if not outcome.holds] == []
    assert colgen.verify(folder, all=True).valid
    assert {difference.table for difference in colgen.diff(neighbours / "shop1", folder)} == {"customers"}


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
@pytest.mark.parametrize("name", first_of(["status=[paid]*", "a\\b?"]))
def test_in_every_format(neighbours: Path, name: str, format: str) -> None:
    folder = neighbours / name
    colgen.build(out=folder, seed=2, tables=TABLES, format=format, check=True)
    assert {difference.table for difference in colgen.diff(neighbours / "shop1", folder)} == {"customers"}
    colgen.build(out=neighbours / "plain", seed=2, tables=TABLES)
    assert colgen.diff(neighbours / "plain", folder) == []


def test_a_report_reads_the_build_that_is_named(tmp_path: Path) -> None:
    for seed, name in ((1, "shop1"), (2, "shop[1]"), (2, "plain")):
        colgen.build(out=tmp_path / name, seed=seed)
    reports = [colgen.report("customer_summary", tmp_path / name) for name in ("shop1", "shop[1]", "plain")]
    assert reports[1].equals(reports[2])
    assert not reports[1].equals(reports[0])


def test_a_duckdb_file_below_a_folder_of_any_name(tmp_path: Path) -> None:
    for name in ("shop[1]", "a*b", "it's"):
        (tmp_path / name).mkdir()
        (tmp_path / "\\x").mkdir(exist_ok=True)
        colgen.build(out=tmp_path / name / "shop.duckdb", tables=TABLES, check=True)
        assert all(outcome.holds for outcome in colgen.check(tmp_path / name / "shop.duckdb"))


def test_a_duckdb_file_that_duckdb_would_take_for_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("b", "c"):
        colgen.build(out=tmp_path / "a" / f"{name}.duckdb", tables=TABLES)
    before = files_in(tmp_path)
    (tmp_path / "a\\b.duckdb").touch()
    for name in ("b", "c"):
        with pytest.raises(TargetError, match="takes a backslash for a slash"):
            colgen.build(out=tmp_path / f"a\\{name}.duckdb", tables=TABLES, overwrite=True)
    with pytest.raises(RequestError, match="takes a backslash for a slash"):
        colgen.check(tmp_path / "a\\b.duckdb")
    assert files_in(tmp_path) == {**before, "a\\b.duckdb": b""}


@pytest.mark.parametrize("format", ["parquet", "csv", "jsonl"])
def test_load_sql_lists_the_parts_and_reads_them_in_a_folder_of_any_name(
    tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop[1]" / "status=paid"
    colgen.build(out=folder, tables=["invoices"], format=format)
    shutil.copyfile(part_of(folder, "invoices"), folder / "invoices" / f"part-00001-0a1b2c3d.{format}")
    monkeypatch.chdir(folder)
    connection = duckdb.connect()
    connection.execute((folder / "load.sql").read_text())
    assert connection.sql("SELECT count(*), count(DISTINCT status) > 1 FROM invoices").fetchall() == [(75, True)]


class TestAPartThatIsNotTheBuilds:
    @pytest.fixture
    def built(self, tmp_path: Path) -> Path:
        for seed, name in ((1, "data"), (2, "other")):
            colgen.build(out=tmp_path / name, seed=seed)
        shutil.copyfile(part_of(tmp_path / "other", "invoices"), tmp_path / "data" / "invoices" / "part-00001-0a1b2c3d.parquet")
        return tmp_path / "data"

    def test_check_tells_of_it_and_reads_it_not(self, built: Path) -> None:
        broken = [outcome for outcome in colgen.check(built) if not outcome.holds]
        assert [(outcome.rule, outcome.rows) for outcome in broken] == [
            ("no other file lies among the parts", (("invoices/part-00001-0a1b2c3d.parquet",),))
        ]

    def test_reports_and_comparisons_read_it_not(self, built: Path, tmp_path: Path) -> None:
        colgen.build(out=tmp_path / "again", seed=1)
        assert colgen.diff(tmp_path / "again", built) == []
        assert colgen.report("customer_summary", built).equals(colgen.report("customer_summary", tmp_path / "again"))

    def test_overwrite_leaves_it_as_any_file_of_the_users(self, built: Path) -> None:
        before = part_of(built, "invoices", 1).read_bytes()
        colgen.build(out=built, seed=3, overwrite=True)
        assert part_of(built, "invoices", 1).read_bytes() == before
        assert whole(built).spec.seed == 3


@pytest.mark.parametrize(
    "name", ["a/b", "..", ".", "", " ", "a\x00b", "a\nb", "~", "-x", "a*", "it's", "x" * 201, "load.sql", "Manifest.json"]
)
def test_a_table_whose_name_cannot_be_that_of_a_folder_is_refused_where_it_is_declared(name: str) -> None:
    with pytest.raises(ModelError, match="not every target can hold a table of this name"):

        class Things(colgen.Table, name=name):
            rows = 3
            id = colgen.Key()


@pytest.mark.parametrize("name", first_of(["order lines", "prod.orders", "ग्राहक", "Bestellposten_2", "_x", "a-b", "a$b"], quick=3))
def test_a_table_may_have_any_other_name(tmp_path: Path, name: str) -> None:
    class Things(colgen.Table, name=name):
        rows = 3
        id = colgen.Key()

    model = colgen.Model("shop", tables=[Things], volumes={"small": {"any": 1}})
    for format in ("parquet", "csv", "arrow"):
        colgen.build(model, out=tmp_path / format, format=format, check=True)
        assert all(outcome.holds for outcome in colgen.check(tmp_path / format, model=model))
    assert json.loads((tmp_path / "csv" / "manifest.json").read_text())["tables"].keys() == {name}


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    colgen.build(out=tmp_path / "shop[1]", tables=TABLES)
    assert command("check", tmp_path / "shop[1]").returncode == 0
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_link_where_a_table_should_lie_is_not_followed_by_overwrite(tmp_path: Path) -> None:
    colgen.build(out=tmp_path / "data", tables=TABLES)
    (tmp_path / "data" / "customers").rename(tmp_path / "elsewhere")
    (tmp_path / "data" / "customers").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetError, match="customers' is a link now"):
        colgen.build(out=tmp_path / "data", tables=TABLES, overwrite=True)
    assert part_of(tmp_path, "elsewhere").exists()
