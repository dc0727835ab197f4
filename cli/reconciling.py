"""The bans in a database of fail2ban beside those that the log tells of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cli.recording_rights import RecordingRights
from cli.taking_in import Collecting, Taken, take_in
from formats.fail2ban_blocks import PROGRAM, as_told_by
from formats.reading import Outcome, Skipped, Translated
from ledger.events.blocking import IpBlocked
from projections.investigation.told_bans import ComparedBans, ListedBan, compare_bans

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.ledger import Ledger

COLLECTOR: Final = "zegel-reconcile/1"
PARSERS: Final = (f"zegel-{PROGRAM}",)
"""Beginnings of the parsers that tell of bans: of the log, of the action, of the database."""
TOLD: Final = "a ban that the log tells of already"
ERASED: Final = "a ban that the log may have told of: the address of one that fits is erased"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A database and the log beside each other."""

    outcomes: tuple[Translated, ...]
    """The bans of the database, in its order."""
    found: ComparedBans
    """Its `bans` are those, in the same order."""

    def missing(self) -> list[Translated]:
        """The bans of which the log tells nothing."""
        pairs = zip(self.outcomes, self.found.bans, strict=True)
        return [each for each, ban in pairs if not ban.told and not ban.may_be_erased]


def reconcile_bans(
    ledger: "Ledger",
    outcomes: Sequence[Outcome],
    *,
    system: str | None,
    machine: str | None = None,
    since: "datetime | None" = None,
    until: "datetime | None" = None,
) -> Reconciled:
    """The bans among outcomes of the reader of the database, beside the log.

    Args:
        ledger: the log.
        outcomes: what the reader gave.
        system: under which the machine reports.
        machine: its own name, where the action states no system.
        since: told bans before this are not missed in the database.
        until: told bans from then on are not missed in it either.
    """
    bans = tuple(each for each in outcomes if isinstance(each, Translated))
    listed = [_listed(each, system, machine) for each in bans]
    found = compare_bans(ledger, listed, system=system, parsers=PARSERS, since=since, until=until)
    return Reconciled(bans, found)


def record_missing(ledger: "Ledger", missing: Sequence[Translated]) -> Taken:
    """What became of bans that the log lacked; durable on return."""
    return take_in(ledger, RecordingRights(ledger), missing, Collecting(COLLECTOR))


def without_told(
    ledger: "Ledger", outcomes: Iterator[Outcome], system: str | None
) -> list[Outcome]:
    """The same outcomes, where a ban that the log was told of in another way is skipped."""
    whole = list(outcomes)
    reconciled = reconcile_bans(ledger, whole, system=system)
    reasons: dict[int, str] = {}
    for ban, compared in zip(reconciled.outcomes, reconciled.found.bans, strict=True):
        own = any(block.event_id == ban.event.event_id for block in compared.told)
        if not own and (compared.told or compared.may_be_erased):
            reasons[id(ban)] = TOLD if compared.told else ERASED
    return [
        Skipped(each.place, reasons[id(each)], 1, each.end_offset) if id(each) in reasons else each
        for each in whole
    ]


def _listed(outcome: Translated, system: str | None, machine: str | None) -> ListedBan:
    event = outcome.event
    if not isinstance(event, IpBlocked):
        message = f"expected ip.blocked, found {type(event).__name__}"
        raise TypeError(message)
    block_ids = [event.block_id]
    if machine is not None:
        block_ids.append(as_told_by(machine, event.block_id, system))
    return ListedBan(tuple(block_ids), event.scope, event.occurred_at, event.until)
