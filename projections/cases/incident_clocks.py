"""The clocks of an incident under the regimes that it was classified for.

Source: NIS2 art. 23(4); Regulation (EU) 2022/2554 (DORA) art. 19 with (EU) 2025/301 art. 5;
Regulation (EU) 2024/2847 (CRA) art. 14.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from ledger.events.incident import (
    IncidentClassified,
    IncidentClosed,
    IncidentReported,
    IncidentTriaged,
    Regime,
)
from projections.cases.clock import Clock, Done, Duty, Start, judged
from projections.cases.reading import Step
from projections.deadlines import Anchor, compute, newest_of


class _Report(NamedTuple):
    """One report that a regime asks for."""

    rule_id: str
    stages: tuple[str, ...]
    """Any of which does it, the one that is meant first."""
    anchors: Mapping[str, str]
    """The anchors of the rule, by what gives each: `aware`, `classified`, or a stage sent."""
    duty: str


_PROGRESS: Final = "nis2-progress-report"
_FINAL: Final = "nis2-final-report"

_REPORTS: Final[Mapping[Regime, tuple[_Report, ...]]] = {
    "NIS2": (
        _Report(
            "nis2-early-warning", ("early-warning",), {"aware": "aware"}, "send the early warning"
        ),
        _Report("nis2-notification", ("notification",), {"aware": "aware"}, "notify the incident"),
        _Report(
            "nis2-final-report",
            ("final",),
            {"notification_submitted": "notification", "incident_handled": "closed"},
            "report in full",
        ),
        _Report(
            _PROGRESS,
            ("progress", "final"),
            {"notification_submitted": "notification", "incident_handled": "closed"},
            "report the progress",
        ),
    ),
    "DORA": (
        _Report(
            "dora-initial",
            ("initial",),
            {"classified_major": "classified", "aware": "aware"},
            "send the initial notification",
        ),
        _Report(
            "dora-intermediate",
            ("intermediate",),
            {"initial_submitted": "initial"},
            "send the intermediate report",
        ),
        _Report(
            "dora-final",
            ("final",),
            {"intermediate_submitted": "latest-intermediate"},
            "send the final report",
        ),
    ),
    "CRA": (
        _Report(
            "cra-incident-early-warning",
            ("early-warning",),
            {"aware": "aware"},
            "send the early warning",
        ),
        _Report(
            "cra-incident-notification",
            ("notification",),
            {"aware": "aware"},
            "notify the incident",
        ),
        _Report(
            "cra-incident-final-report",
            ("final",),
            {"notification_submitted": "notification"},
            "report in full",
        ),
    ),
}
"""A report whose anchor did not happen yet has no clock: nothing is late before it may begin."""

_VULNERABILITY: Final = (
    _Report(
        "cra-vulnerability-early-warning",
        ("early-warning",),
        {"aware": "aware"},
        "send the early warning",
    ),
    _Report(
        "cra-vulnerability-notification",
        ("notification",),
        {"aware": "aware"},
        "notify the vulnerability",
    ),
)
"""Of the final report no record tells the start: that a measure is available."""

_OPTIONAL: Final = frozenset({"closed"})
_BELOW: Final = frozenset({"none", "minor", "insignificant"})
_BELOW_STARTS: Final = ("not-", "non-")

_Moments = Mapping[str, tuple[datetime, Step]]


def incident_clocks(
    stream: UUID,
    steps: Sequence[Step],
    now: datetime,
    *,
    zone: str,
    country: str = "NL",
    parameters: Mapping[str, bool] | None = None,
) -> list[Clock]:
    """The clocks of one incident at a moment.

    Args:
        stream: Of the incident.
        steps: Those that stand, in the order of the world.
        now: The moment, aware.
        zone: The zone of the duty-bearer.
        country: The country whose calendar it follows.
        parameters: What the duty-bearer is, by the parameter of the rules: whether it is a
            `trust_service_provider` (NIS2) and entitled to `weekend_relief` (DORA). Neither, if
            not given: then the alternatives say what would be due.
    """
    place = _Place(zone, country, parameters or {})
    found: list[Clock] = []
    regimes: dict[Regime, list[Step]] = {}
    for step in steps:
        if isinstance(step.event, IncidentClassified):
            regimes.setdefault(step.event.regime, []).append(step)
    for regime, classified in regimes.items():
        moments = {**_began(classified), **_reported(steps, regime)}
        excused = _excuse(classified[-1], steps)
        for report in _reports(regime, classified[-1]):
            clock = _of_report(stream, report, moments, excused, now, place)
            if clock is not None and not _is_moot(clock, moments, now):
                found.append(clock)
    return found


class _Place(NamedTuple):
    """By whose calendar, and as what, an entity reports."""

    zone: str
    country: str
    parameters: Mapping[str, bool]


def _reports(regime: Regime, classified: Step) -> tuple[_Report, ...]:
    named = getattr(classified.event, "incident_class", "")
    return _VULNERABILITY if regime == "CRA" and "vulnerability" in named else _REPORTS[regime]


def _began(classified: Sequence[Step]) -> _Moments:
    """From when a regime counts: since the incident has had a class that must be reported.

    A class that is said again starts nothing anew; the moment of awareness is the one said last.
    """
    below = [place for place, step in enumerate(classified) if _is_below(step)]
    counted = classified[below[-1] + 1 :] if below else classified
    counted = counted or classified
    first = counted[0]
    aware = (first.event.occurred_at, first)
    for step in counted:
        said = getattr(step.event, "aware_at", None)
        aware = aware if said is None else (said, step)
    return {"classified": (first.event.occurred_at, first), "aware": aware}


def _is_below(step: Step) -> bool:
    named = getattr(step.event, "incident_class", "")
    return named in _BELOW or named.startswith(_BELOW_STARTS)


def _excuse(classified: Step, steps: Sequence[Step]) -> str | None:
    """Why nothing need be reported, where that was decided."""
    if _is_below(classified):
        return f"classified as {getattr(classified.event, 'incident_class', '')}"
    decided = [
        step
        for step in steps
        if isinstance(step.event, IncidentTriaged) and step.event.decision is not None
    ]
    ruled_out = bool(decided) and getattr(decided[-1].event, "decision", None) == "ruled-out"
    last = (classified.event.occurred_at, classified.index)
    if ruled_out and (decided[-1].event.occurred_at, decided[-1].index) > last:
        return "ruled out: there was no incident"
    return None


def _of_report(  # noqa: PLR0917 - the parts of one clock
    stream: UUID,
    report: _Report,
    moments: _Moments,
    excused: str | None,
    now: datetime,
    place: _Place,
) -> Clock | None:
    needed = [name for name in report.anchors.values() if name not in _OPTIONAL]
    if any(name not in moments for name in needed):
        return None
    at, step = moments[next(iter(report.anchors.values()))]
    done = next((moments[stage] for stage in report.stages if stage in moments), None)
    duty = Duty(
        case=stream,
        case_kind="incident",
        duty=report.duty,
        rule_id=report.rule_id,
        start=Start(name=next(iter(report.anchors)), at=at, index=step.index),
        done=None if done is None else Done(done[0], done[1].index),
        excused=excused,
    )
    anchors = {
        anchor: Anchor(at=moments[name][0], event_id=moments[name][1].event_id)
        for anchor, name in report.anchors.items()
        if name in moments
    }
    known = {each.name for each in newest_of(report.rule_id).parameters}
    computed = compute(
        report.rule_id,
        anchors,
        zone=place.zone,
        country=place.country,
        parameters={name: said for name, said in place.parameters.items() if name in known},
    )
    return judged(duty, computed, now)


def _is_moot(clock: Clock, moments: _Moments, now: datetime) -> bool:
    """Whether another report of NIS2 is due instead: one month on, progress or the whole.

    While an incident runs on after that month, its progress is due then, and the whole within a
    month of its handling. Source: NIS2 art. 23(4)(d) and (e).
    """
    if clock.rule_id not in {_PROGRESS, _FINAL} or clock.due_at is None:
        return False
    handled = moments.get("closed")
    if clock.rule_id == _PROGRESS:
        if handled is not None:
            return handled[0] < clock.due_at
        return "progress" not in moments and ("final" in moments or now < clock.due_at)
    runs_on = "progress" in moments or now >= clock.due_at
    return handled is None and "final" not in moments and runs_on


def _reported(steps: Sequence[Step], regime: Regime) -> dict[str, tuple[datetime, Step]]:
    """When each stage was first reported, and when the incident was closed."""
    found: dict[str, tuple[datetime, Step]] = {}
    sent = [
        (step.event.submitted_at or step.event.occurred_at, step)
        for step in steps
        if isinstance(step.event, IncidentReported) and step.event.regime == regime
    ]
    for at, step in sorted(sent, key=lambda each: (each[0], each[1].index)):
        stage = getattr(step.event, "stage", "")
        found.setdefault(stage, (at, step))
        if stage in _INITIAL:
            found.setdefault("initial", (at, step))
        elif stage == "intermediate":  # the final report counts from the latest one
            found["latest-intermediate"] = (at, step)
    closed = next((step for step in steps if isinstance(step.event, IncidentClosed)), None)
    if closed is not None:
        found["closed"] = (closed.event.occurred_at, closed)
    return found


_INITIAL: Final = frozenset({"early-warning", "notification"})
"""Stages by which DORA's initial notification may be recorded."""
