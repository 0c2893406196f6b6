"""Values that nobody means, for whatever takes a value."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 7, 10**6, 2**31, 2**63, 2**64, -(2**63), 10**40, 0.0, -0.0, 0.5, 1.5, -3.7, 1e308, 5e-324),
    *(math.nan, math.inf, -math.inf, 1j, "", " ", "0", "-1", "1.5", "nan", "1e5", "1_000", "٣", "ten", "small", "today", "2024-02-30"),
    *("2024-01-31", "9999-12-31", "0001-01-01", "10000-01-01", "../..", "/", ".", "..", "~", "a\0b", "a\nb", "a'b", 'a"b', "a;b", "a{b}"),
    *("$start", "%s", "\ud800", "é", "x" * 300, "*", "[1]", "-", "--", "=", "invoicing", "customers", "postgresql://", "a.py", "a.yaml"),
    *(b"", b"a", [], [None], ["customers"], [[]], {}, {"": ""}, {"customers": 1}, {"customers": "1"}, {1: 2}, (), ("customers",), set()),
    *(datetime.date(2024, 2, 29), datetime.date.min, datetime.date.max, datetime.datetime(2024, 1, 1, 12), datetime.timedelta(1)),
    *(Path(), Path("/nowhere/at/all"), object(), Exception("x"), int, str, len, range(3), Ellipsis, NotImplemented),
)


def odd() -> st.SearchStrategy[Any]:
    """One of the values above, or any text or number."""
    return st.sampled_from(VALUES) | st.text(max_size=12) | st.integers() | st.floats()
