"""A build that cannot be made longer is refused and left as it was; so is one whose extension fails."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from colgen.audit.check import CheckFailed
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.errors import RequestError, TargetError
from colgen.targets import manifest
from colgen.targets.folder import staging
from colgen.targets.folder.target import FolderTarget
from tests.pipeline.extending import DESK, build, extend, numbers
from tests.support import part_of, whole


class TestRefused:
    @pytest.fixture
    def built(self, target: Path, desk: Model) -> Path:
        build(desk, target, "2024-02-10")
        return target

    def refused(self, folder: Path, to: str, says: str, model: Model | None = None) -> None:
        before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
        with pytest.raises(RequestError, match=says):
            extend(folder, to, model)
        assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before

    def test_an_earlier_day(self, built: Path) -> None:
        self.refused(built, "2024-02-09", "ends on 2024-02-10, and an extension only adds days: 2024-02-09 is before that")

    def test_the_same_day(self, built: Path) -> None:
        self.refused(built, "2024-02-10", "already ends on 2024-02-10")

    def test_no_day(self, built: Path) -> None:
        self.refused(built, "soon", "'soon': it must be a day")

    @pytest.mark.parametrize("model", ["invoicing", "ecommerce"])
    def test_a_model_whose_earlier_rows_change(self, target: Path, model: str) -> None:
        build(find_model(model), target, "2024-02-10", volume="small")
        says = f"model {model} cannot be extended: .* build it again with --to 2024-03-01 --overwrite"
        self.refused(target, "2024-03-01", says)

    def test_a_folder_that_is_no_build(self, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").write_text("mine")
        self.refused(tmp_path / "mine", "2024-03-01", "holds no finished build")

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        self.refused(tmp_path / "nothing", "2024-03-01", "there is no")

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"data_version": 1}, "data version 1, and this one makes version"),
            ({"versions": {"numpy": "1.0", "pyarrow": "1.0"}}, "was made with numpy 1.0, and this is"),
            ({"versions": {}}, "was made with numpy of an unknown version"),
        ],
    )
    def test_a_build_of_other_versions(self, built: Path, change: dict[str, object], says: str) -> None:
        content = json.loads((built / manifest.NAME).read_text())
        (built / manifest.NAME).write_text(json.dumps({**content, **change}))
        self.refused(built, "2024-03-01", says + ".* build it again with --to 2024-03-01 --overwrite")

    def test_a_model_that_now_has_other_columns(self, built: Path, file: Path) -> None:
        file.write_text(DESK.replace("answered_on = column(Date)", "answered_on = column(Date, hidden=True)"))
        self.refused(
            built,
            "2024-03-01",
            r"is not what model desk makes: .*tables\.questions\.columns: the columns are not those of the model",
            find_model(str(file)),
        )

    def test_a_model_whose_file_is_gone_unless_it_is_given(self, built: Path, file: Path, desk: Model) -> None:
        moved = file.rename(file.with_name("moved.py"))
        self.refused(built, "2024-03-01", "there is no file")
        extend(built, "2024-03-01", find_model(str(moved)))
        assert manifest.read(built).spec.model == str(moved.resolve())

    def test_a_build_under_way(self, built: Path) -> None:
        with staging.hold(built), pytest.raises(TargetError, match="under way"):
            extend(built, "2024-03-01")
        assert whole(built).spec.last_day.isoformat() == "2024-02-10"

    def test_a_build_that_another_has_replaced_meanwhile(self, built: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        hold = FolderTarget.hold

        def meddle(self: FolderTarget) -> AbstractContextManager[None]:
            monkeypatch.undo()
            build(desk, built, "2024-05-01", overwrite=True)
            return hold(self)

        monkeypatch.setattr(FolderTarget, "hold", meddle)
        with pytest.raises(TargetError, match="no longer holds the build"):
            extend(built, "2024-03-01")
        assert whole(built).spec.last_day.isoformat() == "2024-05-01"
        assert os.listdir(built.parent) == ["data"]


@pytest.mark.usefixtures("small_parts")
class TestAllOrNothing:
    def test_a_file_of_the_users_stays(self, target: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        (target / "notes.txt").write_text("mine")
        (target / "questions" / "more.txt").write_text("mine too")
        extend(target, "2024-03-10")
        assert (target / "notes.txt").read_text() == "mine"
        assert (target / "questions" / "more.txt").read_text() == "mine too"

    def test_a_file_of_the_users_where_a_new_part_is_to_lie_is_not_touched(self, target: Path, tmp_path: Path, desk: Model) -> None:
        build(desk, target, "2024-02-10")
        build(desk, tmp_path / "scratch", "2024-03-10")
        parts = len(manifest.read(target).tables["questions"].parts)
        free = target / "questions" / part_of(tmp_path / "scratch", "questions", parts).name
        free.write_text("mine")
        with pytest.raises(TargetError, match="was not written by colgen"):
            extend(target, "2024-03-10")
        assert free.read_text() == "mine"
        assert whole(target).spec.last_day.isoformat() == "2024-02-10"

    def test_a_rule_that_does_not_hold_leaves_the_old_build(self, target: Path, file: Path) -> None:
        rule = "Rule(Questions, 'nobody asks in March', \"asked_on < DATE '2024-03-01'\")"
        file.write_text(DESK.replace("settles_after=3", f"settles_after=3, rules=[{rule}]"))
        desk = find_model(str(file))
        build(desk, target, "2024-02-10")
        before = numbers(target)
        with pytest.raises(CheckFailed, match="nobody asks in March"):
            extend(target, "2024-03-10", check=True)
        assert whole(target).spec.last_day.isoformat() == "2024-02-10"
        assert numbers(target) == before
        assert os.listdir(target.parent) == ["data"]

    def test_an_error_in_the_middle_leaves_the_old_build(self, target: Path, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*any: object) -> None:
            raise OSError(5, "the disk is broken")

        build(desk, target, "2024-02-10")
        before = numbers(target)
        monkeypatch.setattr("colgen.pipeline.extend.link", fail)
        with pytest.raises(OSError, match="broken"):
            extend(target, "2024-03-10")
        assert whole(target).spec.last_day.isoformat() == "2024-02-10"
        assert numbers(target) == before
        assert os.listdir(target.parent) == ["data"]
