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
from projections.cases.warned import Warned

_STATUTORY = "gdpr-12-3"


def request_warnings(
    request: SubjectRequest | None, event: Event, clocks: Sequence[Clock]
) -> list[Warned]:
    """What a step that is about to be recorded contradicts.

    Args:
        request: The request before the step; `None` where nothing of it is recorded.
        event: The step.
        clocks: Those of the request.
    """
    if request is None or request.received is None:
        return (
            []
            if isinstance(event, DsrReceived)
            else [Warned("no receipt of this request is recorded")]
        )
    return list(_found(request, event, clocks))


def _found(request: SubjectRequest, event: Event, clocks: Sequence[Clock]) -> Iterator[Warned]:
    if request.received is None:
        return
    if isinstance(event, DsrReceived):
        yield Warned("its receipt is recorded already", indexes=(request.received.index,))
    if isinstance(event, DsrFulfilled | DsrRefused | DsrWithdrawn) and request.answered is not None:
        yield Warned(
            "the request ended before: {outcome}",
            indexes=(request.answered.index,),
            values={"outcome": (request.outcome,)},
        )
    if isinstance(event, DsrRefused):
        yield from _of_refusal(event)
    if isinstance(event, DsrIdentityRequested) and event.reasons is None:
        yield Warned(
            "a question for identity needs a reasonable doubt: no reasons given", "GDPR art. 12(6)"
        )
    if isinstance(event, DsrExtended):
        yield from _of_extension(request, event)
    if isinstance(event, AnswerFields):
        received_at = request.received_at
        if received_at is not None and (event.notified_at or event.occurred_at) < received_at:
            yield Warned("it is told before the request came in", indexes=(request.received.index,))
        yield from _of_lateness(event, clocks)


def _of_refusal(event: DsrRefused) -> Iterator[Warned]:
    if event.ground is None:
        yield Warned("a refusal needs its ground", "GDPR art. 12(4)")
    if set(event.remedies_named) != {"complaint", "judicial-remedy"}:
        yield Warned("a refusal names both remedies, complaint and court", "GDPR art. 12(4)")


def _of_extension(request: SubjectRequest, event: DsrExtended) -> Iterator[Warned]:
    if request.extended is not None:
        yield Warned(
            "the term was extended before; once is the limit",
            "GDPR art. 12(3)",
            (request.extended.index,),
        )
    if event.reasons is None:
        yield Warned("an extension is told with its reasons: none given", "GDPR art. 12(3)")


def _of_lateness(event: AnswerFields, clocks: Sequence[Clock]) -> Iterator[Warned]:
    if not isinstance(event, DsrExtended | DsrFulfilled | DsrRefused):
        return
    told = event.notified_at or event.occurred_at
    for clock in clocks:
        wanted = clock.rule_id == _STATUTORY or not isinstance(event, DsrExtended)
        if wanted and clock.due_at is not None and told >= clock.due_at:
            yield Warned("it is later than the term of {rule}", values={"rule": (clock.rule_id,)})
