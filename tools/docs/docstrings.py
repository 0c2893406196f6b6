"""How the site renders docstrings: colgen's `name : meaning` lines become a list, examples become code.

An extension of Griffe, which reads docstrings for mkdocstrings; `mkdocs.yml` names it.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

_PARAMETER = re.compile(r"^(\w+(?:, \w+)*) : (.+)$")


def as_markdown(docstring: str) -> str:
    """A docstring of colgen's as Markdown."""
    lines: list[str] = []
    in_list = in_example = False
    for line in [*docstring.splitlines(), ""]:
        if in_example and not line.strip():
            lines.append("```")
            in_example = False
        if in_list and line.startswith("    ") and not in_example:
            lines[-1] += f" {line.strip()}"
            continue
        in_list = False
        if parameter := _PARAMETER.match(line):
            names = ", ".join(f"`{name}`" for name in parameter[1].split(", "))
            if lines and lines[-1] and not lines[-1].startswith("- "):
                lines.append("")
            line, in_list = f"- {names}: {parameter[2]}", True
        elif line.startswith(">>>") and not in_example:
            if lines and lines[-1]:
                lines.append("")
            lines.append("```python")
            in_example = True
        lines.append(line)
    return "\n".join(lines).strip()


class Docstrings(griffe.Extension):
    """Rewrites the docstring of every object as it is loaded."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)
