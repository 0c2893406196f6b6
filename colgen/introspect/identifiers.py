"""What things are called in a model file: its classes, attributes and volumes, each as Python and colgen can have it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from importlib import import_module

from colgen.introspect.layout import TablePlan

_ROWS_WORD = "rows"


def _taken() -> frozenset[str]:
    return frozenset(import_module("colgen").__all__)  # what a model file may import


_TAKEN = _taken()


def class_names(plans: Sequence[TablePlan]) -> dict[str, str]:
    """The class of each table, by the name of its plan."""
    names: dict[str, str] = {}
    for one in plans:
        parts = re.findall(r"[A-Za-z0-9]+", one.name.replace(".", "_"))
        name = "".join(part[0].upper() + part[1:] for part in parts) or "Unnamed"
        if name[0].isdigit():
            name = f"T{name}"
        while name in names.values() or name in _TAKEN or keyword.iskeyword(name):
            name += "_"
        names[one.name] = name
    return names


def attribute(name: str, taken: Iterable[str]) -> str:
    """The name of an attribute: that of the column, if Python can have it."""
    word = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not word or word[0].isdigit() or word.startswith("_"):
        word = f"c_{word.lstrip('_')}"
    while keyword.iskeyword(word) or word == _ROWS_WORD or word in _TAKEN or word in taken or word == "vocabulary":
        word += "_"
    return word


def table_name(name: str) -> str:
    """What the table of a class is called where nothing else is said."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def volume(table_plan: TablePlan) -> str:
    """The setting that says how many rows a table has."""
    return re.sub(r"\W", "_", table_plan.name, flags=re.ASCII).lower()
