"""The loops that verify the log beside its requests: one what is new, the other everything.

They find what nobody would otherwise look for until somebody asks: a record that was changed behind
the back of the service. What they found is kept in the home, shown on every page and told to
monitors. A fault is also recorded in the log itself, once, so that nobody can later say that it was
not known. Broken evidence ends neither of them: a log that was restored is found whole again.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, Final

from ledger import __version__
from ledger.errors import ZegelError
from ledger.events.log_integrity import LogVerificationFailed, VerificationLevel
from ledger.rolling_verification import RollingVerifier, StoppedError
from ledger.verification_record import Fault, RecordKeeper, Run, VerificationRecord
from service.operations.loops import Loop

if TYPE_CHECKING:
    from ledger.home import Home
    from ledger.ledger import Ledger
    from ledger.serve_settings import ServeSettings

VERIFIER: Final = "verifier"
FULL_VERIFIER: Final = "full-verifier"
_LOOK_S: Final = 5.0
"""How often the second loop looks whether everything is due."""

_LOG: Final = logging.getLogger("zegel.verification")


def verification_loops(
    ledger: "Ledger", home: "Home", keeper: RecordKeeper, settings: "ServeSettings"
) -> tuple[Loop, Loop]:
    """The loop over what is new, and the one over everything.

    Args:
        ledger: The log.
        home: Where its keys are.
        keeper: Of what was found.
        settings: How often, and how much of a core it may take.
    """
    verifier = RollingVerifier(ledger, home, keeper, settings.verify_share)

    def work_on_new(stop: Event) -> None:
        while not stop.is_set():
            began = time.monotonic()
            _watched(verifier, new, "since", lambda: verifier.verify_new(stop))
            stop.wait(max(0.0, settings.verify_every_s - (time.monotonic() - began)))

    def all_if_due(stop: Event) -> Run | None:
        due = is_due(keeper.read(), ledger.clock(), settings.verify_full_s)
        return verifier.verify_all(stop) if due or verifier.waits_for_signature else None

    def work_on_all(stop: Event) -> None:
        while not stop.is_set():
            _watched(verifier, everything, "full", lambda: all_if_due(stop))
            stop.wait(min(_LOOK_S, settings.verify_full_s))

    new, everything = Loop(VERIFIER, work_on_new), Loop(FULL_VERIFIER, work_on_all)
    return new, everything


def is_due(record: VerificationRecord, now: datetime, full_s: float) -> bool:
    """Whether everything must be verified now: never yet, too long ago, or by a clock ahead.

    Args:
        record: What was found last.
        now: The present.
        full_s: How long a verification of everything counts.
    """
    if record.full is None:
        return True
    age_s = (now - record.full.ended_at).total_seconds()
    return not 0 <= age_s < full_s


def _watched(
    verifier: RollingVerifier,
    loop: Loop,
    level: VerificationLevel,
    verify: Callable[[], Run | None],
) -> None:
    """One verification, whose failure is told and tried again; a fault is recorded."""
    try:
        before = verifier.keeper.read()
        run = verify()
    except StoppedError:
        return
    except ZegelError as error:
        loop.failed(error)
        return
    loop.succeeded()
    if run is not None and run.fault is not None and not _is_known(run.fault, before):
        _tell(verifier.ledger, run, run.fault, level)


def _is_known(fault: Fault, before: VerificationRecord) -> bool:
    """Whether such a fault was found before, by either of the loops.

    Its numbers do not count: what is recorded about a log that was cut off makes it longer.
    """
    known = [one.fault for one in (before.since, before.full) if one is not None and one.fault]
    return (fault.verdict, fault.place) in {(one.verdict, one.place) for one in known}


def _tell(ledger: "Ledger", run: Run, fault: Fault, level: VerificationLevel) -> None:
    _LOG.critical(
        "evidence is broken: %s at %s", fault.verdict, fault.place, extra={"index": fault.index}
    )
    if run.root is None:  # nobody could tell what it is about
        return
    try:
        ledger.record(
            LogVerificationFailed(
                occurred_at=run.ended_at,
                first_index=run.first_index,
                tree_size=run.size,
                root_sha256=run.root,
                verifier=f"zegel-verifier/{__version__}",
                level=level,
                records_checked=run.records_checked,
                disclosures_checked=run.disclosures_checked,
                verdict=fault.verdict,
                fault_index=fault.index,
                faults=run.faults,
            )
        )
    except ZegelError as error:  # a log that is broken may take nothing any more
        _LOG.critical("the fault could not be recorded: %s", type(error).__name__)
