"""Every error that Zegel raises on purpose.

    ZegelError
    ├─ RecordingRefused       the fact was not stored
    │   ├─ MalformedEvent     a field is wrong: names kind, field, expectation and finding
    │   ├─ NotAuthorised      the caller may not do this
    │   ├─ EventIdReused      the same event id came before with other content
    │   ├─ BatchRefused       facts that came together, some of them wrong: names each fault
    │   └─ StreamConflict     another writer was first; read again and retry
    ├─ VerificationError      evidence does not hold; carries index and verdict; never retried
    │   └─ MalformedRecord    sealed bytes that no encoder of ours wrote
    ├─ FormatError            a foreign document cannot be translated
    ├─ SubjectErased          the personal data is gone on purpose
    ├─ RecordsPruned          the records were exported and removed on purpose
    ├─ LegalHoldStands        data must be kept: carries the holds that forbid to erase them
    ├─ BadRequest             a question or setting that cannot be understood
    │   ├─ NotFound           what it names is not there
    │   ├─ TooLarge           more than is taken at once
    │   ├─ TooSlow            it did not arrive in time
    │   └─ UnsupportedForm    in a media type, charset or encoding that is not understood
    ├─ NotAuthenticated       nobody known asks
    ├─ TooOften               the caller asked too often; carries when to ask again
    ├─ StoreUnavailable       database, disk, lock or key file cannot be used; nothing was lost
    │   └─ OutcomeUnknown     not durable in time; sent again, it is stored once
    ├─ AuthorityUnavailable   a time-stamp authority or witness gave no usable answer; try later
    └─ AuthorityRefused       it answered that it will not; a person must change something

A class exists where a caller acts differently; facts are kept as fields. What came from a caller
stands in a message without citizen numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from uuid import UUID

from ledger.identifiers import masked

if TYPE_CHECKING:
    from ledger.events.access import AuthMethod
    from ledger.legal_hold import Hold


class ZegelError(Exception):
    """Anything that Zegel refuses, finds broken or cannot reach."""


class RecordingRefused(ZegelError):
    """The fact was not stored: it is malformed, unauthorised or contradicts what is stored."""

    place: int | None = None
    """Where it stands among the events that were to be recorded together, from 0, if known."""


class MalformedEvent(RecordingRefused):
    """A field of an event is not what its kind asks for."""

    def __init__(self, kind: str, field: str, expected: str, found: str) -> None:
        """Names the `kind`, the path of the `field`, what was expected and what came."""
        field = masked(field)
        super().__init__(f"{kind}: field {field}: expected {expected}, found {masked(found)}")
        self.kind = kind
        self.field = field
        self.expected = expected
        self.found = masked(found)


class NotAuthorised(RecordingRefused):
    """The caller lacks the right to do this."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """One event whose id is in the log already with other content."""

    place: int
    """Where it stands among the events that were to be recorded together, from 0."""
    event_id: UUID
    index: int
    """Where the id was used first."""
    conflict_index: int
    """Where the conflict was recorded."""


class EventIdReused(RecordingRefused):
    """The event id is in the log already with other content; only the conflict was recorded."""

    def __init__(
        self,
        event_id: UUID,
        index: int,
        conflict_index: int,
        conflicts: Sequence[Reuse] = (),
    ) -> None:
        """Names the reused id, the index that holds it and the index of the recorded conflict.

        Args:
            event_id: Of the first conflict.
            index: Where that id was used first.
            conflict_index: Where the conflict was recorded.
            conflicts: All of them, where several events came together.
        """
        more = f"; {len(conflicts)} events of this request conflict" if len(conflicts) > 1 else ""
        super().__init__(
            f"event id {event_id}: expected the content recorded at index {index}, "
            f"found other content (conflict recorded at index {conflict_index}){more}"
        )
        self.event_id = event_id
        self.index = index
        self.conflict_index = conflict_index
        self.conflicts = tuple(conflicts)
        if conflicts:
            self.place = conflicts[0].place


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of what was sent."""

    pointer: str
    """A JSON Pointer into it, such as `/3/data/resource`; empty: all of it."""
    expected: str
    found: str

    def __str__(self) -> str:
        """The fault in words."""
        return f"{self.rule}, found {self.found}"

    @property
    def rule(self) -> str:
        """Place and expectation, without what was found: that may name people."""
        return f"{self.pointer or 'all of it'}: expected {self.expected}"


