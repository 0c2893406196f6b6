"""A build into object storage: what lies there, who wins, and what is never touched."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import colgen as package
from colgen import RequestError, TargetError
from colgen.engines.progress import Started, no_rows
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.targets.manifest import NAME
from colgen.targets.objects import bucket
from colgen.targets.objects.bucket import Bucket
from colgen.targets.objects.target import ROW_GROUP_BYTES, ObjectsTarget
from tests.object_store import CREDENTIALS
from tests.support import first_of, refused, thorough
from tests.targets.objects import SHOP, Meanwhile, build, manifest, objects, parts


@pytest.mark.parametrize("format", first_of(["parquet", "csv", "jsonl", "arrow", "csv.gz"], 1))
def test_the_bytes_are_those_of_the_same_build_into_a_folder(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 300)
    summary = build(prefix, format=format)
    row_group = ROW_GROUP_BYTES if format == "parquet" else None
    package.build(SHOP, out=tmp_path / "data", format=format, row_group=row_group)
    folder = {str(path.relative_to(tmp_path / "data")): path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    there = objects(prefix)
    assert there.keys() == folder.keys()
    assert {name for name in folder if folder[name] != there[name]} == {"load.sql"}
    assert summary.parts == len(parts(prefix))


def test_a_load_sql_names_the_objects(prefix: str) -> None:
    build(prefix)
    assert f"'{prefix}/orders/part-" in Bucket(prefix).read("load.sql").decode()


@thorough
def test_no_credential_is_written_down(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "f2c1d0b7a9e84d36"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    build(prefix)
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] != secret
    assert not any(secret.encode() in data for data in objects(prefix).values())


@thorough
def test_row_groups_are_those_that_were_asked_for(prefix: str) -> None:
    build(prefix, row_group="32MiB")
    assert manifest(prefix).spec.row_group_bytes == 32 << 20


class TestABuildThatIsThere:
    @thorough
    def test_it_is_not_replaced(self, prefix: str) -> None:
        build(prefix)
        before = objects(prefix)
        with refused("finished build", "--overwrite", error=TargetError):
            build(prefix, seed=1)
        assert objects(prefix) == before

    def test_with_overwrite_it_is_and_its_parts_go(self, prefix: str) -> None:
        build(prefix)
        build(prefix, overwrite=True, format="csv")
        assert {name.rpartition(".")[2] for name in parts(prefix)} == {"csv"}
        assert manifest(prefix).spec.format == "csv"
        assert not [name for name in objects(prefix) if name.startswith(".colgen")]

    def test_the_same_build_again_is_the_same(self, prefix: str) -> None:
        build(prefix)
        before = objects(prefix)
        build(prefix, overwrite=True)
        assert objects(prefix) == before

    def test_a_part_that_was_changed_stays(self, prefix: str) -> None:
        build(prefix)
        Bucket(prefix).put(name := next(iter(parts(prefix))), b"mine")
        with refused(name, "has changed", error=TargetError):
            build(prefix, overwrite=True, format="csv")
        assert objects(prefix)[name] == b"mine"

    @thorough
    def test_a_manifest_of_another_stays(self, prefix: str) -> None:
        Bucket(prefix).put(NAME, b"{}")
        with refused("was not written by colgen", error=TargetError):
            build(prefix, overwrite=True)
        assert objects(prefix) == {NAME: b"{}"}


class TestObjectsOfOthers:
    def test_they_stay(self, prefix: str) -> None:
        Bucket(prefix).put("orders/notes.txt", b"mine")
        build(prefix)
        build(prefix, overwrite=True, format="csv")
        assert objects(prefix)["orders/notes.txt"] == b"mine"

    def test_where_a_part_would_lie_they_are_in_the_way(self, prefix: str) -> None:
        build(prefix)
        name = next(iter(parts(prefix)))
        other = f"{prefix}x"
        Bucket(other).put(name, b"mine")
        with refused(name, "was not written by colgen", error=TargetError):
            build(other)
        assert objects(other) == {name: b"mine"}


class TestTwoBuilds:
    """Two builds into one prefix, the second of which is published while the first goes on."""

    def test_the_one_that_is_published_first_wins(self, prefix: str) -> None:
        with refused("another build", "published", error=TargetError):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix), progress=Meanwhile(lambda: build(prefix, format="csv")))
        assert manifest(prefix).spec.format == "csv"
        assert set(parts(prefix)) == {name for name in manifest(prefix).files if "/" in name}
        assert not [name for name in objects(prefix) if name.startswith(".colgen")]

    @thorough
    def test_so_does_one_that_is_published_before_the_other_has_written(self, prefix: str) -> None:
        with refused("another build", "published", error=TargetError):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix), progress=Meanwhile(lambda: build(prefix, format="csv"), Started))
        assert manifest(prefix).spec.format == "csv"

    def test_nor_do_two_replace_one_build(self, prefix: str) -> None:
        build(prefix, format="jsonl")
        meanwhile = Meanwhile(lambda: build(prefix, format="csv", overwrite=True))
        with refused("another build", "published", error=TargetError):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix, overwrite=True), progress=meanwhile)
        assert set(parts(prefix)) == {name for name in manifest(prefix).files if "/" in name}

    def test_two_of_the_same_request_do_not_go_on_at_once(self, prefix: str) -> None:
        tried = []

        def build_too() -> None:
            with refused("same request", "--resume", "cleanup", error=TargetError) as caught:
                build(prefix)
            tried.append(caught)

        conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix), threads=1, progress=Meanwhile(build_too))
        assert len(tried) == 1
        assert set(parts(prefix)) == {name for name in manifest(prefix).files if "/" in name}


def interrupt() -> None:
    raise KeyboardInterrupt


class TestAnErrorAmidABuild:
    def test_nothing_is_left(self, prefix: str) -> None:
        Bucket(prefix).put("mine.txt", b"mine")
        with pytest.raises(KeyboardInterrupt):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix), threads=1, progress=Meanwhile(interrupt))
        assert objects(prefix) == {"mine.txt": b"mine"}

    @thorough
    def test_the_build_that_was_to_be_replaced_is_whole(self, prefix: str) -> None:
        build(prefix)
        before = objects(prefix)
        with pytest.raises(KeyboardInterrupt):
            conduct(Spec.of(SHOP), SHOP, ObjectsTarget(prefix, overwrite=True), threads=1, progress=Meanwhile(interrupt))
        assert objects(prefix) == before


class TestAWorkerOnAnotherMachine:
    """It has credentials of its own; where the store is, it may be told."""

    def test_it_is_told_where_the_store_is_and_no_secret(self, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "f2c1d0b7a9e84d36")
        endpoint = os.environ["AWS_ENDPOINT_URL"]
        sent = pickle.dumps(Bucket(prefix))
        assert endpoint.encode() in sent
        assert b"f2c1d0b7a9e84d36" not in sent
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        pickle.loads(sent).put("note", b"from elsewhere")
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert objects(prefix) == {"note": b"from elsewhere"}

    def test_what_its_own_environment_says_takes_precedence(self, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        sent, endpoint = Bucket(prefix), "http://127.0.0.1:10"
        assert sent._store.config["endpoint"] == "http://127.0.0.1:9"  # type: ignore[union-attr]
        bucket._open.cache_clear()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        assert pickle.loads(pickle.dumps(sent))._store.config["endpoint"] == endpoint

    def test_an_account_of_azure_is_where_a_store_is(self, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "shop")
        sent = pickle.dumps(Bucket("az://container/data"))
        monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME")
        assert pickle.loads(sent)._store.config["account_name"] == "shop"

    def test_an_endpoint_with_a_password_is_refused(self, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "https://ann:geheim@store.example")
        with refused("AWS_ENDPOINT_URL", "no password", error=package.ColgenError) as caught:
            build(prefix)
        assert "geheim" not in str(caught.value)


class TestATask:
    """Of a build with all of its tasks done, but not published."""

    @pytest.fixture
    def work(self, prefix: str) -> Iterator[Callable[[], object]]:
        target, spec = ObjectsTarget(prefix), Spec.of(SHOP)
        generation = spec.generation(SHOP)
        planned = plan(target.accept(spec), generation)
        with target.hold():
            target.refuse(planned, SHOP)
            (task, *more), job = target.stage(planned, generation, 1, lambda event: None), target.job()
            for each in (task, *more):
                target.add(job(each, lambda: False, no_rows))
            self.target = target
            yield lambda: job(task.with_first_ids(generation), lambda: False, no_rows)

    def test_done_twice_it_is_as_if_it_were_done_once(self, prefix: str, work: Callable[[], object]) -> None:
        before = objects(prefix)
        work()
        assert objects(prefix) == before

    def test_of_a_build_that_has_ended_it_puts_nothing(self, prefix: str, work: Callable[[], object]) -> None:
        """As a worker does that was cut off for a while."""
        self.target.load(1, lambda event: None)
        self.target.publish(lambda event: None)
        Bucket(prefix).delete(objects(prefix))
        with refused("resumed or removed", "another store", error=TargetError):
            work()
        assert objects(prefix) == {}


def test_a_part_that_is_not_as_it_was_made_is_not_published(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load = ObjectsTarget.load

    def harmed(self: ObjectsTarget, *more: Any) -> None:
        load(self, *more)
        self.bucket.delete([next(iter(parts(prefix)))])

    monkeypatch.setattr(ObjectsTarget, "load", harmed)
    with refused("kinds/part-", "removed or changed", error=TargetError):
        build(prefix)
    assert objects(prefix) == {}


def test_a_bucket_that_is_not_there_is_said(prefix: str) -> None:
    with refused("no such bucket", error=package.ColgenError):
        build("s3://no-such-bucket-here/data")


@pytest.mark.parametrize(
    "url", ["s3://AKIA:geheim@bucket/data", "gs://geheim@bucket/data", "az://bucket/data?sig=geheim", "s3://bucket/a?b"]
)
def test_credentials_in_a_url_are_refused_and_not_shown(url: str) -> None:
    with refused("credentials", "environment", error=RequestError) as caught:
        build(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["s3://", "s3://Bucket/x", "s3://bu/x", "s3://bucket//x", "s3://bucket/../x", "s3://bucket/a%20b", "gs://b ucket"]
)
def test_what_is_not_a_prefix_is_refused(url: str) -> None:
    with refused("bucket|prefix", error=RequestError):
        build(url)


def test_what_a_database_has_means_nothing_for_objects(prefix: str) -> None:
    with refused("schema", "files", error=RequestError):
        build(prefix, schema="sales")


def test_the_manifest_is_what_a_folder_has(prefix: str, tmp_path: Path) -> None:
    build(prefix)
    package.build(SHOP, out=tmp_path / "data", row_group=ROW_GROUP_BYTES)
    assert json.loads(Bucket(prefix).read(NAME)) == json.loads((tmp_path / "data" / NAME).read_text())
