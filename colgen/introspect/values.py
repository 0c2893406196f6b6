"""How a column is declared that refers to nothing: by its CHECKs, its type, its name, and the columns beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from colgen.introspect import types
from colgen.introspect.code import Call, Raw, call
from colgen.introspect.guesses import (
    FRACTIONS,
    MOMENTS,
    TEXTS,
    WHOLE,
    beginnings_of,
    degrees_of,
    flag,
    is_end,
    is_price,
    is_rating,
    is_step,
    number_range,
    says_time,
    text,
)
from colgen.introspect.layout import TablePlan
from colgen.introspect.names import rules_of
from colgen.introspect.shapes import ColumnShape
from colgen.introspect.texts import shipped

NULLS, MOSTLY_NULL = 0.1, 0.95
"""The share of missing values of most columns, and of those of what happens to few rows."""

ALWAYS_DIFFERENT = ("Uuids", "Email", "Slug", "Url", "Hostname", "FileName", "Key", "Ordinal")
"""Kinds whose values differ by themselves."""

_SPELLED = {
    "regclass": "pg_class",
    "regtype": "text",
    "cidr": "10.0.0.0/8",
    "macaddr": "08:00:2b:01:02:03",
    "time with time zone": "12:34:00+00",
    "tsvector": "word",
    "tsquery": "word",
    "xml": "<a/>",  # which a server may lack
    "point": "(1,2)",
    "box": "((0,0),(1,1))",
    "polygon": "((0,0),(1,1),(1,0))",
    "path": "((0,0),(1,1))",
    "circle": "<(0,0),1>",
    "bit": "1",
    "bit varying": "101",
    "int4range": "[1,10)",
    "int8range": "[1,10)",
    "numrange": "[1,10)",
    "daterange": "[2024-01-01,2024-02-01)",
    "tsrange": "[2024-01-01,2024-02-01)",
    "tstzrange": "[2024-01-01,2024-02-01)",
    "hstore": "",
    "ltree": "a.b",
}
"""Types that have no kind of columns of their own: a value that the server reads."""


def nulls(column: ColumnShape, usual: Any) -> Any:
    """The share of missing values: what was seen, or what is usual. 0 where none was missing."""
    return usual if column.observed is None else _rounded(column.observed.nulls)


def _rounded(share: float) -> float:
    """A share in two digits, short of 1 only where it is not all."""
    return share if share in (0, 1) else min(max(float(f"{share:.2g}"), 0.0001), 0.9999)


def value_of(table_plan: TablePlan, column: ColumnShape, pairs: dict[str, str]) -> tuple[Call, str, bool]:
    """A declaration of the values of a column, what it was guessed from, and whether its type is one that can be made."""
    kind = column.type
    unique = column.name in table_plan.unique
    if column.is_array:
        value = None if unique else types.several(column, lambda element: value_of(table_plan, element, {})[0])
        return value or call("Text", f"{{{{{_element(column)}}}}}"), "its type", True
    if column.words is not None and kind not in (*WHOLE, "numeric"):
        return *types.category(column), True
    if column.name in table_plan.ordinals:
        column.nullable = False
        return call("Ordinal"), "", True
    if kind == "boolean":
        return *_flag(column), True
    if column.pattern:
        return call("Code", column.pattern), "", True
    if kind == "bytea":
        return types.random_bytes(), "its type", True
    if kind == "time without time zone":
        whole_day = call("Integers", 0, 86_399_999_999, type=Raw("Time"))
        return whole_day if unique or column.name in table_plan.distinct else call("Times"), "its type", True
    if kind == "uuid":
        return call("Uuids"), "", True
    if kind in WHOLE:
        low, high, by = _own_part(column, pairs, *number_range(column))
        if is_rating(rules_of(column.name)) and (low, high) == (1, 5) and not (unique or column.name in table_plan.distinct):
            return call("Rating", **({"type": Raw("SmallInteger")} if kind == "smallint" else {})), by, True
        if unique or column.name in table_plan.distinct:
            high = max(high, low + (32_000 if kind == "smallint" else 2_000_000_000)) if column.high is None else high
        size = "SmallInteger" if kind == "smallint" else "BigInteger" if high > 2**31 - 1 else ""
        return call("Integers", int(low), int(high), **({"type": Raw(size)} if size else {})), by, True
    if kind in FRACTIONS:
        return *(_degrees(table_plan, column, pairs) or _fraction(table_plan, column, unique, pairs)), True
    if kind == "date" or kind in MOMENTS:
        return *_moment(table_plan, column, pairs), True
    if kind in TEXTS:
        guess = text(column)
        value = guess.value
        if value.name == "FileName" and (of := _beside(table_plan, column, "MimeType")):
            value = call("FileName", of)
        has_code = column.observed is not None and bool(column.observed.code)
        if (unique or column.name in table_plan.distinct) and value.name not in ALWAYS_DIFFERENT and not has_code:
            value = _different(column, value)
        if value.name == "Words" and column.length is not None:
            value = value.with_named(most=column.length)
        return types.by_name(kind, value) if kind == "citext" else value, guess.by, True
    if kind == "inet":
        return types.by_name(kind, call("IpAddress")), "its type", True
    if kind == "interval":  # always more than nothing, and no two of the same length
        is_one_of_many = unique or column.name in table_plan.distinct
        return types.by_name(kind, call("Code", f"1 hour {'000000 seconds' if is_one_of_many else '00 minutes'}")), "its type", True
    if kind in ("json", "jsonb"):
        return call("Text", "[]" if column.is_list else "{{}}", type=Raw("Json")), "its type", True
    if kind in _SPELLED:
        return types.by_name(kind, call("Text", _SPELLED[kind])), "its type", not unique and kind != "xml"
    return call("Text", ""), "its type", False


def _flag(column: ColumnShape) -> tuple[Call, str]:
    """A flag, by a CHECK, its name, or its default."""
    if column.low is not None:
        return call("Flag", column.low), "a CHECK"
    if column.observed is not None and column.observed.true is not None:
        return call("Flag", _rounded(column.observed.true)), column.observed.by
    share, by = flag(rules_of(column.name))
    if by == "its type" and column.default in ("true", "false"):
        share, by = 0.8 if column.default == "true" else 0.2, "its default"
    return call("Flag", share), by


def _moment(table_plan: TablePlan, column: ColumnShape, pairs: dict[str, str]) -> tuple[Call, str]:
    """A day or a moment; after another one of its row, where the names say so."""
    name = rules_of(column.name)
    anywhere = call("Dates" if column.type == "date" else "Timestamps", *_years(name, column, pairs))
    if column.type == "timestamp without time zone":
        anywhere = anywhere.with_named(type=Raw("LocalTimestamp"))
    by = "its name" if says_time(name) else "its type"
    if column.observed is not None and column.observed.years_before is not None:
        by = column.observed.by
    if column.name in {*table_plan.unique, *table_plan.distinct, *pairs, *pairs.values()}:
        return anywhere, by
    nullable = {"nullable": MOSTLY_NULL if is_end(name) else NULLS} if column.nullable else {}
    start = _moment_of(table_plan, column, lambda other: rules_of(other.name) in beginnings_of(name))
    if start:
        return call("Later", start, days=call("Exponential", 20), **nullable), "its name"
    created = _moment_of(table_plan, column, lambda other: rules_of(other.name).startswith(("created", "inserted")))
    if created and name.startswith(("updated", "modified", "last_")):
        return call("Later", created, days=call("Exponential", 30)), "its name"
    if created and is_end(name) and column.nullable:
        return call("Later", created, days=call("Exponential", 90), **nullable), "its name"
    if created and is_step(name) and not name.startswith(("created", "inserted")):
        return call("Later", created, days=call("Exponential", 5), **nullable), "its name"
    return anywhere.with_named(**nullable), by


def _moment_of(table_plan: TablePlan, column: ColumnShape, fits: Callable[[ColumnShape], bool]) -> str:
    """The name of another day or moment of the same kind that is there wherever this one must be; empty if there is none."""
    kinds = ("date",) if column.type == "date" else MOMENTS
    for other in table_plan.shape.columns:
        is_made = _is_made(table_plan, other)
        is_there = column.nullable or not other.nullable
        if other is not column and other.type in kinds and is_there and is_made and fits(other):
            return other.name
    return ""


def _fraction(table_plan: TablePlan, column: ColumnShape, unique: bool, pairs: dict[str, str]) -> tuple[Call, str]:
    low, high, by = _own_part(column, pairs, *number_range(column))
    is_free = not unique and column.name not in table_plan.distinct
    if column.type in ("real", "double precision") and is_free and not is_price(rules_of(column.name)):
        return types.fraction(column.type, low, high), by
    scale = min(column.scale if column.scale is not None else 2, 9)
    precision = min(column.precision or 12, 18)
    size = 10**scale
    low_, high_ = round(low * size), round(high * size)
    if unique and column.high is None:
        high_ = max(high_, 10 ** min(precision, 12) - 1)
    type_ = Raw(f"Decimal({precision}, {scale})") if (precision, scale) != (12, 2) else Raw("Money")
    most = 10**precision - 1
    if scale == 2 and is_price(rules_of(column.name)) and not unique and column.name not in {*pairs, *pairs.values()}:
        low_, high_ = max(low_, 0), min(high_, most)
        if high_ - low_ >= 100:
            return call("Price", low_, high_, **({} if type_.text == "Money" else {"type": type_})), by
    return call("Integers", max(low_, -most), min(high_, most), type=type_), by


def _degrees(table_plan: TablePlan, column: ColumnShape, pairs: dict[str, str]) -> tuple[Call, str] | None:
    """Where something is, near the city of its row where that has one, and both degrees near the same; None for a column of other numbers."""
    kind, prefix = degrees_of(rules_of(column.name))
    scale = min(column.scale if column.scale is not None else _DEGREES[1], 9)
    precision = min(column.precision or _DEGREES[0], 18)
    if not kind or precision - scale < 3 or column.name in {*table_plan.unique, *table_plan.distinct, *pairs, *pairs.values()}:
        return None
    of = _beside(table_plan, column, "Vocabulary")
    if kind == "Longitude" and not of:
        others = (one for one in table_plan.shape.columns if one.type in FRACTIONS and _is_made(table_plan, one))
        of = next(
            (one.name for one in others if degrees_of(rules_of(one.name)) == ("Latitude", prefix) and _degrees(table_plan, one, pairs)), ""
        )
    type_ = {} if (precision, scale) == _DEGREES else {"type": Raw(f"Decimal({precision}, {scale})")}
    return call(kind, *([of] if of else []), **type_), "its name"


def _is_made(table_plan: TablePlan, column: ColumnShape) -> bool:
    """Whether the model has values for a column."""
    return not (column.generated or column.is_left_empty or column.name in {*table_plan.left_out, *table_plan.missing})


def _beside(table_plan: TablePlan, column: ColumnShape, kind: str) -> str:
    """The name of a text of this kind that every row has: of a city, or of a file's type; empty if there is none."""
    for other in table_plan.shape.columns:
        is_free = other.type in TEXTS and not other.nullable and other.words is None and not other.pattern and _is_made(table_plan, other)
        differs = other.name in table_plan.unique or other.name in table_plan.distinct or table_plan.reference_of(other.name)
        if other is column or not is_free or differs:
            continue
        value = text(other).value
        if value.name == kind and (kind != "Vocabulary" or value == shipped("cities", "city")):
            return other.name
    return ""


