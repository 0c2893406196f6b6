"""The numbers that a distribution takes: plain and finite ones. Everything else is refused where the distribution is declared."""

from __future__ import annotations

import math
import reprlib
from numbers import Integral, Real
from typing import Any


def is_finite(value: Any) -> bool:
    """Whether it is one finite number, Python's or NumPy's; a flag is not one."""
    try:
        return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def is_whole(value: Any) -> bool:
    """Whether it is one whole number, Python's or NumPy's, that fits into 64 bits."""
    return isinstance(value, Integral) and not isinstance(value, bool) and -(1 << 63) <= int(value) < 1 << 63


def require_finite(shown: str, **values: Any) -> None:
    """Raises ValueError if one of a distribution's arguments is not a finite number.

    shown : the distribution as it was declared
    values : the arguments by name
    """
    for name, value in values.items():
        if not is_finite(value):
            raise ValueError(f"{shown}: {name} must be a finite number, not {reprlib.repr(value)}")


def require_whole(shown: str, **values: Any) -> None:
    """Raises ValueError if one of a distribution's arguments is not a whole number of 64 bits.

    shown : the distribution as it was declared
    values : the arguments by name
    """
    for name, value in values.items():
        if not is_whole(value):
            raise ValueError(f"{shown}: {name} must be a whole number of at most 64 bits, not {reprlib.repr(value)}")
