"""The types of PostgreSQL's that columns of a model can have, beside those that every database has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from colgen.introspect.code import Call, Raw, call
from colgen.introspect.shapes import ColumnShape, TableShape

IN_LISTS = ("CardNumber", "Category", "Code", "CompanyName", "CountryCode", "CurrencyCode", "Dates", "Drawn", "Ean13", "Email", "FirstName", "Flag", "FullName",
    "Hostname", "Iban", "Integers", "IpAddress", "JobTitle", "LastName", "MacAddress", "MimeType", "Paragraph", "Phone", "Price", "RandomBytes", "Rating",
    "Slug", "StreetAddress", "Times", "Timestamps", "Url", "UserAgent", "Uuids", "Vocabulary", "Words")  # fmt: skip
"""The kinds of columns whose values can be in a list."""

_OF_ANY_TEXT_TYPE = (
    "Category",
    "Code",
    "Email",
    "FullName",
    "IpAddress",
    "Phone",
    "Slug",
    "StreetAddress",
    "Text",
    "Url",
    "Vocabulary",
    "Words",
)
"""The kinds that take a type of texts; others are cast by `--fill`."""

_LAST_NAME = re.compile(r'(?:"((?:[^"]|"")*)"|([^".]+))$')
"""What a type is called within its schema: in quotes, or plain."""

_MOST_IN_LIST = 3
_BYTES = 16


def enumeration_of(column: ColumnShape) -> str:
    """The name of the enumeration that a column, or each value of its list, is of; empty where it is of none."""
    name = _LAST_NAME.search(column.type.removesuffix("[]")) if column.labels else None
    return "" if name is None else name[2] or name[1].replace('""', '"')


def forget_ambiguous(tables: Sequence[TableShape]) -> None:
    """Leaves enumerations that a model cannot tell apart to be lists of words: of one name in several schemas, or called like a table."""
    columns = [column for table in tables for column in table.columns if column.labels]
    labels = {
        enumeration_of(column): {tuple(other.labels or ()) for other in columns if enumeration_of(other) == enumeration_of(column)}
        for column in columns
    }
    taken = {table.full_name for table in tables}
    for column in columns:
        name = enumeration_of(column)
        if len(labels[name]) > 1 or name in taken:
            column.labels = None


def category(column: ColumnShape) -> tuple[Call, str]:
    """A column of words, and by what it is known how often each comes: as was seen, or all alike. A word that was not seen is rare, and still comes. Of an
    enumeration it has all words, those that a CHECK rules out with the weight 0."""
    words, seen = list(column.words or ()) or ["none"], column.observed
    by = seen.by if seen is not None and seen.words else ""
    weights = {word: seen.words.get(word, 0.1) if seen is not None and seen.words else 1 for word in words}
    name = enumeration_of(column)
    if not name or not set(words) <= set(column.labels or ()):
        return call("Category", weights), by
    return call("Category", {label: weights.get(label, 0) for label in column.labels or ()}, type=call("Enum", name)), by


def several(column: ColumnShape, value_of: Callable[[ColumnShape], Call]) -> Call | None:
    """A list of values, each as a column of the same name would have them; None where such values cannot be in a list.

    value_of : how a column is made
    """
    element = ColumnShape(column.name, column.type.removesuffix("[]"), words=column.words, labels=column.labels, nullable=False)
    value = value_of(element)
    if value.name not in IN_LISTS:
        return None
    most = min(_MOST_IN_LIST, sum(map(bool, value.arguments[0].values()))) if value.name == "Category" else _MOST_IN_LIST
    return call("Several", value, call("Between", 0, most))


def by_name(kind: str, value: Call) -> Call:
    """A kind of texts that are of a type which the server has by this name."""
    return value.with_named(type=call("Named", kind)) if value.name in _OF_ANY_TEXT_TYPE and "type" not in value.named else value


def random_bytes() -> Call:
    """Bytes, as many as a digest often has."""
    return call("RandomBytes", _BYTES)


def fraction(kind: str, low: float, high: float) -> Call:
    """Numbers with a fraction."""
    return call("Drawn", call("Uniform", _plain(low), _plain(high)), type=Raw("Real" if kind == "real" else "Double"), digits=2)


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
