"""What identities may be looked at for: a closed list, so that readings can be counted by purpose.

Source: GDPR art. 5(1)(b) (purposes are specified), art. 33-34 (breaches), art. 12-22 (requests);
NEN 7513 (every line names a purpose of use).
"""

from typing import Final

from ledger.errors import BadRequest

OTHER: Final = "other"

PURPOSES: Final[dict[str, str]] = {
    "incident-investigation": "finding out what happened in a security incident",
    "intrusion-prevention": "keeping out who tries to get in",
    "breach-assessment": "judging a personal data breach and whom to tell",
    "subject-request": "answering somebody who asks for access, correction or erasure",
    "access-review": "checking that access is what it should be",
    "legal-hold": "placing or lifting a duty to preserve",
    "retention": "carrying out a retention rule or an erasure",
    "regulator-request": "answering a supervisory authority or a court",
    "audit": "an audit, inside or outside the organisation",
    "operations": "finding a fault in a system, or helping somebody who uses it",
    OTHER: "another purpose, in the reader's own words",
}
"""Each with what it means."""


def require_purpose(purpose: str) -> None:
    """Passes if a purpose is one of the list.

    Raises:
        BadRequest: it is not.
    """
    if purpose not in PURPOSES:
        raise BadRequest(f"purpose: expected one of {', '.join(PURPOSES)}, found {purpose!r}")
