"""Small tables in one line, and what is proved of their builds: for the tests of keys, references and what may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import Model, Table
from tests.declare.baskets import BLOCKS
from tests.support import broken_rules, damage, outcomes, rows_of, write_build


def table(called: str, rows: Any, head: Mapping[str, Any] | None = None, /, **columns: Any) -> Any:
    """A table class with these columns. What stands in its head is given as one mapping."""
    return type(called, (Table,), columns, **{"rows": rows, **(head or {})})


def broken(model: Model, folder: Path, **request: Any) -> list[str]:
    """Builds, and says which of its rules do not hold."""
    write_build(model, folder / "data", **request)
    return broken_rules(folder / "data", model)


def rules(model: Model, folder: Path) -> set[str]:
    """What is proved of a build, which is made unless it is there: `table: rule`."""
    if not (folder / "data").exists():
        write_build(model, folder / "data")
    return set(outcomes(folder / "data", model))


def broken_by(model: Model, folder: Path, name: str, *statements: str, **request: Any) -> list[str]:
    """The rules that a sound build breaks after a careless hand has changed a table of it by SQL."""
    assert broken(model, folder, **request) == []
    damage(folder / "data", name, *statements)
    return broken_rules(folder / "data", model)


def of(model: Model, name: str, *columns: str, **request: Any) -> list[Any]:
    """Some columns of all rows of a table: a list of values, or of tuples where there are several columns."""
    rows = colgen.build(model, **request).table(name).to_pylist()
    return [row[columns[0]] if len(columns) == 1 else tuple(row[one] for one in columns) for row in rows]


def is_the_same_from_one_worker_and_from_two(model: Model, folder: Path, patch: pytest.MonkeyPatch) -> bool:
    """Whether the files of a build in many small parts are the same, byte for byte."""
    patch.setattr("colgen.generate.plan.PART_BYTES", 250)
    made: list[list[bytes]] = []
    for threads in (1, 2):
        out = folder / f"{threads} of {len(list(folder.iterdir()))}"
        colgen.build(model, out=out, threads=threads)
        made.append([part.read_bytes() for part in sorted(out.rglob("*.parquet"))])
    assert len(made[0]) > len(model.written), "there are several parts"
    return made[0] == made[1]


def is_the_same_in_blocks_of_any_size(model: Model, name: str, *, seed: int = 0) -> bool:
    """Whether the rows of a table are what they are, in blocks of a root, of a few, and all together."""
    whole = rows_of(model, name, seed=seed)
    return all(rows_of(model, name, seed=seed, block_cells=cells) == whole for cells in BLOCKS)
