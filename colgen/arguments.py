"""What a call is given, read at the door: whatever cannot be right is a RequestError that says what would be.

What depends on the model, such as the names of its volumes and tables, is judged where the model is known (`Spec.of`).
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from colgen.errors import ColgenError, RequestError
from colgen.targets.destination import path_text, shown
from colgen.targets.urls import without_password

if TYPE_CHECKING:
    from colgen.declare.model import Model
    from colgen.scenario.scenario import Scenario

Given = ParamSpec("Given")
Result = TypeVar("Result")
Reader = Callable[[object], Any]
"""A function that gives a value as it is used, or raises ValueError with what it must be."""

MOST_THREADS = 1024
_LONGEST_NAME, _MOST_NAMES = 255, 10_000
_MOST = 2**64  # no number that colgen is asked for is larger; Python's own have no limit, not even when they are shown


def text(value: object) -> str:
    """Any text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must be text that is not empty")
    if "\0" in value:
        raise ValueError("it must not contain a NUL character")
    return value


def name(value: object) -> str:
    """The name of something, which messages quote."""
    if len(text(value)) > _LONGEST_NAME:
        raise ValueError(f"it is too long: a name has at most {_LONGEST_NAME} characters")
    return _without_secret(text(value))


def _without_secret(value: str) -> str:
    if without_password(value) != value:
        raise ValueError("it looks like the address of a database")
    return value


def whole_number(least: int | None = None, most: int | None = None) -> Callable[[object], int]:
    """A reader of whole numbers: Python's and NumPy's, but neither `True` nor `2.0`."""
    limits = "" if least is None else f", {least} or more" if most is None else f", {least} to {most}"

    def read(value: object) -> int:
        try:
            number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
        except Exception:
            number = None
        if number is None or (least is not None and number < least) or (most is not None and number > most):
            raise ValueError(f"it must be a whole number{limits}")
        if abs(number) > _MOST:
            raise ValueError("it is too large")
        return number

    return read


def number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("it must be a number, such as 10 or 0.5")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("it is too large") from None


def positive(value: object) -> float:
    if not (math.isfinite(number(value)) and number(value) > 0):
        raise ValueError("it must be a number above 0, such as 10 or 0.5")
    return value if isinstance(value, int) else number(value)


def numeral(text: str) -> int | float | str:
    """The number that a text spells, or the text itself if it is not a number.

    >>> numeral("7"), numeral("1_000"), numeral("0.5"), numeral("large")
    (7, 1000, 0.5, 'large')
    """
    if re.fullmatch(r"[+-]?[0-9][0-9_]{0,29}", text):
        return int(text.replace("_", ""))
    try:
        return float(text)
    except ValueError:
        return text


_SIZE_UNITS = {
    "": 1, "B": 1, "bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50,
}  # fmt: skip
_UNITS = {unit.lower(): factor for unit, factor in _SIZE_UNITS.items()}


def size(value: object) -> int:
    """Bytes, of a number or of a text such as "100GB" or "1.5 GiB". Units may be in capitals or not.

    >>> size("100GB"), size("1.5 KiB"), size(2_000_000)
    (100000000000, 1536, 2000000)
    """
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    known = f"{', '.join(list(_SIZE_UNITS)[3:-1])} or {list(_SIZE_UNITS)[-1]}"
    match = (
        re.fullmatch(r"\s*([0-9][0-9_,]*(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,2})?)\s*([A-Za-z]*)\s*", text)
        if isinstance(text, str) and len(text) <= 64
        else None
    )
    if match is None:
        raise ValueError("it must be a number of bytes above 0, such as 100GB, 1.5 GiB or 20MB")
    number, unit = match.groups()
    if unit.lower() not in _UNITS:
        raise ValueError(f"there is no unit {unit!r}; give {known}")
    bytes = round(float(re.sub("[_,]", "", number)) * _UNITS[unit.lower()])
    if not 0 < bytes <= _MOST:
        raise ValueError("it must be a number of bytes above 0, such as 100GB" if bytes <= 0 else "it is too large")
    return bytes


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it must be True or False")
    return value


LEAST_MEMORY = 100_000_000


