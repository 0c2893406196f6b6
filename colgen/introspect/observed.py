"""What the columns of a table of samples hold, by queries whose memory does not grow with the rows."""

from __future__ import annotations

import math
import re
import string
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from colgen.introspect.guesses import FRACTIONS, MOMENTS, TEXTS, WHOLE
from colgen.introspect.personal import FEW, is_personal
from colgen.introspect.shapes import ColumnShape, Observed, TableShape
from colgen.targets.sql import literal, quoted

if TYPE_CHECKING:
    import duckdb

MOST_WORDS, LONGEST_WORD = 100, 60
NESTED = ("struct", "map", "union")
_LEAST_COVERED = 0.8
"""Words are taken over where they make up this share of a column, at least."""

_FIRST = 1_000
_DIGITS, _CAPITALS, _LETTERS = string.digits, string.ascii_uppercase, string.ascii_lowercase
_CLASSES = {"0": "[0-9]", "A": "[A-Z]", "a": "[a-z]"}
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_CODE = re.compile(r"(?=.*0)[Aa0 ._/#:+-]{2,40}|A{1,6}")


@dataclass(frozen=True)
class Summary:
    """What one scan of a table says of a column.

    present : how many values are not missing
    different : how many different ones there are, about
    first, last : the least and the greatest, of numbers, and of days and moments in days since 1970; None for what looks personal
    """

    present: int
    different: int
    first: float | None = None
    last: float | None = None
    true: int = 0
    has_cents: bool = False


def summarise(connection: duckdb.DuckDBPyConnection, view: str, table: TableShape) -> dict[str, Summary]:
    """Looks at a table once; notes its number of rows, and what each column is like."""
    terms = ["count(*)"]
    for column in table.columns:
        name, kind = quoted(column.name), column.type
        is_ordered = kind in (*WHOLE, *FRACTIONS, "date", *MOMENTS) and not column.is_array and not is_personal(column.name, table.name)
        terms += [
            f"count({name})",
            f"approx_count_distinct({name})" if not column.is_array and kind not in ("struct", "map", "json") else "0",
            *(_ends(name, kind) if is_ordered else ["NULL", "NULL"]),
            f"count(*) FILTER ({name})" if kind == "boolean" and not column.is_array else "0",
            f"bool_and(round({name}, 2) = {name})" if kind in ("real", "double precision") and not column.is_array else "false",
        ]
    row = connection.execute(f"SELECT {', '.join(terms)} FROM {view}").fetchone() or ()
    table.rows = row[0]
    parts = [row[1 + 6 * place : 7 + 6 * place] for place in range(len(table.columns))]
    return {
        column.name: Summary(part[0], part[1], part[2], part[3], part[4], bool(part[5]))
        for column, part in zip(table.columns, parts, strict=True)
    }


def _ends(name: str, kind: str) -> list[str]:
    """The least and the greatest value of a column, for SQL: numbers as they are, days and moments in days since 1970."""
    if kind in (*WHOLE, *FRACTIONS):
        return [f"min({name})::DOUBLE", f"max({name})::DOUBLE"]
    return [f"epoch({end}({name}) FILTER (isfinite({name}))) / 86_400" for end in ("min", "max")]


def observe(connection: duckdb.DuckDBPyConnection, view: str, table: TableShape, seen: Mapping[str, Summary], by: str) -> None:
    """Notes in each column what its values are like; of few values, and of what looks personal, only whether they are there."""
    rows = table.rows or 0
    for column in table.columns:
        summary = seen[column.name]
        column.nullable = summary.present < rows or not rows or (column.type in NESTED and not column.fields)
        column.observed = Observed(by, nulls=(rows - summary.present) / rows if rows else 0.1)
        if column.type in TEXTS and not column.is_array and summary.present:
            _observe_texts(connection, view, table, column, summary)
        if summary.present < FEW or column.is_array:
            continue
        if summary.has_cents and column.type in ("real", "double precision"):
            column.type, column.precision, column.scale = "numeric", 12, 2
        if column.type == "boolean" and not is_personal(column.name, table.name):
            column.observed = replace(column.observed, true=summary.true / summary.present)
        elif column.type in (*WHOLE, *FRACTIONS):
            low, high = summary.first, summary.last
            if low is not None and high is not None and math.isfinite(low) and math.isfinite(high):
                low, high = rounded_outwards(low, high)
                column.observed = replace(column.observed, low=low, high=high)


