"""What a schema is like, whatever it was read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Observed:
    """What was seen of the values of a column.

    by : what they were seen in, as a guess is marked
    nulls : the share of them that is missing
    low, high : the least and the greatest number, rounded outwards
    years_before, years : of days and moments, how long before the last year of all the first one is, and how many years there are from then on;
        None for those that go on to the end
    true : of flags, the share of those that are
    words : shares of the words that come again and again
    code : a `Code` that all the texts are like
    """

    by: str
    nulls: float = 0.0
    low: float | None = None
    high: float | None = None
    years_before: float | None = None
    years: float | None = None
    true: float | None = None
    words: Mapping[str, float] | None = None
    code: str = ""


@dataclass
class ColumnShape:
    """A column.

    type : the name of its type in PostgreSQL, without length or precision: `character varying`, `numeric`; of a domain, what that is made of
    shown : the type as it is declared
    nullable : whether values may be missing
    default : an expression, empty if there is none; an identity has one, too
    generated : whether the database computes it
    length : of a text, the most characters; precision, scale : of a decimal
    words : of an enumeration or a CHECK, the words that it may be
    labels : of an enumeration, all of its words in order, whatever a CHECK allows
    low, high : the least and the greatest number that a CHECK allows
    is_array : whether it is a list of such values
    pattern : a `Code` that a CHECK allows, where that asks for a regular expression
    is_left_empty : whether a CHECK is kept only where there is no value
    is_list : of JSON, whether it must be a list
    fields : of structs, what is in them
    comment : what is said of it
    observed : what was seen of its values, where any were looked at
    """

    name: str
    type: str
    shown: str = ""
    nullable: bool = True
    default: str = ""
    generated: bool = False
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    words: Sequence[str] | None = None
    labels: Sequence[str] | None = None
    low: float | None = None
    high: float | None = None
    is_array: bool = False
    pattern: str = ""
    is_left_empty: bool = False
    is_list: bool = False
    fields: Sequence[ColumnShape] = ()
    comment: str = ""
    observed: Observed | None = None


@dataclass(frozen=True)
class ForeignKeyShape:
    """A reference: own columns, and those of the table that they refer to.

    target : its full name, as `TableShape.full_name` has it
    by_name : whether it is only guessed from the names of columns
    evidence : what it was guessed from, where that is more than names; empty for one that is declared
    children : how many rows refer to a row of the target, and which share of the target's rows that is so for, where they were counted
    top_share : the share of the rows that refer to the most popular fifth of the target's, where they were counted
    """

    columns: tuple[str, ...]
    target: str
    targets: tuple[str, ...]
    cascades: bool = False
    by_name: bool = False
    evidence: str = ""
    children: tuple[tuple[int, float], ...] = ()
    top_share: float | None = None


@dataclass
class CheckShape:
    """A condition that rows must meet: its text, and the columns that it reads."""

    text: str
    columns: tuple[str, ...]


@dataclass
class TableShape:
    """A table.

    schema : empty where there is only one
    uniques : sets of columns that are unique, without the key; those of partial indexes and of indexes on lower(x) as if they were of x
    key_evidence : what the key was guessed from; empty for one that is declared
    rows : how many rows there are, where they were counted
    """

    name: str
    schema: str = ""
    columns: list[ColumnShape] = field(default_factory=list)
    key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    foreign_keys: list[ForeignKeyShape] = field(default_factory=list)
    checks: list[CheckShape] = field(default_factory=list)
    comment: str = ""
    writes_itself: bool = False
    key_evidence: str = ""
    rows: int | None = None

    @property
    def full_name(self) -> str:
        """Its name behind that of its schema, where there are several."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> ColumnShape:
        """One of its columns."""
        return next(column for column in self.columns if column.name == name)


@dataclass
class SchemaShape:
    """A schema.

    notes : what was found in it and cannot be kept, in words
    source : what it was read from, in words
    """

    tables: list[TableShape] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    source: str = ""
