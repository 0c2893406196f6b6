"""What the command line does not say comes from the environment or a file, the nearer the stronger, and it is reported from where."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from colgen import config
from colgen.config import KEYS, Value, resolve, settings
from colgen.declare.find import find_model
from colgen.errors import RequestError
from tests.support import ROOT


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The current folder, two below that of the project."""
    folder = tmp_path / "project" / "some" / "where"
    folder.mkdir(parents=True)
    return folder


def found(folder: Path, key: str, environment: Mapping[str, str] | None = None, **given: Any) -> Value:
    return resolve(given, environment or {}, folder)[key]


def refused(folder: Path, environment: Mapping[str, str] | None = None, **given: Any) -> str:
    with pytest.raises(RequestError) as raised:
        resolve(given, environment or {}, folder)
    assert "\n" not in str(raised.value)
    return str(raised.value)


class TestPrecedence:
    def test_what_is_built_in(self, here: Path) -> None:
        values = resolve({}, {}, here)
        assert list(values) == list(KEYS)
        assert {value.source for value in values.values()} == {"default"}
        assert {key: value.value for key, value in values.items()} == {
            "model": "invoicing",
            "volume": None,
            "scale": 1.0,
            "target_size": None,
            "seed": 0,
            "scenario": None,
            "out": "data",
            "schema": None,
            "format": "parquet",
            "compression": "snappy",
            "encoding": "compact",
            "table_format": None,
            "threads": None,
            "max_memory": None,
            "engine": "auto",
            "address": None,
            "max_rows": None,
            "deny": (),
            "databases": {},
            "progress": "auto",
        }

    # A key, and a value of it: as TOML, as a text in the environment, and read.
    KINDS = {
        "model": ('"ecommerce"', "ecommerce", "ecommerce"),
        "volume": ('"large"', "large", "large"),
        "scale": ("2", "2", 2.0),
        "target_size": ('"1.5 GB"', "1.5 GB", 1_500_000_000),
        "seed": ("1_000", "1_000", 1000),
        "scenario": ('"normal-ops"', "normal-ops", "normal-ops"),
        "out": ('"postgresql://db/shop"', "postgresql://db/shop", "postgresql://db/shop"),
        "schema": ('"sandbox"', "sandbox", "sandbox"),
        "format": ('"csv"', "csv", "csv"),
        "compression": ('"zstd"', "zstd", "zstd"),
        "encoding": ('"compatible"', "compatible", "compatible"),
        "table_format": ('"delta"', "delta", "delta"),
        "threads": ("2", "2", 2),
        "max_memory": ('"800MB"', "800 mb", 800_000_000),
        "engine": ('"threads"', "threads", "threads"),
        "address": ('"head:6379"', "head:6379", "head:6379"),
        "max_rows": ("10", "10", 10),
        "deny": ('["a*", "b"]', "a*, b", ("a*", "b")),
        "databases": ('{ a = "postgresql://h/a" }', "a=postgresql://h/a", {"a": "postgresql://h/a"}),
        "progress": ('"plain"', "plain", "plain"),
    }

    def test_every_key_is_tried(self) -> None:
        assert list(self.KINDS) == list(KEYS)

    @pytest.mark.parametrize("key", KINDS)
    def test_pyproject_goes_before_what_is_built_in(self, here: Path, key: str) -> None:
        toml, _, value = self.KINDS[key]
        (here / "pyproject.toml").write_text(f"[tool.colgen]\n{key} = {toml}\n")
        assert found(here, key) == Value(value, "pyproject.toml")

    @pytest.mark.parametrize("key", KINDS)
    def test_colgen_toml_is_read(self, here: Path, key: str) -> None:
        toml, _, value = self.KINDS[key]
        (here / "colgen.toml").write_text(f"{key} = {toml}\n")
        assert found(here, key) == Value(value, "colgen.toml")

    @pytest.mark.parametrize("key", KINDS)
    def test_the_environment_is_read(self, here: Path, key: str) -> None:
        _, text, value = self.KINDS[key]
        assert found(here, key, {f"COLGEN_{key.upper()}": text}) == Value(value, f"environment COLGEN_{key.upper()}")

    def test_each_level_goes_before_the_one_below(self, here: Path) -> None:
        assert found(here, "seed") == Value(0, "default")
        (here / "pyproject.toml").write_text("[tool.colgen]\nseed = 1\n")
        assert found(here, "seed") == Value(1, "pyproject.toml")
        (here.parent / "colgen.toml").write_text("seed = 2\n")
        assert found(here, "seed") == Value(2, str(here.parent / "colgen.toml"))
        assert found(here, "seed", {"COLGEN_SEED": "3"}) == Value(3, "environment COLGEN_SEED")
        assert found(here, "seed", {"COLGEN_SEED": "3"}, seed=4) == Value(4, "option")

    def test_a_scale_and_a_target_size_say_the_same_so_only_the_first_of_them_holds(self, here: Path) -> None:
        (here / "colgen.toml").write_text("target_size = '3 GB'\n")
        assert found(here, "target_size") == Value(3_000_000_000, "colgen.toml")
        assert found(here, "target_size", scale=2.0) == Value(None, "default")
        assert found(here, "target_size", {"COLGEN_SCALE": "3"}) == Value(None, "default")
        assert found(here, "scale", {"COLGEN_SCALE": "3"}, target_size="2MB") == Value(1.0, "default")

    def test_one_place_does_not_give_both(self, here: Path) -> None:
        (here / "colgen.toml").write_text("target_size = '3 GB'\nscale = 2\n")
        with pytest.raises(
            RequestError, match=r"^colgen.toml: scale and target_size: a target size finds the scale; leave one of them out$"
        ):
            resolve({}, {}, here)
        with pytest.raises(RequestError, match=r"^--scale and --target-size: "):
            resolve({"scale": 2.0, "target_size": "3GB"}, {}, here)

    def test_levels_are_compared_key_by_key(self, here: Path) -> None:
        (here / "pyproject.toml").write_text("[tool.colgen]\nseed = 1\nvolume = 'large'\nformat = 'csv'\n")
        (here / "colgen.toml").write_text("seed = 2\nvolume = 'small'\n")
        values = resolve({"seed": None}, {"COLGEN_SEED": "3"}, here)
        assert [values[key].value for key in ("seed", "volume", "format")] == [3, "small", "csv"]

    def test_an_option_of_zero_is_said(self, here: Path) -> None:
        assert found(here, "seed", {"COLGEN_SEED": "3"}, seed=0) == Value(0, "option")

    def test_patterns_add_up(self, here: Path) -> None:
        (here / "pyproject.toml").write_text("[tool.colgen]\ndeny = ['c', 'a']\n")
        (here / "colgen.toml").write_text("deny = ['b']\n")
        assert found(here, "deny", {"COLGEN_DENY": "a,, "}) == Value(
            ("a", "b", "c"), "environment COLGEN_DENY, colgen.toml, pyproject.toml"
        )

    def test_a_compression_of_parquet_is_nothing_to_another_format_that_is_asked_for(self, here: Path) -> None:
        (here / "colgen.toml").write_text("compression = 'zstd'\n")
        assert found(here, "compression", format="csv") == Value("snappy", "default")
        assert found(here, "compression", format="parquet") == Value("zstd", "colgen.toml")
        assert found(here, "compression", format="csv", compression="lz4") == Value("lz4", "option")
        (here / "colgen.toml").write_text("encoding = 'compatible'\n")
        assert found(here, "encoding", format="parquet-arrow") == Value("compact", "default")


