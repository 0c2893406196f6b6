"""Batches of a build, held in memory: what its writer is given, without the cost of making them."""

from collections import defaultdict

from colgen.pipeline.task import batches_of
from colgen.declare.find import find_model
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
        self.run = self.spec.run(self.model)
        self.plan = plan(self.spec, self.model, self.run)
        self.schemas = {name: self.run.schema(self.model.table(name)) for name in self.spec.tables}

    def batches(self, task):
        """Each batch of a task with the name of its table, one at a time."""
        return batches_of(self.model, self.run, task, self.schemas)

    def tasks(self):
        """The batches of each task by table, all of them in memory."""
        for task in self.plan.tasks:
            found = defaultdict(list)
            for name, batch in self.batches(task):
                found[name].append(batch)
            yield dict(found)


def timed(benchmark, rows, work, rounds=5):
    """Times some work on so many rows; the quickest round's nanoseconds a row stand in `extra_info`."""
    keep_freed_memory()
    benchmark.pedantic(work, rounds=rounds, iterations=1, warmup_rounds=1)
    if benchmark.stats is not None:  # None where benchmarks are disabled
        benchmark.extra_info["rows"] = rows
        benchmark.extra_info["nanoseconds_a_row"] = round(benchmark.stats.stats.min / rows * 1e9, 2)
