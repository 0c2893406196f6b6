"""Data at hand is what its spec says, or `verify` says what is not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import colgen as package
from colgen.audit import verify as verification
from colgen.declare.find import BUILT_IN, find_model
from colgen.errors import RequestError
from colgen.generate.plan import Task
from colgen.pipeline import task
from colgen.targets import manifest

from .support import colgen, describe

PARTS = 1_000
"""So many bytes of a family, about, to a part: the small volume has some twenty parts of them."""


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.plan.PART_BYTES", PARTS)


def build(folder: Path, seed: int = 0, **request: object) -> Path:
    package.build(out=folder, seed=seed, threads=2, **request)  # type: ignore[call-overload]
    return folder


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return build(tmp_path / "data")


def wrong(folder: Path, *, all: bool = True, **options: Any) -> dict[str, str]:
    """The outcome for each file with which something is wrong."""
    found = package.verify(folder, all=all, **options)
    assert found.valid == all_right(found)
    return {verdict.file: verdict.outcome for verdict in found.verdicts if not verdict.valid}


def all_right(found: verification.Verification) -> bool:
    return {verdict.outcome for verdict in found.verdicts} <= {"right", "same values"}


def parts_of(folder: Path, table: str | None = None) -> list[str]:
    tables = manifest.read(folder).tables
    return [part.file for name, entry in tables.items() for part in entry.parts if table in (None, name)]


def change(folder: Path, change: dict[str, Any], *keys: str | int) -> None:
    """Forges the manifest: what lies at the end of some keys."""
    path = folder / manifest.NAME
    content = json.loads(path.read_text())
    place = content
    for key in keys:
        place = place[key]
    place.update(change)
    path.write_text(json.dumps(content, indent=1) + "\n")


def forge(folder: Path, file: str, source: Path) -> None:
    """Another part, with its row in the manifest."""
    shutil.copyfile(source, folder / file)
    rows = next(part.rows for entry in manifest.read(folder).tables.values() for part in entry.parts if part.file == file)
    table = file.split("/")[0]
    number = [part.file for part in manifest.read(folder).tables[table].parts].index(file)
    change(folder, describe(folder, file, rows).model_dump(), "tables", table, "parts", number)


class TestRight:
    @pytest.mark.parametrize("format", ["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "arrow"])
    def test_every_format(self, tmp_path: Path, format: str) -> None:
        build(tmp_path / "data", format=format)
        found = package.verify(tmp_path / "data", all=True)
        assert found.valid
        assert {verdict.file: verdict.outcome for verdict in found.verdicts} == dict.fromkeys(parts_of(tmp_path / "data"), "right")
        assert found.made == found.parts > 15
        assert found.versions == {}

    @pytest.mark.parametrize("model", BUILT_IN)
    def test_every_model(self, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.plan.PART_BYTES", 300_000)
        build(tmp_path / "data", model=model, volume="small")
        assert wrong(tmp_path / "data") == {}

    def test_some_tables_a_compression_and_a_period(self, tmp_path: Path) -> None:
        build(tmp_path / "data", 5, tables=["products", "invoices"], compression="zstd", first_day="2023-05-01", last_day="2023-06-01")
        assert wrong(tmp_path / "data") == {}

    def test_an_extended_build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.plan.PART_BYTES", 100_000)
        build(tmp_path / "data", model="erp", volume="small", last_day="2024-10-15")
        package.extend(tmp_path / "data", to="2024-12-15")
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
        monkeypatch.setattr(verification.tempfile, "TemporaryDirectory", None)
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
        assert package.verify(built).made == verification.SAMPLE
        assert package.verify(built, sample=10**6).made == package.verify(built, all=True).made == len(parts_of(built))

    def test_it_is_the_same_each_time_and_another_for_another_build(self, tmp_path: Path, built: Path) -> None:
        drawn = {tuple(verdict.file for verdict in package.verify(built).verdicts) for _ in range(3)}
        assert len(drawn) == 1
        others = {tuple(verdict.file for verdict in package.verify(build(tmp_path / str(n), n)).verdicts) for n in range(1, 4)}
        assert len(drawn | others) > 1

    def test_only_that_is_made(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[tuple[Task, set[str]]] = []
        usual = task.make

        def make(task: Task, spec: Any, model: Any, run: Any, schemas: Any, *rest: Any) -> Any:
            made.append((task, set(schemas)))
            return usual(task, spec, model, run, schemas, *rest)

        monkeypatch.setattr(pipeline, "make", make)
        found = package.verify(built)
        assert sorted(task.file(name, "parquet") for task, names in made for name in names) == sorted(one.file for one in found.verdicts)

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
        with pytest.raises(RequestError, match="at least one part"):
            package.verify(built, sample=0)


def found_tables(folder: Path) -> list[str]:
    return list(manifest.read(folder).tables)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


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
        file = parts_of(other, "customers")[0]
        forge(tmp_path / "data", file, other / file)
        found = package.verify(tmp_path / "data", all=True)
        assert [(one.file, one.outcome, one.description) for one in found.verdicts if not one.valid] == [
            (file, "different", "the file is what the manifest says, but not what the spec gives")
        ]

    def test_a_part_of_another_seed_alone(self, tmp_path: Path, built: Path) -> None:
        file = parts_of(built, "customers")[0]
        shutil.copyfile(build(tmp_path / "other", seed=1) / file, built / file)
        assert wrong(built) == {file: "damaged"}

    def test_a_whole_manifest_of_another_seed(self, built: Path) -> None:
        change(built, {"seed": 1}, "spec")
        found = wrong(built)
        assert set(found.values()) == {"different"}
        assert {file.split("/")[0] for file in found} >= {"customers", "products", "invoices"}

    def test_a_manifest_whose_digest_alone_is_forged(self, built: Path) -> None:
        change(built, {"digest": "0" * 32}, "tables", "invoices", "parts", 0)
        (verdict,) = (one for one in package.verify(built, all=True).verdicts if not one.valid)
        assert (verdict.outcome, verdict.description) == ("different", "the file is what the spec gives, but not what the manifest says")

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
        shutil.copyfile(built / parts_of(built, "invoices")[0], built / "invoices" / "part-00099.parquet")
        assert wrong(built, all=all) == {"invoices/part-00099.parquet": "strange"}

    @pytest.mark.parametrize("all", [True, False])
    def test_a_part_taken_out_of_the_manifest(self, built: Path, all: bool) -> None:
        entry = manifest.read(built).tables["invoices"]
        change(built, {"parts": [part.model_dump() for part in entry.parts[1:]], "rows": entry.rows - entry.parts[0].rows}, "tables", "invoices")  # fmt: skip
        assert wrong(built, all=all) == {entry.parts[0].file: "strange"}
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
        assert wrong(built) == {entry.parts[0].file: "different"}

    def test_a_file_elsewhere_that_the_manifest_takes_for_a_part(self, built: Path, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("secret")
        change(built, {"file": "../secret"}, "tables", "invoices", "parts", 0)
        assert wrong(built)["../secret"] == "different"

    def test_another_model(self, built: Path) -> None:
        with pytest.raises(RequestError, match="other settings than model ecommerce"):
            package.verify(built, model=find_model("ecommerce"))

    def test_no_build(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="no finished build"):
            package.verify(tmp_path)


class TestOtherVersions:
    """What another version of a library writes: the same values in other bytes."""

    def rewrite(self, folder: Path, file: str, values: Any = lambda table: table) -> None:
        """A part, as a writer with other habits would have it."""
        rewritten = folder.parent / "rewritten"
        table = values(pq.read_table(folder / file, partitioning=None))
        pq.write_table(table, rewritten, compression="gzip", use_dictionary=False)
        forge(folder, file, rewritten)

    def test_the_same_values_are_told_from_others(self, built: Path) -> None:
        for version in ({"pyarrow": "1.0"}, {"numpy": "0.1"}):
            change(built, version, "versions")
        same, other = parts_of(built, "invoices")[:2]
        self.rewrite(built, same)
        total = pq.read_schema(built / other).get_field_index("total")
        self.rewrite(built, other, lambda table: table.set_column(total, table.schema[total], pc.add(table["total"], pa.scalar(1)).cast(table.schema[total].type)))  # fmt: skip
        found = package.verify(built, all=True)
        outcomes = {verdict.file: verdict.outcome for verdict in found.verdicts}
        assert (outcomes.pop(same), outcomes.pop(other)) == ("same values", "different")
        assert set(outcomes.values()) == {"right"}
        assert found.versions.keys() == {"numpy", "pyarrow"}
        assert found.versions["pyarrow"][0] == "1.0"

    def test_with_the_same_versions_other_bytes_are_forged(self, built: Path) -> None:
        file = parts_of(built, "invoices")[0]
        self.rewrite(built, file)
        assert wrong(built) == {file: "different"}

    @pytest.mark.parametrize("format", ["csv", "csv.gz", "jsonl", "arrow"])
    def test_in_other_formats(self, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a folder whose name means something to a glob and to SQL."""
        monkeypatch.setattr("colgen.plan.PART_BYTES", 100_000)
        folder = build(tmp_path / "it's [a] *?" / "x=1", format=format, model="ecommerce", volume="small")
        change(folder, {"pyarrow": "1.0"}, "versions")
        change_bytes = {
            "csv": lambda data: data.replace(b"\n", b"\r\n"),
            "csv.gz": lambda data: __import__("gzip").compress(__import__("gzip").decompress(data), 1),
            "jsonl": lambda data: data.replace(b",", b", "),
            "arrow": rewritten_arrow,
        }[format]
        changed = [parts_of(folder, table)[0] for table in ("raw_orders", "raw_inventory", "raw_reviews")]
        if format == "jsonl":
            changed = changed[1:2]  # a comma inside a text is one of the text
        for file in changed:
            (tmp_path / "part").write_bytes(change_bytes((folder / file).read_bytes()))
            forge(folder, file, tmp_path / "part")
        found = package.verify(folder, all=True)
        assert found.valid
        assert {verdict.file for verdict in found.verdicts if verdict.outcome == "same values"} == set(changed)

    def test_a_file_that_cannot_be_read_is_not_the_same(self, built: Path, tmp_path: Path) -> None:
        change(built, {"pyarrow": "1.0"}, "versions")
        file = parts_of(built, "invoices")[0]
        (tmp_path / "part").write_text("no Parquet")
        forge(built, file, tmp_path / "part")
        assert wrong(built) == {file: "different"}

    def test_the_temporary_folder_is_gone(self, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "scratch").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
        change(built, {"pyarrow": "1.0"}, "versions")
        self.rewrite(built, parts_of(built, "invoices")[0])
        assert wrong(built) == {}
        assert os.listdir(tmp_path / "scratch") == []


