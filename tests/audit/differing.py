"""Builds that differ in something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from colgen.audit.diff import Difference
from tests.support import part_of

NOTES = """
import pyarrow as pa
from colgen import *

class Notes(Table):
    rows = Volume("notes")
    id = Key()
    size = Integers(1, 6)

    @column(String, nullable=True)
    def text(id):
        return pa.array([['"', None, "", "a, b"][one % 4] for one in id.tolist()], pa.string())

    @column(Json, nullable=True)
    def more(id):
        return pa.array(['{"b": 1, "a": ""}' if one % 2 == 0 else None for one in id.tolist()], pa.string())

model = Model("notes", tables=[Notes], volumes={"few": {"notes": 8}})
"""


def change(folder: Path, table: str, *statements: str) -> None:
    """Changes a written table by SQL; the manifest stays what it was."""
    part = part_of(folder, table)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE {table} AS FROM '{part}'")
    for statement in statements:
        connection.execute(statement)
    connection.execute(f"COPY {table} TO '{part}' (FORMAT parquet)")


def mirrored(found: Sequence[Difference]) -> list[Difference]:
    """The same, seen from the other build."""
    return [
        replace(
            one,
            rows=one.rows[::-1],
            added=one.gone,
            gone=one.added,
            only_in_a=one.only_in_b,
            only_in_b=one.only_in_a,
            examples=tuple(replace(example, before=example.after, after=example.before) for example in one.examples),
        )
        for one in found
    ]
