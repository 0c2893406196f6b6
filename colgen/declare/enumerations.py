"""The enumerations of some tables: words that a database knows by the name of a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from colgen.errors import ModelError
from colgen.values.types import Categorical, element_of, is_enumeration

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_LONGEST = 63
"""Bytes of a word, as PostgreSQL has it."""


def enumerations(tables: Sequence[TableInfo]) -> dict[str, tuple[str, ...]]:
    """The words of each enumeration that written columns have, by its name. ModelError where two columns give one different words, and for a
    name or a word that no database could hold."""
    words_of: dict[str, tuple[str, ...]] = {}
    said: dict[str, str] = {}
    taken = {table.name.removeprefix("type ") for table in tables} | {table.name for table in tables}
    for table in tables:
        for column in table.written_columns:
            kind = element_of(column.type)
            if not is_enumeration(kind):
                continue
            assert isinstance(kind, Categorical)
            name, words = kind.postgres, tuple(kind.words.to_pylist())
            if name in taken:
                raise ModelError(f"{column.qualified_name}: a table is called {name!r}, too, and a type and a table cannot have one name")
            for word in words:
                if len(word.encode()) > _LONGEST:
                    raise ModelError(f"{column.qualified_name}: {word[:70]!r}: a word of an enumeration has up to {_LONGEST} bytes")
            if words_of.setdefault(name, words) != words:
                raise ModelError(
                    f"{column.qualified_name}: Enum({name!r}) has the words {', '.join(words)}, and other ones in {said[name]}: "
                    f"{', '.join(words_of[name])}; give both the same, in the same order, or two names"
                )
            said.setdefault(name, column.qualified_name)
    return words_of
