"""Which written tables refer to which: for keys in a database, and for the order in which rows go there."""

from __future__ import annotations

from collections.abc import Sequence

from colgen.declare.table import TableInfo


def referred(table: TableInfo, name: str, written: Sequence[TableInfo]) -> TableInfo | None:
    """The written table that a column refers to by its written key."""
    reference = table.columns[name].references
    target = next((other for other in written if other == reference), None) if reference is not None else None
    return target if target is not None and not target.key.hidden else None


def parents_first(tables: Sequence[TableInfo]) -> list[TableInfo]:
    """The tables in an order in which none refers to a later one."""
    ordered: list[TableInfo] = []

    def place(table: TableInfo) -> None:
        for column in table.written_columns:
            other = referred(table, column.name, tables)
            if other is not None and other != table and other not in ordered:
                place(other)
        if table not in ordered:
            ordered.append(table)

    for table in tables:
        place(table)
    return ordered
