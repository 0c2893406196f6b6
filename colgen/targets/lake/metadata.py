"""A build's tables of a lake: their metadata is written beside its parts before both are published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from colgen.declare.model import Model
from colgen.formats import plain_schema
from colgen.generate.generation import Generation
from colgen.generate.spec import Spec
from colgen.targets.folder.contents import files_below
from colgen.targets.folder.place import FolderPlace
from colgen.targets.lake.files import is_metadata
from colgen.targets.lake.table_format import TableChange, find_table_format
from colgen.targets.manifest import Manifest, MetadataFile, PartFile


def refuse(spec: Spec, model: Model, place: Path) -> None:
    """Raises RequestError or TargetError where a build cannot be tables of the lake that it asks for.

    place : the folder that it will be in
    """
    if spec.table_format is not None:
        generation = spec.generation(model)
        schemas = {name: plain_schema(generation.arrow_schema(model.table(name))) for name in spec.tables}
        find_table_format(spec.table_format).refuse(schemas, place)


def write(
    folder: Path, place: Path, spec: Spec, generation: Generation, parts: Mapping[str, Sequence[PartFile]], previous: Manifest | None
) -> list[MetadataFile]:
    """Writes what makes the parts in a folder tables of the lake that the spec asks for; nothing where it asks for none.

    folder : where the files are now
    place : where they will be, and where a build that this one extends still is
    parts : of each table
    previous : the manifest of that build, whose tables get another commit
    """
    if spec.table_format is None:
        return []
    before = {} if previous is None else {name: entry.parts for name, entry in previous.tables.items()}
    for file in previous.metadata_files if previous is not None else ():
        (folder / file.file).parent.mkdir(exist_ok=True)
        shutil.copy2(place / file.file, folder / file.file)
    tables = [_change(generation, name, before.get(name, ()), after) for name, after in parts.items()]
    find_table_format(spec.table_format).commit(folder, place, generation.model.name, tables)
    written = (file for file in files_below(folder) if is_metadata(spec.table_format, file, parts))
    return [_described(FolderPlace(folder), file) for file in written]


def _described(place: FolderPlace, file: str) -> MetadataFile:
    """A file that was just written."""
    return MetadataFile(file=file, bytes=(place.folder / file).stat().st_size, digest=place.digest(file) or "")


def _change(generation: Generation, name: str, before: Sequence[PartFile], after: Sequence[PartFile]) -> TableChange:
    """What becomes of a table. A part's name is that of the request, so that a part that stays is told by its number and its digest."""
    table = generation.model.table(name)
    old, new = ({(part.number, part.digest): part for part in parts} for parts in (before, after))
    return TableChange(
        name,
        table.summary,
        plain_schema(generation.arrow_schema(table)),
        added=[part for key, part in new.items() if key not in old],
        removed=[part for key, part in old.items() if key not in new],
        renamed=[(old[key], part) for key, part in new.items() if key in old and old[key].file != part.file],
    )
