"""Which written tables refer to which: for keys in a database, and for the order in which rows go there."""

from __future__ import annotations

from collections.abc import Sequence

from colgen.relations import key_of
from colgen.table import Table


def referred(table: type[Table], name: str, written: Sequence[type[Table]]) -> type[Table] | None:
    """The written table that a column refers to by its written key."""
    other = table.__columns__[name].references
    return other if other is not None and other in written and not other.__columns__[key_of(other)].hidden else None


def parents_first(tables: Sequence[type[Table]]) -> list[type[Table]]:
    """The tables in an order in which none refers to a later one."""
    ordered: list[type[Table]] = []

    def place(table: type[Table]) -> None:
        for column in table.visible():
            other = referred(table, column.name, tables)
            if other is not None and other is not table and other not in ordered:
                place(other)
        if table not in ordered:
            ordered.append(table)

    for table in tables:
        place(table)
    return ordered
