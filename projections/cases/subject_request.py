"""The state of a data subject's request, as its steps give it.

Source: GDPR art. 12(3) to 12(6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from ledger.events.subject_requests import (
    DsrAcknowledged,
    DsrClarificationRequested,
    DsrClarified,
    DsrExtended,
    DsrFulfilled,
    DsrIdentityRequested,
    DsrIdentityVerified,
    DsrReceived,
    DsrWithdrawn,
)
from projections.cases.reading import Step
from projections.cases.view import ANSWERS
from projections.cases.view import told_at as event_told_at

Outcome = Literal["open", "fulfilled", "partly-fulfilled", "refused", "withdrawn"]


class Pause(NamedTuple):
    """A question to the requester, and when it was answered; `None` while it waits."""

    subject: Literal["identity", "clarification"]
    asked: Step
    answered: Step | None

    @property
    def asked_at(self) -> datetime:
        """When the requester was asked."""
        return told_at(self.asked)

    @property
    def answered_at(self) -> datetime | None:
        """When the answer was in."""
        return None if self.answered is None else told_at(self.answered)


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """What is known of one request after its steps."""

    outcome: Outcome
    received: Step | None
    acknowledged: Step | None = None
    pauses: tuple[Pause, ...] = ()
    extended: Step | None = None
    answered: Step | None = None
    """The step that ended it: fulfilled, refused or withdrawn."""
    steps: tuple[Step, ...] = ()

    @property
    def received_at(self) -> datetime | None:
        """From when the term runs: as the request says itself, otherwise when it occurred."""
        if self.received is None:
            return None
        event = self.received.event
        said = event.received_at if isinstance(event, DsrReceived) else None
        return said or event.occurred_at

    @property
    def answered_at(self) -> datetime | None:
        """When the requester was told the answer."""
        return None if self.answered is None else told_at(self.answered)


def told_at(step: Step) -> datetime:
    """When the requester was told: as the step says itself, otherwise when it occurred."""
    return event_told_at(step.event)


def fold_request(all_steps: Sequence[Step]) -> SubjectRequest:
    """The state of a request after its steps, given in the order of the world.

    Steps that were taken back play no part. Only the first receipt, acknowledgement and extension
    count: a term begins once, and art. 12(3) extends it once. The first answer ends it; one that
    later grants more, such as the rest or after a refusal, changes its outcome and not its end.
    """
    steps = tuple(step for step in all_steps if step.corrected_by is None)
    answered = _first(steps, *ANSWERS)
    return SubjectRequest(
        outcome=_outcome(answered, steps),
        received=_first(steps, DsrReceived),
        acknowledged=_first(steps, DsrAcknowledged),
        pauses=_pauses(steps),
        extended=_first(steps, DsrExtended),
        answered=answered,
        steps=steps,
    )


def _first(steps: Sequence[Step], *wanted: type) -> Step | None:
    """The one that was told first."""
    found = [step for step in steps if isinstance(step.event, wanted)]
    return min(found, key=lambda step: (told_at(step), step.index), default=None)


def _outcome(answered: Step | None, steps: Sequence[Step]) -> Outcome:
    """What was granted at last: a later refusal takes nothing back that was sent."""
    if answered is None:
        return "open"
    if isinstance(answered.event, DsrWithdrawn):
        return "withdrawn"
    granted = [step.event for step in steps if isinstance(step.event, DsrFulfilled)]
    if not granted:
        return "refused"
    return "partly-fulfilled" if all(event.partly for event in granted) else "fulfilled"


def _pauses(steps: Sequence[Step]) -> tuple[Pause, ...]:
    """Each question with the first answer after it; a question asked again prolongs none."""
    found: list[Pause] = []
    waiting: dict[str, Step] = {}
    for step in steps:
        match step.event:
            case DsrIdentityRequested():
                waiting.setdefault("identity", step)
            case DsrClarificationRequested():
                waiting.setdefault("clarification", step)
            case DsrIdentityVerified() if "identity" in waiting:
                found.append(Pause("identity", waiting.pop("identity"), step))
            case DsrClarified() if "clarification" in waiting:
                found.append(Pause("clarification", waiting.pop("clarification"), step))
            case _:
                pass
    if "identity" in waiting:
        found.append(Pause("identity", waiting["identity"], None))
    if "clarification" in waiting:
        found.append(Pause("clarification", waiting["clarification"], None))
    return tuple(sorted(found, key=lambda pause: (pause.asked_at, pause.asked.index)))
