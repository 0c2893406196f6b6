"""Lists of words to draw from, each word with a weight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.draws.alias import Weighted
from colgen.draws.draw import Draw
from colgen.values.types import Categorical


class WordList:
    """Words that are drawn in proportion to their weights.

    name : what the list is called in messages and in the data dictionary
    weights : relative frequencies, one per word; None if all words are equally frequent
    source : the libraries that the words are from, where they are: another version may have others

    Raises ValueError if a word occurs twice.

    >>> from colgen.draws.draw import key
    >>> sizes = WordList("sizes", ["small", "large"], np.array([9, 1]))
    >>> np.bincount(sizes.sample(Draw(key("sizes"), count=1000))).tolist()
    [905, 95]
    """

    def __init__(self, name: str, words: Sequence[str] | pa.StringArray, weights: Array | None = None) -> None:
        self.name = name
        self.type = Categorical(words)
        self.source: tuple[str, ...] = ()
        self._weights = weights

    @property
    def weights(self) -> Array:
        """The relative frequency of each word."""
        return np.ones(len(self.type.words)) if self._weights is None else self._weights

    @cached_property
    def _weighted(self) -> Weighted:
        return Weighted(self.weights)

    def sample(self, draw: Draw, dtype: Any = np.int64) -> Array:
        """A word for each row, as codes into `type.words`: shape (draw.count,).

        dtype : any integer dtype that can hold the codes
        """
        return self._weighted.sample(draw, dtype)


_MOST_REPEATED = 1 << 20  # the longest list in which each word is repeated as often as it weighs


class Grouped:
    """Words that each belong to a group, such as brands to a category; they are drawn within a given group.

    name : for messages
    groups : the group of each word, 0, 1, 2 … in ascending order; a word may belong to several groups
    weights : whole numbers, relative within the group; None if all words of a group are equally frequent

    Raises ValueError if groups are not in order, or one of them has no words.

    >>> from colgen.draws.draw import key
    >>> pets = Grouped("pets", ["cat", "dog", "canary"], groups=np.array([0, 0, 1]))
    >>> codes = pets.pick(Draw(key("pets"), count=3), group=np.array([1, 0, 1]))
    >>> pets.type.words.take(pa.array(codes)).to_pylist()
    ['canary', 'cat', 'canary']
    """

    def __init__(self, name: str, words: Sequence[str] | pa.StringArray, groups: Array, weights: Array | None = None) -> None:
        distinct = list(dict.fromkeys(words.to_pylist() if isinstance(words, pa.Array) else words))
        if not len(groups) or groups[0] != 0 or (np.diff(groups) > 1).any() or (np.diff(groups) < 0).any():
            raise ValueError(f"{name}: groups must be 0, 1, 2 … in ascending order, each with at least one word")
        self.name = name
        self.type = Categorical(distinct)
        self._codes = pc.index_in(words if isinstance(words, pa.Array) else pa.array(words), self.type.words).to_numpy()
        weights = np.ones(len(groups), np.int64) if weights is None else weights.astype(np.int64)
        # Each word is repeated as often as it weighs; if that list is too long, running sums of the weights are searched instead.
        self._until = np.cumsum(weights) if weights.sum() > _MOST_REPEATED else None
        if self._until is None:
            self._codes = np.repeat(self._codes, weights)
        self._count = np.bincount(groups, weights).astype(np.int64)
        self._first = np.cumsum(self._count) - self._count

    def pick(self, draw: Draw, group: Array) -> Array:
        """A word from the group of each row, as codes into `type.words`: int64, shape (rows,)."""
        position = self._first.take(group) + draw.below(self._count.take(group))
        return self._codes.take(position if self._until is None else np.searchsorted(self._until, position, side="right"))
