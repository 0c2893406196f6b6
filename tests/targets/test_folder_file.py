"""The file that a part is written to holds what it was given, knows its size and digest, and hands it to the disk bit by bit."""

from __future__ import annotations

import ctypes
import errno
import gc
import io
import os
import stat
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen
from colgen.draws.draw import Draw, key
from colgen.formats import find_format
from colgen.targets import manifest
from colgen.targets.folder import file
from colgen.targets.folder.file import OutputFile
from colgen.values.batch import batches_of
from tests import support

law = settings(max_examples=100)


KINDS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "a bytearray": bytearray,
    "a view": memoryview,
    "an array of NumPy": lambda data: np.frombuffer(data, np.uint8),
    "an Arrow buffer": pa.py_buffer,
}


def noise(size: int) -> bytes:
    """Bytes that nobody would guess."""
    return Draw(key("noise"), 1, size // 8 + 1).bits().tobytes()[:size]


def without_hints() -> None:
    return None


@pytest.fixture(params=["hints", "none to be had"])
def _any_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that knows sync_file_range, if this one does, and one that does not."""
    if request.param == "none to be had":
        monkeypatch.setattr(file, "_sync_file_range", without_hints)


def holds(path: Path, written: OutputFile, data: bytes) -> None:
    assert path.read_bytes() == data
    assert written.size == len(data)
    assert written.digest == xxhash.xxh3_128_hexdigest(data)


chunks = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(sorted(KINDS))), max_size=30)


@law
@given(
    sizes=st.lists(st.integers(0, 40), max_size=40),
    step=st.integers(1, 60),
    pieces=st.integers(1, 10),
    taken=st.sampled_from([None, 0, 1, 7, 1000]),
)
def test_pieces_are_written_one_after_the_other_however_many_the_system_takes(
    sizes: list[int], step: int, pieces: int, taken: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """taken : so many bytes of each call; None where the system has no such call"""
    path, data = tmp_path_factory.mktemp("law") / "part", noise(40 * 40)
    ends = np.cumsum([0, *sizes]).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "_STEP", step)
        patch.setattr(file, "_PIECES", pieces)
        if taken is None:
            patch.delattr(os, "writev")
        else:
            patch.setattr(os, "writev", lambda handle, views: os.write(handle, b"".join(views)[:taken]))
        written = OutputFile(path)
        written.writelines(data[low:high] for low, high in pairwise(ends))
        written.close()
    holds(path, written, data[: ends[-1]])


@law
@given(chunks=chunks, step=st.integers(1, 60), hints=st.booleans())
def test_a_file_holds_the_bytes_it_was_given_however_they_are_cut(
    chunks: list[tuple[int, str]], step: int, hints: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, data = tmp_path_factory.mktemp("law") / "part", noise(40 * 30)
    given_so_far = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "_STEP", step)
        if not hints:
            patch.setattr(file, "_sync_file_range", without_hints)
        written = OutputFile(path)
        for many, kind in chunks:
            assert written.write(KINDS[kind](data[given_so_far : given_so_far + many])) == many
            given_so_far += many
            assert written.tell() == written.size == given_so_far
        written.close()
    holds(path, written, data[:given_so_far])


@law
@given(sizes=st.lists(st.integers(0, 40), max_size=10), at_once=st.integers(1, 7))
def test_what_the_system_takes_only_in_part_is_written_in_several_goes(
    sizes: list[int], at_once: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, data, write = tmp_path_factory.mktemp("law") / "part", noise(sum(sizes)), os.write
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file.os, "write", lambda handle, view: write(handle, view[:at_once]))
        written, begin = OutputFile(path), 0
        for many in sizes:
            assert written.write(data[begin : begin + many]) == many
            begin += many
        written.close()
    holds(path, written, data)


@pytest.mark.usefixtures("_any_system")
@pytest.mark.parametrize(
    "pieces",
    support.first_of(
        [[file._STEP - 1, 2, file._STEP], [7_000_001, 0, 5], [3 * file._STEP + 1], [file._STEP] * 3, [1 << 20] * 9],
        quick=2,
    ),
    ids=["around a step", "unevenly", "at once", "by steps", "in smaller pieces"],
)
def test_a_large_file_is_whole(pieces: list[int], tmp_path: Path) -> None:
    data, begin = noise(sum(pieces)), 0
    written = OutputFile(tmp_path / "part")
    for many in pieces:
        written.write(data[begin : begin + many])
        begin += many
    written.close()
    holds(tmp_path / "part", written, data)


@pytest.mark.usefixtures("_any_system")
def test_an_empty_file_is_a_file() -> None:
    written = OutputFile(Path("/dev/null"))
    written.close()
    assert written.size == written.tell() == 0
    assert written.digest == xxhash.xxh3_128_hexdigest(b"")


def test_values_of_any_width_are_written_as_their_bytes(tmp_path: Path) -> None:
    numbers = np.arange(12).reshape(3, 4)
    written = OutputFile(tmp_path / "part")
    assert written.write(numbers) == numbers.nbytes
    written.close()
    holds(tmp_path / "part", written, numbers.tobytes())


def test_size_and_digest_are_known_while_it_is_written(tmp_path: Path) -> None:
    written = OutputFile(tmp_path / "part")
    for so_far in (b"a", b"ab", b"abc"):
        written.write(so_far[-1:])
        assert written.size == len(so_far)
        assert written.digest == xxhash.xxh3_128_hexdigest(so_far)
    written.close()


def test_what_was_there_before_is_gone(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"a longer text")
    written = OutputFile(tmp_path / "part")
    written.write(b"short")
    written.close()
    holds(tmp_path / "part", written, b"short")


def test_others_may_read_it_as_any_new_file(tmp_path: Path) -> None:
    OutputFile(tmp_path / "part").close()
    (tmp_path / "other").touch()
    assert stat.S_IMODE((tmp_path / "part").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_it_is_for_writing_only(tmp_path: Path) -> None:
    with OutputFile(tmp_path / "part") as written:
        assert written.writable()
        assert not written.readable()
        assert not written.seekable()


def test_it_may_be_closed_twice(tmp_path: Path) -> None:
    written = OutputFile(tmp_path / "part")
    written.write(b"all")
    written.close()
    written.close()
    assert written.closed
    holds(tmp_path / "part", written, b"all")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc")
def test_closing_gives_its_handle_back(tmp_path: Path) -> None:
    def open_files() -> list[str]:
        handles = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
        return [found for handle in handles if os.path.lexists(handle) and (found := os.readlink(handle)).startswith(str(tmp_path))]

    kept = OutputFile(tmp_path / "kept")
    OutputFile(tmp_path / "closed").close()
    OutputFile(tmp_path / "forgotten")
    gc.collect()
    assert open_files() == [str(tmp_path / "kept")]
    kept.close()
    assert open_files() == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        OutputFile(tmp_path / "nowhere" / "part")
    gc.collect()  # what was not opened need not be closed


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    written = OutputFile(Path("/dev/full"))
    with pytest.raises(OSError, match="No space left") as error:
        written.write(b"too much")
    assert error.value.errno == errno.ENOSPC
    written.close()


class Hints:
    """What the system was told: of which bytes, and what to do with them."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int]] = []

    def sync(self, handle: int, begin: int, size: int, flags: int) -> int:
        self.told.append(({file._WRITE: "begin", file._WAIT: "wait"}[flags], begin, size))
        return 0

    def advise(self, handle: int, begin: int, size: int, advice: int) -> None:
        self.told.append(("forget", begin, size))

    def of(self, what: str) -> list[tuple[int, int]]:
        return [(begin, size) for told, begin, size in self.told if told == what and size]


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hints]:
    found = Hints()
    monkeypatch.setattr(file, "_sync_file_range", lambda: found.sync)
    monkeypatch.setattr(file.os, "posix_fadvise", found.advise, raising=False)
    monkeypatch.setattr(file.os, "POSIX_FADV_DONTNEED", 4, raising=False)
    monkeypatch.setattr(file, "_STEP", 100)
    return found


