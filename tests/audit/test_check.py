"""How rules are proved: those about each row alone in one pass over a table, and each says for itself whether it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from colgen import Integers, Key, Model, Table, Volume
from colgen.audit import check, proofs
from tests.support import broken_rules, damage, write_build


class Wide(Table):
    rows = Volume("rows")
    id = Key()
    a = Integers(1, 6)
    b = Integers(1, 6)
    c = Integers(1, 6)


WIDE = Model("wide", tables=[Wide], volumes={"small": {"rows": 20}})


def test_rules_about_each_row_alone_are_proved_in_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_build(WIDE, tmp_path / "data")
    asked: list[str] = []
    usual = check.answer

    def answer(connection: Any, sql: str) -> Any:
        asked.append(sql)
        return usual(connection, sql)

    for module in (check, proofs):
        monkeypatch.setattr(module, "answer", answer)
    assert all(outcome.holds for outcome in check.check(tmp_path / "data", WIDE))
    assert len(asked) == 2  # all of them, with the number of rows; the key


def test_of_which_those_that_are_broken_are_named(tmp_path: Path) -> None:
    write_build(WIDE, tmp_path / "data")
    damage(tmp_path / "data", "wide", "UPDATE wide SET a = NULL WHERE id = 3", "UPDATE wide SET c = 7 WHERE id < 3")
    assert broken_rules(tmp_path / "data", WIDE) == ["wide: a is never null", "wide: c is 1 to 6"]