def _observe_texts(connection: duckdb.DuckDBPyConnection, view: str, table: TableShape, column: ColumnShape, summary: Summary) -> None:
    """Notes the words that come again and again, or the form that all the texts have."""
    assert column.observed is not None
    name, is_open = quoted(column.name), not is_personal(column.name, table.name)
    if summary.different > summary.present / 2:
        code = _form(connection, view, name)
        if code == _UUID:
            column.type = "uuid"
        elif code and is_open:
            column.observed = replace(column.observed, code=code)
    elif summary.different <= 2 * MOST_WORDS and is_open:
        words = connection.execute(
            f"SELECT {name}, count(*) FROM {view} WHERE {name} IS NOT NULL GROUP BY 1 HAVING count(*) >= {FEW} ORDER BY 2 DESC, 1"
        ).fetchall()
        covered = sum(count for _, count in words)
        is_short = all(len(word) <= LONGEST_WORD and "\0" not in word for word, _ in words)
        if len(words) <= MOST_WORDS and is_short and covers(covered / summary.present):
            column.observed = replace(column.observed, words=shares({word: count / covered for word, count in words}))


def _form(connection: duckdb.DuckDBPyConnection, view: str, name: str) -> str:
    """The `Code` that all texts of a column are like, as the first ones are; `_UUID` of UUIDs, empty of others."""
    mask = f"translate({name}, {literal(_DIGITS + _CAPITALS + _LETTERS)}, {literal('0' * 10 + 'A' * 26 + 'a' * 26)})"
    first = connection.execute(
        f"SELECT bool_and(regexp_full_match(text, {literal(_UUID)})), min(mask), max(mask) "
        f"FROM (SELECT {name} AS text, {mask} AS mask FROM {view} WHERE {name} IS NOT NULL LIMIT {_FIRST})"
    ).fetchone()
    is_uuid, least, most = first or (False, "", "")
    if not is_uuid and (least != most or not _CODE.fullmatch(least)):
        return ""
    form = _UUID if is_uuid else "".join(_CLASSES.get(sign) or re.escape(sign) for sign in least)
    row = connection.execute(f"SELECT bool_and(regexp_full_match({name}, {literal(form)})) FROM {view}").fetchone()
    return (_UUID if is_uuid else str(least)) if row is not None and row[0] else ""


def covers(share: float) -> bool:
    """Whether words that make up this share of a column are enough to stand for all of it."""
    return share >= _LEAST_COVERED


def observe_time(columns: Sequence[tuple[ColumnShape, float | None, float | None]]) -> None:
    """Notes how long ago the days and moments of columns are, from the last year of all on.

    columns : each with its first and its last day, in days since 1970; None where they were not looked at
    """
    spans = [(column, first, last) for column, first, last in columns if first is not None and last is not None]
    lasts = [last for _, _, last in spans]
    end = max([last for last in lasts if last <= time.time() / 86_400] or lasts, default=0.0)
    for column, first, last in spans:
        if column.observed is not None:
            before = min(1000.0, max(0.0, (end - first) / 365.25 - 1))
            years = None if end - last < 90 else min(1000.0, max(0.1, (last - first) / 365.25))
            column.observed = replace(column.observed, years_before=_tenths(before), years=None if years is None else _tenths(years))


def _tenths(years: float) -> float:
    return math.ceil(years * 10) / 10


def rounded_outwards(low: float, high: float) -> tuple[float, float]:
    """A range that has these numbers in it: large ones, and fractions, rounded to two digits, so that they are nobody's.

    >>> rounded_outwards(3.0, 9_999.0), rounded_outwards(-12_345.0, 1_234_567.89)
    ((3.0, 9999.0), (-13000.0, 1300000.0))
    """
    return _rounded(low, math.floor), _rounded(high, math.ceil)


def _rounded(number: float, towards: Any) -> float:
    if abs(number) < 10_000 and number == int(number):
        return number
    size = 10.0 ** (math.floor(math.log10(abs(number))) - 1)
    return float(towards(number / size) * size)


def shares(parts: Mapping[Any, float]) -> dict[Any, float]:
    """Shares in percent, in two digits: none so small that it would not come.

    >>> shares({"a": 0.5, "b": 0.4987, "c": 0.0013})
    {'a': 50, 'b': 50, 'c': 0.13}
    """
    percent = {part: max(float(f"{100 * share:.2g}"), 0.0001) for part, share in parts.items()}
    return {part: int(share) if share == int(share) else share for part, share in percent.items()}
