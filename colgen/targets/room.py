"""Whether there is room for a build."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from colgen.errors import TargetError


def refuse_without_room(needed: int, path: Path) -> None:
    """Raises TargetError where the disk under a path, which need not be there yet, has less free than is needed.

    needed : bytes
    """
    nearest = next(parent for parent in (path.absolute(), *path.absolute().parents) if os.path.exists(parent))
    free = shutil.disk_usage(nearest).free
    if needed > free:
        raise TargetError(f"the disk under {str(path)!r} has {human_size(free)} free, and the build needs about {human_size(needed)}")


def human_size(count: float) -> str:
    """Bytes for people.

    >>> human_size(1_234_567)
    '1.2 MB'
    """
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if count < 1000 or unit == "PB":
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError
