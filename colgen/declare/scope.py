"""References that stay within a row further up: a task's assignee is a user of the same tenant.

All rows that are fanned out from one row, however far down, follow one another. So those to choose from are known by the first and by how many
they are; no other row is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from colgen.arrays import Array
from colgen.declare.differing import avoided, left_of, moved_on
from colgen.declare.rows import FanOut, Rows
from colgen.declare.table import TableInfo
from colgen.errors import ModelError

if TYPE_CHECKING:
    from colgen.declare.foreign_key import ForeignKey


@dataclass(frozen=True)
class Scope:
    """The rows that a reference may choose from.

    key : the reference
    ancestor : the table whose row both have in common: what is referred to is fanned out from it
    via : the own column that refers to that row; empty where the own rows are fanned out from it, or are that row
    """

    key: ForeignKey
    ancestor: TableInfo
    via: str

    def drawn(self, rows: Rows) -> Array:
        """A row for each, as likely as any other of the same row of the ancestor, and not the row itself."""
        key, draw = self.key, rows.draw(self.key)
        first, there = rows.members(self.ancestor, key.other, self.via)
        others, past = left_of(avoided(key, rows), first, there)
        lacks = np.asarray(others) < 1
        if lacks.any() and not key.nullable:
            raise ModelError(
                f"{key.qualified_name}: a row of {self.ancestor.name} has no {'other ' * bool(past)}row of {key.other.name}; say nullable=True"
            )
        if key.distinct:
            from colgen.draws.distinct import Distinct

            number = draw(Distinct(rows.parent_ids, rows.ordinal(), np.maximum(others, rows.siblings) if key.nullable else others))
            lacks |= number >= others
        else:
            number = draw.below(np.maximum(others, 1))
        number = moved_on(number + first, past)
        return np.ma.array(number, mask=lacks) if key.nullable else number


def scope_of(key: ForeignKey, ancestor: TableInfo) -> Scope:
    """The scope of a reference. ModelError where it cannot be worked out, because one of both is not fanned out from that table."""
    table, other = key.table, key.other
    place, name = f"{key.qualified_name}: within={ancestor.declared.__name__}", ancestor.name
    if ancestor not in other.ancestors:
        raise ModelError(
            f"{place} needs rows of {other.name} that are fanned out from {name}: rows = FanOut({ancestor.declared.__name__}, …)"
        )
    if key.is_to_self and key.distinct:
        raise ModelError(f"{place}: distinct=True beside a reference to the own table cannot be kept; leave it out")
    if ancestor == table or ancestor in table.ancestors:
        return Scope(key, ancestor, "")
    keys = [column.name for column in table.columns.values() if column.references == ancestor]
    if len(keys) != 1:
        raise ModelError(
            f"{place}: {table.name} is not fanned out from {name}, and has {len(keys) or 'no'} references to it; one is needed to say which row is meant"
        )
    return Scope(key, ancestor, keys[0])


def least_members(ancestor: TableInfo, other: TableInfo, volume: Mapping[str, Any]) -> int:
    """How many rows of a table a row that they are fanned out from has at least."""
    least, table = 1, other
    while table != ancestor:
        rows = table.rows
        assert isinstance(rows, FanOut)
        least *= rows.limits(volume)[0]
        table = rows.parent_table
    return least
