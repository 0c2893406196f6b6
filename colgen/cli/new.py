"""The command that writes a model file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from colgen.errors import RequestError


def new(
    path: Annotated[Path, typer.Argument(help="The model file to write, such as my_model.py.")],
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="A database (postgresql://…), a DuckDB file, a .sql file that makes the tables, a folder of Parquet or CSV, "
            "SQLAlchemy's metadata (models.py:Base), or dbt's target/manifest.json.",
        ),
    ],
    schema: Annotated[
        list[str] | None, typer.Option("--schema", metavar="NAME", help="Whose tables are read; all that have any without it.")
    ] = None,
    scratch: Annotated[
        str | None,
        typer.Option(
            "--scratch", metavar="URL", help="A server on which a .sql file may be run, in a database of its own that is gone afterwards."
        ),
    ] = None,
    stats: Annotated[
        bool, typer.Option("--stats", help="Read what PostgreSQL's statistics say of the rows, too: nothing of columns that look personal.")
    ] = False,
    dialect: Annotated[
        str, typer.Option("--dialect", metavar="NAME", help="Whose SQL a .sql file is, such as mysql or sqlite; guessed without it.")
    ] = "",
) -> None:
    """Write a model file for tables that are there: it builds at once, and what it guesses is marked.

    An existing file is never overwritten: how it differs is shown.

    Nothing of a source is run, but for SQLAlchemy's metadata: there the module that you name is imported.

    Examples: colgen new my_model.py --from postgresql://localhost/shop · colgen new my_model.py --from db/structure.sql · colgen new my_model.py
    --from samples/
    """
    from colgen.introspect.new import difference, new_model

    if path.suffix != ".py" or not path.stem.isidentifier():
        raise RequestError(f"{str(path)!r}: a model file is called like a Python module, such as my_model.py")
    made = new_model(source, path.stem, schema, scratch, stats=stats, dialect=dialect)
    if path.exists():
        shown = difference(path, made.text)
        print(shown, end="")
        raise RequestError(f"{str(path)!r} is there already, and was left as it is" + ("" if shown else "; it is what would be written"))
    try:
        path.write_text(made.text, encoding="utf-8")
    except OSError as error:
        raise RequestError(f"{str(path)!r} cannot be written: {(error.strerror or str(error)).lower()}") from None
    print(f"{path}: {made.tables:,} tables, {made.guesses:,} guesses, {len(made.notes):,} things that cannot be kept", file=sys.stderr)
    for note in made.notes[:20]:
        print(f"  - {note}", file=sys.stderr)
