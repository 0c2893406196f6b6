"""A schema that SQLAlchemy's metadata declares. This is the one source that is Python, and so is run: the user's own, by the name that they gave."""

from __future__ import annotations

import importlib
import importlib.util
import operator
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from colgen.errors import RequestError
from colgen.introspect import sql_file
from colgen.introspect.dialects import POSTGRESQL
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import SchemaShape
from colgen.targets.sql import one_line, quoted

_FORM = re.compile(r"(?P<file>.+\.py)(:(?P<of_file>[\w.]+))?|(?P<module>[A-Za-z_]\w*(\.\w+)*):(?P<of_module>[A-Za-z_][\w.]*)")


def fits(source: str) -> bool:
    """Whether a source is a Python file or module with a name in it."""
    return _FORM.fullmatch(source) is not None


def read(reading: Reading) -> SchemaShape:
    """The tables of a `MetaData`, or of what has one. They are made in an empty PostgreSQL, as SQLAlchemy would, and read there."""
    parts = _FORM.fullmatch(reading.source)
    assert parts is not None
    name = parts["of_file"] or parts["of_module"]
    if name is None:
        raise RequestError(f"{reading.source!r}: say what in it has the tables, such as {reading.source}:Base")
    sqlalchemy = _sqlalchemy()
    with _importing(Path(parts["file"]).resolve().parent if parts["file"] else Path.cwd()):
        module = _loaded(parts["file"] or "", parts["module"] or "")
    try:
        named = operator.attrgetter(name)(module)
    except AttributeError:
        raise RequestError(f"{reading.source!r}: there is no {name} in {parts['file'] or parts['module']}") from None
    metadata = named if isinstance(named, sqlalchemy.MetaData) else getattr(named, "metadata", None)
    if not isinstance(metadata, sqlalchemy.MetaData):
        raise RequestError(f"{reading.source!r}: {name} is neither a MetaData nor has one, as a declarative base and SQLModel do")
    if not metadata.tables:
        raise RequestError(f"{reading.source!r}: there is no table in it; name the module that imports those with the tables")
    shape = sql_file.of_script(";\n".join(statements(metadata)), POSTGRESQL, reading)
    shape.source = f"the tables of {Path(parts['file']).name if parts['file'] else parts['module']}:{name}"
    return shape


def _sqlalchemy() -> Any:
    try:
        import sqlalchemy
    except ImportError:
        raise RequestError("metadata is read by SQLAlchemy: pip install 'colgen[sqlalchemy]'") from None
    return sqlalchemy


@contextmanager
def _importing(folder: Path) -> Iterator[None]:
    """Modules of a folder can be imported."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _loaded(file: str, name: str) -> ModuleType:
    """A module, run: of a file, or by its name. RequestError where there is none, or it fails."""
    if file and not Path(file).is_file():
        raise RequestError(f"{file!r} cannot be read: no such file")
    stem = Path(file).stem  # under which its siblings may import it again
    name = name or (stem if stem not in sys.modules else f"colgen_source_{stem}")
    try:
        return _run(file, name) if file else importlib.import_module(name)
    except (Exception, SystemExit) as error:  # of the user's own code
        raise RequestError(f"{file or name!r} cannot be imported: {type(error).__name__}: {one_line(Exception(error))[:300]}") from None


def _run(file: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)  # annotations of a declarative class are looked up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def statements(metadata: Any) -> list[str]:
    """What SQLAlchemy would run to make the tables in PostgreSQL. RequestError for a type that PostgreSQL does not have."""
    from sqlalchemy import create_mock_engine, exc

    made: list[str] = []
    schemas = sorted({table.schema for table in metadata.tables.values() if table.schema})
    made += [f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}" for schema in schemas]
    engine: Any = create_mock_engine(
        "postgresql+psycopg://", lambda statement, *_, **__: made.append(str(statement.compile(dialect=engine.dialect))), paramstyle="named"
    )
    try:
        metadata.create_all(engine, checkfirst=False)
    except exc.SQLAlchemyError as error:
        raise RequestError(f"SQLAlchemy cannot make these tables in PostgreSQL: {one_line(error)[:300]}") from None
    return made
