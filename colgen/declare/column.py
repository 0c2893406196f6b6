"""What a column is, and how a function becomes one.

A column is drawn in a named way (`colgen.declare.columns`) or computed by a function whose parameters are what it needs:

- a column of the same table, by its name: a text with few words (`Category`, `Vocabulary`) as codes into its type's `words`, a decimal in its
  smallest unit, a date in days and a moment in microseconds since 1970-01-01, and what may be missing masked
- a column of another table, as the parameter's default (`price=Products.price`): its value at the row that this table's
  foreign key refers to, or at the row this one is fanned out from
- `draw`, the column's own random numbers; `period`, the days the build covers; `volume`, the counts and settings; `scenario`, the
  rates, shares and times of the `Conditions` it is made under. A column of the table that has such a name takes precedence.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from colgen.arrays import Array
from colgen.declare.arguments import fit_column_name, require_flags, require_mapping, require_number, require_text, shown
from colgen.declare.missing import Condition, condition_on
from colgen.declare.rows import Branches, Rows
from colgen.errors import ModelError, one_of
from colgen.values.types import BigInteger, ColumnData, Type, is_enumeration

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

SPECIAL = ("draw", "period", "volume", "scenario")
"""What a function may ask for in addition to columns."""


class Options(TypedDict, total=False):
    """What every kind of column takes beside its own arguments.

    hidden : for other columns to use, not written
    nullable : some values may be missing: a share of them, from 0 to 1, that is drawn; or True, where the kind itself leaves some out, or `when` does
    when : what own columns must be for there to be a value, such as `{"status": "left"}`: a word, a flag, a number, a tuple of these, or None
        for a column that must be missing
    unique : no value occurs twice in the table; `colgen check` proves it
    distinct : no value occurs twice among the rows that are fanned out from the same row
    name : what the column is called where it is written, if that is not the name of the attribute
    doc : what it means
    """

    hidden: bool
    nullable: bool | float
    when: Mapping[str, Any] | None
    unique: bool
    distinct: bool
    name: str
    doc: str


class Column:
    """A column as declared. Each kind of column says what it needs and how its values are made.

    type : what its values are
    how : how they are drawn, in a few words
    options : those of `Options`

    nullable : whether values may be missing
    missing_share : how many of them are, by a draw
    """

    name = ""
    table: TableInfo
    unique = False
    distinct = False
    hidden = False
    nullable = False
    to_parent = False
    compact = False
    """Whether `make` gives whole numbers in as few bits as they need; functions that read them get int64 all the same."""
    promises: tuple[str, ...] = ()
    """Which of `unique` and `distinct` this kind keeps when asked to."""
    always_there = False
    """Whether a value can never be missing, such as a key."""
    may_leave_out = False
    """Whether the kind itself leaves values out, besides those that `nullable` and `when` make missing."""
    references: TableInfo | None = None

    def __init__(
        self,
        type: Type,
        how: str = "",
        *,
        hidden: bool = False,
        nullable: bool | float = False,
        when: Mapping[str, Any] | None = None,
        unique: bool = False,
        distinct: bool = False,
        name: str = "",
        doc: str = "",
    ) -> None:
        if not isinstance(type, Type):
            raise ModelError(f"a column's type must be one of colgen's, such as Integer or Money, not {shown(type)}")
        place = self.__class__.__name__
        if is_enumeration(type) and type.dtype is None:
            raise ModelError(f"{place}: {type.name} is for columns with a list of words: Category, Vocabulary, FixedValues or Stages")
        require_flags(place, unique=unique, distinct=distinct, hidden=hidden)
        require_text(place, name=name, doc=doc)
        if name and not fit_column_name(name):
            raise ModelError(
                f"{place}: name={shown(name)}: give 1 to 63 printable bytes that are not one of PostgreSQL's own columns, such as ctid"
            )
        if unique and type.sql == "JSON":
            raise ModelError(f"{place}: unique=True; no database can tell whether two JSON values are the same, so leave it out")
        for promise, asked in (("unique", unique), ("distinct", distinct)):
            if asked and promise not in self.promises:
                raise ModelError(f"{place}: a {place} cannot be {promise}: nothing keeps two of its values from being equal")
        if not isinstance(nullable, bool):
            require_number(place, 0, 1, nullable=nullable)
        if when is not None:
            require_mapping(place, "{'status': 'left'}", when=when)
        if self.always_there and (nullable or when):
            raise ModelError(f"{place}: there is one for every row, so nullable and when do not belong here")
        self.type = type
        self.hidden = hidden
        self.nullable = bool(nullable) or bool(when)
        self.missing_share = 0.0 if isinstance(nullable, bool) else float(nullable)
        self.when = dict(when or {})
        self.unique = unique
        self.distinct = distinct
        self.written_name = name
        self.doc = doc
        self._how = how

    def bind(self, table: TableInfo, name: str) -> None:
        """Makes it a column of a table. What it knows of the table is worked out each time: a branch inherits a copy."""
        self.table, self.name = table, name
        if self.distinct and table.parent is None:
            raise ModelError(f"{self.qualified_name}: distinct=True is about the rows of one parent, but the table is not fanned out")

    @property
    def conditions(self) -> list[Condition]:
        """What own columns must be for there to be a value."""
        return [condition_on(self, word, wanted) for word, wanted in self.when.items()]

    def take_type(self) -> None:
        """Takes the type of other columns, which may have been found only when the tables of a model were known; most kinds have one of their own."""

    def missing(self, rows: Rows) -> Array | None:
        """Which of its values are missing, whatever the kind leaves out: bool; None where none is."""
        missing = rows.draw_missing(self).chance(self.missing_share) if self.missing_share else None
        for condition in self.conditions:
            fails = ~condition.holds(rows)
            missing = fails if missing is None else missing | fails
        return missing

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns of its own table that it is made from; `when` may name more."""
        return ()

    @property
    def lookups(self) -> tuple[tuple[Column, str], ...]:
        """Columns of other tables that it is made from, each with the own column that refers to their table."""
        return ()

    @property
    def settings(self) -> tuple[str, ...]:
        """Names of the volume's settings that its declaration names."""
        return ()

    @property
    def libraries(self) -> tuple[str, ...]:
        """The libraries that its words are from, whose versions a manifest lists."""
        return ()

    @property
    def sums(self) -> str | None:
        """`table.column` of the children it adds up."""
        return None

    @property
    def description(self) -> str:
        """How it is drawn, in a few words."""
        return self._how

    @property
    def counted(self) -> tuple[TableInfo, ...]:
        """The tables of which it must be known how many rows there are before any of its values are made."""
        return ()

    def make(self, rows: Rows) -> ColumnData:
        """Its values, one for each of some rows; of a reference, the numbers of the rows that are referred to."""
        raise NotImplementedError

    @property
    def role(self) -> str:
        """What its values are like, for a writer: key (ascends from row to row), parent (never falls), reference, number, money, time, flag,
        category, repeated, text, fraction, list or struct."""
        return "reference" if self.references is not None and self.type.role == "number" else self.type.role

    @property
    def written_key(self) -> Column | None:
        """For a reference: the key of the other table that is written in place of the number of a row, where the two are not the same."""
        key = self.references.key if self.references is not None and not self.hidden else None
        return None if key is None or key.is_row_number else key

    @property
    def is_row_number(self) -> bool:
        """Whether its values are the numbers of the rows: 1 … n."""
        return False

    @property
    def qualified_name(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.name}" if hasattr(self, "table") else "a column outside a table"

    def via(self, foreign_key: str) -> Via:
        """This column at the row that one foreign key refers to, where a table has several to the same table."""
        require_text(f"{self.qualified_name}.via", foreign_key=foreign_key)
        return Via(self, foreign_key)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.written_name or name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.qualified_name}>"


