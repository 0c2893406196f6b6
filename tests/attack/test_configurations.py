"""Configuration files and variables: they set options or are refused with their place; code of others is never named by them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from colgen import config
from tests.attack.attack import Attack, drawn, share
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


WORDS = [*PLAIN, *map(str, PLAIN), "a b", "1.2.3", "data/x", "shop.duckdb"]
HEADS = ("", "[settings]\ncustomers = 3", "[tool.colgen]", "[[tool]]", "=", "\0", "\ufeff")
VARIABLES = [*(f"COLGEN_{key.upper()}" for key in config.KEYS), "DATABASE_URL", "COLGEN_ENABLED"]


def configurations(random: Random) -> tuple[str, dict[str, str], str]:
    """A file of options, most of them odd, and at times no TOML at all; some variables; and the file's name."""
    keys = random.choices([*config.KEYS, "settings", "deny", "thread", ""], k=random.randint(0, 4))
    text = "\n".join([random.choice(HEADS), *(f"{key or chr(34) * 2} = {toml(random.choice(WORDS))}" for key in keys)])
    text = text if random.random() < 0.9 else text[: random.randint(0, len(text))]
    variables = {random.choice(VARIABLES): str(random.choice(WORDS)).replace("\0", "") for _ in range(random.randint(0, 2))}
    return text, variables, random.choice(["colgen.toml", "pyproject.toml"])


@share(0.18)
def test_a_configuration_is_taken_or_refused(attack: Attack, tmp_path: Path) -> None:
    file = tmp_path / "colgen.toml"

    def strike(given: tuple[str, dict[str, str], str]) -> str:
        text, variables, name = given
        (tmp_path / "pyproject.toml").unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        (tmp_path / name).write_bytes(text.encode())
        return outcome(lambda: config.resolve({}, variables, tmp_path))

    attack(drawn(configurations), strike)


@pytest.mark.thorough
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file of another user's")
def test_code_is_not_named_by_another_users_file(tmp_path: Path) -> None:
    (tmp_path / "colgen.toml").write_text('model = "evil.py"\n')
    os.chown(tmp_path / "colgen.toml", 12345, 12345)
    with pytest.raises(config.RequestError, match="belongs to another user"):
        config.resolve({}, {}, tmp_path)
