"""Makes the process keep memory that it has freed.

The arrays of a block are freed and allocated again a few hundred times a second. By default glibc returns such pages to the kernel each
time and has to fault them in again, which costs several times as much as filling them (a uniform draw takes 7.5 ns a row instead of 2).
With its thresholds raised, it reuses the same few megabytes.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # from glibc's <malloc.h>


@cache
def keep_freed_memory() -> None:
    """Raises glibc's thresholds for this process and makes Arrow allocate from glibc, too. Does nothing on systems without glibc.

    Arrow's own memory pools return pages to the kernel as well: with them, a build spends 40 % more time there. A single arena is enough
    for a few large blocks, and lets one thread reuse what another has freed.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, 1 << 28)
        mallopt(_MMAP_THRESHOLD, 1 << 25)
        mallopt(_ARENA_MAX, 1)
        pa.set_memory_pool(pa.system_memory_pool())
