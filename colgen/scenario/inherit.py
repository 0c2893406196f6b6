"""What two scenarios say together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


_MERGED = ("settings", "multiply", "rates", "shares", "month")


def inherited(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What two scenarios say together. What the second says for all models goes before what the first says for one."""
    common = {key: value for key, value in more.items() if key not in ("models", "extends")}
    sections = {name: without(section, common) for name, section in base.get("models", {}).items()}
    for name, section in more.get("models", {}).items():
        sections[name] = over(sections.get(name, {}), section)
    return {**over(base, common), "models": {name: section for name, section in sections.items() if section}}


def over(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What both say; where they differ, the second."""
    result = without(base, more)
    for key, value in more.items():
        if key == "time":
            result[key] = over(result.get(key, {}), value)
        else:
            result[key] = {**result.get(key, {}), **value} if key in _MERGED else value
    return result


def without(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """What the first says and the second does not speak of. To set a number and to multiply it is to speak of the same."""
    numbers = {*more.get("settings", {}), *more.get("multiply", {})}
    result: dict[str, Any] = {}
    for key, value in base.items():
        if key == "time":
            value = without(value, more.get(key, {}))
        elif key in _MERGED:
            spoken_of = numbers if key in ("settings", "multiply") else more.get(key, {})
            value = {name: one for name, one in value.items() if name not in spoken_of}
        elif key in more:
            continue
        if value not in ({}, None):
            result[key] = value
    return result
