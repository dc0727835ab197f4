"""The steps of a subject's request, one event each."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from cli.case_step import StepCommand, StepHelp
from formats.steps.request import REQUEST_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.events import Event
    from ledger.ledger import Ledger
    from projections.cases.warned import Warned


def contradictions(
    ledger: "Ledger", zone: str, stream: UUID | None, event: "Event"
) -> "Sequence[Warned]":
    """What a step contradicts in its request as it is recorded now."""
    from projections.cases.contradictions import request_contradictions  # noqa: PLC0415 - start time: see cli/app.py

    return request_contradictions(ledger, zone, stream, event)


def _command(name: str, text: str, *examples: str) -> StepCommand:
    return StepCommand(name, REQUEST_STEPS[name], StepHelp(text, examples), contradictions)


receive: Final = _command(
    "receive",
    "Record that a request came in; its term runs from --received-at, or from when it occurred.",
    "zegel request receive R-12 --right A15 --subject data-subject:customer:4711",
    "zegel request receive R-13 --right A17 --received-at 2026-11-20 --channel letter",
)
acknowledge: Final = _command(
    "acknowledge",
    "Record that the data subject was told that the request came in.",
    "zegel request acknowledge R-12 --channel e-mail",
)
ask_identity: Final = _command(
    "ask-identity",
    "Record that, because of doubt, the requester was asked to show who they are.\n\n"
    "The term is shown without the pause, which leads, and with it.",
    "zegel request ask-identity R-12 --reasons 'unknown address' --notified-at today",
)
identity_verified: Final = _command(
    "identity-verified",
    "Record that it is established who made the request.",
    "zegel request identity-verified R-12 --method video-call",
)
clarify: Final = _command(
    "clarify",
    "Record that the requester was asked what the request is about.",
    "zegel request clarify R-12 --reasons 'which account?'",
)
clarified: Final = _command(
    "clarified",
    "Record that the requester said what the request is about.",
    "zegel request clarified R-12",
)
extend: Final = _command(
    "extend",
    "Record that the term was extended by two months and the data subject was told why.\n\n"
    "It counts only if the notice went out in time. Three readings of the new end are shown; the "
    "earliest leads.",
    "zegel request extend R-12 --reasons 'many systems' --notified-at today",
)
fulfil: Final = _command(
    "fulfil",
    "Record that the request was granted and the answer sent.",
    "zegel request fulfil R-12 --notified-at today --evidence answer.pdf",
    "zegel request fulfil R-12 --partly yes --reasons 'one report names another person'",
)
refuse: Final = _command(
    "refuse",
    "Record that the request was refused, on a ground and naming the remedies.",
    "zegel request refuse R-12 --ground manifestly-unfounded --remedies-named complaint "
    "--remedies-named judicial-remedy",
)
withdraw: Final = _command(
    "withdraw",
    "Record that the data subject took the request back.",
    "zegel request withdraw R-12",
)
