"""The commands about defaults: config shows each and where it comes from, toggle switches builds into databases on and off."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from typing import Annotated

import typer

from colgen.errors import RequestError


class ConfigStyle(StrEnum):
    table = "table"
    json = "json"


def config(format: Annotated[ConfigStyle, typer.Option("--format", "-f")] = ConfigStyle.table) -> None:
    """Show the defaults of `build`: each key, its value, and the variable or file that sets it.

    An option takes precedence over COLGEN_NAME in the environment, that over colgen.toml in this folder or above it, that over
    [tool.colgen] in pyproject.toml, and that over the built-in defaults.

    Example: COLGEN_SEED=7 colgen config
    """
    from colgen import config
    from colgen.declare.find import find_model

    defaults, problem = config.resolve({}, os.environ, config.current_folder()), None
    try:
        chosen = config.settings(find_model(defaults["model"].value), defaults, os.environ)
        defaults |= {f"settings.{name}": value for name, value in chosen.items()}
    except RequestError as error:  # told when all has been shown, which may explain it
        problem = error
    if format is ConfigStyle.json:
        print(json.dumps({key: {"value": value.shown, "source": value.source} for key, value in defaults.items()}, indent=1))
    else:
        from colgen.cli import show

        show.configuration(defaults)
    if problem is not None:
        raise problem


def toggle(
    disable: Annotated[bool, typer.Option("--disable", help="Refuse every build into a database from now on.")] = False,
    enable: Annotated[bool, typer.Option("--enable", help="Allow them again.")] = False,
) -> None:
    """Switch builds into databases on or off, for every process of this user; without an option, show which. Builds into files go on."""
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
