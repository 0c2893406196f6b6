"""Whether the data behave like a business: each figure that an expert found wanting, measured over finished builds.

`python -m benchmarks.behaviour measure FOLDER --seeds 0 1 2 3 4 --json results.json` builds each model into FOLDER, asks each query in
`behaviour/queries/` and keeps the answers. `python -m benchmarks.behaviour table BEFORE.json AFTER.json --json RESULT.json` sets two measurements
side by side; `behaviour/before.json` and `behaviour/after.json` are those of `docs/behaviour.md`.

The first line of a query says `-- FINDING: what it measures; what a real business shows`. A second line `-- needs TABLE.COLUMN` names a
column that not every version writes. A query answers with one number or a short list of them. Shares are percentages.
"""

import argparse
import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.measure import COLGEN, markdown

QUERIES = Path(__file__).with_suffix("") / "queries"

FINDINGS = {
    1: "Quantity spikes",
    2: "Counts by a formula",
    3: "Attributes of the shop's customers",
    4: "Size of the distributor's customers",
    5: "Scenarios and their names",
    6: "Late payment",
    7: "The answer key",
    8: "Stock and orders",
    9: "Price, affinity and returns",
    10: "Coming and leaving",
    11: "Clocks",
    12: "Devices and payments",
    13: "The distributor's operations",
    14: "Invoicing",
}

SCENARIOS = ("normal-ops", "peak-season", "anomaly-heavy", "warehouse-outage", "growth-phase", "payment-crisis")

BUILDS = {
    "invoicing": "invoicing --volume large --scale 10",
    "ecommerce": "ecommerce --volume medium",
    "erp": "erp --volume large",
} | {scenario: f"erp --scenario {scenario}" for scenario in SCENARIOS}


@dataclass(frozen=True)
class Query:
    """One figure of one build, named by its finding, build and file."""

    key: str
    what: str
    real: str
    sql: str
    needs: str | None = None

    @classmethod
    def read(cls, file, build):
        sql = file.read_text(encoding="utf-8")
        first, second, *_ = sql.splitlines()
        finding, says = first.removeprefix("-- ").split(": ", 1)
        what, real = says.rsplit("; ", 1)
        needs = second.removeprefix("-- needs ") if second.startswith("-- needs ") else None
        return cls(f"{finding} {build} {file.stem}", what, real, sql, needs)

    def answer(self, connection):
        if self.needs and not has_column(connection, *self.needs.split(".")):
            return "no such column"
        values = [plain(value) for row in connection.execute(self.sql).fetchall() for value in row]
        return values[0] if len(values) == 1 else values


def has_column(connection, table, column):
    sql = "SELECT count(*) FROM duckdb_columns() WHERE table_name = ? AND column_name = ?"
    return connection.execute(sql, [table, column]).fetchone()[0] > 0


def plain(value):
    return round(float(value), 4) + 0.0 if isinstance(value, float | Decimal) else value


def queries_of(build):
    """The queries over a build; those in `scenarios/` are asked of each scenario, those in `one+other/` of both builds."""
    folders = [
        folder for folder in sorted(QUERIES.iterdir()) if build in (SCENARIOS if folder.name == "scenarios" else folder.name.split("+"))
    ]
    return [Query.read(file, build) for folder in folders for file in sorted(folder.glob("*.sql"))]


