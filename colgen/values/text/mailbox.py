"""Words in the form that they take in an e-mail address."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_NOT_DECOMPOSED = {
    "ß": "ss",
    "ł": "l",
    "Ł": "l",
    "ø": "o",
    "Ø": "o",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "đ": "d",
    "Đ": "d",
    "ı": "i",
    "ẞ": "ss",
}


def mailbox(words: pa.StringArray) -> pa.StringArray:
    """Words in the form that they take in an e-mail address: lower-case ASCII letters and digits.

    >>> mailbox(pa.array(["O'Brien", "José"])).to_pylist()
    ['obrien', 'jose']
    """
    words = words.cast(pa.string())
    for letter, plain in _NOT_DECOMPOSED.items():
        words = pc.replace_substring(words, letter, plain)
    decomposed = pc.utf8_normalize(words, form="NFKD")
    return pc.utf8_lower(pc.replace_substring_regex(decomposed, "[^A-Za-z0-9]", ""))
