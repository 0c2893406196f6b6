"""A manifest is input: whatever it holds, it is a manifest or refused in words that name the place; nothing that it names is touched or run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen.errors import ColgenError, RequestError
from colgen.targets import manifest
from tests.support import colgen as command
from tests.support import first_of, part_of, refused

NO_TYPES = [
    'STRUCT("a" BIGINT',
    'STRUCT("a" BIGINT); DROP TABLE x',
    "STRUCT(a BIGINT)",
    "STRUCT()",
    'STRUCT("a" BIGINT, "b")',
    'STRUCT("a"b" BIGINT)',
    'STRUCT("a" STRUCT("b" 1))',
    'STRUCT("a" ' * 60 + "BIGINT" + ")" * 60,
]
INJECTED = "DECIMAL(12,2)'}); COPY (SELECT 1) TO '/tmp/injected'; SELECT ({'b': '"
CONFIRM = ("--confirm", "DELETE_ALL_MOCK_DATA")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "data"
    colgen.build(out=folder, format="csv")
    return folder


@pytest.fixture
def built(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def forge(folder: Path, value: Any, *keys: str | int) -> None:
    """Changes what lies at the end of some keys; a `...` takes it away."""
    path = folder / manifest.NAME
    content = json.loads(path.read_text())
    place = content
    for key in keys[:-1]:
        place = place[key]
    if value is ...:
        del place[keys[-1]]
    else:
        place[keys[-1]] = value
    path.write_text(json.dumps(content))


PART = ("tables", "customers", "parts", 0)


@pytest.mark.parametrize(
    ("value", "keys", "place"),
    [
        ("../victim.txt", (*PART, "file"), r"tables\.customers\.parts\.0\.file"),
        ("/etc/passwd", (*PART, "file"), r"tables\.customers\.parts\.0\.file"),
        ("products/part-00000-0a1b2c3d.csv", (*PART, "file"), r"tables\.customers\.parts lists 'products/part-00000-0a1b2c3d\.csv'"),
        ("customers/part-00000-0a1b2c3d.parquet", (*PART, "file"), r"is called customers/part-00000-[0-9a-f]{8}\.csv"),
        ("customers/part-00000.csv", (*PART, "file"), r"tables\.customers\.parts\.0\.file"),
        ("customers/part-*.csv", (*PART, "file"), r"tables\.customers\.parts\.0\.file"),
        ("customers/../part-00000-0a1b2c3d.csv", (*PART, "file"), r"tables\.customers\.parts\.0\.file"),
        ("customers\x00/part-00000-0a1b2c3d.csv", (*PART, "file"), r"tables\.customers\.parts lists"),
        (-1, (*PART, "rows"), r"tables\.customers\.parts\.0\.rows"),
        (10**400, (*PART, "bytes"), r"tables\.customers\.parts\.0\.bytes"),
        ("0" * 31, (*PART, "digest"), r"tables\.customers\.parts\.0\.digest"),
        (float("nan"), (*PART, "rows"), r"tables\.customers\.parts\.0\.rows"),
        ([], ("tables", "customers", "parts"), r"tables\.customers\.parts is empty"),
        (INJECTED, ("tables", "customers", "columns", "id"), r"tables\.customers\.columns\.id"),
        ("BIGINT", ("tables", "customers", "columns", ""), r"tables\.customers\.columns"),
        *((text, ("tables", "customers", "columns", "id"), "no column of a build has such a type") for text in NO_TYPES),
        ({"rows": 0, "columns": {}, "parts": []}, ("tables", "a/b"), r"tables\.a/b: no table of a model has such a name"),
        ({"rows": 0, "columns": {}, "parts": []}, ("tables", ".."), r"tables\.\.\.: no table of a model"),
        ({"rows": 0, "columns": {}, "parts": []}, ("tables", ""), "tables"),
        (["customers", "a'b"], ("spec", "tables"), r"spec\.tables names"),
        (..., ("spec", "format"), r"is called customer_types/part-00000-[0-9a-f]{8}\.parquet"),
        (..., ("spec", "settings"), r"spec\.settings"),
        ("nonsense", ("spec", "format"), r"spec\.format: there is no format 'nonsense'"),
        (float("inf"), ("spec", "scale"), r"spec\.scale"),
        (10**30, ("spec", "settings", "customers"), r"spec\.settings\.customers must be 0 to"),
        ("2030-01-01", ("spec", "first_day"), r"spec\.first_day, 2030-01-01, is after"),
        ({"../x": "1"}, ("versions",), "versions"),
    ],
)
def test_what_has_no_form_is_refused_at_its_place(built: Path, value: Any, keys: tuple[Any, ...], place: str) -> None:
    forge(built, value, *keys)
    with refused(r"manifest\.json", "is not a manifest that this version understands", place, error=RequestError):
        manifest.read(built)


@pytest.mark.parametrize(
    "text",
    first_of(
        [b"", b"[]", b"[" * 100_000, b"\xff\xfe", b"null", b'"x"', b"{", b'{"a":' * 50_000, b'{"tables": "\\ud800"}', b"1e999999"], quick=4
    ),
)
def test_whatever_json_it_is_every_command_ends_in_words(built: Path, text: bytes) -> None:
    (built / manifest.NAME).write_bytes(text)
    before = sorted(built.rglob("*"))
    for arguments in (["check", built], ["verify", built], ["diff", built, built], ["report", "x", built], ["cleanup", built, *CONFIRM]):
        assert command(*arguments).returncode == 2
    assert command("extend", built, "--to", "2025-02-01").returncode == 2
    assert command("build", "--out", built, "--overwrite").returncode == 3
    assert sorted(built.rglob("*")) == before


def test_one_of_absurd_size_is_not_read(built: Path) -> None:
    with (built / manifest.NAME).open("r+b") as file:
        file.truncate(10**12)
    with pytest.raises(RequestError, match="it has more than"):
        manifest.read(built)


def test_a_file_that_a_manifest_names_outside_of_the_build_is_never_removed(built: Path) -> None:
    victim = built.parent / "victim.txt"
    victim.write_text("mine")
    forge(built, "../victim.txt", *PART, "file")
    assert command("cleanup", built, *CONFIRM).returncode == 2
    assert command("build", "--out", built, "--overwrite").returncode == 3
    assert victim.read_text() == "mine"


class TestWhatIsNotTheModels:
    """Names and types that have their form, but are not those of the model: no rule, report or extension is run on them."""

    @pytest.mark.parametrize(
        ("value", "keys", "place"),
        [
            ("VARCHAR", ("tables", "customers", "columns", "id"), "tables.customers.columns"),
            ("BIGINT", ("tables", "customers", "columns", "more"), "tables.customers.columns"),
            (..., ("tables", "customers"), "tables.customers"),
            (..., ("spec", "settings", "customers"), "spec.settings"),
            ({"rows": 0, "columns": {}, "parts": []}, ("tables", "strangers"), "tables.strangers"),
        ],
    )
    def test_it_is_told(self, built: Path, value: Any, keys: tuple[Any, ...], place: str) -> None:
        if isinstance(value, dict):
            (built / "strangers").mkdir()
            (built / "strangers" / "part-00000-0a1b2c3d.csv").write_text("")
            value["parts"] = [{"file": "strangers/part-00000-0a1b2c3d.csv", "rows": 0, "bytes": 0, "digest": "0" * 32}]
        forge(built, value, *keys)
        (outcome,) = (outcome for outcome in colgen.check(built) if not outcome.holds)
        assert (outcome.rule, outcome.rows[0][0]) == ("tables and columns are those of the model invoicing", place)
        with pytest.raises(RequestError, match=f"is not a build of this model invoicing: .*{place}"):
            colgen.report("customer_summary", built)


def test_a_table_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    colgen.build(out=tmp_path / "data")
    part_of(tmp_path / "data", "customers").write_text("no Parquet")
    with pytest.raises(ColgenError, match="is damaged: table customers cannot be read"):
        colgen.report("customer_summary", tmp_path / "data")
