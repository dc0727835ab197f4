"""How the fields of a step stand together in its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from formats.event_fields import EventField, fields_of
from formats.steps.plan import StepPlan
from ledger.events import KINDS
from service.access.caller import Caller
from service.page.fields.controls import Asked, Control, Option
from service.page.steps.assessing import score_controls

SWITCH: Final = "notice_kind"
"""The field that the switches of a plan set."""
CORRECTS: Final = "corrects"
INCIDENT: Final = "incident_id"
_BESIDE: Final = ("occurred_at", "subjects", "note", "evidence")
"""Fields that every step can have; who reports it is who logged in."""
_MOMENTS: Final = frozenset({"aware_at", "notified_at", "received_at"})
"""Fields that say when a step happened."""
_OWN_SECTIONS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "breach.facts_updated": (
        ("what", ("nature", "cause", "summary", "processor", "measures_before")),
        (
            "broken",
            (
                "confidentiality",
                "integrity",
                "availability",
                "special_categories",
                "unintelligible",
            ),
        ),
        ("when", ("started_at", "ended_at", "ongoing")),
        (
            "who",
            (
                "subject_categories",
                "subjects_minimum",
                "subjects_maximum",
                "records",
                "vulnerable_groups",
                "cross_border",
                "countries",
            ),
        ),
        ("effect", ("consequences", "severity")),
    ),
    "breach.assessed": (("decision", ("risk", "basis", "decided_by")),),
}
"""Where the fields of a kind are many; all others stand in one section."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some controls under a heading."""

    name: str
    title: str
    controls: tuple[Control, ...]

    @property
    def is_used(self) -> bool:
        """Whether something was given in it, or is wrong."""
        return any(_is_used(each) for each in self.controls)


def fields_asked(plan: StepPlan) -> list[EventField]:
    """The fields that a form of a step asks for, those that every step can have last."""
    every = {field.path: field for field in fields_of(KINDS[plan.full_kind])}
    own = [field for field in plan.fields() if field.own]
    beside = [replace(every[path], required=False) for path in _BESIDE]  # it occurred now
    return own + beside


def sections_of(
    plan: StepPlan, asked: Asked, *, before: Sequence[Control], steps: Sequence[Option]
) -> list[Section]:
    """The form of a step.

    Args:
        plan: What it records.
        asked: In which language, with what was given so far.
        before: Controls that stand first.
        steps: The earlier steps that it can replace.
    """
    own = {field.path: field for field in plan.fields() if field.own}
    every = {field.path: field for field in fields_asked(plan)}
    has_moment = not _MOMENTS.isdisjoint(own)
    parts = _OWN_SECTIONS.get(plan.kind, (("step", _in_order(own, has_moment=has_moment)),))
    found = [
        Section(name, asked.words.section(name), asked.controls(every[path] for path in paths))
        for name, paths in parts
    ]
    if plan.kind == "breach.assessed":
        title = asked.words.section("method")
        found.insert(0, Section("method", title, score_controls(asked)))
    first = [*before, *_switch(plan, asked)]
    if plan.kind == "incident.signalled":
        first.append(asked.plain(INCIDENT))
    if first:
        found[0] = Section(found[0].name, found[0].title, (*first, *found[0].controls))
    shown = {control.name for section in found for control in section.controls}
    beside = [asked.control(every[path]) for path in _BESIDE if path not in shown]
    if steps:
        beside.append(asked.plain(CORRECTS, "select", options=steps))
    found.append(Section("beside", asked.words.section("beside"), tuple(beside)))
    return found


def system_control(asked: Asked, caller: Caller) -> Control | None:
    """What asks in the name of which system somebody speaks, where they speak for several."""
    if caller.systems is None or len(caller.systems) == 1:
        return None
    options = [Option(each, each) for each in sorted(caller.systems)]
    return asked.plain("system", "select", required=True, options=options)


def switches_of(plan: StepPlan) -> tuple[str, ...]:
    """The values between which the switches of a plan choose; none where it has no switch."""
    if not plan.switches:
        return ()
    return (str(plan.preset[SWITCH]), *(str(each[SWITCH]) for each in plan.switches.values()))


def _in_order(own: Mapping[str, EventField], *, has_moment: bool) -> tuple[str, ...]:
    """The fields of a kind; when it happened, where no field of it says so; objects last."""
    plain = [path for path, field in own.items() if not field.parts]
    needed = [path for path in plain if own[path].required]
    moment = [] if has_moment else ["occurred_at"]
    rest = [path for path in plain if path not in needed]
    return (*needed, *moment, *rest, *(path for path in own if path not in plain))


def _switch(plan: StepPlan, asked: Asked) -> list[Control]:
    words = switches_of(plan)
    options = [Option(word, asked.words.value(SWITCH, word, plan.kind)) for word in words]
    return [asked.plain(SWITCH, "choice", required=True, options=options)] if options else []


def _is_used(control: Control) -> bool:
    given = control.values or control.others or control.error
    return bool(given) or any(_is_used(each) for row in control.rows for each in row)
