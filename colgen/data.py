"""A build to work with: DuckDB over its files, and the in-memory one that `colgen.build` gives without `out`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.generate import BLOCK_ROWS, Run, walk
from colgen.load_sql import quoted, views
from colgen.manifest import Manifest
from colgen.model import Model
from colgen.pipeline import batches
from colgen.plan import Plan, plan
from colgen.sinks import plain
from colgen.spec import Spec

if TYPE_CHECKING:
    import duckdb
    import polars as pl


def connect(folder: Path, manifest: Manifest) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with a view for each table of a build; it spills to disk rather than fill the memory."""
    connection = new_connection()
    for name in manifest.tables:
        add_view(connection, folder, manifest, name)
    return connection


def new_connection() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB database in memory, whose days are those of UTC."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")  # once connected: before, DuckDB would want to fetch its time zones
    return connection


def add_view(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, name: str) -> None:
    """A view of one table of a build. Raises what DuckDB or Arrow say of files they cannot read."""
    import pyarrow.dataset as datasets

    found = views(manifest, folder.resolve())
    if name in found:
        connection.execute(f"CREATE VIEW {quoted(name)} AS {found[name]}")
    else:
        connection.register(name, datasets.dataset([folder / part.file for part in manifest.tables[name].parts], format="ipc"))


class Dataset:
    """A build that is made as it is asked for, in memory. Made by `colgen.build` without `out`.

    >>> import colgen
    >>> data = colgen.build("invoicing", volume="small", seed=7)
    >>> data.rows["invoices"]
    75
    >>> data.frame("customer_types")["name"].to_list()
    ['Bronze', 'Silver', 'Gold', 'Platinum']
    """

    def __init__(self, spec: Spec, model: Model) -> None:
        self.spec = spec
        self.model = model
        self._run: Run = spec.run(model)

    @cached_property
    def plan(self) -> Plan:
        return plan(self.spec, self.model, self._run)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        return dict(self.plan.rows)

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """The rows of a table as Arrow record batches, in order and made one at a time; RequestError for an unknown table."""
        self.model.table(table)
        return (plain(batch) for batch in batches(self._run, self.plan, self.model, table))

    def table(self, table: str) -> pa.Table:
        """A whole table in Arrow."""
        found = list(self.batches(table))
        return pa.Table.from_batches(found)

    def head(self, table: str, rows: int = 10) -> pa.Table:
        """The first rows of a table in Arrow; only about so many are made."""
        wanted = self.model.table(table)
        family = next(members for members in self.model.families() if wanted in members)
        roots = min(rows if wanted is family[0] else 1, self._run.rows_of(family[0]))
        schema = self._run.schema(wanted)
        while True:
            found = [blocks[wanted].batch(schema) for blocks in walk(self._run, family, 1, roots, {}, BLOCK_ROWS)]
            if sum(map(len, found)) >= rows or roots >= self._run.rows_of(family[0]):
                return pa.Table.from_batches([plain(batch) for batch in found]).slice(0, rows)
            roots = min(2 * roots, self._run.rows_of(family[0]))

    def frame(self, table: str) -> pl.DataFrame:
        """A whole table as a Polars frame."""
        import polars as pl

        frame = pl.from_arrow(self.table(table))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection in which every table is a view."""
        connection = new_connection()
        for name in self.spec.tables:
            connection.register(name, self.table(name))
        return connection
