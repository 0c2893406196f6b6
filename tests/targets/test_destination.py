"""What `--out` says: a folder, a DuckDB file, PostgreSQL, or the target of a plug-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from colgen import Key, Table
from colgen.declare.find import find_model
from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.targets.destination import DUCKDB, FOLDER, POSTGRESQL, Destination


@pytest.mark.parametrize(
    ("out", "kind", "path"),
    [
        ("data", FOLDER, "data"),
        ("./shop.duckdb/", FOLDER, "shop.duckdb"),
        ("shop.duckdb", DUCKDB, "shop.duckdb"),
        ("/tmp/shop.ddb", DUCKDB, "/tmp/shop.ddb"),
        ("duckdb:///shop.duckdb", DUCKDB, "shop.duckdb"),
        ("duckdb:////tmp/shop.db", DUCKDB, "/tmp/shop.db"),
    ],
)
def test_a_target_is_told_by_how_it_is_written(out, kind, path):
    assert (Destination.parse(out).kind, Destination.parse(out).path) == (kind, Path(path))


@pytest.mark.parametrize("url", ["postgresql://localhost/shop", "postgres://me:secret@host:5432/shop?sslmode=require"])
def test_a_postgresql_url_is_kept_whole_and_shown_without_its_password(url):
    assert Destination.parse(url).kind == POSTGRESQL
    assert Destination.parse(url).url == url
    assert "secret" not in str(Destination.parse(url))


@pytest.mark.parametrize("out", ["mysql://localhost/x", "duckdb://", "ftp://bucket/x"])
def test_another_kind_of_target_is_refused(out):
    with pytest.raises(RequestError, match="duckdb"):
        Destination.parse(out)


def test_each_model_has_a_schema_of_its_own():
    class Things(Table):
        rows = 1
        id = Key()

    assert [find_model(name).default_schema for name in ("invoicing", "ecommerce", "erp")] == ["invoicing", "bronze", "mock_data"]
    assert Model("My Shop!", tables=[Things], volumes={"small": {}}).default_schema == "my_shop"
