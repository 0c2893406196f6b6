"""What a build says while it runs, what stops it, and what it leaves alone: the process that it runs in belongs to somebody else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import colgen
from colgen import Ended, Noted, RowsMade, StageStarted, Started
from colgen.engines import processes
from colgen.engines.progress import Event
from tests.support import ROOT, files_in, thorough


class TestProgress:
    """What happens arrives as data."""

    def events(self, out: Path, **options: object) -> list[Event]:
        events: list[Event] = []
        lock = threading.Lock()

        def note(event: Event) -> None:
            with lock:
                events.append(event)

        self.summary = colgen.build("invoicing", out=out, progress=note, threads=2, **options)  # type: ignore[call-overload]
        return events

    def test_what_will_be_made_comes_first_and_the_end_last(self, tmp_path: Path) -> None:
        first, *_, last = self.events(tmp_path / "data")
        assert isinstance(first, Started)
        assert first.plan.rows == self.summary.rows
        assert first.plan.exact
        assert last == Ended()

    def test_rows_add_up(self, tmp_path: Path) -> None:
        counts: Counter[str] = Counter()
        for event in self.events(tmp_path / "data", volume="medium"):
            if isinstance(event, RowsMade):
                counts[event.table] += event.rows
        assert counts == self.summary.rows

    def test_stages_are_named(self, tmp_path: Path) -> None:
        stages = [event for event in self.events(tmp_path / "data", check=True) if isinstance(event, StageStarted)]
        assert stages == [StageStarted("checking")]
        database = [event for event in self.events(tmp_path / "shop.duckdb", tables=["customers"]) if isinstance(event, StageStarted)]
        assert len(database) == 1

    def test_notes_are_sentences(self, tmp_path: Path) -> None:
        notes = [event.note for event in self.events(tmp_path / "data", resume=True) if isinstance(event, Noted)]
        assert notes == ["nothing to resume; everything is built"]

    @pytest.mark.parametrize("out", ["data", "shop.duckdb"])
    def test_the_end_comes_after_an_error_as_well(self, tmp_path: Path, out: str) -> None:
        events: list[Event] = []

        def fail(event: Event) -> None:
            events.append(event)
            if isinstance(event, RowsMade):
                raise ValueError("not now")

        with pytest.raises(ValueError, match="not now"):
            colgen.build(out=tmp_path / out, progress=fail, threads=1)
        assert events[-1] == Ended()
        assert os.listdir(tmp_path) == []


def interrupt_at(kind: type) -> Callable[[Event], None]:
    def interrupt(event: Event) -> None:
        if isinstance(event, kind):
            raise KeyboardInterrupt

    return interrupt


class TestInterrupt:
    """Ctrl-C stays what it is: a host that catches it sees a KeyboardInterrupt, and no ordinary exception."""

    @pytest.mark.parametrize("kind", [Started, RowsMade, StageStarted])
    @pytest.mark.parametrize("out", ["data", "shop.duckdb"])
    def test_it_comes_through_and_nothing_is_left_behind(self, tmp_path: Path, out: str, kind: type) -> None:
        with pytest.raises(KeyboardInterrupt) as raised:
            colgen.build(out=tmp_path / out, progress=interrupt_at(kind), check=True, threads=2)
        assert type(raised.value) is KeyboardInterrupt
        assert raised.value.__notes__ == ["nothing was left behind"]
        assert os.listdir(tmp_path) == []

    def test_an_old_build_stays(self, tmp_path: Path) -> None:
        colgen.build(out=tmp_path / "data", seed=1)
        before = files_in(tmp_path)
        with pytest.raises(KeyboardInterrupt):
            colgen.build(out=tmp_path / "data", seed=2, overwrite=True, progress=interrupt_at(RowsMade))
        assert files_in(tmp_path) == before

    def test_a_schema_of_postgresql_stays_as_it_was(self, server: str, database: object, schema: str) -> None:
        from colgen.targets.postgres.schema import staging_name
        from tests.targets.postgres_schemas import build, tables

        build(server, schema, seed=1)
        before = tables(database, schema)
        with pytest.raises(KeyboardInterrupt):
            build(server, schema, seed=2, overwrite=True, progress=interrupt_at(StageStarted))
        assert tables(database, schema) == before
        assert tables(database, staging_name(schema)) == {}


HOST = """
import sys, threading
import pyarrow as pa
before = sys.getswitchinterval(), pa.default_memory_pool().backend_name, sorted(thread.name for thread in threading.enumerate())
import colgen
from colgen.engines import processes
from colgen.values.memory import keep_freed_memory
colgen.build(out=sys.argv[1] + "/data", tables=["customer_types", "customers"], check=True)
colgen.build("erp", out=sys.argv[1] + "/shop.duckdb", tables=["companies"])
colgen.build("ecommerce", settings={"days": 2}).frame("raw_orders")
colgen.verify(sys.argv[1] + "/data")
assert (sys.getswitchinterval(), pa.default_memory_pool().backend_name, sorted(thread.name for thread in threading.enumerate())) == before
assert keep_freed_memory.cache_info().currsize == 0, "the allocator was set up"
assert not processes.allowed(), "work may be forked"
"""


class TestHost:
    @thorough
    def test_a_library_call_changes_nothing_in_its_process(self, tmp_path: Path) -> None:
        result = subprocess.run(
            [sys.executable, "-c", HOST, str(tmp_path)], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert result.returncode == 0, result.stderr

    @thorough
    def test_a_command_makes_its_own_process_fit(self, tmp_path: Path) -> None:
        code = """
import atexit, sys
before = sys.getswitchinterval()
def look():
    import pyarrow as pa
    from colgen.engines import processes
    assert (sys.getswitchinterval() < before, pa.default_memory_pool().backend_name, processes.allowed()) == (True, "system", True)
    print("so it is")
atexit.register(look)
sys.argv = ["colgen", "build", "--quiet", "--out", sys.argv[1] + "/data"]
from colgen.cli import main
main()
"""
        result = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        if sys.platform.startswith("linux"):
            assert result.stdout == "so it is\n", result.stderr

    @thorough
    def test_builds_in_several_threads_overlap(self, tmp_path: Path) -> None:
        interval = sys.getswitchinterval()
        everybody = threading.Barrier(4)
        wrong: list[BaseException] = []

        def meet(event: Event) -> None:
            if isinstance(event, Started):
                everybody.wait(30)

        def build(out: Path, seed: int) -> None:
            try:
                colgen.build(out=out, seed=seed, threads=2, progress=meet)
            except BaseException as error:
                wrong.append(error)

        outs = [tmp_path / name for name in ("one", "two", "three", "four.duckdb")]
        threads = [threading.Thread(target=build, args=(out, seed)) for seed, out in enumerate(outs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert sys.getswitchinterval() == interval
        for seed, out in enumerate(outs):
            colgen.build(out=tmp_path / "alone" / out.stem, seed=seed)
            assert colgen.diff(tmp_path / "alone" / out.stem, out) == []

    def test_it_forks_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(processes, "_own", False)
        monkeypatch.setattr(os, "fork", None)
        colgen.build(volume="large", scale=4, out=tmp_path / "data", threads=2)
