"""The one table of exit codes; which error ends with which stands in `ledger.problem_types`.

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
    ExitCode.UNAVAILABLE: "database, disk, lock, key out of reach, or a check, an export not whole",
    ExitCode.NOT_AUTHORISED: "no credentials, not enough of them, or a legal hold forbids it",
    ExitCode.DEADLINE_PASSED: "a deadline has passed",
    ExitCode.PROMISE_BROKEN: "a promise was broken, and it was asked to check that",
}
