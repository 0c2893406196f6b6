"""What is written in place of values, for each kind of defect that a cell can have."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.defects.texts import SHORTEST, mojibake, with_typos
from colgen.draws.draw import Draw
from colgen.values.arrow import arrow_numbers, numbers
from colgen.values.batch import as_declared
from colgen.values.types import Type

_DAY = 86_400_000_000  # microseconds
_YEAR = 365  # days


def written(kind: str, clean: pa.Array, type: Type, draw: Draw) -> tuple[pa.Array, Array]:
    """What stands in some cells in place of their values, and which of them are defects: those whose value is another, and fits its type.

    clean : the values, none of them missing, in the Arrow type of the logical type; texts as plain ones
    """
    if kind == "missing":
        return pa.nulls(len(clean), clean.type), np.ones(len(clean), np.bool_)
    if pa.types.is_string(clean.type):
        return _texts(kind, clean, type, draw)
    values = numbers(clean).astype(np.int64)
    others, fit = _numbers(kind, values, type, draw)
    least, most = type.limits
    fit &= (others != values) & (others >= least) & (others <= most)
    return as_declared(arrow_numbers(np.where(fit, others, values)), clean.type), fit


def fits(texts: pa.StringArray, type: Type) -> Array:
    """Whether texts have no more characters than their type holds: bool."""
    limit = re.fullmatch(r"VARCHAR\((\d+)\)", type.sql)
    if limit is None:
        return np.ones(len(texts), np.bool_)
    return pc.utf8_length(texts).to_numpy() <= int(limit[1])


def _texts(kind: str, clean: pa.StringArray, type: Type, draw: Draw) -> tuple[pa.Array, Array]:
    if kind == "mojibake":
        others = mojibake(clean)
        return others, pc.not_equal(clean, others).to_numpy(zero_copy_only=False) & fits(others, type)
    long = pc.utf8_length(clean).to_numpy() >= SHORTEST
    padded = pc.if_else(pa.array(long), clean, "a" * SHORTEST)  # every row has its draws, whatever the others are
    others = with_typos(padded, draw)
    return others, long & fits(others, type)


def _numbers(kind: str, values: Array, type: Type, draw: Draw) -> tuple[Array, Array]:
    """Other numbers in the smallest unit of a type, and which of them could be worked out."""
    is_date, is_time = pa.types.is_date(type.arrow), pa.types.is_timestamp(type.arrow)
    if kind == "unit":
        factor = np.where(draw.chance(0.5), 100, 1_000)
        fit = np.abs(values) <= np.iinfo(np.int64).max // factor
        return np.where(fit, values, 0) * factor, fit
    if kind == "swap":
        days = values if is_date else values // _DAY
        others, fit = _month_first(days)
        return others if is_date else others * _DAY + values % _DAY, fit
    if is_date:
        return values - draw.integers(1, _YEAR), np.ones(len(values), np.bool_)
    if is_time:
        hours = draw.integers(1, _YEAR * 24)
        return values - hours * (_DAY // 24), np.ones(len(values), np.bool_)
    percent = draw.integers(1, 20)
    return values - values // 100 * percent - values % 100 * percent // 100, np.ones(len(values), np.bool_)


def _month_first(days: Array) -> tuple[Array, Array]:
    """Days since 1970-01-01 whose day and month are exchanged, and which of them have such a day."""
    months = days.astype("M8[D]").astype("M8[M]")
    day = days - months.astype("M8[D]").astype(np.int64) + 1
    month = months.astype(np.int64) % 12 + 1
    fit = (day <= 12) & (day != month)
    others = (months + (day - month).astype("m8[M]")).astype("M8[D]").astype(np.int64) + month - 1
    return np.where(fit, others, days), fit
