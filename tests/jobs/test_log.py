"""A job's log: lines of JSON, and a lock that says whether the job runs."""

from __future__ import annotations

import os
from pathlib import Path

from colgen.jobs.log import Log


def log(folder: Path) -> Log:
    return Log(folder / "7.log")


def test_a_log_that_nobody_has_written_is_empty_and_not_held(tmp_path: Path) -> None:
    assert (log(tmp_path).size, list(log(tmp_path).lines()), log(tmp_path).is_held) == (0, [], False)


def test_events_come_back_with_the_place_where_they_end(tmp_path: Path) -> None:
    log(tmp_path).append("note", note="one")
    log(tmp_path).append("note", note="two")
    first, second = log(tmp_path).lines()
    assert (first.event, first.content) == ("note", {"note": "one"})
    assert list(log(tmp_path).lines(first.end)) == [second]
    assert second.end == log(tmp_path).size


def test_what_is_no_event_is_said(tmp_path: Path) -> None:
    (tmp_path / "7.log").write_text('colgen: no\n[1]\n{"no": "event"}\n{"event": "made up"}\n\n')
    assert [(line.event, line.content["text"]) for line in log(tmp_path).lines()] == [
        ("said", "colgen: no"),
        ("said", "[1]"),
        ("said", '{"no": "event"}'),
        ("said", '{"event": "made up"}'),
    ]


def test_half_a_line_waits_for_the_rest_unless_no_more_can_come(tmp_path: Path) -> None:
    (tmp_path / "7.log").write_bytes(b'{"event": "note", "note"')
    assert list(log(tmp_path).lines()) == []
    assert [line.event for line in log(tmp_path).lines(to_the_end=True)] == ["said"]


def test_a_log_is_held_until_the_last_copy_of_its_lock_is_closed(tmp_path: Path) -> None:
    descriptor = log(tmp_path).lock()
    assert descriptor is not None
    inherited = os.dup(descriptor)  # as a process that is started has it
    os.close(descriptor)
    assert log(tmp_path).is_held
    assert log(tmp_path).lock() is None
    os.close(inherited)
    assert not log(tmp_path).is_held