_DEGREES = (9, 6)


def _element(column: ColumnShape) -> str:
    """A value of a list of this type."""
    if column.words:
        return column.words[0]
    kind = column.type.removesuffix("[]")
    if kind in (*WHOLE, *FRACTIONS):
        return "1"
    return {
        "boolean": "t",
        "date": "2024-01-01",
        **dict.fromkeys(MOMENTS, "2024-01-01"),
        "uuid": "00000000-0000-4000-8000-000000000000",
    }.get(kind, "a" if kind in TEXTS else "")


def _place(name: str, pairs: dict[str, str]) -> tuple[int, int]:
    """Which one a column is, from 0 on, of how many of which each must be less than the next."""
    lesser = {greater: less for less, greater in pairs.items()}
    before, after = [name], [name]
    while (less := lesser.get(before[-1])) is not None and less not in before:
        before.append(less)
    while (greater := pairs.get(after[-1])) is not None and greater not in after:
        after.append(greater)
    return len(before) - 1, len(before) + len(after) - 1


def _own_part(column: ColumnShape, pairs: dict[str, str], low: float, high: float, by: str) -> tuple[float, float, str]:
    """The part of the numbers that a column has for itself, of several that must ascend."""
    at, columns = _place(column.name, pairs)
    if columns == 1:
        return low, high, by
    start, end = (low + int((high - low) * part / columns) for part in (at, at + 1))
    return start, end if at == columns - 1 else max(start, end - 1), "a CHECK"


def _years(name: str, column: ColumnShape, pairs: dict[str, str]) -> list[object]:
    """Where the days of a column lie: of births decades ago, of two that follow one another the first in the years before."""
    seen = column.observed
    if seen is not None and seen.years_before is not None:
        if not seen.years_before and seen.years is None:
            return []
        return [Raw(f"{seen.years_before:g}"), *([Raw(f"years={seen.years:g}")] if seen.years is not None else [])]
    if re.search(r"birth|(^|_)dob$|born", name):
        return [Raw("70"), Raw("years=45")]
    at, columns = _place(column.name, pairs)
    later = columns - 1 - at
    return [2 * later, Raw("years=2")] if later else []


def _different(column: ColumnShape, value: Call) -> Call:
    """A kind for texts that differ, in as many characters as there are."""
    if value.name in ("Iban", "CardNumber", "Ean13", "MacAddress") or (value.name in ("FullName", "CompanyName") and column.length is None):
        return value
    if column.length is None or column.length >= 20:
        return call("Words", 1, 2)
    return call("Code", "A" * min(column.length, 8))
