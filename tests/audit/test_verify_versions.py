"""What another version of a library writes: the same values in other bytes."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import colgen as package
from tests.audit.verifying import PARTS, build, change, forge, parts_of, rewritten_arrow, wrong
from tests.support import first_of, thorough


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", PARTS)


class TestOtherVersions:
    def rewrite(self, folder: Path, file: str, values: Any = lambda table: table) -> None:
        """A part, as a writer with other habits would have it."""
        rewritten = folder.parent / "rewritten"
        table = values(pq.read_table(folder / file, partitioning=None))
        pq.write_table(table, rewritten, compression="gzip", use_dictionary=False)
        forge(folder, file, rewritten)

    def test_the_same_values_are_told_from_others(self, built: Path) -> None:
        for older in ({"pyarrow": "1.0"}, {"numpy": "0.1"}):
            change(built, older, "versions")
        same, other = parts_of(built, "invoices")[:2]
        self.rewrite(built, same)
        total = pq.read_schema(built / other).get_field_index("total")
        self.rewrite(built, other, lambda table: table.set_column(total, table.schema[total], pc.add(table["total"], pa.scalar(1)).cast(table.schema[total].type)))  # fmt: skip
        found = package.verify(built, all=True)
        outcomes = {verdict.file: verdict.outcome for verdict in found.verdicts}
        assert (outcomes.pop(same), outcomes.pop(other)) == ("same values", "different")
        assert set(outcomes.values()) == {"identical"}
        (reason,) = (verdict.reason for verdict in found.verdicts if verdict.outcome == "different")
        assert f"built with numpy 0.1, running {version('numpy')}, built with pyarrow 1.0, running" in reason
        assert found.versions.keys() == {"numpy", "pyarrow"}
        assert found.versions["pyarrow"][0] == "1.0"

    def test_with_the_same_versions_other_bytes_are_forged(self, built: Path) -> None:
        file = parts_of(built, "invoices")[0]
        self.rewrite(built, file)
        assert wrong(built) == {file: "different"}

    @thorough
    @pytest.mark.parametrize("format", first_of(["csv", "arrow", "jsonl", "csv.gz"], 2))
    def test_in_other_formats(self, tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a folder whose name means something to a glob and to SQL."""
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 100_000)
        folder = build(tmp_path / "it's [a] *?" / "x=1", format=format, model="ecommerce", volume="small", settings={"days": 12})
        change(folder, {"pyarrow": "1.0"}, "versions")
        change_bytes = {
            "csv": lambda data: data.replace(b"\n", b"\r\n"),
            "csv.gz": lambda data: __import__("gzip").compress(__import__("gzip").decompress(data), 1),
            "jsonl": lambda data: data.replace(b",", b", "),
            "arrow": rewritten_arrow,
        }[format]
        changed = [parts_of(folder, table)[0] for table in ("raw_orders", "raw_inventory", "raw_reviews")]
        if format == "jsonl":
            changed = changed[1:2]  # a comma inside a text is one of the text
        for file in changed:
            (tmp_path / "part").write_bytes(change_bytes((folder / file).read_bytes()))
            forge(folder, file, tmp_path / "part")
        found = package.verify(folder, all=True)
        assert found.valid
        assert {verdict.file for verdict in found.verdicts if verdict.outcome == "same values"} == set(changed)

    def test_a_file_that_cannot_be_read_is_not_the_same(self, built: Path, tmp_path: Path) -> None:
        change(built, {"pyarrow": "1.0"}, "versions")
        file = parts_of(built, "invoices")[0]
        (tmp_path / "part").write_text("no Parquet")
        forge(built, file, tmp_path / "part")
        assert wrong(built) == {file: "different"}

    def test_the_temporary_folder_is_gone(self, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "scratch").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
        change(built, {"pyarrow": "1.0"}, "versions")
        self.rewrite(built, parts_of(built, "invoices")[0])
        assert wrong(built) == {}
        assert os.listdir(tmp_path / "scratch") == []
