"""The forms that a source may have, and what reads each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from colgen.errors import RequestError
from colgen.introspect import dbt, duckdb_file, metadata, postgres, samples, sql_file
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import SchemaShape
from colgen.targets.destination import shown


@dataclass(frozen=True)
class Source:
    """A form of sources.

    form : how one is given, in words
    fits : whether something that was given has this form
    read : what reads it
    options : which of the options it heeds
    """

    form: str
    fits: Callable[[str], bool]
    read: Callable[[Reading], SchemaShape]
    options: tuple[str, ...] = ()


def _of(pattern: str) -> Callable[[str], bool]:
    """Whether a text matches a regular expression as a whole, upper and lower case alike."""
    return lambda source: re.fullmatch(pattern, source, re.IGNORECASE | re.DOTALL) is not None


SOURCES = [
    Source("postgresql://…", _of(r"postgres(ql)?://.*"), postgres.read_database, ("schema", "stats")),
    Source("a DuckDB file such as shop.duckdb, or duckdb:///shop.db", _of(r"duckdb://.*|.*\.(duckdb|ddb)"), duckdb_file.read, ("schema",)),
    Source(
        "the metadata of SQLAlchemy such as models.py:Base or package.models:metadata", metadata.fits, metadata.read, ("schema", "scratch")
    ),
    Source("dbt's target/manifest.json", _of(r".*\.json"), dbt.read, ("schema",)),
    Source("a folder of Parquet or CSV files", samples.is_folder, samples.read),
    Source("a file with the ending .sql", _of(r".*\.sql"), sql_file.read, ("schema", "scratch", "dialect")),
]
"""The first one that fits reads a source."""


def read(reading: Reading) -> SchemaShape:
    """The tables of a source, by its form. RequestError for a source of none of them, or that cannot be read."""
    for source in SOURCES:
        if source.fits(reading.source):
            for option in reading.options:
                if option not in source.options:
                    heeding = " and ".join(other.form for other in SOURCES if option in other.options)
                    raise RequestError(f"--{option} goes with {heeding}, and {shown(reading.source)} is {source.form}")
            return source.read(reading)
    forms = [source.form for source in SOURCES]
    raise RequestError(f"{shown(reading.source)}: give {', '.join(forms[:-1])} or {forms[-1]}")
