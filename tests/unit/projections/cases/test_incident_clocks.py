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


def _class(regime: str, name: str, hour: float, index: int) -> Step:
    return step(index, "incident.classified", hour=hour, regime=regime, incident_class=name)


def test_a_class_that_is_said_again_starts_nothing_anew() -> None:
    """Four hours of DORA would begin again with each word about the same incident."""
    found = _clocks(_class("DORA", "major", 1, 0), _class("DORA", "major", 30, 1), now=31)
    assert found["dora-initial"].due_at == hours(5)
    lesser = _clocks(_class("DORA", "major", 1, 0), _class("DORA", "minor", 3, 1), now=31)
    assert lesser["dora-initial"].why == "classified as minor"
    again = _clocks(
        _class("DORA", "minor", 1, 0), _class("DORA", "major", 30, 1), now=31
    )  # after the first 24 hours: four hours from the classification
    assert again["dora-initial"].due_at == hours(34)


def test_an_incident_that_was_ruled_out_owes_no_report() -> None:
    """A false alarm would stay overdue."""
    ruled_out = step(6, "incident.triaged", hour=9, decision="ruled-out")
    found = _clocks(_classified("NIS2"), ruled_out, now=90)
    assert {clock.state for clock in found.values()} == {"not-needed"}


def test_an_update_does_not_make_the_first_report_late() -> None:
    """An intermediate report sent in time would turn late with each later one."""
    found = _clocks(
        _classified("DORA"),
        _reported("DORA", "early-warning", 2),
        _reported("DORA", "intermediate", 40, 6),
        _reported("DORA", "intermediate", 400, 7),
        now=500,
    )
    assert (found["dora-initial"].state, found["dora-intermediate"].state) == ("met", "met")
    assert found["dora-intermediate"].due_at == hours(74)


def test_what_runs_on_owes_its_progress_and_the_whole_later() -> None:
    """While an incident runs, its final report would be overdue before it can be written."""
    steps = [_classified("NIS2"), _reported("NIS2", "notification", 5)]
    assert "nis2-progress-report" not in _clocks(*steps, now=200)
    month_on = _clocks(*steps, now=24 * 40)
    assert month_on["nis2-progress-report"].state == "overdue"
    assert "nis2-final-report" not in month_on
    handled = step(7, "incident.closed", hour=24 * 45)
    later = _clocks(*steps, _reported("NIS2", "progress", 700), handled, now=24 * 46)
    assert later["nis2-progress-report"].state == "met"
    assert later["nis2-final-report"].state == "running"
    in_time = _clocks(*steps, step(7, "incident.closed", hour=90), now=24 * 40)
    assert "nis2-progress-report" not in in_time
    assert in_time["nis2-final-report"].state == "overdue"


def test_what_the_entity_is_moves_its_limits() -> None:
    """A trust service provider would be given three days instead of one."""
    steps = [_classified("NIS2")]
    (clock,) = (
        clock
        for clock in incident_clocks(
            STREAM,
            steps,
            hours(9),
            zone="Europe/Amsterdam",
            parameters={"trust_service_provider": True, "weekend_relief": True},
        )
        if clock.rule_id == "nis2-notification"
    )
    assert clock.due_at == hours(24)


def test_a_vulnerability_has_its_own_rules() -> None:
    """A manufacturer would be shown the limits of an incident for an exploited vulnerability."""
    found = _clocks(_class("CRA", "exploited-vulnerability", 1, 0), now=9)
    assert set(found) == {"cra-vulnerability-early-warning", "cra-vulnerability-notification"}
