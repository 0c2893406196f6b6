"""How popular the rows of a table are, by rank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from colgen.arrays import Array
from colgen.declare.arguments import require_text, shown
from colgen.draws.numbers import is_finite
from colgen.draws.zipf import Zipf
from colgen.errors import ModelError

_LEAST_PART = 1e-6  # with less, the exponent of a Zipf would be steeper than it can be


@dataclass(frozen=True, kw_only=True)
class Popularity:
    """How popular the rows of a table are: a Zipf in which the `top` part of them gets `share` of the draws, however many rows there are.

    by : the table's `Rank` column, whose first ranks are the most popular; each reference has favourites of its own if empty
    """

    top: float = 0.2
    share: float = 0.8
    by: str = ""

    def __post_init__(self) -> None:
        if not (is_finite(self.top) and is_finite(self.share) and _LEAST_PART <= self.top < self.share <= 1 - _LEAST_PART):
            raise ModelError(
                f"Popularity(top={shown(self.top)}, share={shown(self.share)}): 0 < top < share < 1 is needed, by a millionth or more, such as Popularity(top=0.2, share=0.8)"
            )
        require_text("Popularity", by=self.by)

    def over(self, rows: int) -> Zipf:
        """The distribution over the ranks 1 … rows."""
        return _zipf(rows, self.top, self.share)

    def share_of(self, rank: Array, rows: int) -> Array:
        """The share of all draws that a rank gets: float64.

        >>> import numpy as np
        >>> Popularity().share_of(np.array([1, 2, 10]), 1000).round(3)
        array([0.144, 0.071, 0.014])
        """
        return self.over(rows).probability(rank)

    @property
    def description(self) -> str:
        return f"{self.share:.0%} of the draws to {self.top:.0%} of the rows" + (f", by {self.by}" if self.by else "")


@lru_cache(maxsize=64)
def _zipf(rows: int, top: float, share: float) -> Zipf:
    return Zipf.for_share(rows, top, share) if rows > 1 else Zipf(0, 1)