def covers(ranges: list[tuple[int, int]], size: int) -> bool:
    """Whether ranges cover all of a file once, in order."""
    ends = [0]
    for begin, many in ranges:
        if begin != ends[-1]:
            return False
        ends.append(begin + many)
    return ends[-1] == size


@law
@given(sizes=st.lists(st.integers(0, 250), max_size=20))
def test_all_of_a_file_of_several_steps_is_handed_over_once(sizes: list[int]) -> None:
    found = Hints()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "_sync_file_range", lambda: found.sync)
        patch.setattr(file.os, "posix_fadvise", found.advise, raising=False)
        patch.setattr(file.os, "POSIX_FADV_DONTNEED", 4, raising=False)
        patch.setattr(file, "_STEP", 100)
        written = OutputFile(Path(os.devnull))
        for many in sizes:
            written.write(bytes(many))
        written.close()
    if sum(sizes) < 100:
        assert found.told == []
    for what in ("begin", "wait", "forget") if found.told else ():
        assert covers(found.of(what), sum(sizes)), what


def test_a_step_is_waited_for_when_the_next_one_is_handed_over(hints: Hints) -> None:
    written = OutputFile(Path(os.devnull))
    for _ in range(3):
        written.write(bytes(100))
    assert hints.told == [
        ("begin", 0, 100),
        *[("begin", 100, 100), ("wait", 0, 100), ("forget", 0, 100)],
        *[("begin", 200, 100), ("wait", 100, 100), ("forget", 100, 100)],
    ]
    written.close()
    assert hints.of("forget")[-1] == (200, 100)


