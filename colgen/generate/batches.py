"""A task becomes batches of rows. Nothing here knows of files, engines or progress."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from colgen.declare.answer_key import ANSWER_KEY
from colgen.generate.generation import Generation
from colgen.generate.overlay import Overlay
from colgen.generate.plan import Plan, Task
from colgen.generate.walk import walk
from colgen.values.batch import Batch


def task_batches(generation: Generation, task: Task, tables: Collection[str], block_cells: int | None = None) -> Iterator[Batch]:
    """What a task makes, block by block: rows of the tables that are asked for.

    block_cells : about how many values a block has; as many as serve speed if None. It changes none
    """
    family = task.family(generation.model)
    if task.first_ids:
        generation.counts.note_first_ids(family, task.first, {table: task.first_ids[table.name] for table in family[1:]})
    overlay = Overlay(generation) if generation.defects is not None else None
    made = set(tables)
    if generation.defects is not None and ANSWER_KEY.name in tables:
        made |= {table.name for table in generation.model.written if generation.dirty(table) is not None}
    schemas = {name: generation.arrow_schema(generation.model.table(name)) for name in made}
    for blocks in walk(generation, family, task.first, task.rows, block_cells):
        for table, block in blocks.items():
            target = table.written_as
            if target is not None and target.name in schemas and block.count:
                batches = block.batches(schemas[target.name], overlay)
                yield from (batch for batch in batches if batch.table in tables)
    if overlay is not None and ANSWER_KEY.name in made:  # when all is made, so that it does not depend on the size of blocks
        for table in family:
            yield from overlay.noted(table)


def table_batches(generation: Generation, plan: Plan, table: str) -> Iterator[Batch]:
    """The rows of one table in order."""
    for task in plan.tasks:
        if table in task.parts:
            yield from task_batches(generation, task, [table])
