"""The words and people of a case, shown against a reading that is recorded first."""

from typing import TYPE_CHECKING, Any

from cli.reader import opening_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from ledger.ledger import Ledger
    from ledger.reading import Opening
    from projections.cases.reading import Moment


def opening_of(
    ledger: "Ledger",
    typed: "Mapping[str, Any]",
    moment: "Moment",
    streams: "Sequence[UUID]",
    question: str,
) -> "Opening | None":
    """The right to show a case's words, if they were asked for and may be seen; else `None`.

    Args:
        ledger: The log.
        typed: The options `identities` and `purpose`.
        moment: Which steps are shown.
        streams: Of the case and those that it is linked with.
        question: What is asked, without identities in it.

    Raises:
        UsageError: they are asked for without a purpose.
    """
    from projections.cases.reading import case_records  # noqa: PLC0415 - start time: see cli/app.py

    return opening_for(
        ledger, typed, lambda: case_records(ledger, moment, streams=streams), question
    )
