"""Folders as people and strangers leave them: links, files and side folders in the way. What is not colgen's stays, wherever it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

import colgen
from colgen.declare.find import find_model
from colgen.generate.spec import Spec
from colgen.pipeline import cleanup
from colgen.targets.manifest import Origin
from tests.attack.attack import Attack, share
from tests.attack.outcomes import outcome

TABLES = ["customer_types", "product_categories"]
PLACES = [
    *(
        "data",
        "data/customer_types",
        "data/customer_types/part-00000-*.parquet",
        "data/customer_types/part-00001-*.parquet",
        "data/manifest.json",
    ),
    *(
        "data/load.sql",
        "data/notes.txt",
        "data/other",
        "data/other/deep",
        ".data.colgen",
        ".data.colgen/old",
        ".data.colgen/new",
        ".data.colgen/gone",
    ),
    *(
        ".data.colgen/lock",
        ".data.colgen/journal",
        ".data.colgen/exchange",
        ".data.colgen/new/customer_types",
        "data/product_categories",
    ),
]
KINDS = ["file", "folder", "link to a folder", "link to a file", "dangling link", "link to itself", "fifo"]
STEPS: dict[str, Callable[[Path], Any]] = {
    "build": lambda data: colgen.build("invoicing", tables=TABLES, out=data),
    "overwrite": lambda data: colgen.build("invoicing", tables=TABLES, out=data, overwrite=True, seed=1),
    "fewer": lambda data: colgen.build("invoicing", tables=TABLES[:1], out=data, overwrite=True),
    "resume": lambda data: colgen.build("invoicing", tables=TABLES, out=data, overwrite=True, resume=True),
    "cleanup": lambda data: cleanup.remove(str(data), None, cleanup.CONFIRMATION),
    "check": lambda data: colgen.check(data),
}


@cache
def digest() -> str:
    """What is in the names of the first build's parts."""
    model = find_model("invoicing")
    spec = Spec.of(model, tables=TABLES)
    return Origin.here(spec, spec.generation(model)).request_digest


def put(root: Path, place: str, kind: str) -> None:
    """Puts something of somebody's at a place, unless that cannot be."""
    path = root / place.replace("*", digest())
    if os.path.lexists(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "file":
                path.write_text(f"mine: {place}")
            case "folder":
                path.mkdir()
                (path / "mine.txt").write_text("mine")
            case "link to a folder":
                path.symlink_to(root / "victim")
            case "link to a file":
                path.symlink_to(root / "victim" / "precious.txt")
            case "dangling link":
                path.symlink_to(root / "victim" / "nothing")
            case "link to itself":
                path.symlink_to(path)
            case "fifo":
                os.mkfifo(path)
    except OSError:
        pass


def mine(root: Path) -> list[str]:
    """The contents of every file of somebody's below a folder, wherever it is now."""
    texts = []
    for path in root.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            if file.read(5) == b"mine:" or path.name == "mine.txt":
                texts.append(path.read_text())
    return sorted(texts)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@share(0.004)
def test_what_is_not_colgens_stays(attack: Attack, root: Path) -> None:
    def strike(given: tuple[list[str], list[tuple[str, str]], list[str]]) -> str:
        before, things, after = given
        shutil.rmtree(root, ignore_errors=True)
        (root / "victim").mkdir(parents=True)
        (root / "victim" / "precious.txt").write_text("precious")
        for step in before:
            outcome(lambda step=step: STEPS[step](root / "data"))
        for place, kind in things:
            put(root, place, kind)
        texts, there, came = mine(root), sorted(os.listdir(root / "victim")), ""
        for step in after:
            came = outcome(lambda step=step: STEPS[step](root / "data"))
        assert mine(root) == texts
        if not (root / "data").is_symlink():  # whoever names a link to a folder means that folder
            assert sorted(os.listdir(root / "victim")) == there
        assert (root / "victim" / "precious.txt").read_text() == "precious"
        return came

    things = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(KINDS)), min_size=1, max_size=3)
    steps = st.lists(st.sampled_from(list(STEPS)), min_size=1, max_size=2)
    attack(st.tuples(st.sampled_from([[], ["build"], ["build", "overwrite"]]), things, steps), strike)
