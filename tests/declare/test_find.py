"""Models in files, and names that no model has."""

from __future__ import annotations

from collections.abc import Callable
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
        ("from colgen import Table\n\nOPEN = Calendar()\n", ("'Calendar' is not defined", "line 3", "write `from colgen import Calendar`")),
        ("OPEN = Calender()\n", (r"'Calender' is not defined \(line 1\)$",)),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(text)
    with refused("wrong.py", *words):
        find_model(str(tmp_path / "wrong.py"))


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(RequestError, match="no model 'invoicin'; did you mean 'invoicing'"):
        find_model("invoicin")


class TestAModelFileThatAManifestNames:
    """A manifest may come from anywhere: what it names is executed only if the user has named those very bytes before."""

    @pytest.fixture
    def build(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A build of a model file that leaves a trace whenever it is executed, as a user sees it who has never run that file."""
        monkeypatch.setenv("COLGEN_HOME", str(tmp_path / "author"))
        trace = f"\nimport pathlib\npathlib.Path({str(tmp_path / 'executed')!r}).touch()\n"
        (tmp_path / "things.py").write_text(MODEL_FILE + trace)
        colgen.build(str(tmp_path / "things.py"), out=tmp_path / "data")
        (tmp_path / "executed").unlink()
        monkeypatch.setenv("COLGEN_HOME", str(tmp_path / "reader"))
        return tmp_path / "data"

    @pytest.mark.parametrize(
        "read",
        [
            lambda build, **model: colgen.check(build, **model),
            lambda build, **model: colgen.verify(build, **model),
            lambda build, **model: colgen.report("any", build, **model),
            lambda build, **model: colgen.diff(build, build, **model),
            lambda build, **model: colgen.extend(build, "2030-01-01", **model),
        ],
        ids=["check", "verify", "report", "diff", "extend"],
    )
    def test_is_not_executed(self, build: Path, read: Callable[..., object]) -> None:
        with pytest.raises(RequestError, match="which you have not run before"):
            read(build)
        assert not (build.parent / "executed").exists()

    def test_is_used_where_the_user_names_it(self, build: Path) -> None:
        assert all(outcome.holds for outcome in colgen.check(build, model=str(build.parent / "things.py")))

    def test_is_used_again_once_the_user_has_named_it(self, build: Path) -> None:
        find_model(str(build.parent / "things.py"))
        assert all(outcome.holds for outcome in colgen.check(build))

    def test_is_not_used_once_it_has_changed(self, build: Path) -> None:
        file = build.parent / "things.py"
        file.write_text(file.read_text() + "\n")
        find_model(str(file))
        with pytest.raises(RequestError, match=r"not what it was when the build was made.*--model"):
            colgen.check(build)

    def test_is_named_where_it_is_gone(self, build: Path) -> None:
        (build.parent / "things.py").unlink()
        with pytest.raises(RequestError, match=r"there is no file .*things.py"):
            colgen.check(build)


def test_a_home_that_cannot_be_written_stops_no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "things.py").write_text(MODEL_FILE)
    (tmp_path / "home").write_text("a file where the folder would be")
    monkeypatch.setenv("COLGEN_HOME", str(tmp_path / "home"))
    colgen.build(str(tmp_path / "things.py"), out=tmp_path / "data")
    with refused("you have not run before", error=RequestError):
        colgen.check(tmp_path / "data")
