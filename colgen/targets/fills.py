"""What colgen has put into tables of the user's: which rows, so that those very rows can be taken away again, and none besides.

Beside the record of a fill, in a schema of colgen's own, stand the key of each row and a digest of it as it was when it went in. A row that
was changed since is the user's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from colgen.errors import TargetError

SCHEMA = "colgen_fills"
"""Where the records lie. Nothing of a user's is ever there."""


class FilledTable(BaseModel):
    """A table into which rows were put.

    key : the columns of its primary key; without one, a row is known by its digest alone
    rows : the table of colgen's that has the key and the digest of each row
    count : how many
    """

    model_config = ConfigDict(strict=True)

    db_schema: str
    name: str
    key: list[str]
    rows: str
    count: int

    @property
    def place(self) -> str:
        """Schema and name, for people."""
        return f"{self.db_schema}.{self.name}"

    @property
    def noted(self) -> list[str]:
        """The columns of `rows` that hold the key."""
        return [f"key{index}" for index in range(len(self.key))]


def counted(tables: Iterable[FilledTable]) -> dict[str, int]:
    """How many rows there are in each, by its place."""
    counts: dict[str, int] = {}
    for table in tables:
        counts[table.place] = counts.get(table.place, 0) + table.count
    return counts


def refuse_changed(changed: Sequence[str]) -> None:
    """Raises TargetError where rows are no longer as they were put there.

    changed : in words: how many of which table
    """
    if changed:
        raise TargetError(
            f"rows that colgen put there have been changed since ({'; '.join(changed)}); remove them all the same with --even-changed"
        )


def refuse_referred(others: int, child: str, parent: str) -> None:
    """Raises TargetError where rows of a table that colgen did not put there refer to rows of another that it did: removing these would take
    those along, or fail.

    others : how many
    """
    if others:
        raise TargetError(
            f"{others:,} rows of {child} that colgen did not put there refer to rows of {parent} that it did; remove or change those first"
        )
