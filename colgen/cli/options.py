"""The options that several commands share, and what a command makes of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from colgen import config
from colgen.arguments import memory, read
from colgen.errors import RequestError

if TYPE_CHECKING:
    from colgen.declare.model import Model
    from colgen.generate.spec import Spec


class ProgressStyle(str, Enum):
    auto = "auto"
    plain = "plain"
    json = "json"


class TableStyle(str, Enum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class CheckStyle(str, Enum):
    table = "table"
    json = "json"


def model_names(incomplete: str) -> list[str]:
    from colgen.declare import find

    return [name for name in find.model_names() if name.startswith(incomplete)]


def format_names(incomplete: str) -> list[str]:
    from colgen import formats

    return [name for name in formats.format_names() if name.startswith(incomplete)]


def compression_names(incomplete: str) -> list[str]:
    from colgen.formats import COMPRESSIONS

    return [name for name in COMPRESSIONS if name.startswith(incomplete)]


def encoding_names(incomplete: str) -> list[str]:
    from colgen.formats import ENCODINGS

    return [name for name in ENCODINGS if name.startswith(incomplete)]


def table_format_names(incomplete: str) -> list[str]:
    from colgen.formats import TABLE_FORMATS

    return [name for name in TABLE_FORMATS if name.startswith(incomplete)]


def engine_names(incomplete: str) -> list[str]:
    from colgen import engines

    return [name for name in engines.NAMES if name.startswith(incomplete)]


def volume_names(context: typer.Context, incomplete: str) -> list[str]:
    from colgen.declare.find import find_model

    return [name for name in find_model(context.params.get("model") or "invoicing").volumes if name.startswith(incomplete)]


def scenario_names(incomplete: str) -> list[str]:
    from colgen.scenario.scenario import SCENARIOS

    return [name for name in SCENARIOS if name.startswith(incomplete)]


ModelName = Annotated[
    str | None,
    typer.Argument(
        help="A model that ships with colgen, or the path of a Python file that declares one.",
        show_default="invoicing",
        autocompletion=model_names,
    ),
]
VolumeName = Annotated[
    str | None,
    typer.Option(
        "--volume", "-v", help="How much data: a volume of the model; `colgen models MODEL` lists them.", autocompletion=volume_names
    ),
]
Scale = Annotated[
    float | None, typer.Option("--scale", "-k", "--multiplier", metavar="K", help="Multiply the volume's counts by K.", show_default="1")
]
TargetSize = Annotated[
    str | None,
    typer.Option(
        "--target-size",
        metavar="SIZE",
        help="Find the scale at which the files have about this size, such as 100GB or 1.5 GiB, and print it.",
    ),
]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Override one count or setting; may be repeated.")]
Customers = Annotated[int | None, typer.Option("--customers", metavar="N", help="Short for --set customers=N.")]
Products = Annotated[int | None, typer.Option("--products", metavar="N", help="Short for --set products=N.")]
Days = Annotated[int | None, typer.Option("--days", metavar="N", help="Short for --set days=N, where the model counts days.")]
Seed = Annotated[int | None, typer.Option("--seed", "-s", help="The same seed gives the same values, on any machine.", show_default="0")]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day of the period, as YYYY-MM-DD.")]
To = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help="Last day of the period, as YYYY-MM-DD or today.", show_default="2024-12-31")
]
ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        metavar="NAME|FILE",
        help="What differs from business as usual; `colgen scenarios` lists those that ship.",
        show_default="the model's",
        autocompletion=scenario_names,
    ),
]
Build = Annotated[str, typer.Argument(help="The folder of a finished build.")]
Source = Annotated[str, typer.Argument(metavar="PATH", help="The folder of a finished build, or the DuckDB file that holds one.")]
SourceSchema = Annotated[
    str | None,
    typer.Option(
        "--schema", metavar="NAME", help="Of a DuckDB file that holds several builds, which one.", show_default="the only one in it"
    ),
]
Threads = Annotated[int | None, typer.Option("--threads", "-j", help="How many tasks run at once.", show_default="one for each core")]
MaxMemory = Annotated[
    str | None,
    typer.Option(
        "--max-memory",
        metavar="SIZE",
        help="What a check may use before it spills to disk, such as 800MB.",
        show_default="80 % of the machine's",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="Who makes the rows: auto (processes for a large build), threads, processes, ray or spark.",
        show_default="auto",
        autocompletion=engine_names,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="ADDRESS",
        help="Of the Ray cluster or the Spark master, for --engine ray or spark.",
        show_default="a cluster of its own on this machine",
    ),
]
Check = Annotated[bool, typer.Option("--check", help="Prove every rule on what was written before it is published.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Progress = Annotated[
    ProgressStyle | None,
    typer.Option(
        "--progress",
        help="auto draws bars on a terminal, plain prints lines, json prints one object a line; all to stderr.",
        show_default="auto",
    ),
]
ModelFile = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="The Python file of the model, where the build names one that has moved or changed, or that you have not run before.",
    ),
]


def assignments(pairs: list[str] | None) -> dict[str, str]:
    """What --set says, by name."""
    assigned = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise RequestError(f"--set {pair}: it must be NAME=VALUE, such as --set customers=10")
        assigned[name.strip()] = value.strip()
    return assigned


def names(groups: list[str] | None) -> list[str] | None:
    """The names in --tables, which may be repeated; None without it."""
    return [name.strip() for group in groups for name in group.split(",") if name.strip()] if groups else None


def resolved(**given: Any) -> dict[str, config.Value]:
    """The options given, over the environment, over the files, over the built-in defaults."""
    return config.resolve(given, os.environ, config.current_folder())


def memory_limit(defaults: dict[str, config.Value]) -> int | None:
    """The limit of memory, in bytes; None where there is none of the user's."""
    value = defaults["max_memory"].value
    return None if value is None else read("--max-memory", memory, value)


def request(defaults: dict[str, config.Value], from_: str | None, to: str | None, **rest: Any) -> tuple[Model, Spec]:
    """The model, and the build that is asked for."""
    model, at_scale = scalable_request(defaults, from_, to, **rest)
    return model, at_scale(defaults["scale"].value)


def scalable_request(
    defaults: dict[str, config.Value], from_: str | None, to: str | None, **rest: Any
) -> tuple[Model, Callable[[float], Spec]]:
    """The model, and the build that is asked for at whatever scale."""
    from colgen.cli import process
    from colgen.declare.find import find_model
    from colgen.generate.period import parse_day
    from colgen.generate.spec import Spec

    def explained(error: RequestError) -> RequestError:
        return type(error)(f"{error}{config.sources_note(defaults)}")

    process.own()
    try:
        model = find_model(defaults["model"].value)
        defaults |= {f"settings.{name}": value for name, value in config.settings(model, defaults, os.environ).items()}
        settings = {name.removeprefix("settings."): value.value for name, value in defaults.items() if name.startswith("settings.")}
        names = ("volume", "seed", "scenario", "format", "compression", "encoding", "table_format")
        values = {name: defaults[name].value for name in names}
        first_day = parse_day("--from", from_) if from_ is not None else None
        last_day = parse_day("--to", to) if to is not None else None
    except RequestError as error:
        raise explained(error) from error

    def at_scale(scale: float) -> Spec:
        try:
            return Spec.of(model, scale=scale, settings=settings, first_day=first_day, last_day=last_day, **values, **rest)
        except RequestError as error:
            raise explained(error) from error

    return model, at_scale
