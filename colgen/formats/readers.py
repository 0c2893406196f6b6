"""What DuckDB's readers of files are told: which files, and what their columns are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path


def literal(text: str) -> str:
    """A text, quoted for SQL."""
    return "'" + text.replace("'", "''") + "'"


def file_list(files: Sequence[Path | str]) -> str:
    """These files and no others, as the first argument of one of DuckDB's readers: nothing in a name is a pattern.

    >>> file_list(["shop/part-00000.csv", "shop[1]/it's.csv"])
    "['shop/part-00000.csv', 'shop[[]1]/it''s.csv']"
    """
    paths = [re.sub(r"([*?[])", r"[\1]", str(file)) for file in files]
    return f"[{', '.join(map(literal, paths))}]"


def sql_columns(columns: Mapping[str, str]) -> str:
    """Names and SQL types as DuckDB's readers of text take them; JSON, bytes and lists are read as text there."""
    return (
        "{"
        + ", ".join(
            f"{literal(name)}: {literal('VARCHAR' if type in ('JSON', 'BLOB') or type.endswith('[]') else type)}"
            for name, type in columns.items()
        )
        + "}"
    )
