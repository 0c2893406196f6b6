"""What CHECK constraints say of single columns: the words that a column may be, the least and the greatest number."""

from __future__ import annotations

import re

from colgen.introspect.shapes import CheckShape, ColumnShape, TableShape

_NAME = r'\(*"?([A-Za-z_][\w ]*?)"?\)*(?:::[a-z ]+)?'
_COMPARED = re.compile(rf"{_NAME} (>=|<=|>|<) \(*'?(-?\d+(?:\.\d+)?)'?")
_LENGTH = re.compile(r'(?:char_length|length|character_length)\(\(*"?(\w+)"?\)*(?:::\w+(?: \w+)?)?\)+ (<=|<|=) \(*(\d+)')
_LIST = re.compile(rf"{_NAME} = ANY \(+ARRAY\[(.*?)\]", re.DOTALL)
_EQUALS = re.compile(rf"{_NAME} = '((?:[^']|'')*)'")
_QUOTED = re.compile(r"'((?:[^']|'')*)'(?:::[\w ]+)?")
_OR_NULL = re.compile(rf" OR \({_NAME} IS NULL\)|\({_NAME} IS NULL\) OR ")
_PAIR = re.compile(rf"^CHECK \(+{_NAME} (>=|<=|>|<|<>) {_NAME}\)+$")
_NOT_EQUAL = re.compile(rf"^CHECK \(+NOT \(+{_NAME} = {_NAME}\)+$")


def apply(table: TableShape) -> list[CheckShape]:
    """Reads the checks of a table into its columns; those that could not be read in full."""
    return [check for check in table.checks if not applied(table, check)]


def applied(table: TableShape, check: CheckShape) -> bool:
    """Reads a check of one column into it; whether that could be done in full."""
    if len(check.columns) != 1:
        return False
    column = table.column(check.columns[0])
    text = " ".join(check.text.split())
    if re.fullmatch(r'CHECK \(+"?[\w ]+"? IS NOT NULL\)+', text):
        column.nullable = False
        return True
    if column.type in ("json", "jsonb"):
        column.is_list = re.search(rf"typeof\(+\"?{re.escape(column.name)}\"?\)+ = 'array'", text) is not None
        return "typeof" in text
    if expression := _MATCHES.search(text):
        column.pattern = _fitting_code(expression[1].replace("''", "'"), column.length)
        return bool(column.pattern) and " OR " not in text
    listed = _LIST.search(text)
    if listed is not None and " AND " not in text:
        if column.type in ("smallint", "integer", "bigint", "numeric"):
            numbers = sorted({int(number) for number in re.findall(r"-?\d+(?![\w.])", listed[2])})
            if not numbers:
                return False
            in_a_row = numbers[-1] - numbers[0] == len(numbers) - 1
            column.low, column.high = float(numbers[0]), float(numbers[-1] if in_a_row else numbers[0])
            return True
        words = [word.replace("''", "'") for word in _QUOTED.findall(listed[2])]
        if words:
            _limit_words(column, words)
            return True
    equals = [word.replace("''", "'") for _, word in _EQUALS.findall(text)]
    if equals and " AND " not in text and text.count(" OR ") == len(equals) - 1:
        _limit_words(column, equals)
        return True
    if length := _LENGTH.search(text):
        most = int(length[3]) - (length[2] == "<")
        column.length = most if column.length is None else min(column.length, most)
        return " OR " not in text
    if " OR " in text and "IS NULL" not in text:
        return False
    compared = _COMPARED.findall(text)
    for _, sign, number in compared:
        whole = column.type not in ("numeric", "real", "double precision")
        value, step = float(number), 1.0 if whole else 0.01
        if sign in (">", ">="):
            bound = value + step * (sign == ">")
            column.low = bound if column.low is None else max(column.low, bound)
        else:
            bound = value - step * (sign == "<")
            column.high = bound if column.high is None else min(column.high, bound)
    return bool(compared) and "~" not in text and not re.search(r"[A-Za-z_]\w*\(", text.removeprefix("CHECK"))


def _limit_words(column: ColumnShape, words: list[str]) -> None:
    words = list(dict.fromkeys(words))
    column.words = words if column.words is None else [word for word in column.words if word in words]


