"""What makes the command line start sooner."""

from __future__ import annotations

import sys
from typing import Any

import pyarrow as pa


class _Hidden:
    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """PyArrow looks for pandas at the first array it makes, and imports it where it is installed: a third of a small build's time.

    It does so once, and does without if there is none; a model that does use pandas imports it, and PyArrow then finds it too.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _Hidden)
        try:
            pa.array([0])
        finally:
            sys.meta_path.remove(_Hidden)
