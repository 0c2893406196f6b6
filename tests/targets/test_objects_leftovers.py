"""What a killed build leaves in a bucket: known, resumed, removed, and nothing else with it."""

from __future__ import annotations

import json

import pytest

from colgen import RequestError, TargetError
from colgen.generate.spec import Spec
from colgen.pipeline import cleanup
from colgen.pipeline.cleanup import CONFIRMATION
from colgen.pipeline.conductor import conduct
from colgen.targets.manifest import NAME
from colgen.targets.objects.bucket import Bucket
from colgen.targets.objects.target import ObjectsTarget
from tests.support import colgen, refused, thorough
from tests.targets.objects import SHOP, Meanwhile, build, kill, manifest, objects, parts, resume


@pytest.fixture(autouse=True)
def many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 300)


class TestResuming:
    def test_complete_parts_are_taken_over(self, prefix: str) -> None:
        finished = kill(prefix, tasks=2)
        before = {name: entry.modified for name, entry in Bucket(prefix).entries() if name in finished}
        summary, notes = resume(prefix)
        assert summary.kept == len(finished) >= 2
        assert notes == [f"finished already: {summary.kept} of {summary.parts} parts"]
        assert {name: entry.modified for name, entry in Bucket(prefix).entries() if name in finished} == before
        build(other := f"{prefix}x")
        assert parts(prefix) == parts(other)
        assert not [name for name in objects(prefix) if name.startswith(".colgen")]

    def test_a_part_that_is_no_longer_what_was_written_is_made_again(self, prefix: str) -> None:
        finished = kill(prefix, tasks=2)
        name = next(name for name in finished if name.startswith("orders/"))
        data = objects(prefix)[name]
        Bucket(prefix).put(name, data[:-1] + bytes([data[-1] ^ 1]))
        summary, _ = resume(prefix)
        assert summary.kept < len(finished)
        assert objects(prefix)[name] == data

    @thorough
    def test_a_record_that_says_something_else_counts_for_nothing(self, prefix: str) -> None:
        kill(prefix, tasks=2)
        for name in objects(prefix):
            if name.startswith(".colgen/") and "building" not in name:
                record = json.loads(objects(prefix)[name])
                record["parts"] = [{**part, "rows": part["rows"] + 1} for part in record["parts"]]
                Bucket(prefix).put(name, json.dumps(record).encode())
        summary, _ = resume(prefix)
        assert summary.kept == 0

    def test_without_it_a_build_of_the_same_request_is_refused(self, prefix: str) -> None:
        kill(prefix)
        with refused("same request", "--resume", "cleanup", error=TargetError):
            build(prefix)

    @thorough
    def test_one_that_is_resumed_elsewhere_does_not_publish_itself(self, prefix: str) -> None:
        """Both write the same bytes, but only one of them may clear away."""
        with refused("resumed or removed", error=TargetError):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix), threads=1, progress=Meanwhile(lambda: resume(prefix)))
        assert set(parts(prefix)) == {name for name in manifest(prefix).files if "/" in name}


class TestCleanup:
    def test_leftovers_are_listed_with_what_they_are_of(self, prefix: str) -> None:
        finished = kill(prefix)
        lines = cleanup.listed(prefix)
        assert {line.partition(" ")[0] for line in lines} == {f"{prefix}/{name}" for name in objects(prefix)}
        assert all("bucket shop, volume small, since 20" in line and "has not ended" in line for line in lines)
        assert len(finished) >= 1

    def test_they_are_removed_and_the_finished_build_stays(self, prefix: str) -> None:
        build(prefix)
        Bucket(prefix).put("orders/mine.txt", b"mine")
        before = objects(prefix)
        kill(prefix, overwrite=True, format="csv")
        assert objects(prefix) != before
        removed = cleanup.remove(prefix, None, CONFIRMATION, only_leftovers=True)
        assert removed.objects > 2
        assert objects(prefix) == before

    def test_a_build_is_removed_with_them_and_nothing_else(self, prefix: str) -> None:
        build(prefix)
        kill(prefix, overwrite=True, format="csv")
        Bucket(prefix).put("orders/part-notes.txt", b"mine")
        with refused(CONFIRMATION, error=RequestError):
            cleanup.remove(prefix, None, None)
        cleanup.remove(prefix, None, CONFIRMATION)
        assert objects(prefix) == {"orders/part-notes.txt": b"mine"}
        with refused("holds nothing", error=RequestError):
            cleanup.listed(prefix)

    @thorough
    def test_parts_of_a_finished_build_that_a_killed_one_claims_stay(self, prefix: str) -> None:
        """The same build once more, killed amid it: its parts are those of the finished one."""
        build(prefix)
        before = objects(prefix)
        kill(prefix, overwrite=True)
        cleanup.remove(prefix, None, CONFIRMATION, only_leftovers=True)
        assert objects(prefix) == before

    def test_a_build_of_which_something_was_changed_is_left_alone(self, prefix: str) -> None:
        build(prefix)
        Bucket(prefix).put(name := next(iter(parts(prefix))), b"mine")
        before = objects(prefix)
        with refused(name, "has changed", error=TargetError):
            cleanup.remove(prefix, None, CONFIRMATION)
        assert objects(prefix) == before

    @thorough
    def test_where_a_manifest_cannot_be_read_nothing_is_removed(self, prefix: str) -> None:
        kill(prefix)
        Bucket(prefix).put(NAME, b"{}")
        before = set(objects(prefix))
        with refused("nobody knows", error=TargetError):
            cleanup.remove(prefix, None, CONFIRMATION, only_leftovers=True)
        assert set(objects(prefix)) == before

    @thorough
    def test_what_is_removed_meanwhile_is_not_resumed_nor_published(self, prefix: str) -> None:
        clean = Meanwhile(lambda: cleanup.remove(prefix, None, CONFIRMATION))
        with refused("resumed or removed", error=TargetError):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix), threads=1, progress=clean)

    def test_the_command_line_lists_before_it_removes(self, prefix: str) -> None:
        build(prefix)
        listed = colgen("cleanup", prefix)
        assert listed.stdout.splitlines() == [f"{prefix}/{name}" for name in manifest(prefix).files]
        assert "nothing was removed" in listed.stderr
        assert f"removed {len(objects(prefix))} objects" in colgen("cleanup", prefix, "--confirm", CONFIRMATION).stderr
        assert objects(prefix) == {}

    def test_leftovers_are_those_of_object_storage(self, tmp_path: object) -> None:
        with refused("leftovers", "object storage", error=RequestError):
            cleanup.listed(str(tmp_path), None, only_leftovers=True)
