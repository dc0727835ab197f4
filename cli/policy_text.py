"""The text of a statement as the log keeps it, opened against a recorded reading."""

from hashlib import sha256
from typing import TYPE_CHECKING

from cli.reader import authorise, reading_of
from ledger.errors import BadRequest, SubjectErased, VerificationError
from ledger.events.policy import PolicyPublished
from ledger.personal import WITHHELD

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.statements import StandingStatement


def stored_text(ledger: "Ledger", statement: "StandingStatement", purpose: str | None) -> str:
    """The text of a version, whose hash is the one that was published.

    Args:
        ledger: The log.
        statement: The version.
        purpose: Why it is opened; goes into the record of the reading.

    Raises:
        BadRequest: the log keeps the hash only, or the purpose is none of the list.
        NotAuthorised: the account may not open values; the attempt was recorded.
        SubjectErased: the text was erased.
        VerificationError: the text has another hash.
    """
    policy = statement.policy
    if statement.text_index is None:
        raise BadRequest(
            f"{policy.policy_id}: expected a version whose text was kept, found its hash only; "
            "zegel policy publish FILE --text STATEMENT keeps it"
        )
    authorise(ledger, "resolve")
    index = statement.text_index
    rows = list(ledger.log.scan(index, index + 1))
    question = f"policy text {policy.policy_id} {policy.text_sha256}"
    opening = ledger.record_reading(reading_of(purpose), question, rows, fields=_is_text)
    (opened,) = ledger.open_records(rows, identities=opening)
    event = opened.event
    if not isinstance(event, PolicyPublished) or WITHHELD in event.text:
        raise SubjectErased(f"{policy.policy_id}: expected the text, found that it was erased")
    text = "".join(event.text)
    found = sha256(text.encode()).hexdigest()
    if found != policy.text_sha256:
        raise VerificationError(
            "MODIFIED", index, f"text: expected SHA-256 {policy.text_sha256}, found {found}"
        )
    return text


def _is_text(_kind: str, path: str) -> bool:
    """The stretches alone: who published it stays a token."""
    return path.partition("/")[0] == "text"
