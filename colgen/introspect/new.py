"""A model file from a source: a database, or a script that makes one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from colgen.errors import RequestError
from colgen.introspect import postgres, scripts
from colgen.introspect.shapes import ForeignKeyShape, SchemaShape
from colgen.introspect.source import Writer
from colgen.targets.postgres.connect import connect

_STUBS = """
    CREATE DOMAIN public.citext AS text; CREATE DOMAIN public.hstore AS text; CREATE DOMAIN public.geometry AS text;
    CREATE DOMAIN public.geography AS text; CREATE DOMAIN public.ltree AS text; CREATE DOMAIN public.vector AS text;
    CREATE FUNCTION public.uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
    CREATE FUNCTION public.unaccent(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
    CREATE FUNCTION public.uuid_generate_v1() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'"""
"""What scripts expect of extensions that a server may lack: types as texts, and functions that make UUIDs."""

_PEOPLE = r"(^|_)(creator|updater|owner|author|assignee|sender|recipient|receiver|approver|reviewer|editor|manager|reporter|inviter|uploader|\w+ed_by)$"
"""What a user is called by what they did."""


@dataclass(frozen=True)
class NewModel:
    """A model file that was written, or would be.

    text : of the file
    tables : how many tables it has
    guesses : how many of its lines are guesses
    notes : what cannot be kept, in words
    """

    text: str
    tables: int
    guesses: int
    notes: Sequence[str]


def new_model(source: str, name: str, schemas: Sequence[str] | None = None, scratch: str | None = None) -> NewModel:
    """A model of the tables of a source.

    source : postgresql://…, or the path of a .sql file
    name : of the model
    schemas : of the database, whose tables are read; all that have any if None
    scratch : a server on which a .sql file may be run, in a database of its own; one is started if None

    RequestError for a source that cannot be read.
    """
    if re.match(r"postgres(ql)?://", source):
        with connect(source) as connection:
            shape = postgres.read(connection, schemas or postgres.other_schemas(connection))
            said = f"the database {connection.info.dbname}"
    else:
        said, shape = Path(source).name, _of_script(source, schemas, scratch)
    _guess_references(shape)
    writer = Writer(shape, name, said)
    text = writer.written()
    return NewModel(text, len(shape.tables), writer.guessed, list(dict.fromkeys(shape.notes)))


def _of_script(source: str, schemas: Sequence[str] | None, server: str | None) -> SchemaShape:
    path = Path(source)
    if path.suffix.lower() != ".sql":
        raise RequestError(f"{source!r}: give postgresql://… or a file with the ending .sql")
    try:
        script = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RequestError(f"{source!r} cannot be read: {(error.strerror or str(error)).lower()}") from None
    with scripts.scratch(server) as connection:
        for text in scripts.statements(_STUBS):
            connection.execute(text.encode())
        connection.execute("SET search_path = public")
        refused = scripts.run(connection, script)
        connection.execute("SET search_path = ''")
        shape = postgres.read(connection, schemas or postgres.other_schemas(connection))
    shape.notes[:0] = [f"not understood: {words}" for words in refused if not re.match(r"(COMMENT|CREATE EXTENSION|SET|SELECT)\b", words)]
    return shape


def _guess_references(shape: SchemaShape) -> None:
    """References that are not declared: `user_id` of a table `users`, and `creator_id` where no table has that name."""
    by_name = {table.name.lower(): table for table in shape.tables}
    for table in shape.tables:
        known = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns:
            word = re.fullmatch(r"(\w+?)_id|\w+ed_by", column.name.lower())
            if word is None or column.name in known or column.generated or column.is_array:
                continue
            if any(other.name.lower() == f"{word[1]}_type" for other in table.columns):
                continue
            names = [f"{word[1]}s", word[1], f"{word[1]}es", f"{word[1][:-1]}ies"] if word[1] else []
            if word[1] is None or re.search(_PEOPLE, word[1]):
                names += ["users", "user"]
            target = next((by_name[name] for name in names if name in by_name), None)
            if target is None or len(target.key) != 1 or (column.name,) == table.key:
                continue
            kinds = {"smallint": 1, "integer": 1, "bigint": 1}
            theirs = target.column(target.key[0]).type
            if kinds.get(column.type, column.type) == kinds.get(theirs, theirs):
                table.foreign_keys.append(ForeignKeyShape((column.name,), target.full_name, target.key, by_name=True))


def difference(path: Path, text: str) -> str:
    """How an existing file differs from what would be written."""
    before = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, text.splitlines(keepends=True), str(path), "colgen new"))
