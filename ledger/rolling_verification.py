"""Verifies a log again and again: what is new each time, and everything from time to time.

What is new is verified from the newest checkpoint that was found to hold, so that the cost is that
of what was added. A change behind it, in a record that was verified before, is found when
everything is verified again; that takes only a share of the time of one core.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Final

import msgspec

from ledger.anchored_extent import anchored_extent, anchored_through
from ledger.errors import FormatError, RecordsPruned, StoreUnavailable, VerificationError
from ledger.home import Home
from ledger.home_trust import parties_of, trust_of, with_home_anchors
from ledger.ledger import Ledger
from ledger.levels import Trust, verify_full, verify_since
from ledger.merkle import Frontier
from ledger.notes.checkpoint import open_checkpoint
from ledger.signing.signing_folder import SigningFolder
from ledger.store.checkpoints import CheckpointTable
from ledger.verdicts import NO_FAULT
from ledger.verification.checkpoint_check import HeldCheckpoint
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Report
from ledger.verification_record import (
    Fault,
    RecordKeeper,
    Run,
    SeenThrough,
    VerificationRecord,
)

OWN_NOTE: Final = "checkpoint verified before"
_LEAST_PAUSE_S: Final = 0.02
_ATTEMPTS: Final = 3


class StoppedError(Exception):
    """Whoever runs a verification wants it to end; it found nothing."""


@dataclass(frozen=True, slots=True)
class RollingVerifier:
    """Verifies one log with what its home brings, and keeps what it found."""

    ledger: Ledger
    home: Home
    keeper: RecordKeeper
    share: float = 1.0
    """Of the time of one core that verifying everything may take."""

    def verify_new(self, stop: Event) -> Run | None:
        """What verifying what is new found, kept on return; `None`: everything must be verified.

        That is so where no checkpoint is known to hold, or what follows it was pruned.

        Raises:
            StoppedError: `stop` was set.
            StoreUnavailable: home or database cannot be used.
        """
        note = self.keeper.read().note
        if note is None:
            return None
        kept = note.encode()

        def verified(trust: Trust) -> Report:
            return verify_since(self.ledger, trust, kept, _Pace(stop, 1.0))

        try:
            run = self._run(verified, is_full=False)
        except (RecordsPruned, FormatError):
            return None
        self._keep(run, is_full=False)
        return run

    @property
    def waits_for_signature(self) -> bool:
        """Whether all was verified before the log was signed first, and it is signed now."""
        record, log = self.keeper.read(), self.ledger.log
        if record.note is not None or record.full is None or record.full.fault is not None:
            return False
        return CheckpointTable(log.engine, log.log_id).newest() is not None

    def verify_all(self, stop: Event) -> Run:
        """What verifying everything found, kept on return.

        Raises:
            StoppedError: `stop` was set.
            StoreUnavailable: home or database cannot be used.
        """

        def verified(trust: Trust) -> Report:
            return verify_full(self.ledger, trust, _Pace(stop, self.share))

        run = self._run(verified, is_full=True)
        self._keep(run, is_full=True)
        return run

    def _run(self, verified: Callable[[Trust], Report], *, is_full: bool) -> Run:
        attempts = 0
        while True:
            attempts += 1
            began_at = self.ledger.clock()
            beginning = self.ledger.log.beginning().frontier.size
            run = self._attempt(verified, began_at, is_full=is_full)
            # Records that were pruned while they were read are not missing.
            is_same = self.ledger.log.beginning().frontier.size == beginning
            if run.outcome != "broken" or is_same or attempts == _ATTEMPTS:
                return run

    def _attempt(
        self, verified: Callable[[Trust], Report], began_at: datetime, *, is_full: bool
    ) -> Run:
        note = self.keeper.read().note
        held = [] if note is None else [HeldCheckpoint(OWN_NOTE, note.encode())]
        trust = trust_of(self.home, held)
        self._require_keys(trust)
        try:
            report = verified(trust)
        except VerificationError as error:
            return self._refused(error, began_at)
        first_size = 0 if is_full else report.first_index
        report = with_home_anchors(report, self.ledger.log, self.home, trust, first_size)
        return _run_of(report, began_at, self.ledger.clock())

    def _require_keys(self, trust: Trust) -> None:
        """Returns only if somebody could have signed, or nobody did.

        Raises:
            StoreUnavailable: checkpoints are stored and the home has no key to open them with; that
                says nothing against the log.
        """
        log = self.ledger.log
        if not trust.terms and CheckpointTable(log.engine, log.log_id).newest() is not None:
            raise StoreUnavailable(
                f"{SigningFolder(self.home.folder).terms_file}: expected the verifier keys of the "
                "log, found none; copy them from the home that signs"
            )

    def _refused(self, error: VerificationError, began_at: datetime) -> Run:
        """The log does not even lead to the checkpoint from which to go on."""
        head, root = self.ledger.head(), None
        with suppress(VerificationError):
            root = Frontier(head.size, head.frontier).root().hex()
        return Run(
            began_at=began_at,
            ended_at=self.ledger.clock(),
            outcome="broken",
            first_index=error.index or 0,
            size=head.size,
            root=root,
            records_checked=0,
            disclosures_checked=0,
            signed_size=None,
            fault=Fault.of(finding_of(error, OWN_NOTE)),
            faults=1,
        )

    def _keep(self, run: Run, *, is_full: bool) -> None:
        trust = trust_of(self.home)
        note = self._note_under(run, trust)
        own = anchored_extent(self.ledger.log, parties_of(self.home), trust)
        anchored = anchored_through(self.ledger.log, own, self._through(run))

        def changed(record: VerificationRecord) -> VerificationRecord:
            return msgspec.structs.replace(
                record,
                note=note or record.note,
                since=record.since if is_full else run,
                full=run if is_full else record.full,
                anchored=anchored,
            )

        self.keeper.change(changed)

    def _through(self, run: Run) -> SeenThrough | None:
        """What a log of checkpoints is known to anchor: a short run looks at the newest only."""
        record = self.keeper.read()
        runs = (run, record.since, record.full)
        found = [each.through for each in runs if each is not None and each.through is not None]
        return max(found, key=lambda each: each.size, default=None)

    def _note_under(self, run: Run, trust: Trust) -> str | None:
        """The newest checkpoint that a run found to hold."""
        if run.outcome != "valid" or not run.signed_size:
            return None
        log, keys = self.ledger.log, [term.key for term in trust.terms]
        for row in reversed(CheckpointTable(log.engine, log.log_id).of_size(run.signed_size)):
            try:
                opened = open_checkpoint(bytes(row.note), keys, terms=trust.terms)
            except (FormatError, VerificationError):
                continue
            return opened.raw.decode()
        return None


class _Pace:
    """Lets others have the core between two pages, and ends when it is told to."""

    def __init__(self, stop: Event, share: float) -> None:
        self._stop = stop
        self._pause_per_s = 1.0 / share - 1.0
        self._since = time.monotonic()

    def __call__(self, _records_checked: int) -> None:
        if self._stop.is_set():
            raise StoppedError
        pause_s = (time.monotonic() - self._since) * self._pause_per_s
        if pause_s >= _LEAST_PAUSE_S:
            self._stop.wait(pause_s)
            self._since = time.monotonic()


def _run_of(report: Report, began_at: datetime, ended_at: datetime) -> Run:
    fault = report.first_fault
    return Run(
        began_at=began_at,
        ended_at=ended_at,
        outcome=report.outcome,
        first_index=report.first_index,
        size=report.size,
        root=report.root.hex() or None,
        records_checked=report.records_checked,
        disclosures_checked=report.disclosures_checked,
        signed_size=report.signed_size,
        fault=None if fault is None else Fault.of(fault),
        faults=sum(number for verdict, number in report.counts.items() if verdict not in NO_FAULT),
        through=_through_of(report),
    )


def _through_of(report: Report) -> SeenThrough | None:
    largest = max(report.anchored_through, key=lambda each: each.size, default=None)
    if largest is None:
        return None
    return SeenThrough(size=largest.size, anchored_at=largest.anchored_at, parties=len(largest.by))
