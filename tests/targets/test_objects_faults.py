"""What networks and servers do to a build into object storage: each fault by a real proxy in front of a real server."""

from __future__ import annotations

import numpy as np
import pytest
import xxhash

from colgen import ColgenError, TargetError
from colgen.targets.manifest import NAME
from colgen.targets.objects.bucket import PIECE, Bucket, Conflict
from colgen.targets.objects.file import ObjectFile
from tests.object_store import Fault, Proxy
from tests.support import first_of, refused, thorough
from tests.targets.objects import build, manifest, objects, parts


def test_a_lost_answer_to_the_manifests_put_is_still_a_success(prefix: str, proxy: Proxy) -> None:
    proxy.faults = [Fault("lost", "PUT", NAME)]
    build(prefix)
    assert proxy.faults[0].times == 0
    assert set(parts(prefix)) == {name for name in manifest(prefix).files if "/" in name}
    assert not [name for name in objects(prefix) if name.startswith(".colgen")]


@thorough
def test_so_it_is_where_a_build_is_replaced(prefix: str, proxy: Proxy) -> None:
    build(prefix)
    proxy.faults = [Fault("lost", "PUT", NAME)]
    build(prefix, overwrite=True, format="csv")
    assert proxy.faults[0].times == 0
    assert {name.rpartition(".")[2] for name in parts(prefix)} == {"csv"}


def test_a_request_that_is_lost_itself_does_not_pass_for_one(prefix: str, proxy: Proxy) -> None:
    """The manifest's put is cut off, and another build is published before it is sent again."""
    proxy.faults = [Fault("cut", "PUT", NAME, then=lambda: build(prefix, format="csv"))]
    with refused("another build", "published", error=TargetError):
        build(prefix)
    assert manifest(prefix).spec.format == "csv"
    assert set(parts(prefix)) == {name for name in manifest(prefix).files if "/" in name}


@pytest.mark.parametrize("kind", first_of(["cut", "unavailable", "slow", "lost"]))
def test_a_fault_at_every_kind_of_request_changes_nothing(prefix: str, proxy: Proxy, kind: str) -> None:
    build(prefix)
    expected = objects(prefix)
    proxy.faults = [
        Fault(kind, "PUT", "/orders/part-"),
        Fault(kind, "PUT", "/.colgen/building-"),
        Fault(kind, "GET", "list-type=2"),
        Fault(kind, "GET", NAME),
    ]
    build(f"{prefix}x")
    assert all(fault.times == 0 for fault in proxy.faults)
    made = objects(f"{prefix}x")
    assert {name: made[name] for name in made if name != "load.sql"} == {name: expected[name] for name in expected if name != "load.sql"}


def test_a_store_that_refuses_is_said_and_nothing_is_left(prefix: str, proxy: Proxy) -> None:
    proxy.faults = [Fault("forbidden", "PUT", "/lines/part-", times=99)]
    with refused("refuses these credentials", error=ColgenError) as caught:
        build(prefix)
    assert "Debug source" not in str(caught.value)
    assert objects(prefix) == {}


class TestAnUploadInPieces:
    DATA = np.random.default_rng(1).integers(0, 256, 2 * PIECE + 12_345, dtype=np.uint8).tobytes()

    @pytest.mark.parametrize("kind", first_of(["cut", "unavailable", "lost"]))
    def test_a_piece_that_is_lost_is_sent_again(self, prefix: str, proxy: Proxy, kind: str) -> None:
        proxy.faults = [Fault(kind, "PUT", "partNumber=2")]
        file = ObjectFile(Bucket(prefix), "orders/part-00000-0a1b2c3d.parquet")
        for first in range(0, len(self.DATA), 100_000):
            file.write(self.DATA[first : first + 100_000])
        file.close()
        assert proxy.faults[0].times == 0
        assert Bucket(prefix).digest("orders/part-00000-0a1b2c3d.parquet") == file.digest == xxhash.xxh3_128_hexdigest(self.DATA)
        assert file.size == len(self.DATA)

    def test_it_is_not_there_before_it_is_closed_nor_once_it_is_abandoned(self, prefix: str, proxy: Proxy) -> None:
        file = ObjectFile(Bucket(prefix), "orders/part-00000-0a1b2c3d.parquet")
        file.write(self.DATA)
        assert objects(prefix) == {}
        file.discard()
        file.write(b"more")
        file.close()
        assert objects(prefix) == {}
        assert ("DELETE") in {method for method, path in proxy.requests if "uploadId" in path}

    def test_what_was_given_may_be_changed_at_once(self, prefix: str, proxy: Proxy) -> None:
        proxy.faults = [Fault("slow", "PUT", "partNumber=1")]
        file, memory = ObjectFile(Bucket(prefix), "a/part-00000-0a1b2c3d.csv"), bytearray(self.DATA[:PIECE])
        file.write(memory)
        memory[:] = bytes(len(memory))
        file.write(self.DATA[PIECE:])
        file.close()
        assert Bucket(prefix).read("a/part-00000-0a1b2c3d.csv") == self.DATA


class TestAConditionalPut:
    def test_it_creates_an_object_once(self, prefix: str) -> None:
        bucket = Bucket(prefix)
        bucket.put_if("m", b"first", None)
        with pytest.raises(Conflict):
            bucket.put_if("m", b"second", None)
        assert bucket.read("m") == b"first"

    def test_it_replaces_the_version_that_was_read_alone(self, prefix: str) -> None:
        bucket = Bucket(prefix)
        version = bucket.put_if("m", b"first", None)
        bucket.put_if("m", b"second", version)
        with pytest.raises(Conflict):
            bucket.put_if("m", b"third", version)
        assert bucket.read("m") == b"second"

    def test_it_replaces_nothing_that_is_gone(self, prefix: str) -> None:
        bucket = Bucket(prefix)
        version = bucket.put_if("m", b"first", None)
        bucket.delete(["m"])
        with pytest.raises(Conflict):
            bucket.put_if("m", b"second", version)
        assert objects(prefix) == {}
