"""Finds names in a scenario that no model defines. The models are given by the caller; nothing is loaded from here."""

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
"""The fields whose keys are names that a model defines."""


class FindModel(Protocol):
    """Finds a model by its name."""

    def __call__(self, name: str) -> Model: ...


@dataclass(frozen=True)
class KnownModels:
    """The models whose names a scenario may use.

    shipped : names of models that are loaded only when they are needed
    find : loads one of them
    given : models that are loaded already; they are searched first
    """

    shipped: Sequence[str]
    find: FindModel
    given: Sequence[Model] = ()

    def everywhere(self) -> list[Model]:
        """All models, those that are loaded already first."""
        return [*self.given, *map(self.find, self.shipped)]


def readable(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The part of a file's values in which names can be looked up, even if other values are invalid."""
    names = {key: _by_name(values.get(key)) for key in (*_NAMED, "time")}
    names["shares"] = {name: words for name, value in names["shares"].items() if (words := _by_name(value))}
    models = {name: readable(section) for name, section in _by_name(values.get("models")).items() if isinstance(section, dict)}
    return {**names, "anomaly_rate": values.get("anomaly_rate"), "models": models}


def _by_name(value: Any) -> dict[str, Any]:
    """The items of a mapping whose keys are text; none if it is not a mapping."""
    return {key: content for key, content in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def wrong_names(stated: Mapping[str, Any], models: KnownModels, only: Model | None = None) -> Iterator[tuple[KeyPath, str]]:
    """Unknown names in a scenario: the path to each, and a message that suggests valid ones.

    A name that is used for all models is unknown if no model defines it; in the section for one model, if that model does not define it.

    stated : the fields that the scenario states
    only : check the section of this model alone
    """
    common = {key: value for key, value in stated.items() if key != "models"}
    uses_names = any(common.get(key) for key in _NAMED) or bool(common.get("time", {}).get("phases"))
    if uses_names and (not models.given or any(map(_is_of_a_name, unknown_names(common, models.given)))):
        yield from filter(_is_of_a_name, unknown_names(common, models.everywhere()))
    for name, section in stated.get("models", {}).items():
        model = next((model for model in models.given if model.name == name), None)
        if only is not None and model is None:
            continue
        if model is None and name not in models.shipped:
            if get_close_matches(name, models.shipped, cutoff=0.88):  # if it is not similar, it is a model of the user's own
                yield ("models", name), f"unknown model; {one_of(name, models.shipped)}"
            continue
        for path, message in unknown_names(section, [model or models.find(name)], name):
            yield ("models", name, *path), message


def _is_of_a_name(unknown: tuple[KeyPath, str]) -> bool:
    """Whether what is unknown is a name that a model defines, rather than something that a model does not have."""
    path, _ = unknown
    return path[0] in _NAMED or path[:2] == ("time", "phases")


def unknown_names(changes: Mapping[str, Any], models: Sequence[Model], whose: str = "") -> Iterator[tuple[KeyPath, str]]:
    """Names that none of the models defines: the path to each, and a message that suggests valid ones.

    whose : the name of the model, if there is only one
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
    for number, phase in enumerate(changes.get("time", {}).get("phases", ())):
        for name in phase.get("rates", {}) if isinstance(phase, Mapping) else ():
            if name not in known["rates"][1]:
                start = f"model {whose} has no rate" if whose else "no model has a rate"
                yield ("time", "phases", number, "rates", name), f"{start} {name!r}; {one_of(name, sorted(known['rates'][1]))}"
    if changes.get("anomaly_rate") and not any(model.anomalies for model in models):
        yield ("anomaly_rate",), "the model has no anomalies"
    if "holiday" in changes.get("time", {}) and not any(model.calendar.country for model in models):
        yield ("time", "holiday"), "the model's calendar names no country, so it has no holidays"
