"""Configuration files and variables: they set options or are refused with their place; code of others is never named by them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from colgen import config
from tests.attack.attack import Attack, share
from tests.attack.odd import VALUES
from tests.attack.outcomes import outcome

PLAIN = [value for value in VALUES if isinstance(value, str | int | float | list | dict) and "\ud800" not in str(value)]


def toml(value: Any) -> str:
    """A value as TOML spells it, more or less."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {toml(content)}" for key, content in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value) if isinstance(value, str | bool) else str(value)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file of options, most of them odd; at times no TOML at all."""
    keys = draw(st.lists(st.sampled_from([*config.KEYS, "settings", "deny", "thread", ""]), max_size=4))
    lines = [f"{key or chr(34) * 2} = {toml(draw(st.sampled_from(PLAIN) | st.text('abc123 _./', max_size=8)))}" for key in keys]
    text = "\n".join([draw(st.sampled_from(["", "[settings]\ncustomers = 3", "[tool.colgen]", "[[tool]]", "=", "\0", "\ufeff"])), *lines])
    return text if draw(st.integers(0, 9)) else text[: draw(st.integers(0, len(text)))]


@share(0.08)
def test_a_configuration_is_taken_or_refused(attack: Attack, tmp_path: Path) -> None:
    file = tmp_path / "colgen.toml"

    def strike(given: tuple[str, dict[str, str], str]) -> str:
        text, variables, name = given
        (tmp_path / "pyproject.toml").unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        (tmp_path / name).write_bytes(text.encode())
        return outcome(lambda: config.resolve({}, variables, tmp_path))

    variable = st.sampled_from([f"COLGEN_{key.upper()}" for key in config.KEYS] + ["DATABASE_URL", "COLGEN_ENABLED"])
    values = st.sampled_from([str(value) for value in PLAIN if "\0" not in str(value)]) | st.text(max_size=6)
    variables = st.dictionaries(variable, values, max_size=2)
    attack(st.tuples(files(), variables, st.sampled_from(["colgen.toml", "pyproject.toml"])), strike)


@pytest.mark.thorough
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file of another user's")
def test_code_is_not_named_by_another_users_file(tmp_path: Path) -> None:
    (tmp_path / "colgen.toml").write_text('model = "evil.py"\n')
    os.chown(tmp_path / "colgen.toml", 12345, 12345)
    with pytest.raises(config.RequestError, match="belongs to another user"):
        config.resolve({}, {}, tmp_path)
