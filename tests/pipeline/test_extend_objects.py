"""A build in object storage is made longer in one step, and nothing of it is made again that has settled."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen as package
from colgen import RequestError
from colgen.declare.model import Model
from colgen.generate.plan import Task
from colgen.pipeline.extend import extend
from tests.support import refused
from tests.targets.objects import manifest, objects, parts


def build(model: Model, out: str | Path, last_day: str) -> None:
    package.build(model, out=out, last_day=last_day, threads=1)


def names_say_whose_they_are(model: Model, prefix: str) -> bool:
    """Whether the parts of another request have other names: what is extended must not be replaced part by part."""
    build(model, f"{prefix}x", "2024-01-02")
    build(model, f"{prefix}y", "2024-01-03")
    return not parts(f"{prefix}x").keys() & parts(f"{prefix}y").keys()


@pytest.mark.usefixtures("small_parts")
def test_it_is_the_build_from_scratch_over_the_longer_period(prefix: str, desk: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    if not names_say_whose_they_are(desk, prefix):
        pytest.skip("names of parts do not say yet of which request they are")
    build(desk, prefix, "2024-02-10")
    written: list[str] = []
    usual = Task.with_first_ids
    monkeypatch.setattr(Task, "with_first_ids", lambda task, generation: (written.append(task.root), usual(task, generation))[1])
    summary = extend(prefix, "2024-03-10", threads=1)
    build(desk, other := f"{prefix}z", "2024-03-10")
    assert summary.kept > 6
    assert len(written) < summary.parts
    assert parts(prefix) == parts(other)
    assert objects(prefix)["manifest.json"] == objects(other)["manifest.json"]
    assert set(objects(prefix)) == set(manifest(prefix).files)
    assert all(verdict.valid for verdict in package.verify(prefix, model=desk, all=True).verdicts)


def test_what_cannot_be_extended_is_refused_as_in_a_folder(prefix: str, desk: Model) -> None:
    build(desk, prefix, "2024-01-10")
    before = objects(prefix)
    with refused("ends on 2024-01-10", "only adds days", error=RequestError):
        extend(prefix, "2024-01-05")
    assert objects(prefix) == before
