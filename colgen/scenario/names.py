"""Which names a scenario uses that no model knows. It is given the models, and finds none by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from colgen.errors import one_of

if TYPE_CHECKING:
    from colgen.declare.model import Model
    from colgen.scenario.yaml import KeyPath

_NAMED = ("settings", "multiply", "rates", "shares", "anomaly_mix")
"""The keys whose own keys are names that only a model knows."""


class FindModel(Protocol):
    """Gives a model by its name."""

    def __call__(self, name: str) -> Model: ...


@dataclass(frozen=True)
class KnownModels:
    """The models whose names may be used.

    shipped : the names of those that are found when they are needed
    find : finds one of them
    given : those at hand, which are looked at first
    """

    shipped: Sequence[str]
    find: FindModel
    given: Sequence[Model] = ()

    def everywhere(self) -> list[Model]:
        """All of them."""
        return [*self.given, *map(self.find, self.shipped)]


def readable(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The part of a file's values in which names can be looked up, whatever else is wrong with them."""
    names = {key: _words(values.get(key)) for key in (*_NAMED, "time")}
    names["shares"] = {name: words for name, value in names["shares"].items() if (words := _words(value))}
    models = {name: readable(section) for name, section in _words(values.get("models")).items() if isinstance(section, dict)}
    return {**names, "anomaly_rate": values.get("anomaly_rate"), "models": models}


def _words(value: Any) -> dict[str, Any]:
    return {key: content for key, content in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def wrong_names(stated: Mapping[str, Any], models: KnownModels, only: Model | None = None) -> Iterator[tuple[KeyPath, str]]:
    """Names that no model has; and in the sections for single models, those that this one does not have. Each with what would be right.

    only : look into no other model's section
    """
    common = {key: value for key, value in stated.items() if key != "models"}
    uses_names = any(common.get(key) for key in _NAMED)
    if uses_names and (not models.given or any(path[0] in _NAMED for path, _ in unknown_names(common, models.given))):
        yield from ((path, message) for path, message in unknown_names(common, models.everywhere()) if path[0] in _NAMED)
    for name, section in stated.get("models", {}).items():
        model = next((model for model in models.given if model.name == name), None)
        if only is not None and model is None:
            continue
        if model is None and name not in models.shipped:
            if get_close_matches(name, models.shipped, cutoff=0.88):  # otherwise it is a user's own model
                yield ("models", name), f"there is no such model; {one_of(name, models.shipped)}"
            continue
        for path, message in unknown_names(section, [model or models.find(name)], name):
            yield ("models", name, *path), message


def unknown_names(changes: Mapping[str, Any], models: Sequence[Model], whose: str = "") -> Iterator[tuple[KeyPath, str]]:
    """Names that none of the models has, each with what would be right.

    whose : the name of the model, where it is one
    """
    settings = {name for model in models for volume in model.volumes.values() for name in volume}
    known = {
        "settings": ("setting", settings),
        "multiply": ("setting", settings),
        "rates": ("rate", {name for model in models for name in model.rates}),
        "shares": ("group of shares", {name for model in models for name in model.shares}),
        "anomaly_mix": ("kind of anomaly", {kind for model in models for kind in model.anomalies}),
    }
    for key, (kind, names) in known.items():
        for name in changes.get(key, {}):
            if name not in names:
                start = f"model {whose} has no {kind}" if whose else f"no model has a {kind}"
                yield (key, name), f"{start} {name!r}; {one_of(name, sorted(names))}"
    for name, words in changes.get("shares", {}).items():
        groups = [set(model.shares[name]) for model in models if name in model.shares]
        if groups and not any(words.keys() <= group for group in groups):
            valid = sorted(set().union(*groups))
            word = next((word for word in words if word not in valid), next(iter(words)))
            yield ("shares", name, word), f"{word!r} is not one of its words; {one_of(word, valid)}"
    if changes.get("anomaly_rate") and not any(model.anomalies for model in models):
        yield ("anomaly_rate",), "the model has no anomalies"
    if "holiday" in changes.get("time", {}) and not any(model.calendar.country for model in models):
        yield ("time", "holiday"), "the model's calendar names no country, so it has no holidays"
