"""Manifests that were tampered with: whatever they say, nothing outside the build is touched, nothing is executed, nothing wrong is believed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

import colgen
from colgen.pipeline import cleanup
from tests.attack.attack import Attack, share
from tests.attack.mutations import PLAIN, mutated
from tests.attack.outcomes import TAKEN, outcome

TABLES = ["customer_types", "product_categories"]
EVIL = "import pathlib; pathlib.Path({!r}).touch()"

NAMES = [
    "../victim.txt",
    "customer_types/../../victim.txt",
    "customer_types/part-00001-0a1b2c3d.parquet",
    "customer_types",
    "manifest.json",
    "notes.txt",
]
TYPES = ["DECIMAL(12,2)'}); COPY (SELECT 1) TO 'stolen.csv'; SELECT ({'b': '", "VARCHAR", "INTEGER", "decimal(1", "JSON", "ENUM('a')"]

ACTIONS: dict[str, Callable[[Path, Path], Any]] = {
    "check": lambda build, sound: colgen.check(build),
    "verify": lambda build, sound: colgen.verify(build, all=True),
    "report": lambda build, sound: colgen.report("customer_summary", build),
    "diff": lambda build, sound: colgen.diff(sound, build),
    "extend": lambda build, sound: colgen.extend(build, "2025-01-31"),
    "overwrite": lambda build, sound: colgen.build("invoicing", tables=TABLES, out=build, overwrite=True),
    "resume": lambda build, sound: colgen.build("invoicing", tables=TABLES, out=build, overwrite=True, resume=True),
    "cleanup": lambda build, sound: cleanup.remove(str(build), None, cleanup.CONFIRMATION),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a sound build, and a file of somebody's beside it; the current folder is another one."""
    colgen.build("invoicing", tables=TABLES, out=tmp_path / "sound")
    (tmp_path / "victim.txt").write_text("precious")
    (tmp_path / "here").mkdir()
    (tmp_path / "evil.py").write_text(EVIL.format(str(tmp_path / "executed")))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def tampered(place: Path) -> st.SearchStrategy[str]:
    """The text of a manifest with a few changes; at times with its letters cut off or doubled."""
    sound = json.loads((place / "sound" / "manifest.json").read_text())
    values = [*PLAIN, *NAMES, *TYPES, str(place / "victim.txt"), str(place / "evil.py"), "\ud800"]
    texts = mutated(st.just(sound), values).map(json.dumps)
    return (
        texts
        | st.tuples(texts, st.integers(0, 400)).map(lambda pair: pair[0][: pair[1]])
        | st.sampled_from(["[" * 100_000, "1" * 5000, "nul"])
    )


@share(0.012)
def test_a_tampered_manifest_is_input(attack: Attack, place: Path) -> None:
    build, sound = place / "build", place / "sound"
    tables = json.loads((sound / "manifest.json").read_text())["tables"]
    others = {"victim.txt", "here", "evil.py", "sound", "build"}

    def strike(given: tuple[str, str]) -> str:
        text, action = given
        shutil.rmtree(build, ignore_errors=True)
        shutil.copytree(sound, build)
        (build / "notes.txt").write_text("mine")
        (build / "manifest.json").write_text(text)
        answers: list[Any] = []
        came = outcome(lambda: answers.append(ACTIONS[action](build, sound)))
        assert (place / "victim.txt").read_text() == "precious"
        assert {path.name for path in place.iterdir()} <= others, "something was left, made or executed beside the build"
        assert not any((place / "here").iterdir())
        assert (build / "notes.txt").read_text() == "mine"
        if came == TAKEN and action == "verify" and answers[0].valid:
            assert json.loads(text)["tables"] == tables
        return came

    attack(st.tuples(tampered(place), st.sampled_from(list(ACTIONS))), strike)
