"""A scenario: what differs from the everyday of a model. It is a small file, and may extend another.

`Scenario` says what differs, `Conditions` what that comes to for one model.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ValidationError

from colgen.errors import RequestError, one_of
from colgen.scenario_fields import MISSING, Changes, Name, TimeProfile, Words, inherited, mistakes, over, some

if TYPE_CHECKING:  # YAML's reader is loaded when there is something to read
    from colgen.calendar import Burst, Calendar
    from colgen.model import Model
    from colgen.scenario_file import Document, Place

__all__ = ["SCENARIOS", "Changes", "Conditions", "Scenario", "TimeProfile", "check_names", "lineage", "problems"]

_HERE = Path(__file__).parent
_FOLDER = next((one for one in (_HERE / "scenarios", _HERE.parent / "scenarios") if (one / "normal-ops.yaml").is_file()), _HERE)
"""Where the shipped ones are: within the package once it is installed, beside it in a checkout."""

SCENARIOS = tuple(sorted((path.stem for path in _FOLDER.glob("*.yaml")), key=lambda name: (name != "normal-ops", name)))
"""The names of the scenarios that ship with colgen, the everyday one first."""

_NAMED = ("settings", "multiply", "rates", "shares", "anomaly_mix")
"""The keys below which stand names that only a model knows."""
_LONGEST = 20


@dataclass(frozen=True)
class Conditions:
    """What a scenario comes to for one model: nothing is left open.

    anomaly_mix : a share for each of the model's kinds of anomalies
    outages : days on which nothing goes out
    time : the fields of a calendar that it changes
    """

    name: str
    rates: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    anomaly_rate: float
    anomaly_mix: Mapping[str, float]
    calendar: Calendar
    outages: tuple[Burst, ...] = ()
    time: Mapping[str, Any] = field(default_factory=dict)

    def over(self, calendar: Calendar) -> Calendar:
        """A calendar with what the scenario says of time."""
        return dataclasses.replace(calendar, **self.time)

    @classmethod
    def of(cls, model: Model) -> Conditions:
        """The model's own, under no scenario."""
        return cls("", model.rates, model.shares, 0.0, model.anomalies, model.calendar)


