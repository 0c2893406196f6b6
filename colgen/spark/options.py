"""The options of a read, which are texts: those of `colgen.build` that say which data it is, read and refused as there."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from colgen.arguments import READERS, name, numeral, read, whole_number
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.engines.sent import Sent
from colgen.errors import RequestError, one_of
from colgen.generate.generation import Generation
from colgen.generate.spec import Spec
from colgen.targets.manifest import Origin

TABLE = "path"
"""The option that `load(…)` sets: the name of the table."""

_SETTING = "settings."
_NUMBERS = ("scale", "seed")
_OF_BUILD = ("model", "volume", "scale", "seed", "scenario", "first_day", "last_day")
_OWN = ("columns", "limit")
_INSTEAD = {
    "tables": "load(…) names the table",
    "settings": f"give each by its name, such as {_SETTING}customers",
    "target_size": "it is about files; scale= makes more or fewer rows",
    "schema": "it is about databases; columns= chooses columns",
}
"""What to give in place of an argument of `colgen.build` that is not an option here."""


@dataclass(frozen=True)
class Planned:
    """A spec with its model's generation. It is sent as what these are made from, which is the same for each table of a request."""

    spec: Spec
    generation: Generation

    def __reduce__(self) -> tuple[Callable[[str, bytes], Planned], tuple[str, bytes]]:
        """It is pickled with the versions that its values depend on."""
        return _unpickled, (Origin.here(self.spec, self.generation).model_dump_json(), pickle.dumps(self.generation.model))


def _unpickled(origin: str, model: bytes) -> Planned:
    """RequestError where the values made here would differ. NumPy and PyArrow give the same ones in every version."""
    request = Origin.model_validate_json(origin)
    generation = request.spec.generation(pickle.loads(model))
    request.refuse_other_versions({"colgen", "data version", *generation.libraries})
    return Planned(request.spec, generation)


@dataclass(frozen=True)
class TableRequest:
    """A table that is to be read.

    sent : the request that it is a table of
    columns : those that are asked for, in this order
    limit : how many rows at most, the first ones; all if None
    """

    sent: Sent[Planned]
    table: str
    columns: tuple[str, ...]
    limit: int | None

    @property
    def spec(self) -> Spec:
        return self.sent.value.spec

    @property
    def generation(self) -> Generation:
        """Of which each process makes one. RequestError where another version of colgen would make other values."""
        return self.sent.value.generation


def read_options(options: Mapping[str, str]) -> TableRequest:
    """What the options ask for.

    options : texts by name; names are read without regard to case, as Spark's are

    Raises RequestError for an option that does not exist or whose value is not valid.
    """
    given = {key.lower(): value for key, value in options.items()}
    _refuse_unknown(given)
    values = {key: read(key, READERS[key], numeral(given[key]) if key in _NUMBERS else given[key]) for key in _OF_BUILD if key in given}
    model = find_model(values.pop("model", "invoicing"))
    settings = {_setting(key, model.settings): text for key, text in given.items() if key.startswith(_SETTING)}
    spec = Spec.of(model, settings=settings, **values)
    generation = spec.generation(model)
    table = _table(given, model, spec.tables)
    limit = read("limit", whole_number(0), numeral(given["limit"])) if "limit" in given else None
    return TableRequest(Sent.of(Planned(spec, generation)), table.name, _columns(given.get("columns"), table), limit)


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = (*_OF_BUILD, *_OWN, TABLE, "paths")
    for option in given:
        if option in known or (option.startswith(_SETTING) and option != _SETTING):
            continue
        if option in _INSTEAD:
            raise RequestError(f"there is no option {option!r} here: {_INSTEAD[option]}")
        if option in READERS:
            raise RequestError(f"option {option!r} means nothing for a DataFrame: what becomes of its rows is up to Spark")
        raise RequestError(f"there is no option {option!r}; {one_of(option, (*_OF_BUILD, *_OWN, f'{_SETTING}NAME'))}")


def _setting(option: str, names: Iterable[str]) -> str:
    """The setting that an option means. Spark gives its name in small letters; a name that does not exist is refused where all are."""
    asked = option.removeprefix(_SETTING)
    return next((name for name in names if name.lower() == asked), asked)


def _table(given: Mapping[str, str], model: Model, tables: Iterable[str]) -> TableInfo:
    if TABLE not in given:
        several = "several are" if "paths" in given else "none is"
        raise RequestError(
            f"load() takes the name of one table, and {several} given: load({model.written[0].name!r}); {one_of('', tables)}"
        )
    asked = read("table", name, given[TABLE])
    if asked not in tables:
        raise RequestError(f"model {model.name} has no table {asked!r}; {one_of(asked, tables)}")
    return model.table(asked)


def _columns(text: str | None, table: TableInfo) -> tuple[str, ...]:
    written = [column.name for column in table.written_columns]
    if text is None:
        return tuple(written)
    columns = [column.strip() for column in text.split(",") if column.strip()]
    if not columns:
        raise RequestError(f"columns = {text!r}: give names with commas between them, such as {', '.join(written[:2])}")
    return checked_columns(columns, table, f"columns = {text!r}")


def checked_columns(columns: Iterable[str], table: TableInfo, where: str) -> tuple[str, ...]:
    """Names of columns of a table, each once. RequestError, which begins with `where`, for others."""
    written = [column.name for column in table.written_columns]
    chosen: dict[str, Any] = {}
    for column in columns:
        if column not in written:
            raise RequestError(f"{where}: table {table.name} has no column {column!r}; {one_of(column, written)}")
        if column in chosen:
            raise RequestError(f"{where}: {column!r} is named twice")
        chosen[column] = None
    return tuple(chosen)