@dataclass(frozen=True)
class Via:
    """A column of another table, and the foreign key to reach it by."""

    column: Column
    foreign_key: str


class Computed(Column):
    """A column that a function computes; made by `column`."""

    promises = ("unique", "distinct")  # `colgen check` sees whether the function keeps them

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return self.nullable

    def __init__(self, type: Type, function: Callable[..., ColumnData], **options: Any) -> None:
        super().__init__(type, **{"doc": inspect.cleandoc(getattr(function, "__doc__", None) or ""), **options})
        if not callable(function) or isinstance(function, Column):
            raise ModelError(f"column(…) expects a function, not {shown(function)}")
        try:
            self._declared = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            raise ModelError(
                f"column(…): {shown(function)} does not say what its parameters are; wrap it in a function of your own"
            ) from None
        self.function = function
        self._parameters: dict[str, tuple[str, Any]] = {}

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        self._parameters = {parameter.name: self._meaning(parameter) for parameter in self._declared}

    def _meaning(self, parameter: inspect.Parameter) -> tuple[str, Any]:
        word, default = parameter.name, parameter.default
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise ModelError(f"{self.qualified_name}: its parameter {parameter} has no name that says what it is given; name each column")
        if isinstance(default, Column | Via):
            column, via = (default.column, default.foreign_key) if isinstance(default, Via) else (default, None)
            return "referred", (column, self.table.key_to(column, self.qualified_name, via))
        if default is not inspect.Parameter.empty:
            return "constant", default
        if word in self.table.words:
            return "own", self.table.words[word]
        if word in SPECIAL:
            return word, None
        raise ModelError(
            f"{self.qualified_name}: its parameter {word!r} is not a column of {self.table.name}; "
            f"{one_of(word, [*self.table.words, *SPECIAL])}. A column of another table is given as a default: {word}=Other.{word}"
        )

    @property
    def needs(self) -> tuple[str, ...]:
        own = [name for kind, name in self._parameters.values() if kind == "own"]
        return tuple(dict.fromkeys([*own, *(via for _, via in self.lookups if via in self.table.columns)]))

    @property
    def lookups(self) -> tuple[tuple[Column, str], ...]:
        return tuple(lookup for kind, lookup in self._parameters.values() if kind == "referred")

    def make(self, rows: Rows) -> ColumnData:
        arguments: dict[str, Any] = {}
        for name, (kind, meant) in self._parameters.items():
            if kind == "own":
                arguments[name] = rows.values(meant)
            elif kind == "referred":
                arguments[name] = rows.referred(*meant)
            elif kind == "draw":
                arguments[name] = rows.draw(self)
            elif kind != "constant":
                arguments[name] = getattr(rows, kind)
        return self.function(**arguments)


class ComputedKey(Computed):
    """A foreign key that a function computes; made by `column(ForeignKey(...))`. The function gives numbers of rows: 1 … n."""

    def __init__(self, references: TableInfo, function: Callable[..., ColumnData], **options: Any) -> None:
        super().__init__(BigInteger, function, **options)
        self.references = references

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        take_type(self)


def take_type(reference: Column) -> None:
    """Gives a reference the type of the key that it is written as. ModelError where the other table has no key of one column to write."""
    target = reference.references
    assert target is not None
    if reference.hidden or reference.table.hidden or (isinstance(target.rows, Branches) and target.key is None):  # that of its branches
        return
    if target.key is None and target.key_columns:
        names = " and ".join(column.name for column in target.key_columns)
        copies = ", ".join(f"{column.name} = Lookup({target.declared.__name__}.{column.name})" for column in target.key_columns)
        raise ModelError(
            f"{reference.qualified_name} refers to {target.name}, whose key is {names} together: hide it (hidden=True), and write the columns: {copies}"
        )
    if target.key is None:
        raise ModelError(
            f"{reference.qualified_name} refers to {target.name}, which has no key to write; add id = Key() there, name one in its head "
            f"(key='…'), or hide the reference (hidden=True)"
        )
    reference.type = target.key.type


def column(type: Any, **options: Unpack[Options]) -> Callable[[Callable[..., ColumnData]], Any]:
    """Makes a function a column. Its parameters are what it needs (see the head of this module); it is given whole arrays.

    type : what it returns: a type of colgen's, or `ForeignKey(Table)` for ids of another table
    options : those of `Options`. With `nullable` the function may itself leave values out: those that are masked in a NumPy masked array,
        or null in an Arrow one. `unique` and `distinct` are the function's to keep. A docstring of the function is the column's `doc`

    >>> from colgen import Integers, Key, Money, Table, Volume, column
    >>> class Products(Table):
    ...     "What is sold."
    ...     rows = Volume("products")
    ...     id = Key()
    ...     cost = Integers(1_00, 90_00, type=Money)
    ...
    ...     @column(Money)
    ...     def price(cost):
    ...         "Half as much again as the cost."
    ...         return cost + cost // 2
    >>> Products.price.needs
    ('cost',)
    """
    if not isinstance(type, Type) and not (isinstance(type, Column) and type.references is not None):
        raise ModelError(f"column({shown(type)}): give a type, such as column(Money), or column(ForeignKey(Table))")
    if isinstance(type, Column) and (ignored := [word for word in _OF_DRAWN_KEYS if vars(type).get(word)]):
        raise ModelError(f"column(ForeignKey(…, {ignored[0]}=…)): the function says which rows are referred to; leave {ignored[0]} out")
    if not isinstance(nullable := options.get("nullable", False), bool):
        require_number("column", 0, 1, nullable=nullable)
    named: dict[str, Any] = {**options}
    require_flags("column", **{word: named[word] for word in ("unique", "hidden", "distinct") if word in named})
    require_text("column", **{word: named[word] for word in ("doc", "name") if word in named})
    return Undecorated(type, {word: value for word, value in named.items() if word != "doc" or value})


_OF_DRAWN_KEYS = ("weights", "popularity", "existing_at", "where", "hidden", "differs_from")


class Undecorated:
    """What `column(Type)` gives: it makes a function a column."""

    def __init__(self, type: Type | Column, options: dict[str, Any]) -> None:
        self._type, self._options = type, options

    def __call__(self, function: Callable[..., ColumnData]) -> Any:
        if isinstance(self._type, Column):
            assert self._type.references is not None
            return ComputedKey(self._type.references, function, **self._options)
        return Computed(self._type, function, **self._options)
