"""Options that mean nothing for a target are refused, in the words of whoever asks; the guards of colgen.toml hold for everybody."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.errors import RequestError, TargetError
from tests.support import colgen as command

FOR_DATABASES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "schema": ("x", ("--schema", "x")),
    "constraints": (False, ("--no-constraints",)),
    "max_rows": (5, ("--max-rows", "5")),
}
FOR_FILES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "resume": (True, ("--resume",)),
    "format": ("csv", ("--format", "csv")),
    "compression": ("zstd", ("--compression", "zstd")),
    "encoding": ("compatible", ("--encoding", "compatible")),
}
DATABASES = ("shop.duckdb", "duckdb:///shop.ddb", "postgresql://localhost:1/shop")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", FOR_DATABASES)
def test_what_only_a_database_knows_is_refused_for_files(here: Path, name: str) -> None:
    value, arguments = FOR_DATABASES[name]
    with pytest.raises(RequestError, match=f"^{name}= means nothing for files"):
        colgen.build(out="data", **{name: value})
    result = command("build", "--out", "data", *arguments)
    assert (result.returncode, result.stderr.startswith(f"colgen: --{name.replace('_', '-')} means nothing for files")) == (2, True)
    assert os.listdir(here) == []


def test_asking_for_constraints_is_refused_for_files_as_well(here: Path) -> None:
    with pytest.raises(RequestError, match="constraints= means nothing for files"):
        colgen.build(out="data", constraints=True)
    assert "--constraints means nothing for files" in command("build", "--out", "data", "--constraints").stderr


@pytest.mark.parametrize("out", DATABASES)
@pytest.mark.parametrize("name", FOR_FILES)
def test_what_only_files_know_is_refused_for_a_database(here: Path, name: str, out: str) -> None:
    value, arguments = FOR_FILES[name]
    with pytest.raises(RequestError, match=f"^{name}= means nothing for a database"):
        colgen.build(out=out, **{name: value})
    result = command("build", "--out", out, *arguments)
    assert (result.returncode, f"colgen: --{name} means nothing for a database" in result.stderr) == (2, True)
    assert os.listdir(here) == []


@pytest.mark.parametrize("out", DATABASES)
@pytest.mark.parametrize("engine", ["ray", "spark"])
def test_workers_on_other_machines_write_files_only(here: Path, engine: str, out: str) -> None:
    with pytest.raises(RequestError, match=f"^engine {engine}: its workers may be on other machines.*: leave out engine="):
        colgen.build(out=out, engine=engine)
    result = command("build", "--out", out, "--engine", engine)
    assert (result.returncode, f"colgen: engine {engine}: its workers may be on other machines" in result.stderr) == (2, True)
    assert os.listdir(here) == []


def test_an_engine_that_is_none_is_refused(here: Path) -> None:
    with pytest.raises(RequestError, match=r"^there is no engine 'sparc'; did you mean 'spark'\?"):
        colgen.build(out="data", engine="sparc")
    assert "there is no engine 'sparc'" in command("build", env={"COLGEN_ENGINE": "sparc"}).stderr
    assert os.listdir(here) == []


@pytest.mark.parametrize("engine", [None, "auto", "threads", "processes"])
def test_only_a_cluster_has_an_address(here: Path, engine: str | None) -> None:
    with pytest.raises(RequestError, match=r"^address= is that of a cluster: add engine= with ray or spark"):
        colgen.build(out="data", engine=engine, address="head:6379")


@pytest.mark.parametrize("address", ["sc://spark:15002/;token=geheim", "spark://ann:geheim@spark:7077"])
def test_an_address_has_no_secret(here: Path, address: str) -> None:
    result = command("build", "--engine", "spark", "--address", address)
    assert result.returncode == 2
    assert "must be that of a Ray cluster or of a Spark master" in result.stderr
    assert "geheim" not in result.stderr


def test_a_default_engine_is_taken_where_it_has_a_meaning(here: Path) -> None:
    default = {"COLGEN_ENGINE": "ray", "COLGEN_ADDRESS": "nowhere:1"}
    assert command("build", "--out", "shop.duckdb", "--tables", "customer_types", env=default).returncode == 0
    assert command("build", "--engine", "threads", "--tables", "customer_types", env=default).returncode == 0


def test_processes_are_not_forked_from_somebody_elses_program(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.engines.processes._own", False)
    with pytest.raises(RequestError, match="engine processes: a process is forked only by the command line"):
        colgen.build(out="data", engine="processes")
    assert os.listdir(here) == []


@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("spark", "pyspark")])
def test_an_engine_that_is_not_installed_names_its_extra(here: Path, engine: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(RequestError, match=rf"pip install 'colgen\[{engine}\]'"):
        colgen.build(out="data", engine=engine)
    assert os.listdir(here) == []


@pytest.mark.parametrize("out", ["data", *DATABASES])
def test_overwriting_and_appending_at_once_is_refused(here: Path, out: str) -> None:
    with pytest.raises(RequestError, match="overwrite= and append="):
        colgen.build(out=out, overwrite=True, append=True)
    result = command("build", "--out", out, "--overwrite", "--append")
    assert (result.returncode, "--overwrite and --append" in result.stderr) == (2, True)
    assert os.listdir(here) == []


@pytest.mark.parametrize(
    "options",
    [{name: value} for name, (value, _) in {**FOR_DATABASES, **FOR_FILES}.items()]
    + [{"constraints": True}, {"check": True}, {"threads": 2}, {"overwrite": True}, {"progress": print}],
    ids=str,
)
def test_what_says_how_to_write_is_refused_in_memory(options: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match=rf"^{next(iter(options))}= .*out="):
        colgen.build(**options)


@pytest.mark.parametrize("threads", [0, -1, 1.5, True, "2"])
def test_a_wrong_number_of_threads_is_refused(here: Path, threads: Any) -> None:
    with pytest.raises(RequestError, match="threads = "):
        colgen.build(out="data", threads=threads)
    assert os.listdir(here) == []


class TestGuards:
    """What colgen.toml and the environment say holds for a build by Python too."""

    def test_what_is_denied(self, here: Path) -> None:
        (here / "colgen.toml").write_text('deny = ["shop*"]\n')
        for build in (lambda out: colgen.build(out=out), lambda out: colgen.build(out=out, schema="mine", overwrite=True)):
            with pytest.raises(TargetError, match=r"denied by the pattern 'shop\*'"):
                build("shop.duckdb")
        assert colgen.build(out="other.duckdb", tables=["customers"]).rows["customers"] == 25

    def test_what_is_denied_above_the_current_folder(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "pyproject.toml").write_text('[tool.colgen]\ndeny = ["shop*"]\n')
        (here / "deeper").mkdir()
        monkeypatch.chdir(here / "deeper")
        with pytest.raises(TargetError, match="denied by the pattern"):
            colgen.build(out="shop.duckdb")

    def test_what_is_denied_in_the_environment_adds_up(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "colgen.toml").write_text('deny = ["shop*"]\n')
        monkeypatch.setenv("COLGEN_DENY", "crm*")
        for out in ("shop.duckdb", "crm.duckdb"):
            with pytest.raises(TargetError, match="denied by the pattern"):
                colgen.build(out=out)

    def test_the_most_rows(self, here: Path) -> None:
        (here / "colgen.toml").write_text("max_rows = 20\n")
        with pytest.raises(TargetError, match="the row limit is 20"):
            colgen.build(out="shop.duckdb", tables=["customers"])
        assert colgen.build(out="shop.duckdb", tables=["customer_types"]).rows == {"customer_types": 4}
        assert colgen.build(out="data", tables=["customers"]).rows == {"customers": 25}

    def test_the_most_rows_that_are_said_take_precedence(self, here: Path) -> None:
        (here / "colgen.toml").write_text("max_rows = 20\n")
        assert colgen.build(out="shop.duckdb", tables=["customers"], max_rows=25).rows == {"customers": 25}
        with pytest.raises(TargetError, match="the row limit is 24"):
            colgen.build(out="shop.duckdb", tables=["customers"], max_rows=24, overwrite=True)

    def test_production_and_the_switch(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLGEN_HOME", str(here / "home"))
        (here / "home").mkdir()
        (here / "home" / "disabled").touch()
        monkeypatch.setenv("COLGEN_ENV", "production")
        with pytest.raises(TargetError, match=r"(?s)COLGEN_ENV=production.*switched off"):
            colgen.build(out="shop.duckdb")
        assert os.listdir(here) == ["home"]

    def test_a_wrong_file_is_named(self, here: Path) -> None:
        (here / "colgen.toml").write_text("max_rows = 'many'\n")
        with pytest.raises(RequestError, match=r"colgen.toml: max_rows = 'many'"):
            colgen.build(out="shop.duckdb")
