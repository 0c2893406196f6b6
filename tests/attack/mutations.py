"""A sound document with a few things in it changed: values, keys, the order of a list, what is there at all."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.attack.odd import VALUES

PLAIN = [value for value in VALUES if value is None or (isinstance(value, str | int | float | list | dict) and "\ud800" not in str(value))]
PLAIN += [
    -5,
    3,
    "orders",
    "../victim.txt",
    "/etc/passwd",
    "part-00001-0a1b2c3d.parquet",
    "DECIMAL(12,2)'}); COPY (SELECT 1) TO '/x'; --",
    {"a": [{}]},
]


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every value of a document, the whole included."""
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list | tuple) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, documents: st.SearchStrategy[Any], values: list[Any] = PLAIN) -> Any:
    """One of the documents with one to three changes."""
    document = json.loads(json.dumps(draw(documents)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(document)[1:] or [()]))
        if not path:
            return deepcopy(draw(st.sampled_from(values)))
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        change = draw(st.integers(0, 5))
        if change == 0 and isinstance(holder, dict):
            del holder[path[-1]]
        elif change == 1 and isinstance(holder, dict):
            holder[draw(st.sampled_from(["", "x", "../a", "a'b", "SELECT", "rows", "id", "é"]))] = holder.pop(path[-1])
        elif change == 2 and isinstance(holder, list):
            holder.append(deepcopy(holder[path[-1]]))
        else:
            holder[path[-1]] = deepcopy(draw(st.sampled_from(values)))  # the next change may be one within it
    return document
