"""What a home brings to the verification of its own log: keys, kept checkpoints, parties."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from ledger.anchor_check import with_anchors
from ledger.anchors.settings import AnchorSettings, read_anchor_settings
from ledger.errors import StoreUnavailable
from ledger.home import Home
from ledger.levels import Trust
from ledger.many_logs.collected_check import (
    CheckpointsLog,
    CollectedReport,
    anchored_through,
    check_collected,
)
from ledger.many_logs.home_logs import log_beside, logs_of_checkpoints, whole_home
from ledger.signing.signing_folder import SigningFolder
from ledger.store.sealed_log import SealedLog
from ledger.verification.checkpoint_check import HeldCheckpoint
from ledger.verification.findings import FindingLog, Report, with_findings

SIGNER_STATE: Final = "signer state"


def trust_of(home: Home, held: Iterable[HeldCheckpoint] = ()) -> Trust:
    """The keys of a home, with what its signer signed last and what else was kept.

    To be asked before the log is: what was signed by then, the log must still lead to.

    Args:
        home: Which.
        held: Checkpoints that were kept elsewhere.

    Raises:
        StoreUnavailable: keys or state cannot be read.
        FormatError: the list of keys is none.
    """
    folder = SigningFolder(home.folder)
    kept = list(held)
    if folder.state.path.exists():
        last = folder.state.read().note
        kept += [HeldCheckpoint(SIGNER_STATE, last)] if last is not None else []
    return Trust(folder.terms(), tuple(kept))


def parties_of(home: Home) -> AnchorSettings:
    """Whose word about checkpoints counts in a home.

    Raises:
        BadRequest: a setting cannot be understood.
        StoreUnavailable: settings or roots cannot be read.
    """
    return read_anchor_settings(home.all_settings(), home.folder)


def with_home_anchors(
    report: Report,
    log: SealedLog,
    home: Home,
    trust: Trust,
    first_size: int,
) -> Report:
    """The report with what independent parties say, and the logs of checkpoints of the home.

    Args:
        report: What the records and checkpoints gave.
        log: Whose anchors.
        home: Whose settings.
        trust: The keys of the log.
        first_size: Anchors and collected checkpoints of smaller sizes are not looked at.
    """
    own = with_anchors(report, log, trust.terms, parties_of(home), first_size)
    everything = first_size == 0 and own.records_checked > 0
    return with_collected(own, log, home, first_size, everything=everything)


def with_collected(
    report: Report,
    log: SealedLog,
    home: Home,
    first_size: int,
    *,
    everything: bool,
) -> Report:
    """The report with what the logs of checkpoints of the home say about the log.

    One that cannot be read is named in the report: what it says was not compared.

    Args:
        report: What was found so far.
        log: Which log.
        home: Its home.
        first_size: Collected checkpoints of smaller sizes are not compared.
        everything: Whether all others are, or the newest ones only.
    """
    found, said, unread = FindingLog(), list[CollectedReport](), list[str]()
    for name, collecting in logs_of_checkpoints(whole_home(home)):
        if collecting.settings().origin == log.origin:
            continue
        try:
            with _checkpoints_log(name, collecting, home, log) as opened:
                said.append(check_collected(log, opened, first_size, everything=everything))
        except StoreUnavailable as error:
            unread.append(f"log of checkpoints {name}: {error}")
            continue
        found.absorb(said[-1].findings)
    return replace(
        with_findings(report, found),
        anchored_through=anchored_through(said),
        unread_logs=tuple(unread),
    )


@contextmanager
def _checkpoints_log(
    name: str, home: Home, mine: Home, beside: SealedLog
) -> Iterator[CheckpointsLog]:
    """A log of checkpoints with what its home brings to verify it."""
    trust, parties = trust_of(home), parties_of(home)
    with log_beside(home, mine, beside) as log:
        yield CheckpointsLog(name, log, trust, parties)
