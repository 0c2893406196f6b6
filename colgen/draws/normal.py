"""The quantile function of the standard normal distribution, from which normal and log-normal values are drawn."""

from __future__ import annotations

import numpy as np

from colgen.arrays import Array, elementwise
from colgen.draws.elementary import log

# Coefficients of algorithm AS 241, PPND16 (Wichura 1988): numerators and denominators, the highest power first.
_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


def _ratio(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    """The quotient of two polynomials."""
    sums = []
    for polynomial in coefficients:
        total = np.full_like(x, polynomial[0])
        for coefficient in polynomial[1:]:
            total *= x
            total += coefficient
        sums.append(total)
    return np.divide(sums[0], sums[1])


def normal_quantile(p: Array) -> Array:
    """The quantile function of the standard normal distribution, for probabilities in (0, 1): float64.

    Accurate to about 1 part in 10**16 (Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988, PPND16).

    >>> normal_quantile(np.array([0.5, 0.975])).round(6).tolist()
    [0.0, 1.959964]
    """
    return elementwise(_normal_quantile, p)


def _normal_quantile(p: Array) -> Array:
    q = p - 0.5
    out = q * _ratio(0.180625 - q * q, _CENTRE)
    tail = np.flatnonzero(np.abs(q) > 0.425)
    if len(tail):
        side = q[tail]
        distance = np.sqrt(-log(np.minimum(p[tail], 1.0 - p[tail])))
        value = _ratio(distance - 1.6, _NEAR)
        far = distance > 5.0
        if far.any():
            value[far] = _ratio(distance[far] - 5.0, _FAR)
        out[tail] = np.copysign(value, side)
    return out
