"""The rows of a table for Spark: which tasks make them, and the Arrow batches of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from colgen.declare.answer_key import ANSWER_KEY
from colgen.generate.batches import task_batches
from colgen.generate.generation import Generation
from colgen.generate.plan import Task, Tasks, cut
from colgen.generate.references import check_conditions
from colgen.generate.spec import Spec
from colgen.spark.options import TableRequest
from colgen.values.batch import Batch


def table_tasks(spec: Spec, generation: Generation, table: str) -> Iterator[Task]:
    """The tasks of a build that make rows of a table; nothing is counted. Raises ModelError for references that ask for rows that are not there.

    The first ids of a task are left to whoever makes it, so that planning takes no longer for more rows.
    """
    tables = spec.tables if table == ANSWER_KEY.name else (table,)  # rows of the answer key come from all families
    for family, tasks in cut(spec.model_copy(update={"tables": tables}), generation):
        check_conditions(generation, family)
        if table in tasks.parts:
            yield from Tasks((tasks,))


def record_batches(request: TableRequest, schema: pa.Schema, task: Task | None) -> Iterator[pa.RecordBatch]:
    """The rows that a task makes of a table, or those of all tasks one after the other if None; up to the request's limit.

    schema : the columns, in the order and the types in which they are wanted; no other is made
    """
    left = request.limit
    for batch in _batches(request, schema.names, task) if left != 0 else ():
        rows = batch.to_arrow().select(schema.names).cast(schema)
        if left is None:
            yield rows
            continue
        yield rows.slice(0, left)
        left = max(0, left - len(rows))
        if not left:
            return


def _batches(request: TableRequest, columns: Sequence[str], task: Task | None) -> Iterator[Batch]:
    generation = request.generation
    tasks = [task] if task is not None else table_tasks(request.spec, generation, request.table)
    for each in tasks:
        yield from task_batches(generation, each.with_first_ids(generation), [request.table], columns=columns)
