"""What the command line does to its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT, thorough


@thorough
def test_pandas_is_left_out_until_somebody_uses_it() -> None:
    pytest.importorskip("pandas")
    program = """
import sys
from colgen.values.arrow import leave_pandas_out
leave_pandas_out()
import pyarrow as pa
pa.array(["a list"]).to_numpy(zero_copy_only=False)
assert "pandas" not in sys.modules
import pandas
frame = pandas.DataFrame({"a": [1, 2]})
assert pa.Table.from_pandas(frame).to_pandas().equals(frame)
assert pa.array(frame["a"]).to_pylist() == [1, 2]
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def test_a_small_build_does_without_pandas(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    program = """
import sys
from colgen.cli import main
sys.argv = ["colgen", "build", "--volume", "small", "--quiet", "--out", "made/"]
try:
    main()
finally:
    assert "pandas" not in sys.modules
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert told.returncode == 0, told.stderr


@thorough
def test_a_reader_that_stops_early_is_no_error() -> None:
    told = subprocess.run(
        f"{sys.executable} -m colgen preview invoicing.invoice_line_items -n 100000 --volume large --scale 4 -f csv | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert told.stdout.startswith("id,")
    assert "Traceback" not in told.stderr
