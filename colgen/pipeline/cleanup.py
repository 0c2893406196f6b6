"""Takes away what colgen made at a target: all of it, and nothing else."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from colgen import config
from colgen.errors import RequestError
from colgen.pipeline.options import safeguards
from colgen.targets import manifest as manifests
from colgen.targets.database import refuse_removal
from colgen.targets.destination import DUCKDB, FOLDER, OBJECTS, POSTGRESQL, Destination

CONFIRMATION = "DELETE_ALL_MOCK_DATA"


class Removed(NamedTuple):
    """How much was removed: files of a folder; objects of a bucket; of a database, tables that colgen made, and rows that it put into tables of
    others."""

    files: int = 0
    objects: int = 0
    tables: int = 0
    rows: int = 0

    def __str__(self) -> str:
        named = {"file": self.files, "object": self.objects, "table": self.tables, "row": self.rows}
        return " and ".join(f"{count:,} {name}{'s' * (count != 1)}" for name, count in named.items() if count) or "nothing"


def listed(target: str, schema: str | None = None, only_leftovers: bool = False) -> list[str]:
    """What colgen made at a target: files of a folder, objects, or tables of a database. RequestError where there is nothing of colgen's.

    schema : of a database; all of them if None
    only_leftovers : of object storage: what builds have left that never ended
    """
    destination = _destination(target, only_leftovers)
    if destination.is_objects:
        from colgen.targets.objects.removal import listed as listed_objects

        return listed_objects(destination.url, only_leftovers)
    if destination.is_folder:
        return [f"{destination.path}/{file}" for file in manifests.read_any(destination.path).files]
    names = []
    for name in [schema] if schema is not None else _schemas(destination):
        with _opened(destination, name) as contents:
            names += [f"{contents.schema}.{table}" for table in sorted(contents.made())]
            names += [f"{count:,} rows of {table}" for table, count in contents.filled().items()]
    if not names:
        where = f"schema {schema!r} of {destination}" if schema is not None else str(destination)
        raise RequestError(f"{where} holds nothing that colgen made")
    return names


def advice(target: str, schema: str | None) -> str:
    """What to add to a command that only lists."""
    named = _destination(target).kind in (FOLDER, OBJECTS) or schema is not None
    return f"add {'' if named else '--schema NAME, one schema at a time, and '}--confirm {CONFIRMATION}"


def remove(target: str, schema: str | None, confirm: str | None, even_changed: bool = False, only_leftovers: bool = False) -> Removed:
    """Removes it, if it was confirmed; how much is gone. TargetError where the guard would refuse any build into the database.

    even_changed : rows that were put into tables of the user's, too, that were changed since
    only_leftovers : of object storage: what builds have left that never ended
    """
    destination = _destination(target, only_leftovers)
    if destination.kind not in (FOLDER, OBJECTS) and schema is None:
        raise RequestError("nothing was removed; name the schema whose tables are to go, such as --schema mock_data")
    if confirm != CONFIRMATION:
        raise RequestError(f"nothing was removed; to remove what is listed, {advice(target, schema)}")
    if destination.is_folder:
        from colgen.targets.folder.removal import remove as remove_files

        return Removed(files=remove_files(destination.path))
    if destination.is_objects:
        from colgen.targets.objects.removal import remove as remove_objects

        return Removed(objects=remove_objects(destination.url, only_leftovers))
    deny, _ = config.guards(os.environ, config.current_folder())
    with _opened(destination, schema or "") as contents:
        refuse_removal(contents, safeguards(os.environ, deny=deny))
        return Removed(rows=contents.empty(even_changed), tables=len(contents.drop()))


def _destination(target: str, only_leftovers: bool = False) -> Destination:
    destination = Destination.parse(target)
    if only_leftovers and not destination.is_objects:
        raise RequestError(
            f"leftovers are those of object storage; {destination} has none: a build that is killed is cleared away by the next"
        )
    if destination.kind not in (FOLDER, DUCKDB, POSTGRESQL, OBJECTS):
        raise RequestError(f"{destination}: what a plug-in's target holds is removed by the plug-in")
    return destination


def _opened(destination: Destination, schema: str) -> Any:
    """A schema that nobody else builds into meanwhile."""
    if destination.kind == POSTGRESQL:
        from colgen.targets.postgres import schema as schemas

        return schemas.hold(destination.url, schema)
    from colgen.targets.duckdb import database

    if not destination.path.is_file():
        raise RequestError(f"there is no file {str(destination.path)!r}")
    return database.hold(destination.path, schema)


def _schemas(destination: Destination) -> list[str]:
    """The schemas of a database that hold a build, and of a file those that were filled, too."""
    if destination.kind == POSTGRESQL:
        from colgen.targets.postgres.schema import schemas_with_builds

        return schemas_with_builds(destination.url)
    from colgen.targets.duckdb.fills import filled_schemas
    from colgen.targets.finished import schemas_with_builds as in_file

    built = in_file(destination.path)
    with _opened(destination, "main") as contents:
        return sorted({*built, *filled_schemas(contents)})
