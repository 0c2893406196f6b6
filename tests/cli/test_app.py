"""All commands together: version, help, shell completion."""

from __future__ import annotations

import re

import pytest

from tests.support import colgen


def test_version() -> None:
    assert re.match(r"colgen \d+\.\d+", colgen("--version").stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str) -> None:
    """Typer looks for the shell that the command is started from; here it is told which, wherever the tests are started from."""
    script = colgen("--show-completion", shell, env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}).stdout
    assert "colgen" in script
    assert f"complete_{shell}" in script


def test_completion_knows_models_volumes_scenarios_and_formats() -> None:
    def complete(words: str) -> str:
        count = len(words.split(" ")) - 1
        return colgen(env={"_COLGEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}).stdout

    assert "invoicing" in complete("colgen build inv")
    assert "erp" in complete("colgen build e")
    assert "payment-crisis" in complete("colgen build erp --scenario pay")
    assert "medium" in complete("colgen build erp --volume m")
    assert "large" in complete("colgen build invoicing --volume l")
    assert "parquet" in complete("colgen build --format par")


COMMANDS = (
    "build",
    "extend",
    "check",
    "verify",
    "diff",
    "report",
    "models",
    "preview",
    "scenarios",
    "validate",
    "config",
    "toggle",
    "cleanup",
)


def test_help_names_every_command_and_the_exit_codes() -> None:
    shown = colgen("--help").stdout
    assert all(command in shown for command in COMMANDS)
    assert "130 interrupted" in " ".join(shown.split())
