"""Patterns, such as those of telephone numbers and postal codes, that are filled with random digits and letters."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.draws.draw import Draw
from colgen.values.text.spell import records_of, wrapped
from colgen.values.text.words import WordBytes
from colgen.values.word_list import Grouped

_POSTAL_LETTERS = b"ABEGHJLNPRTWXZ"  # those that British, Canadian and Dutch codes all allow in any position


def filled(patterns: WordBytes, codes: Array, draw: Draw) -> pa.StringArray:
    """The patterns that `codes` index, with a random digit for each `#` and a random letter that postal codes use for each `@`.

    >>> from colgen.draws.draw import key
    >>> filled(WordBytes(pa.array(["##-@", "+49 15# ###"])), np.array([0, 1]), Draw(key("any"), count=2)).to_pylist()
    ['61-B', '+49 153 350']
    """
    sizes = patterns.affixed("", "")[1]
    width = int(sizes.max(initial=1))
    data = records_of(((patterns, "", ""),), width)[0].take(codes).view(np.uint8).reshape(len(codes), width)
    chance = np.stack([draw.bits() for _ in range(0, width, 8)], axis=1).view(np.uint8)[:, :width].astype(np.uint16)
    for mark, letters in ((b"#", b"0123456789"), (b"@", _POSTAL_LETTERS)):
        data = np.where(data == ord(mark), np.frombuffer(letters, np.uint8).take(chance * len(letters) >> 8), data)
    lengths = sizes.take(codes)
    begins = np.concatenate([[0], np.cumsum(lengths)])
    return wrapped(begins, data[np.arange(width) < lengths[:, None]])


class Patterns:
    """Patterns in groups, for texts with a random digit for each `#` and a random letter for each `@`.

    name : for messages
    patterns : the patterns of each group, joined by `|`; those of a group are equally frequent
    """

    def __init__(self, name: str, patterns: list[str]) -> None:
        by_group = [joined.split("|") for joined in patterns]
        groups = np.repeat(np.arange(len(by_group)), [len(members) for members in by_group])
        self._patterns = Grouped(name, [pattern for members in by_group for pattern in members], groups)
        self._table = WordBytes(self._patterns.type.words)

    def sample(self, draw: Draw, group: Array) -> pa.StringArray:
        """A text from the group of each row."""
        return filled(self._table, self._patterns.pick(draw, group), draw)
