"""The documentation says what there is: every command and option, every model's tables and settings, every public name, every measured number."""

from __future__ import annotations

import re

import pytest
import typer.main

import colgen
from benchmarks.tables import PAGES as PAGES_WITH_RESULTS
from benchmarks.tables import RESULTS, rendered
from colgen.cli.app import app
from colgen.declare import find
from colgen.declare.column import Column
from colgen.formats import COMPRESSIONS, ENCODINGS, format_names
from colgen.scenario.scenario import SCENARIOS
from tests.docs.blocks import PAGES
from tests.support import ROOT

DOCS = ROOT / "docs"
COMMAND_LINE = (DOCS / "command-line.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
REFERENCE = "".join(page.read_text(encoding="utf-8") for page in sorted((DOCS / "reference").glob("*.md")))


def section(command: str) -> str:
    """What is said of a command, down to the next one."""
    found = re.search(rf"^## colgen {command}\n(.*?)(?=^## |\Z)", COMMAND_LINE, re.DOTALL | re.MULTILINE)
    assert found is not None, f"docs/command-line.md has no section on colgen {command}"
    return found[1]


def options(command: str) -> set[str]:
    """The options that a command has."""
    return {
        word for option in COMMANDS[command].params if option.param_type_name == "option" for word in [*option.opts, *option.secondary_opts]
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command: str) -> None:
    shown = {
        option
        for row in re.findall(r"^\|((?:\\.|[^|\n])*)\|", section(command), re.MULTILINE)
        for option in re.findall(r"(?<![\w-])--?[a-z][\w-]*", row)
    }
    assert options(command) - {"--help", "-h"} == shown


def test_the_options_of_colgen_itself_are_documented() -> None:
    start = COMMAND_LINE.split("## colgen build")[0]
    for option in ("--version", "--install-completion", "--show-completion", "--help", "-h"):
        assert f"`{option}`" in start


def volume_row(page: str, volume: str) -> dict[str, int]:
    """The settings in the row of a volume, by the head of their column."""
    lines = page.splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith(f"| `{volume}`"))
    head = next(line for line in reversed(lines[:number]) if line.startswith("| volume |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, lines[number])]
    shown = {name: int(value.replace(",", "")) for name, value in zip(*cells, strict=True) if value.replace(",", "").isdigit()}
    return {name: value for name, value in shown.items() if "rows" not in name}


@pytest.mark.parametrize("name", find.BUILT_IN)
def test_a_models_page_names_its_tables_settings_and_reports(name: str) -> None:
    model, page = find.find_model(name), (DOCS / "models" / f"{name}.md").read_text(encoding="utf-8")
    for table in model.written:
        assert f"`{table.name}`" in page
    for volume, settings in model.volumes.items():
        assert f"`{volume}`" in page
        for setting in settings:
            assert re.search(rf"\b{setting}\b", page), setting
        assert volume_row(page, volume)
        assert volume_row(page, volume).items() <= settings.items()
    for report in model.reports:
        assert f"`{report.name}`" in page
    for kind in model.anomalies:
        assert f"`{kind}`" in page


def test_formats_compressions_encodings_and_scenarios_are_documented() -> None:
    formats = (DOCS / "files-and-formats.md").read_text(encoding="utf-8")
    scenarios = (DOCS / "scenarios.md").read_text(encoding="utf-8")
    assert [name for name in format_names() if f"`{name}`" not in formats] == []
    assert [name for name in [*COMPRESSIONS, *ENCODINGS] if f"`{name}`" not in section("build")] == []
    assert [name for name in SCENARIOS if f"`{name}`" not in scenarios] == []


def test_every_public_name_is_in_the_reference() -> None:
    rendered_names = set(re.findall(r"^::: colgen\.(\w+)$", REFERENCE, re.MULTILINE)) | set(re.findall(r"`colgen\.(\w+)`", REFERENCE))
    assert set(colgen.__all__) - rendered_names == set()


def test_every_kind_of_column_is_listed() -> None:
    own = (DOCS / "models-of-your-own.md").read_text(encoding="utf-8")
    kinds = {name for name in colgen.__all__ if isinstance(kind := getattr(colgen, name), type) and issubclass(kind, Column)}
    assert {kind for kind in kinds - {"Column"} if f"`{kind}(" not in own} == set()


@pytest.mark.parametrize("page", PAGES_WITH_RESULTS, ids=lambda page: page.name)
def test_measured_numbers_are_those_in_the_results(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert rendered(text) == text, "run `python -m benchmarks.tables`"


def test_every_result_is_on_a_page() -> None:
    named = {name for page in PAGES_WITH_RESULTS for name in re.findall(r"<!-- results: ([\w-]+) -->", page.read_text(encoding="utf-8"))}
    assert named == {file.stem for file in RESULTS.glob("*.json")}


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(page) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        assert not target.startswith("http"), f"{target}: documentation names no hosts"
        assert (page.parent / target).exists(), target


def test_files_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:colgen|tests|docs|tools|benchmarks|examples|scenarios)/[\w/.-]*)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
