"""Whether builds into databases are switched on: a file in the user's configuration folder says if they are not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from colgen.errors import ColgenError


def state_file(environment: Mapping[str, str]) -> Path:
    """The file that is there while they are off: `disabled` in COLGEN_HOME, or in `colgen` in XDG_CONFIG_HOME or ~/.config.

    >>> str(state_file({"XDG_CONFIG_HOME": "/home/ann/.config"}))
    '/home/ann/.config/colgen/disabled'
    """
    if ours := environment.get("COLGEN_HOME", "").strip():
        return Path(os.path.expanduser(ours)) / "disabled"
    shared = Path(environment.get("XDG_CONFIG_HOME", "").strip())
    if not shared.is_absolute():
        home = environment.get("HOME", "").strip()
        shared = (Path(home) if home else Path.home()) / ".config"
    return shared / "colgen" / "disabled"


def enabled(environment: Mapping[str, str]) -> bool | None:
    """Whether they are on; None where that could not be found out."""
    try:
        os.lstat(state_file(environment))
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RuntimeError):  # not readable; a null in the path; nobody's home
        return None
    return False


def switch(on: bool, environment: Mapping[str, str]) -> Path:
    """Switches them on or off, for every process of this user. Gives the file; raises ColgenError where it cannot be written."""
    try:
        file = state_file(environment)
        if on:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("While this file is here, colgen refuses to build into databases; `colgen toggle --enable` removes it.\n")
    except (OSError, ValueError, RuntimeError) as error:
        raise ColgenError(f"builds into databases could not be switched {'on' if on else 'off'}: {error}") from None
    return file
