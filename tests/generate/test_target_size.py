"""`target_size` finds the scale at which files have about that size."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen
from colgen import Model, RequestError
from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from colgen.generate.target_size import estimate_of_size
from tests.support import first_of, thorough

SIZES = first_of([*[(size, name, format) for size in ("1MB", "20MB") for name in ("invoicing", "ecommerce", "erp") for format in ("parquet", "csv")], ("200MB", "ecommerce", "parquet")], quick=2)  # fmt: skip


@thorough
@pytest.mark.parametrize(("size", "name", "format"), SIZES)
def test_a_build_has_the_size_that_was_asked_for(size: str, name: str, format: str, tmp_path: Path) -> None:
    made = colgen.build(name, target_size=size, format=format, out=tmp_path / "data")
    assert sum(made.bytes.values()) == pytest.approx(int(size.removesuffix("MB")) * 1_000_000, rel=0.1)


def found(size: int, model: Model | None = None, **request: object) -> Spec:
    chosen = model or find_model("invoicing")
    return estimate_of_size(size, lambda scale: Spec.of(chosen, scale=scale, **request), chosen, 1, "size").spec  # type: ignore[arg-type]


@thorough
def test_the_scale_has_few_digits_and_is_always_the_same() -> None:
    scales = [found(10**11).scale for _ in range(2)]
    assert scales[0] == scales[1] == float(f"{scales[0]:.3g}")


def test_what_is_not_written_does_not_count() -> None:
    assert found(10**9, tables=["customer_types", "customers"]).scale > 3 * found(10**9).scale


@thorough
def test_a_smaller_format_takes_a_larger_scale() -> None:
    assert found(10**9, format="csv").scale < found(10**9).scale / 2


def test_a_size_below_the_smallest_build_is_refused() -> None:
    with pytest.raises(RequestError, match=r"^size: the smallest build of invoicing in csv takes about [\d,]+ bytes$"):
        found(100, format="csv")


def test_a_size_at_which_there_would_be_too_many_rows_is_refused() -> None:
    with pytest.raises(RequestError, match=r"^size: .*at most 10,000,000,000 (rows )?are possible"):
        found(10**15)


def test_a_request_that_no_scale_changes_is_refused() -> None:
    counts = dict.fromkeys(find_model("invoicing").counts, 50)
    with pytest.raises(RequestError, match=r"^size: it takes about [\d,]+ bytes at any scale; leave out what --set says of its counts$"):
        found(10**9, settings=counts)
