"""The command line: what goes to stdout, what to stderr, and with which exit code it ends."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import colgen as package
from colgen.declare.find import BUILT_IN
from tests.support import ROOT, colgen, process


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "data"
    told = colgen("build", "--volume", "medium", "--seed", "5", "--out", folder, "--check")
    assert told.returncode == 0, told.stderr
    assert told.stdout == ""
    assert "checks hold" in told.stderr
    return folder


def test_build_tells_progress_and_a_summary_on_stderr(tmp_path: Path) -> None:
    told = process("build", cwd=tmp_path)
    assert told.returncode == 0
    assert told.stdout == ""
    assert "invoice_line_items: " in told.stderr
    assert re.search(r"data: 8 tables, [\d,]+ rows, [\d.]+ kB in [\d.]+ s .*seed 0", told.stderr)
    assert (tmp_path / "data" / "manifest.json").exists()


def test_quiet_says_nothing(tmp_path: Path) -> None:
    told = colgen("build", "--quiet", cwd=tmp_path)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_progress_for_programs_is_an_object_a_line(tmp_path: Path) -> None:
    told = colgen("build", "--progress", "json", "--check", cwd=tmp_path)
    events = [json.loads(line) for line in told.stderr.splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["begin", "end"]
    assert {"begin", "rows", "stage", "end"} == {event["event"] for event in events}
    assert events[-1]["rows"]["invoices"] == 75
    assert events[0]["rows"] == events[-1]["rows"]


def test_bars_are_drawn_on_a_terminal(tmp_path: Path) -> None:
    import os
    import pty
    import subprocess
    import sys

    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "colgen", "build", "--volume", "large", "--check"],
        stderr=follower,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    assert process.wait() == 0
    assert "━".encode() in shown
    assert b"checks hold" in shown


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    told = colgen("build", "--volume", "large", "--scale", "1000", "--dry-run", cwd=tmp_path)
    assert told.returncode == 0
    assert re.search(r"invoices +5,000,000 +[\d.]+ MB", told.stdout)
    assert list(tmp_path.iterdir()) == []


def test_every_option_of_build_means_something(tmp_path: Path) -> None:
    told = colgen("build", "invoicing", "--volume", "small", "--scale", "2", "--set", "invoices=11", "--set", "lines_max=2", "--seed", "9", "--from", "2023-01-01", "--to", "2023-06-30", "--format", "csv", "--tables", "invoices,invoice_line_items", "--tables", "products", "--threads", "1", "--out", tmp_path / "out")  # fmt: skip
    assert told.returncode == 0, told.stderr
    invoices = pl.read_csv(tmp_path / "out/invoices/part-00000.csv", try_parse_dates=True)
    assert invoices.height == 11
    assert invoices["date"].min() >= __import__("datetime").date(2023, 1, 1)
    assert invoices["date"].max() <= __import__("datetime").date(2023, 6, 30)
    assert pl.read_csv(tmp_path / "out/invoice_line_items/part-00000.csv")["line_number"].max() == 2
    assert pl.read_csv(tmp_path / "out/products/part-00000.csv").height == 200
    assert not (tmp_path / "out/customers").exists()
    assert json.loads((tmp_path / "out/manifest.json").read_text())["spec"]["seed"] == 9


def test_to_today_is_fine(tmp_path: Path) -> None:
    assert colgen("build", "--to", "today", "-q", "--check", cwd=tmp_path).returncode == 0


def test_an_existing_build_is_left_alone_unless_told(tmp_path: Path) -> None:
    assert colgen("build", "-q", cwd=tmp_path).returncode == 0
    before = (tmp_path / "data/manifest.json").read_bytes()
    told = process("build", "-q", "--seed", "1", cwd=tmp_path)
    assert told.returncode == 3
    assert "--overwrite" in told.stderr
    assert (tmp_path / "data/manifest.json").read_bytes() == before
    assert colgen("build", "-q", "--seed", "1", "--overwrite", cwd=tmp_path).returncode == 0
    assert (tmp_path / "data/manifest.json").read_bytes() != before


def test_check_lists_the_rules(built: Path) -> None:
    told = colgen("check", built)
    assert told.returncode == 0
    assert "total is subtotal + tax_amount" in told.stdout
    assert re.search(r"(\d+) of \1 checks hold", told.stdout)


def test_check_in_json(built: Path) -> None:
    outcomes = json.loads(colgen("check", built, "--format", "json").stdout)
    assert all(one["holds"] for one in outcomes)
    assert {"table", "rule", "holds", "found", "columns", "rows"} == set(outcomes[0])


def test_check_of_damaged_data_shows_the_row_and_exits_with_1(tmp_path: Path) -> None:
    package.build("invoicing", out=tmp_path / "data", format="csv", tables=["products", "inventory"])
    part = tmp_path / "data/inventory/part-00000.csv"
    head, first, *rest = part.read_text().splitlines()
    part.write_text("\n".join([head, first, first, *rest]) + "\n")
    told = process("check", tmp_path / "data", "--quiet")
    assert told.returncode == 1
    assert "inventory: id is 1, 2, 3 … without a gap, each once — not so in" in told.stdout
    assert "Traceback" not in told.stderr
    assert any(not one["holds"] for one in json.loads(colgen("check", tmp_path / "data", "-f", "json").stdout))


MODEL_WITH_A_BROKEN_RULE = """
from colgen import *
class Things(Table):
    rows = Volume("things")
    id = Key()
    size = Integers(1, 6)