def memory(value: object) -> int:
    """Bytes of memory, as `size` reads them: enough to work with.

    >>> memory("800MB")
    800000000
    """
    bytes = size(value)
    if bytes < LEAST_MEMORY:
        raise ValueError("it must be a size such as 800MB or 4GB, 100MB or more")
    return bytes


def names(value: object) -> list[str]:
    """Any iterable of names, a generator too, which is read once and for all."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError("it must be a list of names, such as ['invoices']")
    return [name(entry) for entry in islice(value, _MOST_NAMES)]


def settings(value: object) -> dict[str, Any]:
    """Names and whole numbers; also texts of digits, as the environment has them. Shares of defects are judged where the model is known."""
    from colgen.defects.shares import is_of_defects

    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ValueError("it must give names and values, such as {'customers': 500}")
    return {
        key: entry if isinstance(entry, str) or is_of_defects(key) else read(f"settings: {key}", whole_number(), entry)
        for key, entry in value.items()
    }


def day(value: object) -> date | str:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError("it must be a day such as 2024-12-31, or today")
    return name(value)


def model(value: object) -> Model | str:
    from colgen.declare.model import Model

    return value if isinstance(value, Model) else _without_secret(path_text(value))


def scenario(value: object) -> Scenario | str:
    from colgen.scenario.scenario import Scenario

    return value if isinstance(value, Scenario) else _without_secret(path_text(value))


def function(value: object) -> Callable[..., Any]:
    if not callable(value):
        raise ValueError("it must be a function of an event")
    return value


READERS: Mapping[str, Reader] = {
    "model": model,
    "out": path_text,
    "path": path_text,
    "a": path_text,
    "b": path_text,
    "name": name,
    "volume": name,
    "scale": positive,
    "target_size": size,
    "settings": settings,
    "seed": whole_number(0),
    "first_day": day,
    "last_day": day,
    "to": day,
    "tables": names,
    "scenario": scenario,
    "format": name,
    "compression": name,
    "encoding": name,
    "table_format": name,
    "row_group": size,
    "threads": whole_number(1, MOST_THREADS),
    "max_memory": memory,
    "engine": name,
    "address": text,
    "check": flag,
    "overwrite": flag,
    "append": flag,
    "fill": flag,
    "triggers": flag,
    "part": name,
    "count": flag,
    "resume": flag,
    "all": flag,
    "sample": whole_number(1),
    "schema": name,
    "constraints": flag,
    "max_rows": whole_number(0),
    "progress": function,
    "parameters": text,
}
"""How an argument of each name is read, whichever call it is of."""


def read_arguments(call: Callable[Given, Result]) -> Callable[Given, Result]:
    """A call whose arguments are read before it starts: those of `READERS`, and None where that is the default.

    What the system says of a file that nobody foresaw is a ColgenError.
    """
    signature = inspect.signature(call)

    @functools.wraps(call)
    def at_the_door(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        bound = signature.bind(*args, **kwargs)
        for argument, value in bound.arguments.items():
            parameter = signature.parameters[argument]
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                bound.arguments[argument] = {key: read(key, READERS[argument], entry) for key, entry in value.items()}
            elif value is not None or parameter.default is not None:
                bound.arguments[argument] = read(argument, READERS[argument], value)
        try:
            return call(*bound.args, **bound.kwargs)
        except OSError as error:
            if bound.arguments.get("progress") is not None:  # it may be the caller's own
                raise
            raise ColgenError(explained(error)) from error

    return at_the_door


def explained(error: OSError) -> str:
    """What the system says of a file that is gone, unreadable or one too many, for people."""
    return ": ".join(filter(None, [os.strerror(error.errno or 0).lower(), str(error.filename or "")]))


def read(argument: str, reader: Reader, value: object) -> Any:
    """A value as it is used. RequestError, with its name, where it is not what its reader expects."""
    try:
        return reader(value)
    except ValueError as error:
        raise RequestError(f"{argument} = {_shown(value)}: {error}") from None


def _shown(value: object) -> str:
    """A value of any type, for a message."""
    if isinstance(value, str):
        return shown(value)
    try:
        return repr(value) if len(repr(value)) < 100 else f"{repr(value)[:100]}…"
    except Exception:  # a number of too many digits, an object that cannot be shown
        return f"an object of type {type(value).__name__}"
