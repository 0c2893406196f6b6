"""`colgen verify`."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from tests.audit.verifying import build, change, flip
from tests.support import colgen, part_of


class TestTheCommand:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        return build(tmp_path / "data")

    def test_right(self, data: Path) -> None:
        told = colgen("verify", "data", cwd=data.parent)
        assert (told.returncode, told.stderr) == (0, "")
        assert told.stdout == "8 of 8 parts made again, all as the spec says\n"
        assert colgen("verify", "data", "--all", "--threads", "1", cwd=data.parent).returncode == 0

    def test_wrong(self, data: Path) -> None:
        damaged, missing = part_of(data, "products"), part_of(data, "invoices")
        flip(damaged)
        missing.unlink()
        for arguments in ((), ("--all",), ("--sample", "9")):
            told = colgen("verify", "data", *arguments, cwd=data.parent)
            assert told.returncode == 1
            assert told.stderr == "colgen: 'data' is not what its spec says\n"
            lines = [line.split()[:2] for line in told.stdout.splitlines()]
            assert ["damaged", f"products/{damaged.name}"] in lines
            assert ["missing", f"invoices/{missing.name}"] in lines
            assert told.stdout.endswith("7 of 8 parts made again, 2 wrong\n")

    def test_json(self, data: Path) -> None:
        change(data, {"pyarrow": "1.0"}, "versions")
        flip(part_of(data, "products"))
        told = colgen("verify", "data", "--format", "json", cwd=data.parent)
        assert told.returncode == 1
        found = json.loads(told.stdout)
        assert found["valid"] is False
        assert (found["parts"], found["made"]) == (8, 8)
        assert found["versions"] == {"pyarrow": ["1.0", pa.__version__]}
        assert [one for one in found["verdicts"] if one["outcome"] != "identical"] == [
            {
                "table": "products",
                "file": f"products/{part_of(data, 'products').name}",
                "outcome": "damaged",
                "reason": "the file is not what the manifest says, and its spec gives",
            }
        ]

    def test_other_versions_are_told(self, data: Path) -> None:
        change(data, {"pyarrow": "1.0"}, "versions")
        told = colgen("verify", "data", cwd=data.parent)
        assert told.returncode == 0
        assert f"built with pyarrow 1.0, running {pa.__version__}" in told.stdout

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [(("nothing",), "there is no folder 'nothing'"), ((".",), "no finished build"), (("data", "--sample", "0"), "sample")],
    )
    def test_a_wrong_request(self, data: Path, arguments: tuple[str, ...], says: str) -> None:
        told = colgen("verify", *arguments, cwd=data.parent)
        assert told.returncode == 2
        assert says in told.stderr
        assert "Traceback" not in told.stderr
