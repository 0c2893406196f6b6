"""What a model may be given, apart from what its tables say."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from colgen.declare.arguments import (
    fit_identifier,
    is_text,
    require_list,
    require_mapping,
    require_number,
    require_text,
    require_whole,
    shown,
)
from colgen.declare.calendar import MOST_DAYS, Calendar
from colgen.declare.period import RELATIVE_DAYS
from colgen.declare.rows import MOST_ROWS
from colgen.declare.rules import Chart, Report, Rule
from colgen.draws.numbers import is_whole
from colgen.errors import ModelError, one_of

if TYPE_CHECKING:
    from colgen.declare.model import Model

_OF_RULES = ("start", "end", "anomaly_rate")


def check_arguments(model: Model) -> None:
    """ModelError for an argument that is of another kind than `Model` says, or whose numbers are not what they stand for."""
    if not is_text(model.name) or not model.name or not model.name.isprintable() or len(model.name) > 100:
        raise ModelError(f"a model needs a name of 1 to 100 printable characters, and {shown(model.name)} is not one")
    place = f"model {model.name}"
    texts = ("description", "default_volume", "first_day", "schema", "default_scenario", "source")
    require_text(place, **{word: getattr(model, word) for word in texts})
    for word, example in (("tables", "[Customers, Orders]"), ("rules", "[Rule(…)]"), ("reports", "[Report(…)]"), ("charts", "[Chart(…)]")):
        require_list(place, example, **{word: getattr(model, word)})
    for word, kind in (("rules", Rule), ("reports", Report), ("charts", Chart)):
        for number, item in enumerate(getattr(model, word)):
            if not isinstance(item, kind):
                raise ModelError(f"{place}: {word}[{number}] must be a {kind.__name__}, not {shown(item)}")
    names = [report.name for report in model.reports]
    if len(set(names)) < len(names):
        raise ModelError(f"{place}: two of its reports are called {max(names, key=names.count)!r}; each needs a name of its own")
    if not model.tables:
        raise ModelError(f"{place}: it has no tables; list at least one, such as tables=[Customers]")
    require_mapping(place, "{'late': 0.1}", rates=model.rates)
    require_mapping(place, "{'terms': {'cash': 0.4, 'net_30': 0.6}}", shares=model.shares)
    require_mapping(place, "{'late': 0.7, 'lost': 0.3}", anomalies=model.anomalies)
    require_mapping(place, "{'real_places': an Arrow table}", reference_tables=model.reference_tables)
    require_number(f"{place}: rates", 0, 1, **model.rates)
    for group, shares in {**model.shares, **({"anomalies": model.anomalies} if model.anomalies else {})}.items():
        require_mapping(f"{place}: shares", "{'cash': 0.4, 'net_30': 0.6}", **{group: shares})
        require_number(f"{place}: shares of {group}", 0, 1, **shares)
        if abs(math.fsum(shares.values()) - 1) > 1e-6:
            raise ModelError(f"{place}: the shares of {group} add up to {math.fsum(shares.values()):g}; they must add up to 1")
    if not isinstance(model.calendar, Calendar):
        raise ModelError(f"{place}: calendar must be a Calendar, not {shown(model.calendar)}")
    if model.settles_after is not None:
        require_whole(place, 0, MOST_DAYS, settles_after=model.settles_after)
    if model.first_day and not _is_day(model.first_day):
        raise ModelError(f"{place}: first_day = {model.first_day!r}; it must be a day such as 2024-01-01, or today")
    if model.schema and not fit_identifier(model.schema):
        raise ModelError(f"{place}: schema = {model.schema!r}; PostgreSQL cannot hold a schema of this name")


def check_volumes(model: Model) -> None:
    """ModelError unless all volumes have the same settings, whole numbers, and ranges are of some of these."""
    place = f"model {model.name}"
    require_mapping(place, "{'small': {'customers': 10}}", volumes=model.volumes)
    if not model.volumes:
        raise ModelError(f"{place}: it has no volumes; give it at least one, such as volumes={{'small': {{'customers': 10}}}}")
    first = next(iter(model.volumes))
    for name in {**model.volumes, **model.volumes[first]} if isinstance(model.volumes[first], Mapping) else model.volumes:
        if not name.strip() or "=" in name:
            raise ModelError(f"{place}: volumes and settings have names without '=', such as 'small' and 'customers', not {shown(name)}")
    for name, settings in model.volumes.items():
        require_mapping(f"{place}: volumes", "{'customers': 10}", **{name: settings})
        require_whole(f"{place}: volume {name!r}", 0, MOST_ROWS, **settings)
        if settings.keys() != model.volumes[first].keys():
            lacking, having = (first, name) if settings.keys() - model.volumes[first].keys() else (name, first)
            setting = next(setting for setting in model.volumes[having] if setting not in model.volumes[lacking])
            raise ModelError(f"{place}: volume {lacking!r} lacks the setting {setting!r} of volume {having!r}; all have the same ones")
    for name in {**model.volumes[first], **model.rates}:
        if name in _OF_RULES or (name in model.volumes[first] and name in model.rates):
            other = "colgen's own" if name in _OF_RULES else "a setting and a rate"
            raise ModelError(
                f"{place}: rules could not tell what ${name} is, which would be {other}; give a setting or a rate another name"
            )
    if model.default_volume and model.default_volume not in model.volumes:
        raise ModelError(f"{place}: there is no volume {model.default_volume!r}; {one_of(model.default_volume, model.volumes)}")
    require_mapping(place, "{'lines_min': (1, 100)}", ranges=model.ranges)
    for name, ends in model.ranges.items():
        if name not in model.settings:
            raise ModelError(f"{place}: ranges names {name!r}, which is not a setting; {one_of(name, model.settings)}")
        if not isinstance(ends, tuple | list) or len(ends) != 2 or not all(map(is_whole, ends)) or not 0 <= ends[0] <= ends[1] <= MOST_ROWS:
            raise ModelError(f"{place}: ranges of {name!r} must be its least and its greatest value, such as (1, 100), not {shown(ends)}")


def _is_day(text: str) -> bool:
    try:
        return text in RELATIVE_DAYS or bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False
