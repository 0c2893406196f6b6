"""How many cells have which defects: what a request and a scenario say under `defects`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from colgen.declare.arguments import shown
from colgen.draws.numbers import is_finite
from colgen.errors import one_of

ANY = "any"
"""Stands for the kinds that change the value of a cell: which of them fits it, each as likely as another."""

KINDS: Mapping[str, str] = {
    "typo": "a letter of a text is dropped, doubled, exchanged with the next one, or the neighbouring key was hit",
    "missing": "a value that should be there is NULL",
    "stale": "an earlier day or moment, a lower price",
    "unit": "a number is 100 or 1,000 times as large",
    "swap": "two fields are exchanged, such as first and last name, or the day and the month of a date",
    "mojibake": "a text in UTF-8 was read as Windows-1252: Müller is MÃ¼ller",
    "duplicate": "a row comes again under another key",
    "orphan": "a foreign key is that of a row that is not there; in files only",
}
"""The kinds of defects, by the words for them in requests and in the answer key."""

MOST = 0.2
"""The largest share of a kind."""


SETTING = "defects"
"""The setting under which shares are asked for, of every model that has none of its own by this name."""


def is_of_defects(setting: str) -> bool:
    """Whether a setting is the share of all defects or of a kind.

    >>> is_of_defects("defects"), is_of_defects("defects.typo"), is_of_defects("customers")
    (True, True, False)
    """
    return setting.partition(".")[0] == SETTING


def shares_of(value: Any) -> dict[str, float]:
    """The share of each kind that is asked for: above 0 and at most 0.2; empty for none.

    value : a number for any kind that fits a cell, or a number for each kind; numbers may be texts

    Raises ValueError that says what would be right.

    >>> shares_of(0.02)
    {'any': 0.02}
    >>> shares_of({"typo": "0.01", "missing": 0})
    {'typo': 0.01}
    """
    given = value if isinstance(value, Mapping) else {ANY: value}
    shares = {}
    for kind, share in given.items():
        if kind not in (ANY, *KINDS):
            raise ValueError(f"there is no kind of defect {shown(kind)}; {one_of(str(kind), [ANY, *KINDS])}")
        number = _number(share)
        if number is None or not 0 <= number <= MOST:
            raise ValueError(f"{shown(share)} is invalid; it must be a share from 0 to {MOST}, such as 0.02, or a share for each kind")
        if number:
            shares[str(kind)] = number
    return shares


def _number(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return float(number) if is_finite(number) else None
