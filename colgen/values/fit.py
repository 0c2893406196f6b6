"""Whether texts fit their type: UUIDs, and texts that may have so many characters."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.values.arrow import letters


class UnfitValue(ValueError):
    """A value that its type cannot hold. `str(error)` says which, and what the type holds.

    row : its position among the values; None where that is not known
    """

    def __init__(self, message: str, row: int | None = None) -> None:
        super().__init__(message)
        self.row = row


UUID_LETTERS = 36
_HYPHENS = (8, 13, 18, 23)
_AT_ONCE = 1 << 11  # UUIDs that are looked at together: what is computed of them stays in the second-level cache


def first_not_uuid(texts: pa.StringArray) -> int | None:
    """The position of the first text that is not a UUID: 36 letters, of which 32 are hexadecimal digits in either case.

    texts : without nulls

    >>> first_not_uuid(pa.array(["0f1d2c3b-0000-4000-8000-00000000000A", "0f1d2c3b000040008000000000000000aaaa"]))
    1
    """
    offsets, data = letters(texts)
    wrong_length = np.flatnonzero(np.diff(offsets) != UUID_LETTERS)
    known = int(wrong_length[0]) if len(wrong_length) else len(texts)
    characters = np.frombuffer(data, np.uint8)[: known * UUID_LETTERS].reshape(known, UUID_LETTERS)
    for first in range(0, known, _AT_ONCE):
        some = characters[first : first + _AT_ONCE]
        if not _are_uuids(some):
            return first + next(row for row in range(len(some)) if not _are_uuids(some[row : row + 1]))
    return known if len(wrong_length) else None


def _are_uuids(characters: Array) -> bool:
    """Whether all rows are UUIDs. characters : uint8, (rows, 36)"""
    shifted = characters - np.uint8(ord("0"))
    is_digit = shifted < 10
    shifted &= np.uint8(0xDF)  # the letters of both cases are one
    shifted -= np.uint8(ord("A") - ord("0"))
    is_digit |= shifted < 6
    hyphens = all((characters[:, place] == ord("-")).all() for place in _HYPHENS)
    return hyphens and np.count_nonzero(is_digit) == (UUID_LETTERS - len(_HYPHENS)) * len(characters)


class SameTexts:
    """Texts as a key of a cache: those at the same place in memory, which the key keeps from being used for others."""

    def __init__(self, texts: pa.StringArray) -> None:
        self.texts = texts
        self._place = (texts.offset, len(texts), *(0 if buffer is None else buffer.address for buffer in texts.buffers()))

    def __hash__(self) -> int:
        return hash(self._place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameTexts) and self._place == other._place


@lru_cache(maxsize=8)
def _first_not_uuid(key: SameTexts) -> int | None:
    return first_not_uuid(key.texts)


def first_not_uuid_once(texts: pa.StringArray) -> int | None:
    """`first_not_uuid`, remembered for the last few arrays: children carry their parents' UUIDs."""
    return _first_not_uuid(SameTexts(texts))


def first_too_long(texts: pa.StringArray, most: int) -> int | None:
    """The position of the first text of more than `most` characters, whatever their number of bytes.

    texts : without nulls

    >>> first_too_long(pa.array(["Łódź", "Kraków"]), 4)
    1
    """
    offsets, _ = letters(texts)
    if len(texts) and int(np.diff(offsets).max()) > most:
        beyond = np.flatnonzero(pc.utf8_length(texts).to_numpy() > most)
        return int(beyond[0]) if len(beyond) else None
    return None


def first_of_other_length(texts: pa.StringArray, characters: int) -> int | None:
    """The position of the first text that has not exactly so many characters, whatever their number of bytes.

    texts : without nulls

    >>> first_of_other_length(pa.array(["Łódź", "Kraków"]), 4)
    1
    """
    others = np.flatnonzero(pc.utf8_length(texts).to_numpy() != characters)
    return int(others[0]) if len(others) else None
