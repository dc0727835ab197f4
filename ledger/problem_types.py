"""The one table of what can go wrong, told alike by every way in: exit code, HTTP, gRPC.

Each error class of `ledger.errors` has one row, found by the nearest class; the order matters only
between a class and its subclasses. The name is the end of the problem's URI and never changes.

Source: RFC 9457 §3.1 (type, title, status); RFC 9110 §15 (statuses); gRPC status codes.
"""

from dataclasses import dataclass
from typing import Final

from ledger import errors
from ledger.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One thing that can go wrong."""

    name: str
    """The end of its URI: `malformed-event`."""
    title: str
    status: int
    """Of HTTP."""
    grpc: str
    """The name of a gRPC status code."""
    exit_code: ExitCode
    retryable: bool = False
    """Whether asking the same again later may help."""


_USAGE: Final = ExitCode.USAGE
_UNAVAILABLE: Final = ExitCode.UNAVAILABLE
_NOT_AUTHORISED: Final = ExitCode.NOT_AUTHORISED

UNEXPECTED: Final = ProblemType(
    "unexpected", "A fault of Zegel itself", 500, "INTERNAL", ExitCode.UNEXPECTED
)

_STORE: Final = ProblemType(
    "unavailable",
    "Database, disk, lock or key cannot be used; nothing was lost",
    503,
    "UNAVAILABLE",
    _UNAVAILABLE,
    retryable=True,
)

_MALFORMED: Final = ProblemType(
    "malformed-event",
    "A field of the event is not what its kind asks for",
    422,
    "INVALID_ARGUMENT",
    _USAGE,
)

PROBLEM_TYPES: Final[tuple[tuple[type[BaseException], ProblemType], ...]] = (
    (
        errors.VerificationError,
        ProblemType(
            "evidence-broken",
            "The evidence does not hold",
            500,
            "DATA_LOSS",
            ExitCode.EVIDENCE_BROKEN,
        ),
    ),
    (
        errors.NotAuthenticated,
        ProblemType(
            "not-authenticated",
            "Say who you are",
            401,
            "UNAUTHENTICATED",
            _NOT_AUTHORISED,
        ),
    ),
    (
        errors.NotAuthorised,
        ProblemType(
            "not-authorised",
            "You may not do this",
            403,
            "PERMISSION_DENIED",
            _NOT_AUTHORISED,
        ),
    ),
    (
        errors.LegalHoldStands,
        ProblemType(
            "legal-hold-stands",
            "A legal hold forbids it",
            409,
            "FAILED_PRECONDITION",
            _NOT_AUTHORISED,
        ),
    ),
    (
        errors.StreamConflict,
        ProblemType(
            "stream-conflict",
            "Another writer was first",
            409,
            "ABORTED",
            _UNAVAILABLE,  # read again, and try again
        ),
    ),
    (
        errors.EventIdReused,
        ProblemType(
            "event-id-reused",
            "The event id is known with other content",
            409,
            "INVALID_ARGUMENT",  # OTLP has no conflict: what cannot be stored is bad data there
            _USAGE,
        ),
    ),
    (errors.MalformedEvent, _MALFORMED),
    (errors.BatchRefused, _MALFORMED),
    (
        errors.RecordingRefused,
        ProblemType(
            "recording-refused", "The fact was not stored", 422, "INVALID_ARGUMENT", _USAGE
        ),
    ),
    (
        errors.FormatError,
        ProblemType("unreadable", "What was sent cannot be read", 400, "INVALID_ARGUMENT", _USAGE),
    ),
    (
        errors.NotFound,
        ProblemType("not-found", "There is no such thing", 404, "NOT_FOUND", _USAGE),
    ),
    (
        errors.TooLarge,
        ProblemType("too-large", "More than is taken at once", 413, "RESOURCE_EXHAUSTED", _USAGE),
    ),
    (
        errors.TooSlow,
        ProblemType("too-slow", "It did not arrive in time", 408, "DEADLINE_EXCEEDED", _USAGE),
    ),
    (
        errors.UnsupportedForm,
        ProblemType(
            "unsupported-form",
            "A media type, charset or encoding that is not understood",
            415,
            "INVALID_ARGUMENT",
            _USAGE,
        ),
    ),
    (
        errors.BadRequest,
        ProblemType(
            "bad-request", "The request cannot be understood", 400, "INVALID_ARGUMENT", _USAGE
        ),
    ),
    (
        errors.TooOften,
        ProblemType(
            "too-often", "Too many requests", 429, "UNAVAILABLE", _UNAVAILABLE, retryable=True
        ),
    ),
    (
        errors.SubjectErased,
        ProblemType(
            "subject-erased", "Erased on purpose", 410, "FAILED_PRECONDITION", _UNAVAILABLE
        ),
    ),
    (
        errors.RecordsPruned,
        ProblemType(
            "records-pruned",
            "Exported and removed on purpose",
            410,
            "FAILED_PRECONDITION",
            _UNAVAILABLE,
        ),
    ),
    (
        errors.OutcomeUnknown,
        ProblemType(
            "outcome-unknown",
            "Not durable in time; sent again with the same id, it is stored once",
            503,
            "UNAVAILABLE",
            _UNAVAILABLE,
            retryable=True,
        ),
    ),
    (
        errors.StoreUnavailable,
        _STORE,
    ),
    (
        errors.AuthorityUnavailable,
        ProblemType(
            "authority-unavailable",
            "A time-stamp authority, witness or issuer of tokens gives no answer",
            503,
            "UNAVAILABLE",
            _UNAVAILABLE,
            retryable=True,
        ),
    ),
    (
        errors.AuthorityRefused,
        ProblemType(  # the address or the key is not what it knows
            "authority-refused",
            "A time-stamp authority or witness refuses",
            502,
            "FAILED_PRECONDITION",
            _USAGE,
        ),
    ),
    (
        OSError,
        _STORE,
    ),
)
"""Each error class with its row; a subclass stands before its class."""


def problem_type_of(error: BaseException) -> ProblemType:
    """What went wrong; an error that nobody foresaw is a fault of Zegel."""
    return next((row for kind, row in PROBLEM_TYPES if isinstance(error, kind)), UNEXPECTED)
