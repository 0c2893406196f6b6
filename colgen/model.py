"""A model: tables that belong together, volumes, and what must hold; and how a model is found by its name or file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from colgen.calendar import Calendar
from colgen.datatypes import Words
from colgen.errors import ModelError, RequestError, one_of
from colgen.memory import keep_freed_memory
from colgen.relations import First, ForeignKey, Ordinal, Sum, key_of
from colgen.table import Between, Branches, Column, Daily, FanOut, Table, Volume

BUILT_IN = ("invoicing", "ecommerce", "erp")


@dataclass(frozen=True)
class Rule:
    """Something that must hold on the written data, besides what the declarations say.

    says : in words, for the table of results
    sql : a condition on each row of `table` (in which `parent.column` reaches the row a foreign key refers to), or a whole SELECT
        that gives the offending rows. `$start`, `$end` are the period's days and `$name` a count or setting of the volume.
    """

    table: type[Table]
    says: str
    sql: str


@dataclass(frozen=True)
class Report:
    """A named query over a finished build; `parameters` may be given with `--set name=value` and are NULL otherwise."""

    name: str
    says: str
    sql: str
    parameters: tuple[str, ...] = ()


def read_reports(folder: Path, parameters: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Report, ...]:
    """The reports of a folder, in the order of their names: each a file of SQL, whose first line is a comment that says what it shows."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        found.append(Report(path.stem, sql.split("\n", 1)[0].removeprefix("-- "), sql, (parameters or {}).get(path.stem, ())))
    return tuple(found)


