"""What the service counts about itself, for Prometheus."""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

# Seconds; 0.15 is what an answer should take at most.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where the workers of a machine put their numbers together


class Measures:
    """Numbers of requests, their durations, and the generation that is answered from."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "alliage_requests",
            "Requests answered, by method, route template and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "alliage_request_seconds",
            "Time from the head of a request to the end of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._generation = Gauge(
            "alliage_generation",
            "Generation of the store that is answered from, the oldest of all workers.",
            multiprocess_mode="livemin",
            registry=self._registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, generation: int | None) -> bytes:
        """All numbers, of all workers where there are several, in Prometheus' text format."""
        if generation is not None:
            self._generation.set(generation)
        registry = self._registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
