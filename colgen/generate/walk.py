"""A family of tables, block after block: a root table with everything fanned out from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from colgen.declare.families import Family
from colgen.declare.table import TableInfo
from colgen.errors import ModelError
from colgen.generate.block import LEAF_ROWS, Block
from colgen.generate.places import BITS, first_place, stretches
from colgen.values.types import String, Uuid

if TYPE_CHECKING:
    from colgen.generate.generation import Generation

BLOCK_ROWS = 3 << 15
"""About how many rows a column of a family has in a block, on average: enough for Python's share of the work to be small, few enough for a
column's 512 KB to stay in the cache until they are used. It changes no value."""

SAMPLE_CELLS = 1 << 17
"""How large a block's rows are is judged by its first roots: up to 256 of them, or this many values."""

_HARDLY_ANY = 16  # one row for so many of the largest table
_MOST_CELLS = 3 << 22  # of a block, 100 MB

Blocks = Mapping[TableInfo, Block]


def fan_out(
    generation: Generation,
    family: Sequence[TableInfo],
    start: int,
    rows: int,
    first_ids: Mapping[TableInfo, int] | None,
    places: Mapping[TableInfo, int],
) -> dict[TableInfo, Block]:
    """A block of roots, all in one chunk, and of everything fanned out from them.

    start, rows : the roots
    first_ids, places : the first id and place in each fanned-out table; without ids, the rows can only be counted
    """
    blocks = {family[0]: Block(generation, family[0], start, rows)}
    at_hand: WeakValueDictionary[TableInfo, Block] = WeakValueDictionary(blocks)
    blocks[family[0]].family = at_hand
    for table in family[1:]:
        parent = blocks[cast(TableInfo, table.parent)]
        counts = parent.fan_out(table)
        first = None if first_ids is None else first_ids[table]
        blocks[table] = Block(generation, table, first, int(counts.sum()), parent=parent, counts=counts, place=places[table])
        at_hand[table] = blocks[table]
        blocks[table].family = at_hand
    return blocks


def walk(generation: Generation, family: Family, start: int, rows: int, block_cells: int | None = None) -> Iterator[Blocks]:
    """Block after block of a family, from the root with id `start`. At its end it is known what the next root leads to.

    block_cells : about how many values a block has, of 8 bytes each; a text counts as four. `BLOCK_ROWS` for each column if None
    """
    if rows < 1:
        return
    first_ids = dict(generation.counts.first_ids(family, start))
    for blocks in _blocks(generation, family, start, start + rows, block_cells, first_ids):
        yield blocks
        for table in family[1:]:
            first_ids[table] += blocks[table].count
    generation.counts.note_first_ids(family, start + rows, first_ids)


def count(generation: Generation, family: Family, first: int, end: int) -> dict[TableInfo, int]:
    """How many rows of each fanned-out table come from the roots from `first` up to, but not including, `end`. What lies before is not
    looked at. Raises `Unnumbered` where this depends on ids of fanned-out rows."""
    counted = dict.fromkeys(family[1:], 0)
    if len(family) > 1:
        for blocks in _blocks(generation, family, first, end):
            for table in counted:
                counted[table] += blocks[table].count
    return counted


def _blocks(
    generation: Generation,
    family: Family,
    first: int,
    end: int,
    block_cells: int | None = None,
    first_ids: Mapping[TableInfo, int] | None = None,
) -> Iterator[Blocks]:
    """The blocks of the roots from `first` up to `end`.

    first_ids : in each fanned-out table of the next block, kept by whoever asks for it; without them, rows can only be counted
    """
    chunk = generation.chunk(family)
    begins = first - (first - 1) % chunk  # the first root of its chunk
    if begins == first:
        before = dict.fromkeys(family[1:], 0)
    elif first_ids is None:
        before = count(generation, family, begins, first)
    else:
        before = generation.counts.between(family, begins, first)
    places = {table: first_place(first, chunk) + before[table] for table in family[1:]}
    step = _roots_of_block(generation, family, range(first, min(end, begins + chunk)), first_ids, places, block_cells)
    for roots in stretches(first, end, step, chunk):
        if (roots.start - 1) % chunk == 0:
            places = dict.fromkeys(family[1:], first_place(roots.start, chunk))
        blocks = fan_out(generation, family, roots.start, len(roots), first_ids, places)
        yield blocks
        for table in family[1:]:
            places[table] += blocks[table].count
            if places[table] - first_place(roots.start, chunk) >> BITS:
                raise ModelError(
                    f"{table.name}: over {1 << BITS:,} rows come from {chunk:,} rows of {family[0].name}, and no more can be drawn"
                )


def _roots_of_block(
    generation: Generation,
    family: Family,
    roots: range,
    first_ids: Mapping[TableInfo, int] | None,
    places: Mapping[TableInfo, int],
    block_cells: int | None,
) -> int:
    """How many roots have about as many values with what they lead to as a block is to have, going by the first of some roots of a chunk."""
    row_cells = {table: _cells(table) for table in family}
    sampled, cells, sample = 0, 0, dict[TableInfo, Block]()
    while sampled < min(len(roots), 256) and cells < SAMPLE_CELLS:
        sampled = min(len(roots), 256, max(1, 2 * sampled))
        sample = fan_out(generation, family, roots.start, sampled, first_ids, places)
        cells = sum(block.count * row_cells[table] for table, block in sample.items())
    if block_cells is None:
        block_cells = cells_of_block({table: block.count for table, block in sample.items()})
    return max(1, block_cells * sampled // max(cells, 1))


def cells_of_block(rows: Mapping[TableInfo, int]) -> int:
    """About how many values a block has, of 8 bytes each, where nothing else is asked for.

    rows : of the tables of a family, in proportion; the columns of those with hardly any make no block larger
    """
    most = max(rows.values())
    columns = sum(_cells(table) for table, count in rows.items() if count * _HARDLY_ANY >= most)
    return min((BLOCK_ROWS if len(rows) > 1 else LEAF_ROWS) * columns, _MOST_CELLS)


def _cells(table: TableInfo) -> int:
    return sum(4 if column.type in (String, Uuid) else 1 for column in table.columns.values())
