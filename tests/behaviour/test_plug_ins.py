"""A package adds models, formats and targets by entry points: they are found by name, listed, and built with like those that ship."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import colgen
from colgen.errors import ColgenError, ModelError, RequestError
from tests.support import colgen as command
from tests.support import part_of

SHELF = '''
"""A model, a format and a target of one's own."""

import json
from contextlib import contextmanager
from pathlib import Path

from colgen import Category, Integers, Key, Model, Table, Volume
from colgen.formats import Format, file_list, sql_columns
from colgen.targets.parts import FolderOutput, WriteParts
from colgen.targets.finished import FinishedBuild
from colgen.targets.manifest import Manifest, Origin, table_entries
from colgen.targets.target import Published


class Books(Table):
    """A book on the shelf."""

    rows = Volume("books")
    id = Key()
    pages = Integers(20, 900)
    language = Category({"en": 3, "ar": 1})


model = Model("library", tables=[Books], volumes={"few": {"books": 30}})


class Lines(Format):
    """A row a line, its cells between bars."""

    extension = "bars"

    def open(self, file, schema):
        return LinesWriter(file)

    def reader(self, files, columns):
        return f"read_csv({file_list(files)}, delim='|', header=false, columns={sql_columns(columns)})"


class LinesWriter:
    def __init__(self, file):
        self.file = file

    def write(self, batch):
        for row in batch.to_arrow().to_pylist():
            self.file.write(("|".join(map(str, row.values())) + "\\n").encode())

    def close(self):
        pass


def find_bars(name, compression, encoding):
    return Lines()


class Box:
    """A folder in a box: the parts, and a list of them that is written last. It follows the protocol, and is no subclass of anything."""

    exact = False
    must_be_proved = False

    def __init__(self, destination, options):
        self.path, self.overwrite = Path(destination.url.removeprefix("box://")), options.overwrite
        self.called, self.made = [], {}

    def __str__(self):
        return f"box {self.path.name}"

    def accept(self, spec):
        return spec.model_copy(update={"format": "csv"})

    @contextmanager
    def hold(self):
        self.called.append("hold")
        try:
            yield
        finally:
            self.called.append("let go")
            self.path.with_suffix(".log").write_text(" ".join(self.called))

    def refuse_without_room(self, needed):
        self.called.append("room")

    def refuse(self, plan, model):
        self.called.append("refuse")
        self.must_be_proved = self.path.name == "precious"

    def stage(self, plan, generation, workers, progress):
        self.called.append("stage")
        self.plan, self.generation = plan, generation
        for name in plan.spec.tables:
            (self.path / name).mkdir(parents=True)
        return plan.tasks

    def job(self):
        return WriteParts(self.generation, Origin.here(self.plan.spec, self.generation), FolderOutput(self.path))

    def add(self, result):
        for name, part in result.parts.items():
            self.made.setdefault(name, []).append(part)

    def load(self, workers, progress):
        self.called.append("load")
        columns = {name: self.generation.model.table(name).sql_types for name in self.made}
        self.manifest = Manifest.here(self.plan.spec, self.generation, tables=table_entries(self.made, columns))

    def staged(self):
        self.called.append("staged")
        return FinishedBuild(self.path, self.manifest)

    def publish(self, progress):
        self.called.append("publish")
        self.manifest.write(self.path)
        rows = {name: entry.rows for name, entry in self.manifest.tables.items()}
        return Published(rows, dict.fromkeys(rows, 0))

    def explain(self, error):
        self.called.append("explain")
        return error
