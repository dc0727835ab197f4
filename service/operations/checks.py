"""Whether the service can do its work: one check per thing that it needs, each with its numbers.

Invariants: a check tells numbers and class names only, never what an error says; a check that
cannot be made has failed.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ledger.errors import ZegelError
from ledger.store import reading
from ledger.store.checkpoints import CheckpointTable
from ledger.store.requests import microseconds
from projections.position import read_places
from projections.query import VIEWS

if TYPE_CHECKING:
    from service.context import Context

NEEDED: Final = frozenset({"database", "disk"})
"""Checks without which nothing can be recorded."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    holds: bool
    found: Mapping[str, object] = field(default_factory=dict)


def checked(context: "Context") -> dict[str, Check]:
    """Every check by name; blocking, at a cost that does not grow with the log."""
    found: dict[str, Check] = {}
    for name, check in _CHECKS.items():
        try:
            found[name] = check(context)
        except (ZegelError, OSError) as error:
            found[name] = Check(holds=False, found={"error": type(error).__name__})
    return found


def _database(context: "Context") -> Check:
    return Check(holds=True, found={"size": context.ledger.head().size})


def _signer(context: "Context") -> Check:
    ledger, loop = context.ledger, context.operations.loops.get("signer")
    if loop is not None and loop.broken is not None:
        return Check(holds=False, found={"evidence": "broken", "verdict": loop.broken.verdict})
    newest = CheckpointTable(ledger.log.engine, ledger.log.log_id).newest()
    signed = 0 if newest is None else newest.size
    waiting = next(iter(ledger.log.scan(signed, signed + 1)), None)
    now_us = microseconds(ledger.clock())
    waited_s = 0.0 if waiting is None else max(0, now_us - waiting.recorded_at_us) / 1_000_000
    return Check(
        holds=waited_s <= context.settings.ready_signer_s,
        found={"signed_size": signed, "unsigned_s": waited_s},
    )


def _projection(context: "Context") -> Check:
    lag = projection_lag(context)
    return Check(holds=lag <= context.settings.ready_lag_records, found={"lag_records": lag})


def projection_lag(context: "Context") -> int:
    """How many records the view that is furthest behind has not folded yet."""
    log = context.ledger.log
    size = log.head().size
    with reading(log.engine) as connection:
        places = read_places(connection, log.log_id)
    reached = [places[name].position if name in places else 0 for name in VIEWS]
    return max(0, size - min(reached))


def _verification(context: "Context") -> Check:
    record = context.verification.read()
    runs = [run for run in (record.since, record.full) if run is not None]
    fault = next((run.fault for run in runs if run.fault is not None), None)
    if fault is not None:
        return Check(holds=False, found={"evidence": "broken", "verdict": fault.verdict})
    return Check(holds=True, found={"verified_size": max((run.size for run in runs), default=0)})


def _disk(context: "Context") -> Check:
    free = shutil.disk_usage(context.home.folder).free
    return Check(holds=free >= context.settings.ready_free_bytes, found={"free_bytes": free})


_CHECKS: Final[Mapping[str, Callable[["Context"], Check]]] = {
    "database": _database,
    "signer": _signer,
    "projection": _projection,
    "verification": _verification,
    "disk": _disk,
}
