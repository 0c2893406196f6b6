"""How the tables of a schema become tables of a model: which row a row is fanned out from, what is unique and why, in which order they stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from colgen.introspect import checks
from colgen.introspect.shapes import ForeignKeyShape, SchemaShape, TableShape


@dataclass
class TablePlan:
    """A table of the model.

    parent : the reference to the row that its rows are fanned out from; None for rows of their own
    pair : two references to one table that are unique together, the first to the lower row
    once : whether a row of the parent has at most one
    least : how many a row of the parent has at least
    most : how many a row of the parent has at most
    rows : how many there are in a small build, where they are rows of their own
    start : the first number of its key
    distinct : columns that differ within a parent; ordinals : those of them that are 1, 2, 3 …
    unique : columns that are made to differ in the whole table
    heads : sets of columns that are unique by what their columns are
    missing : columns that can only be left empty
    left_out : columns that the database fills
    differs : references that must be to other rows than another one of the same row
    """

    shape: TableShape
    parent: ForeignKeyShape | None = None
    pair: tuple[str, str] | None = None
    once: bool = False
    least: int = 0
    most: int = 3
    rows: int = 50
    start: int = 1
    distinct: set[str] = field(default_factory=set)
    ordinals: set[str] = field(default_factory=set)
    unique: set[str] = field(default_factory=set)
    heads: list[tuple[str, ...]] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    differs: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.shape.full_name

    def reference_of(self, column: str) -> ForeignKeyShape | None:
        """The first reference that a column belongs to, the parent's before others."""
        keys = ([self.parent] if self.parent else []) + self.shape.foreign_keys
        return next((key for key in keys if column in key.columns), None)


_ALIKE = ("boolean", "json", "jsonb", "tsvector", "xml")
"""Types of which no values are made that differ."""

WHOLE = ("smallint", "integer", "bigint")


def plan(schema: SchemaShape) -> list[TablePlan]:
    """The tables of the model, each after those that it needs."""
    plans = {table.full_name: TablePlan(table) for table in schema.tables}
    for table_plan in plans.values():
        table_plan.pair = _pair(table_plan, plans)
        table_plan.parent = _parent(table_plan, plans) if table_plan.pair is None else None
        if table_plan.parent is not None and table_plan.parent.children:
            table_plan.most = max(count for count, _ in table_plan.parent.children)
    for table_plan in plans.values():
        _make_unique(table_plan, plans, schema)
    return _ordered(plans)


def _pair(plan: TablePlan, plans: dict[str, TablePlan]) -> tuple[str, str] | None:
    """The columns of a table that pairs two rows of another one, of which a check says that the first is the lower one."""
    table = plan.shape
    for two in map(checks.two, table.checks):
        if two is None or two[1] != "<":
            continue
        names = (two[0], two[2])
        target = next((key.target for key in table.foreign_keys if key.columns == names[:1]), "")
        to_it = [key for key in table.foreign_keys if key.target == target]
        referring = [column.name for column in table.columns if any(key.columns == (column.name,) for key in to_it)]
        is_unique = any(set(names) == set(others) for others in [table.key, *table.uniques])
        is_there = not any(table.column(name).nullable for name in names)
        if target and referring[:2] == list(names) and is_unique and is_there and target != table.full_name:
            key = plans[target].shape.key
            if len(key) == 1 and all(one.targets == key for one in to_it) and _is_own_key(plans[target], key[0]):
                return names if plans[target].shape.column(key[0]).type in WHOLE else None
    return None


def _parent(plan: TablePlan, plans: dict[str, TablePlan]) -> ForeignKeyShape | None:
    """What its rows are fanned out from: the first reference that is never missing in the key, else in a unique set, else one that is deleted with
    its row; None where there is none, or where that would be a circle."""
    table = plan.shape
    sets = [table.key, *table.uniques]
    candidates: list[ForeignKeyShape] = []
    for names in sets:
        candidates += [key for key in table.foreign_keys if set(key.columns) <= set(names)]
    candidates += [key for key in table.foreign_keys if key.cascades and not key.by_name]
    for key in candidates:
        required = all(not table.column(name).nullable for name in key.columns)
        if required and key.target != table.full_name and not _leads_to(key.target, table.full_name, plans):
            return key
    return None


def _leads_to(name: str, wanted: str, plans: dict[str, TablePlan]) -> bool:
    """Whether going from parent to parent leads to a table."""
    seen = set()
    while name not in seen:
        if name == wanted:
            return True
        seen.add(name)
        parent = plans[name].parent
        if parent is None:
            return False
        name = parent.target
    return True


def _make_unique(plan: TablePlan, plans: dict[str, TablePlan], schema: SchemaShape) -> None:
    """Chooses what makes each set of columns unique that must be."""
    table = plan.shape
    if plan.parent is not None and any(set(names) <= set(plan.parent.columns) for names in [table.key, *table.uniques] if names):
        plan.once = True
    for names in sorted(filter(None, [table.key, *table.uniques]), key=len):
        if not _follows(plan, names) and not _arranged(plan, names, plans):
            schema.notes.append(f"{table.full_name}: ({', '.join(names)}) must be unique, which is left to chance")
            continue
        if len(names) > 1 and names not in plan.heads:
            plan.heads.append(names)


