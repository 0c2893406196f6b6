"""From which tables the rows of others are fanned out, and what that makes of references by several columns, of which some are shared."""

from __future__ import annotations

from collections.abc import Mapping

from colgen.introspect.layout import TablePlan
from colgen.introspect.shapes import ForeignKeyShape

Plans = Mapping[str, TablePlan]
"""The plans of all tables, by name."""


def common_ancestor(plans: Plans, table_plan: TablePlan, key: ForeignKeyShape) -> str | None:
    """A table from which the rows of both tables are fanned out, and whose key the shared columns have."""
    ours, theirs = _ancestors(plans, table_plan.name), _ancestors(plans, key.target)
    return next((name for name in ours if name in theirs and name != key.target), None)


def is_always_there(plans: Plans, table_plan: TablePlan, key: ForeignKeyShape) -> bool:
    """Whether the row of a table further up always has rows of the one that a composite reference within it goes to."""
    ancestor, name = common_ancestor(plans, table_plan, key), key.target
    while name != ancestor:
        target = plans[name]
        if not target.least or target.parent is None:
            return False
        name = target.parent.target
    return True


def keep_filled(plans: Plans, table_plan: TablePlan, key: ForeignKeyShape) -> None:
    """Has each row of the table further up have rows of the one that a composite reference goes to, where that must not be missing."""
    required = not any(table_plan.shape.column(name).nullable for name in key.columns)
    ancestor = common_ancestor(plans, table_plan, key)
    if len(key.columns) == 1 or not required or key is table_plan.parent or ancestor is None:
        return
    name = key.target
    while name != ancestor and (parent := plans[name].parent) is not None:
        plans[name].least = 1
        name = parent.target


def _ancestors(plans: Plans, name: str) -> list[str]:
    ancestors: list[str] = []
    while (parent := plans[name].parent) is not None:
        name = parent.target
        ancestors.append(name)
    return ancestors
