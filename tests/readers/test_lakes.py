"""Files become tables of a lake as they are: their statistics are the bounds by which the lake leaves files out."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.readers import programs
from tests.readers.reading import ENCODINGS
from tests.support import thorough

pytestmark = thorough

BOTH_ENCODINGS = pytest.mark.parametrize("encoding", ENCODINGS)
DELTA_COLUMNS = 32  # of which Delta Lake keeps bounds, by its own default


@pytest.fixture
def file(encoding: str, files: Mapping[str, Path], tmp_path: Path) -> Path:
    """A copy that lies alone in its folder."""
    return Path(shutil.copy(files[encoding], tmp_path))


@BOTH_ENCODINGS
def test_iceberg_has_exact_bounds_of_numbers_and_times(file: Path, expected: pa.Table) -> None:
    table = iceberg_table(file)
    metrics = table.inspect.files()["readable_metrics"][0].as_py()
    for name, metric in metrics.items():
        column = expected[name]
        assert metric["null_value_count"] == column.null_count, name
        if not pa.types.is_string(column.type):
            assert (metric["lower_bound"], metric["upper_bound"]) == least_and_most(column), name


@BOTH_ENCODINGS
def test_iceberg_has_bounds_of_texts_which_it_cuts(file: Path, expected: pa.Table) -> None:
    metrics = iceberg_table(file).inspect.files()["readable_metrics"][0].as_py()
    for name in ("status", "number", "certificate", "town"):
        least, most = least_and_most(expected[name])
        lower, upper = metrics[name]["lower_bound"], metrics[name]["upper_bound"]
        assert least.startswith(lower), name
        assert upper.encode() >= most.encode(), name


@BOTH_ENCODINGS
def test_iceberg_leaves_out_a_file_that_cannot_hold_what_is_asked_for(file: Path) -> None:
    table = iceberg_table(file)
    assert len(list(table.scan("points = 100").plan_files())) == 1
    for condition in ("points = 101", "course_id = 6", "fee > 9999999", "status = 'absent'", "number = 'EX-9'", "sat_on < '1900-01-01'"):
        assert list(table.scan(condition).plan_files()) == [], condition


@BOTH_ENCODINGS
def test_delta_has_bounds_of_its_first_columns(file: Path, expected: pa.Table) -> None:
    deltalake = pytest.importorskip("deltalake", reason="deltalake is not installed: pip install '.[readers]'")
    deltalake.convert_to_deltalake(str(file.parent))
    (action,) = pa.table(deltalake.DeltaTable(str(file.parent)).get_add_actions(flatten=True)).to_pylist()
    for name in expected.column_names[:DELTA_COLUMNS]:
        least, most = least_and_most(expected[name])
        assert action[f"null_count.{name}"] == expected[name].null_count
        lower, upper = action[f"min.{name}"], action[f"max.{name}"]
        if isinstance(most, datetime.datetime):
            upper += datetime.timedelta(milliseconds=1)  # Delta Lake cuts times to milliseconds
        if isinstance(most, Decimal):  # and writes numbers as floats
            lower, upper = lower - abs(lower) / 2**52, upper + abs(upper) / 2**52
        if isinstance(most, str):
            lower, least, upper, most = (text.encode() for text in (lower, least, upper, most))
        assert lower <= least <= most <= upper, name


def iceberg_table(file: Path) -> Any:
    pytest.importorskip("pyiceberg", reason="pyiceberg is not installed: pip install '.[readers]'")
    return programs.iceberg_table(str(file))


def least_and_most(column: pa.ChunkedArray) -> tuple[Any, Any]:
    return tuple(pc.min_max(column).as_py().values())
