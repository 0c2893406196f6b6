"""Scenarios: how data differs from a model's everyday. Each is a small file, which may extend another.

A `Scenario` states what differs; `Conditions` are the resulting numbers for one model.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ValidationError

from colgen.declare.arguments import shown
from colgen.declare.calendar import MOST_DAYS, Burst
from colgen.declare.conditions import Conditions, Phase
from colgen.declare.find import BUILT_IN, find_model
from colgen.draws.numbers import is_whole
from colgen.errors import RequestError, one_of
from colgen.scenario.fields import MISSING, Changes, FreeText, Name, as_mapping, explained
from colgen.scenario.inherit import inherited, over
from colgen.scenario.names import KnownModels, readable, unknown_names, wrong_names

if TYPE_CHECKING:  # the YAML reader is loaded only when there is a file to read
    from colgen.declare.model import Model
    from colgen.scenario.yaml import Document

_PACKAGE = Path(__file__).parents[1]
_FOLDER = next(folder for folder in (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios") if (folder / "normal-ops.yaml").is_file())
"""The folder of the shipped scenarios: inside the package when it is installed, beside it in a checkout."""

SCENARIOS = tuple(sorted((path.stem for path in _FOLDER.glob("*.yaml")), key=lambda name: (name != "normal-ops", name)))
"""The names of the scenarios that ship with colgen, starting with the everyday one."""

_LONGEST_CHAIN = 20


class Scenario(Changes):
    """How data differs from a model's everyday.

    The fields of `Changes` apply to every model that defines the names in them; `models` has a section for each single model, which takes
    precedence for that model and has no effect on others.

    name : letters of any kind, at most 100
    description : a sentence for people
    extends : the scenario from which everything is taken that this one does not state
    models : changes for single models, by the model's name
    """

    name: Name
    description: FreeText = ""
    extends: FreeText | None = None
    models: Annotated[dict[FreeText, Changes], BeforeValidator(as_mapping)] = {}

    def __init__(self, **fields: Any) -> None:
        """Raises RequestError for an invalid value."""
        from colgen.scenario.yaml import prefix

        try:
            super().__init__(**fields)
        except ValidationError as error:
            path, message = next(explained(error, Scenario))
            raise RequestError(f"scenario {shown(fields.get('name', ''))}: {prefix(path)}{message}") from None

    # for pydantic: what is read from a file is validated as a whole, without this
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def read(cls, name: str | Path, model: Model | None = None) -> Scenario:
        """Reads a scenario, merged with those that it extends.

        name : the name of a shipped scenario, or the path of a YAML file
        model : a model of the user's own, whose names the file may use like those of the shipped models

        Raises RequestError if there is no such scenario, or for the first error in its file.

        >>> Scenario.read("peak-season").anomaly_rate
        0.15
        """
        if not isinstance(name, str | Path):
            raise RequestError(f"scenario {shown(name)}: give the name of one that ships with colgen, or the path of a file")
        _require_model(model)
        chain = _chain(_path(name))
        messages = _problems(chain, model) if str(name) not in SCENARIOS else [text for document in chain for text in document.messages]
        if messages:
            more = f" (and {len(messages) - 1} more: colgen validate {name} shows them)" if len(messages) > 1 else ""
            raise RequestError(messages[0] + more)
        merged: dict[str, Any] = {}
        for document in reversed(chain):
            merged = inherited(merged, cls.model_validate(document.values).stated())
        return cls.model_validate(merged)

    def derive(self, name: str, **changes: Any) -> Scenario:
        """A copy of this scenario with a new name and some changes.

        changes : fields of the scenario; other keywords are settings of the volume

        Raises RequestError for an invalid value.

        >>> mine = Scenario.read("normal-ops").derive("my-scenario", anomaly_rate=0.15, orders_per_day=100)
        >>> mine.anomaly_rate, mine.settings
        (0.15, {'orders_per_day': 100})
        """
        from colgen.scenario.yaml import prefix

        fields = [field for field in Scenario.model_fields if field not in ("name", "extends")]
        values = {key: value for key, value in changes.items() if key in fields}
        settings = {key: value for key, value in changes.items() if key not in fields}
        if settings:
            values["settings"] = {**values.get("settings", {}), **settings}
        try:
            more = Scenario.model_validate({**values, "name": name})
        except ValidationError as error:
            path, message = next(explained(error, Scenario))
            if path[:1] == ("settings",) and path[-1] in settings:
                message = f"{message}; or, if a field of the scenario was meant: {one_of(str(path[-1]), fields)}"
            raise RequestError(f"scenario {shown(name)}: {prefix(path)}{message}") from None
        return Scenario.model_validate(inherited(self.stated(), more.stated()))

    def conditions(self, model: Model) -> Conditions:
        """The numbers that result for a model, where the scenario changes the model's own.

        Raises RequestError if the section for the model uses names that the model does not define, or another part names that no model does.
        """
        _require_model(model, optional=False)
        changes = self._changes_for(model)
        time = dict(changes.get("time", {}))
        outages = tuple(Burst(outage["from"], outage["days"], 0.0) for outage in time.pop("outages", ()))
        phases = tuple(
            Phase(Burst(phase["from"], phase.get("days", MOST_DAYS), 1.0, phase["spread"]), phase["rates"])
            for phase in time.pop("phases", ())
        )
        if "bursts" in time:
            time["bursts"] = tuple(Burst(burst["from"], burst["days"], burst["times"], burst["spread"]) for burst in time["bursts"])
        own = model.conditions
        return dataclasses.replace(
            own,
            name=self.name,
            rates={**own.rates, **changes.get("rates", {})},
            shares={name: _complete(changes.get("shares", {}).get(name), words) for name, words in own.shares.items()},
            anomaly_rate=changes.get("anomaly_rate", 0.0),
            anomaly_mix=_complete(changes.get("anomaly_mix"), own.anomaly_mix),
            calendar=dataclasses.replace(own.calendar, **time),
            outages=outages,
            phases=phases,
            time=time,
        )

    def defects_for(self, model: Model) -> dict[str, float]:
        """The share of each kind of defect under this scenario; empty for none."""
        return dict(self._changes_for(model).get("defects", {}))

    @property
    def has_defects(self) -> bool:
        """Whether it states shares of defects, for all models or for one."""
        return any(changes.defects is not None for changes in (self, *self.models.values()))

    def settings_for(self, model: Model, volume_settings: Mapping[str, int]) -> dict[str, int]:
        """A volume's settings under this scenario: multiplied first (what was at least 1 stays at least 1), then replaced."""
        _require_model(model, optional=False)
        if not isinstance(volume_settings, Mapping) or not all(map(is_whole, volume_settings.values())):
            raise RequestError(f"scenario {self.name}: {shown(volume_settings)} are not a volume's settings")
        changes = self._changes_for(model)
        chosen = dict(volume_settings)
        for name, factor in changes.get("multiply", {}).items():
            if name in chosen:
                chosen[name] = max(min(1, chosen[name]), round(chosen[name] * factor))
        return {**chosen, **{name: value for name, value in changes.get("settings", {}).items() if name in chosen}}

    def _changes_for(self, model: Model) -> dict[str, Any]:
        """The changes for all models, without names that this model does not define, overridden by the section for it."""
        self.check_names(model)
        common = self.stated()
        own = common.pop("models", {}).get(model.name, {})
        unknown = {path for path, _ in unknown_names(common, [model])}
        for kind in ("settings", "multiply", "rates", "shares"):
            names = {path[1] for path in unknown if path[0] == kind}
            common[kind] = {name: value for name, value in common.get(kind, {}).items() if name not in names}
        mix = {kind: share for kind, share in common.pop("anomaly_mix", {}).items() if kind in model.anomalies}
        if any(mix.values()):  # the share of kinds that this model does not have goes to those that it has, in proportion
            common["anomaly_mix"] = {kind: share / math.fsum(mix.values()) for kind, share in mix.items()}
        if ("anomaly_rate",) in unknown:
            del common["anomaly_rate"]
        if ("time", "holiday") in unknown:
            common["time"] = {key: value for key, value in common["time"].items() if key != "holiday"}
        return over(common, own)

    def check_names(self, model: Model) -> None:
        """Raises RequestError if the section for the model uses a name that it does not define, or another part one that no model does."""
        from colgen.scenario.yaml import prefix

        for path, message in wrong_names(self.stated(), _known([model]), model):
            raise RequestError(f"scenario {self.name}: {prefix(path)}{message}")


