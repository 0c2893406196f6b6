"""`colgen build` and `colgen check`: what goes to stdout, what to stderr, and with which exit code they end."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import colgen as package
from tests.support import ROOT, colgen, part_of, process, thorough


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
    assert [events[0]["event"], events[-1]["event"]] == ["start", "end"]
    assert {"start", "rows", "stage", "proving", "end"} == {event["event"] for event in events}
    assert events[-1]["rows"]["invoices"] == 75
    assert events[0]["rows"] == events[-1]["rows"]


def on_a_terminal(folder: Path, *arguments: str) -> bytes:
    """What a command that succeeds shows on a terminal, in a folder."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "colgen", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=follower,
        cwd=folder,
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
    return shown


def test_bars_are_drawn_on_a_terminal(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, "build", "--tables", "customer_types,customers", "--check")
    assert "━".encode() in shown
    assert b"checking" in shown
    assert b"checks hold" in shown


def test_what_is_only_proved_is_shown_on_a_terminal_too(tmp_path: Path) -> None:
    for number in (1, 2):
        colgen("build", "--part", f"{number}/2", "--out", "shares", cwd=tmp_path)
    shown = on_a_terminal(tmp_path, "merge", "shares", "--out", "merged", "--check")
    assert b"checking" in shown
    assert b"checks hold" in shown
    again = ("build", "erp", "--volume", "small", "--set", "orders_per_day=3", "--append", "--check", "--out", "office")
    assert b"checks hold" in on_a_terminal(tmp_path, *again)
    shown = on_a_terminal(tmp_path, *again)
    assert b"checking" in shown
    assert b"+0 rows" in shown
    assert b"checks hold" in shown


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    told = colgen("build", "--volume", "large", "--scale", "1000", "--dry-run", cwd=tmp_path)
    assert told.returncode == 0
    assert re.search(r"invoices +5,000,000 +[\d.]+ MB", told.stdout)
    assert list(tmp_path.iterdir()) == []


def test_every_option_of_build_means_something(tmp_path: Path) -> None:
    told = colgen("build", "invoicing", "--volume", "small", "--scale", "2", "--set", "invoices=11", "--set", "lines_max=2", "--seed", "9", "--from", "2023-01-01", "--to", "2023-06-30", "--format", "csv", "--tables", "invoices,invoice_line_items", "--tables", "products", "--threads", "1", "--out", tmp_path / "out")  # fmt: skip
    assert told.returncode == 0, told.stderr
    invoices = pl.read_csv(part_of(tmp_path / "out", "invoices"), try_parse_dates=True)
    assert invoices.height == 11
    assert invoices["date"].min() >= __import__("datetime").date(2023, 1, 1)
    assert invoices["date"].max() <= __import__("datetime").date(2023, 6, 30)
    assert pl.read_csv(part_of(tmp_path / "out", "invoice_line_items"))["line_number"].max() == 2
    assert pl.read_csv(part_of(tmp_path / "out", "products")).height == 200
    assert not (tmp_path / "out/customers").exists()
    assert json.loads((tmp_path / "out/manifest.json").read_text())["spec"]["seed"] == 9


def test_to_today_is_fine(tmp_path: Path) -> None:
    assert colgen("build", "--to", "today", "-q", "--check", cwd=tmp_path).returncode == 0


def test_an_existing_build_is_left_alone_unless_told(tmp_path: Path) -> None:
    assert colgen("build", "-q", cwd=tmp_path).returncode == 0
    before = (tmp_path / "data/manifest.json").read_bytes()
    told = colgen("build", "-q", "--seed", "1", cwd=tmp_path)
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


@thorough
def test_check_shows_on_a_terminal_what_is_being_proved(built: Path) -> None:
    shown = on_a_terminal(built, "check", ".")
    assert "━".encode() in shown
    assert b"invoice" in shown
    assert b"checking" not in on_a_terminal(built, "check", ".", "--quiet")
    assert colgen("check", built).stderr == ""


def test_check_takes_no_more_memory_and_cores_than_it_is_given(built: Path) -> None:
    assert colgen("check", built, "--max-memory", "100MB", "--threads", "1", "--quiet").returncode == 0
    told = colgen("check", built, "--max-memory", "1 MB")
    assert told.returncode == 2
    assert "--max-memory = '1 MB': it must be a size such as 800MB or 4GB, 100MB or more" in told.stderr


def test_check_in_json(built: Path) -> None:
    outcomes = json.loads(colgen("check", built, "--format", "json").stdout)
    assert all(one["holds"] for one in outcomes)
    assert {"table", "rule", "holds", "violations", "columns", "rows"} == set(outcomes[0])


def test_check_of_damaged_data_shows_the_row_and_exits_with_1(tmp_path: Path) -> None:
    package.build("invoicing", out=tmp_path / "data", format="csv", tables=["products", "inventory"])
    part = part_of(tmp_path / "data", "inventory")
    head, first, *rest = part.read_text().splitlines()
    part.write_text("\n".join([head, first, first, *rest]) + "\n")
    told = colgen("check", tmp_path / "data", "--quiet")
    assert told.returncode == 1
    assert "inventory: id is 1, 2, 3 … without a gap, each once — violated by" in told.stdout
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