class Scenario(Changes):
    """What differs from the everyday: for every model that knows the names, and in `models` for one model alone.

    What is said for a model goes before what is said for all; what is meant for another model is without effect.
    """

    name: Name
    description: Words = ""
    extends: Words | None = None
    models: Annotated[dict[Words, Changes], BeforeValidator(some)] = {}

    @classmethod
    def load(cls, name: str | Path, model: Model | None = None) -> Scenario:
        """A scenario that ships with colgen by its name, or one's own by the path of its file; what it extends is worked in.

        Raises RequestError for a name that is neither, and for mistakes in the file.

        model : one of your own, whose names the file may use as those of the shipped models

        >>> Scenario.load("peak-season").anomaly_rate
        0.15
        """
        chain = _chain(_path(name))
        wrong = _problems(chain, model) if str(name) not in SCENARIOS else [one for document in chain for one in document.mistakes]
        if wrong:
            more = f" (and {len(wrong) - 1} more: colgen validate {name} shows them)" if len(wrong) > 1 else ""
            raise RequestError(wrong[0] + more)
        merged: dict[str, Any] = {}
        for document in reversed(chain):
            merged = inherited(merged, cls.model_validate(document.values).stated())
        return cls.model_validate(merged)

    def derive(self, name: str, **changes: Any) -> Scenario:
        """A scenario like this one but for some changes: a keyword that is no field is a setting. Raises RequestError for a wrong one.

        >>> mine = Scenario.load("normal-ops").derive("my-scenario", anomaly_rate=0.15, orders_per_day=100)
        >>> mine.anomaly_rate, mine.settings
        (0.15, {'orders_per_day': 100})
        """
        from colgen.scenario_file import named

        fields = [field for field in Scenario.model_fields if field not in ("name", "extends")]
        values = {key: value for key, value in changes.items() if key in fields}
        settings = {key: value for key, value in changes.items() if key not in fields}
        if settings:
            values["settings"] = {**values.get("settings", {}), **settings}
        try:
            more = Scenario.model_validate({**values, "name": name})
        except ValidationError as error:
            place, says = next(mistakes(error, Scenario))
            if place[:1] == ("settings",) and place[-1] in settings:
                says = f"{says}; or it is no setting: {one_of(str(place[-1]), fields)}"
            raise RequestError(f"scenario {name}: {named(place)}{says}") from None
        return Scenario.model_validate(inherited(self.stated(), more.stated()))

    def conditions(self, model: Model) -> Conditions:
        """What it comes to for a model, over the model's own numbers. Raises RequestError for names that the model does not have."""
        from colgen.calendar import Burst

        found = self._meant_for(model)
        time = dict(found.get("time", {}))
        outages = tuple(Burst(one["from"], one["days"], 0.0) for one in time.pop("outages", ()))
        if "bursts" in time:
            time["bursts"] = tuple(Burst(one["from"], one["days"], one["times"], one["spread"]) for one in time["bursts"])
        own = Conditions.of(model)
        return dataclasses.replace(
            own,
            name=self.name,
            rates={**own.rates, **found.get("rates", {})},
            shares={name: _whole(found.get("shares", {}).get(name), words) for name, words in own.shares.items()},
            anomaly_rate=found.get("anomaly_rate", 0.0),
            anomaly_mix=_whole(found.get("anomaly_mix"), own.anomaly_mix),
            calendar=dataclasses.replace(own.calendar, **time),
            outages=outages,
            time=time,
        )

    def settings_for(self, model: Model, volume_settings: Mapping[str, int]) -> dict[str, int]:
        """A volume's settings under this scenario: multiplied (what was at least 1 stays so), then those that are given outright."""
        found = self._meant_for(model)
        chosen = dict(volume_settings)
        for name, factor in found.get("multiply", {}).items():
            if name in chosen:
                chosen[name] = max(min(1, chosen[name]), round(chosen[name] * factor))
        return {**chosen, **{name: value for name, value in found.get("settings", {}).items() if name in chosen}}

    def _meant_for(self, model: Model) -> dict[str, Any]:
        """What is said for all models as far as this one knows the names, and over it what is said for it alone."""
        check_names(self, model)
        common = self.stated()
        own = common.pop("models", {}).get(model.name, {})
        strange = {place for place, _ in _strangers(common, [model])}
        for kind in ("settings", "multiply", "rates", "shares"):
            names = {place[1] for place in strange if place[0] == kind}
            common[kind] = {name: value for name, value in common.get(kind, {}).items() if name not in names}
        mix = {kind: share for kind, share in common.pop("anomaly_mix", {}).items() if kind in model.anomalies}
        if any(mix.values()):  # the kinds that this model does not have are shared out among those it has
            common["anomaly_mix"] = {kind: share / math.fsum(mix.values()) for kind, share in mix.items()}
        if ("anomaly_rate",) in strange:
            del common["anomaly_rate"]
        if ("time", "holiday") in strange:
            common["time"] = {key: value for key, value in common["time"].items() if key != "holiday"}
        return over(common, own)


def check_names(scenario: Scenario, model: Model) -> None:
    """Raises RequestError for a name that the model does not have, in its own section; and for one that no model has at all."""
    from colgen.scenario_file import named

    says = next(_wrong_names(scenario.stated(), [model], model), None)
    if says is not None:
        raise RequestError(f"scenario {scenario.name}: {named(says[0])}{says[1]}")


def problems(path: str | Path, model: Model | None = None) -> list[str]:
    """All mistakes of a scenario's file and of those it extends, each as `FILE:LINE: key 'rates.overdue': what would be right`.

    model : one of your own, whose names the file may use as those of the shipped models
    """
    return _problems(_chain(Path(path)), model)


def lineage(name: str | Path) -> list[str]:
    """The scenario's name, and after it the name of each that it extends, the nearest first."""
    return [document.values["name"] for document in _chain(_path(name))]


def _path(name: str | Path, beside: Path | None = None) -> Path:
    """The file of a scenario; a path is one from the folder of the file that names it."""
    if str(name) in SCENARIOS:
        return _FOLDER / f"{name}.yaml"
    if not str(name).endswith((".yaml", ".yml")):
        raise RequestError(f"there is no scenario {str(name)!r}; {one_of(str(name), SCENARIOS)}; or give the path of a .yaml file")
    return Path(name) if beside is None else beside / name


def _chain(path: Path) -> list[Document]:
    """A file and those it extends, the nearest first, as far as they can be found; each with its mistakes but for unknown names."""
    from colgen.scenario_file import read

    documents: list[Document] = []
    while True:
        document = read(path)
        documents.append(document)
        if document.values:
            document.values.setdefault("name", path.stem)
            _check_values(document)
        base = document.values.get("extends")
        if not isinstance(base, str):
            return documents
        try:
            path = _path(base, path.parent)
        except RequestError as error:
            document.blame(("extends",), str(error))
            return documents
        if not _is_file(path):
            document.blame(("extends",), f"there is no file {str(path)!r}")
            return documents
        known = [one.path.resolve() for one in documents]
        if path.resolve() in known:
            circle = [one.path.name for one in documents[known.index(path.resolve()) :]]
            document.blame(("extends",), f"scenarios extend one another in a circle: {' → '.join([*circle, circle[0]])}")
            return documents
        if len(documents) == _LONGEST:
            document.blame(("extends",), f"more than {_LONGEST} scenarios extend one another")
            return documents


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _check_values(document: Document) -> None:
    blamed = [place for _, place, _ in document.wrong]
    try:
        Scenario.model_validate(document.values)
    except ValidationError as error:
        for place, says in mistakes(error, Scenario):
            refused = any(len(one) > len(place) and one[: len(place)] == place for one in blamed)
            if not refused and not (says == MISSING and place in blamed):  # what was refused is not there, but is not missing
                document.blame(place, says)