def _require_model(model: Any, optional: bool = True) -> None:
    from colgen.declare.model import Model

    if not isinstance(model, Model) and not (optional and model is None):
        raise RequestError(f"{shown(model)} is not a Model")


def _known(given: Sequence[Model]) -> KnownModels:
    return KnownModels(BUILT_IN, find_model, given)


def problems(name: str | Path, model: Model | None = None) -> list[str]:
    """All errors in a scenario and in those that it extends, each as `FILE:LINE: key 'rates.overdue': what is wrong, what is valid`.

    model : a model of the user's own, whose names the file may use like those of the shipped models
    """
    return _problems(_chain(_path(name)), model)


def lineage(name: str | Path) -> list[str]:
    """The scenario's name, followed by the names of those that it extends, the nearest first."""
    return [document.values["name"] for document in _chain(_path(name))]


def _path(name: str | Path, beside: Path | None = None) -> Path:
    """The file of a scenario. A relative path is resolved against `beside`, the folder of the file that names it."""
    if str(name) in SCENARIOS:
        return _FOLDER / f"{name}.yaml"
    if not str(name).endswith((".yaml", ".yml")):
        raise RequestError(f"there is no scenario {str(name)!r}; {one_of(str(name), SCENARIOS)}; or give the path of a .yaml file")
    return Path(name) if beside is None else beside / name


