"""The switch that turns off all builds into databases: a file in the user's configuration folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from colgen import home
from colgen.errors import ColgenError


def state_file(environment: Mapping[str, str]) -> Path:
    """The file that exists while builds are switched off: `disabled` in the user's own folder.

    >>> str(state_file({"XDG_CONFIG_HOME": "/home/ann/.config"}))
    '/home/ann/.config/colgen/disabled'
    """
    return home.folder(environment) / "disabled"


def enabled(environment: Mapping[str, str]) -> bool | None:
    """Whether builds into databases are switched on; None if that could not be determined."""
    try:
        os.lstat(state_file(environment))
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RuntimeError):  # unreadable; a null character in the path; no home folder
        return None
    return False


def switch(on: bool, environment: Mapping[str, str]) -> Path:
    """Switches builds into databases on or off for all processes of this user.

    Returns the file of the switch. Raises ColgenError if it cannot be written or removed.
    """
    try:
        file = state_file(environment)
        if on:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("While this file exists, colgen refuses to build into databases; `colgen toggle --enable` removes it.\n")
    except (OSError, ValueError, RuntimeError) as error:
        raise ColgenError(f"builds into databases could not be switched {'on' if on else 'off'}: {error}") from None
    return file
