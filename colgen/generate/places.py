"""The places of rows that are fanned out: what they are drawn by.

An id says how many rows come before, so whoever draws by ids has to count those first. A place does not: it is a position within a *chunk*, which
is a fixed number of roots with all that is fanned out from them. So any chunk can be made, and counted, by whoever likes; only ids need the sums
of what chunks lead to.

A row's place is `chunk << 32 | position`, from chunk 0 and position 1 on. Rows that come one after the other have places one after the other,
so draws of 16 and of 32 bits can share hashes (`colgen.draws.draw`); that is why there are chunks, and not a key for each root.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from colgen.arrays import Array

BITS = 32
"""Of a place, for the position within its chunk."""

CHUNK_ROWS = 1 << 18
"""About how many rows a chunk has of the table that has most: as many as are made at a time, or more. With half as many, blocks of `erp` and
`invoicing` are so small that builds take 5 to 10 % more CPU."""

WHOLE = 1 << 40
"""So many roots in a chunk are all of them, whatever they are."""


def chunk_of_rows(rows_per_root: float) -> int:
    """How many roots make a chunk: a power of two, so that a small change of a model mostly changes nothing.

    rows_per_root : of the table that has most, on average

    >>> chunk_of_rows(1.0), chunk_of_rows(3.4), chunk_of_rows(1e9)
    (262144, 65536, 1)
    """
    return 1 << max(0, round(np.log2(CHUNK_ROWS / max(rows_per_root, 1.0))))


def first_place(root: int, chunk: int) -> int:
    """The place of the first row that comes from a root with which a chunk begins.

    >>> first_place(1, 100), first_place(201, 100) - (2 << 32)
    (1, 1)
    """
    return ((root - 1) // chunk << BITS) + 1


def stretches(first: int, end: int, step: int, chunk: int) -> Iterator[range]:
    """The roots from `first` up to `end`, in even stretches of about `step` that each lie in a chunk.

    >>> list(stretches(3, 12, 2, 5))
    [range(3, 4), range(4, 6), range(6, 8), range(8, 11), range(11, 12)]
    """
    while first < end:
        until = min(end, first + chunk - (first - 1) % chunk)
        several = max(1, round((until - first) / step))
        for number in range(several):
            low, high = (first + (until - first) * of // several for of in (number, number + 1))
            if low < high:
                yield range(low, high)
        first = until


def places_of_children(ends: Array, first: int, chunk: int) -> int | Array:
    """The places of all rows of a table that come from roots one after the other, the first of which begins a chunk.

    ends : how many of the rows come from the roots before each, and from all: int64, (roots + 1,)
    first : the first root

    The first place, where they lie in one chunk and so follow one another; else int64, (rows,).
    """
    roots = len(ends) - 1
    begins = np.arange(0, max(roots, 1), chunk)
    if len(begins) == 1:
        return first_place(first, chunk)
    before = ends[np.append(begins, roots)]
    chunks = (first - 1) // chunk + np.arange(len(begins))
    return np.arange(1, ends[-1] + 1) + np.repeat((chunks << BITS) - before[:-1], np.diff(before))
