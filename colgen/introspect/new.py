"""A model file from a source: a database, a script that makes one, or whatever else says what its tables are like."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from colgen.introspect.reading import Reading
from colgen.introspect.shapes import ForeignKeyShape, SchemaShape
from colgen.introspect.source import Writer
from colgen.introspect.sources import read

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


def new_model(
    source: str, name: str, schemas: Sequence[str] | None = None, scratch: str | None = None, *, stats: bool = False, dialect: str = ""
) -> NewModel:
    """A model of the tables of a source.

    source : a database, a file or a folder: see `sources.SOURCES`
    name : of the model
    schemas : of the database, whose tables are read; all that have any if None
    scratch : a server on which a .sql file may be run, in a database of its own; one is started if None
    stats : whether the statistics that PostgreSQL keeps of a database's rows are read as well
    dialect : of a script, whose SQL it is; guessed if empty

    RequestError for a source that cannot be read.
    """
    shape = read(Reading(source, schemas, scratch, stats, dialect))
    _guess_references(shape)
    writer = Writer(shape, name, shape.source)
    text = writer.written()
    return NewModel(text, len(shape.tables), writer.guessed, list(dict.fromkeys(shape.notes)))


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
