"""What a model asks of its finished data: rules that must hold, reports and charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from colgen.declare.arguments import require_list, require_text, shown
from colgen.declare.table import Table, TableInfo, table_of
from colgen.errors import ModelError, one_of

CHARTS = ("line", "bar", "bars", "heat map", "curve", "funnel")
"""The kinds of charts."""


@dataclass(frozen=True)
class Rule:
    """Something that must hold on the written data, in addition to what the declarations promise.

    description : in words, for the table of results
    sql : a condition on each row of `table` (in which `parent.column` reaches the row that the foreign key `parent_id` refers to, and
        `parent.grandparent.column` the one that this refers to), or a whole SELECT that gives the offending rows. `$start`, `$end` are the
        period's days and `$name` a count or setting of the volume; `utc_date(moment)` is the day of a time. Conditions are the cheaper
        ones: all of a table are judged in one scan.
    proof : a cheaper SELECT, which is run first; `sql` decides where it gives a row. It must give one wherever `sql` does
    """

    table: type[Table] | TableInfo
    description: str
    sql: str
    proof: str = ""

    def __post_init__(self) -> None:
        table_of(self.table)
        require_text("Rule", description=self.description, sql=self.sql, proof=self.proof)
        if not self.sql.strip():
            raise ModelError(f"Rule(…, {self.description!r}): give a condition on each row, or a SELECT of the rows that break it")

    @property
    def of(self) -> TableInfo:
        """What colgen knows of its table."""
        return table_of(self.table)


@dataclass(frozen=True)
class Report:
    """A named query over a finished build.

    description : what it shows
    parameters : names that may be given a value (`--set name=value`), as `$name` in the SQL; NULL unless they are
    """

    name: str
    description: str
    sql: str
    parameters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_text("Report", name=self.name, description=self.description, sql=self.sql)
        if not self.name:
            raise ModelError("Report: it needs a name")
        require_list(f"Report({self.name!r})", "('country',)", parameters=self.parameters)
        require_text(f"Report({self.name!r})", **{f"parameters[{number}]": name for number, name in enumerate(self.parameters)})


def read_reports(folder: str | Path, parameters: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Report, ...]:
    """The reports of a folder, in the order of their names: each a file of SQL, whose first line is a comment that says what it shows.

    parameters : the names of a report's parameters, by the name of the report
    """
    if not isinstance(folder, str | Path):
        raise ModelError(f"read_reports({shown(folder)}): give a folder of .sql files")
    folder, reports = Path(folder), []
    try:
        if not folder.is_dir():
            raise FileNotFoundError
    except (OSError, ValueError):  # nor does a folder exist whose name no folder can have
        raise ModelError(f"read_reports: there is no folder {shown(str(folder))}") from None
    for path in sorted(folder.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        reports.append(Report(path.stem, sql.split("\n", 1)[0].removeprefix("-- "), sql, (parameters or {}).get(path.stem, ())))
    return tuple(reports)


@dataclass(frozen=True)
class Chart:
    """A picture of a finished build for its page (`colgen report MODEL PATH --html FILE`).

    description : what it shows
    kind : line, bar, bars (horizontal, longest first), heat map, curve (both axes logarithmic) or funnel
    sql : a SELECT of x and y, or of x, y and z for a heat map
    axes : the titles of the x axis and the y axis
    """

    title: str
    description: str
    kind: str
    sql: str
    axes: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        require_text("Chart", title=self.title, description=self.description, sql=self.sql)
        if not isinstance(self.kind, str) or self.kind not in CHARTS:
            raise ModelError(f"Chart({self.title!r}): there is no kind {shown(self.kind)}; {one_of(str(self.kind), CHARTS)}")
        require_list(f"Chart({self.title!r})", "('day', 'orders')", axes=self.axes)
        if len(self.axes) != 2:
            raise ModelError(f"Chart({self.title!r}): axes has {len(self.axes)} titles; give that of the x axis and that of the y axis")
        require_text(f"Chart({self.title!r})", x=self.axes[0], y=self.axes[1])
