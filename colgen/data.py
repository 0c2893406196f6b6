"""A build in memory, made as it is asked for: what `colgen.build` gives without `out`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.generate import BLOCK_CELLS, Run, walk
from colgen.model import Model
from colgen.pipeline import batches
from colgen.plan import Plan, plan
from colgen.sinks import plain
from colgen.spec import Spec
from colgen.views import new_connection

if TYPE_CHECKING:
    import duckdb
    import polars as pl


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
        schema = self._run.schema(wanted)
        wanted = next(iter(self.model.branches(wanted)), wanted)
        family = self.model.family_of(wanted)
        roots = min(rows if wanted is family[0] else 1, self._run.rows_of(family[0]))
        while True:
            found = [blocks[wanted].batch(schema) for blocks in walk(self._run, family, 1, roots, {}, BLOCK_CELLS)]
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
