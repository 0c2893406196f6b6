"""Which columns of a table may have which defects, decided from how they are declared. Keys never have any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from colgen.declare.column import Column
from colgen.declare.columns import Key
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.keys import references_of, unique_sets
from colgen.declare.model import Model
from colgen.declare.polymorphic import PolymorphicKey
from colgen.declare.rows import Pairs, Volume
from colgen.declare.table import TableInfo
from colgen.defects.shares import ANY

_PAIRS = (
    ("first_name", "last_name"),
    ("firstname", "lastname"),
    ("given_name", "family_name"),
    ("forename", "surname"),
    ("city", "country"),
    ("city", "state"),
    ("city", "region"),
)
"""Fields that stand beside each other in a form, by what the names of their columns end in."""

_OF_TEXTS = ("typo", "mojibake", "missing")

_KEY_TYPES = ("INTEGER", "BIGINT", "UUID", "DATE")
"""SQL types of columns whose texts can be joined by commas: that is how the answer key names a row by several columns."""


@dataclass(frozen=True)
class DirtyTable:
    """Where the rows of a table may have defects.

    key : the columns by which the answer key names a row: the primary key, or another set that is unique
    cells : by column, the share of each kind
    pairs : columns that may be exchanged, and in how many rows
    duplicates : how many rows come again
    """

    table: TableInfo
    key: tuple[str, ...]
    cells: Mapping[str, Mapping[str, float]]
    pairs: Mapping[tuple[str, str], float]
    duplicates: float

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values may be others, in order."""
        exchanged = {name for pair in self.pairs for name in pair}
        return tuple(column.name for column in self.table.written_columns if column.name in exchanged or column.name in self.cells)

    @property
    def each_row(self) -> float:
        """About how many defects a row has."""
        cells = sum(sum(shares.values()) for shares in self.cells.values()) + 2 * sum(self.pairs.values())
        return cells * (1 + self.duplicates) + self.duplicates

    def may_be_missing(self, column: str) -> bool:
        """Whether a value may be missing that should be there."""
        return "missing" in self.cells.get(column, ())

    def is_plain(self, column: str) -> bool:
        """Whether it is a column of texts that may be others: they are written as plain texts, whatever list they were drawn from."""
        arrow = self.table.columns[column].type.arrow
        return column in self.columns and (pa.types.is_string(arrow) or pa.types.is_dictionary(arrow))

    def may_have_typos(self, column: str) -> bool:
        """Whether its texts may have typos where a row comes again."""
        return _is_text(self.table.columns[column])

    def keeps_unique(self, names: tuple[str, ...]) -> bool:
        """Whether the rows that are written still differ in some columns that are unique in the clean data."""
        return names == self.key or not (self.duplicates or set(names) & set(self.columns))


@dataclass(frozen=True)
class Defects:
    """What is asked for.

    shares : of each kind, as `shares_of` gives them
    tables : those that are written, by name
    """

    shares: Mapping[str, float]
    tables: tuple[str, ...]

    def of(self, table: TableInfo, model: Model) -> DirtyTable | None:
        """Where a written table of a model may have defects; None where it stays as it is."""
        return dirty_table(table, model, self.shares) if table.name in self.tables else None


def dirty_table(table: TableInfo, model: Model, shares: Mapping[str, float]) -> DirtyTable | None:
    """Where a written table of a model may have defects; None where it stays as it is.

    A table stays clean if it is a list that the model states, or if its rows cannot be named by a key.
    """
    key = next((names for names in unique_sets(table) if _names_rows([table.columns[name] for name in names])), None)
    if isinstance(table.rows, int) or key is None:
        return None
    tied = {*key, *(column.name for column in table.key_columns), *_tied(table), *_referred_to(table, model)}
    plain = {column.name: column for column in table.written_columns if column.name not in tied}
    any_share = shares.get(ANY, 0.0)
    paired = list(_pairs(plain))
    each_pair = shares.get("swap", 0.0) + any_share / (len(_OF_TEXTS) + 1)
    pairs = dict.fromkeys(paired, each_pair) if each_pair else {}
    cells: dict[str, dict[str, float]] = {}
    for name, column in plain.items():
        kinds = _kinds(column)
        if not kinds:
            continue
        each = any_share / (len(kinds) + any(name in pair for pair in paired))
        asked = {kind: share for kind in kinds if (share := shares.get(kind, 0.0) + each)}
        if asked:
            cells[name] = asked
    if (orphans := shares.get("orphan", 0.0)) > 0:
        cells |= {column.name: {"orphan": orphans} for column in table.written_columns if _may_be_orphan(table, column)}
    duplicates = shares.get("duplicate", 0.0) if _may_come_again(table) else 0.0
    if duplicates:  # whose texts may have typos, whatever those of other rows have
        cells |= {name: {"typo": 0.0} for name, column in plain.items() if _is_text(column) and name not in cells}
    if not (cells or pairs or duplicates):
        return None
    return DirtyTable(table, key, cells, pairs, duplicates)


