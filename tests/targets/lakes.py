"""Tables of a lake, as their own engine and another one read them, and a model with all types that every lake has."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from colgen import (
    Between,
    Boolean,
    Category,
    Dates,
    Decimal,
    Double,
    FanOut,
    Flag,
    Integer,
    Integers,
    Json,
    Key,
    LocalTimestamp,
    Money,
    Normal,
    ParentKey,
    RandomBytes,
    Real,
    Several,
    SmallInteger,
    Struct,
    Table,
    Text,
    Timestamps,
    Uniform,
    Uuids,
    Varchar,
    Volume,
    column,
)
from colgen.declare.columns import Drawn
from colgen.errors import RequestError
from colgen.targets import manifest
from colgen.targets.lake.ducklake import DuckLakeTables, _connection
from colgen.targets.sql import literal
from tests.support import model_of

NEEDS = {"delta": "deltalake", "iceberg": "pyiceberg"}


class Shops(Table):
    """Where things are sold."""

    rows = Volume("shops")
    id = Key()
    name = Text("Shop “{id}”, as it was")
    opened_at = Timestamps()


class Sales(Table):
    """What was sold there."""

    rows = FanOut(Shops, Between(0, 9))
    id = Key()
    shop_id = ParentKey(Shops)
    pieces = Integers(0, 9, type=SmallInteger)
    number = Integers(-5, 5, type=Integer, nullable=0.3)
    weight = Drawn(Normal(70, 15), type=Double)
    height = Drawn(Uniform(-90, 90), type=Real, nullable=0.3)
    price = Integers(-9_999, 9_999, type=Money)
    far = Integers(-(10**17), 10**17, type=Decimal(18, 4))
    sold_on = Dates()
    at = Timestamps(nullable=0.2)
    local = Timestamps(type=LocalTimestamp)
    is_paid = Flag(0.5)
    status = Category(open=3, closed=1, nullable=0.2)
    key = Uuids()
    digest = RandomBytes(0, 8)
    details = Text('{{"pieces": {pieces}}}', type=Json)
    remark = Text("{status} " + "0123456789" * 9 + " {id}", type=Varchar(200), nullable=True)
    tags = Several(["blue", "red", "é"], Between(0, 3), nullable=0.2)
    days = Several(Dates(), Between(0, 2))
    size = Struct("weight", {"tall": "height"}, nullable=0.3)
    nested = Struct({"size": "size", "local": "local"})

    @column(Boolean, nullable=True)
    def nothing(draw):  # type: ignore[no-untyped-def]
        """Missing in every row."""
        return np.ma.masked_all(draw.count, bool)


MODEL = model_of(Shops, Sales, shops=60)


def engine(table_format: str) -> str:
    """The name of a table format, if its engine is here; otherwise the test skips."""
    if table_format in NEEDS:
        pytest.importorskip(NEEDS[table_format], reason=f"pip install 'colgen[{table_format}]'")
    else:
        try:
            DuckLakeTables()
        except RequestError as error:
            pytest.skip(str(error))
    return table_format


def written(folder: Path, table: str) -> pl.DataFrame:
    """The rows of a table as its files have them, by Polars, which knows no lake then."""
    parts = manifest.read(folder).tables[table].parts
    return pl.concat(pl.read_parquet(folder / part.file) for part in parts).sort("id")


def read(table_format: str, folder: Path, table: str, namespace: str = "shop", version: int | None = None) -> pl.DataFrame:
    """The rows of a table as the engine of its format has them, by id.

    version : an earlier one, as the engine counts them from 0
    """
    if table_format == "delta":
        from deltalake import DeltaTable

        frame: Any = pl.from_arrow(DeltaTable(folder / table, version=version).to_pyarrow_table())
    elif table_format == "iceberg":
        with closing(iceberg(folder)) as catalog:
            opened = catalog.load_table((namespace, table))
            snapshot = None if version is None else opened.history()[version].snapshot_id
            frame = pl.from_arrow(opened.scan(snapshot_id=snapshot).to_arrow())
    else:
        with closing(ducklake(folder)) as connection:
            at = "" if version is None else f" AT (VERSION => {version + 1})"  # version 0 is the empty lake
            frame = pl.from_arrow(connection.execute(f'FROM lake."{table}"{at}').to_arrow_table())
    return frame.sort("id")


def read_by_polars(table_format: str, folder: Path, table: str) -> pl.DataFrame:
    if table_format == "delta":
        return pl.read_delta(str(folder / table)).sort("id")
    with closing(iceberg(folder)) as catalog:
        return pl.scan_iceberg(catalog.load_table(("shop", table))).collect().sort("id")


def read_by_duckdb(table_format: str, folder: Path, table: str) -> pl.DataFrame:
    """The same, by DuckDB's extension; the test skips where there is none for this version of DuckDB."""
    import duckdb

    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for name in ("avro", "iceberg") if table_format == "iceberg" else ("delta",):
            package = importlib.util.find_spec(f"duckdb_extension_{name}")
            places = package.submodule_search_locations if package is not None else None
            file = Path(places[0]) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension" if places else None
            if file is None or not file.exists():
                pytest.skip(f"DuckDB {duckdb.__version__} needs its extension {name}: pip install duckdb-extension-{name} of that version")
            connection.execute(f"LOAD {literal(str(file))}")
        if table_format == "delta":
            scan = f"delta_scan({literal(str(folder / table))})"
        else:
            with closing(iceberg(folder)) as catalog:
                scan = f"iceberg_scan({literal(catalog.load_table(('shop', table)).metadata_location.removeprefix('file://'))})"
        frame: Any = pl.from_arrow(connection.execute(f"FROM {scan} ORDER BY id").to_arrow_table())
        return frame


def versions(table_format: str, folder: Path, table: str, namespace: str = "shop") -> int:
    """How many commits a table has had."""
    if table_format == "delta":
        from deltalake import DeltaTable

        return DeltaTable(folder / table).version() + 1
    if table_format == "iceberg":
        with closing(iceberg(folder)) as catalog:
            return len(catalog.load_table((namespace, table)).history())
    with closing(ducklake(folder)) as connection:
        counted = connection.execute("SELECT count(*) FROM lake.snapshots() WHERE snapshot_id > 0").fetchone()
    assert counted is not None
    return int(counted[0])


def iceberg(folder: Path) -> Any:
    from pyiceberg.catalog.sql import SqlCatalog

    return SqlCatalog("lake", uri=f"sqlite:///{folder}/iceberg.db")


def ducklake(folder: Path, options: Sequence[str] = ("READ_ONLY",)) -> Any:
    connection = _connection()
    connection.execute(f"ATTACH {literal(f'ducklake:{folder}/lake.ducklake')} AS lake ({', '.join(options)})")
    return connection
