"""A build in shares, each put into a bucket: there they are merged, and no part is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.errors import ColgenError, RequestError, TargetError
from colgen.pipeline import cleanup
from colgen.targets.manifest import LOAD_SQL, NAME
from colgen.targets.objects.bucket import Bucket
from tests.object_store import BUCKET, Proxy
from tests.support import colgen as command
from tests.support import refused, thorough
from tests.targets.objects import SHOP, Meanwhile, build, objects, parts


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 300)


@pytest.fixture
def shares(prefix: str) -> str:
    """Three shares below a prefix."""
    for number in (1, 2, 3):
        build(f"{prefix}/shares", part=f"{number}/3")
    return f"{prefix}/shares"


def merge(shares: str, out: str, **more: Any) -> colgen.Summary:
    return colgen.merge(shares, out=out, model=SHOP, **more)


def test_the_shares_together_are_the_build_to_the_byte(shares: str, prefix: str, proxy: Proxy) -> None:
    before = objects(shares)
    proxy.requests.clear()
    summary = merge(shares, f"{prefix}/data", check=True)
    assert {path.rpartition("/")[2].partition("?")[0] for method, path in proxy.requests if method == "GET" and "/shares/" in path} == {
        NAME
    }
    build(f"{prefix}/whole")
    merged, whole = objects(f"{prefix}/data"), objects(f"{prefix}/whole")
    assert merged.keys() == whole.keys()
    assert {name for name in whole if merged[name] != whole[name]} == {LOAD_SQL}
    assert objects(shares) == before
    assert summary.parts == len(parts(f"{prefix}/data"))
    assert summary.outcomes is not None
    assert all(outcome.holds for outcome in summary.outcomes)


def test_a_share_that_is_asked_for_again_is_not_made_again(shares: str) -> None:
    before = {name: entry.modified for name, entry in Bucket(shares).entries() if "/part-" in name.partition("/")[2]}
    summary = build(shares, part="2/3")
    assert summary.kept == summary.parts > 0
    assert {name: entry.modified for name, entry in Bucket(shares).entries() if name in before} == before
    with refused("holds a finished build", error=TargetError):
        build(shares, part="2/3", seed=1)


def test_of_a_share_that_is_asked_for_again_a_missing_part_is_made_again(shares: str) -> None:
    before = objects(shares)
    Bucket(shares).delete([next(name for name in before if name.startswith("part-2-of-3/orders/part-"))])
    assert build(shares, part="2/3").kept == 0  # its only task makes orders and their lines
    assert objects(shares) == before


class TestRefused:
    def refused(self, shares: str, *words: str, out: str | None = None) -> None:
        with refused(*words, error=RequestError):
            merge(shares, out or f"{shares}-merged")

    def test_shares_of_which_one_is_missing(self, shares: str) -> None:
        cleanup.remove(f"{shares}/part-2-of-3", None, cleanup.CONFIRMATION)
        self.refused(shares, "1 of 3 shares are missing: 2/3")

    def test_one_with_a_part_that_is_gone(self, shares: str) -> None:
        Bucket(shares).delete([name := next(name for name in objects(shares) if name.startswith("part-2-of-3/lines/part-"))])
        self.refused(shares, "part-2-of-3', the share 2/3, is damaged", f"{name.removeprefix('part-2-of-3/')} is missing")

    @thorough
    def test_one_with_a_part_that_is_longer(self, shares: str) -> None:
        name = next(name for name in objects(shares) if name.startswith("part-2-of-3/lines/part-"))
        Bucket(shares).put(name, objects(shares)[name] + b"more")
        self.refused(shares, "the share 2/3, is damaged", "bytes, not")

    def test_a_prefix_without_one(self, prefix: str) -> None:
        self.refused(prefix, "holds no share of a build")

    def test_a_whole_build(self, prefix: str) -> None:
        build(prefix)
        self.refused(prefix, "holds a whole build, not a share")

    def test_another_bucket_or_a_folder(self, shares: str, tmp_path: Path) -> None:
        self.refused(shares, "merged where they lie", f"s3://{BUCKET} and s3://other", out="s3://other/data")
        self.refused(shares, "merged where they lie", f"a folder and s3://{BUCKET}", out=str(tmp_path / "data"))
        self.refused(str(tmp_path), "merged where they lie", out=f"{shares}-merged")

    def test_one_of_the_shares_themselves(self, shares: str) -> None:
        self.refused(shares, "holds one of the shares", out=f"{shares}/part-1-of-3")

    def test_a_share_is_not_read_as_a_build(self, shares: str) -> None:
        with refused("holds the share 1/3 of a build; merge", error=RequestError):
            colgen.check(f"{shares}/part-1-of-3")


def test_a_build_that_is_there_is_replaced_only_if_that_is_asked_for(shares: str, prefix: str) -> None:
    build(f"{prefix}/data", format="csv")
    Bucket(f"{prefix}/data").put("notes.txt", b"mine")
    before = objects(f"{prefix}/data")
    with refused("finished build", "--overwrite", error=TargetError):
        merge(shares, f"{prefix}/data")
    assert objects(f"{prefix}/data") == before
    merge(shares, f"{prefix}/data", overwrite=True)
    assert {name.rpartition(".")[2] for name in parts(f"{prefix}/data")} == {"parquet"}
    assert objects(f"{prefix}/data")["notes.txt"] == b"mine"
    assert not [name for name in objects(f"{prefix}/data") if name.startswith(".colgen")]


def test_one_that_is_published_meanwhile_wins(shares: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Meanwhile(lambda: build(f"{prefix}/data", format="csv"), str)
    copy = Bucket.copy
    monkeypatch.setattr(Bucket, "copy", lambda self, name, to: (other(to), copy(self, name, to)))
    with refused("another build", "published", error=TargetError):
        merge(shares, f"{prefix}/data")
    assert {name.rpartition(".")[2] for name in parts(f"{prefix}/data")} == {"csv"}
    assert not [name for name in objects(f"{prefix}/data") if name.startswith(".colgen")]


class TestOneThatIsKilled:
    @pytest.fixture(autouse=True)
    def killed(self, shares: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a merge leaves that comes no further than its parts."""
        with monkeypatch.context() as patch:
            patch.setattr("colgen.targets.objects.journal.Journal.remove", lambda self: None)
            patch.setattr("colgen.targets.objects.merging.publish", None)
            with pytest.raises(TypeError):
                merge(shares, f"{prefix}/data")
        assert parts(f"{prefix}/data")
        assert NAME not in objects(f"{prefix}/data")

    def test_is_taken_over_by_the_next(self, shares: str, prefix: str) -> None:
        merge(shares, f"{prefix}/data")
        assert not [name for name in objects(f"{prefix}/data") if name.startswith(".colgen")]
        assert NAME in objects(f"{prefix}/data")

    def test_is_known_to_cleanup(self, prefix: str) -> None:
        cleanup.remove(f"{prefix}/data", None, cleanup.CONFIRMATION, only_leftovers=True)
        assert objects(f"{prefix}/data") == {}


