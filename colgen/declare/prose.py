"""Paragraphs: sentences of everyday words, which mean nothing, for descriptions, comments and letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import vocabulary
from colgen.declare.arguments import require_whole, shown
from colgen.declare.column import Options
from colgen.declare.everyday import Texts
from colgen.declare.rows import Rows
from colgen.draws.draw import Draw, key
from colgen.errors import ModelError
from colgen.values.text.digits import Digits
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import String, Type

_MOST_SENTENCES = 40
_HALVES = 1 << 12
"""How many beginnings of a sentence there are, and how many ends: 16 million sentences, of which each takes two draws."""
_SHORTEST, _LONGEST = 3, 7
"""Words of half a sentence."""


class Paragraph(Texts):
    """So many sentences of six to fourteen everyday words; with `unique` or `distinct`, the number of the row behind them.

    low, high : how many, both included

    >>> Paragraph(1, 3).longest
    329
    """

    def __init__(self, low: int = 2, high: int = 5, *, type: Type = String, **options: Unpack[Options]) -> None:
        place = f"Paragraph({shown(low)}, {shown(high)})"
        require_whole(place, 1, _MOST_SENTENCES, low=low, high=high)
        if low > high:
            raise ModelError(f"{place}: the lower end is above the upper end")
        self.low, self.high = int(low), int(high)
        self.longest = self.high * sum(_longest(words) for words in _halves()) - 1 + 12
        super().__init__(f"{low} to {high} sentences" if low < high else f"{low} sentence{'s' * (low > 1)}", type, options)

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        openings, endings = _halves()
        number = draw.integers(self.low, self.high)
        parts: list[TextPart] = []
        for sentence in range(self.high):
            is_there = sentence < number if sentence >= self.low else True
            for words in (_after_space() if sentence else openings, endings):
                parts.append(Coded(words, np.where(is_there, draw.below(_HALVES, np.int16), np.int16(_HALVES))))
        return [*parts, " ", Digits(rows.numbers)] if self.differs else parts


def _longest(words: WordBytes) -> int:
    return int(words.affixed("", "")[1].max())


@cache
def _halves() -> tuple[WordBytes, WordBytes]:
    """Openings and ends of sentences, and nothing as the last of each."""
    words = vocabulary.column("words", "word")
    halves = []
    for name in ("opening", "ending"):
        draw = Draw(key("sentences", name), count=_HALVES)
        number = draw.integers(_SHORTEST, _LONGEST)
        codes = np.stack([draw.below(len(words)) for _ in range(_LONGEST)], axis=1)[np.arange(_LONGEST) < number[:, None]]
        ends = pa.array(np.concatenate([[0], np.cumsum(number)]).astype(np.int32))
        halves.append(pc.binary_join(pa.ListArray.from_arrays(ends, words.take(pa.array(codes))), " "))
    openings, endings = (texts.to_pylist() for texts in halves)
    return (
        WordBytes(pa.array([*(text.capitalize() for text in openings), ""])),
        WordBytes(pa.array([*(f" {text}." for text in endings), ""])),
    )


@cache
def _after_space() -> WordBytes:
    """Openings of a sentence after another one."""
    words = _halves()[0].words
    return WordBytes(pa.array([*(f" {word}" for word in words.to_pylist()[:-1]), ""]))
