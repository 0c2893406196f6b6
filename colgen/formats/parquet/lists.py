"""Lists in Parquet: their values stand one after the other, and levels say where each list begins and which of them are empty or missing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen.formats.parquet import encodings


def levels(lists: pa.ListArray, nullable: bool) -> tuple[int, list[bytes]]:
    """How many entries a page of lists has, and their repetition and definition levels. A list that is empty or missing has one entry.

    An entry that begins a list repeats nothing (0), and each that follows repeats the list (1). What is defined of an entry: nothing of a missing
    list, the list of an empty one, the value of any other.

    nullable : whether lists may be missing

    >>> levels(pa.array([["a", "b"], [], None]), True)[0]
    4
    """
    lengths = lists.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    entries = np.maximum(lengths, 1)
    starts = np.cumsum(entries) - entries
    count = int(entries.sum())
    repeats = np.ones(count, np.uint8)
    repeats[starts] = 0
    value, width = (2, 2) if nullable else (1, 1)
    defined = np.full(count, value, np.uint8)
    defined[starts[lengths == 0]] = value - 1
    if lists.null_count:
        defined[starts[lists.is_null().to_numpy(zero_copy_only=False)]] = 0
    return count, [encodings.levels(repeats, 1), encodings.levels(defined, width)]
