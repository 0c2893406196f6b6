"""`python -m colgen`."""

from __future__ import annotations

from colgen.cli import main

main()
