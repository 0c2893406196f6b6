"""What a table and a column are, where rows come from, and how a column says what it needs.

A table is a class whose attributes are columns; a column is drawn in a named way (`colgen.columns`) or computed by a
function whose parameters are what it needs:

- a column of the same table, by its name
- a column of another table, as the parameter's default (`price=Products.price`): its value at the row that this table's
  foreign key refers to, or at the row this one is fanned out from
- `draw`, the column's own random numbers; `period`, the days the build covers; `volume`, the counts and settings; `scenario`, the
  rates, shares and times of the `colgen.scenario.Conditions` it is made under

>>> from colgen import Table, Volume, Key, Integers, Money, column
>>> class Products(Table):
...     "What is sold."
...     rows = Volume("products")
...     id = Key()
...     cost = column(Money)(lambda draw: draw.integers(1_00, 90_00))
...
...     @column(Money)
...     def price(cost):
...         "Half as much again as the cost."
...         return cost + cost // 2
>>> Products.price.needs
('cost',)
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from colgen.arrays import Array
from colgen.calendar import Calendar
from colgen.datatypes import BigInteger, Boolean, Type, Values
from colgen.draw import Draw
from colgen.errors import ModelError, one_of
from colgen.period import Period

if TYPE_CHECKING:
    from colgen.scenario import Conditions

SPECIAL = ("draw", "period", "volume", "scenario")


class Rows(Protocol):
    """Some rows of a table while they are made: what a column may ask for."""

    @property
    def count(self) -> int: ...
    @property
    def ids(self) -> Array:
        """1 … n within the table or branch: int64."""

    @property
    def numbers(self) -> Array:
        """1 … n within the table that is written, in which branches share the numbers: int64."""

    @property
    def period(self) -> Period: ...
    @property
    def volume(self) -> Mapping[str, Any]: ...
    @property
    def scenario(self) -> Conditions: ...
    def draw(self, column: Column) -> Draw: ...
    def values(self, name: str) -> Values:
        """A column of these rows, as functions read it."""

    def narrow(self, name: str) -> Values:
        """A column of these rows as it was made, whole numbers maybe in fewer bits and texts in parts: to be copied, added up or looked up."""

    def referred(self, column: Column, via: str, narrow: bool = False) -> Values:
        """Another table's column, at the row each of these refers to by the foreign key `via`; in fewer bits where those will do."""

    def at(self, column: Column, ids: Array) -> Values:
        """Another table's column at any of its rows."""

    def above(self, column: Column) -> tuple[Values, Array]:
        """A column of the parent, or a parent's parent, at its own rows, and the position of each of these rows' there: int64."""

    def matching(self, table: type[Table], where: Mapping[str, Any]) -> Array | None:
        """The ids whose columns have these values, and how many there are up to each id, from 0; None where the table is large."""

    def rows_of(self, table: type[Table]) -> int: ...
    def ordinal(self) -> Array:
        """1 … n within the row each was fanned out from: int32."""

    def outermost(self, last: bool) -> Array:
        """Whether each row is the first of those fanned out from the same one, or the last: bool."""

    def running(self, name: str) -> Array:
        """An own column added up from the first row of the same parent to each: int64."""

    def first(self, table: str) -> Array:
        """The first id that the rows fanned out from each of these have in a table further down: int64."""

    def how_many(self, table: str) -> Array:
        """How many rows each of these has in a table further down: int64."""

    def repeated(self, column: Column) -> Values:
        """The parent's text at each row, as an Arrow dictionary."""

    def summed(self, column: Column) -> Array:
        """The sum of a column over the rows fanned out from each of these: int64."""


class Column:
    """A column as declared. Kinds of columns say what they need and how values come about."""

    name = ""
    table: type[Table]
    unique = False
    hidden = False
    nullable = False
    to_parent = False
    narrows = False
    """Whether `values` gives whole numbers in as few bits as they come in; functions that read them get int64 all the same."""
    references: type[Table] | None = None

    def __init__(self, type: Type, *, unique: bool = False, hidden: bool = False, nullable: bool = False, doc: str = "") -> None:
        self.type = type
        self.unique = unique
        self.hidden = hidden
        self.nullable = nullable
        self.doc = doc

    def bind(self, table: type[Table], name: str) -> None:
        self.table, self.name = table, name

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns of its own table it is made from."""
        return ()

    @property
    def looks_up(self) -> tuple[tuple[Column, str], ...]:
        """Other tables' columns it is made from, each with the own column that refers to their table."""
        return ()

    @property
    def sums(self) -> str | None:
        """`table.column` of the children it adds up."""
        return None

    @property
    def sentence(self) -> str:
        """How it is drawn, in a few words."""
        return self.doc

    def values(self, rows: Rows) -> Values:
        raise NotImplementedError

    @property
    def encoding(self) -> str:
        """What its values are like, for a writer: key (ascends from row to row), parent (never falls), reference, number, money, time, flag, category, repeated or text."""
        return "reference" if self.references is not None else self.type.shape

    @property
    def place(self) -> str:
        """`table.column`."""
        return f"{self.table.__tablename__}.{self.name}" if hasattr(self, "table") else "a column outside a table"

    def via(self, foreign_key: str) -> Via:
        """This column at the row that one foreign key refers to, where a table has several to the same table."""
        return Via(self, foreign_key)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.place}>"


