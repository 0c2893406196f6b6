"""Merges a scenario with the one that it extends.

Scenarios are given as plain mappings of the fields that they state (`Changes.stated`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MERGED = ("settings", "multiply", "rates", "shares", "month")
"""The fields that are mappings and are merged key by key; `time` is merged field by field, and other fields are replaced whole."""


def inherited(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario `more`, with everything that it does not state taken from `base`.

    What `more` states for all models takes precedence over what `base` states for a single model.

    >>> inherited({"anomaly_rate": 0.1, "rates": {"late": 0.2}}, {"rates": {"lost": 0.3}})
    {'anomaly_rate': 0.1, 'rates': {'late': 0.2, 'lost': 0.3}, 'models': {}}
    """
    common = {key: value for key, value in more.items() if key not in ("models", "extends")}
    sections = {name: without(section, common) for name, section in base.get("models", {}).items()}
    for name, section in more.get("models", {}).items():
        sections[name] = over(sections.get(name, {}), section)
    return {**over(base, common), "models": {name: section for name, section in sections.items() if section}}


def over(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of both; where they conflict, those of `more`."""
    result = without(base, more)
    for key, value in more.items():
        if key == "time":
            result[key] = over(result.get(key, {}), value)
        else:
            result[key] = {**result.get(key, {}), **value} if key in _MERGED else value
    return result


def without(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The changes in `base` that `more` leaves alone. Setting a number and multiplying it count as changes of the same thing."""
    numbers = {*more.get("settings", {}), *more.get("multiply", {})}
    result: dict[str, Any] = {}
    for key, value in base.items():
        if key == "time":
            value = without(value, more.get(key, {}))
        elif key in _MERGED:
            changed = numbers if key in ("settings", "multiply") else more.get(key, {})
            value = {name: content for name, content in value.items() if name not in changed}
        elif key in more:
            continue
        if value not in ({}, None):
            result[key] = value
    return result
