"""What contradicts the state of a breach: said to whoever records it, and recorded nevertheless.

The log keeps facts, also unwise ones. A warning names the rule and the records that it rests on.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from ledger.events import Event
from ledger.events.breach import (
    BreachAssessed,
    BreachAwarenessDetermined,
    BreachClosed,
    BreachRuledOut,
    BreachSuspected,
)
from ledger.events.breach_notices import (
    BreachAuthorityNotified,
    BreachNotificationDecided,
    BreachSubjectsNotified,
)
from projections.cases.breach import BreachCase
from projections.cases.warned import Warned

Judge = Callable[[BreachCase, Event, datetime | None], Iterator[Warned]]


def warnings_of(case: BreachCase, event: Event, authority_due_at: datetime | None) -> list[Warned]:
    """What a step that is about to be recorded contradicts.

    Args:
        case: The breach before the step.
        event: The step.
        authority_due_at: When the notice to the authority is due, strictly, if a clock runs.
    """
    judge = _JUDGES.get(type(event))
    found = list(judge(case, event, authority_due_at)) if judge is not None else []
    reopens = isinstance(event, BreachAwarenessDetermined | BreachSuspected)
    if case.closed is not None and not reopens:
        found.append(Warned("the case was closed before this step", indexes=(case.closed.index,)))
    return found


def _awareness(case: BreachCase, event: Event, _due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachAwarenessDetermined):
        return
    if event.aware_at > event.occurred_at:
        yield Warned("awareness is later than the decision on it")
    earlier = [each for each in case.candidates if each.at < event.aware_at]
    if earlier:
        yield Warned(
            "earlier moments stand in the log ({anchor}): the basis should say why awareness "
            "came later, and each keeps its own clock",
            "EDPB Guidelines 9/2022 §II.A.2",
            tuple(each.index for each in earlier),
            {"anchor": tuple(dict.fromkeys(each.anchor for each in earlier))},
        )
    if event.basis is None:
        yield Warned("no basis is given for the moment of awareness", "GDPR art. 33(5)")


def _decision(case: BreachCase, event: Event, _due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachNotificationDecided):
        return
    assessed = tuple(step.index for step in case.assessments[-1:])
    if not event.notify and event.ground is None:
        yield Warned("a decision not to notify needs its ground", "GDPR art. 33(5)")
    if event.addressee == "authority" and not event.notify:
        if case.risk in {"risk", "high"}:
            yield Warned(
                "not telling the authority contradicts the assessed risk ({risk})",
                "GDPR art. 33(1)",
                assessed,
                {"risk": (case.risk,)},
            )
        elif case.risk is None:
            yield Warned("no assessment of the risk is recorded yet", "GDPR art. 33(1)")
    if event.addressee == "subjects":
        if not event.notify and case.risk == "high" and event.ground in {None, "risk-unlikely"}:
            yield Warned(
                "not telling the people contradicts the assessed high risk",
                "GDPR art. 34(1) and 34(3)",
                assessed,
            )
        if event.notify and event.ground is not None and event.ground != "required":
            yield Warned(
                "the ground {ground} excuses from telling",
                "GDPR art. 34(3)",
                values={"ground": (event.ground,)},
            )


def _authority(case: BreachCase, event: Event, due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachAuthorityNotified):
        return
    told = case.notices_to("authority")
    at = event.notified_at or event.occurred_at
    if event.notice_kind == "initial" and told:
        yield Warned(
            "an initial notice is recorded already; later ones are supplements",
            "GDPR art. 33(4)",
            (told[0].index,),
        )
    if event.notice_kind in {"supplement", "final", "withdrawal"} and not told:
        yield Warned(
            "a {notice} without an initial notice",
            "GDPR art. 33(4)",
            values={"notice": (event.notice_kind,)},
        )
    if event.notice_kind == "withdrawal" and case.ruled_out is None:
        yield Warned(
            "the notice is withdrawn, and no decision says that there was no breach",
            "EDPB Guidelines 9/2022 §60",
        )
    is_first = case.told_authority is None and event.notice_kind != "withdrawal"
    is_late = due is not None and at >= due
    if is_first and is_late and event.reasons_for_delay is None:
        yield Warned(
            "the notice is later than 72 hours and gives no reasons for the delay",
            "GDPR art. 33(1)",
            tuple(step.index for step in case.awareness[-1:]),
        )
    decided = case.decisions.get("authority")
    if decided is not None and getattr(decided.event, "notify", None) is False:
        yield Warned("it was decided not to tell the authority", indexes=(decided.index,))


def _subjects(case: BreachCase, event: Event, _due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachSubjectsNotified):
        return
    decided = case.decisions.get("subjects")
    if decided is not None and getattr(decided.event, "notify", None) is False:
        ground = getattr(decided.event, "ground", None)
        if not (ground == "disproportionate-effort" and event.manner == "public"):
            yield Warned("it was decided not to tell the people", "GDPR art. 34", (decided.index,))


def _assessed(case: BreachCase, event: Event, _due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachAssessed):
        return
    decided = case.decisions.get("authority")
    not_told = decided is not None and getattr(decided.event, "notify", None) is False
    if decided is not None and not_told and event.risk != "none":
        yield Warned(
            "the risk ({risk}) contradicts the decision not to tell the authority",
            "GDPR art. 33(1)",
            (decided.index,),
            {"risk": (event.risk,)},
        )


def _ruled_out(case: BreachCase, event: Event, _due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachRuledOut):
        return
    told = case.notices_to("authority")
    withdrawn = any(getattr(step.event, "notice_kind", None) == "withdrawal" for step in told)
    if told and not withdrawn:
        yield Warned(
            "the authority was told of a breach and should hear that there was none "
            "(a notice of kind withdrawal)",
            "EDPB Guidelines 9/2022 §60",
            tuple(step.index for step in told),
        )
    if event.basis is None:
        yield Warned("no basis is given for ruling the breach out", "GDPR art. 33(5)")


def _closed(case: BreachCase, event: Event, _due: datetime | None) -> Iterator[Warned]:
    if not isinstance(event, BreachClosed) or case.ruled_out is not None:
        return
    if case.aware_at is None:
        yield Warned("nobody decided whether and from when this was a breach", "GDPR art. 33")
        return
    if "authority" not in case.decisions and not case.notices_to("authority"):
        yield Warned(
            "neither a notice to the authority nor a decision not to tell it is recorded",
            "GDPR art. 33(1) and 33(5)",
        )
    if case.notices_to("authority") and case.open_items():
        yield Warned(
            "the authority was not told of: {item}",
            "GDPR art. 33(3) and 33(4)",
            values={"item": case.open_items()},
        )
    if case.risk == "high" and not case.notices_to("subjects") and "subjects" not in case.decisions:
        yield Warned("high risk, and the people were not told", "GDPR art. 34(1)")


_JUDGES: Final[dict[type, Judge]] = {
    BreachAwarenessDetermined: _awareness,
    BreachNotificationDecided: _decision,
    BreachAuthorityNotified: _authority,
    BreachSubjectsNotified: _subjects,
    BreachAssessed: _assessed,
    BreachRuledOut: _ruled_out,
    BreachClosed: _closed,
}
