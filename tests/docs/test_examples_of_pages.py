"""Every example in the README and in the documentation runs, in a folder of the page's own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import PAGES, blocks, has_examples, new_lines, run
from tests.support import ROOT, colgen, first_of, thorough


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own is in the way: no configuration, no environment, no switch."""
    monkeypatch.setenv("COLGEN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COLGEN_ENV", raising=False)


@pytest.mark.parametrize(
    "page", first_of([page for page in PAGES if has_examples(page)], quick=1), ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page.stem == "spark":
        pytest.importorskip("pyspark", reason="PySpark is not installed: pip install '.[spark]'")
        if shutil.which("java") is None:
            pytest.skip("there is no Java, which Spark runs on")
        monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    (tmp_path / "page").mkdir()
    run(page, tmp_path / "page")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_blocks_say_what_they_are(page: Path) -> None:
    known = ("python", "sh", "yaml", "toml", "")
    assert [block.language for block in blocks(page) if block.language not in known] == []
    assert page.read_text(encoding="utf-8").count("```") == 2 * len(blocks(page))  # none is overlooked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_is_new_in_a_file_is_marked(page: Path) -> None:
    shown: dict[str, str] = {}
    for block in blocks(page):
        if block.title is not None:
            assert block.marked == (new_lines(shown[block.title], block.code) if block.title in shown else ""), (
                f"{block.title}, line {block.line}"
            )
            shown[block.title] = block.code


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "recipes").glob("*.md")), ids=lambda page: page.stem)
def test_a_recipe_shows_an_example_whole(page: Path) -> None:
    shown = {block.title: block.code for block in blocks(page) if block.title is not None}
    assert shown
    for title, code in shown.items():
        assert code == (ROOT / "examples" / title).read_text(encoding="utf-8"), f"copy examples/{title} into the page"


@thorough
def test_the_model_of_the_tutorial_goes_into_postgresql(server: str, database: Any, schema: str, tmp_path: Path) -> None:
    *_, last = (block for block in blocks(ROOT / "docs" / "tutorial.md") if block.title == "workshop.py")
    (tmp_path / "workshop.py").write_text(last.code, encoding="utf-8")
    request = ("build", "workshop.py", "--to", "2025-06-30", "--check", "--out", server, "--schema", schema)
    result = colgen(*request, cwd=tmp_path, env={"COLGEN_ENV": "test"})
    assert result.returncode == 0, result.stderr
    query = f'SELECT kind, count(*), sum(total) FROM "{schema}".repairs GROUP BY kind ORDER BY kind'
    repairs, services = database.execute(query).fetchall()
    assert repairs[1] + services[1] == 1_000
    assert repairs[2] > services[2] > 0
