"""What is unique in a table, and what refers to what by it: derived from the declarations, never believed.

A set of columns is unique if one of them is; if they tell the row's parent, and one of them differs within it; or if they are more than such a
set. A reference is a row: what is written of it are columns of that row. Those that make up its key, or another unique set, are a foreign key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from colgen.declare.column import ComputedKey
from colgen.declare.pairs import pair_of
from colgen.declare.relations import Lookup
from colgen.declare.rows import FanOut, Pairs
from colgen.errors import ModelError

if TYPE_CHECKING:
    from colgen.declare.column import Column
    from colgen.declare.table import TableInfo


@dataclass(frozen=True)
class Reference:
    """A foreign key: own columns that together have the key, or another unique set, of the row that they refer to.

    via : the column that says which row that is; it may be hidden
    """

    via: Column
    columns: tuple[Column, ...]
    target: TableInfo
    targets: tuple[Column, ...]


def references_of(table: TableInfo) -> list[Reference]:
    """Its foreign keys, in the order of the columns by which they come."""
    return list(chain.from_iterable(_references_by(table, via) for via in table.columns.values() if via.references is not None))


def _references_by(table: TableInfo, via: Column) -> Iterator[Reference]:
    target = via.references
    assert target is not None
    if not via.hidden:
        if target.key is not None and not target.key.hidden:
            yield Reference(via, (via,), target, (target.key,))
        return
    copies = {
        column.column.name: column
        for column in table.written_columns
        if isinstance(column, Lookup) and column.lookups[0][1] == via.name and column.column.table == target
    }
    for names in unique_sets(target):
        if set(names) <= copies.keys():
            yield Reference(via, tuple(copies[name] for name in names), target, tuple(target.columns[name] for name in names))
            return


def unique_sets(table: TableInfo) -> list[tuple[str, ...]]:
    """The sets of written columns that are declared to be unique, the primary key first."""
    sets = [tuple(column.name for column in table.key_columns), *table.unique]
    sets += [tuple(column.name for column in pair_of(table))] if isinstance(table.rows, Pairs) else []
    sets += [(column.name,) for column in table.columns.values() if column.unique]
    return [names for names in dict.fromkeys(sets) if names and not any(table.columns[name].hidden for name in names)]


def is_unique(table: TableInfo, names: Sequence[str]) -> bool:
    """Whether it follows from the declarations that no two rows agree in all of these columns."""
    columns = [table.columns[name] for name in names]
    named = [reference.via for reference in references_of(table) if {column.name for column in reference.columns} <= set(names)]
    if any(column.unique for column in [*columns, *named]):
        return True
    if isinstance(table.rows, Pairs):
        return {column.name for column in pair_of(table)} <= set(names)
    if not isinstance(table.rows, FanOut) or not _tells_parent(table, names):
        return False
    return table.rows.most_declared == 1 or any(column.distinct for column in [*columns, *named])


def _tells_parent(table: TableInfo, names: Sequence[str]) -> bool:
    """Whether rows of different parents differ in these columns."""
    parent, copied = table.parent, set()
    for name in names:
        column = table.columns[name]
        if column.to_parent:
            return True
        if isinstance(column, Lookup) and table.columns[column.lookups[0][1]].to_parent and column.column.table == parent:
            copied.add(column.column.name)
    return parent is not None and bool(copied) and is_unique(parent, sorted(copied))


def check_promises(table: TableInfo) -> None:
    """ModelError where a key or a unique set of the table's head does not follow from its columns."""
    for side in pair_of(table) if isinstance(table.rows, Pairs) else ():
        asked = [
            word
            for word in ("weights", "popularity", "existing_at", "where", "likely", "within", "unique", "differs_from")
            if getattr(side, "scoped" if word == "within" else word, None) or getattr(side, word, None)
        ]
        if isinstance(side, ComputedKey):
            raise ModelError(f"{side.qualified_name}: Pairs(…) says which rows belong together, so no function can; declare a ForeignKey")
        if asked:
            raise ModelError(
                f"{side.qualified_name}: every pair is as likely as another, so {' and '.join(asked)} cannot be given beside Pairs(…)"
            )
    table.check_head()
    for word, sets in (("key", [table.declared_key] if table.declared_key else []), ("unique", table.unique)):
        for names in sets:
            shown = ", ".join(names)
            for name in names:
                if word == "key" and table.columns[name].nullable:
                    raise ModelError(f"{table.name}: key=({shown}): {name} may be missing, and no part of a key may be")
            if not is_unique(table, names):
                raise ModelError(f"{table.name}: {word}=({shown}) does not follow from its columns: {_advice(table, names)}")


def _advice(table: TableInfo, names: Sequence[str]) -> str:
    first = names[-1]
    if table.parent is None:
        return f"none of them is unique; declare one so, such as {first} = …(unique=True), or fan the rows out from the table that one of them refers to"
    if not _tells_parent(table, names):
        parent = table.parent
        return (
            f"none of them tells the row of {parent.name} that a row belongs to, so rows of two of them may be the same; "
            f"add the key of {parent.name}, or declare one unique: {first} = …(unique=True)"
        )
    return (
        f"none of them differs within a row of {table.parent.name}; declare one so, such as {first} = …(distinct=True), or add an Ordinal()"
    )
