"""How far a job is, folded from its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen.jobs.log import Log
from colgen.jobs.progress import Follower, Progress

START = ("start", {"rows": {"a": 100, "b": 300}, "bytes": 1, "exact": True})


def progress(folder: Path, *events: tuple[str, dict[str, object]]) -> Progress:
    log = Log(folder / "1.log")
    for event, content in events:
        log.append(event, **content)
    return Follower(log).look()


def made(table: str, rows: int, of: int, seconds: float = 2.0) -> tuple[str, dict[str, object]]:
    return "rows", {"table": table, "rows": rows, "of": of, "seconds": seconds}


def test_rows_say_the_share_the_speed_and_the_time_left(tmp_path: Path) -> None:
    now = progress(tmp_path, START, made("a", 100, 100), made("b", 100, 300))
    assert (now.table, now.made, now.share, now.rows_per_second, now.seconds_left) == ("b", 200, 0.5, 100.0, 2.0)


def test_nothing_is_foretold_before_the_first_row(tmp_path: Path) -> None:
    now = progress(tmp_path, START)
    assert (now.stage, now.share, now.seconds_left) == ("generating", 0.0, None)


def test_while_rules_are_proved_the_share_is_that_of_the_steps(tmp_path: Path) -> None:
    now = progress(tmp_path, START, made("b", 400, 400), ("proving", {"what": "b: id is unique", "done": 3, "steps": 12}))
    assert (now.stage, now.proving, now.share, now.seconds_left) == ("checking", "b: id is unique", 0.25, None)


def test_another_attempt_starts_from_nothing(tmp_path: Path) -> None:
    now = progress(tmp_path, START, made("a", 100, 100), ("process", {"pid": 7}), ("state", {"state": "running", "at": 9.0}))
    assert (now.process, now.made, now.stage, now.since) == (None, 0, "starting", 9.0)


def test_words_are_the_message(tmp_path: Path) -> None:
    (tmp_path / "1.log").write_text("colgen: the disk is full\nand more\n")
    assert progress(tmp_path).message == "the disk is full\nand more"


@pytest.mark.parametrize("content", [{}, {"rows": 1}, {"rows": [1]}, {"table": "a", "rows": "many", "of": 1, "seconds": 1}])
def test_an_event_that_has_not_its_form_is_only_words(tmp_path: Path, content: dict[str, object]) -> None:
    now = progress(tmp_path, ("rows", content))
    assert now.made == 0
    assert now.message


def test_a_follower_reads_on_where_it_was(tmp_path: Path) -> None:
    log = Log(tmp_path / "1.log")
    follower = Follower(log)
    log.append("note", note="one")
    assert follower.look().notes == ["one"]
    position = follower.position
    log.append("note", note="two")
    assert follower.look().notes == ["one", "two"]
    assert follower.position > position
