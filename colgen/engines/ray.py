"""Tasks on the nodes of a Ray cluster.

The job is put into Ray's object store once. About twice as many tasks as the cluster has cores are under way at any time, so that a node never
waits for its next task, and this process never holds more than those. A task whose node or worker is lost is given to another one.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from types import ModuleType
from typing import Any, TypeVar

from colgen.engines.counted import Run
from colgen.engines.job import Job
from colgen.engines.progress import RowReporter
from colgen.engines.reach import refuse_unreachable
from colgen.engines.sent import Attempt, SentJob, in_a_line
from colgen.engines.signals import kept_signals
from colgen.errors import ColgenError, RequestError
from colgen.generate.plan import Task

Result = TypeVar("Result")

_RETRIES = 4  # of a task whose worker or node was lost
_POLL = 0.2  # seconds after which Ctrl-C is seen
_PATIENCE = 20.0  # seconds for tasks to end that were cancelled
_STORE_BYTES = 100_000_000  # of a cluster of our own: no data goes through it


def library() -> ModuleType:
    """Ray. RequestError where it is not installed."""
    try:
        import ray
    except ModuleNotFoundError:
        raise RequestError("engine ray needs Ray: pip install 'colgen[ray]'") from None
    return ray


@contextmanager
def cluster(workers: int | None, report: RowReporter, address: str | None) -> Iterator[Run]:
    """Runs tasks on a cluster, in the order given.

    workers : how many tasks are under way at once at most; as the cluster has room if None
    address : of the cluster; that of RAY_ADDRESS if None, or else one that is started on this machine for as long as this takes
    """
    ray = library()
    with _connected(ray, address, workers):
        yield partial(_execute, ray=ray, most=workers if address is not None else None, report=report)


def _execute(
    tasks: Iterable[Task], job: Job[Result], done: Callable[[Result], None], *, ray: ModuleType, most: int | None, report: RowReporter
) -> None:
    """Runs some tasks.

    most : how many are under way at once; as the cluster has room if None
    """
    shared = ray.put(SentJob(job))
    work = ray.remote(max_retries=_RETRIES)(_attempt)
    left, under_way = iter(tasks), list[Any]()
    try:
        while True:
            room = most if most is not None else 2 * _cores(ray)
            under_way += [work.remote(shared, task) for task in islice(left, max(0, room - len(under_way)))]
            if not under_way:
                return
            ended, _ = ray.wait(under_way, timeout=_POLL)
            if ended:
                ended, under_way = ray.wait(under_way, num_returns=len(under_way), timeout=0)
            for reference in ended:
                _result(ray, reference).hand_over(done, report)
    except BaseException:
        for reference in under_way:
            with suppress(Exception):
                ray.cancel(reference, force=True)
        if under_way:
            ray.wait(under_way, num_returns=len(under_way), timeout=_PATIENCE)
        raise


def _attempt(job: SentJob[Result], task: Task) -> Attempt[Result]:
    """What a worker does."""
    return job(task)


def _cores(ray: ModuleType) -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _result(ray: ModuleType, reference: Any) -> Attempt[Any]:
    try:
        attempt: Attempt[Any] = ray.get(reference)
    except ray.exceptions.RayError as error:
        raise ColgenError(f"Ray gave up on a task after {_RETRIES + 1} attempts: {in_a_line(error)}") from error
    return attempt


@contextmanager
def _connected(ray: ModuleType, address: str | None, workers: int | None) -> Iterator[None]:
    """The cluster at an address, or one of our own; the one that this program uses already is left as it is."""
    if ray.is_initialized():
        if address is not None:
            raise RequestError("this program is connected to a Ray cluster already, which is used as it is: leave out the address")
        yield
        return
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # or it prints a warning
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    own: dict[str, Any] = {}
    refuse_unreachable(where)
    if where == "local":
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        own = {"num_cpus": workers or os.cpu_count() or 1, "object_store_memory": _STORE_BYTES, "include_dashboard": False}
    try:
        with kept_signals():
            _connect(ray, where, own)
        yield
    finally:
        ray.shutdown()


def _connect(ray: ModuleType, where: str, own: dict[str, Any]) -> None:
    """Connects to a cluster, or starts one of our own; twice if need be, since Ray allows no more than 30 seconds, however busy the machine.

    own : the settings of one of our own; empty for another one
    """
    for is_last in (not own, True):
        try:
            ray.init(where, logging_level=logging.ERROR, log_to_driver=False, **own)
            return
        except Exception as error:  # of many kinds, a plain Exception among them
            ray.shutdown()
            if is_last:
                place = "a Ray cluster could not be started" if own else f"the Ray cluster at {where!r} could not be reached"
                raise ColgenError(f"{place}: {in_a_line(error)}") from error
