"""The register of breaches: one row for each, also where it was ruled out or nobody was told.

Source: GDPR art. 33(5): the facts of a breach, its effects and the remedial action; EDPB Guidelines
9/2022 §V (the reasoning behind a decision, and the reasons for a delay).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ledger.events.breach import BreachAssessed, BreachMeasureTaken
from ledger.events.breach_notices import Addressee, BreachAuthorityNotified
from ledger.ledger import Ledger
from ledger.reading import Opening
from projections.breach_fields import FACTS
from projections.cases.breach import BreachCase, notified_at
from projections.cases.breach_reading import read_breaches
from projections.cases.clock import Clock
from projections.cases.reading import Moment, Step
from projections.clocks import clocks


def breach_register(
    ledger: Ledger, moment: Moment, *, zone: str, identities: Opening | None = None
) -> list[dict[str, Any]]:
    """Every breach as it stood at a moment, in the order in which they began.

    Args:
        ledger: The log.
        moment: As of when, and by what was known.
        zone: The zone of the duty-bearer.
        identities: The recorded reading that lets words be shown; without it they are `withheld`.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    by_case: dict[UUID, list[Clock]] = {}
    for clock in clocks(ledger, moment, zone=zone, case_kind="breach"):
        by_case.setdefault(clock.case, []).append(clock)
    return [
        register_row(stream, breach, by_case.get(stream, ()))
        for stream, breach in read_breaches(ledger, moment, identities=identities)
    ]


def register_row(stream: UUID, breach: BreachCase, found: Sequence[Clock]) -> dict[str, Any]:
    """One breach of the register.

    Args:
        stream: Of the breach.
        breach: Its state.
        found: Its clocks, the one that is due first at the front.
    """
    return {
        "breach": str(stream),
        "status": breach.status,
        "suspected_at": None if breach.suspicion is None else breach.suspicion.event.occurred_at,
        "aware_at": breach.aware_at,
        "awareness_basis": _said(breach.awareness[-1:], "basis"),
        **_due(found),
        **_told(breach),
        **_assessed(breach),
        **_decided(breach, "authority"),
        **_decided(breach, "subjects"),
        **{name: breach.facts.get(name, (None, 0))[0] for name in FACTS},
        "measures": _measures(breach),
        "ruled_out_at": _at(breach.ruled_out),
        "ruled_out_basis": _said((breach.ruled_out,), "basis"),
        "closed_at": _at(breach.closed),
        "steps": len(breach.steps),
        "indexes": [step.index for step in breach.steps],
    }


def _due(found: Sequence[Clock]) -> dict[str, Any]:
    """What is due next, and the deadline of art. 33(1) with by how much it was missed."""
    due = next((clock for clock in found if clock.is_watched and clock.due_at), None)
    leading = next((c for c in found if c.rule_id == "gdpr-33-1" and c.start.leads), None)
    missed = leading is not None and leading.state in {"late", "overdue"}
    late = leading.margin if leading is not None and missed else None
    return {
        "due": None if due is None else due.due_at,
        "duty": None if due is None else _duty(due),
        "deadline_at": None if leading is None else leading.due_at,
        "authority_clock": None if leading is None else leading.state,
        "late_seconds": None if late is None else int(-late.total_seconds()),
    }


def _duty(clock: Clock) -> str:
    return f"{clock.duty} (not decided)" if clock.start.undecided else clock.duty


def _told(breach: BreachCase) -> dict[str, Any]:
    first = breach.told_authority
    to_authority = breach.notices_to("authority")
    people, controllers = breach.notices_to("subjects"), breach.notices_to("controller")
    return {
        "authority_told_at": None if first is None else notified_at(first),
        "reasons_for_delay": _said(to_authority, "reasons_for_delay"),
        "notices": [_kind(step) for step in to_authority],
        "not_told_yet": [] if first is None else list(breach.open_items()),
        "people_told_at": notified_at(people[0]) if people else None,
        "controller_told_at": notified_at(controllers[0]) if controllers else None,
    }


def _kind(step: Step) -> str:
    event = step.event
    return event.notice_kind if isinstance(event, BreachAuthorityNotified) else ""


def _assessed(breach: BreachCase) -> dict[str, Any]:
    event = breach.assessments[-1].event if breach.assessments else None
    known = event if isinstance(event, BreachAssessed) else None
    return {
        "risk": breach.risk,
        "risk_method": None if known is None else known.method,
        "risk_basis": None if known is None else known.basis,
    }


def _decided(breach: BreachCase, addressee: Addressee) -> dict[str, Any]:
    event = breach.decisions[addressee].event if addressee in breach.decisions else None
    name = "people" if addressee == "subjects" else addressee
    return {
        f"{name}_to_be_told": getattr(event, "notify", None),
        f"{name}_ground": getattr(event, "ground", None),
        f"{name}_reason": getattr(event, "reason", None),
    }


def _measures(breach: BreachCase) -> list[str]:
    events = [step.event for step in breach.measures]
    return [
        f"{event.aim}: {event.measure or event.description or 'not named'}"
        for event in events
        if isinstance(event, BreachMeasureTaken)
    ]


def _said(steps: Iterable[Step | None], name: str) -> str | None:
    """The first words that steps give for something."""
    words = (getattr(step.event, name, None) for step in steps if step is not None)
    return next((said for said in words if said is not None), None)


def _at(step: Step | None) -> datetime | None:
    return None if step is None else step.event.occurred_at