def test_an_error_leaves_nothing(shares: str, prefix: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(self: Bucket, name: str, to: str) -> None:
        raise ColgenError("the store refuses")

    monkeypatch.setattr(Bucket, "copy", refuses)
    with refused("the store refuses", error=ColgenError):
        merge(shares, f"{prefix}/data")
    assert objects(f"{prefix}/data") == {}


@thorough
def test_the_commands(prefix: str) -> None:
    request = ("--set", "customers=40", "--set", "invoices=60")
    for number in (1, 2):
        done = command("build", "invoicing", *request, "--part", f"{number}/2", "--out", f"{prefix}/shares")
        assert done.returncode == 0, done.stderr
    done = command("merge", f"{prefix}/shares/part-2-of-2", f"{prefix}/shares/part-1-of-2", "--out", f"{prefix}/data", "--check")
    assert done.returncode == 0, done.stderr
    assert command("build", "invoicing", *request, "--out", f"{prefix}/whole").returncode == 0
    assert parts(f"{prefix}/data") == parts(f"{prefix}/whole")
    assert objects(f"{prefix}/data")[NAME] == objects(f"{prefix}/whole")[NAME]


def test_shares_that_were_counted_first_are_the_same(shares: str, prefix: str) -> None:
    for number in (1, 2, 3):
        build(f"{prefix}/counted", part=f"{number}/3", count=True)
    assert sorted(objects(f"{prefix}/counted")) == [f"part-{number}-of-3.count.json" for number in (1, 2, 3)]
    events: list[Any] = []
    for number in (3, 1, 2):
        build(f"{prefix}/counted", part=f"{number}/3", progress=events.append)
    assert any("2 of 2 shares before this one are counted already" in str(event) for event in events)
    merge(f"{prefix}/counted", f"{prefix}/data")
    merge(shares, f"{prefix}/other")
    counted, other = objects(f"{prefix}/data"), objects(f"{prefix}/other")
    assert {name for name in counted.keys() | other.keys() if counted.get(name) != other.get(name)} == {LOAD_SQL}
