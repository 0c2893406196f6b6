"""Which tables are made together: a root table with everything fanned out from it is a family, and branches of a table share its ids.

Pure functions of a model's tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from colgen.declare.rows import Branches
from colgen.declare.table import TableInfo

Family = tuple[TableInfo, ...]
"""A root table and everything fanned out from it, a parent always before its children."""


def descendants(tables: Sequence[TableInfo], table: TableInfo) -> list[TableInfo]:
    """Every table fanned out from this one, and from those."""
    below = [other for other in tables if other.parent == table]
    for parent in below:  # grows while it is walked
        below += [child for child in tables if child.parent == parent]
    return below


def families(tables: Sequence[TableInfo]) -> tuple[Family, ...]:
    """The families of some tables, in the order of their roots."""
    roots = [table for table in tables if table.parent is None and not isinstance(table.rows, Branches)]
    return tuple((root, *descendants(tables, root)) for root in roots)


def family_of(families: Sequence[Family], table: TableInfo) -> Family:
    """The family that a table belongs to."""
    return next(family for family in families if table in family)


def branches(tables: Sequence[TableInfo], base: TableInfo) -> list[TableInfo]:
    """The tables whose rows make up a table that is declared with `Branches()`, in order."""
    return [table for table in tables if table.branch_of == base]


def sibling_branches(tables: Sequence[TableInfo], family: Family, branch: TableInfo) -> list[TableInfo]:
    """The branches of the same table in one family, this one included, in order; none for a table that is not a branch."""
    if branch.branch_of is None:
        return []
    return [sibling for sibling in branches(tables, branch.branch_of) if sibling in family]


def branches_before(tables: Sequence[TableInfo], families: Sequence[Family], branch: TableInfo) -> list[TableInfo]:
    """The branches of the same table in the families before its own; none for a table that is not a branch."""
    if branch.branch_of is None:
        return []
    siblings = branches(tables, branch.branch_of)
    roots = list(dict.fromkeys(family_of(families, sibling)[0] for sibling in siblings))
    before = roots[: roots.index(family_of(families, branch)[0])]
    return [sibling for sibling in siblings if family_of(families, sibling)[0] in before]
