"""What a declaration may be given. Anything else is refused where it is declared, in words."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
import pyarrow as pa

from colgen.draws.numbers import is_finite, is_whole
from colgen.errors import ModelError
from colgen.values.types import MOMENTS, Boolean, Categorical, Type

MOST_BYTES = 63
"""How long a name may be, in UTF-8: PostgreSQL cuts longer ones without a word."""

_RESERVED = frozenset({"colgen_manifest", "manifest.json", "load.sql"})  # a table and files of colgen's own, beside those of a build
_NOT_IN_NAMES = re.compile(r"""[/\\*?[\]'"=;]|^[.~ -]| $""")  # what means something to a file system, a shell or a reader of files
_OF_POSTGRESQL = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})  # columns that every table has there


def fit_name(name: object) -> bool:
    """Whether every target can hold a table of this name: as a folder, in DuckDB and in PostgreSQL.

    >>> fit_name("Order lines"), fit_name("a/b"), fit_name("..")
    (True, False, False)
    """
    return fit_identifier(name) and not _NOT_IN_NAMES.search(name) and name.lower() not in _RESERVED


def fit_column_name(name: object) -> bool:
    """Whether every target can hold a column of this name."""
    return fit_identifier(name) and name not in _OF_POSTGRESQL


def fit_identifier(name: object) -> TypeGuard[str]:
    """Whether a database can hold something of this name."""
    return isinstance(name, str) and name.isprintable() and 0 < len(name.encode()) <= MOST_BYTES


def shown(value: object) -> str:
    """A value as it is quoted in messages, shortened."""
    try:
        return reprlib.repr(value)
    except Exception:  # of a class of the user's own
        return f"a {type(value).__name__}"


def is_text(value: object) -> bool:
    """Whether it is a text that can be written: half a surrogate pair cannot."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_weight(value: object) -> bool:
    """Whether it is a number that is not negative, nor so large that a sum of some would be infinite."""
    return is_finite(value) and 0 <= value <= 1e300  # type: ignore[operator]


def require_text(place: str, /, **values: Any) -> None:
    """ModelError for an argument that is not a text.

    place : the declaration, for messages
    """
    for name, value in values.items():
        if not is_text(value):
            raise ModelError(f"{place}: {name} must be a text, not {shown(value)}")


def require_flags(place: str, /, **values: Any) -> None:
    """ModelError for an argument that is neither True nor False."""
    for name, value in values.items():
        if not isinstance(value, bool | np.bool_):
            raise ModelError(f"{place}: {name} must be True or False, not {shown(value)}")


def require_whole(place: str, low: int, high: int, /, **values: Any) -> None:
    """ModelError for an argument that is not a whole number from low to high."""
    for name, value in values.items():
        if not is_whole(value) or not low <= value <= high:
            raise ModelError(f"{place}: {name} must be a whole number from {low:,} to {high:,}, not {shown(value)}")


def require_number(place: str, low: float, high: float, /, **values: Any) -> None:
    """ModelError for an argument that is not a number from low to high."""
    for name, value in values.items():
        if not is_finite(value) or not low <= value <= high:
            raise ModelError(f"{place}: {name} must be a number from {low:g} to {high:g}, not {shown(value)}")


def require_mapping(place: str, example: str, /, **values: Any) -> None:
    """ModelError for an argument that does not give something for each of some names."""
    for name, value in values.items():
        if not isinstance(value, Mapping) or not all(map(is_text, value)):
            raise ModelError(f"{place}: {name} must have names and what each stands for, such as {example}, not {shown(value)}")


def require_list(place: str, example: str, /, **values: Any) -> None:
    """ModelError for an argument that is not a list."""
    for name, value in values.items():
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise ModelError(f"{place}: {name} must be a list, such as {example}, not {shown(value)}")


def limits_of(type: Type) -> tuple[int, int] | None:
    """The least and the greatest whole number that a type holds, decimals in their smallest unit; None for texts and Booleans."""
    if isinstance(type, Categorical):
        return 0, len(type.words) - 1
    return type.limits if type.dtype is not None and type.dtype.kind == "i" else None


def require_values(place: str, type: Type, values: Sequence[Any]) -> None:
    """ModelError for values that a column of a type cannot have: of a decimal, whole numbers of its smallest unit."""
    limits = limits_of(type)
    if limits is None and type is not Boolean:
        raise ModelError(f"{place}: its values are numbers, flags or the words of a Categorical, and it cannot be of the type {type.name}")
    for value in values:
        if type is Boolean:
            require_flags(place, value=value)
        elif limits is not None:
            require_whole(place, *limits, value=value)


def require_text_type(place: str, type: Type) -> None:
    """ModelError for a type that cannot hold any text."""
    if type.arrow != pa.string() or type.sql in ("UUID", "JSON"):
        raise ModelError(f"{place}: it is a text, and cannot be of the type {type.name}")


def moment_type(place: str, type: Type) -> Type:
    """The type of a column of moments. ModelError unless it is `Timestamp` or `LocalTimestamp`."""
    if not isinstance(type, Type) or type not in MOMENTS:
        said = type.name if isinstance(type, Type) else shown(type)
        raise ModelError(f"{place}: it is a moment, and its type must be Timestamp or LocalTimestamp, not {said}")
    return type


LEAST_SHARE = 2.0**-32
"""The least share of a word that may be declared: with a smaller one it would not come in billions of rows."""


def checked_weights(place: str, weights: Mapping[Any, Any]) -> None:
    """ModelError unless weights are numbers, none negative, one of them above 0, and none so small that what it weighs would never come.

    weights : by what each is the weight of, for messages
    """
    for name, weight in weights.items():
        if not is_weight(weight):
            raise ModelError(f"{place}: the weight of {name!r} must be a number, 0 or more, not {shown(weight)}")
    largest = max(weights.values(), default=0)
    if not largest:
        raise ModelError(f"{place}: at least one weight must be above 0")
    total = sum(weight / largest for weight in weights.values())
    for name, weight in weights.items():
        if weight and weight / largest < LEAST_SHARE * total:
            raise ModelError(
                f"{place}: the weight of {name!r} is {weight:g}, so small beside the others that it would never come; give 0 or more than that"
            )
