"""Words as bytes: what texts are composed of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array


class WordBytes:
    """A list of words as bytes, with or without constants before and after each word.

    >>> data, lengths = WordBytes(pa.array(["a", "bc"])).affixed("<", ">")
    >>> bytes(data), lengths
    (b'<a><bc>', array([3, 4]))
    """

    def __init__(self, words: pa.StringArray) -> None:
        self.words = words
        self._affixed: dict[tuple[str, str], tuple[Array, Array]] = {}
        self._widths: dict[tuple[str, str], int | None] = {}

    def affixed(self, prefix: str, suffix: str) -> tuple[Array, Array]:
        """The bytes of all words with their constants, one after the other (uint8), and the length of each (int64)."""
        if (prefix, suffix) not in self._affixed:
            texts = pc.binary_join_element_wise(prefix, self.words, suffix, "") if prefix or suffix else self.words
            texts = pa.concat_arrays([texts, pa.array([""])])  # makes a copy whose offsets start at 0, and which has both buffers
            begins = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts)].astype(np.int64)
            self._affixed[prefix, suffix] = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[: begins[-1]], np.diff(begins)
        return self._affixed[prefix, suffix]

    def width(self, prefix: str, suffix: str) -> int | None:
        """The length in bytes of every word with its constants; None if the lengths differ."""
        if (prefix, suffix) not in self._widths:
            lengths = self.affixed(prefix, suffix)[1]
            self._widths[prefix, suffix] = int(lengths[0]) if (lengths == lengths[0]).all() else None
        return self._widths[prefix, suffix]


@dataclass(frozen=True)
class Coded:
    """A part of a text that is a word from a list in each row.

    table : the words
    codes : the index of each row's word, any integer dtype, shape (rows,)
    """

    table: WordBytes
    codes: Array

    def take(self, rows: Array | slice) -> Coded:
        """The same part for some of the rows."""
        return Coded(self.table, self.codes[rows])
