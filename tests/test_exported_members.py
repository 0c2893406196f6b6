"""What colgen exports: all that is listed is there, nothing else leaks, and the models get by with it as a user's own must."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import colgen
from tests.support import ROOT

MODEL_FILES = sorted((ROOT / "colgen" / "models").rglob("*.py"))


@pytest.mark.parametrize("name", colgen.__all__)
def test_what_is_listed_can_be_imported(name: str) -> None:
    assert getattr(colgen, name) is not None


def test_the_list_is_sorted_and_names_nothing_twice() -> None:
    assert len(set(colgen.__all__)) == len(colgen.__all__)
    names = [name for name in colgen.__all__ if name != "__version__"]
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def test_nothing_else_leaks() -> None:
    assert sorted(dir(colgen)) == sorted(colgen.__all__)
    script = "from colgen import *; print(sorted(name for name in globals() if not name.startswith('__') or name == '__version__'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ast.literal_eval(done.stdout) == sorted(colgen.__all__)


def test_what_is_not_listed_is_an_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="module 'colgen' has no attribute 'Tabel'"):
        colgen.Tabel  # noqa: B018


def test_every_class_and_function_of_it_says_what_it_is() -> None:
    undocumented = [
        name for name in colgen.__all__ if callable(getattr(colgen, name)) and not (getattr(colgen, name).__doc__ or "").strip()
    ]
    assert undocumented == []


def test_help_lists_every_name() -> None:
    words = set((colgen.__doc__ or "").replace(",", " ").replace(";", " ").replace("(", " ").split())
    assert {name for name in colgen.__all__ if name != "__version__"} - words == set()


def test_types_are_those_that_a_checker_sees() -> None:
    """What is imported where only a type checker looks is what is loaded by name."""
    tree = ast.parse((ROOT / "colgen" / "__init__.py").read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.asname or alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen | {"__version__"} == set(colgen.__all__)


@pytest.mark.parametrize("file", MODEL_FILES, ids=lambda file: str(file.relative_to(ROOT / "colgen" / "models")))
def test_a_model_imports_what_a_user_could(file: Path) -> None:
    package = ".".join(file.relative_to(ROOT).parts[:3]).removesuffix(".py")
    wrong = []
    for node in ast.walk(ast.parse(file.read_text())):
        modules = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for module in modules:
            is_public = module == "colgen" or module.split(".")[:2] == ["colgen", "vocabulary"]
            is_own = module == package or module.startswith(f"{package}.") or (isinstance(node, ast.ImportFrom) and node.level == 1)
            if module.startswith("colgen") and not is_public and not is_own:
                wrong.append(module)
            if module == "colgen" and isinstance(node, ast.ImportFrom):
                wrong += [alias.name for alias in node.names if alias.name not in colgen.__all__]
    assert wrong == []
