"""Keeps freed memory at hand.

A block's arrays are freed and asked for again some hundred times a second. glibc gives such pages back to the kernel at
every turn and faults them in anew, which costs several times what filling them does (a uniform draw: 7.5 ns a row
against 2). Told to keep what it has, it reuses the same few megabytes.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # from glibc's <malloc.h>


@cache
def keep_freed_memory() -> None:
    """Raises glibc's thresholds for this process and has Arrow use it too; once, and nothing where there is no glibc.

    Arrow's own pools give pages back as well: with theirs a build spends 40 % more time in the kernel. One arena is enough for a
    few large blocks, and what one thread frees another reuses.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, 1 << 28)
        mallopt(_MMAP_THRESHOLD, 1 << 25)
        mallopt(_ARENA_MAX, 1)
        pa.set_memory_pool(pa.system_memory_pool())
