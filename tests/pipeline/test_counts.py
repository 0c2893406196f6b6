"""The rows of shares can be counted before they are made, so that no share counts those of the shares before it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.errors import RequestError
from colgen.generate.generation import Generation
from tests.generate.inn import inn
from tests.support import colgen as command
from tests.support import files_in

REQUEST: dict[str, Any] = {"settings": {"customers": 40, "invoices": 60}}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 600)
    monkeypatch.setattr("colgen.generate.counting.SAMPLED_ROOTS", 4)  # by which the work is cut


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    """A folder with the counts of three shares."""
    for number in (3, 1, 2):
        colgen.build("invoicing", out=tmp_path / "shares", part=f"{number}/3", count=True, **REQUEST)
    return tmp_path / "shares"


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, range]]:
    """What is counted from now on in this process: the root table and its rows."""
    from colgen.generate import counting, walk

    ranges: list[tuple[str, range]] = []

    def watched(generation: Generation, family: Any, first: int, end: int) -> Any:
        ranges.append((family[0].name, range(first, end)))
        return walk.count(generation, family, first, end)

    monkeypatch.setattr(counting, "count", watched)
    return ranges


def test_a_count_is_a_small_file_beside_the_shares(counted: Path) -> None:
    assert sorted(os.listdir(counted)) == [f"part-{number}-of-3.count.json" for number in (1, 2, 3)]
    rows = [json.loads((counted / name).read_text())["rows"] for name in sorted(os.listdir(counted))]
    whole = colgen.build("invoicing", out=counted.parent / "whole", **REQUEST).rows
    assert all(set(share) == {"customer_addresses", "inventory", "invoice_line_items"} for share in rows)
    assert {name: sum(share[name] for share in rows) for name in rows[0]} == {name: whole[name] for name in rows[0]}


def test_its_summary_has_what_was_counted(tmp_path: Path) -> None:
    for number in (1, 2):
        counted = colgen.build("invoicing", out=tmp_path, part=f"{number}/2", count=True, **REQUEST).rows
        made = colgen.build("invoicing", out=tmp_path, part=f"{number}/2", **REQUEST).rows
        assert counted == {name: made[name] for name in ("customer_addresses", "inventory", "invoice_line_items")}


def test_shares_that_start_from_counts_are_the_same(counted: Path, tmp_path: Path) -> None:
    for number in (2, 3, 1):
        colgen.build("invoicing", out=counted, part=f"{number}/3", **REQUEST)
    colgen.merge(counted, out=tmp_path / "merged")
    colgen.build("invoicing", out=tmp_path / "whole", **REQUEST)
    assert files_in(tmp_path / "merged") == files_in(tmp_path / "whole")


def test_nothing_before_such_a_share_is_counted(tmp_path: Path, walked: list[tuple[str, range]]) -> None:
    for number in range(1, 7):
        colgen.build("invoicing", out=tmp_path, part=f"{number}/6", count=True, **REQUEST)
    walked.clear()
    events: list[Any] = []
    colgen.build("invoicing", out=tmp_path, part="6/6", progress=events.append, **REQUEST)
    assert any("5 of 5 shares before this one are counted already" in str(event) for event in events)
    assert not any(10 in rows for name, rows in walked if name == "invoices")  # but for the first few, by which the work is cut
    walked.clear()
    colgen.build("invoicing", out=tmp_path / "alone", part="6/6", **REQUEST)
    assert any(10 in rows for name, rows in walked if name == "invoices")


def test_where_some_are_missing_the_rest_is_counted_here(counted: Path, tmp_path: Path) -> None:
    (counted / "part-2-of-3.count.json").unlink()
    events: list[Any] = []
    colgen.build("invoicing", out=counted, part="3/3", progress=events.append, **REQUEST)
    assert any("1 of 2 shares before this one are counted already" in str(event) for event in events)
    colgen.build("invoicing", out=tmp_path / "alone", part="3/3", **REQUEST)
    assert files_in(counted / "part-3-of-3") == files_in(tmp_path / "alone" / "part-3-of-3")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "was counted for another request, be it another seed or format; count it again: --part 1/3 --count, or delete it"),
        (b"", "is not the count of a share; count it again: --part 1/3 --count"),
        (b'{"rows": {}}', "is not the count of a share"),
        (b'{"request": "0a1b2c3d", "share": {"number": 1, "of": 3}, "rows": {"invoices": -1}}', "is not the count of a share"),
        (b'{"request": "0a1b2c3d", "share": {"number": 1, "of": 3}, "rows": {}}', "was counted for another request"),
        (b" " * 2_000_000, "is not the count of a share"),
    ],
)
def test_what_is_not_its_count_is_refused_and_nothing_is_left(counted: Path, content: bytes | None, message: str) -> None:
    before = files_in(counted)
    if content is not None:
        (counted / "part-1-of-3.count.json").write_bytes(content)
        before = files_in(counted)
    with pytest.raises(RequestError, match=message):
        colgen.build("invoicing", out=counted, part="2/3", seed=0 if content is not None else 5, **REQUEST)
    assert files_in(counted) == before


def test_a_count_without_its_tables_is_refused(counted: Path) -> None:
    path = counted / "part-1-of-3.count.json"
    document = json.loads(path.read_text())
    del document["rows"]["inventory"]
    path.write_text(json.dumps(document))
    with pytest.raises(RequestError, match="is not the count of a share"):
        colgen.build("invoicing", out=counted, part="2/3", **REQUEST)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "count= is for a share of a build: add part="),
        ({"part": "1/2", "overwrite": True}, "overwrite= means nothing with count=: nothing is made"),
        ({"part": "1/2", "resume": True}, "resume= means nothing with count=: nothing is made"),
        ({"part": "1/2", "check": True}, "a share that is only counted has no rows to check"),
    ],
)
def test_what_means_nothing_with_a_count_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=message):
        colgen.build("invoicing", out=tmp_path / "shares", count=True, **options)
    assert os.listdir(tmp_path) == []


def test_a_share_whose_rows_depend_on_ids_is_not_counted_alone(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="how many rows model shop has depends on ids of beds, so no share of it is counted alone"):
        colgen.build(inn(rooms=50), out=tmp_path / "shares", part="1/1", count=True)
    assert not (tmp_path / "shares").exists()


def test_on_the_command_line(tmp_path: Path) -> None:
    said = command("build", "--volume", "small", "--part", "1/2", "--count", "--out", str(tmp_path / "shares")).stderr
    assert "part-1-of-2.count.json: " in said
    assert " rows counted in " in said
    assert "a job is a build" in command("build", "--part", "1/2", "--count", "--detach", "--out", str(tmp_path / "shares")).stderr
    assert "add --part" in command("build", "--count", "--out", str(tmp_path / "shares")).stderr
