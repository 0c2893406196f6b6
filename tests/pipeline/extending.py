"""A model whose builds can be extended, and builds of it and of the one that ships."""

from __future__ import annotations

import json
import os
from pathlib import Path

import colgen as package
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.pipeline.extend import extend as prolong
from colgen.pipeline.summary import Summary
from colgen.targets import manifest
from tests.support import whole

ERP = find_model("erp")


DESK = '''
"""People come to a desk, and are answered within three days."""

from colgen import *


class Customers(Table):
    rows = Volume("customers")
    id = Key()
    name = Text("Customer {id}")


class Hours(Table, hidden=True):
    rows = Daily(4)
    id = Key()
    day = Day()
    questions = Integers(20, 40)


class Questions(Table, keep="there"):
    rows = FanOut(Hours, "questions")
    id = Key()
    hour = ParentKey(Hours, hidden=True)
    customer_id = ForeignKey(Customers)
    asked_on = column(Date)(lambda day=Hours.day: day)
    answered_on = column(Date)(lambda draw, asked_on: asked_on + draw.below(4))
    there = column(Boolean, hidden=True)(lambda draw: draw.chance(0.9))

    @column(Categorical(["open", "answered"]))
    def status(answered_on, period):
        return answered_on <= period.end


class Answers(Table, keep="there"):
    rows = FanOut(Questions, 2)
    id = Key()
    question_id = ParentKey(Questions)
    there = column(Boolean, hidden=True)(
        lambda period, there=Questions.there, answered_on=Questions.answered_on: there & (answered_on <= period.end)
    )


model = Model(
    "desk",
    tables=[Customers, Hours, Questions, Answers],
    volumes={"small": {"customers": 20, "days": 30}},
    first_day="2024-01-01",
    settles_after=3,
)
'''


def build(model: Model, folder: Path, last_day: str, **options: object) -> Summary:
    return package.build(model, out=folder, last_day=last_day, threads=1, **options)  # type: ignore[call-overload,no-any-return]


def extend(folder: Path, to: str, model: Model | None = None, **options: object) -> Summary:
    return prolong(folder, to, model, threads=1, **options)  # type: ignore[arg-type]


def assert_same(folder: Path, scratch: Path) -> None:
    """Manifest, views and every part are the same byte for byte, and there is nothing else."""
    whole(folder)
    assert json.loads((folder / manifest.NAME).read_text()) == json.loads((scratch / manifest.NAME).read_text())
    assert {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
        str(path.relative_to(scratch)): path.read_bytes() for path in scratch.rglob("*") if path.is_file()
    }
    assert os.listdir(folder.parent) == [folder.name]


def place(file: str) -> tuple[str, int]:
    """The table and the number of a part's file."""
    table, _, name = file.partition("/part-")
    return table, int(name.partition("-")[0])


def numbers(folder: Path) -> dict[tuple[str, int], int]:
    """The inode of each part, by table and number: the same one is the same file."""
    tables = manifest.read(folder).tables.items()
    return {(name, part.number): (folder / part.file).stat().st_ino for name, table in tables for part in table.parts}
