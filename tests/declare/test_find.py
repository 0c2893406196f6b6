"""Models in files, and names that no model has."""

from __future__ import annotations

from pathlib import Path

import pytest

import colgen
from colgen import (
    RequestError,
)
from colgen.declare.find import find_model
from tests.support import refused

MODEL_FILE = """
from colgen import *
class Things(Table):
    "A thing."
    rows = Volume("things")
    id = Key()
    size = Integers(1, 6)
    kind = Category(big=1, small=3)
model = Model("things", tables=[Things], volumes={"few": {"things": 12}})
"""


def test_a_model_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "things.py"
    file.write_text(MODEL_FILE)
    assert colgen.build(str(file)).frame("things").height == 12
    colgen.build(str(file), out=tmp_path / "data")
    assert all(one.holds for one in colgen.check(tmp_path / "data"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", ("declares 0 models",)),
        (MODEL_FILE + "other = Model('other', tables=[Things], volumes={'few': {'things': 1}})", ("declares 2 models",)),
        ("x = (", ("could not be read", "SyntaxError", "line 1")),
        ("import colgen\n\n1 / 0\n", ("ZeroDivisionError", "line 3")),
        ("from colgen import Nothing", ("Nothing",)),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(text)
    with refused("wrong.py", *words):
        find_model(str(tmp_path / "wrong.py"))


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(RequestError, match="no model 'invoicin'; did you mean 'invoicing'"):
        find_model("invoicin")