def opened(folder):
    """A connection with a view of each table."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    tables = {file.parent.name if file.parent != folder else file.stem for file in folder.rglob("*.parquet")}
    for table in sorted(tables):
        files = folder / table / "*.parquet" if (folder / table).is_dir() else folder / f"{table}.parquet"
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{files}')")
    return connection


def make(build, seed, folder):
    """Builds with the colgen of PYTHONPATH; a build that is there is measured as it is."""
    if not folder.exists():
        command = [*COLGEN, "build", *BUILDS[build].split(), "--seed", str(seed), "--quiet", "--out", str(folder)]
        subprocess.run(command, cwd=folder.parents[1], check=True)


def measure(folder, seeds, models, results, keep):
    """Measures build by build and writes what is known so far after each."""
    figures = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        for build in BUILDS:
            if BUILDS[build].split()[0] not in models:
                continue
            data = folder / f"{build}-{seed}"
            make(build, seed, data)
            with opened(data) as connection:
                for query in queries_of(build):
                    figure = figures.setdefault(query.key, {"seeds": {}})
                    figure |= {"what": query.what, "real": query.real}
                    figure["seeds"][str(seed)] = query.answer(connection)
            if not keep:
                shutil.rmtree(data)
            results.write_text(as_json(figures), encoding="utf-8")
    return figures


def as_json(figures):
    """A line for each seed of a figure, so that a difference is easy to read."""
    blocks = []
    for key in sorted(figures, key=place):
        what, real = (json.dumps(figures[key][name], ensure_ascii=False) for name in ("what", "real"))
        seeds = ",\n".join(f'   "{seed}": {json.dumps(value)}' for seed, value in figures[key]["seeds"].items())
        blocks.append(f' "{key}": {{\n  "what": {what},\n  "real": {real},\n  "seeds": {{\n{seeds}\n  }}\n }}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def place(key):
    """Where a figure stands in the table: by finding, by build, by name."""
    finding, build, name = key.split()
    return int(finding), list(BUILDS).index(build), name


def number(value):
    """A number as it is read: three digits that matter, thousands with commas."""
    if value is None or isinstance(value, str):
        return value or "–"
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{round(value, 3):g}"


def shown(value):
    return " / ".join(map(number, value)) if isinstance(value, list) else number(value)


def summary(figure):
    """The median over the seeds, of a list by place, and the range where they differ."""
    if figure is None:
        return "not measured"
    columns = zip_longest(*(value if isinstance(value, list) else [value] for value in figure["seeds"].values()))
    return " / ".join(map(spread, columns))


def spread(values):
    numbers = [value for value in values if isinstance(value, int | float)]
    if not numbers:
        return number(values[0])
    least, most = number(min(numbers)), number(max(numbers))
    return least if least == most else f"{number(median(numbers))} ({least} to {most})"


def lines_of(figures, columns):
    """The table's rows: finding, build, what, real, and the given columns of a key."""
    rows = []
    for key in sorted(figures, key=place):
        finding, build, _ = key.split()
        figure = figures[key]
        rows.append([f"{finding} {FINDINGS[int(finding)]}", f"{build}: {figure['what']}", figure["real"], *columns(key)])
    return rows


def one_table(figures):
    seeds = sorted({seed for figure in figures.values() for seed in figure["seeds"]}, key=int)
    head = ["finding", "what", "a real business", *(f"seed {seed}" for seed in seeds)]
    return markdown(head, lines_of(figures, lambda key: [shown(figures[key]["seeds"].get(seed)) for seed in seeds]))


def side_by_side(before, after):
    """Two measurements as a result that `benchmarks.tables` renders."""
    return {
        "columns": ["finding", "what", "a real business", "before", "after"],
        "rows": lines_of(before | after, lambda key: [summary(before.get(key)), summary(after.get(key))]),
        "note": "Medians over five seeds, and the range where they differ",
        "command": "python -m benchmarks.behaviour measure",
        "date": str(date.today()),
        "machine": "the same on any machine",
    }


def main():
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = command.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure", help="build, measure, and print a table of each seed's figures")
    measuring.add_argument("folder", type=Path)
    measuring.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    models = list(dict.fromkeys(request.split()[0] for request in BUILDS.values()))
    measuring.add_argument("--models", nargs="+", choices=models, default=models)
    measuring.add_argument("--json", type=Path, required=True, help="figures that are there already are kept or replaced")
    measuring.add_argument("--keep", action="store_true", help="keep the builds")
    comparing = commands.add_parser("table", help="print two measurements side by side: medians and ranges over the seeds")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--json", type=Path, help="keep the table for the documentation")
    given = command.parse_args()
    if given.command == "measure":
        print(one_table(measure(given.folder.resolve(), given.seeds, given.models, given.json, given.keep)))
    else:
        result = side_by_side(*(json.loads(file.read_text(encoding="utf-8")) for file in (given.before, given.after)))
        print(markdown(result["columns"], result["rows"]))
        if given.json:
            given.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
