"""Data at hand is what its spec says, or `verify` says what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import colgen as package
from colgen.audit import verify
from colgen.declare.find import BUILT_IN, find_model
from colgen.errors import RequestError
from colgen.generate.plan import Task
from colgen.targets import manifest
from colgen.targets.parts import WriteParts
from tests.audit.verifying import PARTS, build, change, flip, forge, found_tables, parts_of, wrong
from tests.support import FORMATS, first_of, part_of, thorough


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", PARTS)


class TestRight:
    @pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
    def test_every_format(self, tmp_path: Path, format: str) -> None:
        build(tmp_path / "data", format=format)
        found = package.verify(tmp_path / "data", all=True)
        assert found.valid
        assert {verdict.file: verdict.outcome for verdict in found.verdicts} == dict.fromkeys(parts_of(tmp_path / "data"), "identical")
        assert found.made == found.parts > 15
        assert found.versions == {}

    @pytest.mark.parametrize("model", first_of(BUILT_IN))
    def test_every_model(self, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 300_000)
        build(tmp_path / "data", model=model, volume="small")
        assert wrong(tmp_path / "data") == {}

    def test_some_tables_a_compression_and_a_period(self, tmp_path: Path) -> None:
        build(tmp_path / "data", 5, tables=["products", "invoices"], compression="zstd", first_day="2023-05-01", last_day="2023-06-01")
        assert wrong(tmp_path / "data") == {}

    @thorough
    def test_an_extended_build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 100_000)
        build(tmp_path / "data", model="erp", volume="small", last_day="2024-01-05")
        package.extend(tmp_path / "data", to="2024-01-08")
        assert wrong(tmp_path / "data") == {}

    def test_a_model_of_ones_own_that_has_moved(self, tmp_path: Path) -> None:
        text = "from colgen import *\nclass Things(Table):\n    rows = Volume('things')\n    id = Key()\n"
        (tmp_path / "things.py").write_text(text + "model = Model('things', tables=[Things], volumes={'few': {'things': 9}})\n")
        build(tmp_path / "data", model=str(tmp_path / "things.py"))
        assert wrong(tmp_path / "data") == {}
        moved = (tmp_path / "things.py").rename(tmp_path / "moved.py")
        with pytest.raises(RequestError, match="there is no file"):
            wrong(tmp_path / "data")
        assert wrong(tmp_path / "data", model=find_model(str(moved))) == {}

    def test_nothing_is_written_anywhere(self, built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "scratch").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
        monkeypatch.setattr(verify.tempfile, "TemporaryDirectory", None)
        before = {path: path.stat() for path in built.parent.rglob("*")}
        assert package.verify(built, all=True).valid
        assert {path: path.stat().st_mtime_ns for path in built.parent.rglob("*")} == {
            path: stat.st_mtime_ns for path, stat in before.items()
        }

    def test_files_of_the_users_are_none_of_its_business(self, built: Path) -> None:
        (built / "notes.txt").write_text("mine")
        (built / "products" / "notes.parquet").write_text("mine")
        assert wrong(built) == {}


class TestTheSample:
    def test_it_has_at_least_one_part_of_each_table(self, built: Path) -> None:
        for sample in (1, 8, 10):
            found = package.verify(built, sample=sample)
            assert {verdict.table for verdict in found.verdicts} == set(found_tables(built))
            assert len(found.verdicts) == found.made == max(8, sample)
        assert package.verify(built).made == verify.SAMPLE
        assert package.verify(built, sample=10**6).made == package.verify(built, all=True).made == len(parts_of(built))

    def test_it_is_the_same_each_time_and_another_for_another_build(self, tmp_path: Path, built: Path) -> None:
        drawn = {tuple(verdict.file for verdict in package.verify(built).verdicts) for _ in range(3)}
        assert len(drawn) == 1
        others = {tuple(verdict.file for verdict in package.verify(build(tmp_path / str(n), n)).verdicts) for n in (1, 2)}
        assert len(drawn | others) > 1

    def test_only_that_is_made(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[str] = []
        usual = WriteParts.__call__

        def make(job: WriteParts, task: Task, *rest: Any) -> Any:
            result = usual(job, task, *rest)
            made.extend(part.file for part in result.parts.values())
            return result

        monkeypatch.setattr(WriteParts, "__call__", make)
        verified = package.verify(built)
        assert sorted(made) == sorted(verdict.file for verdict in verified.verdicts)

    def test_a_part_outside_it_is_looked_for_all_the_same(self, built: Path) -> None:
        drawn = {verdict.file for verdict in package.verify(built).verdicts}
        gone, longer, *_, flipped = (file for file in parts_of(built) if file not in drawn)
        (built / gone).unlink()
        with (built / longer).open("ab") as file:
            file.write(b"\0")
        flip(built / flipped)
        assert wrong(built, all=False) == {gone: "missing", longer: "damaged"}
        assert wrong(built) == {gone: "missing", longer: "damaged", flipped: "damaged"}

    def test_it_must_be_one_part_at_least(self, built: Path) -> None:
        with pytest.raises(RequestError, match="it must be a whole number, 1 or more"):
            package.verify(built, sample=0)


class TestWrong:
    @pytest.mark.parametrize("format", ["parquet", "csv"])
    def test_a_flipped_byte(self, tmp_path: Path, format: str) -> None:
        file = parts_of(build(tmp_path / "data", format=format), "invoices")[1]
        flip(tmp_path / "data" / file)
        assert wrong(tmp_path / "data") == {file: "damaged"}

    @pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: (path.unlink(), path.mkdir())])
    def test_a_missing_part(self, built: Path, harm: Any) -> None:
        file = parts_of(built, "invoice_line_items")[0]
        harm(built / file)
        assert wrong(built) == {file: "missing"}

    @pytest.mark.parametrize("format", ["parquet", "csv"])
    def test_a_part_of_another_seed_with_the_manifest_adjusted(self, tmp_path: Path, format: str) -> None:
        build(tmp_path / "data", format=format)
        other = build(tmp_path / "other", seed=1, format=format)
        file = parts_of(tmp_path / "data", "customers")[0]
        forge(tmp_path / "data", file, part_of(other, "customers"))
        found = package.verify(tmp_path / "data", all=True)
        assert [(one.file, one.outcome, one.reason) for one in found.verdicts if not one.valid] == [
            (file, "different", "the file is what the manifest says, but not what the spec gives")
        ]

    def test_a_part_of_another_seed_alone(self, tmp_path: Path, built: Path) -> None:
        file = parts_of(built, "customers")[0]
        shutil.copyfile(part_of(build(tmp_path / "other", seed=1), "customers"), built / file)
        assert wrong(built) == {file: "damaged"}

    def test_a_whole_manifest_of_another_seed(self, built: Path) -> None:
        change(built, {"seed": 1}, "spec")
        found = wrong(built)
        assert set(found.values()) == {"different"}
        assert {file.split("/")[0] for file in found} >= {"customers", "products", "invoices"}

    def test_a_manifest_whose_digest_alone_is_forged(self, built: Path) -> None:
        change(built, {"digest": "0" * 32}, "tables", "invoices", "parts", 0)
        (verdict,) = (one for one in package.verify(built, all=True).verdicts if not one.valid)
        assert (verdict.outcome, verdict.reason) == ("different", "the file is what the spec gives, but not what the manifest says")

    @pytest.mark.parametrize("key", ["rows", "bytes"])
    def test_a_manifest_whose_numbers_alone_are_forged(self, built: Path, key: str) -> None:
        change(built, {key: 7}, "tables", "invoices", "parts", 0)
        assert wrong(built)[parts_of(built, "invoices")[0]] == "different"

    def test_a_file_and_a_manifest_that_are_both_wrong(self, built: Path) -> None:
        file = parts_of(built, "invoices")[0]
        change(built, {"digest": "0" * 32}, "tables", "invoices", "parts", 0)
        flip(built / file)
        assert wrong(built) == {file: "damaged"}

    def test_rows_of_a_table_that_are_forged(self, built: Path) -> None:
        change(built, {"rows": 7}, "tables", "invoices")
        assert wrong(built, all=False) == {manifest.NAME: "different"}

    def test_columns_that_are_forged(self, built: Path) -> None:
        change(built, {"id": "VARCHAR"}, "tables", "invoices", "columns")
        assert wrong(built, all=False) == {manifest.NAME: "different"}

    @pytest.mark.parametrize("all", [True, False])
    def test_a_part_that_the_manifest_does_not_know(self, built: Path, all: bool) -> None:
        shutil.copyfile(built / parts_of(built, "invoices")[0], built / "invoices" / "part-00099-0a1b2c3d.parquet")
        assert wrong(built, all=all) == {"invoices/part-00099-0a1b2c3d.parquet": "unlisted"}

    @pytest.mark.parametrize("all", [True, False])
    def test_a_part_taken_out_of_the_manifest(self, built: Path, all: bool) -> None:
        entry = manifest.read(built).tables["invoices"]
        change(built, {"parts": [part.model_dump() for part in entry.parts[1:]], "rows": entry.rows - entry.parts[0].rows}, "tables", "invoices")  # fmt: skip
        assert wrong(built, all=all) == {entry.parts[0].file: "unlisted"}
        (built / entry.parts[0].file).unlink()
        assert wrong(built, all=all) == {entry.parts[0].file: "different"}

    def test_a_table_taken_out_of_the_manifest(self, built: Path) -> None:
        parts = parts_of(built, "customer_types")
        content = json.loads((built / manifest.NAME).read_text())
        del content["tables"]["customer_types"]
        (built / manifest.NAME).write_text(json.dumps(content))
        assert wrong(built) == dict.fromkeys(parts, "different")

    def test_a_part_that_is_listed_twice(self, built: Path) -> None:
        entry = manifest.read(built).tables["invoices"]
        change(built, {"parts": [part.model_dump() for part in (*entry.parts, entry.parts[0])], "rows": entry.rows + entry.parts[0].rows}, "tables", "invoices")  # fmt: skip
        with pytest.raises(RequestError, match=r"tables\.invoices\.parts lists a part twice"):
            package.verify(built)

    def test_another_model(self, built: Path) -> None:
        with pytest.raises(RequestError, match="other settings than model ecommerce"):
            package.verify(built, model=find_model("ecommerce"))

    def test_no_build(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="no finished build"):
            package.verify(tmp_path)
