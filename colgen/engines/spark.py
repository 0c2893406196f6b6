"""Tasks on the executors of a Spark cluster.

The job is broadcast once. Tasks go in waves of as many as the cluster has cores, each wave a job of Spark's with one partition per task. Two
waves are under way at any time: where one has only stragglers left, the other has work. What comes back are rows of the manifest. A task
whose executor is lost is given to another one, and Spark keeps the Python processes of its workers, and the job in them, from task to task.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, TypeVar

from colgen.engines.counted import Run
from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.engines.reach import refuse_unreachable
from colgen.engines.sent import Attempt, SentJob, in_a_line
from colgen.engines.signals import kept_signals
from colgen.errors import ColgenError, RequestError
from colgen.generate.plan import Task

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkConf, SparkContext

Result = TypeVar("Result")

_WAVES = 2  # that are under way at once
_ATTEMPTS = 4  # at a task, in a cluster of our own
_POLL = 0.2  # seconds after which Ctrl-C is seen
_PATIENCE = 20.0  # seconds for what was cancelled to end
_SUBMITTED = "PYSPARK_GATEWAY_PORT"  # is set by spark-submit, which has started a JVM and chosen a master

_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
_FORGETFUL = {"spark.ui.retainedJobs": "20", "spark.ui.retainedStages": "20", "spark.ui.retainedTasks": "1000"}
_HERE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",  # it only hands out tasks: thorough compiling is not worth it
}


def library() -> type[SparkContext]:
    """PySpark's way in. RequestError where it is not installed."""
    try:
        from pyspark import SparkContext
    except ModuleNotFoundError:
        raise RequestError("engine spark needs PySpark: pip install 'colgen[spark]'") from None
    return SparkContext


@contextmanager
def cluster(workers: int | None, report: RowReporter, address: str | None) -> Iterator[Run]:
    """Runs tasks on executors, in the order given.

    workers : how many tasks are under way at once at most; as the cluster has room if None
    address : Spark's master; that of spark-submit if None, or else a JVM of our own on this machine
    """
    with _connected(address, workers) as context:
        yield partial(_execute, context=context, most=workers if address is not None else None, report=report)


def _execute(
    tasks: Iterable[Task], job: Job[Result], done: Callable[[Result], None], *, context: SparkContext, most: int | None, report: RowReporter
) -> None:
    """Runs some tasks.

    most : how many are under way at once; as the cluster has room if None
    """
    sent = SentJob(job)
    with ThreadPoolExecutor(_WAVES, thread_name_prefix="colgen") as pool:
        shared, group, left = context.broadcast(sent), f"colgen-{secrets.token_hex(4)}", iter(tasks)
        waiting = set[Future[list[Attempt[Result]]]]()
        try:
            while True:
                while len(waiting) < _WAVES and (wave := list(islice(left, _size(context, most)))):
                    waiting.add(pool.submit(_run, context, group, wave, shared))
                if not waiting:
                    return
                ended, waiting = wait(waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
                for future in ended:
                    for attempt in future.result():
                        attempt.hand_over(done, report)
        except BaseException:
            until = time.monotonic() + _PATIENCE
            while waiting and time.monotonic() < until:  # a wave may have been about to start
                with suppress(Exception):
                    context.cancelJobGroup(group)
                _, waiting = wait(waiting, timeout=_POLL)
            raise
        finally:
            with suppress(Exception):
                shared.destroy()


def _size(context: SparkContext, workers: int | None) -> int:
    """How many tasks go in a wave."""
    return max(1, context.defaultParallelism if workers is None else -(-workers // _WAVES))


def _run(context: SparkContext, group: str, wave: Sequence[Task], shared: Broadcast[SentJob[Result]]) -> list[Attempt[Result]]:
    """Runs one wave, as a job of its own."""
    from py4j.protocol import Py4JError

    context.setJobGroup(group, "colgen", interruptOnCancel=True)
    try:
        return context.parallelize(wave, len(wave)).map(partial(_attempt, shared)).collect()
    except Py4JError as error:
        raise ColgenError(f"Spark gave up on a task: {in_a_line(error)}") from error


def _attempt(shared: Broadcast[SentJob[Result]], task: Task) -> Attempt[Result]:
    """What a worker does."""
    return shared.value(task)


@contextmanager
def _connected(address: str | None, workers: int | None) -> Iterator[SparkContext]:
    """A context at a master, or one of our own; the one that this program uses already is left as it is."""
    contexts = library()
    active = contexts._active_spark_context
    if active is not None:
        if address is not None and address != active.master:
            raise RequestError(f"this program uses Spark at {active.master!r} already; stop that session, or leave out the address")
        yield active
        return
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    settings = _settings(address, workers)
    refuse_unreachable(address or "")
    with tempfile.TemporaryFile() as said, _no_trace_of_interrupts(), ExitStack() as stack:
        try:
            with kept_signals(), warnings.catch_warnings(action="ignore", category=FutureWarning):  # about pandas, which is not used
                gateway = stack.enter_context(_jvm(contexts, settings, said))
                context = contexts(conf=settings, gateway=gateway)
        except (Py4JError, PySparkException) as error:
            place = f"Spark at {address!r} could not be reached" if address else "Spark could not be started; it needs Java 17 or later"
            raise ColgenError(f"{place}: {_last_line(said) or in_a_line(error)}") from error
        stack.callback(_stop, context)
        if _is_here(settings) and "PYSPARK_PYTHON" not in os.environ:
            context.pythonExec = sys.executable
        yield context


@contextmanager
def _no_trace_of_interrupts() -> Iterator[None]:
    """Keeps Py4J from logging a traceback where Ctrl-C comes while it waits for the JVM."""

    def says_something_else(record: logging.LogRecord) -> bool:
        return "KeyboardInterrupt" not in str(record.msg)

    root = logging.getLogger()
    root.addFilter(says_something_else)
    try:
        yield
    finally:
        root.removeFilter(says_something_else)


def _settings(address: str | None, workers: int | None) -> SparkConf:
    """What Spark is told where it is not running yet."""
    from pyspark import SparkConf

    settings = SparkConf(loadDefaults=False).setAppName("colgen")
    if address is not None:
        settings.setMaster(address)
    elif _SUBMITTED not in os.environ:
        settings.setMaster(f"local[{workers or os.cpu_count() or 1},{_ATTEMPTS}]")
    return settings.setAll([*_QUIET.items(), *_FORGETFUL.items(), *(_HERE.items() if _is_here(settings) else ())])


def _is_here(settings: SparkConf) -> bool:
    """Whether executors are on this machine."""
    return (settings.get("spark.master") or "").startswith("local")


@contextmanager
def _jvm(contexts: type[SparkContext], settings: SparkConf, said: IO[bytes]) -> Iterator[Any]:
    """A JVM that ends with this; None where there is one already.

    said : a file for what it prints
    """
    from pyspark import java_gateway

    if contexts._gateway is not None or _SUBMITTED in os.environ:
        yield None
        return
    launch: Any = java_gateway.launch_gateway
    gateway = launch(settings, {"stderr": said})
    try:
        yield gateway
    finally:
        gateway.shutdown()
        gateway.proc.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            gateway.proc.wait(_PATIENCE)
        gateway.proc.kill()
        gateway.proc.wait()
        contexts._gateway = contexts._jvm = None


def _stop(context: SparkContext) -> None:
    with suppress(Exception):  # its JVM may be gone
        context.stop()


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = [line.strip() for line in said.read().decode(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line and not line.startswith("at ")), "")  # a stack trace says it in its first line
