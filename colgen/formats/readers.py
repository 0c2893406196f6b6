"""What DuckDB's readers of files are told: which files, and what their columns are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from colgen.values.structs import is_struct


def literal(text: str) -> str:
    """A text, quoted for SQL."""
    return "'" + text.replace("'", "''") + "'"


def file_list(files: Sequence[Path | str]) -> str:
    """These files and no others, as the first argument of one of DuckDB's readers: nothing in a name is a pattern.

    >>> file_list(["shop/customers.csv", "shop[1]/it's.csv"])
    "['shop/customers.csv', 'shop[[]1]/it''s.csv']"
    """
    paths = [re.sub(r"([*?[])", r"[\1]", str(file)) for file in files]
    return f"[{', '.join(map(literal, paths))}]"


def is_nested(type: str) -> bool:
    """Whether an SQL type is that of lists or of structs."""
    return type.endswith("[]") or is_struct(type)


def sql_columns(columns: Mapping[str, str]) -> str:
    """Names and SQL types as DuckDB's readers of text take them; JSON, bytes, lists and structs are read as text there."""
    return (
        "{"
        + ", ".join(
            f"{literal(name)}: {literal('VARCHAR' if type in ('JSON', 'BLOB') or is_nested(type) else type)}"
            for name, type in columns.items()
        )
        + "}"
    )
