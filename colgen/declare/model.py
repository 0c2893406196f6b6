"""A model: tables that belong together, volumes, and what must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from colgen.declare import families as layout
from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.arguments import MOST_BYTES
from colgen.declare.arithmetic import too_few
from colgen.declare.calendar import Calendar
from colgen.declare.column import Column
from colgen.declare.conditions import Conditions
from colgen.declare.differing import check_differing
from colgen.declare.enumerations import enumerations
from colgen.declare.families import Family
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.keys import check_promises
from colgen.declare.model_arguments import check_arguments, check_volumes
from colgen.declare.polymorphic import PolymorphicKey
from colgen.declare.relations import First, Ordinal, ParentKey, Sum
from colgen.declare.rows import MOST_ROWS, Between, Branches, Daily, FanOut, Volume
from colgen.declare.rules import Chart, Report, Rule
from colgen.declare.table import Table, TableInfo, table_of
from colgen.declare.times import CreatedAt
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
    reference_tables : what rules may read in addition to the tables, by name: an Arrow table of what is true of the world, or a SELECT over
        the written tables, which is run once for all rules that read it
    rates : probabilities that a scenario may change, by name
    shares : how often each word of a group occurs, by the name of the group; those of a group add up to 1; a scenario may change them
    anomalies : the kinds of anomalies, and what share each has unless a scenario changes it; they add up to 1
    calendar : when things happen; a scenario may change it
    first_day : when the period starts unless it is given, such as 2024-01-01
    schema : where its tables go in a database unless it is given; the model's name if empty
    default_scenario : the one it is built under unless another is named
    source, digest : the file that it was read from and the digest of its bytes; empty where it was not read from a file
    ranges : the least and the greatest value of settings on whose values a rule depends; `--scale` does not go below the least. Without
        one, a count and `days` are 1 or more, `…_percent` is 0 to 100, and any other setting 0 or more
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
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_arguments(self)
        check_volumes(self)
        if not self.default_volume:
            object.__setattr__(self, "default_volume", next(iter(self.volumes)))
        object.__setattr__(self, "tables", tuple(map(table_of, self.tables)))
        self._check_names()
        self._resolve_names()
        enumerations(self.infos)
        if not self.written:
            raise ModelError(f"model {self.name}: all of its tables are hidden, so a build would have nothing to write")
        object.__setattr__(self, "tables", tuple(map(self._united, self.infos)))
        for table in self.infos:
            check_promises(table)
            check_differing(table)
        self._check_references()
        self._check_circles()
        self._check_settings()
        self._check_rules()
        for name, settings in self.volumes.items():
            for problem in too_few(self.infos, settings):
                raise ModelError(f"model {self.name}: volume {name!r}: {problem}")

    def _check_settings(self) -> None:
        for name, settings in self.volumes.items():
            if problem := self.problem_of(settings):
                raise ModelError(f"model {self.name}: volume {name!r}: {problem}")

    def range_of(self, setting: str) -> tuple[int, int]:
        """The least and the greatest value that a setting may have."""
        if setting in self.ranges:
            low, high = self.ranges[setting]
            return low, high
        return int(setting in self.counts or setting == "days"), 100 if setting.endswith("_percent") else MOST_ROWS

    def problem_of(self, settings: Mapping[str, int]) -> str | None:
        """What is wrong with the values of some settings, in words; None if nothing is."""
        for name, number in settings.items():
            low, high = self.range_of(name)
            if low <= number <= high:
                continue
            if name in self.ranges or name.endswith("_percent"):
                return f"{name} = {number:,}: it must be {low:,} to {high:,}"
            limit = (
                f"at most {high:,} are possible" if number > high else "there must be at least one" if low else "it must not be negative"
            )
            return f"{name} = {number:,}: {limit}"
        for table in self.infos:
            if isinstance(table.rows, FanOut) and isinstance(between := table.rows.count, Between):
                low, high = between.ends(settings)
                if low > high:
                    named = [
                        f"{end} = {value}" if isinstance(end, str) else str(end)
                        for end, value in ((between.low, low), (between.high, high))
                    ]
                    return f"{' is above '.join(named)}, and {table.name} has rows from the one to the other for each of {table.rows.parent_table.name}"
        return None

    @property
    def reference(self) -> str:
        """What it is found by: its file, or the name it ships under."""
        return self.source or self.name

    @property
    def infos(self) -> tuple[TableInfo, ...]:
        """What it knows of each of its tables, in order."""
        return cast(tuple[TableInfo, ...], self.tables)

    def _check_names(self) -> None:
        taken = [name.lower() for name in self.reference_tables]  # to DuckDB, names that differ in case are the same
        for table in self.infos:
            namesakes = [other.name for other in self.infos if other.name.lower() == table.name.lower()]
            if len(namesakes) > 1:
                called = (
                    repr(table.name) if len(set(namesakes)) == 1 else " and ".join(map(repr, namesakes)) + ", which differ in case only"
                )
                raise ModelError(f"model {self.name}: {len(namesakes)} of its tables are called {called}; each needs a name of its own")
            if table.name.lower() in taken:
                raise ModelError(f"model {self.name}: a table and a reference table are called {table.name!r}; rename one")
            if table.branch_of is not None and table.branch_of not in self.infos:
                raise ModelError(f"{table.name} is a branch of {table.branch_of.name}, which is not among the tables of model {self.name}")

    def _resolve_names(self) -> None:
        """Finds the tables that references name, and gives what looks such a reference up its type."""
        columns = [column for table in self.infos for column in table.columns.values()]
        for column in columns:
            if isinstance(column, ForeignKey | PolymorphicKey):
                column.resolve(self.infos)
        for table in self.infos:
            for column in table.columns.values():
                column.take_type()

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
            self._check_rows(table)
            for column in table.columns.values():
                self._check_reference(column)
                if isinstance(column, Sum):
                    column.check_child(self.summed_column(column))
                if isinstance(column, First):
                    self.descendant_of(column)
                if isinstance(column, ParentKey):
                    self._check_parent_is_written(table, column)
            if table.written_as == table and not table.written_columns:
                raise ModelError(f"table {table.name}: all of its columns are hidden; write at least one, or hide the table")

    def _check_parent_is_written(self, table: TableInfo, column: ParentKey) -> None:
        """ModelError where a written row may refer to a parent that is not."""
        parent = column.references
        if column.hidden or table.hidden or isinstance(table.rows, Branches) or parent.keep is None or parent.hidden:
            return
        flag = table.columns[table.keep] if table.keep is not None else None
        if flag is None or not self._depends(flag, parent.columns[parent.keep]):
            raise ModelError(
                f"{column.qualified_name} refers to rows of {parent.name}, of which only those whose {parent.keep!r} is true are written; "
                f"keep the same rows: class {table.declared.__name__}(Table, keep={parent.keep!r}) with "
                f"{parent.keep} = Lookup({parent.declared.__name__}.{parent.keep}, hidden=True)"
            )

    def _depends(self, column: Column, other: Column) -> bool:
        """Whether a column is made from another one, or is a copy of it."""
        seen, left = set(), [column]
        while left:
            if (current := left.pop()) is other:
                return True
            if current not in seen:
                seen.add(current)
                left += self._needs(current)
        return False

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
        uses = [(need, f"the row count of {table.name}") for need in needed]
        uses += [(need, column.qualified_name) for column in table.columns.values() for need in column.settings]
        for name, settings in self.volumes.items():
            for need, user in uses:
                if need not in settings:
                    raise ModelError(
                        f"model {self.name}: volume {name!r} lacks the setting {need!r}, which {user} uses; {one_of(need, settings)}"
                    )
        for column in table.columns.values():
            share = column.history.share_before if isinstance(column, CreatedAt) else None
            if isinstance(share, str) and share not in self.rates:
                raise ModelError(
                    f"{column.qualified_name}: share_before names {share!r}, which is not a rate of the model; {one_of(share, self.rates)}"
                )

    def _check_rules(self) -> None:
        known = {"start", "end", "anomaly_rate", *self.settings, *self.rates}
        for rule in self.rules:
            place = f"model {self.name}: the rule {rule.description!r}"
            if rule.of not in self.written:
                raise ModelError(f"{place} is about {rule.of.name}, which the model does not write; it would never be checked")
            for name in re.findall(r"\$([A-Za-z_]\w*)", f"{rule.sql} {rule.proof}"):
                if name not in known:
                    raise ModelError(f"{place} names ${name}; {one_of(name, sorted(known))}")

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
        own = [column.table.columns[name] for name in (*column.needs, *column.when)]
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
        return self._sibling_branches[branch] if branch.branch_of is not None else []

    @cached_property
    def _sibling_branches(self) -> dict[TableInfo, list[TableInfo]]:
        branches = [table for table in self.infos if table.branch_of is not None]
        return {branch: layout.sibling_branches(self.infos, self.family_of(branch), branch) for branch in branches}

    def branches_before(self, branch: TableInfo) -> list[TableInfo]:
        """The branches of the same table in the families before its own; none for a table that is not a branch."""
        return self._branches_before[branch] if branch.branch_of is not None else []

    @cached_property
    def _branches_before(self) -> dict[TableInfo, list[TableInfo]]:
        branches = [table for table in self.infos if table.branch_of is not None]
        return {branch: layout.branches_before(self.infos, self.families, branch) for branch in branches}

    def looked_up(self, table: TableInfo) -> list[Column]:
        """The columns of a table that tables of other families look up by id."""
        return self._looked_up.get(table, [])

    @cached_property
    def _looked_up(self) -> dict[TableInfo, list[Column]]:
        """The columns that are looked up by id from other families, by their table."""
        columns: dict[TableInfo, dict[Column, None]] = {}
        root = {table: family[0] for family in self.families for table in family}
        for reader in (column for table in self.infos for column in table.columns.values()):
            others = [other for other, _ in reader.lookups] + (reader.asked_for if isinstance(reader, ForeignKey) else [])
            for other in others:
                if root.get(other.table) not in (None, root.get(reader.table)):
                    columns.setdefault(other.table, {})[other] = None
        return {table: list(found) for table, found in columns.items()}

    def descendants(self, table: TableInfo) -> list[TableInfo]:
        """Every table fanned out from this one, and from those."""
        return self._descendants[table]

    @cached_property
    def _descendants(self) -> dict[TableInfo, list[TableInfo]]:
        return {table: layout.descendants(self.infos, table) for table in self.infos}

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Each root table with everything fanned out from it, a parent always before its children."""
        return layout.families(self.infos)

    def family_of(self, table: TableInfo) -> Family:
        """The family that a table belongs to, its root first."""
        return self._family_of[table]

    @cached_property
    def _family_of(self) -> dict[TableInfo, Family]:
        return {table: family for family in self.families for table in family}

    @property
    def written(self) -> list[TableInfo]:
        """The tables that a build writes."""
        return [table for table in self.infos if table.written_as == table]

    def table(self, name: str) -> TableInfo:
        """The written table of this name, or the answer key to defects; RequestError where there is none."""
        for table in (*self.written, ANSWER_KEY):
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
        derived = re.sub(r"\W+", "_", self.name).lower().encode()[:MOST_BYTES].decode(errors="ignore").strip("_")
        return self.schema or derived or "colgen"


_PROMISED = ("low", "high", "weights", "pattern", "unique", "distinct", "when", "missing_share")


def _agreed(columns: Sequence[Column]) -> Column:
    """What a table may promise of a column that each of its branches draws in its own way: all of it, or no more than its type."""
    first = columns[0]
    promises = [(type(column), column.references, *(vars(column).get(word) for word in _PROMISED)) for column in columns]
    if not isinstance(first, Ordinal) and all(promise == promises[0] for promise in promises):
        return first
    plain = Column(first.type, first.description, nullable=first.nullable, doc=first.doc)
    plain.bind(first.table, first.name)
    plain.references = first.references if len({column.references for column in columns}) == 1 else None
    return plain


def _written_columns(table: TableInfo) -> list[tuple[Any, ...]]:
    """What the branches of a table must agree on."""
    return [
        (column.name, column.type, column.nullable, column.type.words.to_pylist() if isinstance(column.type, Categorical) else None)
        for column in table.written_columns
    ]
