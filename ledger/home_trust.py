"""What a home brings to the verification of its own log: keys, kept checkpoints, parties."""

from collections.abc import Iterable
from typing import Final

from ledger.anchor_check import with_anchors
from ledger.anchors.settings import AnchorSettings, read_anchor_settings
from ledger.home import Home
from ledger.levels import Trust
from ledger.signing.signing_folder import SigningFolder
from ledger.store.sealed_log import SealedLog
from ledger.verification.checkpoint_check import HeldCheckpoint
from ledger.verification.findings import Report

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
    report: Report, log: SealedLog, home: Home, trust: Trust, first_size: int
) -> Report:
    """The report with what is wrong with stored anchors, where the settings name parties.

    Args:
        report: What the records and checkpoints gave.
        log: Whose anchors.
        home: Whose settings.
        trust: The keys of the log.
        first_size: Anchors of smaller checkpoints are not looked at.
    """
    return with_anchors(report, log, trust.terms, parties_of(home), first_size)