class TestFiles:
    def test_the_nearest_one_above_counts(self, here: Path) -> None:
        (here.parents[1] / "colgen.toml").write_text("seed = 1\nvolume = 'large'\n")
        assert found(here, "seed").value == 1
        (here.parent / "colgen.toml").write_text("seed = 2\n")
        assert found(here, "seed") == Value(2, str(here.parent / "colgen.toml"))
        assert found(here, "volume").source == "default"

    def test_a_pyproject_without_colgen_is_passed_over(self, here: Path) -> None:
        (here.parent / "pyproject.toml").write_text("[tool.colgen]\nseed = 1\n")
        (here / "pyproject.toml").write_text("[tool.other]\nseed = 2\n")
        assert found(here, "seed") == Value(1, str(here.parent / "pyproject.toml"))

    def test_an_empty_section_stops_the_search(self, here: Path) -> None:
        (here.parent / "pyproject.toml").write_text("[tool.colgen]\nseed = 1\n")
        (here / "pyproject.toml").write_text("[tool.colgen]\n")
        assert found(here, "seed").source == "default"

    def test_a_folder_of_that_name_is_no_file(self, here: Path) -> None:
        (here / "colgen.toml").mkdir()
        assert found(here, "seed").source == "default"

    def test_paths_are_from_the_files_folder(self, here: Path) -> None:
        above = here.parents[1]
        (above / "colgen.toml").write_text("out = 'data'\nmodel = 'shop.py'\nscenario = 'mine.yaml'\n")
        values = resolve({}, {}, here)
        assert [values[key].value for key in ("out", "model", "scenario")] == [
            str(above / name) for name in ("data", "shop.py", "mine.yaml")
        ]
        values = resolve({}, {}, above)
        assert [values[key].value for key in ("out", "model", "scenario")] == ["data", "shop.py", "mine.yaml"]

    def test_names_and_urls_are_no_paths(self, here: Path) -> None:
        (here.parent / "colgen.toml").write_text("out = 'duckdb:///shop.duckdb'\nmodel = 'ecommerce'\nscenario = 'normal-ops'\n")
        values = resolve({}, {}, here)
        assert [values[key].value for key in ("out", "model", "scenario")] == ["duckdb:///shop.duckdb", "ecommerce", "normal-ops"]

    def test_a_tilde_is_the_home(self, here: Path) -> None:
        (here / "colgen.toml").write_text("out = '~/data'\n")
        assert found(here, "out").value == os.path.expanduser("~/data")
        assert found(here, "out", {"COLGEN_OUT": "~/x"}).value == os.path.expanduser("~/x")

    def test_another_users_file_above_is_refused(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = here.parent / "colgen.toml"
        file.write_text("model = 'theirs.py'\n")
        theirs, stat = os.getuid() + 1, Path.stat

        def changed(self: Path, **options: Any) -> os.stat_result:
            found = stat(self, **options)
            return os.stat_result((*found[:4], theirs, *found[5:10])) if self == file else found

        monkeypatch.setattr(Path, "stat", changed)
        assert "belongs to another user" in refused(here)
        assert "names a Python file as the model, and it belongs to another user" in refused(here.parent)
        file.write_text("seed = 7\n")
        assert resolve({}, {}, here.parent)["seed"].value == 7  # whoever goes there means it

    def test_the_file_in_the_documentation_is_right(self, here: Path) -> None:
        block = (ROOT / "docs/command-line.md").read_text().split('```toml title="colgen.toml"\n')[1].split("```")[0]
        (here / "colgen.toml").write_text(block)
        values = resolve({}, {}, here)
        assert settings(find_model(values["model"].value), values, {}) == {"customers": Value(500, "colgen.toml")}
        set_here = [key for key in KEYS if values[key].source == "colgen.toml"]
        assert set(KEYS) - set(set_here) == set(block.split("also: ")[1].split("\n")[0].split(", "))


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("sed = 1", ["colgen.toml: unknown key 'sed'", "did you mean 'seed'?"]),
            ("max-rows = 1", ["'max-rows'", "did you mean 'max_rows'?"]),
            ("seed = 'x'", ["colgen.toml: seed = 'x': it must be a whole number"]),
            ("seed = '5'", ["seed = '5': it must be a whole number"]),
            ("seed = 1.5", ["seed = 1.5"]),
            ("seed = true", ["seed = True"]),
            ("scale = '2'", ["scale = '2': it must be a number"]),
            ("scale = true", ["scale = True"]),
            (f"scale = 1{'0' * 400}", ["it is too large"]),
            ("threads = 0", ["threads = 0: it must be a whole number, 1 to 1024"]),
            ("max_memory = 5", ["max_memory = 5: it must be a size such as 800MB or 4GB, 100MB or more"]),
            ("max_rows = -1", ["max_rows = -1: it must be a whole number, 0 or more"]),
            ("volume = 3", ["volume = 3: it must be text"]),
            ("volume = ''", ["volume = ''", "not empty"]),
            ("deny = 'a*'", ["deny = 'a*': it must be a list of patterns"]),
            ("deny = [1]", ["deny = [1]"]),
            ("databases = 'postgresql://u:geheim@h/a'", ["databases", "it must be a table of names and URLs"]),
            ("databases = { a = 'mysql://u:geheim@h/a' }", ["a must be the URL of a PostgreSQL database"]),
            ("databases = { 'a b' = 'postgresql://h/a' }", ["it must be a table of names"]),
            ("progress = 'jsn'", ["progress = 'jsn': did you mean 'json'?"]),
            ("progress = ['json']", ["progress = ['json']", "Available: auto, plain, json"]),
            ("settings = 3", ["settings = 3: it must be a table"]),
            ("[settings]\ncustomers = 'x'", ["settings.customers = 'x': it must be a whole number"]),
            ("[settings]\ncustomers = true", ["settings.customers = True"]),
            ("seed = 1\nvolume = = 2", ["colgen.toml is not valid TOML", "line 2"]),
            ("out = 'database'", ["colgen.toml: out = 'database'", "--out database"]),
        ],
        ids=lambda value: value[:30] if isinstance(value, str) else "",
    )
    def test_a_mistake_is_named_with_what_would_be_right(self, here: Path, text: str, words: list[str]) -> None:
        (here / "colgen.toml").write_text(text)
        said = refused(here)
        for word in words:
            assert word in said

    def test_a_mistake_in_pyproject_names_it(self, here: Path) -> None:
        file = here.parent / "pyproject.toml"
        file.write_text("[tool.colgen]\nsed = 1\n")
        assert refused(here).startswith(f"{file}: unknown key 'sed'")

    @pytest.mark.parametrize("text", ["tool.colgen = 3", "[[tool.colgen]]"])
    def test_a_section_that_is_no_table(self, here: Path, text: str) -> None:
        (here / "pyproject.toml").write_text(text)
        assert "tool.colgen must be a table, [tool.colgen]" in refused(here)

    def test_a_tool_that_is_no_table_is_nothing_of_ours(self, here: Path) -> None:
        (here / "pyproject.toml").write_text("tool = 3")
        assert found(here, "seed").source == "default"

    def test_what_is_no_text(self, here: Path) -> None:
        (here / "colgen.toml").write_bytes(b"\xff\xfe")
        assert "colgen.toml is not valid TOML" in refused(here)

    def test_a_file_that_cannot_be_read(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (here / "colgen.toml").write_text("")

        def denied(self: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", denied)
        assert "could not be read: permission denied" in refused(here)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("COLGEN_SEED", "x", "COLGEN_SEED = 'x': it must be a whole number"),
        ("COLGEN_SEED", "", "COLGEN_SEED = ''"),
        ("COLGEN_SCALE", "much", "COLGEN_SCALE = 'much': it must be a number"),
        ("COLGEN_THREADS", "1.5", "COLGEN_THREADS = 1.5: it must be a whole number, 1 to 1024"),
        ("COLGEN_MAX_ROWS", "many", "COLGEN_MAX_ROWS = 'many': it must be a whole number, 0 or more"),
        ("COLGEN_MAX_ROWS", "-1", "COLGEN_MAX_ROWS = -1"),
        ("COLGEN_VOLUME", " ", "COLGEN_VOLUME = ''"),
        ("COLGEN_PROGRESS", "loud", "available: auto, plain, json"),
        ("COLGEN_OUT", "database", "environment COLGEN_OUT: out = 'database'"),
    ],
)
def test_a_wrong_value_in_the_environment_names_the_variable(here: Path, variable: str, value: str, words: str) -> None:
    assert words in refused(here, {variable: value})