@dataclass(frozen=True)
class Via:
    """A column of another table, and the foreign key to reach it by."""

    column: Column
    foreign_key: str


class Computed(Column):
    """A column that a function computes; made by `column`."""

    def __init__(self, type: Type, function: Callable[..., Values], **options: Any) -> None:
        super().__init__(type, **{"doc": inspect.cleandoc(function.__doc__ or ""), **options})
        self.function = function
        self._parameters: dict[str, tuple[str, Any]] = {}

    def bind(self, table: type[Table], name: str) -> None:
        super().bind(table, name)
        for parameter in inspect.signature(self.function).parameters.values():
            self._parameters[parameter.name] = self._meaning(parameter)

    def _meaning(self, parameter: inspect.Parameter) -> tuple[str, Any]:
        word, default = parameter.name, parameter.default
        if isinstance(default, Column | Via):
            column, via = (default.column, default.foreign_key) if isinstance(default, Via) else (default, None)
            return "referred", (column, self.table.key_to(column, self.place, via))
        if default is not inspect.Parameter.empty:
            return "constant", default
        if word in SPECIAL:
            return word, None
        if word not in self.table.__columns__:
            known = [*self.table.__columns__, *SPECIAL]
            raise ModelError(
                f"{self.place}: its parameter {word!r} is no column of {self.table.__tablename__}; {one_of(word, known)}. "
                f"A column of another table is given as a default: {word}=Other.{word}"
            )
        return "own", None

    @property
    def needs(self) -> tuple[str, ...]:
        own = [name for name, (kind, _) in self._parameters.items() if kind == "own"]
        return tuple(dict.fromkeys([*own, *(via for _, via in self.looks_up if via in self.table.__columns__)]))

    @property
    def looks_up(self) -> tuple[tuple[Column, str], ...]:
        return tuple(what for kind, what in self._parameters.values() if kind == "referred")

    def values(self, rows: Rows) -> Values:
        given: dict[str, Any] = {}
        for name, (kind, what) in self._parameters.items():
            if kind == "own":
                given[name] = rows.values(name)
            elif kind == "referred":
                given[name] = rows.referred(*what)
            elif kind == "draw":
                given[name] = rows.draw(self)
            elif kind != "constant":
                given[name] = getattr(rows, kind)
        return self.function(**given)


class ComputedKey(Computed):
    """A foreign key that a function computes; made by `column(ForeignKey(...))`."""

    def __init__(self, references: type[Table], function: Callable[..., Values], **options: Any) -> None:
        super().__init__(BigInteger, function, **options)
        self.references = references


def column(
    type: Any, *, unique: bool = False, hidden: bool = False, nullable: bool = False, doc: str = ""
) -> Callable[[Callable[..., Values]], Any]:
    """Makes a function a column. Its parameters are what it needs (see the head of this module); it is given whole arrays.

    type : what it returns, a type of `colgen.datatypes` or `ForeignKey(Table)` for ids of another table
    unique : no value twice; `colgen check` proves it
    hidden : for other columns to use, not written
    nullable : some values may be missing: those that are masked in a NumPy masked array, or null in an Arrow one
    doc : what it means, where the function has no docstring to say so
    """
    options: dict[str, Any] = dict(unique=unique, hidden=hidden, nullable=nullable, **({"doc": doc} if doc else {}))

    def decorate(function: Callable[..., Values]) -> Any:
        if isinstance(type, Column) and type.references is not None:
            return ComputedKey(type.references, function, **options)
        return Computed(type, function, **options)

    return decorate


@dataclass(frozen=True)
class Volume:
    """As many rows as a volume's count of this name says; multiplied by `--scale`. With a calendar the rows happen in time."""

    name: str
    calendar: Calendar | None = None


@dataclass(frozen=True)
class Daily:
    """So many rows for each day of the period, one day after the other: a number, or a function of the volume. A longer period adds rows.

    grows : the volume's settings that `--scale` multiplies for what comes of these rows
    """

    times: int | Callable[[Mapping[str, Any]], int] = 1
    grows: tuple[str, ...] = ()

    def per_day(self, volume: Mapping[str, Any]) -> int:
        return self.times if isinstance(self.times, int) else int(self.times(volume))


@dataclass(frozen=True)
class Branches:
    """The rows of every subclass: a table that is fed from several places.

    A subclass is a branch: it says where its rows come from and has the written columns that its sisters have. They share one run of keys:
    family after family (a root table with everything fanned out from it, in the order of their first branches), in a family root after
    root, and of a root branch after branch. So what a day's rows lead to is numbered day by day.
    """


@dataclass(frozen=True)
class Between:
    """A whole number from low to high, both included; a name stands for what the volume says."""

    low: int | str
    high: int | str

    def ends(self, volume: Mapping[str, Any]) -> tuple[int, int]:
        low, high = (volume[end] if isinstance(end, str) else end for end in (self.low, self.high))
        return int(low), int(high)


