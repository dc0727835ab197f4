"""What contradicts the state of a subject's request: said, and recorded nevertheless.

Source: GDPR art. 12(3), 12(4) and 12(6).
"""

from collections.abc import Iterator, Sequence

from ledger.events import Event
from ledger.events.subject_requests import (
    AnswerFields,
    DsrExtended,
    DsrFulfilled,
    DsrIdentityRequested,
    DsrReceived,
    DsrRefused,
    DsrWithdrawn,
)
from projections.cases.clock import Clock
from projections.cases.subject_request import SubjectRequest

_STATUTORY = "gdpr-12-3"


def request_warnings(
    request: SubjectRequest | None, event: Event, clocks: Sequence[Clock]
) -> list[str]:
    """What a step that is about to be recorded contradicts, in sentences.

    Args:
        request: The request before the step; `None` where nothing of it is recorded.
        event: The step.
        clocks: Those of the request.
    """
    if request is None or request.received is None:
        return [] if isinstance(event, DsrReceived) else ["no receipt of this request is recorded"]
    return list(_found(request, event, clocks))


def _found(request: SubjectRequest, event: Event, clocks: Sequence[Clock]) -> Iterator[str]:
    if request.received is None:
        return
    if isinstance(event, DsrReceived):
        yield f"its receipt is recorded already (record {request.received.index})"
    if isinstance(event, DsrFulfilled | DsrRefused | DsrWithdrawn) and request.answered is not None:
        yield f"the request ended before (record {request.answered.index}, {request.outcome})"
    if isinstance(event, DsrRefused):
        yield from _of_refusal(event)
    if isinstance(event, DsrIdentityRequested) and event.reasons is None:
        yield "a question for identity needs a reasonable doubt: no reasons given [art. 12(6)]"
    if isinstance(event, DsrExtended):
        yield from _of_extension(request, event)
    if isinstance(event, AnswerFields):
        received_at = request.received_at
        if received_at is not None and (event.notified_at or event.occurred_at) < received_at:
            yield f"it is told before the request came in (record {request.received.index})"
        yield from _of_lateness(event, clocks)


def _of_refusal(event: DsrRefused) -> Iterator[str]:
    if event.ground is None:
        yield "a refusal needs its ground [GDPR art. 12(4)]"
    if set(event.remedies_named) != {"complaint", "judicial-remedy"}:
        yield "a refusal names both remedies, complaint and court [GDPR art. 12(4)]"


def _of_extension(request: SubjectRequest, event: DsrExtended) -> Iterator[str]:
    if request.extended is not None:
        yield f"the term was extended before (record {request.extended.index}); once is the limit"
    if event.reasons is None:
        yield "an extension is told with its reasons: none given [GDPR art. 12(3)]"


def _of_lateness(event: AnswerFields, clocks: Sequence[Clock]) -> Iterator[str]:
    if not isinstance(event, DsrExtended | DsrFulfilled | DsrRefused):
        return
    told = event.notified_at or event.occurred_at
    for clock in clocks:
        wanted = clock.rule_id == _STATUTORY or not isinstance(event, DsrExtended)
        if wanted and clock.due_at is not None and told >= clock.due_at:
            yield f"it is later than the term of {clock.rule_id}"
