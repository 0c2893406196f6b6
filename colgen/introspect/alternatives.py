"""Checks that can be met in several ways, `a IS NULL AND b = 0 OR a IS NOT NULL AND b >= 1`: one of them is chosen, and kept in all rows."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from itertools import product

from colgen.introspect.shapes import CheckShape, ColumnShape, TableShape

_MOST_WAYS = 64

_COSTS = ((r" IS NULL\)*$", 4), (r" = ", 2), (r"^NOT | <> ", 1))
"""What is lost where a condition always holds: all values, all but one of them, one of them."""

_EXACT = re.compile(r"""\(?"?([A-Za-z_][\w ]*?)"?\)?(?:::[a-z ]+)? = \(*'?(-?\d+(?:\.\d+)?)'?\)*(?:::[a-z ]+)?\)*""")

Read = Callable[[TableShape, CheckShape], bool]
"""Reads a check of one column into it; whether that went."""


def ways(condition: str) -> list[list[str]]:
    """The ways in which a condition can be met: each is a list of conditions that must hold together.

    >>> ways("(((a IS NULL) AND (b = 0)) OR (b > 1))")
    [['a IS NULL', 'b = 0'], ['b > 1']]
    """
    condition = _unwrapped(condition)
    either = _parts(condition, " OR ")
    if len(either) > 1:
        return [way for part in either for way in ways(part)]
    both = _parts(condition, " AND ")
    if len(both) > 1:
        return [[condition for way in chosen for condition in way] for chosen in product(*map(ways, both))]
    return [[condition]]


def met(table: TableShape, check: CheckShape, read: Read) -> bool:
    """Chooses the way of meeting a check that leaves the columns most of their values, and reads it into them; whether there is one."""
    possible = ways(" ".join(check.text.removeprefix("CHECK").removesuffix("NOT VALID").split()))
    if not 1 < len(possible) <= _MOST_WAYS:
        return False
    for way in sorted(possible, key=lambda way: sum(map(_cost, way))):
        trial = copy.deepcopy(table)
        if all(_read(trial, condition, check, read) for condition in way) and all(
            _is_possible(trial.column(name)) for name in check.columns
        ):
            table.columns[:] = trial.columns
            return True
    return False


def _cost(condition: str) -> int:
    return next((cost for pattern, cost in _COSTS if re.search(pattern, condition)), 0)


def _read(table: TableShape, condition: str, check: CheckShape, read: Read) -> bool:
    """Reads a condition into the one column that it is about; whether that went."""
    unquoted = re.sub(r"'(?:[^']|'')*'", "''", condition)
    names = [name for name in check.columns if re.search(rf'(?<![\w"]){re.escape(name)}(?!\w)|"{re.escape(name)}"', unquoted)]
    if len(names) != 1:
        return False
    column = table.column(names[0])
    if re.fullmatch(r'\(*"?[\w ]+"?\)*(::[a-z ]+)? IS NOT NULL\)*', condition):
        column.nullable = False
        return True
    if re.fullmatch(r'\(*"?[\w ]+"?\)*(::[a-z ]+)? IS NULL\)*', condition):
        column.is_left_empty = True
        return True
    if any(column.name in key.columns for key in table.foreign_keys) or (column.name,) in (table.key, *table.uniques):
        return False
    if column.type == "boolean" and (flag := re.fullmatch(r'(NOT )?\(?"?[\w ]+"?\)?( = true| = false)?', condition)):
        column.low = column.high = float(not (bool(flag[1]) ^ (flag[2] == " = false")))
        return True
    if exact := _EXACT.fullmatch(condition):
        number = float(exact[2])
        low, high = (number if limit is None else limit for limit in (column.low, column.high))
        column.low, column.high = max(low, number), min(high, number)
        return column.type != "boolean" and column.words is None
    return read(table, CheckShape(f"CHECK (({condition}))", (column.name,)))


def _is_possible(column: ColumnShape) -> bool:
    """Whether a column can have a value as it must."""
    if column.is_left_empty:
        return column.nullable
    return column.words != [] and not (column.low is not None and column.high is not None and column.low > column.high)


def _unwrapped(condition: str) -> str:
    """Without the parentheses around all of it."""
    condition = condition.strip()
    while condition.startswith("(") and _end(condition, 0) == len(condition):
        condition = condition[1:-1].strip()
    return condition


def _end(text: str, start: int) -> int:
    """Where a parenthesis that opens at a place closes: the place behind it."""
    depth = 0
    for token in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|[()]", text[start:]):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if not depth and token[0] == ")":
            return start + token.end()
    return len(text)


def _parts(text: str, word: str) -> list[str]:
    """What stands between the occurrences of a word that are in no parentheses, quotes or brackets."""
    parts, depth, begin = list[str](), 0, 0
    for token in re.finditer(rf"'(?:[^']|'')*'|\"[^\"]*\"|[(\[]|[)\]]|{word}", text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token[0], 0)
        if token[0] == word and not depth:
            parts.append(text[begin : token.start()])
            begin = token.end()
    return [*parts, text[begin:]]