'''


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a distribution: a module, and the entry points that name what is in it."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "shelf", raising=False)

    def install(code: str, **entry_points: str) -> None:
        (site / "shelf-1.0.dist-info").mkdir(parents=True)
        (site / "shelf.py").write_text(code)
        (site / "shelf-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: shelf\nVersion: 1.0\n")
        groups = [f"[colgen.{group}]\n{line}\n" for group, line in entry_points.items()]
        (site / "shelf-1.0.dist-info" / "entry_points.txt").write_text("\n".join(groups))

    return install


@pytest.fixture
def shelf(install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(SHELF, models="library = shelf:model", formats="bars = shelf:find_bars", targets="box = shelf:Box")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.usefixtures("shelf")
class TestModel:
    def test_it_is_found_by_its_name(self) -> None:
        assert colgen.build("library").frame("books").height == 30
        assert colgen.build("library", scale=2).rows == {"books": 60}

    def test_it_is_listed_and_completed(self) -> None:
        assert "library" in command("models").stdout
        assert "A book on the shelf." in command("models", "library").stdout
        environment = {"_COLGEN_COMPLETE": "complete_bash", "COMP_WORDS": "colgen build lib", "COMP_CWORD": "2"}
        assert "library" in command(env=environment).stdout
        assert "did you mean 'library'?" in command("build", "libary").stderr

    def test_a_build_of_it_is_checked_verified_extended_and_compared(self, shelf: Path) -> None:
        assert command("build", "library", "--check", "--quiet").returncode == 0
        assert all(outcome.holds for outcome in colgen.check(shelf / "data"))
        assert colgen.verify(shelf / "data", all=True).valid
        colgen.build("library", out=shelf / "other", seed=1)
        assert [difference.table for difference in colgen.diff(shelf / "data", shelf / "other")] == ["books"]

    def test_its_name_goes_into_the_manifest(self, shelf: Path) -> None:
        colgen.build("library", out="data")
        assert json.loads((shelf / "data" / "manifest.json").read_text())["spec"]["model"] == "library"


@pytest.mark.usefixtures("shelf")
class TestFormat:
    def test_a_build_is_written_in_it_and_read_back(self, shelf: Path) -> None:
        assert command("build", "library", "--format", "bars", "--check", "--quiet").returncode == 0
        first = part_of(shelf / "data", "books").read_text().splitlines()[0]
        assert first.split("|")[0] == "1"
        assert colgen.verify(shelf / "data", all=True).valid
        colgen.build("library", out="parquet")
        assert colgen.diff(shelf / "data", shelf / "parquet") == []

    def test_it_is_listed(self) -> None:
        assert "did you mean 'bars'?" in command("build", "--format", "bar").stderr


@pytest.mark.usefixtures("shelf")
class TestTarget:
    CALLS = "hold room refuse stage load staged publish let go"
    """What the conductor calls, one after the other."""

    def test_a_build_is_published_there(self, shelf: Path) -> None:
        summary = colgen.build("library", out=f"box://{shelf}/books", check=True)
        assert summary.target == "box books"
        assert summary.rows == {"books": 30}
        assert summary.outcomes
        assert (shelf / "books.log").read_text() == self.CALLS
        assert (shelf / "books" / "manifest.json").exists()
        assert len(part_of(shelf / "books", "books").read_text().splitlines()) == 31

    def test_a_target_may_ask_for_the_proof_itself(self, shelf: Path) -> None:
        assert colgen.build("library", out=f"box://{shelf}/precious").outcomes
        assert (shelf / "precious.log").read_text() == self.CALLS

    def test_the_command_builds_there_too(self, shelf: Path) -> None:
        result = command("build", "library", "--out", f"box://{shelf}/books", "--check")
        assert result.returncode == 0, result.stderr
        assert "box books: 1 table, 30 rows" in result.stderr
        assert (shelf / "books.log").read_text() == self.CALLS

    def test_it_is_let_go_after_an_error(self, shelf: Path) -> None:
        def interrupt(event: colgen.Started | colgen.Ended | object) -> None:
            if isinstance(event, colgen.Started):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            colgen.build("library", out=f"box://{shelf}/books", progress=interrupt)
        assert (shelf / "books.log").read_text() == "hold room refuse let go"

    def test_what_it_holds_is_not_read_or_removed_by_colgen(self, shelf: Path) -> None:
        colgen.build("library", out=shelf / "data")
        for arguments in (("check",), ("cleanup",), ("report", "any")):
            result = command(*arguments, "box://data")
            assert (result.returncode, "box://data: " in result.stderr) == (2, True)
        with pytest.raises(RequestError, match="not from box://"):
            colgen.diff(shelf / "data", "box://data")


def test_one_that_is_not_a_model_is_named(install: Callable[..., None]) -> None:
    install("model = 7\n", models="library = shelf:model")
    with pytest.raises(ModelError, match=r"shelf:model gives a int for the model 'library', not a Model"):
        colgen.build("library")


def test_one_that_is_not_a_format_is_named(install: Callable[..., None], tmp_path: Path) -> None:
    install("def find(name, compression, encoding):\n    return 7\n", formats="bars = shelf:find")
    with pytest.raises(ColgenError, match=r"shelf:find gives a int for the format 'bars'"):
        colgen.build(out=tmp_path / "data", format="bars")


def test_what_ships_is_not_replaced(install: Callable[..., None], tmp_path: Path) -> None:
    install("raise RuntimeError\n", models="invoicing = shelf:model", formats="csv = shelf:find", targets="postgresql = shelf:target")
    assert colgen.build("invoicing").rows["customers"] == 25
    colgen.build(out=tmp_path / "data", format="csv", tables=["customers"])
    assert colgen.build(out=tmp_path / "shop.duckdb", tables=["customers"]).rows == {"customers": 25}