def _chain(path: Path) -> list[Document]:
    """A file and those that it extends, the nearest first, as far as they can be found. Unknown names in them are not yet reported."""
    from colgen.scenario.yaml import read

    documents: list[Document] = []
    while True:
        document = read(path)
        documents.append(document)
        if document.values or not document.errors:  # a file that says nothing is a scenario that changes nothing
            document.values.setdefault("name", path.stem)
            _check_values(document)
        base = document.values.get("extends")
        if not isinstance(base, str):
            return documents
        try:
            path = _path(base, path.parent)
        except RequestError as error:
            document.add_error(("extends",), str(error))
            return documents
        if not _is_file(path):
            document.add_error(("extends",), f"there is no file {str(path)!r}")
            return documents
        known = [earlier.path.resolve() for earlier in documents]
        if path.resolve() in known:
            circle = [earlier.path.name for earlier in documents[known.index(path.resolve()) :]]
            document.add_error(("extends",), f"circular extends: {' → '.join([*circle, circle[0]])}")
            return documents
        if len(documents) == _LONGEST_CHAIN:
            document.add_error(("extends",), f"the chain of extends is longer than {_LONGEST_CHAIN} scenarios")
            return documents


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _check_values(document: Document) -> None:
    refused = [path for _, path, _ in document.errors]
    try:
        Scenario.model_validate(document.values)
    except ValidationError as error:
        for path, message in explained(error, Scenario):
            within = any(len(inner) > len(path) and inner[: len(path)] == path for inner in refused)
            if not within and not (message == MISSING and path in refused):  # a refused value is absent, but its key was given
                document.add_error(path, message)


def _problems(chain: Sequence[Document], model: Model | None) -> list[str]:
    for document in chain:
        if document.path.parent != _FOLDER or document is chain[0]:
            for path, message in wrong_names(readable(document.values), _known([model] if model else [])):
                document.add_error(path, message)
    return [text for document in chain for text in document.messages]


def _complete(given: Mapping[str, float] | None, own: Mapping[str, float]) -> dict[str, float]:
    """A share for each word of the model: the given ones, with 0 for words that are not named; or the model's own, if none are given."""
    return dict(own) if given is None else {word: given.get(word, 0.0) for word in own}
