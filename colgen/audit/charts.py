"""A page of charts of a finished build, in one self-contained file: to show a person what the data looks like."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colgen.audit.report import run_query
from colgen.declare.model import Model
from colgen.declare.rules import Chart
from colgen.errors import ColgenError, RequestError, TargetError
from colgen.targets.finished import FinishedBuild, read_build

if TYPE_CHECKING:
    import plotly.graph_objects as go


_INK, _ACCENT, _SCALE = "#2b2f38", "#3264c8", "Blues"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #2b2f38; background: #f5f6f8; margin: 0; padding: 2rem; }
header, section { max-width: 1180px; margin: 0 auto 1.2rem; }
h1 { margin: 0; font-size: 1.7rem; } h2 { margin: 0; font-size: 1.1rem; } p { margin: .2rem 0 .6rem; color: #5b6270; }
main { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.2rem; max-width: 1180px; margin: 0 auto; }
@media (max-width: 900px) { main { grid-template-columns: minmax(0, 1fr); } }
figure { background: white; border-radius: 8px; box-shadow: 0 1px 3px #0002; margin: 0; padding: 1.1rem 1.2rem .4rem; }
table { border-collapse: collapse; } td { padding: .1rem 1.5rem .1rem 0; } td + td { text-align: right; font-variant-numeric: tabular-nums; }
"""


def write(
    name: str, path: str | Path, file: Path, schema: str | None = None, model: Model | None = None, *, overwrite: bool = False
) -> None:
    """Draws the charts of a build's model into an HTML file, whole or not at all.

    name : the model's, to make sure that it is the one that is meant
    model : needed where it neither ships with colgen nor was read from a file that you have run before
    overwrite : replace a file that is there

    Raises RequestError where the build is another model's or the model has no charts, TargetError where the file must not be written,
    ColgenError where Plotly is missing.
    """
    refuse_file(file, overwrite)
    build = read_build(path, schema)
    model = model or build.manifest.find_model()
    if name != model.name:
        raise RequestError(f"{build} is a build of {model.name}, not of {name}: colgen report {model.name} {path} --html {file}")
    put_file(file, page(build, model).encode(), overwrite)


def page(build: FinishedBuild, model: Model | None = None) -> str:
    """The charts of a build's model as an HTML page.

    Raises RequestError where the build is another model's or the model has no charts, ColgenError where Plotly is missing.
    """
    model = model or build.manifest.find_model()
    if not model.charts:
        raise RequestError(f"model {model.name} has no charts")
    try:
        import plotly  # noqa: F401
    except ImportError:
        raise ColgenError('a page of charts needs Plotly: pip install "colgen[html]"') from None
    build.refuse_other(model)
    build.refuse_damage()
    connection = build.connect()
    figures = []
    for number, chart in enumerate(model.charts):
        drawn = _figure(chart, run_query(connection, chart.sql, f"the chart {chart.title!r}").to_pydict())
        html = drawn.to_html(full_html=False, include_plotlyjs=number == 0, config={"displayModeBar": False, "responsive": True})
        figures.append(f"<figure><h2>{escape(chart.title)}</h2><p>{escape(chart.description)}</p>{html}</figure>")
    rows = "".join(f"<tr><td>{escape(table)}</td><td>{entry.rows:,}</td></tr>" for table, entry in build.manifest.tables.items())
    spec = build.manifest.spec
    request = f"volume {spec.volume}, seed {spec.seed}, {spec.first_day} to {spec.last_day}"
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(model.name)}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{escape(model.name)}</h1><p>{escape(model.description.strip())} {escape(request)}.</p><table>{rows}</table></header>"
        f"<main>{''.join(figures)}</main></body></html>"
    )


def refuse_file(file: Path, overwrite: bool) -> None:
    """Raises TargetError where a file cannot be written, or is there and must stay."""
    try:
        if file.is_dir() or (os.path.lexists(file) and not file.is_file()):
            raise TargetError(f"{str(file)!r} is not a file that could be replaced; name another")
        if os.path.lexists(file) and not overwrite:
            raise TargetError(f"{str(file)!r} is there already; add --overwrite to replace it, or name another file")
        if not file.parent.is_dir():
            raise TargetError(f"there is no folder {str(file.parent)!r}")
    except (OSError, ValueError) as error:
        raise TargetError(f"{str(file)!r} cannot be written: {error}") from None


def put_file(file: Path, data: bytes, overwrite: bool) -> None:
    """Writes a file beside its place, and puts it there in one step; where it is a link, in the place that this points to."""
    place = Path(os.path.realpath(file))
    try:
        name = place.with_name(f".{place.name[:100]}.{secrets.token_hex(8)}")
        try:
            with name.open("xb") as new:  # as any new file is made: a temporary one would be nobody else's to read
                new.write(data)
            if overwrite:
                os.replace(name, place)
            else:
                os.link(name, place)  # unlike a move, it replaces nothing
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)
    except FileExistsError:
        raise TargetError(f"{str(file)!r} is there already; add --overwrite to replace it, or name another file") from None
    except OSError as error:
        raise TargetError(f"{str(file)!r} cannot be written: {os.strerror(error.errno or 0).lower()}") from None


def _figure(chart: Chart, data: Mapping[str, list[Any]]) -> go.Figure:
    import plotly.graph_objects as go

    x, y, *z = ([_plain(value) for value in column] for column in data.values())
    if chart.kind == "heat map":
        trace: Any = go.Heatmap(x=x, y=y, z=z[0], colorscale=_SCALE)
    elif chart.kind == "funnel":
        trace = go.Funnel(y=x, x=y, textinfo="value+percent initial", marker={"color": _ACCENT})
    elif chart.kind == "bars":
        trace = go.Bar(x=y, y=x, orientation="h", marker={"color": _ACCENT})
    elif chart.kind == "bar":
        trace = go.Bar(x=x, y=y, marker={"color": _ACCENT})
    else:
        trace = go.Scatter(x=x, y=y, mode="lines", line={"color": _ACCENT, "width": 1.6})
    figure = go.Figure(trace)
    figure.update_layout(
        height=340, margin={"l": 60, "r": 20, "t": 10, "b": 50}, template="plotly_white", font={"color": _INK}, showlegend=False
    )
    figure.update_xaxes(title=chart.axes[0], type="log" if chart.kind == "curve" else None)
    figure.update_yaxes(title=chart.axes[1], type="log" if chart.kind == "curve" else None)
    if chart.kind in ("bars", "heat map"):
        figure.update_yaxes(autorange="reversed")
    return figure


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value if isinstance(value, str | int) else str(value) if hasattr(value, "isoformat") else float(value)
