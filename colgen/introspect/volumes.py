"""How many rows the tables of a model have: its volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from colgen.introspect.identifiers import volume as setting
from colgen.introspect.layout import TablePlan

_VOLUMES = {"small": 1, "medium": 20, "large": 1_000}
_COUNTED = "counted"
"""The volume with as many rows as the source has, where they were counted."""


def volumes_of(plans: Sequence[TablePlan], limits: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The settings of each volume.

    limits : how many rows a table can have at most, by the name of its plan
    """
    own = [table_plan for table_plan in plans if table_plan.parent is None]
    volumes = {
        volume: {setting(table_plan): _limited(table_plan.rows * factor, table_plan, limits) for table_plan in own}
        for volume, factor in _VOLUMES.items()
    }
    if any(table_plan.shape.rows is not None for table_plan in own):
        volumes[_COUNTED] = {
            setting(table_plan): _limited(
                table_plan.rows if table_plan.shape.rows is None else max(1, table_plan.shape.rows), table_plan, limits
            )
            for table_plan in own
        }
    for rows in volumes.values():
        _cap_references(plans, rows)
    return volumes


def _limited(rows: int, table_plan: TablePlan, limits: Mapping[str, int]) -> int:
    return min(rows, max(1, limits.get(table_plan.name, rows)))


def _cap_references(plans: Sequence[TablePlan], rows: dict[str, int]) -> None:
    """A table whose reference is unique has no more rows than the one it refers to."""
    by_name = {table_plan.name: table_plan for table_plan in plans}

    def root_rows(table_plan: TablePlan) -> int:
        while table_plan.parent is not None:
            table_plan = by_name[table_plan.parent.target]
        return rows[setting(table_plan)]

    for _ in plans:
        for table_plan in plans:
            for key in table_plan.shape.foreign_keys:
                name, target = setting(table_plan), by_name[key.target]
                if table_plan.pair is not None and key.columns == table_plan.pair[:1]:
                    there = root_rows(target)
                    rows[name] = min(rows[name], max(1, there * (there - 1) // 2))
                if table_plan.parent is None and key.columns[0] in table_plan.unique and len(key.columns) == 1:
                    most = rows[setting(target)] if target.parent is None else max(1, root_rows(target) // 10)
                    rows[name] = min(rows[name], max(1, most - (key.target == table_plan.name)))
