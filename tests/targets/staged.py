"""Tiny builds into a folder, published step by step; what is in a folder; and what a user may have put there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from colgen.targets import manifest
from colgen.targets.folder import staging
from tests.support import describe


@contextmanager
def staged(target: Path, overwrite: bool = False) -> Iterator[Path]:
    """The folder that a build is written into; published at the end."""
    with staging.hold(target) as held:
        yield held.open(overwrite)
        held.publish()


MODEL = find_model("invoicing")


TABLES = ("customers", "products")


def spec(seed: int = 0, tables: tuple[str, ...] = TABLES) -> Spec:
    return Spec.of(MODEL, seed=seed, tables=tables)


def write_build(folder: Path, seed: int, parts: int = 2) -> None:
    """A tiny build into an empty folder, in the order a real one is written: parts, load.sql, the manifest last."""
    made: dict[str, list[manifest.Part]] = {}
    for table in TABLES:
        (folder / table).mkdir()
        for number in range(parts):
            file = f"{table}/part-{number:05d}-0a1b2c3d.parquet"
            (folder / file).write_text(f"{table} {number} of seed {seed}")
            made.setdefault(table, []).append(describe(folder, file, 1))
    entries = manifest.table_entries(made, {table: {"id": "BIGINT"} for table in TABLES})
    (folder / manifest.LOAD_SQL).write_text(f"-- seed {seed}")
    manifest.Manifest(colgen="0", data_version=manifest.DATA_VERSION, versions={}, spec=spec(seed), tables=entries).write(folder)


def publish_build(target: Path, seed: int, *, parts: int = 2, overwrite: bool = False) -> None:
    with staged(target, overwrite) as new:
        write_build(new, seed, parts)


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: files with their bytes, symlinks with their targets, folders."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"link to {os.readlink(path)}"
        else:
            found[name] = "folder" if path.is_dir() else path.read_bytes()
    return found


class Broken(Exception):
    """What goes wrong in the middle of a build in these tests."""


def fail_a_build(target: Path, overwrite: bool = False, error: BaseException | None = None) -> None:
    raised = error or Broken()

    def build() -> None:
        with staged(target, overwrite) as new:
            write_build(new, seed=99)
            raise raised

    with pytest.raises(type(raised)):
        build()


def add_users_things(target: Path) -> dict[str, bytes | str]:
    """Files, folders and links that colgen did not write, all over a build's folder; what they are."""
    (target / "notes.txt").write_text("mine")
    (target / ".hidden").write_text("mine too")
    (target / "customers").mkdir(exist_ok=True)
    (target / "customers" / "notes.txt").write_text("among the parts")
    (target / "deep" / "er").mkdir(parents=True)
    (target / "deep" / "er" / "file.parquet").write_text("deep")
    (target / "empty" / "inside").mkdir(parents=True)
    (target / "link").symlink_to("notes.txt")
    (target / "broken link").symlink_to("nowhere")
    elsewhere = target.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("out of the folder")
    (target / "folder link").symlink_to(elsewhere)
    return users_things(target)


def users_things(target: Path) -> dict[str, bytes | str]:
    found = manifest.find(target)
    ours = {*found.files, *found.tables} if found else set()
    return {name: what for name, what in snapshot(target).items() if name not in ours or name == "customers"}