def _problems(chain: Sequence[Document], model: Model | None) -> list[str]:
    for document in chain:
        if document.path.parent != _FOLDER or document is chain[0]:
            for place, says in _wrong_names(_readable(document.values), [model] if model else []):
                document.blame(place, says)
    return [says for document in chain for says in document.mistakes]


def _readable(values: Mapping[Any, Any]) -> dict[str, Any]:
    """The part of a file's values in which names can be looked up, whatever else is wrong with them."""
    found = {key: _words(values.get(key)) for key in (*_NAMED, "time")}
    found["shares"] = {name: words for name, value in found["shares"].items() if (words := _words(value))}
    models = {name: _readable(section) for name, section in _words(values.get("models")).items() if isinstance(section, dict)}
    return {**found, "anomaly_rate": values.get("anomaly_rate"), "models": models}


def _words(value: Any) -> dict[str, Any]:
    return {key: one for key, one in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def _wrong_names(stated: Mapping[str, Any], first: Sequence[Model], only: Model | None = None) -> Iterator[tuple[Place, str]]:
    """Names that no model has, of some or of those that ship with colgen, and in sections for models those that it does not have.

    only : look into no other model's section
    """
    from colgen.model import BUILT_IN, load

    common = {key: value for key, value in stated.items() if key != "models"}
    named_at_all = any(common.get(key) for key in _NAMED)
    if named_at_all and (not first or any(place[0] in _NAMED for place, _ in _strangers(common, first))):
        shipped = [load(name) for name in BUILT_IN]
        yield from (one for one in _strangers(common, [*first, *shipped]) if one[0][0] in _NAMED)
    for name, section in stated.get("models", {}).items():
        model = next((one for one in first if one.name == name), None)
        if only is not None and model is None:
            continue
        if model is None and name not in BUILT_IN:
            if get_close_matches(name, BUILT_IN, cutoff=0.88):  # or else it is a model of one's own
                yield ("models", name), f"there is no such model; {one_of(name, BUILT_IN)}"
            continue
        found = model or load(name)
        for place, says in _strangers(section, [found], name):
            yield ("models", name, *place), says


def _strangers(changes: Mapping[str, Any], models: Sequence[Model], whose: str = "") -> Iterator[tuple[Place, str]]:
    """What none of the models knows, and says so: by the one model's name, or of all."""
    settings = {name for model in models for volume in model.volumes.values() for name in volume}
    known = {
        "settings": ("setting", settings),
        "multiply": ("setting", settings),
        "rates": ("rate", {name for model in models for name in model.rates}),
        "shares": ("group of shares", {name for model in models for name in model.shares}),
        "anomaly_mix": ("kind of anomaly", {kind for model in models for kind in model.anomalies}),
    }
    for key, (what, names) in known.items():
        for name in changes.get(key, {}):
            if name not in names:
                begin = f"model {whose} has no {what}" if whose else f"no model has a {what}"
                yield (key, name), f"{begin} {name!r}; {one_of(name, sorted(names))}"
    for name, words in changes.get("shares", {}).items():
        groups = [set(model.shares[name]) for model in models if name in model.shares]
        if groups and not any(words.keys() <= group for group in groups):
            right = sorted(set().union(*groups))
            word = next((one for one in words if one not in right), next(iter(words)))
            yield ("shares", name, word), f"{word!r} is none of its words; {one_of(word, right)}"
    if changes.get("anomaly_rate") and not any(model.anomalies for model in models):
        yield ("anomaly_rate",), "the model knows no anomalies"
    if "holiday" in changes.get("time", {}) and not any(model.calendar.country for model in models):
        yield ("time", "holiday"), "the model's calendar names no country, and so knows no holidays"


def _whole(given: Mapping[str, float] | None, own: Mapping[str, float]) -> dict[str, float]:
    """A share for each word of the model's: those given, or its own."""
    return dict(own) if given is None else {word: given.get(word, 0.0) for word in own}
