"""The commands about defaults: config shows each and where it comes from, toggle switches builds into databases on and off."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from colgen.errors import RequestError


class ConfigStyle(StrEnum):
    table = "table"
    json = "json"


def config(format: Annotated[ConfigStyle, typer.Option("--format", "-f")] = ConfigStyle.table) -> None:
    """Show what `build` does without options: each key, its value, and the variable or file that says so.

    An option takes precedence over COLGEN_NAME in the environment, that over colgen.toml in this folder or above it, that over
    [tool.colgen] in pyproject.toml, and that over the built-in defaults.

    Example: COLGEN_SEED=7 colgen config
    """
    from colgen import config
    from colgen.declare.find import find_model

    found, wrong = config.resolve({}, os.environ, Path.cwd()), None
    try:
        chosen = config.settings(find_model(found["model"].value), found, os.environ)
        found |= {f"settings.{name}": value for name, value in chosen.items()}
    except RequestError as error:  # what is wrong is told when all has been shown: it may explain it
        wrong = error
    if format is ConfigStyle.json:
        print(json.dumps({key: {"value": value.shown, "source": value.source} for key, value in found.items()}, indent=1))
    else:
        from colgen.cli import show

        show.configuration(found)
    if wrong is not None:
        raise wrong


def toggle(
    disable: Annotated[bool, typer.Option("--disable", help="Refuse every build into a database from now on.")] = False,
    enable: Annotated[bool, typer.Option("--enable", help="Allow them again.")] = False,
) -> None:
    """Switch builds into databases on or off, for every process of this user; without an option, say which. Builds into files go on."""
    from colgen.targets import kill_switch
    from colgen.targets.guard import switched_off

    if disable and enable:
        raise RequestError("--disable --enable: it must be one of the two")
    if disable or enable:
        kill_switch.switch(enable, os.environ)
    reasons = switched_off(kill_switch.enabled(os.environ), os.environ)
    for reason in reasons:
        print(reason)
    if not reasons:
        print("builds into databases are switched on")
