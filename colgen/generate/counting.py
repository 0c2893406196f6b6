"""How many rows there are, exactly or about, and with which ids they begin.

Rows that are fanned out have dense ids, so whoever starts in the middle must know how many came before. That is known where a walk has
ended, counted (at a few nanoseconds a parent) where it is not, and estimated from roots all over a family where "about" is good enough.
Chunks are counted each for itself, by whoever likes; here they are added up.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, cast

from colgen.declare.families import Family
from colgen.declare.period import Period
from colgen.declare.rows import Branches, Daily, Volume
from colgen.declare.table import TableInfo
from colgen.errors import ModelError, RequestError
from colgen.generate.block import Block, Unnumbered
from colgen.generate.sample import sample, spread
from colgen.generate.walk import count, walk

if TYPE_CHECKING:
    from colgen.generate.generation import Generation

SAMPLED_ROOTS = 256
"""How many rows come with a root is judged by this many roots at most."""

MOST_KNOWN = 1024
"""Of so many roots of a family it is remembered what they lead to."""

_SAMPLED_ROWS = 100_000  # or by this many rows
_COUNTED_ROOTS = 2048  # all over a family, whose children are counted
_FEW_ROOTS = 4  # with all that is fanned out from them, to judge by how many more are looked at
_ESTIMATED_ROWS = 40_000  # of roots all over a family, by which is judged how many rows there are in all


class FamilyRows(NamedTuple):
    """How many rows each table of a family has.

    made : all of them
    written : without those that a table does not keep
    exact : whether every row was counted
    """

    made: Mapping[TableInfo, int]
    written: Mapping[TableInfo, int]
    exact: bool


class RowCounts:
    """How many rows the tables of a generation have."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._first_ids: dict[TableInfo, dict[int, dict[TableInfo, int]]] = {}  # by root table, then by root
        self._per_root: dict[TableInfo, dict[TableInfo, float]] = {}
        self._about: dict[TableInfo, FamilyRows] = {}  # by root table
        self._roughly: dict[TableInfo, dict[TableInfo, int]] = {}  # by root table
        self._lock = threading.RLock()  # while rows are counted
        self._noting = threading.Lock()  # while a count is written down

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
        if (there := known.get(root)) is not None:
            return there
        with self._lock:
            while (there := known.get(root)) is None:  # another thread may have counted them meanwhile
                self._count(family, root)
        return there

    def nearest_known(self, family: Family, root: int) -> tuple[int, Mapping[TableInfo, int]]:
        """The last root, up to this one, of which it is known what it leads to; and the first ids that it leads to."""
        known = tuple(self._known_first_ids(family).items())  # other threads may add some meanwhile, or forget some
        return max((there for there in known if there[0] <= root), key=lambda there: there[0])

    def _count(self, family: Family, root: int) -> None:
        """Finds out what a root leads to, from an earlier one for which this is known."""
        known, first_ids = self.nearest_known(family, root)
        try:
            counted = count(self._generation, family, known, root)
        except Unnumbered:
            for _ in walk(self._generation, family, known, root - known):
                pass
        else:
            self.note_first_ids(family, root, {table: first_ids[table] + rows for table, rows in counted.items()})

    def note_first_ids(self, family: Family, root: int, first_ids: Mapping[TableInfo, int]) -> None:
        """Remembers the first ids that a root leads to, so that the rows before it need not be counted."""
        with self._noting:
            known = self._known_first_ids(family)
            known[root] = dict(first_ids)
            if len(known) > MOST_KNOWN:  # every other one will do: what lies between is counted again where it is asked for
                for other in sorted(known.keys() - {root})[1::2]:
                    del known[other]

    def _known_first_ids(self, family: Family) -> dict[int, dict[TableInfo, int]]:
        return self._first_ids.setdefault(family[0], {1: dict.fromkeys(family[1:], 1)})

    def between(self, family: Family, first: int, end: int) -> dict[TableInfo, int]:
        """How many rows of each table come from the roots from `first` up to, but not including, `end`: exactly."""
        if first not in self._known_first_ids(family):
            with suppress(Unnumbered):  # without a look at what lies before
                return {family[0]: end - first, **count(self._generation, family, first, end)}
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
        taken, first_ids = 1, self.first_ids(family, 2)
        while taken < min(SAMPLED_ROOTS, roots) and sum(first_ids.values()) - len(first_ids) < _SAMPLED_ROWS:
            taken = min(SAMPLED_ROOTS, roots, 4 * taken)
            first_ids = self.first_ids(family, taken + 1)
        return {family[0]: 1.0, **{table: (first - 1) / taken for table, first in first_ids.items()}}

    def _longer(self, root: TableInfo) -> Generation | None:
        """The same over a period with a whole sample of a table's daily rows; None where this one has that, or where rows are not daily."""
        generation = self._generation
        if generation.model.settles_after is None or not isinstance(root.rows, Daily) or self.of(root) >= SAMPLED_ROOTS:
            return None
        days = -(-SAMPLED_ROOTS // root.rows.per_day(generation.volume))
        period = Period(generation.period.first, generation.period.first + datetime.timedelta(days=days - 1))
        return generation.over(period, {**generation.volume, "days": days} if "days" in generation.volume else generation.volume)

    def about(self, family: Family) -> FamilyRows:
        """About how many rows each table of a family has, by those of some roots all over it: in a moment, however many there are.

        Where the count of one table cannot do with ids that are not right, all are counted.
        """
        if family[0] not in self._about:
            try:
                self._about[family[0]] = self._estimated(family)
            except ModelError:
                rows = {table: self.of(table) for table in family}
                self._about[family[0]] = FamilyRows(rows, rows, False)
        return self._about[family[0]]

    def roughly(self, family: Family) -> dict[TableInfo, int]:
        """The same from a few roots: within a tenth or so, and without a thought for what a table does not keep."""
        if family[0] in self._about:
            return dict(self._about[family[0]].made)
        if family[0] not in self._roughly:
            few = sample(self._generation, family, spread(self.of(family[0]), _FEW_ROOTS))
            self._roughly[family[0]] = {table: round(few.rows(table)) for table in family}
        return self._roughly[family[0]]

    def _estimated(self, family: Family) -> FamilyRows:
        root, roots = family[0], self.of(family[0])
        if len(family) == 1 and root.keep is None:
            return FamilyRows({root: roots}, {root: roots}, True)
        # how many children there are varies with the day and the season, and is known for many roots at once
        many = Block(self._generation, root, ids=spread(roots, _COUNTED_ROOTS))
        counted = {table: float(many.fan_out(table).mean()) * roots for table in family[1:] if table.parent == root}
        few = sample(self._generation, family, spread(roots, _FEW_ROOTS))
        rows_of_root = sum(block.count for block in few.blocks.values()) / few.blocks[root].count
        some = sample(self._generation, family, spread(roots, max(2 * _FEW_ROOTS, round(_ESTIMATED_ROWS / rows_of_root))))
        made, written, corrections = {root: roots}, {root: round(some.kept(root))}, {root: 1.0}
        for table in family[1:]:
            rows, kept = some.rows(table), some.kept(table)
            corrections[table] = corrections[cast(TableInfo, table.parent)]
            if table in counted and rows and not some.complete:
                corrections[table] = counted[table] / rows
            made[table], written[table] = round(rows * corrections[table]), round(kept * corrections[table])
        return FamilyRows(made, written, some.complete)