def _names_rows(columns: Sequence[Column]) -> bool:
    """Whether the texts of some columns that are unique together name a row."""
    if any(column.nullable for column in columns):
        return False
    return all(column.type.sql in _KEY_TYPES for column in columns) or (len(columns) == 1 and _is_text(columns[0]))


def _tied(table: TableInfo) -> Iterator[str]:
    """The columns that refer to other rows, or are called so, and the words that say to which table."""
    for reference in references_of(table):
        yield from (column.name for column in reference.columns)
    for column in table.columns.values():
        if column.references is not None or isinstance(column, Key) or column.name.endswith("_id"):
            yield column.name
        if isinstance(column, PolymorphicKey):
            yield from (column.name, column.by)


def _referred_to(table: TableInfo, model: Model) -> Iterator[str]:
    """The columns by which rows of other tables refer to rows of this one."""
    for other in model.written:
        for reference in references_of(other):
            yield from (column.name for column in reference.targets if reference.target == table)


def _is_text(column: Column) -> bool:
    """Whether any text fits its type: a database reads those of types by name as something."""
    arrow = column.type.arrow
    is_text = (pa.types.is_string(arrow) or pa.types.is_dictionary(arrow)) and column.type.sql.startswith("VARCHAR")
    return is_text and not column.type.postgres


def _kinds(column: Column) -> tuple[str, ...]:
    """The kinds of defects that make sense for a column, by the type of its values."""
    arrow = column.type.arrow
    if _is_text(column):
        return _OF_TEXTS
    if pa.types.is_decimal(arrow):
        return ("unit", "stale", "missing")
    if pa.types.is_integer(arrow):
        return ("unit", "missing")
    if pa.types.is_date(arrow) or pa.types.is_timestamp(arrow):
        return ("stale", "swap", "missing")
    if pa.types.is_nested(arrow) or pa.types.is_binary(arrow):
        return ()  # they have no text for the answer key
    return ("missing",)


def _pairs(plain: Mapping[str, Column]) -> Iterator[tuple[str, str]]:
    """The pairs of columns of texts that belong beside each other, none of which is in two of them."""
    paired: set[str] = set()
    for first, second in _PAIRS:
        for name in plain:
            other = name.removesuffix(first) + second
            if not name.endswith(first) or other not in plain or {name, other} & paired:
                continue
            if _is_text(plain[name]) and plain[name].type.sql == plain[other].type.sql:
                paired |= {name, other}
                yield name, other


def _may_be_orphan(table: TableInfo, column: Column) -> bool:
    """Whether it refers, alone, to a table of which it is known how many rows there are, whatever the period."""
    if not isinstance(column, ForeignKey) or any(column.name in names for names in unique_sets(table)):
        return False
    target = column.references
    return target is not None and isinstance(target.key, Key) and _is_counted(target)


def _may_come_again(table: TableInfo) -> bool:
    """Whether a row may get a number after all others: nothing is fanned out from another row, and no one counts on the numbers of days."""
    if not _is_counted(table) or isinstance(table.rows, int | Pairs) or len(table.key_columns) != 1:
        return False
    return isinstance(table.key, Key) and not table.key.hidden


def _is_counted(table: TableInfo) -> bool:
    return isinstance(table.rows, int | Volume)
