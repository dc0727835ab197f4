"""The one table of exit codes, and which error ends with which.

Only the exit code and standard output are a stable interface; *why* something failed is a word in
the message. 130 (interrupted) and 141 (the reader of a pipe left) follow the shell and have no
error of their own.
"""

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """What a script can tell from the end of a command."""

    FINE = 0
    UNEXPECTED = 1
    USAGE = 2
    EVIDENCE_BROKEN = 3
    UNAVAILABLE = 4
    NOT_AUTHORISED = 5
    DEADLINE_PASSED = 6
    PROMISE_BROKEN = 7


INTERRUPTED: Final = 130
"""128 + SIGINT, as a shell reports it."""

MEANINGS: Final[dict[ExitCode, str]] = {
    ExitCode.FINE: "answered, verified, nothing found",
    ExitCode.UNEXPECTED: "a fault of Zegel itself; --debug shows the trace",
    ExitCode.USAGE: "a wrong option, argument or setting, or input that cannot be read",
    ExitCode.EVIDENCE_BROKEN: "a record was changed, lost, reordered or cut off",
    ExitCode.UNAVAILABLE: "database, disk, lock or key out of reach, or a check not made",
    ExitCode.NOT_AUTHORISED: "no credentials, not enough of them, or a legal hold forbids it",
    ExitCode.DEADLINE_PASSED: "a deadline has passed",
    ExitCode.PROMISE_BROKEN: "a promise was broken, and it was asked to check that",
}


def exit_code_of(error: BaseException) -> ExitCode:
    """The code that a command ends with when this error ends it."""
    # Imported here: the tree of errors is not needed to print the help.
    from ledger import errors  # noqa: PLC0415 - start time: see cli/app.py

    table: tuple[tuple[type[BaseException], ExitCode], ...] = (
        (errors.VerificationError, ExitCode.EVIDENCE_BROKEN),
        (errors.NotAuthorised, ExitCode.NOT_AUTHORISED),
        (errors.LegalHoldStands, ExitCode.NOT_AUTHORISED),
        (errors.StreamConflict, ExitCode.UNAVAILABLE),  # another writer was first: try again
        (errors.RecordingRefused, ExitCode.USAGE),
        (errors.FormatError, ExitCode.USAGE),
        (errors.BadRequest, ExitCode.USAGE),
        (errors.SubjectErased, ExitCode.UNAVAILABLE),
        (errors.RecordsPruned, ExitCode.UNAVAILABLE),
        (errors.StoreUnavailable, ExitCode.UNAVAILABLE),
        (errors.AuthorityUnavailable, ExitCode.UNAVAILABLE),
        (errors.AuthorityRefused, ExitCode.USAGE),  # the address or the key is not what it knows
        (OSError, ExitCode.UNAVAILABLE),
    )
    return next((code for kind, code in table if isinstance(error, kind)), ExitCode.UNEXPECTED)
