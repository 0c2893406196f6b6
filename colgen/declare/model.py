"""A model: tables that belong together, volumes, and what must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from colgen.declare import families as layout
from colgen.declare.calendar import Calendar
from colgen.declare.column import Column
from colgen.declare.conditions import Conditions
from colgen.declare.families import Family
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.relations import First, Ordinal, Sum
from colgen.declare.rows import Between, Branches, Daily, FanOut, Volume
from colgen.declare.rules import Chart, Report, Rule
from colgen.declare.table import Table, TableInfo, table_of
from colgen.errors import ModelError, RequestError, one_of
from colgen.values.types import Categorical


@dataclass(frozen=True, eq=False)
class Model:
    """Tables, volumes, rules, reports and charts under one name.

    tables : the classes; the model holds what it knows of each (`TableInfo`)
    volumes : settings by volume; those that a table's `Volume` names are counts, which `--scale` multiplies
    description : what the business is, in a sentence or two
    default_volume : the one that is built unless another is named; the first if empty
    rules, reports, charts : what must hold on the finished data, and what can be asked of it
    reference_tables : Arrow tables that rules may read, by name: what is true of the world
    rates : probabilities that a scenario may change, by name
    shares : how often each word of a group occurs, by the name of the group; those of a group add up to 1; a scenario may change them
    anomalies : the kinds of anomalies, and what share each has unless a scenario changes it; they add up to 1
    calendar : when things happen; a scenario may change it
    first_day : when the period starts unless it is given, such as 2024-01-01
    schema : where its tables go in a database unless it is given; the model's name if empty
    default_scenario : the one it is built under unless another is named
    source, digest : the file that it was read from and the digest of its bytes; empty where it was not read from a file
    settles_after : the number of days after which nothing derived from a day's rows (`Daily`) changes any more, however much longer the
        period gets, not counting the longest of the scenario's outages: such a build can be extended. None where a longer period changes
        earlier rows

    Raises ModelError where the declarations contradict one another.
    """

    name: str
    tables: Sequence[type[Table] | TableInfo]
    volumes: Mapping[str, Mapping[str, int]]
    description: str = ""
    default_volume: str = ""
    rules: Sequence[Rule] = ()
    reports: Sequence[Report] = ()
    charts: Sequence[Chart] = ()
    reference_tables: Mapping[str, Any] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    anomalies: Mapping[str, float] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    first_day: str = ""
    schema: str = ""
    default_scenario: str = ""
    source: str = ""
    digest: str = ""
    settles_after: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise ModelError(f"a model needs a name, and {self.name!r} is not one")
        if not self.volumes:
            raise ModelError(
                f"model {self.name}: it has no volumes; give it at least one, such as volumes={{'small': {{'customers': 10}}}}"
            )
        if self.settles_after is not None and self.settles_after < 0:
            raise ModelError(f"model {self.name}: settles_after = {self.settles_after}; it is a number of days, 0 or more, or None")
        if not self.default_volume:
            object.__setattr__(self, "default_volume", next(iter(self.volumes)))
        if self.default_volume not in self.volumes:
            raise ModelError(f"model {self.name}: there is no volume {self.default_volume!r}; {one_of(self.default_volume, self.volumes)}")
        object.__setattr__(self, "tables", tuple(map(table_of, self.tables)))
        self._check_names()
        object.__setattr__(self, "tables", tuple(map(self._united, self.infos)))
        self._check_references()
        self._check_circles()

    @property
    def reference(self) -> str:
        """What it is found by: its file, or the name it ships under."""
        return self.source or self.name

    @property
    def infos(self) -> tuple[TableInfo, ...]:
        """What it knows of each of its tables, in order."""
        return cast(tuple[TableInfo, ...], self.tables)

    def _check_names(self) -> None:
        for table in self.infos:
            namesakes = [other for other in self.infos if other.name == table.name]
            if len(namesakes) > 1:
                raise ModelError(
                    f"model {self.name}: {len(namesakes)} of its tables are called {table.name!r}; each needs a name of its own"
                )
            if table.branch_of is not None and table.branch_of not in self.infos:
                raise ModelError(f"{table.name} is a branch of {table.branch_of.name}, which is not among the tables of model {self.name}")

    def _united(self, base: TableInfo) -> TableInfo:
        """The table; one with branches has the columns that these agree on."""
        if not isinstance(base.rows, Branches):
            return base
        branches = self.branches(base)
        if not branches:
            raise ModelError(f"table {base.name} has no branches; subclass it, and list the subclasses among the model's tables")
        first, *others = branches
        for other in others:
            if _written_columns(other) != _written_columns(first):
                raise ModelError(f"{other.name} and {first.name} are branches of one table, but differ in their written columns")
        agreed = {column.name: _agreed([branch.columns[column.name] for branch in branches]) for column in first.written_columns}
        keep = next((branch.keep for branch in branches if branch.keep is not None), None)
        return base.with_columns({**agreed, **base.columns}, keep)

    def _check_references(self) -> None:
        for table in self.infos:
            table.key  # noqa: B018 -- raises where there is none
            self._check_rows(table)
            for column in table.columns.values():
                self._check_reference(column)
                if isinstance(column, Sum):
                    self.summed_column(column)
                if isinstance(column, First):
                    self.descendant_of(column)

    def _check_reference(self, column: Column) -> None:
        target = column.references
        if target is None:
            return
        if target not in self.infos:
            known = ", ".join(sorted(table.name for table in self.infos))
            raise ModelError(
                f"{column.qualified_name} refers to {target.name}, which is not among the tables of model {self.name} ({known})"
            )
        if isinstance(column, ForeignKey) and (len(self.sibling_branches(target)) > 1 or self.branches_before(target)):
            base = cast(TableInfo, target.branch_of)
            raise ModelError(
                f"{column.qualified_name} draws a row of {target.name}, whose ids other branches of {base.name} share; "
                f"draw one of {base.name}, or give {target.name} rows of its own in another table"
            )

    def _check_rows(self, table: TableInfo) -> None:
        rows = table.rows
        if isinstance(rows, FanOut) and table.parent not in self.infos:
            raise ModelError(f"table {table.name} is fanned out from {rows.parent_table.name}, which is not in model {self.name}")
        if isinstance(rows, FanOut) and isinstance(rows.count, str):
            self.column(f"{rows.parent_table.name}.{rows.count}", f"the row count of {table.name}")
        needed = [rows.name] if isinstance(rows, Volume) else list(rows.grows) if isinstance(rows, Daily) else []
        if isinstance(rows, FanOut) and isinstance(rows.count, Between):
            needed = [end for end in (rows.count.low, rows.count.high) if isinstance(end, str)]
        for name, settings in self.volumes.items():
            for need in needed:
                if need not in settings:
                    raise ModelError(
                        f"model {self.name}: volume {name!r} lacks the setting {need!r}, which the row count of {table.name} uses; "
                        f"{one_of(need, settings)}"
                    )

    def _check_circles(self) -> None:
        cleared: set[Column] = set()
        for table in self.infos:
            for column in table.columns.values():
                self._check_circle(column, [], cleared)

    def _check_circle(self, column: Column, path: list[Column], cleared: set[Column]) -> None:
        if column in path:
            circle = " → ".join(needed.qualified_name for needed in [*path[path.index(column) :], column])
            raise ModelError(f"model {self.name}: circular column dependency: {circle}")
        if column not in cleared:
            for need in self._needs(column):
                self._check_circle(need, [*path, column], cleared)
            cleared.add(column)

    def _needs(self, column: Column) -> list[Column]:
        """Every column that a column is made from, of its own table and of others."""
        own = [column.table.columns[name] for name in column.needs]
        children = [self.summed_column(column)] if isinstance(column, Sum) else []
        return own + [other for other, _ in column.lookups] + children

    def summed_column(self, column: Sum) -> Column:
        """The column that a `Sum` adds up. ModelError where it is not further down."""
        child = self.column(column.sums, column.qualified_name)
        if child.table not in self.descendants(column.table):
            raise ModelError(
                f"{column.qualified_name} adds up {column.sums}, but {child.table.name} is not fanned out from {column.table.name}"
            )
        return child

    def descendant_of(self, column: First) -> TableInfo:
        """The table that a `First` or a `Count` is about. ModelError where it is not further down."""
        for below in self.descendants(column.table):
            if below.name == column.descendant:
                return below
        raise ModelError(f"{column.qualified_name}: no rows of {column.descendant} are fanned out from {column.table.name}")

    def own(self, table: TableInfo) -> TableInfo:
        """What this model knows of a table that one of its columns names."""
        return next(other for other in self.infos if other == table)

    def branches(self, base: TableInfo) -> list[TableInfo]:
        """The tables whose rows make up this one, in order."""
        return layout.branches(self.infos, base)

    def sibling_branches(self, branch: TableInfo) -> list[TableInfo]:
        """The branches of the same table in the same family, this one included, in order; none for a table that is not a branch."""
        return layout.sibling_branches(self.infos, self.family_of(branch), branch) if branch.branch_of is not None else []

    def branches_before(self, branch: TableInfo) -> list[TableInfo]:
        """The branches of the same table in the families before its own; none for a table that is not a branch."""
        return layout.branches_before(self.infos, self.families, branch)

    def descendants(self, table: TableInfo) -> list[TableInfo]:
        """Every table fanned out from this one, and from those."""
        return layout.descendants(self.infos, table)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Each root table with everything fanned out from it, a parent always before its children."""
        return layout.families(self.infos)

    def family_of(self, table: TableInfo) -> Family:
        """The family that a table belongs to, its root first."""
        return layout.family_of(self.families, table)

    @property
    def written(self) -> list[TableInfo]:
        """The tables that a build writes."""
        return [table for table in self.infos if table.written_as == table]

    def table(self, name: str) -> TableInfo:
        """The written table of this name; RequestError where there is none."""
        for table in self.written:
            if table.name == name:
                return table
        raise RequestError(f"model {self.name} has no table {name!r}; {one_of(name, [table.name for table in self.written])}")

    def column(self, path: str, by: str = "") -> Column:
        """The column of a `table.column`. ModelError where there is none.

        by : who asks, for messages
        """
        table_name, _, name = path.partition(".")
        table = next((table for table in self.infos if table.name == table_name), None)
        if table is None or name not in table.columns:
            wrong, known = (name, list(table.columns)) if table is not None else (table_name, [table.name for table in self.infos])
            raise ModelError(f"{by or f'model {self.name}'}: there is no {path!r}; {one_of(wrong, known)}")
        return table.columns[name]

    @property
    def counts(self) -> set[str]:
        """The settings that count rows: `--scale` multiplies them."""
        counted = {table.rows.name for table in self.infos if isinstance(table.rows, Volume)}
        return counted.union(*(table.rows.grows for table in self.infos if isinstance(table.rows, Daily)))

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of its settings, counts included."""
        return tuple(next(iter(self.volumes.values())))

    @property
    def conditions(self) -> Conditions:
        """Its own rates, shares and times, under no scenario."""
        return Conditions("", self.rates, self.shares, 0.0, self.anomalies, self.calendar)

    @property
    def default_schema(self) -> str:
        """Where its tables go in a database unless it is given."""
        return self.schema or re.sub(r"\W+", "_", self.name).strip("_").lower() or "colgen"


def _agreed(columns: Sequence[Column]) -> Column:
    """What a table may promise of a column that each of its branches draws in its own way: all of it, or no more than its type."""
    first = columns[0]
    promises = [(type(column), column.references, *(vars(column).get(word) for word in ("low", "high", "weights"))) for column in columns]
    if not isinstance(first, Ordinal) and all(promise == promises[0] for promise in promises):
        return first
    plain = Column(first.type, nullable=first.nullable, doc=first.doc or first.description)
    plain.bind(first.table, first.name)
    plain.references = first.references if len({column.references for column in columns}) == 1 else None
    return plain


def _written_columns(table: TableInfo) -> list[tuple[Any, ...]]:
    """What the branches of a table must agree on."""
    return [
        (column.name, column.type, column.nullable, column.type.words.to_pylist() if isinstance(column.type, Categorical) else None)
        for column in table.written_columns
    ]
