"""The commands follow colgen.toml and the environment; `colgen config` shows them, `colgen toggle` switches builds into databases off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from colgen.config import KEYS
from tests.support import colgen


class TestCommands:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "colgen.toml").write_text("seed = 3\nformat = 'csv'\nout = 'made'\n[settings]\ncustomers = 9\n")
        return tmp_path

    def test_a_build_takes_what_it_is_not_told(self, folder: Path) -> None:
        told = colgen("build", "--seed", "5", cwd=folder, env={"COLGEN_FORMAT": "jsonl", "COLGEN_PROGRESS": "json", "COLGEN_THREADS": "1"})
        assert told.returncode == 0, told.stderr
        assert json.loads(told.stderr.splitlines()[-1])["event"] == "end"
        spec = json.loads((folder / "made/manifest.json").read_text())["spec"]
        assert (spec["seed"], spec["format"], spec["settings"]["customers"]) == (5, "jsonl", 9)

    def test_a_preview_shows_what_that_build_makes(self, folder: Path) -> None:
        shown = colgen("preview", "invoicing.customers", "-n", "99", "-f", "csv", cwd=folder)
        assert len(shown.stdout.splitlines()) == 1 + 9
        assert (
            shown.stdout == colgen("preview", "invoicing.customers", "-n", "99", "-f", "csv", "--seed", "3", "--set", "customers=9").stdout
        )

    def test_config_shows_what_holds_and_where_it_comes_from(self, folder: Path) -> None:
        url = "postgresql://ann:geheim@db/shop"
        told = colgen("config", cwd=folder, env={"COLGEN_OUT": url, "COLGEN_PRODUCTS": "8"})
        assert told.returncode == 0, told.stderr
        rows = [line.split() for line in told.stdout.splitlines()]
        assert [row[0] for row in rows] == ["key", *KEYS, "settings.customers", "settings.products"]
        assert ["seed", "3", "colgen.toml"] in rows
        assert ["volume", "—", "default"] in rows
        assert ["out", "postgresql://ann:***@db/shop", "environment", "COLGEN_OUT"] in rows
        assert ["settings.products", "8", "environment", "COLGEN_PRODUCTS"] in rows

    def test_config_in_json(self, folder: Path) -> None:
        shown = json.loads(colgen("config", "--format", "json", cwd=folder).stdout)
        assert shown["seed"] == {"value": 3, "source": "colgen.toml"}
        assert shown["settings.customers"] == {"value": 9, "source": "colgen.toml"}
        assert shown["deny"] == {"value": [], "source": "default"}

    def test_config_shows_what_is_wrong_too(self, folder: Path) -> None:
        told = colgen("config", cwd=folder, env={"COLGEN_MODEL": "invoicng"})
        assert told.returncode == 2
        assert "environment COLGEN_MODEL" in told.stdout
        assert "did you mean 'invoicing'?" in told.stderr

    def test_a_wrong_value_from_a_file_says_so(self, folder: Path) -> None:
        (folder / "colgen.toml").write_text("volume = 'medum'\n")
        told = colgen("build", cwd=folder)
        assert told.returncode == 2
        assert "'medum'" in told.stderr
        assert "colgen.toml" in told.stderr
        assert told.stderr.count("\n") == 1

    def test_a_database_url_is_never_made_a_folder(self, folder: Path) -> None:
        told = colgen("build", cwd=folder, env={"DATABASE_URL": "postgresql://ann:geheim@db.invalid:1/shop"})
        assert told.returncode == 0
        assert (folder / "made/manifest.json").exists()

    def test_toggle(self, tmp_path: Path) -> None:
        environment = {"COLGEN_HOME": str(tmp_path / "home")}

        def toggle(*options: str, **more: str) -> str:
            told = colgen("toggle", *options, env={**environment, **more})
            assert told.returncode == 0, told.stderr
            return told.stdout

        assert toggle() == "builds into databases are switched on\n"
        off = "builds into databases are switched off; to allow it, run `colgen toggle --enable`\n"
        assert toggle("--disable") == toggle() == off
        assert colgen("build", "-q", cwd=tmp_path, env=environment).returncode == 0  # into files
        assert toggle("--enable") == toggle() == "builds into databases are switched on\n"
        assert "COLGEN_ENABLED=no switches builds into databases off" in toggle(COLGEN_ENABLED="no")

    def test_toggle_goes_one_way_at_a_time(self, tmp_path: Path) -> None:
        told = colgen("toggle", "--disable", "--enable", env={"COLGEN_HOME": str(tmp_path)})
        assert (told.returncode, list(tmp_path.iterdir())) == (2, [])

    def test_toggle_that_cannot_be_written_fails(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        told = colgen("toggle", "--disable", env={"COLGEN_HOME": str(tmp_path / "file")})
        assert told.returncode == 1
        assert told.stderr.startswith("colgen: builds into databases could not be switched off")
        assert told.stderr.count("\n") == 1
