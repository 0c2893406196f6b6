"""Builds that leave what a killed one leaves, and what comes of resuming them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import colgen as package
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.engines.progress import Event, Noted, RowsMade
from colgen.generate.spec import Spec
from colgen.pipeline.conductor import conduct
from colgen.pipeline.summary import Summary
from colgen.targets import manifest
from colgen.targets.folder import journal, staging
from colgen.targets.folder.target import FolderTarget

MODEL = find_model("invoicing")

TINY = 1_000
"""So many bytes of a family, about, to a part: a small build has many of them."""


def build(target: Path, *, model: Model = MODEL, resume: bool = False, **request: object) -> Summary:
    return package.build(model, out=target, threads=2, overwrite=True, resume=resume, **request)  # type: ignore[call-overload,no-any-return]


class Killed(BaseException):
    """The end of a process, as far as a folder can tell."""


class Dying:
    """Ends a build once so many blocks are made. notes : what the build has reported"""

    def __init__(self, blocks: int = 10**9) -> None:
        self.left = blocks
        self.notes: list[str] = []

    def __call__(self, event: Event) -> None:
        match event:
            case RowsMade():
                self.left -= 1
                if self.left < 0:
                    raise Killed
            case Noted(note):
                self.notes.append(note)


@contextmanager
def nothing_is_cleared_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As a killed process clears nothing away."""
    with monkeypatch.context() as patch:
        patch.setattr(staging, "remove_tree", lambda folder: None)
        patch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
        yield


def kill(target: Path, monkeypatch: pytest.MonkeyPatch, blocks: int = 5, *, model: Model = MODEL, **request: Any) -> None:
    """A build that leaves what a killed one leaves; one thread, so that always the same parts are finished."""
    with nothing_is_cleared_away(monkeypatch), pytest.raises(Killed):
        conduct(Spec.of(model, **request), model, FolderTarget(target, overwrite=True), threads=1, progress=Dying(blocks))


def resume(target: Path, *, model: Model = MODEL, **request: Any) -> tuple[Summary, list[str]]:
    """Resumes, and gives what was reported of it too."""
    progress = Dying()
    summary = conduct(Spec.of(model, **request), model, FolderTarget(target, overwrite=True, resume=True), threads=2, progress=progress)
    return summary, progress.notes


def finished(log: Path) -> list[manifest.Part]:
    return [journal.Finished.model_validate_json(line).part for line in log.read_bytes().splitlines()[1:]]
