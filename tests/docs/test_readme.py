"""What the README shows beside its examples: rows that are really made, and the two commands that the continuous integration extracts."""

from __future__ import annotations

import re

import colgen as package
from tests.support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_rows_shown_are_real() -> None:
    shown = README.split("Twenty rows of it")[1].split("```")[1]
    data = package.build("invoicing", volume="large")
    rows = 0
    for section in shown.strip().split("\n\n"):
        name, head, *lines = section.split("\n")
        frame = data.frame(name)
        for number, line in enumerate(lines):
            rows += 1
            for column in head.split():
                value = frame[column][number]
                assert str(value) in line, (name, column, value)
    assert rows == 20


def test_both_commands_are_one_line_each() -> None:
    for name in ("build", "test"):
        block = re.search(rf"<!-- {name} -->\n```sh\n(.*?)```", README, re.DOTALL)
        assert block is not None
        assert block[1].count("\n") == 1
        assert block[1].startswith("python3 -m venv")


def test_it_is_short() -> None:
    assert README.count("\n") <= 160
