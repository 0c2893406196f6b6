"""What a check costs beside the build that it proves: `python -m benchmarks.check`.

CPU seconds of whole processes, build and check in turn; the medians are shown, and the median of the ratios.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measure import COLGEN, markdown, middle, run

BUILDS = (
    "invoicing --volume large --scale 100",
    "invoicing --volume large --scale 1000",
    "erp --volume large",
    "ecommerce --volume medium",
    "ecommerce --volume large",
    "invoicing --volume large --scale 100 --format csv",
    "erp --volume large --scale 0.3 --format csv",
    "ecommerce --volume medium --format csv",
)


def measure(request, runs):
    """One request as a line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        builds, checks = [], []
        for _ in range(runs):
            builds.append(run([*COLGEN, "build", *request.split(), "--threads", "1", "--overwrite", "--quiet", "--out", str(data)], data))
            checks.append(run([*COLGEN, "check", str(data), "--quiet"], data))
    ratio = median(check.cpu / build.cpu for build, check in zip(builds, checks, strict=True))
    peak = f"{middle(checks, 'peak') / 1e6:,.0f}"
    return [f"`{request}`", f"{middle(builds, 'cpu'):.1f}", f"{middle(checks, 'cpu'):.1f}", f"{ratio:.1f}", peak]


def main():
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--runs", type=int, default=3)
    command.add_argument("requests", nargs="*", default=BUILDS)
    given = command.parse_args()
    rows = [measure(request, given.runs) for request in given.requests]
    print(markdown(["build", "its CPU s", "check CPU s", "check ÷ build", "check's peak MB"], rows))


if __name__ == "__main__":
    main()
