"""A build in memory, made as it is asked for: what `colgen.build` gives without `out`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.arguments import name as text
from colgen.arguments import read, whole_number
from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.model import Model
from colgen.declare.table import TableInfo
from colgen.errors import RequestError, one_of
from colgen.formats import plain, plain_schema
from colgen.generate.batches import table_batches
from colgen.generate.overlay import Overlay
from colgen.generate.plan import Plan, plan
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.targets.sql import new_connection

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
        self._generation = spec.generation(model)

    @cached_property
    def plan(self) -> Plan:
        """What there is, table by table."""
        return plan(self.spec, self._generation)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table; one that does not keep all its rows is made to count them."""
        return {name: rows if self._is_planned(name) else self._kept(name) for name, rows in self.plan.rows.items()}

    def _is_planned(self, name: str) -> bool:
        """Whether it is known how many rows a table has before they are made."""
        table = self.model.table(name)
        dirty = self._generation.dirty(table)
        return table != ANSWER_KEY and not table.keep and not (dirty and dirty.duplicates)

    def _kept(self, table: str) -> int:
        return sum(map(len, table_batches(self._generation, self.plan, table)))

    def batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """The rows of a table as Arrow record batches, in order and made one at a time; RequestError for one that is not among its tables."""
        self._table(table)
        return (plain(batch.to_arrow()) for batch in table_batches(self._generation, self.plan, table))

    def table(self, table: str) -> pa.Table:
        """A whole table in Arrow."""
        return pa.Table.from_batches(self.batches(table), plain_schema(self._generation.arrow_schema(self._table(table))))

    def head(self, table: str, rows: int = 10) -> pa.Table:
        """The first rows of a table in Arrow; only about as many are made."""
        wanted, rows = self._table(table), read("rows", whole_number(0), rows)
        schema = self._generation.arrow_schema(wanted)
        head = pa.Table.from_batches([], plain_schema(schema))
        if wanted == ANSWER_KEY:  # its rows are known when those of a task are
            for batch in self.batches(table):
                head = pa.concat_tables([head, pa.Table.from_batches([batch])])
                if len(head) >= rows:
                    break
            return head.slice(0, rows)
        for branch in self.model.branches(wanted) or [wanted]:
            if len(head) < rows:
                head = pa.concat_tables([head, self._head(branch, rows - len(head), schema)])
        return head

    def _table(self, name: str) -> TableInfo:
        """One of its tables, by name."""
        table = self.model.table(read("table", text, name))
        if name not in self.spec.tables:
            raise RequestError(f"{name!r} is not among the tables of this build; {one_of(name, self.spec.tables)}")
        return table

    def _head(self, table: TableInfo, rows: int, schema: pa.Schema) -> pa.Table:
        family = self.model.family_of(table)
        most = self._generation.counts.of(family[0])
        roots = min(rows if table == family[0] else 1, most)
        while True:
            overlay = Overlay(self._generation) if self._generation.defects is not None else None
            batches = [batch for blocks in walk(self._generation, family, 1, roots) for batch in blocks[table].batches(schema, overlay)]
            if sum(map(len, batches)) >= rows or roots >= most:
                return pa.Table.from_batches([plain(batch.to_arrow()) for batch in batches]).slice(0, rows)
            roots = min(2 * roots, most)

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
