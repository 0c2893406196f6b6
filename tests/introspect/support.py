"""What tests of several sources use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from colgen.declare.find import find_model


def assert_clean(path: Path) -> None:
    """A file that was written can be loaded, and formatters and linters have nothing to say of it."""
    find_model(str(path))
    for tool in (
        ["ruff", "format", "--check", "--isolated"],
        ["ruff", "check", "--isolated", "--select", "E,F,I,UP,B", "--ignore", "E501"],
    ):
        done = subprocess.run([sys.executable, "-m", *tool, str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr + path.read_text()
