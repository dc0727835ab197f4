"""The clocks of an incident under the regimes that it was classified for.

Source: NIS2 art. 23(4); Regulation (EU) 2022/2554 (DORA) art. 19 with (EU) 2025/301 art. 5;
Regulation (EU) 2024/2847 (CRA) art. 14.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from ledger.events.incident import (
    IncidentClassified,
    IncidentClosed,
    IncidentReported,
    Regime,
    ReportStage,
)
from projections.cases.clock import Clock, Done, Duty, Start, judged
from projections.cases.reading import Step
from projections.deadlines import Anchor, compute


class _Report(NamedTuple):
    """One report that a regime asks for."""

    rule_id: str
    stages: tuple[ReportStage, ...]
    """Any of which does it."""
    anchors: Mapping[str, str]
    """The anchors of the rule, by what gives each: `aware`, `classified`, or a stage sent."""
    duty: str


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
    ),
    "DORA": (
        _Report(
            "dora-initial",
            ("early-warning", "notification"),
            {"classified_major": "classified", "aware": "aware"},
            "send the initial notification",
        ),
        _Report(
            "dora-intermediate",
            ("intermediate",),
            {"initial_submitted": "notification"},
            "send the intermediate report",
        ),
        _Report(
            "dora-final",
            ("final",),
            {"intermediate_submitted": "intermediate"},
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

_OPTIONAL: Final = frozenset({"closed"})


def incident_clocks(
    stream: UUID, steps: Sequence[Step], now: datetime, *, zone: str, country: str = "NL"
) -> list[Clock]:
    """The clocks of one incident at a moment.

    Args:
        stream: Of the incident.
        steps: Those that stand, in the order of the world.
        now: The moment, aware.
        zone: The zone of the duty-bearer.
        country: The country whose calendar it follows.
    """
    found = []
    for step in steps:
        if isinstance(step.event, IncidentClassified):
            found += list(_of_regime(stream, step, steps, now, zone=zone, country=country))
    return found


def _of_regime(
    stream: UUID,
    classified: Step,
    steps: Sequence[Step],
    now: datetime,
    *,
    zone: str,
    country: str,
) -> Iterator[Clock]:
    event = classified.event
    if not isinstance(event, IncidentClassified):
        return
    moments = {
        "classified": (event.occurred_at, classified),
        "aware": (event.aware_at or event.occurred_at, classified),
        **_reported(steps, event.regime),
    }
    for report in _REPORTS[event.regime]:
        needed = [name for name in report.anchors.values() if name not in _OPTIONAL]
        if any(name not in moments for name in needed):
            continue
        at, step = moments[next(iter(report.anchors.values()))]
        done = next((moments[stage] for stage in report.stages if stage in moments), None)
        duty = Duty(
            case=stream,
            case_kind="incident",
            duty=report.duty,
            rule_id=report.rule_id,
            start=Start(name=next(iter(report.anchors)), at=at, index=step.index),
            done=None if done is None else Done(done[0], done[1].index),
        )
        anchors = {
            anchor: Anchor(at=moments[name][0], event_id=moments[name][1].event_id)
            for anchor, name in report.anchors.items()
            if name in moments
        }
        yield judged(duty, compute(report.rule_id, anchors, zone=zone, country=country), now)


def _reported(steps: Sequence[Step], regime: Regime) -> dict[str, tuple[datetime, Step]]:
    """When each stage was first reported, and when the incident was closed."""
    found: dict[str, tuple[datetime, Step]] = {}
    for step in steps:
        event = step.event
        if isinstance(event, IncidentReported) and event.regime == regime:
            at = event.submitted_at or event.occurred_at
            if event.stage == "intermediate":  # the final report counts from the latest one
                found[event.stage] = (at, step)
            else:
                found.setdefault(event.stage, (at, step))
        elif isinstance(event, IncidentClosed):
            found.setdefault("closed", (event.occurred_at, step))
    return found
