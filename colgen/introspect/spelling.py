"""Conditions as PostgreSQL spells them, of those that other databases spell otherwise: so that one reader of CHECKs is enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from colgen.introspect.shapes import CheckShape

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_KEPT = re.compile(r"\0(\d+)\0")

_NAME = r'"?\w+"?'
_REWRITTEN: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"`([^`]+)`", r'"\1"'),
    (r"\[([A-Za-z_]\w*)\]", r'"\1"'),
    (r"\s+", " "),
    (r"!=", "<>"),
    (r"==", "="),
    (r"<=", " <= "),
    (r">=", " >= "),
    (r"<>", " <> "),
    (r"(?<![<>!=~])([<>=])(?![<>=])", r" \1 "),
    (r"(?<!\w)CAST\((\0\d+\0|-?[\d.]+) AS [\w ]+(?:\([\d, ]+\))?\)", r"\1"),
    (rf"({_NAME}) BETWEEN (-?[\d.]+) AND (-?[\d.]+)", r"\1 >= \2 AND \1 <= \3"),
    (rf"({_NAME}) IN ?\(([^()]*)\)", r"\1 = ANY (ARRAY[\2])"),
    (rf"regexp_(?:matches|like|full_match) ?\(({_NAME}), ?(\0\d+\0)(?:, ?\0\d+\0)?\)", r"\1 ~ \2"),
    (rf"({_NAME}) (?:REGEXP|RLIKE) (\0\d+\0)", r"\1 ~ \2"),
    (r"\b(?:len|length|char_length|character_length)\(", "length("),
    (r"\b(and|or|is|not|null)\b", lambda match: match[0].upper()),
    (r" +", " "),
]


def check_of(condition: str, columns: Iterable[str]) -> CheckShape:
    """A CHECK as PostgreSQL spells it, with those of a table's columns that it reads.

    >>> check_of("price between 1 and 20", ["price", "name"])
    CheckShape(text='CHECK ((price >= 1 AND price <= 20))', columns=('price',))
    """
    literals: list[str] = []

    def kept(literal: re.Match[str]) -> str:
        literals.append(literal[0])
        return f"\0{len(literals) - 1}\0"

    text = _LITERAL.sub(kept, condition.replace("\0", "").strip())
    read = tuple(name for name in columns if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
    for pattern, becomes in _REWRITTEN:
        text = re.sub(pattern, becomes, text, flags=re.IGNORECASE)
    text = _KEPT.sub(lambda number: literals[int(number[1])], text.strip())
    return CheckShape(f"CHECK ({text})" if text.startswith("(") and _is_wrapped(text) else f"CHECK (({text}))", read)


def _is_wrapped(text: str) -> bool:
    """Whether the first parenthesis is closed by the last one."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return at == len(text) - 1
    return False
