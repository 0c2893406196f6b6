"""`append` into files: the build is made, or goes on up to a later day, by the same request each time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.errors import ColgenError, RequestError
from tests.support import colgen as command
from tests.support import files_in, part_of

JANUARY: dict[str, Any] = {"volume": "small", "settings": {"orders_per_day": 3}, "first_day": "2024-01-01"}


def build(out: Path, last_day: str, **request: Any) -> colgen.Summary:
    return colgen.build("erp", out=out, last_day=last_day, **(JANUARY | request))


def test_what_is_not_there_is_made(tmp_path: Path) -> None:
    summary = build(tmp_path / "data", "2024-01-20", append=True)
    assert summary.added is None
    build(tmp_path / "whole", "2024-01-20")
    assert files_in(tmp_path / "data") == files_in(tmp_path / "whole")


def test_what_is_there_goes_on_as_if_it_had_been_made_at_once(tmp_path: Path) -> None:
    before = build(tmp_path / "data", "2024-01-20", append=True).rows
    summary = build(tmp_path / "data", "2024-02-03", append=True, check=True)
    build(tmp_path / "whole", "2024-02-03")
    assert files_in(tmp_path / "data") == files_in(tmp_path / "whole")
    assert summary.added == {name: rows - before[name] for name, rows in summary.rows.items()}
    assert summary.outcomes is not None
    assert all(outcome.holds for outcome in summary.outcomes)


def test_the_same_day_again_adds_nothing(tmp_path: Path) -> None:
    build(tmp_path / "data", "2024-01-20", append=True)
    before = files_in(tmp_path / "data")
    summary = build(tmp_path / "data", "2024-01-20", append=True)
    assert set((summary.added or {"none": 1}).values()) == {0}
    assert summary.kept == summary.parts > 0
    assert files_in(tmp_path / "data") == before


def test_where_nothing_is_added_what_is_there_must_be_whole(tmp_path: Path) -> None:
    build(tmp_path / "data", "2024-01-20", append=True)
    checked = build(tmp_path / "data", "2024-01-20", append=True, check=True)
    assert checked.outcomes is not None
    assert all(outcome.holds for outcome in checked.outcomes)
    part_of(tmp_path / "data", "orders").unlink()
    with pytest.raises(ColgenError, match=r"is damaged: orders/part-00000-\w+\.parquet is missing; build it again"):
        build(tmp_path / "data", "2024-01-20", append=True)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"last_day": "2024-02-03", "seed": 4}, r"is of another request, to which nothing can be added: seed 0 \(now 4\)"),
        ({"last_day": "2024-02-03", "settings": {"orders_per_day": 4}}, r"nothing can be added: orders_per_day 3 \(now 4\)"),
        ({"last_day": "2024-02-03", "format": "csv"}, r"nothing can be added: format parquet \(now csv\)"),
        ({"last_day": "2024-01-19"}, "nothing can be added: its last day is 2024-01-20, later than 2024-01-19"),
    ],
)
def test_what_is_there_must_be_of_the_same_request(tmp_path: Path, request_: dict[str, Any], message: str) -> None:
    build(tmp_path / "data", "2024-01-20", append=True)
    before = files_in(tmp_path / "data")
    with pytest.raises(RequestError, match=message):
        build(tmp_path / "data", append=True, **request_)
    assert files_in(tmp_path / "data") == before


def test_a_model_whose_earlier_rows_change_is_not_added_to(tmp_path: Path) -> None:
    colgen.build("invoicing", out=tmp_path / "data", first_day="2024-01-01", last_day="2024-01-20", append=True)
    with pytest.raises(RequestError, match="a build of model invoicing cannot be extended"):
        colgen.build("invoicing", out=tmp_path / "data", first_day="2024-01-01", last_day="2024-02-20", append=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"part": "1/2"}, "part= and append=: what is added to a build in files is made at once and as a whole"),
        ({"resume": True}, "resume= and append="),
        ({"engine": "ray"}, "engine ray: what is added to a build in files is made as auto does; leave out engine="),
        ({"engine": "processes"}, "engine processes: what is added to a build in files"),
        ({"overwrite": True}, "overwrite= and append=: a build either replaces the old one or is added to it"),
    ],
)
def test_what_means_nothing_with_it_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=message):
        build(tmp_path / "data", "2024-01-20", append=True, **options)
    assert os.listdir(tmp_path) == []


def test_on_the_command_line(tmp_path: Path) -> None:
    words = [
        "build",
        "erp",
        "--volume",
        "small",
        "--set",
        "orders_per_day=3",
        "--from",
        "2024-01-01",
        "--append",
        "--out",
        str(tmp_path / "data"),
    ]
    assert "15 tables" in command(*words, "--to", "2024-01-05").stderr
    assert "now ends on 2024-01-09" in command(*words, "--to", "2024-01-09").stderr


def test_a_bucket_is_added_to_in_the_same_way(prefix: str, tmp_path: Path) -> None:
    from tests.targets.objects import parts

    for last_day in ("2024-01-20", "2024-02-03"):
        colgen.build("erp", out=f"{prefix}/data", last_day=last_day, append=True, **JANUARY)
    colgen.build("erp", out=f"{prefix}/whole", last_day="2024-02-03", **JANUARY)
    assert parts(f"{prefix}/data") == parts(f"{prefix}/whole")
