"""The site is built without a warning, every link and anchor in it leads somewhere, and it needs no other host."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, thorough


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("zensical", reason="the site needs Zensical: pip install '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    for name in ("docs", "tools", "colgen"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "-f", "mkdocs.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


@thorough
def test_docstrings_become_markdown() -> None:
    pytest.importorskip("griffe", reason="the reference needs mkdocstrings: pip install '.[docs]'")
    specification = importlib.util.spec_from_file_location("docstrings", ROOT / "tools" / "docs" / "docstrings.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    docstring = "Adds up.\n\nfirst, last : the ends,\n    both included\nby : the step\n\n>>> 1 + 1\n2\n\nMore."
    expected = "Adds up.\n\n- `first`, `last`: the ends, both included\n- `by`: the step\n\n```python\n>>> 1 + 1\n2\n```\n\nMore."
    assert module.as_markdown(docstring) == expected


@thorough
def test_it_has_every_page(site: Path) -> None:
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (site / page).is_file()} == set()


@thorough
def test_it_loads_nothing_from_elsewhere(site: Path) -> None:
    loaded = [
        address
        for page in site.rglob("*.html")
        for address in re.findall(
            r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"?(https?://[^\s\">]+)", page.read_text(encoding="utf-8")
        )
    ]
    assert loaded == []


@thorough
def test_every_link_and_anchor_leads_somewhere(site: Path) -> None:
    text = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html") if page.name != "404.html"}
    anchors = {page: set(re.findall(r"\bid=\"?([^\s\">]+)", html)) for page, html in text.items()}
    broken = []
    for page, html in text.items():
        for address in re.findall(r"<a\b[^>]*?href=\"?([^\s\">]+)", html):
            path, _, anchor = address.partition("#")
            if "://" in path:
                continue
            target = (page.parent / path).resolve() if path not in ("", ".") else page
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (anchor and target in anchors and anchor not in anchors[target] and anchor != "__tabbed"):
                broken.append((page.name, address))
    assert broken == []


@thorough
def test_docstrings_are_rendered(site: Path) -> None:
    calls = (site / "reference" / "calls.html").read_text(encoding="utf-8")
    assert "<code>overwrite</code>" in calls  # a parameter of a docstring, as an item of a list
    assert "told what happens" in calls
