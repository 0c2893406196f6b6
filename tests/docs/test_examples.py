"""The whole models in `examples/`: each builds, holds its rules, and reports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import colgen as package
from colgen.declare.find import find_model
from tests.support import ROOT, colgen, first_of

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("file", first_of(EXAMPLES, 2), ids=lambda file: file.stem)
def test_an_example_builds_and_reports(file: Path, tmp_path: Path) -> None:
    model = find_model(str(file))
    summary = package.build(str(file), out=tmp_path / "data", check=True)
    assert summary.outcomes
    assert model.rules
    for report in model.reports:
        assert package.report(report.name, tmp_path / "data").height > 1


@pytest.mark.parametrize("file", first_of(EXAMPLES), ids=lambda file: file.stem)
def test_an_example_previews(file: Path) -> None:
    for table in find_model(str(file)).written:
        result = colgen("preview", f"{file}.{table.name}", "--rows", "2")
        assert result.returncode == 0, result.stderr
        assert result.stdout.count("\n") == 3


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_needs_numpy_and_the_public_api_alone(file: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert imported <= {"colgen", "numpy"}


def test_the_sensors_can_be_extended(tmp_path: Path) -> None:
    file = str(ROOT / "examples" / "sensors.py")
    package.build(file, out=tmp_path / "data")
    package.extend(tmp_path / "data", to="2024-02-15")
    package.build(file, out=tmp_path / "scratch", last_day="2024-02-15")
    assert package.diff(tmp_path / "data", tmp_path / "scratch") == []