_MATCHES = re.compile(r" ~\*? '((?:[^']|'')*)'")
_PIECE = re.compile(r"\\d|\[[^\]]+\]|\\.|[^\\\[\](){}|*+?.^$]")
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}|\+")
_OPTIONAL = re.compile(r"\((?:\?:)?[^()]*\)(?:[?*]|\{0,\d*\})")
_SOME = 8
"""How many signs stand where an expression allows for any number."""
_CLASSES = {
    "0-9": "0",
    "a-z": "a",
    "A-Z": "A",
    "a-f0-9": "x",
    "0-9a-f": "x",
    "A-Za-z": "A",
    "a-zA-Z": "A",
    "a-z0-9": "a",
    "A-Z0-9": "A",
    "0-9A-Z": "A",
    "0-9a-z": "a",
}


def _fitting_code(expression: str, length: int | None) -> str:
    """The longer pattern for an expression that fits a column, so that there are many codes; empty if none does."""
    codes = [code for many in (_SOME, 1) if (code := code_of(expression, many))]
    return next((code for code in codes if length is None or len(re.sub(r"\\(.)", r"\1", code)) <= length), "")


def _sign_of(characters: str) -> str:
    """The sign of a `Code` for a class of characters; empty where there is none."""
    characters = characters.replace("\\d", "0-9")
    if characters in _CLASSES:
        return _CLASSES[characters]
    if characters.startswith("^"):
        return "" if re.search(r"[a-z]|\\w", characters) else "a"
    return next((sign for span, sign in (("a-z", "a"), ("A-Z", "A"), ("0-9", "0")) if span in characters), "")


def code_of(expression: str, many: int = 1) -> str:
    """The pattern of a `Code` of which every text matches a simple regular expression; empty for one that is not simple.

    many : how many signs stand where any number of them may

    >>> code_of("^[0-9]{4}-[A-Z]$"), code_of("^(a|b)+$")
    ('0000\\\\-A', '')
    """
    if not expression.startswith(("^", "\\A")):
        return ""
    expression = _OPTIONAL.sub("", expression)
    at, pattern = 1 + expression.startswith("\\A"), ""
    while at < len(expression):
        if expression[at:] in ("$", "\\Z", "\\z"):
            return pattern
        piece = _PIECE.match(expression, at)
        if piece is None:
            return ""
        at, text = piece.end(), piece[0]
        if text == "\\d":
            sign = "0"
        elif text.startswith("["):
            sign = _sign_of(text[1:-1])
            if not sign:
                return ""
        else:
            sign = f"\\{text[-1]}"
        count = _COUNT.match(expression, at)
        if count is not None:
            at = count.end()
        pattern += sign * (_times(count, many) if count is not None else 1)
    return pattern


def _times(count: re.Match[str], many: int) -> int:
    """How often a sign comes."""
    least, most = int(count[1] or 1), int(count[3] or many) if count[2] or not count[1] else int(count[1])
    return max(least, min(most, many))


def excepted(check: CheckShape, key: str) -> int | None:
    """The number of the one row that a check is about: `id <> 1 OR …`; None for another check."""
    found = re.match(rf'CHECK \(+"?{re.escape(key)}"? <> (\d+)\) OR ', " ".join(check.text.split()))
    return int(found[1]) if found is not None else None


def is_of_one_row(table: TableShape, check: CheckShape) -> bool:
    """Whether a check is about the one row that has a certain key."""
    return len(table.key) == 1 and excepted(check, table.key[0]) is not None


def two(check: CheckShape) -> tuple[str, str, str] | None:
    """What a check says of two columns: the lesser, "<" and the greater, or two that must differ and "<>" between; None for another check."""
    text = _OR_NULL.sub("", " ".join(check.text.split()))
    compared, unequal = _PAIR.match(text), _NOT_EQUAL.match(text)
    if compared is not None:
        first, sign, second = compared[1], compared[2], compared[3]
    elif unequal is not None:
        first, sign, second = unequal[1], "<>", unequal[2]
    else:
        return None
    if len(check.columns) != 2 or {first, second} != set(check.columns):
        return None
    if sign == "<>":
        return first, sign, second
    return (first, "<", second) if sign in ("<", "<=") else (second, "<", first)
