"""The commands that show models: models and preview."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from colgen.cli.options import (
    Customers,
    Days,
    From,
    Products,
    Scale,
    ScenarioName,
    Seed,
    Settings,
    TableStyle,
    To,
    VolumeName,
    assignments,
    model_names,
    request,
    resolved,
)
from colgen.errors import RequestError


def models(
    model: Annotated[
        str | None, typer.Argument(help="Show the tables, columns, volumes and reports of this one.", autocompletion=model_names)
    ] = None,
) -> None:
    """List the models, or show one: tables, columns, types, how each is drawn, volumes."""
    from colgen.cli import show
    from colgen.declare import find

    if model is None:
        show.models(list(map(find.find_model, find.model_names())))
    else:
        show.model(find.find_model(model))


def preview(
    table: Annotated[str, typer.Argument(help="MODEL.TABLE, such as invoicing.invoices or my_model.py.orders.")],
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, max=100_000, help="How many.")] = 10,
    volume: VolumeName = None,
    scale: Scale = None,
    customers: Customers = None,
    products: Products = None,
    days: Days = None,
    set_: Settings = None,
    seed: Seed = None,
    from_: From = None,
    to: To = None,
    scenario: ScenarioName = None,
    format: Annotated[TableStyle, typer.Option("--format", "-f")] = TableStyle.table,
) -> None:
    """Print the first rows of a table as a build would make them; nothing is written."""
    from colgen.cli import show
    from colgen.pipeline.dataset import Dataset

    model_name, dot, name = table.rpartition(".")
    if name == "py" and Path(table).exists():
        raise RequestError(f"{table!r}: name a table too, such as {table}.customers; `colgen models {table}` lists them")
    if not dot:
        raise RequestError(f"{table!r}: it must be MODEL.TABLE, such as invoicing.invoices")
    settings = {"customers": customers, "products": products, "days": days, **assignments(set_)}
    defaults = resolved(model=model_name, volume=volume, scale=scale, seed=seed, scenario=scenario, settings=settings)
    loaded, spec = request(defaults, from_, to)
    show.rows(Dataset(spec, loaded).head(name, rows), format.value)
