"""What a value costs by the role of its column: nanoseconds to make it, and in each format nanoseconds to write it and bytes.

    python -m benchmarks.constants

prints the tables as they stand in `colgen/generate/estimate.py` (`MAKE_NANOSECONDS`) and in the module of each format. They are measured on real
rows of the three models that ship, column by column, on one core of a quiet machine; it takes about a minute. `--format NAME` measures one
format only, such as one that has changed.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from colgen.declare.column import Column
from colgen.declare.find import find_model
from colgen.formats import TEXT_BYTES, find_format, format_names
from colgen.generate.block import Block
from colgen.generate.generation import Generation
from colgen.generate.sizes import CountedFile
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.values.batch import Batch
from colgen.values.memory import keep_freed_memory

BUILDS = (("invoicing", "large", 20), ("ecommerce", "small", 20), ("erp", "medium", 10))
"""Model, volume and scale: about a million rows each."""


@dataclass
class Cost:
    """What some values of one role have cost."""

    values: int = 0
    nanoseconds: int = 0
    bytes: int = 0


Costs = defaultdict[str, Cost]
"""By role."""


@dataclass
class Stopwatch:
    """Times how long columns take to be made: each without those that it is made from."""

    runs: bool = True
    costs: Costs = field(default_factory=lambda: defaultdict(Cost))
    _inner: list[int] = field(default_factory=lambda: [0])

    def computed(self, block: Block, column: Column) -> object:
        self._inner.append(0)
        started = time.process_time_ns()
        values = Block.__dict__["untimed"](block, column)
        took = time.process_time_ns() - started if self.runs else 0
        self.costs[column.role].nanoseconds += took - self._inner.pop()
        self._inner[-1] += took
        return values


def batches(generation: Generation, counted: Costs | None = None) -> Iterator[Batch]:
    """All that a build writes.

    counted : has every column's values added, whether somebody asks for them or not: an estimate cannot know that
    """
    for family in generation.model.families:
        for blocks in walk(generation, family, 1, generation.counts.of(family[0])):
            for table, block in blocks.items():
                for column in table.columns.values() if counted is not None else ():
                    counted[column.role].values += block.count
                if table.written_as is not None and block.count:
                    yield from block.batches(generation.arrow_schema(generation.model.table(table.written_as.name)))


def write(costs: Costs, format: str, made: list[Batch]) -> None:
    """Writes each column of some batches of one table by itself."""
    for number, name in enumerate(made[0].schema.names):
        schema = pa.schema([made[0].schema.field(number)])
        columns = [Batch(name, schema, [batch.columns[number]], len(batch)) for batch in made]
        file = CountedFile()
        started = time.process_time_ns()
        writer = find_format(format).open(file, schema)
        for column in columns:
            writer.write(column)
        writer.close()
        cost = costs[role_of(schema.field(0))]
        cost.nanoseconds += time.process_time_ns() - started
        cost.values += sum(map(len, columns))
        cost.bytes += file.length


def role_of(field: pa.Field) -> str:
    """The role of a written column; the ids of tables with several branches are keys like others."""
    role = field.metadata[b"encoding"].decode()
    return "key" if role == "identifier" else role


def table_of(costs: Costs, what: str) -> str:
    """The costs of a value, as they stand in the code."""
    there = [role for role in TEXT_BYTES if costs[role].values]  # no model that ships has the others: they stay as they are
    lines = [f'    "{role}": {float(f"{getattr(costs[role], what) / costs[role].values:.2g}")},' for role in there]
    return "\n".join(["{", *lines, "}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=format_names(), action="append")
    chosen = parser.parse_args().format or format_names()
    keep_freed_memory()
    watch = Stopwatch()
    Block.untimed = Block._computed  # type: ignore[attr-defined]
    Block._computed = lambda block, column: watch.computed(block, column)  # type: ignore[method-assign, assignment, return-value]
    written: dict[str, Costs] = {format: defaultdict(Cost) for format in chosen}
    for model, volume, scale in BUILDS:
        spec = Spec.of(find_model(model), volume=volume, scale=scale)
        tables: dict[str, list[Batch]] = defaultdict(list)
        for _ in batches(spec.generation(find_model(model)), watch.costs):  # not kept, as in a build
            pass
        watch.runs = False
        for batch in batches(spec.generation(find_model(model))):
            tables[batch.table].append(batch)
        watch.runs = True
        for format, costs in written.items():
            for made in tables.values():
                write(costs, format, made)
    print(f"to make a value, nanoseconds: {table_of(watch.costs, 'nanoseconds')}")
    for format, costs in written.items():
        print(f"\n{format}, nanoseconds: {table_of(costs, 'nanoseconds')}\n{format}, bytes: {table_of(costs, 'bytes')}")


if __name__ == "__main__":
    main()
