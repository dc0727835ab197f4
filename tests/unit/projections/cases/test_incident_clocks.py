"""The clocks of an incident under NIS2, DORA and the CRA."""

from uuid import UUID

from projections.cases.clock import Clock
from projections.cases.incident_clocks import incident_clocks
from projections.cases.reading import Step
from tests.case_steps import hours, step

STREAM = UUID("0192aaaa-0000-7000-8000-000000000003")


def _clocks(*steps: Step, now: float) -> dict[str, Clock]:
    found = incident_clocks(STREAM, steps, hours(now), zone="Europe/Amsterdam")
    return {clock.rule_id: clock for clock in found}


def _classified(regime: str, *, aware: float = 0, hour: float = 1) -> Step:
    return step(
        0,
        "incident.classified",
        hour=hour,
        regime=regime,
        incident_class="significant",
        aware_at=hours(aware).isoformat(),
    )


def _reported(regime: str, stage: str, hour: float, index: int = 5) -> Step:
    return step(index, "incident.reported", hour=hour, regime=regime, stage=stage)


def test_nis2_runs_from_awareness() -> None:
    """An early warning or a notification would be due at another moment than the law says."""
    found = _clocks(_classified("NIS2"), now=30)
    assert (found["nis2-early-warning"].due_at, found["nis2-early-warning"].state) == (
        hours(24),
        "overdue",
    )
    assert (found["nis2-notification"].due_at, found["nis2-notification"].state) == (
        hours(72),
        "running",
    )
    assert "nis2-final-report" not in found


def test_a_report_that_was_sent_stops_its_clock_and_starts_the_next() -> None:
    """A final report would run from nowhere, or what was sent would stay due."""
    found = _clocks(
        _classified("NIS2"),
        _reported("NIS2", "early-warning", 20),
        _reported("NIS2", "notification", 70, 6),
        now=80,
    )
    assert found["nis2-early-warning"].state == "met"
    assert found["nis2-notification"].state == "met"
    assert str(found["nis2-final-report"].due_on) == "2026-12-23"


def test_dora_counts_from_the_latest_intermediate_report() -> None:
    """An updated intermediate report would not move the final one."""
    found = _clocks(
        _classified("DORA", aware=0, hour=2),
        _reported("DORA", "notification", 5),
        _reported("DORA", "intermediate", 60, 6),
        _reported("DORA", "intermediate", 24 * 8, 7),
        now=200,
    )
    assert found["dora-initial"].due_at == hours(6)
    assert found["dora-initial"].state == "met"
    assert found["dora-intermediate"].due_at == hours(77)
    assert found["dora-final"].start.at == hours(24 * 8)


def test_an_unclassified_incident_owes_no_report() -> None:
    """Every signal would start clocks of regimes that may not apply."""
    assert _clocks(step(0, "incident.signalled", source="siem"), now=99) == {}


def test_a_report_under_another_regime_does_not_count() -> None:
    """A notification to one authority would look like one to another."""
    found = _clocks(_classified("NIS2"), _reported("CRA", "early-warning", 3), now=10)
    assert found["nis2-early-warning"].state == "running"
