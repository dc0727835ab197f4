"""Findings made of errors: what a check raised, as a line of a report."""

import re
from typing import Final, get_args

from ledger.errors import FormatError, VerificationError
from ledger.verdicts import Verdict
from ledger.verification.findings import Finding

_MESSAGE: Final = re.compile(
    r"(?:(?P<place>.*?): )?expected (?P<expected>.*), found (?P<found>.*)", re.DOTALL
)
_PREFIX: Final = re.compile(r"(?:[A-Z_]+: )?(?:record [0-9]+: )?")


def finding_of(
    error: VerificationError | FormatError, place: str, index: int | None = None
) -> Finding:
    """The finding that an error stands for.

    Args:
        error: Raised by a check; what cannot be read at all is `MODIFIED`.
        place: Where the check looked, for an error that does not say it itself.
        index: The record that it was about, likewise.
    """
    if isinstance(error, FormatError):
        where = error.place if error.place.startswith(place) else f"{place}, {error.place}"
        return Finding("MODIFIED", index, where[:200], error.expected[:200], error.found[:200])
    message = str(error)
    while stripped := _PREFIX.match(message).group():  # type: ignore[union-attr]  # it always matches
        message = message.removeprefix(stripped)
    said = _MESSAGE.fullmatch(message)
    verdict: Verdict = next((one for one in get_args(Verdict) if one == error.verdict), "MODIFIED")
    at = error.index if error.index is not None else index
    if said is None:
        return Finding(verdict, at, place, "evidence that holds", message[:200])
    where = said["place"] or place
    return Finding(verdict, at, where[:200], said["expected"][:200], said["found"][:200])
