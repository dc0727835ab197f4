"""How the log stands, by what the verification loops left: one of four states, and why.

Nothing is verified here: this is read for every page. It never says more than was found, and a
finding that is old counts as none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from ledger.errors import ZegelError
from ledger.verification.error_findings import finding_of
from ledger.verification_record import Anchored, Fault, Run, VerificationRecord

if TYPE_CHECKING:
    from ledger.errors import VerificationError
    from ledger.serve_settings import ServeSettings
    from service.context import Context

State = Literal["anchored", "whole", "unchecked", "broken"]
"""Whole and anchored; whole, not yet anchored; not checked since a moment; broken at a record."""
Tone = Literal["good", "quiet", "warn", "bad"]
Why = Literal["never", "late", "full-late", "nothing", "unreadable"]
"""Why it counts as unchecked: nobody verified yet; what is new was not verified lately, or
everything was not; there was nothing to verify; what was found cannot be read."""

TONES: Final[dict[State, Tone]] = {
    "anchored": "good",
    "whole": "quiet",
    "unchecked": "warn",
    "broken": "bad",
}
_MISSED_OF_NEW: Final = 5
_MISSED_OF_ALL: Final = 2
"""So many intervals may pass without a verification before it counts as late."""
_SLACK: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the log stands, for people."""

    state: State
    why: Why | None = None
    """Why it is unchecked."""
    fault: Fault | None = None
    """The fault with the lowest index, if it is broken."""
    since: Run | None = None
    """The last verification of what was new."""
    full: Run | None = None
    """The last verification of everything."""
    anchored: Anchored | None = None
    """What independent parties saw; `None` where the settings name none."""

    @property
    def tone(self) -> Tone:
        """Which class of badge it has; the words say the same."""
        return TONES[self.state]

    @property
    def checked_at(self) -> datetime | None:
        """When the last verification ended; the last one of everything, where that one is late."""
        runs = (self.full,) if self.why == "full-late" else (self.since, self.full)
        return max((run.ended_at for run in runs if run is not None), default=None)

    @property
    def widest(self) -> Run | None:
        """The verification that covers the most records."""
        runs = [run for run in (self.full, self.since) if run is not None]
        return max(runs, key=lambda run: run.size, default=None)

    @property
    def size(self) -> int:
        """How many records were verified, from the first on."""
        return 0 if self.widest is None else self.widest.size

    @property
    def faults(self) -> int:
        """How many faults the verification found that found most."""
        return max((run.faults for run in (self.full, self.since) if run), default=0)

    @property
    def signed_size(self) -> int:
        """How many records the newest checkpoint covers that was found to hold."""
        return max((run.signed_size or 0 for run in (self.full, self.since) if run), default=0)


def standing_of(context: "Context") -> Standing:
    """How the log stands now; blocking, at the cost of reading a small file."""
    try:
        record = context.verification.read()
    except ZegelError:
        found = Standing(state="unchecked", why="unreadable")
    else:
        found = standing_by(record, context.ledger.clock(), context.settings)
    loops = context.operations.loops.values()
    refused = next((loop.broken for loop in loops if loop.broken is not None), None)
    if refused is None or found.state == "broken":
        return found
    return Standing(
        state="broken",
        fault=_fault_of(refused),
        since=found.since,
        full=found.full,
        anchored=found.anchored,
    )


def standing_by(record: VerificationRecord, now: datetime, settings: "ServeSettings") -> Standing:
    """How a log stands by what was found last.

    Args:
        record: What was found.
        now: The present.
        settings: How often the log is verified, and how soon it must be anchored.
    """
    faults = [run.fault for run in (record.since, record.full) if run and run.fault]
    fault = min(faults, key=lambda one: (one.index is None, one.index or 0), default=None)
    why = None if fault is not None else _unchecked(record, now, settings)
    state: State = "anchored" if _is_anchored(record.anchored, now, settings) else "whole"
    if why is not None:
        state = "unchecked"
    if fault is not None:
        state = "broken"
    return Standing(
        state=state,
        why=why,
        fault=fault,
        since=record.since,
        full=record.full,
        anchored=record.anchored,
    )


def _unchecked(record: VerificationRecord, now: datetime, settings: "ServeSettings") -> Why | None:
    if record.full is None:
        return "never"
    if any(run.outcome == "empty" for run in (record.since, record.full) if run is not None):
        return "nothing"
    if _is_late(record.full, now, _MISSED_OF_ALL * settings.verify_full_s):
        return "full-late"
    newest = max(
        (run for run in (record.full, record.since) if run is not None),
        key=lambda run: run.ended_at,
    )
    if record.note is not None and _is_late(newest, now, _MISSED_OF_NEW * settings.verify_every_s):
        return "late"
    return None


def _is_late(run: Run, now: datetime, within_s: float) -> bool:
    """Whether the next verification should have ended by now, if it takes twice as long."""
    may_take = 2 * (run.ended_at - run.began_at)
    return now - run.ended_at > timedelta(seconds=within_s) + may_take + _SLACK


def _is_anchored(anchored: Anchored | None, now: datetime, settings: "ServeSettings") -> bool:
    """Whether parties vouch for all but the youngest records.

    Every question is recorded, so that the log is never anchored to its very end.
    """
    if anchored is None or not anchored.size:
        return False
    since = anchored.waiting_since
    return since is None or now - since <= timedelta(seconds=settings.anchor_within_s)


def _fault_of(error: "VerificationError") -> Fault:
    return Fault.of(finding_of(error, "signer"))
