"""The folder in which colgen remembers things for a user: whether builds into databases are switched off, and which model files were run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def folder(environment: Mapping[str, str]) -> Path:
    """COLGEN_HOME, or else `colgen` in XDG_CONFIG_HOME or ~/.config. RuntimeError for a user without a home folder.

    >>> str(folder({"XDG_CONFIG_HOME": "/home/ann/.config"}))
    '/home/ann/.config/colgen'
    """
    if ours := environment.get("COLGEN_HOME", "").strip():
        return Path(os.path.expanduser(ours))
    shared = Path(environment.get("XDG_CONFIG_HOME", "").strip())
    if not shared.is_absolute():
        home = environment.get("HOME", "").strip()
        shared = (Path(home) if home else Path.home()) / ".config"
    return shared / "colgen"
