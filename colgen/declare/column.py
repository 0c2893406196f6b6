"""What a column is, and how a function becomes one.

A column is drawn in a named way (`colgen.declare.columns`) or computed by a function whose parameters are what it needs:

- a column of the same table, by its name
- a column of another table, as the parameter's default (`price=Products.price`): its value at the row that this table's
  foreign key refers to, or at the row this one is fanned out from
- `draw`, the column's own random numbers; `period`, the days the build covers; `volume`, the counts and settings; `scenario`, the
  rates, shares and times of the `Conditions` it is made under. A column of the table that has such a name takes precedence.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colgen.declare.arguments import require_flags, require_text, shown
from colgen.declare.rows import Rows
from colgen.errors import ModelError, one_of
from colgen.values.types import BigInteger, ColumnData, Real, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

SPECIAL = ("draw", "period", "volume", "scenario")
"""What a function may ask for in addition to columns."""


class Column:
    """A column as declared. Each kind of column says what it needs and how its values are made.

    unique : no value occurs twice; `colgen check` proves it
    hidden : for other columns to use, not written
    nullable : some values may be missing
    doc : what it means
    """

    name = ""
    table: TableInfo
    unique = False
    hidden = False
    nullable = False
    to_parent = False
    compact = False
    """Whether `make` gives whole numbers in as few bits as they need; functions that read them get int64 all the same."""
    references: TableInfo | None = None

    def __init__(self, type: Type, *, unique: bool = False, hidden: bool = False, nullable: bool = False, doc: str = "") -> None:
        if not isinstance(type, Type):
            raise ModelError(f"a column's type must be one of colgen's, such as Integer or Money, not {shown(type)}")
        place = self.__class__.__name__
        require_flags(place, unique=unique, hidden=hidden, nullable=nullable)
        require_text(place, doc=doc)
        if unique and type.sql == "JSON":
            raise ModelError(f"{place}: unique=True; no database can tell whether two JSON values are the same, so leave it out")
        self.type = type
        self.unique = unique
        self.hidden = hidden
        self.nullable = nullable
        self.doc = doc

    def bind(self, table: TableInfo, name: str) -> None:
        """Makes it a column of a table. What it knows of the table is worked out each time: a branch inherits a copy."""
        self.table, self.name = table, name
        if self.type is Real and not self.hidden and not table.hidden:
            raise ModelError(f"{self.qualified_name} is a Real, which is not written; hide it (hidden=True), or make it a Decimal")

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns of its own table that it is made from."""
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
    def sums(self) -> str | None:
        """`table.column` of the children it adds up."""
        return None

    @property
    def description(self) -> str:
        """How it is drawn, in a few words."""
        return self.doc

    def make(self, rows: Rows) -> ColumnData:
        """Its values, one for each of some rows."""
        raise NotImplementedError

    @property
    def role(self) -> str:
        """What its values are like, for a writer: key (ascends from row to row), parent (never falls), reference, number, money, time, flag,
        category, repeated or text."""
        return "reference" if self.references is not None else self.type.role

    @property
    def qualified_name(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.name}" if hasattr(self, "table") else "a column outside a table"

    def via(self, foreign_key: str) -> Via:
        """This column at the row that one foreign key refers to, where a table has several to the same table."""
        require_text(f"{self.qualified_name}.via", foreign_key=foreign_key)
        return Via(self, foreign_key)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.qualified_name}>"


@dataclass(frozen=True)
class Via:
    """A column of another table, and the foreign key to reach it by."""

    column: Column
    foreign_key: str


class Computed(Column):
    """A column that a function computes; made by `column`."""

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
        if word in self.table.columns:
            return "own", None
        if word in SPECIAL:
            return word, None
        raise ModelError(
            f"{self.qualified_name}: its parameter {word!r} is not a column of {self.table.name}; "
            f"{one_of(word, [*self.table.columns, *SPECIAL])}. A column of another table is given as a default: {word}=Other.{word}"
        )

    @property
    def needs(self) -> tuple[str, ...]:
        own = [name for name, (kind, _) in self._parameters.items() if kind == "own"]
        return tuple(dict.fromkeys([*own, *(via for _, via in self.lookups if via in self.table.columns)]))

    @property
    def lookups(self) -> tuple[tuple[Column, str], ...]:
        return tuple(lookup for kind, lookup in self._parameters.values() if kind == "referred")

    def make(self, rows: Rows) -> ColumnData:
        arguments: dict[str, Any] = {}
        for name, (kind, lookup) in self._parameters.items():
            if kind == "own":
                arguments[name] = rows.values(name)
            elif kind == "referred":
                arguments[name] = rows.referred(*lookup)
            elif kind == "draw":
                arguments[name] = rows.draw(self)
            elif kind != "constant":
                arguments[name] = getattr(rows, kind)
        return self.function(**arguments)


class ComputedKey(Computed):
    """A foreign key that a function computes; made by `column(ForeignKey(...))`."""

    def __init__(self, references: TableInfo, function: Callable[..., ColumnData], **options: Any) -> None:
        super().__init__(BigInteger, function, **options)
        self.references = references


def column(
    type: Any, *, unique: bool = False, hidden: bool = False, nullable: bool = False, doc: str = ""
) -> Callable[[Callable[..., ColumnData]], Any]:
    """Makes a function a column. Its parameters are what it needs (see the head of this module); it is given whole arrays.

    type : what it returns: a type of colgen's, or `ForeignKey(Table)` for ids of another table
    unique : no value occurs twice; `colgen check` proves it
    hidden : for other columns to use, not written
    nullable : some values may be missing: those that are masked in a NumPy masked array, or null in an Arrow one
    doc : what it means, where the function has no docstring to say so

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
    require_flags("column", unique=unique, hidden=hidden, nullable=nullable)
    require_text("column", doc=doc)
    return Undecorated(type, dict(unique=unique, hidden=hidden, nullable=nullable, **({"doc": doc} if doc else {})))


_OF_DRAWN_KEYS = ("weights", "popularity", "existing_at", "where", "hidden")


class Undecorated:
    """What `column(Type)` gives: it makes a function a column."""

    def __init__(self, type: Type | Column, options: dict[str, Any]) -> None:
        self._type, self._options = type, options

    def __call__(self, function: Callable[..., ColumnData]) -> Any:
        if isinstance(self._type, Column):
            assert self._type.references is not None
            return ComputedKey(self._type.references, function, **self._options)
        return Computed(self._type, function, **self._options)
