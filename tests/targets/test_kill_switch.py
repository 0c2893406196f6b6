"""Builds into databases are switched off for a user by a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen.errors import ColgenError
from colgen.targets import kill_switch


def test_the_file_says_it(tmp_path: Path) -> None:
    environment = {"COLGEN_HOME": str(tmp_path / "made")}
    assert kill_switch.enabled(environment) is True
    file = kill_switch.switch(False, environment)
    assert file == tmp_path / "made" / "disabled"
    assert "colgen toggle --enable" in file.read_text()
    assert kill_switch.enabled(environment) is False
    kill_switch.switch(False, environment)
    kill_switch.switch(True, environment)
    assert kill_switch.enabled(environment) is True
    kill_switch.switch(True, environment)


def test_where_the_file_is() -> None:
    def file(**environment: str) -> str:
        return str(kill_switch.state_file({"HOME": "/home/ann", **environment}))

    assert file() == "/home/ann/.config/colgen/disabled"
    assert file(XDG_CONFIG_HOME="/elsewhere") == "/elsewhere/colgen/disabled"
    assert file(XDG_CONFIG_HOME="not/absolute") == file(XDG_CONFIG_HOME="") == file()
    assert file(XDG_CONFIG_HOME="/elsewhere", COLGEN_HOME="/ours") == "/ours/disabled"
    assert kill_switch.state_file({}) == Path.home() / ".config/colgen/disabled"


def test_anything_of_that_name_switches_off(tmp_path: Path) -> None:
    (tmp_path / "disabled").symlink_to("nowhere")
    assert kill_switch.enabled({"COLGEN_HOME": str(tmp_path)}) is False


def test_a_folder_that_cannot_be_looked_into_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = {"COLGEN_HOME": str(tmp_path / "file")}
    assert kill_switch.enabled(environment) is None
    assert kill_switch.enabled({"COLGEN_HOME": "a\0b"}) is None
    for on in (True, False):
        with pytest.raises(ColgenError, match="could not be switched"):
            kill_switch.switch(on, environment)
