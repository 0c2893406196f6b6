"""Names, places, streets and products: lists read once, then arrays.

The files beside this one are made by `python -m colgen.vocabulary.make`; README.md there says from what.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from colgen.arrays import Array
from colgen.datatypes import Words
from colgen.distributions import Weighted
from colgen.draw import Draw


class WordList:
    """Words, and how often each comes up.

    weights : relative, or None for equally often
    """

    def __init__(self, name: str, words: Sequence[str] | pa.StringArray, weights: Array | None = None) -> None:
        self.name = name
        self.type = Words(words)
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
        self.type = Words(distinct)
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


@cache
def table(name: str) -> pa.Table:
    """One of the files as an Arrow table; codes with leading zeros stay text.

    >>> table("states").column_names
    ['state', 'name', 'region', 'sales_tax']
    """
    text = {column: pa.string() for column in ("zip_code", "area_codes")}
    options = pyarrow.csv.ConvertOptions(column_types=text)
    path = Path(__file__).with_name(f"{name}.csv")
    return pyarrow.csv.read_csv(path, convert_options=options, read_options=pyarrow.csv.ReadOptions(use_threads=False)).combine_chunks()


def column(name: str, field: str) -> pa.Array:
    """One column of one of the files."""
    return table(name)[field].combine_chunks()


@cache
def words(name: str, field: str) -> WordList:
    """A file's words with its weights; a word that comes twice (a name of either gender) has both."""
    found = column(name, field).dictionary_encode()
    weights = np.bincount(found.indices.to_numpy(), column(name, "weight").to_numpy())
    return WordList(name.replace("_", " "), found.dictionary, weights)


class Places:
    """Real combinations of city, state and ZIP code, drawn as often as people live there; values are row numbers, int64."""

    def __init__(self) -> None:
        source = table("places")
        weights = source["weight"].to_numpy().astype(np.float64)
        self.zip_codes = WordList("US ZIP codes", column("places", "zip_code"), weights)
        self.cities, self.city = distinct(column("places", "city"))
        self.states = Words(column("states", "state"))
        self.state = pc.index_in(column("places", "state"), self.states.words).to_numpy()
        codes = pc.split_pattern(column("places", "area_codes"), "/")
        self._area_codes = codes.flatten().cast(pa.int64()).to_numpy()
        self._first = codes.offsets.to_numpy()[:-1].astype(np.int64)
        self._count = np.diff(codes.offsets.to_numpy()).astype(np.int64)

    def area_code(self, draw: Draw, place: Array) -> Array:
        """One of the telephone area codes in use at each place: int64."""
        return self._area_codes.take(self._first.take(place) + draw.below(self._count.take(place)))


def distinct(texts: pa.StringArray | Sequence[str], sql: str = "VARCHAR") -> tuple[Words, Array]:
    """Words, each once, in the order in which they first come; and which of them each text is: int32.

    >>> distinct(["b", "a", "b"])[1].tolist()
    [0, 1, 0]
    """
    encoded = (texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())).dictionary_encode()
    return Words(encoded.dictionary, sql), encoded.indices.to_numpy()


@cache
def places() -> Places:
    """The United States by ZIP code."""
    return Places()