@dataclass(frozen=True)
class Chart:
    """A picture of a finished build for its page (`colgen report MODEL PATH --html FILE`).

    sql : a SELECT of x and y, or of x, y and z for a heat map
    kind : line, bar, bars (lying, longest first), heat map, curve (both axes logarithmic) or funnel
    axes : what stands at x and at y
    """

    title: str
    says: str
    kind: str
    sql: str
    axes: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Model:
    """Tables, volumes, rules, reports and charts under one name.

    volumes : settings by volume; those that name a `Volume` are counts and grow with `--scale`
    reference_tables : Arrow tables that rules may read, by name: what is true of the world
    rates : probabilities that a scenario may change, by name
    shares : how often each of some words comes, by name; those of one name add up to 1; a scenario may change them
    anomalies : the kinds of anomalies that it knows, and how often each comes unless a scenario says otherwise; they add up to 1
    calendar : when things happen; a scenario may change it
    first_day : when the period begins unless it is said, such as 2024-01-01
    schema : where its tables go in a database unless it is said; its name if empty
    default_scenario : the one that it is built under unless another is named
    settles_after : after so many days, and the longest of the scenario's outages, nothing that comes of a day's rows (`Daily`) changes any
        more, however much longer the period gets: such a build can be extended. None where a longer period changes earlier rows
    """

    name: str
    tables: Sequence[type[Table]]
    volumes: Mapping[str, Mapping[str, int]]
    says: str = ""
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
    settles_after: int | None = None

    def __post_init__(self) -> None:
        if not self.volumes:
            raise ModelError(
                f"model {self.name}: it has no volumes; give it at least one, such as volumes={{'small': {{'customers': 10}}}}"
            )
        if self.settles_after is not None and self.settles_after < 0:
            raise ModelError(f"model {self.name}: settles_after = {self.settles_after}; it is a number of days, 0 or more, or None")
        if not self.default_volume:
            object.__setattr__(self, "default_volume", next(iter(self.volumes)))
        for base in self.tables:
            if isinstance(base.rows, Branches):
                self._unite(base)
            if base.__branch_of__ is not None and base.__branch_of__ not in self.tables:
                raise ModelError(
                    f"{base.__tablename__} is a branch of {base.__branch_of__.__tablename__}, which is not among the tables of model {self.name}"
                )
        known = {table.__tablename__ for table in self.tables}
        for table in self.tables:
            key_of(table)
            for column in table.__columns__.values():
                target = column.references
                if target is not None and target not in self.tables:
                    raise ModelError(
                        f"{column.place} refers to {target.__tablename__}, which is not among the tables of model {self.name} ({', '.join(sorted(known))})"
                    )
                if isinstance(column, ForeignKey) and (len(self.sisters(column.references)) > 1 or self.branches_before(column.references)):
                    base = cast(Any, column.references.__branch_of__)
                    raise ModelError(
                        f"{column.place} draws a row of {column.references.__tablename__}, whose ids other branches of {base.__tablename__} share; "
                        f"draw one of {base.__tablename__}, or give {column.references.__tablename__} rows of its own in another table"
                    )
                if isinstance(column, Sum):
                    column.child = self._child(table, column)
                if isinstance(column, First):
                    column.below = next((one for one in self.descendants(table) if one.__tablename__ == column.descendant), None)
                    if column.below is None:
                        raise ModelError(f"{column.place}: no rows of {column.descendant} are fanned out from {table.__tablename__}")
            self._check_rows(table)
        cleared: set[Column] = set()
        for table in self.tables:
            for column in table.__columns__.values():
                self._check_circle(column, [], cleared)

    def _unite(self, base: type[Table]) -> None:
        """Gives a table the columns of its branches, which must agree in them."""
        branches = self.branches(base)
        if not branches:
            raise ModelError(f"table {base.__tablename__} has no branches; subclass it, and list the subclasses among the model's tables")
        first, *others = branches
        for other in others:
            if _written_columns(other) != _written_columns(first):
                raise ModelError(
                    f"{other.__tablename__} and {first.__tablename__} are branches of one table, but differ in their written columns"
                )
        agreed = {one.name: _agreed([branch.__columns__[one.name] for branch in branches]) for one in first.visible()}
        base.__columns__ = {**agreed, **base.__columns__}
        base.__keep__ = next((branch.__keep__ for branch in branches if branch.__keep__ is not None), None)

    def branches(self, base: type[Table]) -> list[type[Table]]:
        """The tables whose rows make up this one, in order."""
        return [table for table in self.tables if table.__branch_of__ is base]

    def sisters(self, branch: type[Table]) -> list[type[Table]]:
        """The branches of the same table in the same family, this one too, in order; none for a table that is no branch."""
        if branch.__branch_of__ is None:
            return []
        family = self.family_of(branch)
        return [one for one in self.branches(branch.__branch_of__) if one in family]

    def branches_before(self, branch: type[Table]) -> list[type[Table]]:
        """The branches of the same table in the families before its own; none for a table that is no branch."""
        if branch.__branch_of__ is None:
            return []
        roots = dict.fromkeys(self.family_of(one)[0] for one in self.branches(branch.__branch_of__))
        before = list(roots)[: list(roots).index(self.family_of(branch)[0])]
        return [one for one in self.branches(branch.__branch_of__) if self.family_of(one)[0] in before]

    def descendants(self, table: type[Table]) -> list[type[Table]]:
        """Every table fanned out from this one, and from those."""
        found = [one for one in self.tables if one.parent() is table]
        for one in found:  # grows while it is walked
            found += [child for child in self.tables if child.parent() is one]
        return found

    @property
    def written(self) -> list[type[Table]]:
        """The tables that a build writes."""
        return [table for table in self.tables if table.written_as() is table]

    def _check_rows(self, table: type[Table]) -> None:
        rows = table.rows
        if isinstance(rows, FanOut) and rows.parent not in self.tables:
            raise ModelError(
                f"table {table.__tablename__} is fanned out from {rows.parent.__tablename__}, which is not in model {self.name}"
            )
        if isinstance(rows, FanOut) and isinstance(rows.count, str):
            self.column(f"{rows.parent.__tablename__}.{rows.count}")
        needed = [rows.name] if isinstance(rows, Volume) else list(rows.grows) if isinstance(rows, Daily) else []
        if isinstance(rows, FanOut) and isinstance(rows.count, Between):
            needed = [end for end in (rows.count.low, rows.count.high) if isinstance(end, str)]
        for name, settings in self.volumes.items():
            for need in needed:
                if need not in settings:
                    raise ModelError(
                        f"model {self.name}: volume {name!r} says nothing of {need!r}, which the rows of {table.__tablename__} need; {one_of(need, settings)}"
                    )

    def _child(self, table: type[Table], column: Sum) -> Column:
        child = self.column(column.sums, column.place)
        if child.table not in self.descendants(table):
            raise ModelError(
                f"{column.place} adds up {column.sums}, but {child.table.__tablename__} is not fanned out from {table.__tablename__}"
            )
        return child

    def _check_circle(self, column: Column, path: list[Column], cleared: set[Column]) -> None:
        if column in path:
            circle = " → ".join(one.place for one in [*path[path.index(column) :], column])
            raise ModelError(f"model {self.name}: columns need one another in a circle: {circle}")
        if column not in cleared:
            for need in needs(column):
                self._check_circle(need, [*path, column], cleared)
            cleared.add(column)

    def table(self, name: str) -> type[Table]:
        """The table of this name, or a RequestError that says which there are."""
        for table in self.written:
            if table.__tablename__ == name:
                return table
        names = [table.__tablename__ for table in self.written]
        raise RequestError(f"model {self.name} has no table {name!r}; {one_of(name, names)}")

    def column(self, place: str, by: str = "") -> Column:
        """The column of a `table.column`."""
        table_name, _, name = place.partition(".")
        table = next((one for one in self.tables if one.__tablename__ == table_name), None)
        if table is None or name not in table.__columns__:
            known = table.__columns__ if table is not None else [one.__tablename__ for one in self.tables]
            raise ModelError(
                f"{by or f'model {self.name}'}: there is no {place!r}; {one_of(name if table is not None else table_name, known)}"
            )
        return table.__columns__[name]

    @cached_property
    def families(self) -> tuple[tuple[type[Table], ...], ...]:
        """Each root table with everything fanned out from it, a parent always before its children."""
        roots = [table for table in self.tables if table.parent() is None and not isinstance(table.rows, Branches)]
        return tuple((root, *self.descendants(root)) for root in roots)

    def family_of(self, table: type[Table]) -> tuple[type[Table], ...]:
        """The family that a table belongs to, its root first."""
        return next(family for family in self.families if table in family)

    @property
    def counts(self) -> set[str]:
        """The settings that count rows: `--scale` multiplies them."""
        counted = {table.rows.name for table in self.tables if isinstance(table.rows, Volume)}
        return counted.union(*(table.rows.grows for table in self.tables if isinstance(table.rows, Daily)))


