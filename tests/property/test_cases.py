"""Laws of cases and clocks: total, exact at their end, and the same for ever."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ledger import Ledger
from ledger.units import Index, Size
from projections import running
from projections.breaches import breach_register
from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import breach_clocks
from projections.cases.clock import Clock
from projections.cases.incident_clocks import incident_clocks
from projections.cases.reading import Moment, Step, read_cases
from projections.cases.request_clocks import request_clocks
from projections.cases.subject_request import fold_request
from projections.clocks import clocks
from projections.clocks import running as still_running
from projections.deadlines import DeadlineResult
from projections.investigation.blast_radius import blast_radius
from projections.investigation.extent import Extent
from projections.investigation.timeline import breach_timeline
from projections.query import rebuild
from tests.case_histories import (
    BREACH_STEPS,
    INCIDENT_STEPS,
    LAST_HOUR,
    MOST_STEPS,
    REQUEST_STEPS,
    histories,
    record_facts,
    steps_of,
)
from tests.case_steps import aware, hours, step
from tests.view_histories import random_ledger

STREAM: Final = UUID("0192aaaa-0000-7000-8000-000000000001")
ZONE: Final = "Europe/Amsterdam"
_NOW = st.integers(-LAST_HOUR // 2, 2 * LAST_HOUR)
_BREACHES = st.lists(BREACH_STEPS, max_size=MOST_STEPS)
_REQUESTS = st.lists(REQUEST_STEPS, max_size=MOST_STEPS)
_INCIDENTS = st.lists(INCIDENT_STEPS, max_size=MOST_STEPS)
_PROMISES: Final = {"breach": ("nxt-10",), "request": ("inf-09",)}
_TERMS: Final = {"host": timedelta(hours=24)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("cases")


def _of_breach(steps: list[Step], now: datetime) -> list[Clock]:
    return breach_clocks(
        STREAM,
        fold_breach(steps),
        now,
        zone=ZONE,
        controller_terms=_TERMS,
        promised=_PROMISES["breach"],
    )


def _of_request(steps: list[Step], now: datetime) -> list[Clock]:
    request = fold_request(steps)
    return request_clocks(STREAM, request, now, zone=ZONE, promised=_PROMISES["request"])


def _of_incident(steps: list[Step], now: datetime) -> list[Clock]:
    return incident_clocks(STREAM, steps, now, zone=ZONE)


def _require_exact(found: list[Clock], now: datetime) -> None:
    """Returns only if each clock says of its end what the moment says."""
    for clock in found:
        if clock.done is not None:
            assert clock.done.at <= now
        if clock.due_at is None or clock.state == "not-needed":
            assert clock.state in {"not-needed", "open", "met", "refused"}
            continue
        at = now if clock.done is None else clock.done.at
        in_time = "running" if clock.done is None else "met"
        too_late = "overdue" if clock.done is None else "late"
        assert clock.state == (in_time if at < clock.due_at else too_late)
        assert clock.margin == clock.due_at - at


@given(_BREACHES, _NOW)
def test_clocks_of_a_breach_are_total_and_exact(facts: list[dict[str, Any]], now: int) -> None:
    """Some order of steps would leave no answer, or a clock would be wrong about its end."""
    _require_exact(_of_breach(steps_of(facts), hours(now)), hours(now))


@given(_REQUESTS, _NOW)
def test_clocks_of_a_request_are_total_and_exact(facts: list[dict[str, Any]], now: int) -> None:
    """Some order of steps would leave no answer, or a clock would be wrong about its end."""
    _require_exact(_of_request(steps_of(facts), hours(now)), hours(now))


@given(_INCIDENTS, _NOW)
def test_clocks_of_an_incident_are_total_and_exact(facts: list[dict[str, Any]], now: int) -> None:
    """Some order of steps would leave no answer, or a regime would have two clocks of a report."""
    found = _of_incident(steps_of(facts), hours(now))
    _require_exact(found, hours(now))
    rules = [clock.rule_id for clock in found]
    assert len(rules) == len(set(rules))


@given(_BREACHES, _NOW)
def test_every_earlier_moment_has_a_clock_and_one_leads(
    facts: list[dict[str, Any]], now: int
) -> None:
    """A moment that a regulator may take would be hidden, or two would lead at once."""
    case = fold_breach(steps_of(facts))
    found = [clock for clock in _of_breach(steps_of(facts), hours(now)) if _is_authority(clock)]
    shown = {(clock.start.name, clock.start.at) for clock in found}
    for each in case.candidates:
        if each.anchor != "processor-aware" and (case.aware_at is None or each.at <= case.aware_at):
            assert (each.anchor, each.at) in shown or each.at == case.aware_at
    leading = [clock for clock in found if clock.start.leads]
    expected = 0 if case.aware_at is None or case.acts_as_processor else 1
    assert len(leading) == expected
    assert all(clock.start.at == case.aware_at for clock in leading)
    assert sum(clock.start.undecided for clock in found) <= (case.aware_at is None)


def _is_authority(clock: Clock) -> bool:
    return clock.rule_id == "gdpr-33-1"


@given(_BREACHES, st.sets(st.integers(0, MOST_STEPS - 1)))
def test_only_standing_steps_decide_what_a_case_is(
    facts: list[dict[str, Any]], taken_back: set[int]
) -> None:
    """A step that was taken back would still decide."""
    steps = steps_of(facts)
    marked = [
        Step(each.index, each.event_id, each.recorded_at, each.event, Index(99))
        if each.index in taken_back
        else each
        for each in steps
    ]
    alone = fold_breach([each for each in marked if each.corrected_by is None])
    beside = fold_breach(marked)
    assert {name: getattr(beside, name) for name in _DECIDED} == {
        name: getattr(alone, name) for name in _DECIDED
    }
    standing = [each for each in beside.candidates if each.corrected_by is None]
    assert tuple(standing) == alone.candidates


_DECIDED: Final = (
    "status",
    "awareness",
    "facts",
    "decisions",
    "notices",
    "ruled_out",
    "closed",
    "steps",
)


@given(st.integers(-500, 500), st.integers(-500, 500))
def test_a_corrected_moment_gives_a_new_clock_beside_the_old(first: int, second: int) -> None:
    """A correction would change the old answer, or hide it."""
    before = _of_breach([aware(1, first)], hours(0))
    after = _of_breach([aware(1, first, corrected_by=2), aware(2, second)], hours(0))
    (old,) = (clock for clock in before if _is_authority(clock))
    leading = [clock for clock in after if _is_authority(clock) and clock.start.leads]
    assert [clock.due_at for clock in leading] == [hours(second + 72)]
    if first != second:  # the same moment decided again is the same clock
        (kept,) = (clock for clock in after if clock.start.corrected_by == 2)
        assert isinstance(kept.result, DeadlineResult)
        assert (kept.due_at, kept.result) == (old.due_at, old.result)


@given(st.lists(st.sampled_from(["breach.ruled_out", "breach.closed", "aware"]), max_size=8))
def test_a_case_that_ended_owes_no_notice_until_it_is_opened_again(kinds: list[str]) -> None:
    """A false alarm would be overdue for ever once it was closed, or a real one would be silent."""
    steps = [
        aware(place, place) if kind == "aware" else step(place, kind, hour=place)
        for place, kind in enumerate(kinds)
    ]
    since = kinds[len(kinds) - kinds[::-1].index("aware") :] if "aware" in kinds else None
    leading = [clock for clock in _of_breach(steps, hours(999)) if _is_authority(clock)]
    states = {clock.state for clock in leading if clock.start.leads}
    if since is None:
        assert states == set()
    else:
        assert states == {"not-needed" if "breach.ruled_out" in since else "overdue"}


def _everything(ledger: Ledger, moment: Moment) -> list[object]:
    """What can be asked about cases at a moment, as plain values."""
    cases = read_cases(ledger, moment, corrected=True)
    extent = Extent(systems=frozenset({"web"}), until=moment.as_of, known_size=moment.known_size)
    return [
        cases,
        clocks(ledger, moment, zone=ZONE),
        breach_register(ledger, moment, zone=ZONE),
        [
            breach_timeline(ledger, case.stream, moment).entries
            for case in cases
            if case.case_kind == "breach"
        ],
        blast_radius(ledger, extent).facts,
    ]


@given(histories(), st.integers(0, MOST_STEPS), _NOW)
@settings(max_examples=25)
def test_what_was_known_stays_known(
    folder: Path, facts: list[dict[str, Any]], cut: int, now: int
) -> None:
    """What we say that we knew would change with what was recorded since."""
    ledger = random_ledger(folder)
    size = min(cut, len(facts))
    record_facts(ledger, facts, 0, size)
    moment = Moment(hours(now), Size(ledger.head().size))
    before = _everything(ledger, moment)
    record_facts(ledger, facts, size, len(facts))
    after = _everything(ledger, moment)
    ledger.close()
    assert after == before


@given(histories(), st.integers(0, MOST_STEPS), st.integers(1, 4), _NOW)
@settings(max_examples=25)
def test_cases_do_not_depend_on_how_their_view_was_folded(
    folder: Path, facts: list[dict[str, Any]], cut: int, batch: int, now: int
) -> None:
    """A case would differ by when it was asked for, or by what a process did before it stopped."""
    ledger = random_ledger(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "BATCH_RECORDS", batch)
        record_facts(ledger, facts, 0, min(cut, len(facts)))
        _everything(ledger, Moment(hours(now), Size(ledger.head().size)))
        record_facts(ledger, facts, min(cut, len(facts)), len(facts))
        moment = Moment(hours(now), Size(ledger.head().size))
        followed = _everything(ledger, moment)
    rebuild(ledger, ["cases"])
    rebuilt = _everything(ledger, moment)
    ledger.close()
    assert rebuilt == followed


@given(histories(), _NOW)
@settings(max_examples=25)
def test_clocks_asked_for_apart_are_those_of_the_whole(
    folder: Path, facts: list[dict[str, Any]], now: int
) -> None:
    """One case asked for alone would get another answer than in the list of all."""
    ledger = random_ledger(folder)
    record_facts(ledger, facts, 0, len(facts))
    moment = Moment(hours(now), Size(ledger.head().size))
    whole = clocks(ledger, moment, zone=ZONE)
    for case in read_cases(ledger, moment):
        alone = clocks(ledger, moment, zone=ZONE, streams=[case.stream])
        assert alone == [clock for clock in whole if clock.case == case.stream]
    for case_kind in ("breach", "incident", "request"):
        of_kind = clocks(ledger, moment, zone=ZONE, case_kind=case_kind)
        assert of_kind == [clock for clock in whole if clock.case_kind == case_kind]
    sooner = list(still_running(clocks(ledger, moment, zone=ZONE, ended=False)))
    ledger.close()
    assert sooner == list(still_running(whole))
