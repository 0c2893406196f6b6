"""What a build would make and take is said in a moment, and is near the truth."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import colgen
from colgen import Boolean, Branches, FanOut, Flag, Key, Model, ParentKey, RequestError, Table, Text, Volume, column
from colgen.declare.find import find_model
from colgen.formats import format_names
from colgen.generate.estimate import Estimate, estimate
from colgen.generate.spec import Spec
from tests.support import model_of, thorough

MODELS = ("invoicing", "ecommerce", "erp")


def near(name: str, folder: Path, format: str, tolerance: float, **request: object) -> None:
    """Asserts that an estimate of bytes is right within a tolerance."""
    about = colgen.estimate(name, format=format, **request)  # type: ignore[arg-type]
    made = colgen.build(name, format=format, out=folder, **request)  # type: ignore[call-overload]
    assert about.total_bytes == pytest.approx(sum(made.bytes.values()), rel=tolerance)
    assert about.total_rows == pytest.approx(sum(made.rows.values()), rel=tolerance)
    assert all(about.rows[table] == made.rows[table] for table in about.exact)


SMALL = {"invoicing": 10, "ecommerce": 0.3, "erp": 0.5}


@pytest.mark.parametrize("format", ["parquet", "csv"])
@pytest.mark.parametrize("name", MODELS)
def test_an_estimate_is_within_a_tenth(name: str, format: str, tmp_path: Path) -> None:
    near(name, tmp_path / "data", format, 0.1, scale=SMALL[name])


@thorough
@pytest.mark.parametrize("format", format_names())
@pytest.mark.parametrize("name", MODELS)
def test_an_estimate_of_a_larger_build_is_within_a_tenth(name: str, format: str, tmp_path: Path) -> None:
    near(name, tmp_path / "data", format, 0.1, scale=20 * SMALL[name])


@thorough
@pytest.mark.parametrize("compression", ["zstd", "none"])
def test_an_estimate_goes_by_the_compression(compression: str, tmp_path: Path) -> None:
    near("ecommerce", tmp_path / "data", "parquet", 0.1, scale=2, compression=compression)


TRILLION = {"invoicing": 2_000_000, "ecommerce": 50_000, "erp": 100_000}
"""The scale at which a large build has about 10¹² rows, or as many as its limit of ten billion roots lets it have."""


@pytest.mark.parametrize("name", MODELS)
def test_a_trillion_rows_take_no_longer(name: str) -> None:
    usual = colgen.estimate(name, volume="large")
    started = time.process_time()
    about = colgen.estimate(name, volume="large", scale=TRILLION[name])
    assert time.process_time() - started < 4  # some tenths of a second, on a quiet machine
    assert about.total_rows == pytest.approx(TRILLION[name] * usual.total_rows, rel=0.15)  # hardly a product is restocked for two orders
    assert about.total_bytes > 0.5 * TRILLION[name] * usual.total_bytes


def test_rows_are_exact_where_the_request_says_how_many_there_are() -> None:
    about = colgen.estimate("ecommerce", volume="large", scale=1000)
    assert about.exact == {"raw_customers", "raw_products"}
    assert about.rows["raw_customers"] == 100_000_000
    assert colgen.estimate("invoicing").exact == set(colgen.estimate("invoicing").rows)  # few enough to be counted


def things(keep: str | None) -> Model:
    class Things(Table, keep=keep):
        rows = Volume("things")
        id = Key()
        there = Flag(0.25)

    return model_of(Things, things=2_000_000)


def test_rows_that_are_not_kept_are_not_among_them() -> None:
    whole, kept = (colgen.estimate(things(keep)) for keep in (None, "there"))
    assert (whole.rows["things"], whole.exact) == (2_000_000, {"things"})
    assert kept.rows["things"] == pytest.approx(500_000, rel=0.02)
    assert kept.exact == frozenset()


def test_branches_are_added_up() -> None:
    class Orders(Table):
        rows = Volume("orders")
        id = Key()

    class Moves(Table):
        rows = Branches()
        id = Key()

    class Sent(Moves):
        rows = FanOut(Orders, 3)
        order = ParentKey(Orders, hidden=True)

    class Others(Moves):
        rows = 1_000

    about = colgen.estimate(model_of(Orders, Moves, Sent, Others, orders=10**9))
    assert about.rows["moves"] == 3 * 10**9 + 1_000
    assert about.exact == {"orders", "moves"}


def test_only_the_tables_that_are_written_count() -> None:
    alone = colgen.estimate("invoicing", volume="large", tables=["customers"])
    among_others = colgen.estimate("invoicing", volume="large")
    assert list(alone.rows) == ["customers"]
    assert alone.bytes["customers"] == among_others.bytes["customers"]
    assert alone.cpu_seconds < among_others.cpu_seconds / 2


def estimated(workers: int, **request: object) -> Estimate:
    model = find_model("invoicing")
    spec = Spec.of(model, volume="large", **request)  # type: ignore[arg-type]
    return estimate(spec, spec.generation(model), workers)


def test_more_workers_take_less_time_and_more_memory() -> None:
    one, four = (estimated(workers, scale=1000) for workers in (1, 4))
    assert one.bytes == four.bytes
    assert four.seconds < one.seconds / 3
    assert 100e6 < one.memory < four.memory < 1e9
    assert 3 < one.cpu_seconds < 30


def test_a_text_format_takes_more_bytes_and_more_time() -> None:
    parquet, csv = (estimated(1, scale=1000, format=format) for format in ("parquet", "csv"))
    assert csv.total_bytes > 3 * parquet.total_bytes
    assert csv.cpu_seconds > 2 * parquet.cpu_seconds


def test_ids_of_a_large_build_have_as_many_digits_as_they_will_have() -> None:
    class Things(Table):
        rows = Volume("things")
        id = Key()
        name = Text("x")
        flag = column(Boolean)(lambda id: id > 0)

    about = colgen.estimate(model_of(Things, things=10**9), format="csv")
    assert about.total_bytes == pytest.approx(10**9 * (8.9 + len(",x,true\n")), rel=0.01)


def test_a_reference_that_no_row_fulfils_is_refused_as_a_build_refuses_it() -> None:
    with pytest.raises(RequestError):
        colgen.estimate("invoicing", settings={"customers": 0})
