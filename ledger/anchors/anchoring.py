"""Takes one stored checkpoint to every configured party and keeps what they say.

Anchoring is a step of its own over a stored checkpoint: appending and sealing never wait for it,
and a party that is away costs nothing but time here. It can be stopped and repeated at any point:
each anchor is durable before the next party is asked, and who anchored already is not asked again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.anchors.anchor import Anchor, AnchorStore, cosigned_note
from ledger.anchors.backoff import Backoff, Fraction, Sleep
from ledger.anchors.parties import Party
from ledger.errors import AuthorityRefused, AuthorityUnavailable, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint
from ledger.notes.policy import Policy
from ledger.notes.signed_note import encode_note
from ledger.units import Size

NotAnchored = AuthorityUnavailable | AuthorityRefused | VerificationError
_ABOUT_THE_ANSWER: Final = frozenset({"TIMESTAMP_INVALID", "BAD_SIGNATURE", "UNKNOWN_KEY"})
_DEFAULT_BACKOFF: Final = Backoff()


@dataclass(frozen=True, slots=True)
class Failure:
    """A party that gave no anchor, and why."""

    party: Party
    error: NotAnchored


@dataclass(frozen=True, slots=True)
class AnchoringReport:
    """What is anchored for one checkpoint now."""

    checkpoint: VerifiedCheckpoint
    earlier: tuple[Anchor, ...]
    """Those that were there before."""
    added: tuple[Anchor, ...]
    """In the order in which they came."""
    failures: tuple[Failure, ...]
    """In the order of the parties."""

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """All that is kept for the checkpoint."""
        return self.earlier + self.added

    @property
    def faults(self) -> tuple[VerificationError, ...]:
        """Evidence that our history is not what it was, such as FORK: a person is needed at once.

        An answer that does not hold by itself says something about the party only.
        """
        return tuple(
            failure.error
            for failure in self.failures
            if isinstance(failure.error, VerificationError)
            and failure.error.verdict not in _ABOUT_THE_ANSWER
        )


def anchor_checkpoint(
    checkpoint: VerifiedCheckpoint,
    parties: Sequence[Party],
    store: AnchorStore,
    *,
    sleep: Sleep,
    fraction: Fraction,
    backoff: Backoff = _DEFAULT_BACKOFF,
    renew_before: datetime | None = None,
) -> AnchoringReport:
    """Asks every party that has not anchored this checkpoint yet, and keeps what they give.

    Parties that are away are asked again after a pause, all in one round, so that several absent
    ones cost no more waiting than one. A party that anchored a larger size is left alone.

    Args:
        checkpoint: The newest one; a witness that has cosigned more calls an older one rolled back.
        parties: Each name once per kind.
        store: Keeps each anchor as soon as it came.
        sleep: Waits between rounds.
        fraction: Spreads the waits.
        backoff: How often, and how long to wait.
        renew_before: Anchors from before this instant are not enough; without it any is. The
            checkpoint of an idle log is always the same, so only a later anchor shows that it is.

    Raises:
        StoreUnavailable: an anchor could not be kept; those before it are.
    """
    earlier = tuple(store.anchors_of(checkpoint.size))
    current = [one for one in earlier if renew_before is None or one.anchored_at >= renew_before]
    pending = _still_to_ask(checkpoint, parties, store, current)
    added: list[Anchor] = []
    failures: dict[tuple[str, str], Failure] = {}
    for pause in (0.0, *backoff.pauses(fraction)):
        if not pending:
            break
        if pause:
            sleep(pause)
        again: dict[Party, Size] = {}
        for party, known_size in pending.items():
            try:
                anchor = party.ask(checkpoint, known_size)
            except (AuthorityUnavailable, AuthorityRefused, VerificationError) as error:
                failures[party.kind, party.name] = Failure(party, error)
                if isinstance(error, AuthorityUnavailable):
                    again[party] = known_size
                continue
            store.add(anchor)
            added.append(anchor)
            failures.pop((party.kind, party.name), None)
        pending = again
    ordered = (failures.get((party.kind, party.name)) for party in parties)
    return AnchoringReport(
        checkpoint, earlier, tuple(added), tuple(failure for failure in ordered if failure)
    )


def require_quorum(
    policy: Policy,
    checkpoint: VerifiedCheckpoint,
    anchors: Iterable[Anchor],
    terms: Iterable[KeyTerm] = (),
) -> VerifiedCheckpoint:
    """The checkpoint with its cosignatures, if they satisfy the policy.

    Args:
        policy: Names the log's keys, its witnesses and how many of them are enough.
        checkpoint: Ours.
        anchors: What was kept for it; everything is verified again.
        terms: Which sizes each key of the log may sign; a key without one may sign every size.

    Raises:
        FormatError: kept evidence is no signature line.
        VerificationError: too few witnesses cosigned (UNKNOWN_KEY) or a kept cosignature fails
            (BAD_SIGNATURE).
    """
    return policy.open_checkpoint(encode_note(cosigned_note(checkpoint, anchors)), terms)


def _still_to_ask(
    checkpoint: VerifiedCheckpoint,
    parties: Iterable[Party],
    store: AnchorStore,
    current: Iterable[Anchor],
) -> dict[Party, Size]:
    """Who has to be asked, and the largest size that each has anchored before."""
    done = {(anchor.kind, anchor.authority) for anchor in current}
    pending: dict[Party, Size] = {}
    for party in parties:
        newest = store.newest(party.kind, party.name)
        known_size = newest.size if newest else Size(0)
        if (party.kind, party.name) not in done and known_size <= checkpoint.size:
            pending[party] = known_size
    return pending
