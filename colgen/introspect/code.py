"""Python source of declarations, laid out as formatters do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WIDTH = 88
"""Characters of a line, as `ruff format` and Black have them."""


@dataclass
class Call:
    """A call: its name, its arguments in order, and those with names. Arguments are values, other calls or `Raw`."""

    name: str
    arguments: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)

    def with_named(self, **named: Any) -> Call:
        """The same with further arguments."""
        return Call(self.name, self.arguments, {**self.named, **named})


@dataclass
class Raw:
    """Source as it is, such as the name of a class."""

    text: str


def call(name: str, /, *arguments: Any, **named: Any) -> Call:
    """A call."""
    return Call(name, list(arguments), dict(named))


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Call):
        return f"{value.name}({', '.join(_parts(value))})"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return f"({', '.join(map(inline, value))}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 100_000:
        return f"{value:_}"
    return repr(value)


def _parts(value: Call) -> list[str]:
    return [*map(inline, value.arguments), *(f"{name}={inline(item)}" for name, item in value.named.items())]


def _text(value: str) -> str:
    shown = repr(value)
    if shown[0] == "'" and '"' not in value:
        return '"' + shown[1:-1].replace("\\'", "'") + '"'
    return shown


def assignment(name: str, value: Any, indent: int = 4, comment: str = "") -> list[str]:
    """Lines that give a name a value."""
    return laid_out(f"{name} = ", value, indent, "", f"  # {comment}" if comment else "")


def laid_out(before: str, value: Any, indent: int, after: str = "", comment: str = "") -> list[str]:
    """Lines of a value with something before and after it: on one line if it fits, else its parts on lines of their own."""
    space = " " * indent
    line = f"{space}{before}{inline(value)}{after}"
    if len(line + comment) <= WIDTH or not isinstance(value, Call | dict | list | tuple):
        return [line + comment]
    opening, closing, items = _opened(value)
    if not items:
        return [line + comment]
    inner = ", ".join(inline_item for _, _, inline_item in items)
    if isinstance(value, Call) and len(space) + 4 + len(inner) <= WIDTH:
        return [f"{space}{before}{opening}", f"{space}    {inner}", f"{space}{closing}{after}{comment}"]
    lines = [f"{space}{before}{opening}"]
    for prefix, item, _ in items:
        lines += laid_out(prefix, item, indent + 4, ",")
    return [*lines, f"{space}{closing}{after}{comment}"]


def _opened(value: Any) -> tuple[str, str, list[tuple[str, Any, str]]]:
    """What a value begins and ends with, and its items: what stands before each, the item, and both on one line."""
    if isinstance(value, Call):
        items = [("", item, inline(item)) for item in value.arguments]
        items += [(f"{name}=", item, f"{name}={inline(item)}") for name, item in value.named.items()]
        return f"{value.name}(", ")", items
    if isinstance(value, dict):
        return "{", "}", [(f"{inline(key)}: ", item, f"{inline(key)}: {inline(item)}") for key, item in value.items()]
    opening, closing = ("[", "]") if isinstance(value, list) else ("(", ")")
    return opening, closing, [("", item, inline(item)) for item in value]
