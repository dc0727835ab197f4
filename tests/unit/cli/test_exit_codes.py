"""Every error of the ledger ends a command with the code that scripts rely on."""

from uuid import UUID

import pytest

from cli.exit_codes import MEANINGS, ExitCode, exit_code_of
from ledger import errors

ID = UUID(int=7)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.VerificationError("MODIFIED", 3, "expected a, found b"), 3),
        (errors.MalformedRecord("expected a header", 3), 3),
        (errors.MalformedEvent("access.used.v1", "act", "a word", "1"), 2),
        (errors.EventIdReused(ID, 1, 2), 2),
        (errors.StreamConflict(ID, 1, 2), 4),
        (errors.NotAuthorised("no"), 5),
        (errors.FormatError("line 1", "a time", "none"), 2),
        (errors.BadRequest("what?"), 2),
        (errors.StoreUnavailable("locked"), 4),
        (errors.AuthorityUnavailable("away"), 4),
        (errors.AuthorityRefused("unknown origin"), 2),
        (errors.SubjectErased("gone"), 4),
        (PermissionError("no"), 4),
        (ValueError("ours"), 1),
    ],
)
def test_each_error_has_its_code(error: Exception, code: int) -> None:
    """A script would take broken evidence for a typing error, or our fault for its own."""
    assert exit_code_of(error) == code


def test_the_codes_are_those_that_were_agreed() -> None:
    """A script written for one version would misread the next."""
    assert [code.value for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert list(MEANINGS) == list(ExitCode)
