"""The page of numbers for monitors, in the text form of Prometheus.

It says how much is recorded and when, so it is not public: `/metrics` needs the permission
`administer`, and `metrics_port` gives the same without login to programs on this machine only.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Depends
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from ledger.errors import StoreUnavailable, ZegelError
from ledger.store.checkpoints import CheckpointTable
from ledger.store.requests import microseconds
from ledger.verification_record import Run
from service.access.caller import Caller
from service.access.guard import allowed
from service.context import Context, ContextOf
from service.operations.checks import projection_lag

LOOPBACK: Final = "127.0.0.1"
_LOG: Final = logging.getLogger("zegel.metrics")

router: Final = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    summary="Numbers for monitors, in the text form of Prometheus.",
    response_class=PlainTextResponse,
)
async def metrics(
    context: ContextOf, _caller: Annotated[Caller, Depends(allowed("administer"))]
) -> Response:
    """Every counter of this process, and how the log stands."""
    text = await to_thread.run_sync(generate_latest, registry_of(context))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def registry_of(context: Context) -> CollectorRegistry:
    """All numbers of a service: what it counted, and what is looked up when somebody asks."""
    registry = CollectorRegistry()
    registry.register(context.operations.numbers.registry)
    registry.register(_Live(context))
    return registry


def serve_metrics(context: Context, port: int) -> tuple[int, Callable[[], None]]:
    """The port of this machine that gives the page without login, and what ends it.

    Raises:
        StoreUnavailable: the port is taken.
    """
    try:
        server, thread = start_http_server(port, LOOPBACK, registry_of(context))
    except OSError as error:
        raise StoreUnavailable(
            f"metrics_port: cannot listen at {LOOPBACK}:{port}: {error.strerror}"
        ) from error

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return server.server_port, stop


class _Live(Collector):
    """How the log and the loops stand at this moment."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Gauges; those that cannot be looked up now are left out."""
        loops = self._context.operations.loops.values()
        tails = self._context.tails.open
        yield GaugeMetricFamily("zegel_tails", "Live tails that are open.", value=tails)
        broken = GaugeMetricFamily(
            "zegel_evidence_broken",
            "1 once the signer, or while the last verification, found broken evidence.",
        )
        found = self._verified()
        is_broken = any(loop.broken is not None for loop in loops)
        is_broken = is_broken or any(run.fault is not None for run in found.values())
        broken.add_metric([], float(is_broken))
        yield broken
        yield from self._of_runs(found)
        restarts = GaugeMetricFamily(
            "zegel_loop_restarts", "How often a loop died and was begun again.", labels=["loop"]
        )
        for loop in loops:
            restarts.add_metric([loop.name], loop.restarts)
        yield restarts
        try:
            yield from self._of_log()
        except ZegelError as error:
            _LOG.warning("the log cannot be asked: %s", type(error).__name__)

    def _verified(self) -> dict[str, Run]:
        """The last verifications by what they verified."""
        try:
            record = self._context.verification.read()
        except ZegelError as error:
            _LOG.warning("what was verified cannot be read: %s", type(error).__name__)
            return {}
        runs = {"new": record.since, "all": record.full}
        return {what: run for what, run in runs.items() if run is not None}

    def _of_runs(self, found: Mapping[str, Run]) -> Iterator[GaugeMetricFamily]:
        now = self._context.ledger.clock()
        sizes = GaugeMetricFamily(
            "zegel_verified_size", "Records that the last verification covers.", labels=["records"]
        )
        ages = GaugeMetricFamily(
            "zegel_verification_age_seconds", "Since the last verification.", labels=["records"]
        )
        for what, run in found.items():
            sizes.add_metric([what], run.size)
            ages.add_metric([what], (now - run.ended_at).total_seconds())
        yield sizes
        yield ages

    def _of_log(self) -> Iterator[GaugeMetricFamily]:
        ledger = self._context.ledger
        size = ledger.head().size
        yield GaugeMetricFamily("zegel_log_size", "Records in the log.", value=size)
        newest = CheckpointTable(ledger.log.engine, ledger.log.log_id).newest()
        if newest is not None:
            age_s = (microseconds(ledger.clock()) - newest.made_at_us) / 1_000_000
            yield GaugeMetricFamily(
                "zegel_checkpoint_age_seconds", "Since the last checkpoint.", value=age_s
            )
            yield GaugeMetricFamily(
                "zegel_unsigned_records",
                "Records after the last checkpoint.",
                value=size - newest.size,
            )
        yield GaugeMetricFamily(
            "zegel_projection_lag_records",
            "Records that the view furthest behind has not folded.",
            value=projection_lag(self._context),
        )
