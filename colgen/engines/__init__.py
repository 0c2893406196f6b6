"""Who runs the tasks of a build.

An engine is a function `run(tasks, work, done, workers)`: it calls `work(task)` for each task wherever it likes, and
`done(result)` here for each result as it comes. A task is a few picklable numbers; whoever works on it writes its own parts and
returns their rows of the manifest.
"""

from colgen.engines.threads import run

__all__ = ["run"]