def test_a_rule_that_cannot_be_run_is_not_said_to_be_violated(tmp_path: Path) -> None:
    (tmp_path / "things.py").write_text(MODEL_WITH_A_BROKEN_RULE.replace("size < 2", "sizes < 2"))
    told = colgen("build", "things.py", "--check", "-q", cwd=tmp_path)
    assert told.returncode == 1
    assert re.search(r"things: size is below 2 — cannot be proved: Binder Error: .*sizes", told.stderr)
    assert "violated" not in told.stderr


def test_a_model_of_ones_own_has_all_commands(tmp_path: Path) -> None:
    (tmp_path / "things.py").write_text(MODEL_WITH_A_BROKEN_RULE.replace("size < 2", "size < 7"))
    assert colgen("build", "things.py", "-q", "--check", cwd=tmp_path).returncode == 0
    assert "things" in colgen("models", "things.py", cwd=tmp_path).stdout
    assert colgen("preview", "things.py.things", "-n", "2", cwd=tmp_path).stdout.count("\n") == 3
    assert colgen("check", "data", cwd=tmp_path).returncode == 0
    (tmp_path / "things.py").rename(tmp_path / "moved.py")
    assert colgen("check", "data", "--model", "moved.py", cwd=tmp_path).returncode == 0
    assert colgen("check", "data", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    "request_",
    [
        ("erp", "--set", "orders_per_day=1000000"),
        ("--volume", "large", "--scale", "1000000"),
        ("ecommerce", "--volume", "large", "--scale", "100000"),
    ],
)
def test_a_dry_run_of_an_absurd_size_estimates(tmp_path: Path, request_: tuple[str, ...]) -> None:
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = colgen("build", *request_, "--dry-run", cwd=tmp_path)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (
        ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime < 5
    )  # under a second on a quiet machine; counting takes minutes
    assert (shown.returncode, bool(re.search(r"all +about [\d,]+", shown.stdout))) == (0, True)


def test_a_dry_run_says_which_rows_are_estimated(tmp_path: Path) -> None:
    shown = colgen("build", "--volume", "large", "--scale", "1000", "--dry-run", cwd=tmp_path).stdout
    assert re.search(r"invoices +5,000,000 ", shown)
    assert re.search(r"invoice_line_items +about 32,\d00,000 ", shown)


def test_a_dry_run_counts_a_few_rows(tmp_path: Path) -> None:
    rows = package.build("invoicing", volume="medium").rows["invoice_line_items"]
    assert re.search(rf"invoice_line_items +{rows:,} ", colgen("build", "--volume", "medium", "--dry-run", cwd=tmp_path).stdout)


def test_a_dry_run_says_bytes_time_and_memory(tmp_path: Path) -> None:
    shown = colgen("build", "--volume", "large", "--scale", "1000", "--threads", "2", "--dry-run", cwd=tmp_path).stdout
    assert re.search(r"^about \d+\.\d MB, \d+ s on 2 cores, \d+\.\d MB of memory$", shown, re.MULTILINE)


def test_a_target_size_finds_the_scale_and_prints_it(tmp_path: Path) -> None:
    built = colgen("build", "--target-size", "200 kB", "--format", "csv", "--out", "sized", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    scale = re.search(r"--target-size 200.0 kB is --scale ([\d.e+-]+)", built.stderr)
    assert scale is not None
    assert colgen("build", "--scale", scale[1], "--format", "csv", "--out", "scaled", "-q", cwd=tmp_path).returncode == 0
    assert (tmp_path / "sized/manifest.json").read_bytes() == (tmp_path / "scaled/manifest.json").read_bytes()
    assert f'"scale": {float(scale[1])}' in (tmp_path / "sized/manifest.json").read_text()
    assert scale[0] in colgen("build", "--target-size", "200kB", "--format", "csv", "--dry-run", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--target-size", "1kB"), "--target-size 1.0 kB: the smallest build of invoicing in parquet takes about "),
        (("--target-size", "0"), "--target-size '0': it must be a number of bytes above 0, such as 100GB"),
        (("--target-size", "3 XB"), "--target-size '3 XB': there is no unit 'XB'; give kB, MB, GB"),
        (("--target-size", "3GB", "--scale", "2"), "--scale and --target-size: a target size finds the scale; leave one of them out"),
        (("--target-size", "3GB", "--out", "shop.duckdb"), "--target-size means nothing for a database"),
        (("--target-size", "20EB"), "there is no unit 'EB'"),
        (("--target-size", "900PB"), "--target-size 900.0 PB: scale"),
    ],
)
def test_a_target_size_that_cannot_be_is_refused(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    refused = colgen("build", *arguments, cwd=tmp_path)
    assert refused.returncode == 2
    assert message in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
