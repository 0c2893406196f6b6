"""Dirty data with its answer key is the clean data, wherever it goes and however it is made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen.declare.find import find_model
from colgen.defects.shares import KINDS
from colgen.errors import TargetError
from colgen.generate.estimate import estimate
from colgen.generate.spec import Spec
from colgen.jobs.command import build_task
from colgen.pipeline.options import BuildOptions
from colgen.targets.manifest import read
from tests.defects.clinic import EVERYTHING, clinic, restored, texts
from tests.pipeline.extending import DESK, ERP, assert_same, build, extend
from tests.pipeline.resuming import kill, resume
from tests.support import broken_rules, damage, files_in, first_of, outcomes, part_of, refused, thorough, write_build
from tests.support import colgen as command_line

DIRTY = {"defects": EVERYTHING}


def dirty(shares: dict[str, float] | float, model: Any = clinic, **request: Any) -> colgen.Dataset:
    return colgen.build(model, settings={**request.pop("settings", {}), "defects": shares}, **request)


class TestTheAnswerKey:
    @settings(max_examples=4)
    @given(seed=st.integers(0, 2**64 - 1), shares=st.dictionaries(st.sampled_from(["any", *KINDS]), st.floats(1e-3, 0.2), min_size=1))
    def test_it_gives_back_the_clean_data(self, seed: int, shares: dict[str, float]) -> None:
        data, clean = dirty(shares, seed=seed), colgen.build(clinic, seed=seed)
        for name in clean.spec.tables:
            assert restored(data, name) == texts(clean.table(name))

    @pytest.mark.parametrize("model", first_of(["invoicing", "ecommerce", "erp"]))
    def test_it_gives_back_the_clean_data_of_a_shipped_model(self, model: str) -> None:
        data, clean = dirty(EVERYTHING, model), colgen.build(model)
        for name in clean.spec.tables:
            assert restored(data, name) == texts(clean.table(name))

    def test_it_lists_what_is_wrong_and_nothing_else(self) -> None:
        for defect in dirty(EVERYTHING).table("defects").to_pylist():
            assert defect["clean_value"] != defect["written_value"]
            assert (defect["written_value"] is None) == (defect["kind"] == "missing")

    def test_about_as_many_cells_are_wrong_as_was_asked_for(self) -> None:
        data = dirty({"any": 0.1, "duplicate": 0.1}, settings={"patients": 2_000})
        wrong = data.frame("defects").group_by("table_name", "column_name").len()
        counts = {(table, column): count for table, column, count in wrong.iter_rows()}
        assert counts["patients", "id"] == pytest.approx(200, rel=0.25)
        assert counts["patients", "insured"] == pytest.approx(220, rel=0.25)
        assert counts["visits", "minutes"] == pytest.approx(0.1 * data.rows["visits"], rel=0.2)
        assert data.rows["patients"] == 2_000 + counts["patients", "id"]

    def test_a_row_that_comes_again_often_has_a_typo(self) -> None:
        data = dirty({"duplicate": 0.2}, settings={"patients": 4_000})
        kinds = data.frame("defects").filter(column_name="email")["kind"].to_list()
        assert set(kinds) == {"typo"}
        assert len(kinds) == pytest.approx(0.25 * 800, rel=0.3)

    def test_the_first_rows_of_it_are_made_by_themselves(self) -> None:
        data = dirty(EVERYTHING)
        for name in data.spec.tables:
            assert data.head(name, 5) == data.table(name).slice(0, 5)

    def test_it_is_empty_where_nothing_went_wrong(self) -> None:
        assert dirty(1e-9).rows["defects"] == 0
        assert dirty(1e-9).head("defects").num_rows == 0


class TestWhatStaysAsItIs:
    def test_keys_and_columns_that_were_not_asked_for(self) -> None:
        data, clean = dirty({"typo": 0.2}), colgen.build(clinic)
        for name in clean.spec.tables:
            of_texts = {"first_name", "last_name", "called", "email", "city", "country", "label"}
            others = [column for column in clean.table(name).column_names if column not in of_texts]
            assert data.table(name).select(others) == clean.table(name).select(others)

    def test_other_defects_where_one_kind_is_left_out(self) -> None:
        both, one = dirty({"unit": 0.1, "orphan": 0.1}), dirty({"unit": 0.1})
        wrong = both.frame("defects")
        assert wrong.filter(kind="unit").sort("table_name", "row_key").equals(one.frame("defects").sort("table_name", "row_key"))

    def test_the_bytes_of_a_build_without_any(self, tmp_path: Path) -> None:
        write_build(clinic, tmp_path / "none", settings={"defects": 0})
        write_build(clinic, tmp_path / "clean")
        assert files_in(tmp_path / "none") == files_in(tmp_path / "clean")

    @pytest.mark.parametrize("cells", first_of([997, 1, 10**6]))
    def test_every_byte_in_blocks_of_any_size(self, cells: int, tmp_path: Path) -> None:
        write_build(clinic, tmp_path / "blocks", block_cells=cells, settings=DIRTY)
        write_build(clinic, tmp_path / "whole", threads=2, settings=DIRTY)
        assert files_in(tmp_path / "blocks") == files_in(tmp_path / "whole")


class TestCheck:
    @pytest.fixture(scope="class")
    @classmethod
    def sound(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("sound") / "dirty"
        write_build(clinic, folder, settings=DIRTY)
        return folder

    @pytest.fixture
    def folder(self, sound: Path, tmp_path: Path) -> Path:
        return Path(shutil.copytree(sound, tmp_path / "dirty"))

    def test_every_rule_is_proved_on_the_clean_values(self, folder: Path, tmp_path: Path) -> None:
        write_build(clinic, tmp_path / "clean")
        proved = outcomes(folder, clinic)
        assert all(proved.values())
        assert outcomes(tmp_path / "clean", clinic).keys() < proved.keys()

    @pytest.mark.parametrize(
        ("table", "statement", "rule"),
        first_of(
            [
                ("patients", "UPDATE patients SET weight = 7 WHERE weight IS NULL", "its defects are written"),
                ("patients", "UPDATE patients SET insured = NULL", "patients: insured is"),
                ("patients", "DELETE FROM patients WHERE id > 60", "its defects are written"),
                ("patients", "DELETE FROM patients WHERE id = (SELECT max(id) - 60 FROM patients)", "patients: has 60 rows"),
                ("patients", "UPDATE patients SET country = 'France' WHERE id > 60", "a row that comes again"),
                ("defects", "UPDATE defects SET kind = 'typo' WHERE kind = 'unit'", "each defect is in a column"),
                ("defects", "UPDATE defects SET clean_value = written_value WHERE kind = 'unit'", "each defect is in a column"),
                ("defects", "INSERT INTO defects SELECT * FROM defects LIMIT 1", "table_name, row_key, column_name are unique"),
                ("defects", "DELETE FROM defects WHERE kind = 'missing'", "visits: minutes is"),
                ("defects", "UPDATE defects SET row_key = 'nobody' WHERE table_name = 'patients'", "its defects are written"),
            ],
            2,
        ),
    )
    def test_damage_is_found(self, folder: Path, table: str, statement: str, rule: str) -> None:
        damage(folder, table, statement)
        assert any(rule in broken for broken in broken_rules(folder, clinic))

    def test_a_key_that_cannot_be_read_explains_nothing(self, folder: Path) -> None:
        part_of(folder, "defects").write_text("no Parquet")
        broken = broken_rules(folder, clinic)
        assert "defects: its parts can be read" in broken
        assert any("patients:" in rule for rule in broken)

    def test_nor_does_one_whose_rows_cannot(self, folder: Path) -> None:
        key = part_of(folder, "defects")
        data = key.read_bytes()
        key.write_bytes(data[:4] + b"\xff" * 60 + data[64:])
        broken = broken_rules(folder, clinic)
        assert "defects: its rows can be read" in broken
        assert any("patients:" in rule for rule in broken)

    def test_a_manifest_without_it_is_not_believed(self, folder: Path) -> None:
        manifest = read(folder)
        tables = tuple(name for name in manifest.spec.tables if name != "defects")
        spec, entries = manifest.spec.model_copy(update={"tables": tables}), {name: manifest.tables[name] for name in tables}
        manifest.model_copy(update={"spec": spec, "tables": entries}).write(folder)
        assert broken_rules(folder, clinic) == ["*: tables and columns are those of the model clinic"]

    @thorough
    @pytest.mark.parametrize("format", ["csv", "jsonl", "arrow"])
    def test_other_formats(self, tmp_path: Path, format: str) -> None:
        write_build(clinic, tmp_path / format, settings=DIRTY, format=format, check=True)


class TestDatabases:
    WITHOUT_ORPHANS = {"any": 0.2, "duplicate": 0.2}

    @thorough
    @pytest.mark.parametrize("constraints", first_of([True, False]))
    def test_duckdb_gets_the_rows_of_the_files(self, tmp_path: Path, constraints: bool) -> None:
        wanted = {"settings": {"defects": self.WITHOUT_ORPHANS}, "seed": 3}
        file = tmp_path / "clinic.duckdb"
        colgen.build(clinic, out=file, constraints=constraints, check=True, schema="dirty", **wanted)  # type: ignore[call-overload]
        data = colgen.build(clinic, **wanted)  # type: ignore[call-overload]
        with duckdb.connect(str(file)) as connection:
            for name in data.spec.tables:
                assert connection.execute(f"SELECT count(*) FROM dirty.{name}").fetchall() == [(data.rows[name],)]
        assert all(outcome.holds for outcome in colgen.check(file, model=clinic))

    @thorough
    def test_postgresql_gets_the_rows_of_the_files(self, server: str, database: Any, schema: str) -> None:
        wanted = {"settings": {"defects": self.WITHOUT_ORPHANS}}
        colgen.build(clinic, out=server, schema=schema, **wanted)  # type: ignore[call-overload]
        data = colgen.build(clinic, **wanted)  # type: ignore[call-overload]
        for name in data.spec.tables:
            assert database.execute(f'SELECT count(*) FROM "{schema}"."{name}"').fetchone() == (data.rows[name],)
        wrong = database.execute(f'SELECT row_key, kind, clean_value, written_value FROM "{schema}".defects').fetchall()
        columns = ("row_key", "kind", "clean_value", "written_value")
        assert sorted(map(str, wrong)) == sorted(str(tuple(row[name] for name in columns)) for row in data.table("defects").to_pylist())

    def test_orphans_are_refused(self, tmp_path: Path) -> None:
        with refused("orphans are for files", "leave defects.orphan out", error=TargetError):
            colgen.build(clinic, out=tmp_path / "clinic.duckdb", settings={"defects.orphan": 0.1})

    def test_tables_that_are_there_are_refused(self, tmp_path: Path) -> None:
        colgen.build(clinic, out=tmp_path / "clinic.duckdb")
        with refused("defects go into tables that colgen makes", error=TargetError):
            colgen.build(clinic, out=tmp_path / "clinic.duckdb", append=True, settings={"defects": 0.1})


class TestLaterThan:
    @thorough
    def test_an_extended_build_is_the_same_as_from_scratch(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "desk.py").write_text(DESK)
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 4_000)
        desk = find_model(tmp_path / "desk.py")
        for folder, day in (("target/data", "2024-02-10"), ("scratch/data", "2024-03-01")):
            build(desk, tmp_path / folder, day, settings=DIRTY)
        assert extend(tmp_path / "target/data", "2024-03-01").kept > 0
        assert_same(tmp_path / "target/data", tmp_path / "scratch/data")

    @thorough
    def test_so_is_that_of_the_distributor(self, tmp_path: Path) -> None:
        for folder, day in (("target/data", "2024-01-20"), ("scratch/data", "2024-02-20")):
            build(ERP, tmp_path / folder, day, settings=DIRTY)
        extend(tmp_path / "target/data", "2024-02-20")
        assert_same(tmp_path / "target/data", tmp_path / "scratch/data")

    def test_a_killed_build_is_resumed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 1_000)
        kill(tmp_path / "data", monkeypatch, model=clinic, settings=DIRTY)
        with refused("defects", error=colgen.RequestError):
            resume(tmp_path / "data", model=clinic, settings={"defects": 0.1})
        summary, _ = resume(tmp_path / "data", model=clinic, settings=DIRTY)
        assert summary.kept > 0
        write_build(clinic, tmp_path / "scratch", settings=DIRTY)
        assert files_in(tmp_path / "data") == files_in(tmp_path / "scratch")


class TestTheCommandLine:
    @pytest.fixture(scope="class")
    @classmethod
    def folders(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A clean build and its dirty twin."""
        folder = tmp_path_factory.mktemp("twins")
        for name, more in (("clean", ()), ("dirty", ("--set", "defects=0.1", "--set", "defects.duplicate=0.1"))):
            done = command_line("build", "invoicing", *more, "--out", folder / name)
            assert done.returncode == 0, done.stderr
        return folder

    def test_the_manifest_has_what_was_asked_for(self, folders: Path) -> None:
        manifest = read(folders / "dirty")
        assert manifest.spec.defects == {"any": 0.1, "duplicate": 0.1}
        assert manifest.tables["defects"].rows > 100
        assert "defects" not in read(folders / "clean").tables

    @thorough
    @pytest.mark.parametrize("command", ["check", "verify", "report financial_summary"])
    def test_what_is_asked_of_a_build(self, folders: Path, command: str) -> None:
        done = command_line(*command.split(), folders / "dirty")
        assert done.returncode == 0, done.stderr + done.stdout

    @thorough
    def test_the_differences_are_those_of_the_answer_key(self, folders: Path) -> None:
        differing = {difference.table: difference for difference in colgen.diff(folders / "clean", folders / "dirty")}
        again = f"row_key IN (SELECT row_key FROM '{folders}/dirty/defects/*.parquet' WHERE kind = 'duplicate' AND table_name = 'invoices')"
        sql = f"SELECT count(*) FILTER (kind = 'duplicate'), count(*) FILTER (NOT {again}) FROM '{folders}/dirty/defects/*.parquet'"
        (counts,) = duckdb.execute(f"{sql} WHERE table_name = 'invoices'").fetchall()
        assert (differing["invoices"].added, sum(differing["invoices"].columns.values())) == counts
        assert differing["defects"].rows[0] is None

    def test_what_it_will_be_is_estimated(self) -> None:
        spec = Spec.of(clinic, settings=DIRTY)
        about, made = estimate(spec, spec.generation(clinic), 1), dirty(EVERYTHING).rows
        assert about.rows["defects"] == pytest.approx(made["defects"], rel=0.5)
        assert about.rows["patients"] == pytest.approx(made["patients"], rel=0.2)
        assert not {"patients", "defects"} & about.exact
        assert about.bytes["defects"] > 0

    def test_a_wrong_share_is_refused_in_words(self) -> None:
        done = command_line("build", "invoicing", "--set", "defects=2", "--out", "nowhere")
        assert done.returncode != 0
        assert "it must be a share from 0 to 0.2" in done.stderr


def test_a_job_makes_what_was_asked_for(tmp_path: Path) -> None:
    scenario = tmp_path / "careless.yaml"
    scenario.write_text("defects: {typo: 0.1, stale: 0.1}\n")
    spec = Spec.of(find_model("invoicing"), scenario=scenario, settings={"defects.typo": 0})
    assert spec.defects == {"stale": 0.1}
    task = build_task(spec, BuildOptions(tmp_path / "job"), scenario=str(scenario))
    done = command_line(*task.command)
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "job").spec.defects == {"stale": 0.1}


def test_a_number_that_a_key_cannot_hold_is_refused() -> None:
    class Things(colgen.Table):
        rows = colgen.Volume("things")
        id = colgen.Key(colgen.Integer, start=2**31 - 120)

    model = colgen.Model("shop", tables=[Things], volumes={"small": {"things": 100}})
    assert colgen.build(model).table("things").num_rows == 100
    with refused("things.id", "comes again", "BigInteger"):
        dirty({"duplicate": 0.2}, model).table("things")
