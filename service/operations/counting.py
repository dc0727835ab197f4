"""The numbers of one running service, for monitors: the one place where others count.

Labels come from closed lists only (groups of kinds, route templates, statuses), so neither a caller
can make them many nor a person be named by one.
"""

from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)

# When a counter began is told by the process itself.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library left it bare

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Numbers:
    """Counters of one service, in a registry of their own."""

    def __init__(self) -> None:
        """Everything at zero."""
        self.registry = CollectorRegistry()
        self._events = Counter(
            "zegel_events",
            "Events that came in, by group of kinds and outcome.",
            ("group", "outcome"),
            registry=self.registry,
        )
        self._append = Histogram(
            "zegel_append_seconds",
            "From a request's wish to append until it was durable.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._refused = Counter(
            "zegel_requests_refused",
            "Requests refused, by type of problem.",
            ("problem",),
            registry=self.registry,
        )
        self._requests = Counter(
            "zegel_http_requests",
            "Requests answered, by route template and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "zegel_http_request_seconds",
            "From the head of a request until the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._event_counts: dict[tuple[str, str], Counter] = {}
        self._answer_counts: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def recorded(self, kind: str, outcome: str = "recorded", count: int = 1) -> None:
        """Counts events of a kind of our table: `recorded`, `duplicate`, `refused`, `left_out`."""
        group = kind.partition(".")[0]
        known = self._event_counts.get((group, outcome))
        if known is None:
            known = self._event_counts[group, outcome] = self._events.labels(group, outcome)
        known.inc(count)

    def appended(self, seconds: float) -> None:
        """Notes how long an append took until it was durable."""
        self._append.observe(seconds)

    def refused(self, problem: str) -> None:
        """Counts a request that was refused, by the name of its problem type."""
        self._refused.labels(problem).inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request that was answered."""
        known = self._answer_counts.get((method, route, status))
        if known is None:
            counter = self._requests.labels(method, route, str(status))
            known = (counter, self._seconds.labels(route))
            self._answer_counts[method, route, status] = known
        known[0].inc()
        known[1].observe(seconds)