model = Model("things", tables=[Things], volumes={"few": {"things": 12}}, rules=[Rule(Things, "size is below 2", "size < 2")])
"""


def test_a_build_that_breaks_a_rule_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "things.py").write_text(MODEL_WITH_A_BROKEN_RULE)
    told = colgen("build", "things.py", "--check", "-q", cwd=tmp_path)
    assert told.returncode == 1
    assert "size is below 2" in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__") == ["things.py"]


def test_a_model_of_ones_own_has_all_commands(tmp_path: Path) -> None:
    (tmp_path / "things.py").write_text(MODEL_WITH_A_BROKEN_RULE.replace("size < 2", "size < 7"))
    assert colgen("build", "things.py", "-q", "--check", cwd=tmp_path).returncode == 0
    assert "things" in colgen("models", "things.py", cwd=tmp_path).stdout
    assert colgen("preview", "things.py.things", "-n", "2", cwd=tmp_path).stdout.count("\n") == 3
    assert colgen("check", "data", cwd=tmp_path).returncode == 0
    (tmp_path / "things.py").rename(tmp_path / "moved.py")
    assert colgen("check", "data", "--model", "moved.py", cwd=tmp_path).returncode == 0
    assert colgen("check", "data", cwd=tmp_path).returncode == 2


def test_report_prints_a_table_or_rows(built: Path) -> None:
    shown = colgen("report", "financial_summary", built)
    assert "2024-12" in shown.stdout
    rows = list(csv.DictReader(io.StringIO(colgen("report", "financial_summary", built, "--format", "csv").stdout)))
    assert rows[0]["month"] == "2024-01"
    assert json.loads(colgen("report", "financial_summary", built, "--format", "json").stdout)[0]["month"] == "2024-01"


def test_report_in_parquet(built: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    with (tmp_path / "report.parquet").open("wb") as file:
        subprocess.run(
            [sys.executable, "-m", "colgen", "report", "product_inventory", str(built), "-f", "parquet"], stdout=file, check=True, cwd=ROOT
        )
    assert pl.read_parquet(tmp_path / "report.parquet")["category"].null_count() == 1


def test_report_with_a_parameter(built: Path) -> None:
    rows = list(
        csv.DictReader(io.StringIO(colgen("report", "invoice_details", built, "--set", "invoice=INV-2024-00000005", "-f", "csv").stdout))
    )
    assert {row["invoice_number"] for row in rows} == {"INV-2024-00000005"}
    wrong = colgen("report", "invoice_details", built, "--set", "invoce=1")
    assert wrong.returncode == 2
    assert "did you mean 'invoice'" in wrong.stderr


def test_models_lists_and_shows() -> None:
    listed = colgen("models").stdout
    assert all(name in listed for name in BUILT_IN)
    shown = colgen("models", "invoicing").stdout
    for words in (
        "invoice_line_items",
        "decimal(12,2)",
        "→ products",
        "80% of the draws to 20% of the rows",
        "large",
        "1,000",
        "customer_summary",
        "--scale multiplies customers, invoices, products",
    ):
        assert words in shown, words


def test_preview_is_the_beginning_of_the_build(built: Path) -> None:
    shown = colgen("preview", "invoicing.invoices", "--rows", "5", "--volume", "medium", "--seed", "5", "--format", "csv").stdout
    previewed = pl.read_csv(io.StringIO(shown))
    written = pl.read_parquet(built / "invoices/*.parquet").head(5)
    assert previewed["invoice_number"].to_list() == written["invoice_number"].to_list()
    assert previewed["total"].to_list() == pytest.approx([float(total) for total in written["total"]])


def test_preview_of_a_child_and_of_more_rows_than_there_are() -> None:
    assert len(colgen("preview", "invoicing.invoice_line_items", "-n", "20").stdout.splitlines()) == 21
    assert len(colgen("preview", "invoicing.customer_types", "-n", "20").stdout.splitlines()) == 5


def test_a_reader_that_stops_early_is_no_error() -> None:
    import subprocess
    import sys

    told = subprocess.run(
        f"{sys.executable} -m colgen preview invoicing.invoice_line_items -n 100000 --volume large --scale 4 -f csv | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert told.stdout.startswith("id,")
    assert "Traceback" not in told.stderr


def test_version() -> None:
    assert re.match(r"colgen \d+\.\d+", colgen("--version").stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str) -> None:
    """Typer looks for the shell that the command is started from; here it is told which, wherever the tests are started from."""
    script = colgen("--show-completion", shell, env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}).stdout
    assert "colgen" in script
    assert f"complete_{shell}" in script


def test_completion_knows_models_volumes_scenarios_and_formats() -> None:
    def complete(words: str) -> str:
        count = len(words.split(" ")) - 1
        return colgen(env={"_COLGEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}).stdout

    assert "invoicing" in complete("colgen build inv")
    assert "erp" in complete("colgen build e")
    assert "payment-crisis" in complete("colgen build erp --scenario pay")
    assert "medium" in complete("colgen build erp --volume m")
    assert "large" in complete("colgen build invoicing --volume l")
    assert "parquet" in complete("colgen build --format par")


COMMANDS = (
    "build",
    "extend",
    "check",
    "verify",
    "diff",
    "report",
    "models",
    "preview",
    "scenarios",
    "validate",
    "config",
    "toggle",
    "cleanup",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_readme(command: str) -> None:
    shown = colgen(command, "--help", env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown)) - {"--help"}
    readme = (ROOT / "README.md").read_text()
    assert [option for option in options if option not in readme] == []


def test_help_names_every_command_and_the_exit_codes() -> None:
    shown = colgen("--help").stdout
    assert all(command in shown for command in COMMANDS)
    assert "130 interrupted" in " ".join(shown.split())


def test_pandas_is_left_out_until_somebody_uses_it() -> None:
    pytest.importorskip("pandas")
    program = """
import sys
from colgen.cli import start
start.leave_pandas_out()
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
