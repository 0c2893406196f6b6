"""Command lines that nobody means: each ends with a documented exit code and a message, and leaves everything as it was."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

import colgen as package
from tests.attack.attack import Attack, share
from tests.attack.odd import VALUES
from tests.attack.outcomes import REFUSED, TAKEN, assert_for_people
from tests.support import colgen

WORDS = [str(value) for value in VALUES if isinstance(value, str | int | float) and str(value)] + [
    "sound",
    "victim.txt",
    "sound/manifest.json",
]
WORDS += [
    "sound/customer_types",
    "postgresql://me:geheim@[::1/db",
    "mysql://me:geheim@h/db",
    "NAME=VALUE",
    "customers=x",
    "customers=0",
    "=1",
]
COMMANDS = {
    "build": ["invoicing", "--dry-run"],
    "check": ["sound"],
    "verify": ["sound"],
    "diff": ["sound", "sound"],
    "report": ["customer_summary", "sound"],
    "extend": ["sound", "--to", "2025-01-31"],
    "cleanup": ["sound"],
    "models": [],
    "preview": ["invoicing.customer_types"],
    "scenarios": ["show", "normal-ops"],
    "validate": ["normal-ops"],
    "config": [],
}
OPTIONS = [
    "--volume",
    "--scale",
    "--set",
    "--customers",
    "--seed",
    "--from",
    "--to",
    "--scenario",
    "--tables",
    "--format",
    "--compression",
    "--encoding",
    "--table-format",
    "--row-group",
]
OPTIONS += [
    "--threads",
    "--schema",
    "--model",
    "--sample",
    "--rows",
    "--all",
    "--quiet",
    "--progress",
    "--max-rows",
    "--append",
    "--overwrite",
]
OPTIONS += [
    "--resume",
    "--constraints",
    "--no-constraints",
    "--help",
    "--version",
    "--confirm",
    "-v",
    "-k",
    "-s",
    "-j",
    "-f",
    "-q",
    "-n",
    "--",
    "-",
]


SOUND = {
    "build": [
        "--volume small",
        "--scale 2",
        "--set customers=3",
        "--seed 7",
        "--from 2024-02-01",
        "--to 2024-03-01",
        "--scenario peak-season",
    ],
    "check": ["--quiet", "--format json", "--model invoicing"],
    "verify": ["--all", "--sample 2", "--threads 1", "--format json"],
    "diff": ["--rows", "--format json", "--tables customer_types"],
    "report": ["--format csv", "--format json"],
    "models": ["invoicing", "erp"],
    "preview": ["--rows 3", "--volume small", "--format csv", "--seed 3"],
    "config": ["--volume small", "--seed 3"],
}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command that works, with up to two sound words more, and with up to two that are odd, are replaced or are left out."""
    name = draw(st.sampled_from([*COMMANDS, "build"]))
    line = [name, *COMMANDS[name]]
    for sound in draw(st.lists(st.sampled_from(SOUND.get(name, [""])), max_size=2)):
        line += sound.split()
    word = st.sampled_from(WORDS) | st.text(max_size=8)
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        place = draw(st.integers(1, len(line)))
        change = draw(st.integers(0, 4))
        if change == 0 and place < len(line) and line[place] != "--dry-run":
            line[place] = draw(word)
        elif change == 1:
            line.insert(place, draw(word))
        elif change == 2:
            line.append(draw(st.sampled_from(OPTIONS)))
        else:
            line += [draw(st.sampled_from(OPTIONS)), draw(word)]
    return line


@share(0.006)
def test_a_command_line_ends_in_words(attack: Attack, tmp_path: Path) -> None:
    package.build("invoicing", tables=["customer_types"], out=tmp_path / "sound")
    (tmp_path / "victim.txt").write_text("precious")

    def strike(line: list[str]) -> str:
        ended = colgen(*line, cwd=tmp_path)
        assert ended.returncode in (0, 1, 2, 3)
        assert "Traceback" not in ended.stderr
        assert "geheim" not in ended.stdout + ended.stderr
        assert (tmp_path / "victim.txt").read_text() == "precious"
        assert {path.name for path in tmp_path.iterdir()} == {"victim.txt", "sound"}, "a command that builds nothing left something"
        if ended.returncode:
            assert_for_people(ended.stderr)
        return REFUSED if ended.returncode else TAKEN

    attack(command_lines(), strike)
