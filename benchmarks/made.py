"""Batches of a build, held in memory: what a writer is given, without the cost of making them."""

from collections import defaultdict

from colgen.declare.find import find_model
from colgen.generate.batches import task_batches
from colgen.generate.plan import plan
from colgen.generate.spec import Spec
from colgen.values.memory import keep_freed_memory


class Made:
    """A request, planned: `tasks` makes the batches of one task after the other.

    model : a name or file; options : as `Spec.of` takes them
    """

    def __init__(self, model="invoicing", **options):
        self.model = find_model(model)
        self.spec = Spec.of(self.model, **options)
        self.generation = self.spec.generation(self.model)
        self.plan = plan(self.spec, self.generation)
        self.schemas = {name: self.generation.arrow_schema(self.model.table(name)) for name in self.spec.tables}

    def batches(self, task):
        """Each batch of a task, one at a time: whole numbers in few bits, texts in parts."""
        return task_batches(self.generation, task, [name for name in task.parts if name in self.schemas])

    def tasks(self):
        """The rows of each task by table, all of them in memory, as Arrow batches in the types of the schema."""
        for task in self.plan.tasks:
            batches = defaultdict(list)
            for batch in self.batches(task):
                batches[batch.table].append(batch.to_arrow())
            yield dict(batches)


def timed(benchmark, rows, work, rounds=5):
    """Times some work on this many rows; the quickest round's nanoseconds for each row are in `extra_info`."""
    keep_freed_memory()
    benchmark.pedantic(work, rounds=rounds, iterations=1, warmup_rounds=1)
    if benchmark.stats is not None:  # None where benchmarks are disabled
        benchmark.extra_info["rows"] = rows
        benchmark.extra_info["nanoseconds_per_row"] = round(benchmark.stats.stats.min / rows * 1e9, 2)
