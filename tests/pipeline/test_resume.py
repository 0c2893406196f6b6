"""What a killed build has finished is taken over, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from colgen import BigInteger, Boolean, FanOut, Key, Table, column
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.targets.folder import staging
from colgen.targets.folder.file import OutputFile
from colgen.targets.folder.target import FolderTarget
from tests.pipeline.extending import assert_same, numbers, place
from tests.pipeline.resuming import MODEL, TINY, Dying, Killed, build, finished, kill, nothing_is_cleared_away, resume
from tests.support import first_of, thorough

TWO_TABLES = {"tables": ["customers", "products"]}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Builds of tiny parts, made in one go: the whole small one, and one of two tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.generate.plan.PART_BYTES", TINY)
        folders = {name: tmp_path_factory.mktemp("uninterrupted") / "data" for name in ("whole", "two tables")}
        build(folders["whole"])
        build(folders["two tables"], **TWO_TABLES)
        return folders


@pytest.mark.usefixtures("tiny_parts")
class TestWhatIsTakenOver:
    @pytest.mark.parametrize("format", first_of(["parquet", "csv.gz", "jsonl", "arrow"], 2))
    def test_every_format(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
        kill(target, monkeypatch, format=format)
        summary, notes = resume(target, format=format)
        build(tmp_path / "scratch" / "data", format=format)
        assert_same(target, tmp_path / "scratch" / "data")
        assert summary.kept > 0
        assert notes == [f"finished already: {summary.kept} of {summary.parts} parts"]

    def test_files_are_the_same_and_not_made_again(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=8)
        new = staging.staging_folder(target)
        before = {place(part.file): (new / part.file).stat().st_ino for part in finished(log)}
        opened: list[Path] = []
        usual = OutputFile.__init__
        monkeypatch.setattr(OutputFile, "__init__", lambda self, path: (opened.append(path), usual(self, path))[1])
        summary, _ = resume(target)
        assert len(before) == summary.kept > 3
        assert before.items() <= numbers(target).items()
        assert {place(str(path.relative_to(new))) for path in opened} == numbers(target).keys() - before.keys()

    def test_a_model_with_rows_that_are_not_kept(self, tmp_path: Path, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, 9, model=desk)
        summary, _ = resume(target, model=desk)
        assert summary.kept > 3
        build(tmp_path / "scratch" / "data", model=desk)
        assert_same(target, tmp_path / "scratch" / "data")

    @thorough
    def test_the_model_with_rows_that_are_not_kept(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        erp = find_model("erp")
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 120_000)
        kill(target, monkeypatch, 60, model=erp, last_day="2024-10-15")
        summary, _ = resume(target, model=erp, last_day="2024-10-15")
        assert summary.kept > 3
        build(tmp_path / "scratch" / "data", model=erp, last_day="2024-10-15")
        assert_same(target, tmp_path / "scratch" / "data")

    @pytest.mark.parametrize("harm", first_of(["missing", "a flipped byte", "shorter", "longer", "empty"], quick=2))
    def test_a_part_whose_file_is_no_longer_what_it_was_is_made_anew(
        self, uninterrupted: dict[str, Path], target: Path, log: Path, monkeypatch: pytest.MonkeyPatch, harm: str
    ) -> None:
        kill(target, monkeypatch, blocks=8)
        parts = finished(log)
        path = staging.staging_folder(target) / parts[2].file
        whole_of_it = path.read_bytes()
        middle = len(whole_of_it) // 2
        if harm == "missing":
            path.unlink()
        else:
            path.write_bytes(
                {
                    "shorter": whole_of_it[:-1],
                    "longer": whole_of_it + b"\0",
                    "a flipped byte": whole_of_it[:middle] + bytes([whole_of_it[middle] ^ 1]) + whole_of_it[middle + 1 :],
                    "empty": b"",
                }[harm]
            )
        summary, _ = resume(target)
        assert 0 < summary.kept < len(parts)
        assert_same(target, uninterrupted["whole"])

    def test_what_lies_about_unfinished_goes_away(
        self, uninterrupted: dict[str, Path], target: Path, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kill(target, monkeypatch, blocks=8)
        new = staging.staging_folder(target)
        (new / "customers" / "part-99999.parquet").write_text("half a part")
        (new / "manifest.json").write_text("half a manifest")
        resume(target)
        assert_same(target, uninterrupted["whole"])

    @pytest.mark.parametrize(
        ("damage", "lost"),
        [
            (lambda lines: b"\n".join(lines), 0),
            (lambda lines: b"\n".join(lines)[:-1], 1),
            (lambda lines: b"\n".join(lines)[:-30], 1),
            (lambda lines: b"\n".join(lines) + b'\n{"file": "products/part', 0),
            (lambda lines: b"\n".join([*lines[:3], b"\0\0\0 no line", *lines[4:]]) + b"\n", 1),
            (lambda lines: b"\n".join([*lines, lines[-1], lines[2]]) + b"\n", 0),
            (lambda lines: b"\n".join([lines[0], *lines[:0:-1]]) + b"\n\n\n", 0),
            (lambda lines: b"\n".join(lines[:1]), None),
            (lambda lines: b"\n".join(lines)[10:], None),
            (lambda lines: lines[0][:-5], None),
            (lambda lines: b"", None),
            (lambda lines: b"\xff\xfe\n" * 3, None),
        ],
    )
    def test_a_damaged_journal(
        self,
        uninterrupted: dict[str, Path],
        target: Path,
        log: Path,
        monkeypatch: pytest.MonkeyPatch,
        damage: Callable[[list[bytes]], bytes],
        lost: int | None,
    ) -> None:
        kill(target, monkeypatch, blocks=8, **TWO_TABLES)
        lines = log.read_bytes().splitlines()
        log.write_bytes(damage(lines))
        summary, notes = resume(target, **TWO_TABLES)
        assert summary.kept == (0 if lost is None else len(lines) - 1 - lost)
        assert notes == ["nothing to resume; everything is built"] if lost is None else "finished already" in notes[0]
        assert_same(target, uninterrupted["two tables"])

    def test_after_a_half_line_new_lines_are_whole(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=6)
        log.write_bytes(log.read_bytes()[:-20])
        spec = Spec.of(MODEL)
        with nothing_is_cleared_away(monkeypatch), pytest.raises(Killed):
            conduct(spec, MODEL, FolderTarget(target, overwrite=True, resume=True), threads=1, progress=Dying(12))
        broken = [line for line in log.read_bytes().splitlines() if line and not line.endswith(b"}")]
        assert len(broken) == 1
        summary, _ = resume(target)
        assert summary.kept > 6

    def test_the_room_that_is_needed_is_that_of_the_rest(self, target: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill(target, monkeypatch, blocks=8)
        done = sum(part.bytes for part in finished(log))
        needed: list[int] = []
        monkeypatch.setattr("colgen.targets.folder.target.refuse_without_room", lambda count, folder: needed.append(count))
        resume(target)
        build(target)
        assert done > 0
        assert [needed[2] - needed[0], needed[3] - needed[1]] == [done, done]


class TestCounts:
    """What comes before a part says with which ids it begins, whoever has made it."""

    @staticmethod
    def shop(beyond: int, many: int, fewer: bool = False) -> Model:
        class Orders(Table, keep="there" if fewer else None):
            rows = 5000
            id = Key()
            size = column(BigInteger, hidden=True)(lambda id: np.where(id > beyond, many, 1))
            there = column(Boolean, hidden=True)(lambda id: id % 2 == 0)

        class Lines(Table):
            rows = FanOut(Orders, "size")
            id = Key()

        return Model("shop", tables=(Orders, Lines), volumes={"small": {}})

    @pytest.mark.parametrize("beyond", [700, 1500], ids=["from the beginning", "from the middle on"])
    @pytest.mark.parametrize("fewer", [False, True])
    def test_parts_that_a_changed_model_counts_otherwise_are_made_anew(
        self, target: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beyond: int, fewer: bool
    ) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 100)
        before, after = self.shop(beyond, 2, fewer), self.shop(beyond, 3, fewer)
        kill(target, monkeypatch, 16, model=before)
        there = finished(log)
        assert there
        resumed, _ = resume(target, model=after)
        build(tmp_path / "scratch" / "data", model=after)
        assert_same(target, tmp_path / "scratch" / "data")
        assert 0 < resumed.kept < len(there)

    def test_a_part_of_which_only_the_first_ids_are_others_is_made_anew(
        self, target: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its rows are as many as before; the part before it was not finished."""
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 100)
        kill(target, monkeypatch, 16, model=self.shop(0, 1))
        lines = log.read_bytes().splitlines(keepends=True)
        second = [line for line in lines if b"part-00001" in line]
        assert second
        log.write_bytes(
            b"".join(line for line in lines if b"part-00000" not in line).replace(second[0], second[0].replace(b'"lines":', b'"lines":1'))
        )
        resume(target, model=self.shop(0, 1))
        build(tmp_path / "scratch" / "data", model=self.shop(0, 1))
        assert_same(target, tmp_path / "scratch" / "data")
