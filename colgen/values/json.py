"""Whether texts are JSON that every reader takes: RFC 8259, and what PostgreSQL's `jsonb` asks for beyond it.

Texts in parts are proved by their skeleton, in which every word and number stands for all of its kind. Those whose skeleton proves nothing are
spelled, and parsed together.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array, slices
from colgen.values.arrow import letters
from colgen.values.text.digits import Digits
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes

DEEPEST = 500
"""Arrays and objects within one another, at most; readers give up somewhere beyond."""

_MOST_EXPONENT, _MOST_DIGITS = 308, 16_000


def _number(text: str) -> float:
    _, _, exponent = text.lower().partition("e")
    if len(text) > _MOST_DIGITS or (exponent and abs(int(exponent)) > _MOST_EXPONENT):
        raise ValueError(f"a number such as {text[:20]} has too many digits, or an exponent beyond {_MOST_EXPONENT}")
    return float(text)


def _not_a_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


# float reads whole numbers of any length
_DECODER = json.JSONDecoder(parse_float=_number, parse_int=float, parse_constant=_not_a_number)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def problem(text: str) -> str | None:
    """Why a text is not JSON, in a few words; None if it is.

    >>> problem('{"a": 1}'), problem("{'a': 1}")
    (None, 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)')
    """
    if _depth(text) > DEEPEST:
        return f"arrays and objects are nested more than {DEEPEST} deep"
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return str(error)
    if "\\u" in text:
        spelled = json.dumps(value, ensure_ascii=False)
        if re.search(r"(?<!\\)(?:\\\\)*\\u0000", spelled):
            return "it has the character \\u0000, which PostgreSQL's jsonb cannot hold"
        if any(0xD800 <= ord(character) < 0xE000 for character in spelled):
            return "it has half of a surrogate pair"
    return None


def _depth(text: str) -> int:
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


_FEW_ROWS, _FEW_PATTERNS = 1 << 10, 1 << 6
_PARSED_AT_ONCE = 1 << 11


def first_not_json(texts: pa.StringArray) -> int | None:
    """The position of the first text that is not JSON.

    Texts that differ in nothing but the digits of their words are parsed once; all others together, and one by one only where that fails.

    texts : without nulls

    >>> first_not_json(pa.array(["[1]", "NaN"]))
    1
    """
    rows = _rows_without_pattern(texts)
    texts = texts if rows is None else texts.take(pa.array(rows))
    for first in range(0, len(texts), _PARSED_AT_ONCE):
        listed = texts.slice(first, _PARSED_AT_ONCE).to_pylist()
        suspect = "\\u" if _are_json(listed) else ""
        row = next((row for row, text in enumerate(listed, first) if suspect in text and problem(text)), None)
        if row is not None:
            return row if rows is None else int(rows[row])
    return None


def _rows_without_pattern(texts: pa.StringArray) -> Array | None:
    """The rows that their pattern does not prove to be JSON; None for all. A pattern has zeros for all digits."""
    if len(texts) <= _FEW_ROWS or len(pc.unique(_without_digits(texts.slice(0, _FEW_ROWS)))) > _FEW_PATTERNS:
        return None
    patterns = _without_digits(texts).dictionary_encode()
    if len(patterns.dictionary) > _FEW_ROWS:
        return None
    is_proved = np.array(list(map(_is_pattern_json, patterns.dictionary.to_pylist())))
    return np.flatnonzero(~is_proved.take(patterns.indices.to_numpy())) if not is_proved.all() else np.empty(0, np.int64)


def _without_digits(texts: pa.StringArray) -> pa.StringArray:
    """Texts with a zero for every digit."""
    offsets, data = letters(texts)
    characters = np.frombuffer(data, np.uint8)
    zeros = np.empty(len(characters), np.uint8)
    for rows in slices(len(characters)):
        above = characters[rows] - np.uint8(ord("0"))
        above *= (above < 10).view(np.uint8)
        np.subtract(characters[rows], above, out=zeros[rows])
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets - offsets[0]), pa.py_buffer(zeros))


@lru_cache(maxsize=1 << 10)
def _is_pattern_json(pattern: str) -> bool:
    """Whether all texts of a pattern are JSON: digits in quotes may be any, and so may a number of a single digit."""
    if "\\" in pattern or re.search(r"\d\d|\d[eE]", _STRING.sub("", pattern)):
        return False
    return problem(pattern) is None


def _are_json(texts: list[str]) -> bool:
    """Whether an array of them, with a word between any two that none of them can know, is an array of them and the words."""
    word = os.urandom(16).hex()
    if any(len(text) > DEEPEST and _depth(text) > DEEPEST for text in texts):
        return False
    try:
        values = _DECODER.decode("[" + f',"{word}",'.join(texts) + "]")
    except (ValueError, RecursionError):
        return False
    return len(values) == 2 * len(texts) - 1 and all(value == word for value in values[1::2])


# Texts in parts

_MOST_FORMS, _MOST_SKELETONS = 16, 1 << 12
_WORD, _DIGITS = "x", "7"  # what stands for a word in quotes and for a number: no letter of an escape, and not a leading zero


def is_proved(parts: Sequence[TextPart], rows: int) -> bool:
    """Whether the parts of some texts prove that all of them are JSON. If not, they may still be.

    A word between quotes stands for all words of its list if none of them has a quote, a backslash or a control character. Words outside of
    quotes are told apart by what they are without the letters in theirs, numbers by whether they begin with a zero.

    >>> ids = Digits(np.array([0, 12]))
    >>> is_proved(['{"id": ', ids, "}"], 2), is_proved(["{", ids, "}"], 2)
    (True, False)
    """
    pieces: list[str | tuple[list[str], Array]] = []
    inside = False
    for is_constant, neighbours in groupby(parts, lambda part: isinstance(part, str)):
        if is_constant:
            pieces.append("".join(map(str, neighbours)))
            inside = _ends_inside(str(pieces[-1]), inside)
            continue
        for part in neighbours:
            if not inside:
                forms = _forms_of_numbers(part) if isinstance(part, Digits) else _forms_of_words(part)
                if forms is None:
                    return False
                pieces.append(forms)
            elif not (_is_plain(part.table) if isinstance(part, Coded) else isinstance(part, Digits) or _are_plain(letters(part)[1])):
                return False
            else:
                pieces.append(_WORD)
    skeletons = _skeletons(pieces, rows)
    return skeletons is not None and all(map(_is_skeleton_json, skeletons))


def _ends_inside(constant: str, inside: bool) -> bool:
    """Whether what follows a constant is between quotes."""
    return inside ^ bool(re.sub(r"\\.", "", constant).count('"') % 2)


@lru_cache(maxsize=128)
def _is_plain(table: WordBytes) -> bool:
    return _are_plain(table.affixed("", "")[0].data)


def _are_plain(characters: memoryview) -> bool:
    """Whether none of them has a meaning of its own between quotes."""
    data = np.frombuffer(characters, np.uint8)
    return not any(((some < 0x20) | (some == ord('"')) | (some == ord("\\"))).any() for some in (data[rows] for rows in slices(len(data))))


def _forms_of_numbers(part: Digits) -> str | tuple[list[str], Array]:
    if not len(part.values):
        return _DIGITS
    least = 10 ** (part.width - 1) if part.width > 1 else 1
    if int(np.minimum.reduce(part.values)) >= least:
        return _DIGITS
    return ["0" + _DIGITS if part.width > 1 else "0", _DIGITS], part.values >= least


def _forms_of_words(part: TextPart) -> str | tuple[list[str], Array] | None:
    if not isinstance(part, Coded) or (forms := _forms(part.table)) is None:
        return None
    return forms[0][0] if len(forms[0]) == 1 else (forms[0], forms[1].take(part.codes))


@lru_cache(maxsize=128)
def _forms(table: WordBytes) -> tuple[list[str], Array] | None:
    """What the words of a list are without the letters in their quotes, and which of these each word is; None if they are too many."""
    numbers: dict[str, int] = {}
    form_of_word = [numbers.setdefault(_form(word), len(numbers)) for word in table.words.to_pylist()]
    if len(numbers) > _MOST_FORMS or any("\\" in form or form.count('"') % 2 for form in numbers):
        return None
    return list(numbers), np.array(form_of_word)


def _form(word: str) -> str:
    without_letters = re.sub(r'"[^"\\\x00-\x1f]*"', '""', word)
    return re.sub(r"(?<=[:,\[ ])-?(0|[1-9]\d*)(\.\d+)?(?=[,\]} ])", _DIGITS, without_letters)


def _skeletons(pieces: list[str | tuple[list[str], Array]], rows: int) -> list[str] | None:
    """Each row with its parts' forms, every combination once; None if they are too many."""
    if not rows:
        return []
    combination, count = np.zeros(rows, np.int64), 1
    varying = [piece for piece in pieces if not isinstance(piece, str)]
    for forms, codes in varying:
        combination = combination * len(forms) + codes
        count *= len(forms)
        if count > _MOST_SKELETONS:
            return None
    skeletons = []
    for number in np.flatnonzero(np.bincount(combination)).tolist() if varying else [0]:
        spelled = []
        for piece in reversed(pieces):
            if isinstance(piece, str):
                spelled.append(piece)
            else:
                number, code = divmod(number, len(piece[0]))
                spelled.append(piece[0][code])
        skeletons.append("".join(reversed(spelled)))
    return skeletons


@lru_cache(maxsize=1 << 10)
def _is_skeleton_json(skeleton: str) -> bool:
    is_exponent = re.search(rf"[eE][+-]?\d*{_DIGITS}", _STRING.sub("", skeleton))  # of how many digits is not known
    return is_exponent is None and problem(skeleton) is None
