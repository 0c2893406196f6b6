"""What a model asks of its finished data: rules that must hold, reports and charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from colgen.declare.table import Table, TableInfo, table_of


@dataclass(frozen=True)
class Rule:
    """Something that must hold on the written data, in addition to what the declarations promise.

    description : in words, for the table of results
    sql : a condition on each row of `table` (in which `parent.column` reaches the row a foreign key refers to), or a whole SELECT
        that gives the offending rows. `$start`, `$end` are the period's days and `$name` a count or setting of the volume.
    """

    table: type[Table] | TableInfo
    description: str
    sql: str

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


def read_reports(folder: Path, parameters: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Report, ...]:
    """The reports of a folder, in the order of their names: each a file of SQL, whose first line is a comment that says what it shows.

    parameters : the names of a report's parameters, by the name of the report
    """
    reports = []
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
