"""`python -m colgen`."""

from colgen.cli import main

main()
