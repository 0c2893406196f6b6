"""References that ask for a row that is not there: refused before anything is made."""

from __future__ import annotations

from collections.abc import Sequence

from colgen.declare.arithmetic import too_few
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.rows import Branches, FanOut
from colgen.declare.table import TableInfo
from colgen.errors import ModelError
from colgen.generate.generation import Generation

_FEW_ROWS = 10_000


def check_conditions(generation: Generation, tables: Sequence[TableInfo]) -> None:
    """ModelError where a reference asks for a row that a small table does not have, or rows must differ and cannot: known before anything is
    made."""
    for problem in too_few(tables, generation.volume):
        raise ModelError(problem)
    keys = [column for table in tables for column in table.columns.values() if isinstance(column, ForeignKey) and column.where]
    for key in keys:
        rows = key.other.rows
        if isinstance(rows, FanOut | Branches) or generation.counts.of(key.other) > _FEW_ROWS:
            continue
        matching = generation.matching(key.other, key.codes)
        if matching is not None and not len(matching):
            raise key.nothing_matches()
