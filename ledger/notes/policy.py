"""A trust policy: which logs are believed, and how many witnesses must have seen a checkpoint.

Invariants: a member of a group is defined before it and belongs to no other group, so that no
witness counts twice and no group contains itself; no public key appears twice among the logs or
among the witnesses.

Source: C2SP tlog-policy, main branch of 2026-07 (no tag).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.note_keys import KeyType, VerifierKey
from ledger.notes.spelling import shown

NO_QUORUM: Final = b"none"
MAX_OF_A_KIND: Final = 256
"""So many logs, witnesses and groups may a policy have."""


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints are believed; its origin is the name of its key."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness, and how the policy calls it."""

    name: bytes
    """Opaque; has a meaning in this policy alone."""
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Witnesses and groups of which at least `threshold` must have seen a checkpoint."""

    name: bytes
    threshold: int
    """1 to the number of members."""
    members: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which logs are believed, and on whose word.

    Raises:
        FormatError: one of the invariants above does not hold.
    """

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[PolicyWitness, ...] = ()
    groups: tuple[PolicyGroup, ...] = ()
    """In an order in which members come before the groups that name them."""
    quorum: bytes = NO_QUORUM
    """A witness or a group; `none`: no witness is needed."""

    def __post_init__(self) -> None:
        for what, parts in (("log", self.logs), ("witness", self.witnesses)):
            _require_few(what, parts)
            _require_distinct(f"{what} key", (one.key.public_key.hex() for one in parts))
        _require_few("group", self.groups)
        for log in self.logs:
            _require_type("log", log.key, KeyType.ED25519)
        for witness in self.witnesses:
            _require_type("witness", witness.key, KeyType.COSIGNATURE)
        self._require_names()

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the logs."""
        return tuple(log.key for log in self.logs)

    @property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the witnesses."""
        return tuple(witness.key for witness in self.witnesses)

    def open_checkpoint(self, raw: bytes, terms: Iterable[KeyTerm] = ()) -> VerifiedCheckpoint:
        """The checkpoint in the bytes of a note, if this policy believes it.

        Args:
            raw: The note, from anywhere.
            terms: Limits of log keys; a key without one may sign every size.

        Raises:
            FormatError: the bytes are no checkpoint.
            VerificationError: a known key's signature fails (BAD_SIGNATURE), no believed log
                signed it, or too few witnesses did (UNKNOWN_KEY).
        """
        checkpoint = open_checkpoint(raw, self.log_keys, self.witness_keys, terms)
        self.require_quorum(one.key for one in checkpoint.cosignatures)
        return checkpoint

    def require_quorum(self, cosigners: Iterable[VerifierKey]) -> None:
        """Returns only if these witnesses, whose cosignatures were verified, are enough.

        Raises:
            VerificationError: they are not (UNKNOWN_KEY).
        """
        seen_by = frozenset(cosigners)
        seen = {witness.name for witness in self.witnesses if witness.key in seen_by}
        found = len(seen)
        for group in self.groups:
            if sum(member in seen for member in group.members) >= group.threshold:
                seen.add(group.name)
        if self.quorum not in {NO_QUORUM, *seen}:
            raise VerificationError(
                "UNKNOWN_KEY",
                None,
                f"checkpoint: expected cosignatures that satisfy quorum {shown(self.quorum)}, "
                f"found {found} of {len(self.witnesses)} witnesses",
            )

    def _require_names(self) -> None:
        defined = {witness.name for witness in self.witnesses}
        taken: list[bytes] = []
        for group in self.groups:
            _require_group(group, defined)
            taken += group.members
            defined.add(group.name)
        names = [witness.name for witness in self.witnesses]
        names += [group.name for group in self.groups]
        _require_distinct("name", (*names, NO_QUORUM))
        _require_distinct("group member", taken)
        if self.quorum not in {NO_QUORUM, *defined}:
            raise FormatError("policy, quorum", "a witness or a group", shown(self.quorum))


def _require_group(group: PolicyGroup, defined: set[bytes]) -> None:
    place = f"policy, group {shown(group.name)}"
    if unknown := [member for member in group.members if member not in defined]:
        raise FormatError(place, "members that stand above it", shown(unknown[0]))
    if not 1 <= group.threshold <= len(group.members):
        raise FormatError(place, f"a number from 1 to {len(group.members)}", str(group.threshold))


def _require_few(what: str, parts: Sequence[object]) -> None:
    if len(parts) > MAX_OF_A_KIND:
        raise FormatError(f"policy, {what}", f"at most {MAX_OF_A_KIND}", str(len(parts)))


def _require_distinct(what: str, values: Iterable[str | bytes]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise FormatError(f"policy, {what}", "each one once", f"{shown(twice[0])} twice")


def _require_type(what: str, key: VerifierKey, wanted: KeyType) -> None:
    if key.key_type is not wanted:
        expected = f"a key of type 0x{wanted:02x}"
        raise FormatError(f"policy, {what}", expected, f"0x{key.key_type:02x}")
