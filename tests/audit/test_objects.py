"""A finished build in object storage is proved, compared and reported like one in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen as package
from colgen import ColgenError, RequestError
from colgen.targets.finished import read_build
from colgen.targets.objects.bucket import Bucket
from tests.support import colgen, first_of, refused, thorough
from tests.targets.objects import SHOP, build, parts


@pytest.mark.parametrize("format", first_of(["parquet", "csv", "jsonl", "arrow", "csv.gz", "csv.zst", "parquet-arrow"], 1))
def test_every_rule_is_proved_in_every_format(prefix: str, format: str) -> None:
    build(prefix, format=format, check=True)
    outcomes = package.check(prefix, model=SHOP)
    assert len(outcomes) > 5
    assert all(outcome.holds for outcome in outcomes)


def test_damage_is_found(prefix: str) -> None:
    build(prefix, format="csv")
    name = next(name for name in parts(prefix) if name.startswith("orders/"))
    Bucket(prefix).put(name, Bucket(prefix).read(name).replace(b"open", b"oopn"))
    broken = [outcome.rule for outcome in package.check(prefix, model=SHOP) if not outcome.holds]
    assert any("status" in rule for rule in broken)
    verification = package.verify(prefix, model=SHOP, all=True)
    assert [verdict.outcome for verdict in verification.verdicts if not verdict.valid] == ["damaged"]


def test_a_part_that_is_missing_or_unlisted_is_said(prefix: str) -> None:
    build(prefix)
    name, *_ = parts(prefix)
    Bucket(prefix).put("lines/part-00099-0a1b2c3d.parquet", b"more")
    assert [outcome.rule for outcome in package.check(prefix, model=SHOP) if not outcome.holds] == ["no other file lies among the parts"]
    Bucket(prefix).delete([name])
    assert {verdict.outcome for verdict in package.verify(prefix, model=SHOP).verdicts if not verdict.valid} == {"missing", "unlisted"}
    with refused(name, "missing", error=ColgenError):
        package.diff(prefix, prefix, model=SHOP)


@thorough
def test_a_report_and_a_diff_read_from_there(prefix: str, tmp_path: Path) -> None:
    package.build("invoicing", out=prefix, seed=7)
    package.build("invoicing", out=tmp_path / "same", seed=7, format="csv")
    package.build("invoicing", out=tmp_path / "other", seed=8)
    assert package.diff(prefix, tmp_path / "same") == []
    assert package.diff(tmp_path / "other", prefix)
    frame = package.report("financial_summary", prefix)
    assert frame.equals(package.report("financial_summary", tmp_path / "same"))
    done = colgen("verify", prefix)
    assert done.returncode == 0, done.stderr


@thorough
def test_only_the_columns_that_a_query_needs_are_read(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build(prefix, settings={"orders": 300_000}, tables=["lines"])
    read, usual = [], Bucket.read_range
    monkeypatch.setattr(Bucket, "read_range", lambda self, name, start, length: (read.append(length), usual(self, name, start, length))[1])
    connection = read_build(prefix).connect()
    assert connection.sql("SELECT count(*), max(id) FROM lines").fetchall() == [(900_000, 900_000)]
    assert 0 < sum(read) < sum(map(len, parts(prefix).values())) / 3


def test_a_prefix_without_a_build_is_said(prefix: str) -> None:
    with refused("holds no finished build", error=RequestError):
        package.check(prefix)
    with refused("holds no finished build", error=RequestError):
        package.verify(prefix)
    with refused("not a DuckDB file", error=RequestError):
        package.check(prefix, schema="sales")