class BatchRefused(RecordingRefused):
    """Facts that came together were refused whole, because some of them are wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Names every fault; citizen numbers in what was found are masked."""
        self.faults = tuple(
            Fault(masked(fault.pointer), fault.expected, masked(fault.found)) for fault in faults
        )
        more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
        super().__init__(f"{self.faults[0]}{more}")


class StreamConflict(RecordingRefused):
    """Another writer appended to the stream first."""

    def __init__(self, stream: UUID, expected_version: int, found_version: int) -> None:
        """Names the stream, the version the caller built on and the version found."""
        super().__init__(
            f"stream {stream}: expected version {expected_version}, found {found_version}"
        )
        self.stream = stream
        self.expected_version = expected_version
        self.found_version = found_version


class VerificationError(ZegelError):
    """Evidence does not hold."""

    def __init__(self, verdict: str, index: int | None, message: str) -> None:
        """Carries a verdict of the closed list and the index that it is about, if any."""
        place = f"record {index}: " if index is not None else ""
        super().__init__(f"{verdict}: {place}{message}")
        self.verdict = verdict
        self.index = index


class MalformedRecord(VerificationError):
    """Sealed bytes that no encoder of ours wrote."""

    def __init__(self, message: str, index: int | None = None) -> None:
        """Says which part of the record was expected and what stands there."""
        super().__init__("MODIFIED", index, message)


class FormatError(ZegelError):
    """A foreign document, or one line of it, cannot be translated."""

    def __init__(self, place: str, expected: str, found: str) -> None:
        """Names the place (`line 12`), what was expected and what came."""
        place = masked(place)
        super().__init__(f"{place}: expected {expected}, found {masked(found)}")
        self.place = place
        self.expected = expected
        self.found = masked(found)


class SubjectErased(ZegelError):
    """The personal data is gone on purpose."""


class LegalHoldStands(ZegelError):
    """What was to be erased must be kept; nothing was."""

    def __init__(self, what: str, holds: Sequence["Hold"]) -> None:
        """Names what was to be erased and the holds on it, with tokens for people."""
        said = "; ".join(_told(hold) for hold in holds)
        super().__init__(f"{what}: expected no legal hold, found {said}; nothing was erased")
        self.what = what
        self.holds = tuple(holds)


def _told(hold: "Hold") -> str:
    end = hold.valid_until
    until = f"until {end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if end else "until it is released"
    by = f", placed by {hold.placed_by}" if hold.placed_by else ""
    basis = f", on the basis of {hold.basis}" if hold.basis else ""
    return f"{hold.token} (record {hold.index}{by}{basis}) {until}"


class RecordsPruned(ZegelError):
    """The records asked for were exported and removed on purpose; their export has them."""


class BadRequest(ZegelError):
    """A question or setting that cannot be understood."""

    def __init__(self, message: str) -> None:
        """Names what was expected and what came, a citizen number in it masked."""
        super().__init__(masked(message))


class NotFound(BadRequest):
    """What was asked for is not there."""


class TooLarge(BadRequest):
    """What was sent is larger, deeper or longer than what is taken at once; nothing was stored."""


class TooSlow(BadRequest):
    """What was sent did not arrive in time; nothing was stored of what was not acknowledged."""


class UnsupportedForm(BadRequest):
    """What was sent is in a media type, charset or encoding that is not understood here."""


class NotAuthenticated(ZegelError):
    """The caller did not say who they are, or could not prove it."""

    def __init__(
        self,
        message: str,
        *,
        reason: str = "no-credentials",
        method: "AuthMethod | None" = None,
        identity: str | None = None,
        key_id: UUID | None = None,
    ) -> None:
        """Says what was expected; what else is known is for the log, not for the caller.

        Args:
            message: For whoever asks.
            reason: One word, such as `wrong-secret`.
            method: How they tried to prove who they are.
            identity: Who they are, where only the time of their proof is over.
            key_id: The API key that they named, if there is such a key.
        """
        super().__init__(message)
        self.reason = reason
        self.method = method
        self.identity = identity
        self.key_id = key_id


class TooOften(ZegelError):
    """The caller asked too often."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        """Says which limit was passed and after how many seconds asking again may help."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class StoreUnavailable(ZegelError):
    """The database, its disk, its lock or the key file cannot be used; nothing was lost."""


class OutcomeUnknown(StoreUnavailable):
    """The fact was not durable in time and may still become so: sent again, it is stored once."""


class AuthorityUnavailable(ZegelError):
    """A time-stamp authority or witness gave no usable answer; asking again may help."""


class AuthorityRefused(ZegelError):
    """A time-stamp authority or witness will not serve this log; asking again does not help."""