def _is_own_key(plan: TablePlan, name: str) -> bool:
    """Whether a column is a key by itself: numbered, or a UUID."""
    column = plan.shape.column(name)
    return plan.shape.key == (name,) and plan.reference_of(name) is None and column.type in (*WHOLE, "numeric", "uuid")


def _follows(plan: TablePlan, names: tuple[str, ...]) -> bool:
    if plan.pair is not None and set(plan.pair) <= set(names):
        return True
    if any(name in plan.unique or _is_own_key(plan, name) for name in names):
        return True
    if any(plan.shape.column(name).type == "uuid" and plan.reference_of(name) is None for name in names):
        return True
    tells_parent = plan.parent is not None and set(plan.parent.columns) <= set(names)
    return tells_parent and (plan.once or any(name in plan.distinct for name in names))


def _arranged(plan: TablePlan, names: tuple[str, ...], plans: dict[str, TablePlan]) -> bool:
    """Makes a column differ, within its parent or in the whole table; whether one could be."""
    table = plan.shape
    if plan.parent is not None and set(plan.parent.columns) <= set(names):
        others = [name for name in names if name not in plan.parent.columns]
        others = [name for name in others if table.column(name).type not in _ALIKE[1:] and not table.column(name).is_array]
        for name in sorted(others, key=lambda name: _rank(plan, name)):
            column = table.column(name)
            reference = plan.reference_of(name)
            if reference is None and column.type in WHOLE and column.words is None and column.low in (None, 0, 1) and column.high is None:
                plan.distinct.add(name)
                plan.ordinals.add(name)
                return True
            if column.type == "boolean":
                plan.most = 1
                plan.once = True
                return True
            if column.words is not None:
                plan.most = min(plan.most, len(column.words))
            plan.distinct.add(name)
            return True
        plan.once = True
        return True
    for name in sorted(names, key=lambda name: _rank(plan, name)):
        column, reference = table.column(name), plan.reference_of(name)
        if column.type in _ALIKE or column.is_array or column.generated or (reference is not None and len(reference.columns) > 1):
            continue
        if plan.parent is not None and name in plan.parent.columns:
            plan.once = True
            plan.unique.add(name)
            return True
        if reference is not None:
            if plan.parent is not None:
                continue
            plan.rows = min(plan.rows, max(1, plans[reference.target].rows // 2))
        if column.words is not None and plan.parent is not None:
            continue
        if column.words is not None:
            plan.rows = min(plan.rows, len(column.words))
        plan.unique.add(name)
        return True
    return _left_empty(plan, names)


def _left_empty(plan: TablePlan, names: tuple[str, ...]) -> bool:
    """Leaves one of the columns empty, since NULLs never equal each other; whether that could be done. A flag alone is never true, which is what
    the partial index of a single row that has it asks for."""
    for name in names:
        column, reference = plan.shape.column(name), plan.reference_of(name)
        if names == (name,) and column.type == "boolean":
            column.low = 0.0
            return True
        if column.nullable and (reference is None or (reference is not plan.parent and len(reference.columns) == 1)):
            plan.missing[name] = "its index"
            return True
    return False


def _rank(plan: TablePlan, name: str) -> int:
    """What is best made to differ comes first: texts, then numbers, then moments, then references, then few words."""
    column, reference = plan.shape.column(name), plan.reference_of(name)
    if column.generated:
        return 9
    if reference is not None:
        return 5
    if column.words is not None:
        return 6
    if column.type in ("text", "character varying", "citext", "character"):
        return 0 if column.length is None or column.length >= 4 else 4
    return 1 if column.type in (*WHOLE, "numeric") else 3


def _ordered(plans: dict[str, TablePlan]) -> list[TablePlan]:
    """The tables, each after its parent, and after those whose columns it looks up where that goes."""
    ordered: dict[str, TablePlan] = {}

    def needed(plan: TablePlan) -> list[str]:
        composite = [key.target for key in plan.shape.foreign_keys if len(key.columns) > 1 or key.targets != plans[key.target].shape.key]
        paired = [key.target for key in plan.shape.foreign_keys if plan.pair is not None and key.columns == plan.pair[:1]]
        return [*([plan.parent.target] if plan.parent else []), *paired, *composite]

    def place(name: str, path: tuple[str, ...]) -> None:
        if name in ordered or name in path:
            return
        for other in needed(plans[name]):
            place(other, (*path, name))
        parent = plans[name].parent
        if parent is None or parent.target in ordered:  # or else it is placed later: a reference leads back to it
            ordered[name] = plans[name]

    for plan in plans.values():  # parents are never in a circle
        chain, current = [], plan
        while current.parent is not None:
            current = plans[current.parent.target]
            chain.append(current.name)
        for name in reversed(chain):
            place(name, ())
        place(plan.name, ())
    return list(ordered.values())