def test_a_small_file_stays_in_the_cache(hints: Hints) -> None:
    written = OutputFile(Path(os.devnull))
    written.write(bytes(99))
    written.close()
    assert hints.told == []


def test_a_hint_that_is_refused_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_sync_file_range", lambda: lambda *arguments: -1)
    monkeypatch.setattr(file, "_STEP", 10)
    written = OutputFile(tmp_path / "part")
    written.write(b"more than one step, and then some")
    written.close()
    holds(tmp_path / "part", written, b"more than one step, and then some")


def test_a_system_other_than_linux_has_no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file.sys, "platform", "darwin")
    assert file._sync_file_range.__wrapped__() is None


def test_a_c_library_without_the_call_has_no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert file._sync_file_range.__wrapped__() is None


TABLE = pa.table({"id": pa.array(range(5000)), "name": pa.array([f"name {i}" for i in range(5000)])})


@pytest.mark.parametrize("format", ["parquet", "csv", "csv.gz", "csv.zst", "jsonl", "arrow"])
def test_every_format_writes_into_it_what_it_writes_into_memory(format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_STEP", 1000)
    memory = io.BytesIO()
    memory.close = lambda: None  # type: ignore[method-assign]  # some formats close what they write to
    on_disk = OutputFile(tmp_path / "part")
    for target in (memory, on_disk):
        part = find_format(format).open(target, TABLE.schema)  # type: ignore[arg-type]
        for batch in batches_of("notes", pa.Table.from_batches(TABLE.to_batches(1000))):
            part.write(batch)
        part.close()
    on_disk.close()
    holds(tmp_path / "part", on_disk, memory.getvalue())


@pytest.mark.usefixtures("_any_system")
@pytest.mark.parametrize("format", ["parquet", "csv", "jsonl", "arrow"])
def test_the_manifest_has_the_size_and_digest_of_each_part(format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_STEP", 1000)
    colgen.build("invoicing", volume="medium", out=tmp_path / "data", format=format)
    found = manifest.read(tmp_path / "data")
    parts = [part for table in found.tables.values() for part in table.parts]
    assert any(part.bytes > 5000 for part in parts)
    for part in parts:
        assert support.describe(tmp_path / "data", part.file, part.rows) == part


def test_bytes_are_the_same_with_hints_and_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    colgen.build("invoicing", volume="medium", out=tmp_path / "with")
    monkeypatch.setattr(file, "_sync_file_range", without_hints)
    colgen.build("invoicing", volume="medium", out=tmp_path / "without")
    assert (tmp_path / "with" / "manifest.json").read_bytes() == (tmp_path / "without" / "manifest.json").read_bytes()
    assert pq.read_table(tmp_path / "without" / "invoices").num_rows == 300


def test_a_part_that_was_given_up_writes_into_no_other_file(tmp_path: Path) -> None:
    abandoned = OutputFile(tmp_path / "abandoned")
    writer = find_format("parquet").open(abandoned, pa.schema([pa.field("id", pa.int64())]))
    handle = abandoned._handle
    abandoned.close()
    other = OutputFile(tmp_path / "other")
    assert other._handle == handle, "the system gives the lowest number that is free"
    writer.close()
    other.close()
    assert (tmp_path / "other").read_bytes() == b""
