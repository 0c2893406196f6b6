"""What the command line does to its process, which is its own: a library leaves all of this to its host."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


@cache
def own() -> None:
    """Makes the process fit for large builds: freed memory is kept, threads hand Python's lock on sooner, and work may be forked.

    Called before a model is loaded, since reading its vocabulary is the first to allocate much.
    """
    leave_pandas_out()
    from colgen.engines import processes
    from colgen.values.memory import keep_freed_memory

    keep_freed_memory()
    sys.setswitchinterval(sys.getswitchinterval() / 10)  # a thread that comes back from NumPy waits this long at most for the lock
    processes.allow()


class _Hidden:
    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def leave_pandas_out() -> None:
    """PyArrow looks for pandas at the first array it makes, and imports it where it is installed: a third of a small build's time.

    It does so once, and manages without if there is none; a model that does use pandas imports it, and PyArrow then finds it too.
    """
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _Hidden)
    try:
        import pyarrow as pa

        pa.array([0])
    finally:
        sys.meta_path.remove(_Hidden)