def _agreed(columns: Sequence[Column]) -> Column:
    """What a table may say of a column that each of its branches draws in its own way: all, or no more than its type."""
    first = columns[0]
    promises = [(type(one), one.references, *(vars(one).get(word) for word in ("low", "high", "weights"))) for one in columns]
    if not isinstance(first, Ordinal) and all(promise == promises[0] for promise in promises):
        return first
    plain = Column(first.type, nullable=first.nullable, doc=first.doc or first.sentence)
    plain.bind(first.table, first.name)
    plain.references = first.references if len({one.references for one in columns}) == 1 else None
    return plain


def _written_columns(table: type[Table]) -> list[tuple[Any, ...]]:
    """What the branches of a table must agree in."""
    return [
        (one.name, one.type, one.nullable, one.type.words.to_pylist() if isinstance(one.type, Words) else None) for one in table.visible()
    ]


def needs(column: Column) -> list[Column]:
    """Every column that a column is made from, of its own table and of others."""
    own = [column.table.__columns__[name] for name in column.needs]
    children = [column.child] if isinstance(column, Sum) and column.child is not None else []
    return own + [other for other, _ in column.looks_up] + children


def load(name: str) -> Model:
    """A built-in model by its name, or the one that a Python file declares by its path.

    Raises RequestError for a name that is neither, ModelError for a file that does not declare exactly one model.
    """
    keep_freed_memory()  # from here on: reading vocabularies is the first to allocate much
    if name in BUILT_IN:
        return importlib.import_module(f"colgen.models.{name}").model
    if not name.endswith(".py"):
        raise RequestError(f"there is no model {name!r}; {one_of(name, BUILT_IN)}; or give the path of a Python file that declares one")
    path = Path(name)
    if not path.is_file():
        raise RequestError(f"there is no file {name!r}")
    specification = importlib.util.spec_from_file_location(f"colgen_model_{path.stem}", path)
    if specification is None or specification.loader is None:
        raise RequestError(f"{name!r} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    try:
        specification.loader.exec_module(module)
    except ModelError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelError(f"{name} could not be read: {type(error).__name__}: {error}{_line_of(error, path)}") from error
    models = [value for value in vars(module).values() if isinstance(value, Model)]
    if len(models) != 1:
        raise ModelError(
            f"{name} declares {len(models)} models; it must declare exactly one, such as model = Model('shop', tables=[...], volumes={{...}})"
        )
    object.__setattr__(models[0], "source", str(path.resolve()))
    return models[0]


def _line_of(error: BaseException, path: Path) -> str:
    """Where in the user's file the error arose; a syntax error says so itself."""
    if isinstance(error, SyntaxError):
        return ""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path.absolute()):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" (line {line})" if line else ""
