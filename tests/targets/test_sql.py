"""What DuckDB lacks is said in words."""

from __future__ import annotations

import duckdb
import pytest

from colgen.errors import ColgenError
from colgen.targets.sql import answer, new_connection, out_of_room


def test_the_day_of_a_time_is_that_of_utc() -> None:
    days = answer(new_connection(), "SELECT utc_date('2024-03-01 23:59:59.999999Z'::TIMESTAMPTZ) = DATE '2024-03-01' AS same")
    assert days["same"].to_pylist() == [True]


def test_too_little_memory_is_an_error_for_people() -> None:
    connection = new_connection()
    connection.execute("SET temp_directory = ''; SET memory_limit = '30MB'")
    with pytest.raises(ColgenError, match="there is not enough memory for this"):
        answer(connection, "SELECT count(DISTINCT hash(range)) AS different FROM range(10_000_000)")


def test_a_full_disk_is_told_from_other_errors() -> None:
    assert out_of_room(duckdb.IOException('Could not write file "x": No space left on device')).startswith("the disk is full")
    assert out_of_room(duckdb.ConversionException("Could not convert")) == ""
