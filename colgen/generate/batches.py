"""A task becomes batches of rows. Nothing here knows of files, engines or progress."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyarrow as pa

from colgen.declare.answer_key import ANSWER_KEY
from colgen.generate.generation import Generation
from colgen.generate.overlay import Overlay
from colgen.generate.plan import Plan, Task
from colgen.generate.walk import walk
from colgen.values.batch import Batch, selected


def task_batches(
    generation: Generation,
    task: Task,
    tables: Collection[str],
    block_cells: int | None = None,
    columns: Collection[str] | None = None,
) -> Iterator[Batch]:
    """What a task makes, block by block: rows of the tables that are asked for.

    block_cells : about how many values a block has; as many as serve speed if None. It changes none
    columns : those that are asked for, in the order of the table; all if None. No other is made, but for what these follow from; and but for
        a table with defects, whose answer key is about all of them
    """
    family = task.family(generation.model)
    if task.first_ids:
        generation.counts.note_first_ids(family, task.first, {table: task.first_ids[table.name] for table in family[1:]})
    overlay = Overlay(generation) if generation.defects is not None else None
    made = set(tables)
    if generation.defects is not None and ANSWER_KEY.name in tables:
        made |= {table.name for table in generation.model.written if generation.dirty(table) is not None}
    schemas = {name: _schema(generation, name, columns) for name in made}
    for blocks in walk(generation, family, task.first, task.rows, block_cells):
        for table, block in blocks.items():
            target = table.written_as
            if target is not None and target.name in schemas and block.count:
                batches = block.batches(schemas[target.name], overlay)
                yield from (batch if columns is None else batch.select(columns) for batch in batches if batch.table in tables)
    if overlay is not None and ANSWER_KEY.name in made:  # when all is made, so that it does not depend on the size of blocks
        for table in family:
            yield from (batch if columns is None else batch.select(columns) for batch in overlay.noted(table))


def _schema(generation: Generation, name: str, columns: Collection[str] | None) -> pa.Schema:
    """The columns of a table that have to be made."""
    table = generation.model.table(name)
    schema = generation.arrow_schema(table)
    return schema if columns is None or generation.dirty(table) is not None else selected(schema, columns)


def table_batches(generation: Generation, plan: Plan, table: str) -> Iterator[Batch]:
    """The rows of one table in order."""
    for task in plan.tasks:
        if table in task.parts:
            yield from task_batches(generation, task, [table])
