"""Keeps freed memory at hand.

A block's arrays are freed and asked for again some hundred times a second. glibc gives such pages back to the kernel at
every turn and faults them in anew, which costs several times what filling them does (a uniform draw: 7.5 ns a row
against 2). Told to keep what it has, it reuses the same few megabytes.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # from glibc's <malloc.h>


@cache
def keep_freed_memory() -> None:
    """Raises glibc's trim and mmap thresholds for this process; once, and nothing where there is no glibc."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, 1 << 28)
        mallopt(_MMAP_THRESHOLD, 1 << 25)
