"""The kinds of columns that name a row: codes by a pattern, and UUIDs.

| kind | values |
|---|---|
| `Code("AA-0000")` | letters, digits and hexadecimal digits by a pattern |
| `Uuids()` | UUIDs, none twice: random ones, or such as ascend with a moment |
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pyarrow as pa

from colgen.arrays import Array, slices
from colgen.declare.arguments import is_text, require_text, shown
from colgen.declare.column import Column, Options
from colgen.declare.columns import OneOf
from colgen.declare.rows import Rows
from colgen.draws.numbers import is_whole
from colgen.errors import ModelError
from colgen.values.types import MOMENTS, String, Type, Uuid
from colgen.values.uuids import random_uuids, timed_uuids

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_ALPHABETS = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a": "abcdefghijklmnopqrstuvwxyz", "0": "0123456789", "x": "0123456789abcdef"}
_CLASSES = dict(zip(_ALPHABETS.values(), ("[A-Z]", "[a-z]", "[0-9]", "[0-9a-f]"), strict=True))
_MOST_AT_ONCE = 1 << 36  # how many codes one draw tells apart: a shuffle of them has lists of the square root


class Code(OneOf):
    """Texts by a pattern in which `A` is a capital letter, `a` a lower-case one, `0` a digit and `x` a hexadecimal one; a character after a backslash
    and every other one is what it is: `Code("AA-0000")` gives QX-0413, and `Code(r"T\\AX-000")` TAX-417. Each is as likely as any other.

    type : String, or a Varchar that is long enough
    """

    compact = False

    def __init__(self, pattern: str, *, type: Type = String, **options: Unpack[Options]) -> None:
        if not is_text(pattern) or not pattern:
            raise ModelError(
                f"Code({shown(pattern)}): give a pattern such as 'AA-0000': A for a letter, 0 for a digit, x for a hexadecimal one"
            )
        super().__init__(type, pattern, **options)
        self.pattern, self._signs = pattern, _signs(pattern)
        if type.arrow != pa.string():
            raise ModelError(f"Code({shown(pattern)}): it is a text, and cannot be of the type {type.name}")
        if type.limits[1] and type.limits[1] < len(self._signs):
            raise ModelError(f"Code({shown(pattern)}) has {len(self._signs)} characters, and {type.name} holds {type.limits[1]}")

    @property
    def regular_expression(self) -> str:
        """What every code matches."""
        return "".join(_CLASSES.get(alphabet) or re.escape(alphabet) for alphabet in self._signs)

    @property
    def size(self) -> int:
        return math.prod(len(alphabet) for alphabet in self._signs)

    def drawn(self, rows: Rows) -> Array:
        return rows.draw(self).below(self.size)

    def make(self, rows: Rows) -> pa.StringArray:
        if self.size <= _MOST_AT_ONCE:
            return _spelled(self._signs, [(self._signs, self.chosen(rows))])
        groups, draw, numbers = self._groups(), rows.draw(self), []
        largest = max(range(len(groups)), key=lambda number: math.prod(map(len, groups[number])))
        for number, signs in enumerate(groups):
            if number == largest and (
                self.unique or self.distinct
            ):  # what these have alone is different, so the others may be what they like
                part = Code("".join(map(_sign, signs)), unique=self.unique, distinct=self.distinct)
                part.bind(self.table, self.name)
                numbers.append(part.chosen(rows, rows.draw(self).apart("different")))
            else:
                numbers.append(draw.below(math.prod(map(len, signs))))
        return _spelled(self._signs, list(zip(groups, numbers, strict=True)))

    def _groups(self) -> list[list[str]]:
        """The signs in groups, each of so few codes that one draw tells them apart."""
        groups: list[list[str]] = [[]]
        for alphabet in self._signs:
            if math.prod(map(len, groups[-1])) * len(alphabet) > _MOST_AT_ONCE:
                groups.append([])
            groups[-1].append(alphabet)
        return groups


def _signs(pattern: str) -> list[str]:
    """What each sign of a code may be."""
    signs, letters = [], iter(pattern)
    for letter in letters:
        if letter == "\\":
            letter = next(letters, "")
            if not letter:
                raise ModelError(f"Code({shown(pattern)}): it ends in a single backslash; write two for a literal one")
            signs.append(letter)
        else:
            signs.append(_ALPHABETS.get(letter, letter))
    if any(ord(letter) > 127 for alphabet in signs for letter in alphabet):
        raise ModelError(f"Code({shown(pattern)}): it may contain ASCII characters only")
    return signs


def _sign(alphabet: str) -> str:
    return next((sign for sign, letters in _ALPHABETS.items() if letters == alphabet), f"\\{alphabet}")


def _spelled(signs: list[str], numbers: list[tuple[list[str], Array]]) -> pa.StringArray:
    """Codes from the numbers of their groups of signs, the last sign of each being the fastest to change."""
    count, width = len(numbers[0][1]), len(signs)
    data = np.empty((count, width), np.uint8)
    for rows in slices(count):
        end = width
        for group, number in reversed(numbers):
            rest = number[rows].astype(np.int64)
            for alphabet in reversed(group):
                end -= 1
                if len(alphabet) == 1:
                    data[rows, end] = ord(alphabet)
                    continue
                quotient = rest // len(alphabet)
                data[rows, end] = np.frombuffer(alphabet.encode(), np.uint8).take(rest - quotient * len(alphabet))
                rest = quotient
    if count * width >= 1 << 31:
        raise ModelError(f"codes of {count * width:,} letters are made at once, and 2**31 are the most")
    begins = (np.arange(count + 1) * width).astype(np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(begins), pa.py_buffer(data))


class Uuids(Column):
    """A UUID for each row, none twice: by construction, since half of its bits are the number of the row, moved about.

    version : 4 for random ones, 7 for ones that ascend with a moment
    at : with version 7, the own column of the moment
    """

    promises = ("unique", "distinct")

    def __init__(self, *, version: int = 4, at: str = "", type: Type = Uuid, **options: Unpack[Options]) -> None:
        if not is_whole(version) or version not in (4, 7):
            raise ModelError(f"Uuids(version={shown(version)}): 4 for random ones, 7 for ones that ascend with a moment")
        require_text("Uuids", at=at)
        if bool(at) != (version == 7):
            raise ModelError("Uuids: at names the own column of the moment, with version=7 and only with that")
        if not isinstance(type, Type) or type.arrow != pa.string() or type.sql == "JSON" or 0 < type.limits[1] < 36:
            raise ModelError(f"Uuids(type={shown(type)}): its type is Uuid, or a text of 36 characters or more")
        super().__init__(type, f"UUIDs of version {version}", **options)
        self.unique, self.version, self.at = True, version, at

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        moment = table.columns.get(self.at)  # the table names what is missing
        if moment is not None and (moment.type not in MOMENTS or moment.nullable):
            raise ModelError(f"{self.qualified_name}: at={self.at!r} must name a timestamp that is never missing, not a {moment.type.name}")

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.at,) if self.at else ()

    def make(self, rows: Rows) -> pa.StringArray:
        bits = rows.draw(self).bits()
        if not self.at:
            return random_uuids(bits, rows.numbers)
        moments = rows.values(self.at)
        if moments.min(initial=0) < 0:
            raise ModelError(
                f"{self.qualified_name}: a UUID of version 7 counts the milliseconds since 1970, and {self.at} is before that; use version 4"
            )
        return timed_uuids(moments, bits, rows.numbers)
