"""A wrong request is told so in one line, with what would be right; nothing is made, and nobody sees a traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import colgen
from colgen import cli
from tests.support import first_of, part_of, thorough


class Answer(NamedTuple):
    code: int
    out: str
    err: str


class Here:
    """The command line in this process, in an empty folder. What it raises past `main` would be a traceback."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._monkeypatch, self._capfd = folder, monkeypatch, capfd

    def colgen(self, *arguments: str) -> Answer:
        self._monkeypatch.setattr(sys, "argv", ["colgen", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            return Answer(int(end.code or 0), *self._capfd.readouterr())
        except BaseException as error:
            pytest.fail(f"a traceback: {type(error).__name__}: {error}")

    def refused(self, *arguments: str, code: int = 2) -> str:
        """The one line that says why; the folder is as it was."""
        before = sorted(self.folder.rglob("*"))
        answer = self.colgen(*arguments)
        assert answer.code == code
        assert answer.out == ""
        assert answer.err.startswith("colgen: ")
        assert answer.err.count("\n") == 1
        assert sorted(self.folder.rglob("*")) == before
        return answer.err.removeprefix("colgen: ").strip()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Here]:
    monkeypatch.chdir(tmp_path)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Here(tmp_path, monkeypatch, capfd)
    for number, handler in handlers.items():
        signal.signal(number, handler)


# What is wrong: the arguments after `build`, and words that the answer must have.
WRONG_BUILDS = {
    "an unknown model": (["no_such"], ["'no_such'", "available: invoicing"]),
    "a model misspelt": (["invoicng"], ["'invoicng'", "did you mean 'invoicing'?"]),
    "an unknown volume": (["--volume", "gigantic"], ["'gigantic'", "available: small, medium, large"]),
    "a volume misspelt": (["--volume", "medum"], ["'medum'", "did you mean 'medium'?"]),
    "an unknown table": (["--tables", "zzz"], ["'zzz'", "available: customer_types"]),
    "a table misspelt": (["--tables", "custmers"], ["'custmers'", "did you mean 'customers'?"]),
    "one unknown table among known ones": (["--tables", "customers,custmers"], ["'custmers'"]),
    "no table at all": (["--tables", ","], ["tables"]),
    "an empty list of tables": (["--tables", ""], ["tables"]),
    "an unknown setting": (["--set", "zzz=1"], ["'zzz'", "available: customers, products"]),
    "a setting misspelt": (["--set", "custmers=1"], ["'custmers'", "did you mean 'customers'?"]),
    "a setting without a value": (["--set", "customers"], ["--set customers", "NAME=VALUE"]),
    "a setting without a name": (["--set", "=5"], ["--set =5", "NAME=VALUE"]),
    "a setting with an empty value": (["--set", "customers="], ["customers", "whole number"]),
    "a count of zero": (["--set", "customers=0"], ["customers = 0", "at least one"]),
    "a negative count": (["--set", "customers=-5"], ["customers = -5", "at least one"]),
    "a count with an exponent": (["--set", "customers=1e30"], ["'1e30'", "whole number"]),
    "a count with a fraction": (["--set", "customers=1.5"], ["'1.5'", "whole number"]),
    "a count that is no number": (["--set", "customers=abc"], ["'abc'", "whole number"]),
    "an absurd count": (["--set", "customers=999999999999999999999"], ["customers", "at most 10,000,000,000"]),
    "a count of a hundred digits": (["--set", f"customers={'9' * 100}"], ["customers"]),
    "a negative number of lines": (["--set", "lines_min=-1"], ["lines_min = -1", "0 to 1,000"]),
    "a least that is above the most": (["--set", "lines_min=9", "--set", "lines_max=3"], ["lines_min = 9", "lines_max = 3"]),
    "a scale of zero": (["--scale", "0"], ["scale 0", "above 0"]),
    "a negative scale": (["--scale", "-1"], ["scale -1", "above 0"]),
    "a scale that is not a number": (["--scale", "nan"], ["scale nan", "above 0"]),
    "an endless scale": (["--scale", "inf"], ["scale inf", "above 0"]),
    "a huge scale": (["--scale", "1e20"], ["at most 10,000,000,000"]),
    "a scale that overflows": (["--scale", "1e308"], ["1e+308"]),
    "a negative seed": (["--seed", "-1"], ["seed = -1", "from 0 to 2**64 - 1"]),
    "a seed of more than 64 bits": (["--seed", str(2**64)], ["seed", "from 0 to 2**64 - 1"]),
    "no threads": (["--threads", "0"], ["--threads 0", "1 to 1024"]),
    "a negative number of threads": (["--threads", "-2"], ["--threads -2", "1 to 1024"]),
    "too many threads": (["--threads", "1000000"], ["--threads 1000000", "1 to 1024"]),
    "an unknown format": (["--format", "xml"], ["'xml'", "available: parquet, parquet-arrow, csv"]),
    "a format misspelt": (["--format", "parqet"], ["'parqet'", "did you mean 'parquet'?"]),
    "a month that there is not": (["--to", "2024-13-01"], ["'2024-13-01'", "2024-12-31"]),
    "a day that there is not": (["--from", "2023-02-29"], ["'2023-02-29'", "2024-12-31"]),
    "a day that is no day": (["--to", "tomorrow"], ["'tomorrow'", "2024-12-31", "today"]),
    "a period that ends before it begins": (["--from", "2024-06-01", "--to", "2024-01-31"], ["2024-06-01", "2024-01-31"]),
    "a period long ago": (["--to", "1812-06-24"], ["between 1900 and 2200"]),
    "a period in the first year of all": (["--to", "0001-05-05"], ["between 1900 and 2200"]),
    "a period that ends with the calendar": (["--to", "9999-12-31"], ["between 1900 and 2200"]),
    "a period that begins with the calendar's end": (["--from", "9999-12-31"], ["between 1900 and 2200"]),
    "days where the model counts none": (["--days", "30"], ["invoicing has no setting 'days'"]),
    "no days at all": (["ecommerce", "--days", "0"], ["days = 0", "at least one"]),
    "more days than the calendar has": (["ecommerce", "--days", "1000000"], ["between 1900 and 2200"]),
    "a number of days below zero": (["ecommerce", "--days", "-3"], ["days = -3", "at least one"]),
    "no customers": (["--customers", "0"], ["customers = 0", "at least one"]),
    "a hidden table": (["ecommerce", "--tables", "steps"], ["'steps'", "available: raw_customers"]),
    "a branch of a table": (["ecommerce", "--tables", "deliveries"], ["'deliveries'"]),
    "a model file that there is not": (["no_such.py"], ["no file 'no_such.py'"]),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG_BUILDS.values(), ids=WRONG_BUILDS.keys())
def test_a_wrong_build_is_refused_with_code_2_and_a_line_that_helps(here: Here, arguments: list[str], words: list[str]) -> None:
    said = here.refused("build", *arguments)
    for word in words:
        assert word in said


@pytest.mark.parametrize("value", ["abc", "", "0", "1.5"])
def test_a_wrong_value_in_the_environment_is_refused(here: Here, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLGEN_CUSTOMERS", value)
    assert "customers = " in here.refused("build")


@pytest.mark.parametrize(
    "wrong", ["a model misspelt", "a count of zero", "a setting misspelt", "a scale of zero", "a day that there is not"]
)
def test_a_dry_run_refuses_what_a_build_refuses(here: Here, wrong: str) -> None:
    arguments, words = WRONG_BUILDS[wrong]
    said = here.refused("build", "--dry-run", *arguments)
    assert words[0] in said


# What is no number or no choice is told so by the parser of the command line, in a box. What the box must have, as patterns.
UNREADABLE = {
    "a scale that is no number": (["build", "--scale", "abc"], ["--scale", "number|float"]),
    "a seed that is no number": (["build", "--seed", "x"], ["--seed", "integer"]),
    "a seed that is no whole number": (["build", "--seed", "1.5"], ["--seed", "integer"]),
    "a number of threads that is no number": (["build", "--threads", "two"], ["--threads", "integer"]),
    "an unknown style of progress": (["build", "--progress", "loud"], ["--progress", "'loud' is not one of 'auto', 'plain', 'json'"]),
    "an unknown option": (["build", "--volum", "small"], ["--volum", "--volume"]),
    "an unknown command": (["biuld"], ["'biuld'"]),
    "no rows to preview": (["preview", "invoicing.customers", "--rows", "0"], ["--rows"]),
    "a report of no build": (["report", "customer_summary"], ["missing argument 'path'"]),
}


@pytest.mark.parametrize(("arguments", "patterns"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_the_command_line_cannot_read_is_refused_with_code_2(here: Here, arguments: list[str], patterns: list[str]) -> None:
    answer = here.colgen(*arguments)
    assert answer.code == 2
    said = " ".join(answer.err.replace("│", " ").split())
    for pattern in patterns:
        assert re.search(pattern, said, re.IGNORECASE)
    assert os.listdir(here.folder) == []


# A model file's text, and words that the answer must have.
WRONG_MODELS = {
    "a file with a syntax error": ("model = (\n", ["shop.py", "SyntaxError", "line 1"]),
    "a file that raises": ("\n\nraise ValueError('so it is')\n", ["shop.py", "ValueError: so it is", "line 3"]),
    "a file that imports what there is not": ("import no_such_module_at_all\n", ["shop.py", "no_such_module_at_all"]),
    "a file that is no text": ("\0\0\0", ["shop.py"]),
    "a file that ends the process": ("import sys\nsys.exit(7)\n", ["shop.py"]),
    "an empty file": ("", ["shop.py", "0 models", "exactly one"]),
    "a file without a model": ("x = 1\n", ["shop.py", "0 models", "exactly one"]),
    "a file with two models": (
        "import dataclasses\nfrom colgen.models import invoicing\n"
        "one = dataclasses.replace(invoicing.model, name='one')\ntwo = dataclasses.replace(invoicing.model, name='two')\n",
        ["shop.py", "2 models", "exactly one"],
    ),
}


@pytest.mark.parametrize(("text", "words"), WRONG_MODELS.values(), ids=WRONG_MODELS.keys())
def test_a_wrong_model_file_is_refused_with_code_2_and_named(here: Here, text: str, words: list[str]) -> None:
    (here.folder / "shop.py").write_text(text)
    said = here.refused("build", "shop.py")
    for word in words:
        assert word in said


def test_a_folder_that_is_named_like_a_model_file_is_refused(here: Here) -> None:
    (here.folder / "shop.py").mkdir()
    assert "'shop.py'" in here.refused("build", "shop.py")


class TestTargets:
    def test_a_file_is_refused_with_code_3(self, here: Here) -> None:
        (here.folder / "data").write_text("mine")
        assert "name a folder" in here.refused("build", code=3)

    @pytest.mark.parametrize("out", [".", "..", "/", "../."])
    def test_the_current_folder_and_those_that_hold_it_are_refused_with_code_3(self, here: Here, out: str) -> None:
        assert "current folder" in here.refused("build", "--out", out, code=3)

    @pytest.mark.parametrize("out", ["", " "])
    def test_an_empty_target_is_refused_with_code_2(self, here: Here, out: str) -> None:
        assert "out is empty" in here.refused("build", "--out", out)

    @pytest.mark.parametrize("out", ["shop.db", "shop.sqlite", "deep/shop.sqlite3"])
    def test_a_database_file_of_another_kind_makes_no_folder(self, here: Here, out: str) -> None:
        assert f"write duckdb:///{out}" in here.refused("build", "--out", out)

    def test_a_folder_that_is_there_may_be_called_like_one(self, here: Here) -> None:
        (here.folder / "shop.db").mkdir()
        assert here.colgen("build", "--out", "shop.db", "--quiet").code == 0
        assert (here.folder / "shop.db" / "manifest.json").exists()

    def test_a_finished_build_is_refused_with_code_3(self, here: Here) -> None:
        colgen.build(out=here.folder / "data", tables=["customer_types"])
        said = here.refused("build", code=3)
        assert "holds a finished build" in said
        assert "--overwrite" in said

    def test_a_name_that_is_too_long_is_refused_with_code_2(self, here: Here) -> None:
        assert "it is too long" in here.refused("build", "--out", "x" * 300)

    def test_a_build_that_no_disk_holds_is_refused_with_code_3(self, here: Here) -> None:
        said = here.refused("build", "--set", "invoices=9000000000", code=3)
        assert "free" in said
        assert "needs about" in said


class TestOtherCommands:
    @pytest.fixture
    def data(self, here: Here) -> Path:
        colgen.build(out=here.folder / "data")
        return here.folder / "data"

    @pytest.mark.usefixtures("data")
    def test_an_unknown_report_is_refused(self, here: Here) -> None:
        said = here.refused("report", "zzz", "data")
        assert "no report 'zzz'" in said
        assert "available: customer_summary" in said

    @pytest.mark.usefixtures("data")
    def test_a_report_misspelt_is_refused_with_the_one_that_was_meant(self, here: Here) -> None:
        assert "did you mean 'customer_summary'?" in here.refused("report", "customer_sumary", "data")

    @pytest.mark.usefixtures("data")
    def test_an_unknown_parameter_of_a_report_is_refused(self, here: Here) -> None:
        assert "did you mean 'invoice'?" in here.refused("report", "invoice_details", "data", "--set", "invoic=1")

    @pytest.mark.usefixtures("data")
    def test_a_parameter_without_a_value_is_refused(self, here: Here) -> None:
        assert "NAME=VALUE" in here.refused("report", "invoice_details", "data", "--set", "invoice")

    @pytest.mark.parametrize("command", [["check"], ["report", "customer_summary"]], ids=["check", "report"])
    def test_a_folder_that_is_not_there_is_refused(self, here: Here, command: list[str]) -> None:
        assert "there is no folder 'nowhere'" in here.refused(*command, "nowhere")

    @pytest.mark.parametrize("command", [["check"], ["report", "customer_summary"]], ids=["check", "report"])
    def test_a_folder_without_a_build_is_refused(self, here: Here, command: list[str]) -> None:
        (here.folder / "data").mkdir()
        assert "'data' holds no finished build" in here.refused(*command, "data")

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"tables": 3}', "\0"])
    def test_a_build_whose_manifest_is_damaged_is_refused(self, here: Here, data: Path, text: str) -> None:
        (data / "manifest.json").write_text(text)
        assert "manifest.json" in here.refused("check", "data")

    def test_a_report_on_a_build_that_lost_a_part_names_it(self, here: Here, data: Path) -> None:
        part_of(data, "customers").unlink()
        answer = here.colgen("report", "customer_summary", "data")
        assert answer.code in (1, 2)
        assert answer.err.startswith("colgen: ")
        assert "customers" in answer.err

    def test_a_build_whose_model_file_is_gone_is_refused(self, here: Here) -> None:
        (here.folder / "shop.py").write_text(
            "import dataclasses\nfrom colgen.models import invoicing\nmodel = dataclasses.replace(invoicing.model, name='shop')\n"
        )
        colgen.build("shop.py", out="data", tables=["customer_types"])
        (here.folder / "shop.py").unlink()
        assert "shop.py" in here.refused("check", "data")

    def test_checking_against_an_unknown_model_is_refused(self, here: Here, data: Path) -> None:
        assert "no model 'zzz'" in here.refused("check", "data", "--model", "zzz")

    def test_showing_an_unknown_model_is_refused(self, here: Here) -> None:
        assert "did you mean 'invoicing'?" in here.refused("models", "invoicin")

    def test_a_preview_without_a_dot_is_refused(self, here: Here) -> None:
        said = here.refused("preview", "customers")
        assert "MODEL.TABLE" in said
        assert "invoicing.invoices" in said

    def test_a_preview_of_a_file_without_a_table_is_refused(self, here: Here) -> None:
        (here.folder / "shop.py").touch()
        assert "'shop.py': name a table too, such as shop.py.customers" in here.refused("preview", "shop.py")

    def test_a_preview_of_an_unknown_table_is_refused(self, here: Here) -> None:
        assert "did you mean 'customers'?" in here.refused("preview", "invoicing.custmers")

    def test_a_preview_of_an_unknown_model_is_refused(self, here: Here) -> None:
        assert "did you mean 'invoicing'?" in here.refused("preview", "invoicng.customers")

    @pytest.mark.parametrize("arguments", [["--volume", "medum"], ["--scale", "-1"], ["--set", "customers=0"], ["--to", "2024-13-01"]])
    def test_a_preview_refuses_what_a_build_refuses(self, here: Here, arguments: list[str]) -> None:
        here.refused("preview", "invoicing.customers", *arguments)


class TestRealProcesses:
    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "colgen", *arguments]
        # an answer may not take for ever
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=8)

    def test_the_exit_code_of_a_wrong_request_is_2(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, "build", "--volume", "medum")
        assert done.returncode == 2
        assert done.stderr == "colgen: model invoicing has no volume 'medum'; did you mean 'medium'? Available: small, medium, large\n"
        assert os.listdir(tmp_path) == []

    def test_the_exit_code_of_a_refused_target_is_3(self, tmp_path: Path) -> None:
        done = self.run(tmp_path, "build", "--out", ".")
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1
        assert os.listdir(tmp_path) == []

    @thorough
    @pytest.mark.parametrize("count", first_of(["customers", "invoices"]))
    def test_an_absurd_count_that_is_just_possible_is_refused_at_once(self, tmp_path: Path, count: str) -> None:
        done = self.run(tmp_path, "build", "--set", f"{count}=999999999999")
        assert done.returncode in (2, 3)
        assert done.stderr.count("\n") == 1
        assert os.listdir(tmp_path) == []
