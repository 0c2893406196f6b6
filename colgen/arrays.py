"""What NumPy does slowly, done otherwise."""

from __future__ import annotations

from colgen.draw import Array


def either(condition: Array, yes: Array | int, no: Array | int) -> Array:
    """`np.where` on whole numbers, without a branch: where the condition is as good as random, ten times as fast.

    >>> import numpy as np
    >>> either(np.array([True, False]), 1, np.array([8, 9]))
    array([1, 9])
    """
    return no + (yes - no) * condition
