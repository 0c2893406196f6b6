"""Which written tables refer to which: for keys in a database, and for the order in which rows go there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from colgen.declare.keys import Reference, references_of
from colgen.declare.table import TableInfo


def written_references(table: TableInfo, written: Sequence[TableInfo]) -> Iterator[Reference]:
    """The foreign keys of a table to tables that are written."""
    for reference in references_of(table):
        target = next((other for other in written if other == reference.target), None)
        if target is not None:
            yield Reference(reference.via, reference.columns, target, reference.targets)


def parents_first(tables: Sequence[TableInfo]) -> list[TableInfo]:
    """The tables in an order in which none refers to a later one, but where they refer to one another in a circle."""
    ordered: dict[TableInfo, None] = {}
    seen: set[TableInfo] = set()

    def place(table: TableInfo) -> None:
        if table in seen:
            return
        seen.add(table)
        for reference in written_references(table, tables):
            if table not in reference.target.ancestors:  # whose rows come after its own, whatever refers to them
                place(reference.target)
        ordered[table] = None

    for table in tables:
        place(table)
    return list(ordered)