def test_a_wrong_option_is_named_as_one(here: Path) -> None:
    assert refused(here, threads=0) == "--threads 0: it must be a whole number, 1 to 1024"
    assert refused(here, max_rows=-1).startswith("--max-rows -1: ")


class TestDatabase:
    URL = {"DATABASE_URL": "postgresql://ann:geheim@db/shop"}

    def test_nobodys_database_is_written_to_by_accident(self, here: Path) -> None:
        assert found(here, "out", self.URL) == Value("data", "default")
        assert found(here, "out", self.URL, out="elsewhere") == Value("elsewhere", "option")

    def test_who_asks_for_it_gets_it(self, here: Path) -> None:
        value = found(here, "out", self.URL, out="database")
        assert value == Value("postgresql://ann:geheim@db/shop", "environment DATABASE_URL")
        assert value.shown == "postgresql://ann:***@db/shop"

    @pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": ""}, {"DATABASE_URL": " "}])
    def test_who_asks_for_it_in_vain_is_told(self, here: Path, environment: dict[str, str]) -> None:
        assert "DATABASE_URL, which is not set" in refused(here, environment, out="database")

    def test_a_folder_of_that_name_is_possible(self, here: Path) -> None:
        assert found(here, "out", self.URL, out="./database").value == "./database"


