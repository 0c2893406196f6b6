"""`python -m benchmarks.tables`: writes the tables of measured numbers in the documentation again, from `benchmarks/results/`.

A table stands between `<!-- results: NAME -->` and `<!-- end of results -->`; NAME is a file in `results/`. A test holds the two together.
"""

import json
import re
from pathlib import Path

from benchmarks.measure import markdown

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGES = (ROOT / "docs" / "speed.md", ROOT / "docs" / "behaviour.md")
_PLACE = re.compile(r"(<!-- results: ([\w-]+) -->\n).*?(<!-- end of results -->)", re.DOTALL)


def result(name):
    """What was measured, when, where and by which command."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def table(name):
    """One result as a Markdown table, below it how it was measured."""
    measured = result(name)
    columns, rows = measured["columns"], measured["rows"]
    origin = f"{measured['note']}. `{measured['command']}`, {measured['date']}, {measured['machine']}."
    return f"\n{markdown(columns, rows)}\n\n{origin[0].upper()}{origin[1:]}\n\n"


def rendered(text):
    """A page with all of its tables as the results say."""
    return _PLACE.sub(lambda match: f"{match[1]}{table(match[2])}{match[3]}", text)


def main():
    for page in PAGES:
        page.write_text(rendered(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
