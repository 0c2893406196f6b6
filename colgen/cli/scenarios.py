"""The commands about scenarios: list them, show one with all that it inherits, name the mistakes of a file."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from colgen.errors import RequestError

app = typer.Typer(help="List the scenarios, or show one with all that it inherits.", invoke_without_command=True)


def names(incomplete: str) -> list[str]:
    """The shipped scenarios whose names start like this, for the shell."""
    from colgen.scenario.scenario import SCENARIOS

    return [name for name in SCENARIOS if name.startswith(incomplete)]


@app.callback()
def scenarios(context: typer.Context) -> None:
    """List the scenarios that ship with colgen; `show` prints one with all that it inherits."""
    if context.invoked_subcommand is None:
        from colgen.cli import show
        from colgen.scenario.scenario import SCENARIOS, Scenario

        show.scenarios([Scenario.read(name) for name in SCENARIOS])


@app.command("show")
def show_scenario(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A scenario, or the path of a file.", autocompletion=names)],
) -> None:
    """Print a scenario as YAML, with all that it inherits: a complete file again.

    Examples: colgen scenarios show peak-season · colgen scenarios show peak-season > my_scenario.yaml
    """
    import yaml

    from colgen.scenario.scenario import Scenario, lineage

    scenario = Scenario.read(name)
    stated = {"name": scenario.name, "description": scenario.description, **scenario.stated()}
    first, *others = lineage(name)
    if others:
        print(f"# {first} extends {', which extends '.join(others)}; what it inherits is merged in")
    flat = (
        None if any(isinstance(value, dict) for value in stated.values()) else False
    )  # only a scenario without mappings goes into one line
    sys.stdout.flush()
    yaml.safe_dump(stated, sys.stdout.buffer, sort_keys=False, allow_unicode=True, default_flow_style=flat, width=100, encoding="utf-8")


def validate(
    scenarios: Annotated[list[str], typer.Argument(metavar="FILE|NAME…", help="Files of scenarios, or names of those that ship.")],
    model: Annotated[str | None, typer.Option("--model", help="The Python file of a model of your own that they are for.")] = None,
) -> None:
    """Name each mistake in files of scenarios, with its line and what would be right. Exits with 2 if there is one."""
    from colgen.declare.find import BUILT_IN, find_model
    from colgen.scenario.scenario import Scenario, problems

    own = find_model(model) if model else None
    known = [*BUILT_IN, own.name] if own else BUILT_IN
    wrong = {}
    for path in scenarios:
        if mistakes := problems(path, own):
            wrong[path] = len(mistakes)
            print("\n".join(mistakes))
            continue
        others = [name for name in Scenario.read(path, own).models if name not in known]
        print(f"{path}: valid{f'; the names for model {others[0]} were not looked at: give it as --model' if others else ''}")
    if wrong:
        raise RequestError(", ".join(f"{count} mistake{'s' if count > 1 else ''} in {path}" for path, count in wrong.items()))
