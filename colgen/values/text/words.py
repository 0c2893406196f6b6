"""Words out of a list, as bytes: what texts are put together out of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array


class WordBytes:
    """A list of words, as bytes, with any constants before and after each."""

    def __init__(self, words: pa.StringArray) -> None:
        self.words = words
        self._made: dict[tuple[str, str], tuple[Array, Array]] = {}
        self._widths: dict[tuple[str, str], int | None] = {}

    def affixed(self, prefix: str, suffix: str) -> tuple[Array, Array]:
        """The words' bytes one after the other (uint8), and the length of each (int64)."""
        if (prefix, suffix) not in self._made:
            texts = pc.binary_join_element_wise(prefix, self.words, suffix, "") if prefix or suffix else self.words
            texts = pa.concat_arrays([texts, pa.array([""])])  # a copy that begins at 0, so that the buffers are whole
            begins = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts)].astype(np.int64)
            self._made[prefix, suffix] = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[: begins[-1]], np.diff(begins)
        return self._made[prefix, suffix]

    def width(self, prefix: str, suffix: str) -> int | None:
        """How long all of them are; None if they are not of one length."""
        if (prefix, suffix) not in self._widths:
            lengths = self.affixed(prefix, suffix)[1]
            self._widths[prefix, suffix] = int(lengths[0]) if (lengths == lengths[0]).all() else None
        return self._widths[prefix, suffix]


@dataclass(frozen=True)
class Coded:
    """Words out of a list, by their codes."""

    table: WordBytes
    codes: Array

    def take(self, rows: Array | slice) -> Coded:
        return Coded(self.table, self.codes[rows])
