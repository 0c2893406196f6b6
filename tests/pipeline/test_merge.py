"""A build in shares: each is made alone, and together they are the same build, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import colgen
from colgen.errors import RequestError, TargetError
from colgen.generate.share import Share
from colgen.targets import manifest
from tests.support import colgen as command
from tests.support import files_in, part_of, refused

REQUEST: dict[str, Any] = {"settings": {"customers": 40, "invoices": 60}}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 600)


def build_shares(folder: Path, of: int, **request: Any) -> list[Path]:
    """All shares of a small build; their folders."""
    for number in range(1, of + 1):
        colgen.build("invoicing", out=folder, part=f"{number}/{of}", **(REQUEST | request))
    return [folder / f"part-{number}-of-{of}" for number in range(1, of + 1)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shares of a build, and the same build in one go."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.generate.plan.PART_BYTES", 600)
        build_shares(folder / "shares", 3)
        colgen.build("invoicing", out=folder / "whole", **REQUEST)
    return folder


@pytest.fixture
def shares(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "shares", tmp_path / "shares"))


@given(tasks=st.integers(0, 10_000), of=st.integers(1, 300))
def test_every_task_is_of_exactly_one_share(tasks: int, of: int) -> None:
    slices = [Share(number=number, of=of).among(tasks) for number in range(1, of + 1)]
    assert [task for own in slices for task in range(tasks)[own]] == list(range(tasks))
    sizes = [own.stop - own.start for own in slices]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "-1/3", "1/0", "1/2/3", "", "1/1000001", "１/３"])
def test_what_is_not_a_share_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RequestError, match="part = "):
        colgen.build("invoicing", out=tmp_path / "data", part=text)
    assert os.listdir(tmp_path) == []


def test_the_shares_together_are_the_build_to_the_byte(made: Path, shares: Path, tmp_path: Path) -> None:
    assert len(list((made / "whole" / "invoices").iterdir())) > 3
    summary = colgen.merge(shares, out=tmp_path / "data", check=True)
    assert files_in(tmp_path / "data") == files_in(made / "whole")
    assert summary.outcomes is not None
    assert summary.rows == {name: entry.rows for name, entry in manifest.read(made / "whole").tables.items()}


@pytest.mark.parametrize("of", [1, 2, 50])
def test_in_however_many_shares(made: Path, tmp_path: Path, of: int) -> None:
    build_shares(tmp_path / "shares", of)
    colgen.merge(tmp_path / "shares", out=tmp_path / "data")
    assert files_in(tmp_path / "data") == files_in(made / "whole")


def test_the_shares_stay_and_their_files_take_no_more_room(shares: Path, tmp_path: Path) -> None:
    before = files_in(shares)
    colgen.merge(shares, out=tmp_path / "data")
    assert files_in(shares) == before
    first = shares / "part-1-of-3"
    assert part_of(first, "customers").samefile(part_of(tmp_path / "data", "customers"))


def test_a_share_that_is_asked_for_again_is_not_made_again(shares: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_in(shares)
    summary = colgen.build("invoicing", out=shares, part="2/3", **REQUEST)
    assert summary.kept == summary.parts > 0
    assert files_in(shares) == before


def test_of_a_share_that_is_asked_for_again_a_damaged_part_is_made_again(shares: Path, made: Path) -> None:
    part = next(path for path in sorted((shares / "part-2-of-3").glob("*/part-*")))
    part.unlink()
    summary = colgen.build("invoicing", out=shares, part="2/3", **REQUEST)
    assert 0 < summary.kept < summary.parts
    assert files_in(shares) == files_in(made / "shares")


def test_a_share_of_another_request_is_not_replaced(shares: Path) -> None:
    with pytest.raises(TargetError, match="holds a finished build; add --overwrite"):
        colgen.build("invoicing", out=shares, part="2/3", seed=5, **REQUEST)


def forge(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads((folder / manifest.NAME).read_text())
    change(content)
    (folder / manifest.NAME).write_text(json.dumps(content))


class TestWhatCannotBeMerged:
    def refused(self, folder: Path, *words: str) -> None:
        with refused(*words, error=RequestError):
            colgen.merge(folder, out=folder.parent / "data")
        assert not (folder.parent / "data").exists()

    def test_shares_of_which_some_are_missing(self, shares: Path) -> None:
        shutil.rmtree(shares / "part-1-of-3")
        shutil.rmtree(shares / "part-3-of-3")
        self.refused(shares, "2 of 3 shares are missing: 1/3, 3/3")

    def test_one_of_another_request(self, shares: Path) -> None:
        colgen.build("invoicing", out=shares, part="2/3", seed=5, overwrite=True, **REQUEST)
        self.refused(shares, "part-2-of-3', the share 2/3, is of another build", r"seed 0 \(now 5\)")

    def test_one_of_another_number_of_shares(self, shares: Path) -> None:
        shutil.rmtree(shares / "part-3-of-3")
        colgen.build("invoicing", out=shares, part="4/4", **REQUEST)
        self.refused(shares, "is one of 4", "is one of 3")

    def test_two_of_one_number_that_differ(self, shares: Path) -> None:
        shutil.copytree(shares / "part-2-of-3", shares / "second")
        name = next(path.parent.name for path in (shares / "second").glob("*/part-*"))
        forge(shares / "second", lambda content: content["tables"][name]["parts"][0].update(digest="0" * 32))
        self.refused(shares, "second', the share 2/3, differs from")

    def test_one_with_a_part_that_is_gone(self, shares: Path) -> None:
        part = next((shares / "part-2-of-3").glob("*/part-*"))
        part.unlink()
        self.refused(shares, "the share 2/3, is damaged", f"{part.name} is missing")

    def test_one_with_a_part_that_is_longer(self, shares: Path) -> None:
        part = next((shares / "part-2-of-3").glob("*/part-*"))
        part.write_bytes(part.read_bytes() + b"more")
        self.refused(shares, "the share 2/3, is damaged", f"{part.name} has .* bytes, not")

    def test_one_with_a_part_of_another_one(self, shares: Path) -> None:
        name = next(path.parent.name for path in (shares / "part-1-of-3").glob("*/part-*"))
        taken = part_of(shares / "part-1-of-3", name)
        (shares / "part-2-of-3" / name).mkdir(exist_ok=True)
        shutil.copyfile(taken, shares / "part-2-of-3" / name / taken.name)
        first = manifest.read_any(shares / "part-1-of-3").tables[name].parts[0]
        forge(shares / "part-2-of-3", lambda content: content["tables"][name]["parts"].insert(0, first.model_dump()))
        self.refused(shares, "the share 2/3, has a part that is not its own")

    def test_shares_of_which_none_has_a_first_part(self, shares: Path) -> None:
        for folder in shares.iterdir():
            forge(
                folder,
                lambda content: content["tables"]["invoices"].update(
                    parts=[part for part in content["tables"]["invoices"]["parts"] if "part-00000-" not in part["file"]]
                ),
            )
        self.refused(shares, "none of the shares has part 0 of invoices")

    def test_a_whole_build(self, made: Path, tmp_path: Path) -> None:
        shutil.copytree(made / "whole", tmp_path / "whole")
        self.refused(tmp_path / "whole", "holds a whole build, not a share")

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        (tmp_path / "shares").mkdir()
        self.refused(tmp_path / "shares", "holds no share of a build")

    def test_into_a_build_that_is_there(self, shares: Path, tmp_path: Path) -> None:
        colgen.build("invoicing", out=tmp_path / "data", tables=["customers"])
        before = files_in(tmp_path / "data")
        with pytest.raises(TargetError, match="add --overwrite"):
            colgen.merge(shares, out=tmp_path / "data")
        assert files_in(tmp_path / "data") == before
        colgen.merge(shares, out=tmp_path / "data", overwrite=True)
        assert files_in(tmp_path / "data") != before


def test_a_rule_that_does_not_hold_publishes_nothing(shares: Path, tmp_path: Path) -> None:
    first, second = (part_of(shares / "part-1-of-3", "customers", number) for number in (0, 1))
    damaged = first.read_bytes()
    for folder in shares.iterdir():
        for path in folder.glob("customers/part-*"):
            path.write_bytes(damaged)
        entries = {path.name: path.stat().st_size for path in folder.glob("customers/part-*")}
        forge(
            folder,
            lambda content, entries=entries: [
                part.update(bytes=entries[part["file"].rpartition("/")[2]]) for part in content["tables"]["customers"]["parts"]
            ],
        )
    assert second.read_bytes() == damaged
    with pytest.raises(colgen.ColgenError, match="checks failed"):
        colgen.merge(shares, out=tmp_path / "data", check=True)
    assert not (tmp_path / "data").exists()


class TestAShareIsNotABuild:
    def test_it_is_not_checked_as_it_is_made(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="a share is not checked alone"):
            colgen.build("invoicing", out=tmp_path / "data", part="1/2", check=True)

    def test_it_goes_into_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(RequestError, match="part= is for a folder"):
            colgen.build("invoicing", out=tmp_path / "shop.duckdb", part="1/2")

    @pytest.mark.parametrize("name", ["check", "verify", "report", "diff"])
    def test_it_is_not_read_as_one(self, shares: Path, name: str) -> None:
        folder = shares / "part-1-of-3"
        arguments = {"report": ("customer_summary", folder), "diff": (folder, folder)}.get(name, (folder,))
        done = command(name, *arguments)
        assert (done.returncode, "holds the share 1/3 of a build; merge" in done.stderr) == (2, True), done.stderr

    def test_it_is_cleaned_up_like_one(self, shares: Path) -> None:
        assert command("cleanup", shares / "part-1-of-3", "--confirm", "DELETE_ALL_MOCK_DATA").returncode == 0
        assert sorted(os.listdir(shares)) == ["part-2-of-3", "part-3-of-3"]


def test_the_commands(made: Path, tmp_path: Path) -> None:
    request = ("--set", "customers=40", "--set", "invoices=60")
    for number in (1, 2):
        done = command("build", "invoicing", *request, "--part", f"{number}/2", "--out", tmp_path / "shares")
        assert done.returncode == 0, done.stderr
    folders = [tmp_path / "shares" / f"part-{number}-of-2" for number in (2, 1)]
    done = command("merge", *folders, "--out", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert files_in(tmp_path / "data") == files_in(made / "whole")
    done = command("merge", folders[0], "--out", tmp_path / "other")
    assert (done.returncode, done.stderr) == (2, "colgen: 1 of 2 shares are missing: 1/2; build them with --part, and merge again\n")
