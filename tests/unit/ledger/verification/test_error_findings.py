"""What a check raised becomes a line of a report, without saying anything twice."""

from ledger.errors import FormatError, MalformedRecord, VerificationError
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding


def test_a_verification_error_keeps_verdict_place_and_index() -> None:
    """A report would name another record, or none."""
    error = VerificationError("FORK", 4, "proof: expected root aa, found bb")
    assert finding_of(error, "x") == Finding("FORK", 4, "proof", "root aa", "bb")


def test_an_error_without_place_takes_that_of_its_check() -> None:
    """A reader could not tell which file is meant."""
    error = MalformedRecord("expected an empty line after the header, found none")
    found = Finding("MODIFIED", 7, "records/7", "an empty line after the header", "none")
    assert finding_of(error, "records/7", 7) == found


def test_a_wrapped_error_says_its_verdict_once() -> None:
    """A line of the report would be unreadable."""
    inner = MalformedRecord("index: expected a number, found x")
    found = finding_of(VerificationError("MODIFIED", 3, str(inner)), "y")
    assert found == Finding("MODIFIED", 3, "index", "a number", "x")


def test_text_of_another_form_is_kept() -> None:
    """What was found would be lost."""
    found = finding_of(VerificationError("BAD_SIGNATURE", None, "it fails"), "checkpoint")
    assert found == Finding("BAD_SIGNATURE", None, "checkpoint", "evidence that holds", "it fails")


def test_what_cannot_be_read_is_modified() -> None:
    """A damaged file would not count as a fault."""
    error = FormatError("checkpoint, line 2", "a size", "x")
    assert finding_of(error, "checkpoint") == Finding(
        "MODIFIED", None, "checkpoint, line 2", "a size", "x"
    )
    assert finding_of(error, "a proof").place == "a proof, checkpoint, line 2"
