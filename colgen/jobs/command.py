"""A build as a command line that says everything, so that no file and no variable of wherever it runs changes it."""

from __future__ import annotations

import os
from pathlib import Path

from colgen.config import DATABASE
from colgen.defects.shares import SETTING
from colgen.engines import AUTO
from colgen.errors import RequestError
from colgen.generate.spec import Spec
from colgen.jobs.job import BATCH_ROWS, Task
from colgen.pipeline.options import BuildOptions
from colgen.scenario.scenario import SCENARIOS
from colgen.targets.urls import without_password


def build_task(
    spec: Spec,
    options: BuildOptions,
    *,
    scenario: str | None = None,
    check: bool = False,
    max_memory: int | None = None,
    threads: int | None = None,
    dry_run: bool = False,
    request: dict[str, object] | None = None,
    database: str | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Task:
    """The task of making a build.

    scenario : as it was asked for, a name or the path of a file; that of the spec if None
    request : what was asked for; what the spec says if None
    database : the name under which `JobQueue` finds the URL of the target, where that is a database with one
    """
    destination = options.destination
    in_database = bool(destination.url) and not destination.is_objects  # whose URL may hold a password
    if in_database and database is None:
        database = without_password(destination.url)
    out = DATABASE if in_database else destination.url or os.path.realpath(destination.path)
    command = ["build", _absolute(spec.model, ".py"), "--out", out, "--progress", "json"]
    command += ["--volume", spec.volume, "--scale", repr(spec.scale), "--seed", str(spec.seed)]
    command += ["--from", str(spec.first_day), "--to", str(spec.last_day)]
    command += [part for name, value in spec.settings.items() if name != "days" for part in ("--set", f"{name}={value}")]
    if spec.scenario is not None and spec.scenario.has_defects:
        command += ["--set", f"{SETTING}=0"]
    command += [part for kind, share in spec.defects.items() for part in ("--set", f"{SETTING}.{kind}={share!r}")]
    command += ["--tables", ",".join(spec.tables)]
    if spec.scenario is not None:
        command += ["--scenario", _scenario(scenario or spec.scenario.name)]
    if options.makes_files:
        command += ["--format", spec.format]
        command += ["--compression", spec.compression, "--encoding", spec.encoding] if spec.format.startswith("parquet") else []
        command += ["--row-group", str(spec.row_group_bytes)] if spec.row_group_bytes is not None else []
        command += ["--table-format", spec.table_format] if spec.table_format is not None else []
    for name, value in {
        "schema": options.schema,
        "max-rows": options.max_rows,
        "part": options.part,
        "max-memory": max_memory,
        "threads": threads,
    }.items():
        command += [f"--{name}", str(value)] if value is not None else []
    command += ["--engine", options.engine or AUTO, *(["--address", options.address] if options.address else [])]
    if options.constraints is not None:
        command.append("--constraints" if options.constraints else "--no-constraints")
    flags = {"overwrite": options.overwrite, "append": options.append, "resume": options.resume, "check": check, "dry-run": dry_run}
    command += [f"--{name}" for name, is_set in flags.items() if is_set]
    shown = request if request is not None else {"model": spec.model, "volume": spec.volume, "seed": spec.seed, "out": str(destination)}
    target = None if dry_run else (f"{database}, schema {options.schema}" if in_database else out)
    return Task("build", tuple(command), shown, target, database, batch_rows)


def check_task(path: Path, build: str, schema: str | None = None) -> Task:
    """The task of proving every rule on a finished build.

    build : its name, for people
    schema : of a DuckDB file that holds several builds, which one
    """
    command = ("check", str(path), "--format", "json", "--progress", "json", *(("--schema", schema) if schema else ()))
    return Task("check", command, {"build": build, "schema": schema})


def _absolute(path: str, suffix: str) -> str:
    return os.path.realpath(path) if path.endswith(suffix) else path


def _scenario(name: str) -> str:
    if name in SCENARIOS:
        return name
    if not os.path.isfile(name):
        raise RequestError(f"scenario {name!r}: a job needs the name of one that ships with colgen, or the path of a file")
    return os.path.realpath(name)
