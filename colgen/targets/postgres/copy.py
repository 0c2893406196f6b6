"""A task's rows by binary COPY into the tables of a staging schema."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from colgen.declare.columns import Key
from colgen.engines.progress import RowReporter
from colgen.errors import ColgenError
from colgen.formats import pgcopy
from colgen.generate.batches import task_batches
from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from colgen.targets.postgres.connect import statement
from colgen.targets.postgres.connections import Connections
from colgen.values.structs import is_struct

if TYPE_CHECKING:
    import psycopg

ENCODED_AT_ONCE = 1 << 15
"""Rows that are encoded at a time: they stay in the cache, and in memory that is at hand."""

SENT_AT_ONCE = 1 << 23
"""Bytes of rows that are gathered before they are sent."""

_TYPES = {"VARCHAR": "text", "JSON": "jsonb", "DOUBLE": "double precision", "BLOB": "bytea"}


def type_of(sql: str) -> str:
    """What PostgreSQL calls one of colgen's SQL types.

    >>> type_of("DECIMAL(12,2)"), type_of("JSON"), type_of("TIMESTAMPTZ")
    ('numeric(12,2)', 'jsonb', 'timestamptz')
    """
    if sql.endswith("[]"):
        return f"{type_of(sql.removesuffix('[]'))}[]"
    if is_struct(sql):
        return "jsonb"
    return _TYPES.get(sql, sql.lower().replace("decimal", "numeric"))


class Copied(NamedTuple):
    """What a task has put into a table.

    last : the greatest key; None where there is none
    """

    rows: int
    last: int | None


@dataclass(frozen=True)
class CopyRows:
    """Makes and encodes rows while the server takes in those before them; gives what each table got.

    staging : the schema that they go into
    tables : those that are written
    """

    generation: Generation
    connections: Connections
    staging: str
    tables: tuple[str, ...]

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> dict[str, Copied]:
        tables = {name: self.generation.model.table(name) for name in task.parts if name in self.tables}
        waiting = {
            name: _Waiting(next((column.name for column in table.written_columns if isinstance(column, Key)), None))
            for name, table in tables.items()
        }
        types = {name: [type_of(column.type.sql) for column in table.written_columns] for name, table in tables.items()}
        with (
            self.connections.borrow() as connection,
            connection.transaction(),
            ThreadPoolExecutor(1, thread_name_prefix="colgen-send") as sender,
        ):
            sending: Future[None] | None = None

            def send(name: str) -> None:
                nonlocal sending
                if sending is not None:
                    sending.result()
                sending = sender.submit(self._send, connection, name, waiting[name].take())

            for batch in task_batches(self.generation, task, list(waiting)):
                if stop():
                    raise ColgenError("stopped")
                rows = batch.to_arrow()
                for first in range(0, len(rows), ENCODED_AT_ONCE):
                    piece = rows.slice(first, ENCODED_AT_ONCE)
                    waiting[batch.table].add(pgcopy.rows(piece, types[batch.table], batch.table), piece)
                    if waiting[batch.table].bytes >= SENT_AT_ONCE:
                        send(batch.table)
                report(batch.table, len(batch))
            for name, rest in waiting.items():
                if rest.pieces:
                    send(name)
            if sending is not None:
                sending.result()
        return {name: Copied(rest.rows, rest.last) for name, rest in waiting.items()}

    def _send(self, connection: psycopg.Connection[Any], name: str, pieces: list[memoryview]) -> None:
        with connection.cursor().copy(statement("COPY {}.{} FROM STDIN (FORMAT binary)", self.staging, name)) as stream:
            stream.write(pgcopy.HEADER)
            for piece in pieces:
                stream.write(piece)
            stream.write(pgcopy.TRAILER)


class _Waiting:
    """Encoded rows of one table that have not been sent yet."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.last: int | None = None
        self.pieces: list[memoryview] = []
        self.bytes = self.rows = 0

    def add(self, piece: memoryview, rows: pa.RecordBatch) -> None:
        if len(rows):
            self.pieces.append(piece)
            if self.key is not None:
                self.last = max(self.last or 0, pc.max(rows[self.key]).as_py())
        self.bytes += len(piece)
        self.rows += len(rows)

    def take(self) -> list[memoryview]:
        """What waits, and no longer does."""
        pieces, self.pieces, self.bytes = self.pieces, [], 0
        return pieces