@dataclass(frozen=True)
class FanOut:
    """So many rows for each row of a parent: a number, a range, or what a whole-number column of the parent says."""

    parent: type[Table]
    count: int | Between | str


class Table:
    """A table: subclass it, give it `rows` and columns. Its docstring says what a row is.

    `class Name(Table, hidden=True)` is one for other tables to be fanned out from; it is not written. `class Name(Table, keep="happened")`
    leaves out the rows whose flag `happened` is false: they are made, so that no other row has another id for it, but not written.
    """

    rows: ClassVar[int | Volume | Daily | FanOut | Branches]
    __tablename__: ClassVar[str]
    __columns__: ClassVar[dict[str, Column]]
    __hidden__: ClassVar[bool]
    __keep__: ClassVar[str | None]
    __branch_of__: ClassVar[type[Table] | None]

    def __init_subclass__(cls, hidden: bool = False, keep: str | None = None) -> None:
        cls.__tablename__ = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.__hidden__ = hidden
        cls.__keep__ = keep
        base: Any = cls.__mro__[1]
        cls.__branch_of__ = base if base is not Table else None
        inherited = {}
        if base is not Table:
            if not isinstance(base.rows, Branches):
                raise ModelError(f"table {cls.__tablename__} is a branch of {base.__tablename__}, whose rows are no Branches()")
            inherited = {name: copy.copy(value) for name, value in vars(base).items() if isinstance(value, Column)}
        cls.__columns__ = {**inherited, **{name: value for name, value in vars(cls).items() if isinstance(value, Column)}}
        if not isinstance(cls.__dict__.get("rows"), int | Volume | Daily | FanOut | Branches):
            raise ModelError(
                f"table {cls.__tablename__}: it does not say where its rows come from; "
                "set `rows` to a number, Volume(name) or FanOut(parent, count)"
            )
        if isinstance(cls.rows, int) and cls.rows < 1:
            raise ModelError(f"table {cls.__tablename__}: rows = {cls.rows}; a fixed table has at least one row")
        for name, declared in cls.__columns__.items():
            if name in SPECIAL:
                raise ModelError(f"{cls.__tablename__}.{name}: {', '.join(SPECIAL)} mean something to column functions; name it otherwise")
            declared.bind(cls, name)
        if keep is not None and (keep not in cls.__columns__ or cls.__columns__[keep].type is not Boolean):
            raise ModelError(f"table {cls.__tablename__}: keep={keep!r} is no column of its own that is true or false")
        if keep is not None and isinstance(cls.rows, Branches):
            raise ModelError(f"table {cls.__tablename__}: keep={keep!r} is for its branches to say, which make its rows")
        for declared in cls.__columns__.values():
            for need in declared.needs:
                if need not in cls.__columns__:
                    raise ModelError(
                        f"{declared.place} needs {need!r}, which is no column of {cls.__tablename__}; {one_of(need, cls.__columns__)}"
                    )

    @classmethod
    def key_to(cls, column: Column, place: str, via: str | None = None) -> str:
        """The own column that refers to the table of `column`; where there are several, the one to the row it is fanned out from; where there
        is none, that one too if it leads there by way of parents."""
        target = getattr(column, "table", None)
        if target is None:
            raise ModelError(f"{place}: it looks up a column that belongs to no table")
        keys = [name for name, own in cls.__columns__.items() if own.references is target]
        if via is not None:
            if via not in keys:
                raise ModelError(f"{place}: {via!r} is no foreign key to {target.__tablename__}; {one_of(via, keys)}")
            return via
        to_parent = [name for name, own in cls.__columns__.items() if own.to_parent]
        if not keys and target in cls.ancestors():
            keys = to_parent
        elif len(keys) > 1:
            keys = [name for name in keys if name in to_parent] or keys
        if len(keys) != 1:
            what = "has no foreign key to" if not keys else f"has {len(keys)} foreign keys ({', '.join(keys)}) to"
            hint = (
                f"; add one: {target.__tablename__}_id = ForeignKey({target.__name__})"
                if not keys
                else f"; say which: {column.table.__name__}.{column.name}.via({keys[0]!r})"
            )
            raise ModelError(f"{place} looks up {column.place}, but {cls.__tablename__} {what} {target.__tablename__}{hint}")
        return keys[0]

    @classmethod
    def parent(cls) -> type[Table] | None:
        """The table it is fanned out from."""
        return cls.rows.parent if isinstance(cls.rows, FanOut) else None

    @classmethod
    def ancestors(cls) -> list[type[Table]]:
        """The table it is fanned out from, the one that is fanned out from, and so on."""
        parent = cls.parent()
        return [] if parent is None else [parent, *parent.ancestors()]

    @classmethod
    def written_as(cls) -> type[Table] | None:
        """The table whose files its rows go to: itself, or the one it is a branch of; None if it is hidden."""
        return cls.__branch_of__ or (None if cls.__hidden__ else cls)

    @classmethod
    def visible(cls) -> list[Column]:
        """The columns that are written."""
        return [one for one in cls.__columns__.values() if not one.hidden]

    @classmethod
    def summary(cls) -> str:
        """The first line of its docstring."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n")[0]
