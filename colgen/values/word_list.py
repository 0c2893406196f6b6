"""Lists of words, and how often each comes up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from colgen.arrays import Array
from colgen.draws.alias import Weighted
from colgen.draws.draw import Draw
from colgen.values.types import Categorical


class WordList:
    """Words, and how often each comes up.

    weights : relative, or None for equally often
    """

    def __init__(self, name: str, words: Sequence[str] | pa.StringArray, weights: Array | None = None) -> None:
        self.name = name
        self.type = Categorical(words)
        self._weights = weights

    @cached_property
    def _weighted(self) -> Weighted:
        return Weighted(np.ones(len(self.type.words)) if self._weights is None else self._weights)

    def sample(self, draw: Draw, dtype: Any = np.int64) -> Array:
        """Codes into the list, of some dtype that holds them."""
        return self._weighted.sample(draw, dtype)


_LISTED = 1 << 20


class Grouped:
    """Words of which each belongs to a group, such as brands to a category: drawn within a given group.

    groups : the group of each word; words of a group stand together, and a word may come in several
    weights : whole numbers, relative within the group, or None for equally often
    """

    def __init__(self, name: str, words: Sequence[str] | pa.StringArray, groups: Array, weights: Array | None = None) -> None:
        distinct = list(dict.fromkeys(words.to_pylist() if isinstance(words, pa.Array) else words))
        if not len(groups) or groups[0] != 0 or (np.diff(groups) > 1).any() or (np.diff(groups) < 0).any():
            raise ValueError(f"{name}: groups are 0, 1, 2 … in order, each with a word at least")
        self.name = name
        self.type = Categorical(distinct)
        self._codes = pc.index_in(words if isinstance(words, pa.Array) else pa.array(words), self.type.words).to_numpy()
        weights = np.ones(len(groups), np.int64) if weights is None else weights.astype(np.int64)
        # a word stands at as many places as it weighs: in a list, or if that is too long, in a sum to be searched
        self._until = np.cumsum(weights) if weights.sum() > _LISTED else None
        if self._until is None:
            self._codes = np.repeat(self._codes, weights)
        self._count = np.bincount(groups, weights).astype(np.int64)
        self._first = np.cumsum(self._count) - self._count

    def pick(self, draw: Draw, group: Array) -> Array:
        """One word of the group of each row: codes, int64."""
        place = self._first.take(group) + draw.below(self._count.take(group))
        return self._codes.take(place if self._until is None else np.searchsorted(self._until, place, side="right"))
