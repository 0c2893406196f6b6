"""`log` and `exp` that give the same bits on every machine.

NumPy uses whatever vector unit the processor has, and AVX-512, NEON and libm differ in the last bit; now and then, a price rounded to the cent
would differ, too. The functions here use only addition, multiplication, division and scaling by powers of two, for which IEEE 754 defines the
result. Both are accurate to 4 units in the last place.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colgen.arrays import Array, elementwise

_LN2_HIGH = float.fromhex("0x1.62e42fefa3800p-1")  # ln 2, truncated so that k * high is exact for |k| < 2**11
_LN2_LOW = float.fromhex("0x1.ef35793c76730p-45")
_LOG2_E = float.fromhex("0x1.71547652b82fep+0")
_SQRT_HALF = float.fromhex("0x1.6a09e667f3bcdp-1")


def _applied(function: Callable[[Array], Array], x: Array | float) -> Array:
    x = np.asarray(x, np.float64)
    return elementwise(function, x) if x.ndim else function(x)


def log(x: Array | float) -> Array:
    """The natural logarithm of positive, finite numbers: float64.

    >>> float(log(1.0)), round(float(log(10.0)), 12)
    (0.0, 2.302585092994)
    """
    return _applied(_log, x)


def exp(x: Array | float) -> Array:
    """e to the power of x, for -700 < x < 700: float64.

    >>> float(exp(0.0)), round(float(exp(1.0)), 12)
    (1.0, 2.718281828459)
    """
    return _applied(_exp, x)


def power(base: Array | float, exponent: float) -> Array:
    """base ** exponent for positive bases: float64.

    >>> round(float(power(2.0, 0.5)), 12)
    1.414213562373
    """
    return exp(log(base) * exponent)


def _log(x: Array) -> Array:
    mantissa, exponent = np.frexp(x)  # x = mantissa * 2**exponent, mantissa in [0.5, 1)
    low = mantissa < _SQRT_HALF
    mantissa = np.where(low, mantissa + mantissa, mantissa)
    exponent = exponent - low
    # log m = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.1716
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    series = np.full_like(s, 1.0 / 21)
    for odd in range(19, 0, -2):
        series *= square
        series += 1.0 / odd
    series *= s
    series += series
    series += exponent * _LN2_LOW
    series += exponent * _LN2_HIGH
    return series


def _exp(x: Array) -> Array:
    power_of_two = np.rint(x * _LOG2_E)
    rest = x - power_of_two * _LN2_HIGH
    rest -= power_of_two * _LN2_LOW
    series = np.full_like(rest, 1.0 / 6227020800.0)
    factorial = 6227020800.0  # 13!
    for degree in range(13, 0, -1):
        factorial /= degree
        series *= rest
        series += 1.0 / factorial
    return np.ldexp(series, power_of_two.astype(np.int32))
