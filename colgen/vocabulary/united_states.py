"""Places in the United States, by ZIP code."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.draws.draw import Draw
from colgen.values.types import Categorical
from colgen.values.word_list import WordList
from colgen.vocabulary.readers import column, distinct, table


class UnitedStates:
    """Real combinations of city, state and ZIP code, drawn in proportion to their population. Values are row numbers, int64.

    zip_codes : a list to draw rows from; its words are the ZIP codes
    cities, states : the types of columns of cities and of states
    city, state : the code of each row in them
    """

    def __init__(self) -> None:
        source = table("places")
        weights = source["weight"].to_numpy().astype(np.float64)
        self.zip_codes = WordList("US ZIP codes", column("places", "zip_code"), weights)
        self.cities, self.city = distinct(column("places", "city"))
        self.states = Categorical(column("states", "state"))
        self.state = pc.index_in(column("places", "state"), self.states.words).to_numpy()
        codes = pc.split_pattern(column("places", "area_codes"), "/")
        self._area_codes = codes.flatten().cast(pa.int64()).to_numpy()
        self._first = codes.offsets.to_numpy()[:-1].astype(np.int64)
        self._count = np.diff(codes.offsets.to_numpy()).astype(np.int64)

    def area_code(self, draw: Draw, rows: Array) -> Array:
        """One of the telephone area codes that are in use in each row's ZIP code: int64."""
        return self._area_codes.take(self._first.take(rows) + draw.below(self._count.take(rows)))


@cache
def united_states() -> UnitedStates:
    """Places in the United States, read once."""
    return UnitedStates()
