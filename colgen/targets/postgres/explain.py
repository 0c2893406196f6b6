"""What a server says of an error, for people."""

from __future__ import annotations

from colgen.errors import ColgenError, TargetError
from colgen.targets.postgres.connect import driver
from colgen.targets.sql import one_line


def explained(error: Exception, schema: str) -> Exception:
    """An error of a server that a schema was asked of, in words; any other as it is."""
    psycopg = driver()
    errors = psycopg.errors
    if not isinstance(error, psycopg.Error):
        return error
    words = one_line(error)
    if isinstance(error, errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
        return TargetError(f"schema {schema!r} cannot be written: {words}")
    if isinstance(error, errors.UntranslatableCharacter | errors.CharacterNotInRepertoire):
        return TargetError(
            f"schema {schema!r} cannot be written: the encoding of the database cannot hold all of the text ({words}); "
            "build into a database that was created with ENCODING 'UTF8' TEMPLATE template0"
        )
    if isinstance(error, errors.DependentObjectsStillExist):
        return TargetError(f"schema {schema!r}: something of yours depends on its tables: {error.diag.message_detail or words}")
    if isinstance(error, errors.DuplicateSchema | errors.InvalidSchemaName | errors.DuplicateTable | errors.UndefinedTable):
        return TargetError(f"somebody else has changed what is in schema {schema!r} meanwhile: {words}; see what it is, and try again")
    if isinstance(error, errors.DiskFull):
        return ColgenError(f"the server's disk is full: {words}; nothing was left behind")
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08").startswith(("08", "57P")):
        return ColgenError(f"the server went away: {words}; the next build clears what may be left")
    return ColgenError(f"PostgreSQL refused: {words}; nothing was left behind")
