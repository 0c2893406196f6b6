"""How and where a build is made, as against what it is (`Spec`): one place that refuses the same for the command line and for Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

from colgen import engines
from colgen.declare.model import Model
from colgen.errors import RequestError, one_of
from colgen.generate.share import Share
from colgen.targets import kill_switch
from colgen.targets.database import DatabaseOptions, Safeguards
from colgen.targets.destination import DUCKDB, FOLDER, GROUP, POSTGRESQL, Destination, shown
from colgen.targets.target import Target
from colgen.targets.urls import without_password


def as_option(name: str) -> str:
    """How the command line spells an option.

    >>> as_option("max_rows")
    '--max-rows'
    """
    return f"--{name.replace('_', '-')}"


def as_keyword(name: str) -> str:
    """How Python spells it.

    >>> as_keyword("max_rows")
    'max_rows='
    """
    return f"{name}="


@dataclass(frozen=True)
class BuildOptions:
    """Where a build goes and how it gets there.

    out : a folder, a file shop.duckdb (or duckdb:///shop.duckdb), postgresql://… or s3://bucket/prefix (gs://, az://)
    overwrite : replace a build that is there
    append : into a database: add the rows whose keys are not there yet; into files: let a build that is there go on up to a later day
    schema : of a database, where the tables go; the model's if None
    constraints : into a database: keys, references and indexes; None for the target's own choice
    fill : into a database: put the rows into tables that are there, made by the user's own migrations
    triggers : with `fill`: whether the user's triggers fire
    max_rows : into a database: refuse a build of more rows
    part : into a folder or a bucket: make only a share of the build, such as "3/8", into a folder of its own below it, to be merged with the others
    count : with `part`: only count its rows, and leave the count there, for the other shares to start from
    resume : into files: go on from the finished parts of a killed build of the same request
    format, compression, encoding, row_group : as they were asked for, None where they were not: a database has none
    table_format : into a folder: of the tables of a lake that lie over the files; None for files alone
    target_size : into files: how many bytes they are to have, None where nothing was asked
    engine, address : who makes the rows (`colgen.engines`), and where that is on other machines; None where nothing was asked
    """

    out: str | Path
    overwrite: bool = False
    append: bool = False
    schema: str | None = None
    constraints: bool | None = None
    fill: bool = False
    triggers: bool = True
    max_rows: int | None = None
    part: str | None = None
    count: bool = False
    resume: bool = False
    format: str | None = None
    compression: str | None = None
    encoding: str | None = None
    row_group: int | str | None = None
    table_format: str | None = None
    target_size: int | str | None = None
    engine: str | None = None
    address: str | None = None

    @property
    def destination(self) -> Destination:
        return Destination.parse(self.out)

    @property
    def share(self) -> Share | None:
        """The share that is to be made. RequestError where it does not say which."""
        return None if self.part is None else Share.parse(self.part)

    @property
    def makes_files(self) -> bool:
        """Whether it goes into files in a format; a plug-in's target may, too."""
        return self.destination.kind not in (DUCKDB, POSTGRESQL)

    @property
    def goes_on(self) -> bool:
        """Whether a build in files that is there already is to go on up to a later day."""
        return self.append and (self.destination.is_folder or self.destination.is_objects)

    @property
    def is_made_elsewhere(self) -> bool:
        """Whether the workers may be on other machines."""
        return self.engine in engines.ELSEWHERE

    def refuse_contradictions(self, spelled: Callable[[str], str] = as_keyword) -> None:
        """Raises RequestError for options that mean nothing for the target, or exclude each other.

        spelled : how whoever asks spells an option
        """
        if self.table_format is not None:
            self._refuse_unfit_for_lakes(spelled)
        if self.overwrite and self.append:
            both = f"{spelled('overwrite')} and {spelled('append')}"
            raise RequestError(f"{both}: a build either replaces the old one or is added to it")
        if self.fill and (self.overwrite or self.constraints is not None):
            other = spelled("overwrite" if self.overwrite else "constraints")
            raise RequestError(f"{spelled('fill')} and {other}: tables that are filled stay as they are, with the keys that they have")
        if not self.fill and not self.triggers:
            raise RequestError(
                f"{spelled('no_triggers' if spelled is as_option else 'triggers')} is for tables that are filled: add {spelled('fill')}"
            )
        if not self.triggers and self.destination.kind == DUCKDB:
            off = spelled("no_triggers" if spelled is as_option else "triggers")
            raise RequestError(f"{off} means nothing for a DuckDB file: DuckDB has no way to keep its triggers from firing")
        if self.part is not None:
            Share.parse(self.part, spelled("part").rstrip("="))
        if self.share is not None and not (self.destination.is_folder or self.destination.is_objects):
            raise RequestError(f"{spelled('part')} is for a folder or a bucket: shares are merged there, by colgen merge")
        if self.count:
            self._refuse_unfit_for_counts(spelled)
        if self.destination.is_folder or self.destination.is_objects:
            database = dict(schema=self.schema, constraints=self.constraints, fill=self.fill, max_rows=self.max_rows)
            _refuse("files", spelled, **database)
            if self.append:
                self._refuse_unfit_for_appending(spelled)
        elif not self.makes_files:  # a plug-in's target judges for itself
            files = {
                "format": self.format,
                "compression": self.compression,
                "encoding": self.encoding,
                "row_group": self.row_group,
                "target_size": self.target_size,
            }
            _refuse("a database", spelled, resume=self.resume, **files)
        self._refuse_engine(spelled)

    def _refuse_engine(self, spelled: Callable[[str], str]) -> None:
        """Raises RequestError for an engine that is none, or that cannot make what is asked for."""
        engine = engines.AUTO if self.engine is None else self.engine
        if engine not in engines.NAMES:
            raise RequestError(f"there is no engine {shown(engine)}; {one_of(engine, engines.NAMES)}")
        if self.address is not None and not self.is_made_elsewhere:
            raise RequestError(f"{spelled('address')} is that of a cluster: add {spelled('engine')} with {' or '.join(engines.ELSEWHERE)}")
        if self.address is not None and (self.address.startswith("sc://") or without_password(self.address) != self.address):
            raise RequestError(
                f"{spelled('address')} must be that of a Ray cluster or of a Spark master (not of Spark Connect), and contain no secret"
            )
        if self.is_made_elsewhere and not self.makes_files:
            database = "a DuckDB file" if self.destination.kind == DUCKDB else "PostgreSQL"
            raise RequestError(
                f"engine {engine}: its workers may be on other machines, and write files that all of them see; {database} is "
                f"written by this process: leave out {spelled('engine')}, or build into a bucket, or a folder in shared storage"
            )

    def _refuse_unfit_for_appending(self, spelled: Callable[[str], str]) -> None:
        for name in ("part", "resume"):
            if getattr(self, name):
                raise RequestError(
                    f"{spelled(name)} and {spelled('append')}: what is added to a build in files is made at once and as a whole"
                )
        if self.engine not in (None, engines.AUTO):
            raise RequestError(
                f"engine {self.engine}: what is added to a build in files is made as auto does; leave out {spelled('engine')}"
            )

    def _refuse_unfit_for_counts(self, spelled: Callable[[str], str]) -> None:
        if self.part is None:
            raise RequestError(f"{spelled('count')} is for a share of a build: add {spelled('part')}")
        for name in ("overwrite", "resume"):
            if getattr(self, name):
                raise RequestError(f"{spelled(name)} means nothing with {spelled('count')}: nothing is made")

    def _refuse_unfit_for_lakes(self, spelled: Callable[[str], str]) -> None:
        option = spelled("table_format")
        if not self.destination.is_folder:
            raise RequestError(f"{option} is for files in a folder, not for {self.destination}")
        if self.table_format == "iceberg" and self.encoding not in (None, "compatible"):
            raise RequestError(
                f"{spelled('encoding')} {self.encoding}: not every reader of Iceberg knows it, so that its files are always compatible; leave it out"
            )


def _refuse(target: str, spelled: Callable[[str], str], **given: Any) -> None:
    for name, value in given.items():
        if value is not None and (value is not False or name == "constraints"):
            raise RequestError(f"{spelled(name)} means nothing for {target}")


def safeguards(
    environment: Mapping[str, str], *, deny: Sequence[str] = (), schema_named: bool = True, max_rows: int | None = None
) -> Safeguards:
    """What a build into a database is judged by.

    deny : patterns of names that are never written to
    schema_named : whether the user named the schema, in whatever way
    max_rows : the most rows that may be planned
    """
    return Safeguards(environment, schema_named, kill_switch.enabled(environment), max_rows, deny)


def open_target(options: BuildOptions, model: Model, guards: Safeguards) -> Target:
    """The target that the options name."""
    destination = options.destination
    how = DatabaseOptions(options.overwrite, options.append, options.constraints, options.fill, options.triggers)
    schema = options.schema or ("main" if options.fill and destination.kind == DUCKDB else model.default_schema)
    if destination.kind == FOLDER:
        from colgen.targets.folder.target import FolderTarget

        folder = destination.path if options.share is None else destination.path / options.share.folder
        return FolderTarget(folder, overwrite=options.overwrite, resume=options.resume, shared=options.is_made_elsewhere)
    if destination.is_objects:
        from colgen.targets.objects.target import ObjectsTarget

        url = destination.url if options.share is None else f"{destination.url}/{options.share.folder}"
        return ObjectsTarget(url, overwrite=options.overwrite, resume=options.resume)
    if destination.kind == DUCKDB:
        if options.fill:
            from colgen.targets.duckdb.fill import DuckDBFill

            return DuckDBFill(destination.path, schema, how, guards)
        from colgen.targets.duckdb.target import DuckDBTarget

        return DuckDBTarget(destination.path, schema, how, guards)
    if destination.kind == POSTGRESQL:
        if options.fill:
            from colgen.targets.postgres.fill import PostgresFill

            return PostgresFill(destination.url, schema, how, guards)
        from colgen.targets.postgres.target import PostgresTarget

        return PostgresTarget(destination.url, schema, how, guards)
    (point,) = entry_points(group=GROUP, name=destination.kind)
    return cast(Target, point.load()(destination, options))
