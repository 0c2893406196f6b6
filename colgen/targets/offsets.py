"""By how much the keys of rows move on that are added to tables that hold rows already: so that they come after those that are there."""

from __future__ import annotations

from collections.abc import Mapping

from colgen.declare.column import Column
from colgen.declare.columns import Key
from colgen.declare.polymorphic import PolymorphicKey
from colgen.declare.relations import Lookup
from colgen.declare.table import TableInfo


def numbering(table: TableInfo) -> Key | None:
    """The written column that numbers the rows of a table."""
    return next((column for column in table.written_columns if isinstance(column, Key)), None)


def offset_of(key: Key, last: int | None) -> int:
    """By how much a key moves.

    last : the largest that is there; None where there is none
    """
    return max(0, last - key.start + 1) if last is not None else 0


def moved_by(column: Column, offsets: Mapping[str, int]) -> int:
    """By how much a column moves that is a key, refers to one, or is a copy of such a column.

    offsets : by table, how far its key moves
    """
    if isinstance(column, Lookup):
        return moved_by(column.column, offsets)
    if isinstance(column, Key):
        return offsets.get(column.table.name, 0)
    if column.references is not None and isinstance(column.references.key, Key):
        return offsets.get(column.references.name, 0)
    return 0


def moved_by_word(column: PolymorphicKey, offsets: Mapping[str, int]) -> dict[str, int]:
    """By how much a reference to one of several tables moves, where it does: by the word that says to which."""
    return {
        word: offset for word, target in column.targets.items() if (offset := offsets.get(target.name, 0)) and isinstance(target.key, Key)
    }
