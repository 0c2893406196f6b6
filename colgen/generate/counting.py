"""How many rows there are, exactly or about, and with which ids they begin: the one place that counts.

Rows that are fanned out have dense ids, so whoever starts in the middle must know how many came before. That is known where a walk has
ended, counted (at a few nanoseconds a parent) where it is not, and estimated from roots all over a family where "about" is good enough.
"""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from colgen.declare.families import Family
from colgen.declare.period import Period
from colgen.declare.rows import Branches, Daily, Volume
from colgen.declare.table import TableInfo
from colgen.errors import ModelError, RequestError
from colgen.generate.walk import fan_out, walk

if TYPE_CHECKING:
    from colgen.generate.generation import Generation

SAMPLED_ROOTS = 256
"""How many rows come with a root is judged by this many roots at most."""

_SAMPLED_ROWS = 100_000  # or by this many rows
_ESTIMATED_ROWS = 1 << 17  # of roots all over a family, by which is judged how many rows there are in all
_WINDOWS = 64  # places at which they are counted
_GOLDEN_RATIO = (5**0.5 - 1) / 2


class RowCounts:
    """How many rows the tables of a generation have."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._first_ids: dict[TableInfo, dict[int, dict[TableInfo, int]]] = {}  # by root table, then by root
        self._per_root: dict[TableInfo, dict[TableInfo, float]] = {}
        self._lock = threading.RLock()

    def of(self, table: TableInfo) -> int:
        """How many rows a table has, exactly; those of a fanned-out one are counted unless they were made here."""
        if isinstance(table.rows, int):
            return table.rows
        if isinstance(table.rows, Volume):
            return int(self._generation.volume[table.rows.name])
        if isinstance(table.rows, Daily):
            return self.per_day(table) * self._generation.period.days
        if isinstance(table.rows, Branches):
            return sum(map(self.of, self._generation.model.branches(table)))
        family = self._generation.model.family_of(table)
        return self.first_ids(family, self.of(family[0]) + 1)[table] - 1

    def per_day(self, table: TableInfo) -> int:
        """How many rows a table declared with `Daily` has for each day."""
        try:
            rows = cast(Daily, table.rows).per_day(self._generation.volume)
        except Exception as error:
            raise ModelError(f"table {table.name}: its rows for each day failed: {type(error).__name__}: {error}") from error
        if rows < 1:
            raise ModelError(f"table {table.name}: {rows:,} rows for each day; there must be at least one")
        return rows

    def before(self, branch: TableInfo) -> int:
        """How many rows a branch's table has from the families before its own."""
        return sum(map(self.of, self._generation.model.branches_before(branch)))

    def first_ids(self, family: Family, root: int) -> dict[TableInfo, int]:
        """The first id that a root, or one after it, leads to in each fanned-out table: what makes their ids dense.

        Rows between the root and the nearest one before it for which this is known are counted.
        """
        if len(family) == 1:
            return {}
        known = self._known_first_ids(family)
        if root not in known:
            with self._lock:
                last = max(earlier for earlier in tuple(known) if earlier <= root)
                for _ in walk(self._generation, family, last, root - last):
                    pass
        return known[root]

    def note_first_ids(self, family: Family, root: int, first_ids: Mapping[TableInfo, int]) -> None:
        """Remembers the first ids that a root leads to, so that the rows before it need not be counted."""
        self._known_first_ids(family)[root] = dict(first_ids)

    def _known_first_ids(self, family: Family) -> dict[int, dict[TableInfo, int]]:
        return self._first_ids.setdefault(family[0], {1: dict.fromkeys(family[1:], 1)})

    def between(self, family: Family, first: int, end: int) -> dict[TableInfo, int]:
        """How many rows of each table come from the roots from `first` up to, but not including, `end`: exactly."""
        start, stop = ({family[0]: root, **self.first_ids(family, root)} for root in (first, end))
        return {table: stop[table] - start[table] for table in family}

    def per_root(self, family: Family) -> dict[TableInfo, float]:
        """About how many rows of each table come with one root, from the first few hundred roots or 100,000 rows: the same on every machine.

        In a model that can be extended it is the same for a short period and for a longer one, so that both are cut at the same roots.
        """
        root = family[0]
        if root not in self._per_root:
            sampled = None
            with suppress(RequestError):  # not everything is known of what lies beyond a period, such as Ramadan after 2077
                longer = self._longer(root)
                sampled = longer.counts._sampled(family) if longer is not None else None
            self._per_root[root] = sampled or self._sampled(family)
        return self._per_root[root]

    def _sampled(self, family: Family) -> dict[TableInfo, float]:
        roots = self.of(family[0])
        sample, first_ids = 1, self.first_ids(family, 2)
        while sample < min(SAMPLED_ROOTS, roots) and sum(first_ids.values()) - len(first_ids) < _SAMPLED_ROWS:
            sample = min(SAMPLED_ROOTS, roots, 4 * sample)
            first_ids = self.first_ids(family, sample + 1)
        return {family[0]: 1.0, **{table: (first - 1) / sample for table, first in first_ids.items()}}

    def _longer(self, root: TableInfo) -> Generation | None:
        """The same over a period with a whole sample of a table's daily rows; None where this one has that, or where rows are not daily."""
        generation = self._generation
        if generation.model.settles_after is None or not isinstance(root.rows, Daily) or self.of(root) >= SAMPLED_ROOTS:
            return None
        days = -(-SAMPLED_ROOTS // root.rows.per_day(generation.volume))
        period = Period(generation.period.first, generation.period.first + datetime.timedelta(days=days - 1))
        return generation.over(period, {**generation.volume, "days": days} if "days" in generation.volume else generation.volume)

    def about(self, family: Family) -> dict[TableInfo, int]:
        """About how many rows each table of a family has, by counting those of roots all over it; exactly, where that cannot be done."""
        try:
            return self._about(family)
        except ModelError:  # a count that cannot do with first ids that are not quite right
            return {table: self.of(table) for table in family}

    def _about(self, family: Sequence[TableInfo]) -> dict[TableInfo, int]:
        each = self.per_root(tuple(family))
        roots, rows = self.of(family[0]), Counter[TableInfo]()
        windows = min(roots, _WINDOWS)
        # of equally many roots each: those with many rows count as much as others
        size = max(1, round(_ESTIMATED_ROWS / windows / sum(each.values())))
        for number in range(windows):
            first, end = (1 + roots * (number + more) // windows for more in (0, 1))
            first += int((max(0, end - first - size) + 1) * (number * _GOLDEN_RATIO % 1))  # even steps could keep step with the week
            end, limit = min(first + size, end), rows.total() + 2 * _ESTIMATED_ROWS // windows
            for count in (size // 8, size):  # the rest only if there are not far more rows than expected
                count = min(count, end - first)
                if count and rows.total() < limit:
                    # about where they are, so that no two windows draw alike
                    first_ids = {table: 1 + int((first - 1) * each[table]) for table in family[1:]}
                    for table, block in fan_out(self._generation, family, first, count, first_ids).items():
                        rows[table] += block.count
                    first += count
        return {table: round(rows[table] * roots / rows[family[0]]) for table in family}
