"""A task's rows by binary COPY into the tables of a staging schema."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from colgen.engines.progress import RowReporter
from colgen.errors import ColgenError
from colgen.formats import pgcopy
from colgen.generate.batches import task_batches
from colgen.generate.generation import Generation
from colgen.generate.plan import Task
from colgen.targets.postgres.connections import Connections
from colgen.targets.postgres.schema import statement

if TYPE_CHECKING:
    import psycopg

ENCODED_AT_ONCE = 1 << 15
"""Rows that are encoded at a time: they stay in the cache, and in memory that is at hand."""

SENT_AT_ONCE = 1 << 23
"""Bytes of rows that are gathered before they are sent."""

_TYPES = {"VARCHAR": "text", "JSON": "jsonb"}


def type_of(sql: str) -> str:
    """What PostgreSQL calls one of colgen's SQL types.

    >>> type_of("DECIMAL(12,2)"), type_of("JSON"), type_of("TIMESTAMPTZ")
    ('numeric(12,2)', 'jsonb', 'timestamptz')
    """
    return _TYPES.get(sql, sql.lower().replace("decimal", "numeric"))


@dataclass(frozen=True)
class CopyRows:
    """Makes and encodes rows while the server takes in those before them; gives how many rows each table got.

    staging : the schema that they go into
    tables : those that are written
    """

    generation: Generation
    connections: Connections
    staging: str
    tables: tuple[str, ...]

    def __call__(self, task: Task, stop: Callable[[], bool], report: RowReporter) -> dict[str, int]:
        waiting = {name: _Waiting() for name in task.parts if name in self.tables}
        types = {name: [type_of(column.type.sql) for column in self.generation.model.table(name).written_columns] for name in waiting}
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
                    waiting[batch.table].add(pgcopy.rows(piece, types[batch.table], batch.table), len(piece))
                    if waiting[batch.table].bytes >= SENT_AT_ONCE:
                        send(batch.table)
                report(batch.table, len(batch))
            for name, rest in waiting.items():
                if rest.pieces:
                    send(name)
            if sending is not None:
                sending.result()
        return {name: rest.rows for name, rest in waiting.items()}

    def _send(self, connection: psycopg.Connection[Any], name: str, pieces: list[memoryview]) -> None:
        with connection.cursor().copy(statement("COPY {}.{} FROM STDIN (FORMAT binary)", self.staging, name)) as stream:
            stream.write(pgcopy.HEADER)
            for piece in pieces:
                stream.write(piece)
            stream.write(pgcopy.TRAILER)


class _Waiting:
    """Encoded rows of one table that have not been sent yet."""

    def __init__(self) -> None:
        self.pieces: list[memoryview] = []
        self.bytes = self.rows = 0

    def add(self, piece: memoryview, rows: int) -> None:
        if rows:
            self.pieces.append(piece)
        self.bytes += len(piece)
        self.rows += rows

    def take(self) -> list[memoryview]:
        """What waits, and no longer does."""
        pieces, self.pieces, self.bytes = self.pieces, [], 0
        return pieces
