"""The state of a breach, as its steps give it: pure, so that any moment can be asked about.

Every earlier candidate for the moment of awareness stays in the state, because each would start a
clock of its own, and a regulator asks why one was chosen and not another.

Source: GDPR art. 33 and 34; EDPB Guidelines 9/2022 v2.0 §II.A.2 (awareness).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple

from ledger.events.breach import (
    Anchor,
    BreachAssessed,
    BreachAwarenessDetermined,
    BreachClosed,
    BreachFactsUpdated,
    BreachMeasureTaken,
    BreachRuledOut,
    BreachSuspected,
)
from ledger.events.breach_notices import (
    Addressee,
    BreachAuthorityNotified,
    BreachAuthorityResponded,
    BreachControllerNotified,
    BreachNotificationDecided,
    BreachSubjectsNotified,
    NoticeContent,
)
from ledger.events.incident import IncidentSignalled
from ledger.units import Index
from projections.cases.reading import Step

Status = Literal["suspected", "aware", "ruled-out", "closed"]
Notice = BreachAuthorityNotified | BreachControllerNotified | BreachSubjectsNotified

REQUIRED_CONTENT: Final[tuple[NoticeContent, ...]] = (
    "nature",
    "contact-point",
    "consequences",
    "measures",
)
"""Source: GDPR art. 33(3)(a)-(d)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment from which the clock could be said to run, and the record that names it."""

    anchor: Anchor
    at: datetime
    index: Index
    corrected_by: Index | None = None
    """The record that took it back; it stays visible with the clock that it would have started."""


@dataclass(frozen=True, slots=True)
class BreachCase:
    """What is known of one breach after its steps."""

    status: Status
    candidates: tuple[Candidate, ...] = ()
    """Every one ever named, oldest moment first; the same moment of the same kind once."""
    awareness: tuple[Step, ...] = ()
    """Every decision on awareness that counts, the one in force last. Those from before a case was
    ruled out and opened again stay candidates, and decide no longer."""
    suspicion: Step | None = None
    facts: dict[str, tuple[object, Index]] = field(default_factory=dict)
    """Each fact of `breach.facts_updated` by its field name, with the record that said it last."""
    assessments: tuple[Step, ...] = ()
    decisions: dict[Addressee, Step] = field(default_factory=dict)
    """The decision in force whether to tell each addressee."""
    notices: tuple[Step, ...] = ()
    """By when each was given, as it says itself."""
    responses: tuple[Step, ...] = ()
    measures: tuple[Step, ...] = ()
    ruled_out: Step | None = None
    """The decision in force that there was no breach."""
    closed: Step | None = None
    """The decision in force that the handling is complete."""
    steps: tuple[Step, ...] = ()

    @property
    def aware_at(self) -> datetime | None:
        """The moment of awareness in force."""
        if not self.awareness:
            return None
        event = self.awareness[-1].event
        return event.aware_at if isinstance(event, BreachAwarenessDetermined) else None

    @property
    def risk(self) -> str | None:
        """The risk of the assessment in force: `none`, `risk` or `high`."""
        if not self.assessments:
            return None
        event = self.assessments[-1].event
        return event.risk if isinstance(event, BreachAssessed) else None

    def notices_to(self, addressee: Addressee) -> tuple[Step, ...]:
        """What an addressee was told, by when it was told."""
        wanted: dict[str, type] = {
            "authority": BreachAuthorityNotified,
            "controller": BreachControllerNotified,
            "subjects": BreachSubjectsNotified,
        }
        return tuple(step for step in self.notices if isinstance(step.event, wanted[addressee]))

    @property
    def told_authority(self) -> Step | None:
        """The first notice to the authority; one that only takes another back is none."""
        return next(
            (
                step
                for step in self.notices_to("authority")
                if getattr(step.event, "notice_kind", None) != "withdrawal"
            ),
            None,
        )

    @property
    def acts_as_processor(self) -> bool:
        """Whether a controller was told or is to be told, and the authority is left to it.

        Source: GDPR art. 33(2): the processor tells the controller, which tells the authority.
        """
        decided = self.decisions.get("controller")
        told = self.notices_to("controller")
        ours = bool(told) or (decided is not None and getattr(decided.event, "notify", False))
        return ours and "authority" not in self.decisions and not self.notices_to("authority")

    def open_items(self) -> tuple[NoticeContent, ...]:
        """The items of art. 33(3) that no notice to the authority held yet."""
        told: set[NoticeContent] = set()
        for step in self.notices_to("authority"):
            if isinstance(step.event, BreachAuthorityNotified):
                told.update(step.event.content)
        return tuple(item for item in REQUIRED_CONTENT if item not in told)


def notified_at(step: Step) -> datetime:
    """When a notice was given: as it says itself, otherwise when it occurred."""
    event = step.event
    said = getattr(event, "notified_at", None)
    return said if isinstance(said, datetime) else event.occurred_at


def fold_breach(all_steps: Sequence[Step], signals: Sequence[Step] = ()) -> BreachCase:
    """The state of a breach after its steps.

    Args:
        all_steps: In the order of the world. Those that were taken back, if given, only leave
            their candidate anchors behind.
        signals: Steps of the incidents it is linked with: each signal is a candidate anchor.
    """
    steps = tuple(step for step in all_steps if step.corrected_by is None)
    facts: dict[str, tuple[object, Index]] = {}
    decisions: dict[Addressee, Step] = {}
    of: dict[type, list[Step]] = {}
    for step in steps:
        event = step.event
        of.setdefault(type(event), []).append(step)
        if isinstance(event, BreachFactsUpdated):
            facts.update((name, (value, step.index)) for name, value in _given_facts(event))
        elif isinstance(event, BreachNotificationDecided):
            decisions[event.addressee] = step
    suspicions = of.get(BreachSuspected, [])
    stands = _standing(steps)
    notices = [step for step in steps if isinstance(step.event, Notice)]
    return BreachCase(
        status=stands.status,
        candidates=_candidates(all_steps, signals),
        awareness=stands.awareness,
        suspicion=suspicions[0] if suspicions else None,
        facts=facts,
        assessments=tuple(of.get(BreachAssessed, ())),
        decisions=decisions,
        notices=tuple(sorted(notices, key=lambda step: (notified_at(step), step.index))),
        responses=tuple(of.get(BreachAuthorityResponded, ())),
        measures=tuple(of.get(BreachMeasureTaken, ())),
        ruled_out=stands.ruled_out,
        closed=stands.closed,
        steps=steps,
    )


_OWN_FACTS: Final = tuple(
    name
    for name in BreachFactsUpdated.__struct_fields__
    if name not in BreachSuspected.__mro__[1].__struct_fields__  # type: ignore[attr-defined]  # a Struct has them
)


def _given_facts(event: BreachFactsUpdated) -> list[tuple[str, object]]:
    given = ((name, getattr(event, name)) for name in _OWN_FACTS)
    return [(name, value) for name, value in given if value is not None and value != ()]


class _Standing(NamedTuple):
    """What the decisions of a case come to."""

    awareness: tuple[Step, ...] = ()
    ruled_out: Step | None = None
    closed: Step | None = None

    @property
    def status(self) -> Status:
        """In one word; a case that was ruled out and then closed was ruled out."""
        if self.ruled_out is not None:
            return "ruled-out"
        if self.closed is not None:
            return "closed"
        return "aware" if self.awareness else "suspected"


def _standing(steps: Sequence[Step]) -> _Standing:
    """The decisions in force, each step in the order of the world.

    A decision on awareness or a new suspicion opens an ended case again. After a case was ruled
    out, awareness is decided anew.
    """
    now = _Standing()
    for step in steps:
        match step.event:
            case BreachAwarenessDetermined():
                before = () if now.ruled_out is not None else now.awareness
                now = _Standing(awareness=(*before, step))
            case BreachSuspected():
                now = _Standing(awareness=() if now.ruled_out is not None else now.awareness)
            case BreachRuledOut():
                now = now._replace(ruled_out=step)
            case BreachClosed():
                now = now._replace(closed=step)
            case _:
                pass
    return now


def _candidates(steps: Sequence[Step], signals: Sequence[Step]) -> tuple[Candidate, ...]:
    found: dict[tuple[Anchor, datetime], Candidate] = {}
    for step in (*signals, *steps):
        for anchor, at in _named_moments(step):
            known = found.get((anchor, at))
            if known is None or (known.corrected_by is not None and step.corrected_by is None):
                found[anchor, at] = Candidate(anchor, at, step.index, step.corrected_by)
    return tuple(sorted(found.values(), key=lambda each: (each.at, each.index)))


def _named_moments(step: Step) -> list[tuple[Anchor, datetime]]:
    """The anchors that one step names, itself included."""
    event = step.event
    match event:
        case IncidentSignalled():
            return [("first-signal", event.occurred_at)]
        case BreachSuspected():
            named = [(each.anchor, each.at) for each in event.anchors]
            return [("suspected", event.occurred_at), *named]
        case BreachAwarenessDetermined():
            named = [(each.anchor, each.at) for each in event.anchors]
            return [*named, ("aware", event.aware_at)]
        case BreachControllerNotified():
            return [("controller-informed", notified_at(step))]
        case _:
            return []