class TestSettings:
    MODEL = find_model("invoicing")

    def chosen(self, folder: Path, environment: Mapping[str, str], **given: Any) -> dict[str, Value]:
        return settings(self.MODEL, resolve({"settings": given}, environment, folder), environment)

    def test_each_level_goes_before_the_one_below(self, here: Path) -> None:
        assert self.chosen(here, {}) == {}
        (here / "pyproject.toml").write_text("[tool.colgen.settings]\ncustomers = 1\nproducts = 5\n")
        (here / "colgen.toml").write_text("settings = { customers = 2 }\n")
        assert self.chosen(here, {}) == {"customers": Value(2, "colgen.toml"), "products": Value(5, "pyproject.toml")}
        environment = {"COLGEN_CUSTOMERS": "3"}
        assert self.chosen(here, environment)["customers"] == Value("3", "environment COLGEN_CUSTOMERS")
        assert self.chosen(here, environment, customers="4")["customers"] == Value("4", "option")
        assert self.chosen(here, environment, customers=None)["customers"].value == "3"

    def test_variables_of_other_models_are_nothing(self, here: Path) -> None:
        assert self.chosen(here, {"COLGEN_DAYS": "x", "COLGEN_NOTHING": "x"}) == {}

    def test_a_file_that_sets_what_the_model_has_not_is_named(self, here: Path) -> None:
        (here / "colgen.toml").write_text("settings = { custmers = 2 }\n")
        with pytest.raises(
            RequestError, match=r"colgen.toml: settings.custmers: model invoicing has no such setting; did you mean 'customers'"
        ):
            self.chosen(here, {})


def test_a_wrong_request_says_from_where_it_came() -> None:
    assert config.sources_note({"seed": Value(1, "option"), "out": Value("x", "default")}) == ""
    assert "from a, b;" in config.sources_note({"seed": Value(1, "a"), "out": Value("x", "b"), "volume": Value("x", "a")})