def rewritten_arrow(data: bytes) -> bytes:
    table = pa.ipc.open_file(data).read_all()
    output = pa.BufferOutputStream()
    with pa.ipc.new_file(output, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return output.getvalue().to_pybytes()


class TestTheCommand:
    @pytest.fixture
    def data(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.undo()  # parts as the command cuts them
        return build(tmp_path / "data")

    def test_right(self, data: Path) -> None:
        told = colgen("verify", "data", cwd=data.parent)
        assert (told.returncode, told.stderr) == (0, "")
        assert told.stdout == "8 of 8 parts made anew, all as the spec says\n"
        assert colgen("verify", "data", "--all", "--threads", "1", cwd=data.parent).returncode == 0

    def test_wrong(self, data: Path) -> None:
        flip(data / "products/part-00000.parquet")
        (data / "invoices/part-00000.parquet").unlink()
        for arguments in ((), ("--all",), ("--sample", "9")):
            told = colgen("verify", "data", *arguments, cwd=data.parent)
            assert told.returncode == 1
            assert told.stderr == "colgen: 'data' is not what its spec says\n"
            lines = [line.split()[:2] for line in told.stdout.splitlines()]
            assert ["damaged", "products/part-00000.parquet"] in lines
            assert ["missing", "invoices/part-00000.parquet"] in lines
            assert told.stdout.endswith("7 of 8 parts made anew, wrong: 2\n")

    def test_json(self, data: Path) -> None:
        change(data, {"pyarrow": "1.0"}, "versions")
        flip(data / "products/part-00000.parquet")
        told = colgen("verify", "data", "--format", "json", cwd=data.parent)
        assert told.returncode == 1
        found = json.loads(told.stdout)
        assert found["right"] is False
        assert (found["parts"], found["made"]) == (8, 8)
        assert found["versions"] == {"pyarrow": ["1.0", pa.__version__]}
        assert [one for one in found["verdicts"] if one["outcome"] != "right"] == [
            {
                "table": "products",
                "file": "products/part-00000.parquet",
                "outcome": "damaged",
                "says": "the file is not what the manifest says, and its spec gives",
            }
        ]

    def test_other_versions_are_told(self, data: Path) -> None:
        change(data, {"pyarrow": "1.0"}, "versions")
        told = colgen("verify", "data", cwd=data.parent)
        assert told.returncode == 0
        assert f"pyarrow was 1.0 and is {pa.__version__} here" in told.stdout

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [(("nothing",), "there is no 'nothing'"), ((".",), "no finished build"), (("data", "--sample", "0"), "sample")],
    )
    def test_a_wrong_request(self, data: Path, arguments: tuple[str, ...], description: str) -> None:
        told = colgen("verify", *arguments, cwd=data.parent)
        assert told.returncode == 2
        assert says in told.stderr
        assert "Traceback" not in told.stderr
