"""What the service counts, in the form of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from colgen.jobs.job import RESUMABLE, UNFINISHED
from colgen.jobs.store import Store


class Metrics:
    """Requests by route and status, how long they took, and jobs by state."""

    def __init__(self, store: Store) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Jobs(store))
        ProcessCollector(registry=self._registry)
        labels = ("method", "route", "status")
        self._requests = Counter("colgen_http_requests", "Requests that were answered.", labels, registry=self._registry)
        self._seconds = Histogram("colgen_http_request_seconds", "How long an answer took to start.", ("route",), registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request.

        route : its template, such as /api/jobs/{id}
        """
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All figures."""
        return generate_latest(self._registry)


class _Jobs:
    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        counts = self._store.counts()
        gauge = GaugeMetricFamily("colgen_jobs", "Jobs by state.", labels=["state"])
        for state in (*UNFINISHED, *RESUMABLE, "done"):
            gauge.add_metric([state], counts.get(state, 0))
        yield gauge
