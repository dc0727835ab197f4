"""Retention carried out on both databases: what goes, what stays, and what a crash leaves."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.erasure import steps
from ledger.erasure.destroying import destroy
from ledger.errors import StoreUnavailable
from ledger.events import Event
from ledger.events.log_keeping import LogRetentionExecuted
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.query import EventQuery
from projections import state
from projections.expiring import Execution, RetentionRun
from tests.histories import TestClock, day, event

_JAN = "data-subject:customer:1"
_PIET = "data-subject:customer:2"
_RUN = RetentionRun(zone=ZoneInfo("Europe/Amsterdam"), decided_by="person:dpo@example.nl")


class _Home:
    """A log that each step opens anew, as each command does."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        self.key_file = folder / "expiring.key.json"
        self.clock = TestClock()
        self.clock.now = day(400)
        with closing(
            Ledger.create(
                database=database,
                key_file=self.key_file,
                origin="log.example/expiring",
                clock=self.clock,
            )
        ):
            pass

    def open(self) -> Ledger:
        """The log."""
        return Ledger.open(database=self.database, key_file=self.key_file, clock=self.clock)

    def record(self, *events: Event) -> None:
        """Records events."""
        with closing(self.open()) as ledger:
            ledger.record_many(events)

    def run(self, **settings: Any) -> list[Execution]:  # noqa: ANN401 - those of a run
        """Executes what is due now."""
        with closing(self.open()) as ledger:
            run = RetentionRun(**{"zone": _RUN.zone, "decided_by": _RUN.decided_by, **settings})
            return run.execute(ledger)

    def shown(self) -> list[OpenedRecord]:
        """Every record, with tokens."""
        with closing(self.open()) as ledger:
            return list(ledger.read(EventQuery()))

    def left(self) -> dict[int, set[str]]:
        """The fields that disclosures are left of, by index."""
        with closing(self.open()) as ledger:
            found: dict[int, set[str]] = {}
            for each in ledger.log.scan_disclosures():
                found.setdefault(each.index, set()).update(each.fields.split(","))
            return found

    def require_valid(self) -> None:
        """Fails unless the whole history verifies."""
        with closing(self.open()) as ledger:
            assert [each for each in ledger.verify().findings if each.is_fault] == []


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> _Home:
    return _Home(database_url, tmp_path)


def _rule(rule_id: str = "log", **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event("retention.rule_set", 0, **{"rule_id": rule_id, "category": "any", **fields})


def _use(on: float, customer: str = _JAN, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event(
        "access.used", on, resource="crm", actor="person:op", subjects=[customer], **fields
    )


def test_what_is_due_goes_and_the_rest_stays(home: _Home) -> None:
    """A run would erase what nobody decided about, or leave what is due, or break the history."""
    home.record(_rule(kinds=["access.used"], period="P1Y"), _use(1), _use(300), _use(2, _PIET))
    (done,) = home.run()
    assert (done.rule_id, done.disclosures_destroyed, done.held) == ("log", 4, 0)
    assert {"actor", "subjects/0"} <= home.left()[2]
    assert home.left().keys().isdisjoint({1, 3})
    home.require_valid()
    executed = home.shown()[done.index].event
    assert isinstance(executed, LogRetentionExecuted)
    assert executed.erasure_index == done.erasure_index
    assert executed.before == datetime(2026, 2, 4, 23, tzinfo=UTC)  # midnight in Amsterdam
    assert home.run() == []


@pytest.mark.parametrize("few", [50, 0])
def test_a_person_of_whom_nothing_is_left_loses_the_key(
    home: _Home, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """A key would stay behind that opens copies of what was erased, or go too early."""
    monkeypatch.setattr("ledger.store.erasing.FEW_SUBJECTS", few)
    home.record(_rule(kinds=["access.used"], period="P1Y"), _use(1, _PIET), _use(1), _use(300))
    (done,) = home.run()
    assert done.keys_destroyed == 1
    with closing(home.open()) as ledger:
        assert ledger.subjects_matching(_PIET) == []
        assert len(ledger.subjects_matching(_JAN)) == 1
        assert len(ledger.subjects_matching("person:op")) == 1


def test_views_forget_what_retention_erased(home: _Home) -> None:
    """A view would go on showing the token of somebody whose values were erased."""
    home.record(
        _rule(kinds=["access.granted"], period="P1Y"),
        event("access.granted", 1, grant_id="G", grantee="person:jan", resource="crm"),
    )
    with closing(home.open()) as ledger:
        (before,) = state(ledger, "access", as_of=day(2)).rows
    home.run()
    with closing(home.open()) as ledger:
        after = state(ledger, "access", as_of=day(2)).rows
    assert before["grantee"].startswith("person#")
    assert all(before["grantee"] not in str(row) for row in after)


def test_what_is_held_stays_until_the_hold_is_released(home: _Home) -> None:
    """A hold would not keep, or what it kept would never go."""
    home.record(
        _rule(kinds=["access.used"], period="P1Y"),
        event("legal_hold.placed", 2, hold_id="H", customer_id=_JAN),
        _use(1),
        _use(1, _PIET),
    )
    (done,) = home.run()
    assert (done.disclosures_destroyed, done.held) == (2, 2)
    assert 2 in home.left()
    assert home.run() == []
    home.record(event("legal_hold.released", 300, hold_id="H"))
    (done,) = home.run()
    assert (done.disclosures_destroyed, done.held) == (2, 0)
    home.require_valid()


def test_only_the_rules_that_are_named_are_carried_out(home: _Home) -> None:
    """A run for one rule would erase what another rule says."""
    home.record(
        _rule(kinds=["access.used"], period="P1Y"),
        _rule("grants", kinds=["access.granted"], period="P1Y"),
        event("access.granted", 1, grant_id="G", grantee="person:jan", resource="crm"),
        _use(1),
    )
    assert [each.rule_id for each in home.run(only={"grants"})] == ["grants"]
    assert 3 in home.left()
    assert [each.rule_id for each in home.run()] == ["log"]


def test_events_that_others_count_from_go_last_and_stay_while_a_hold_keeps_any(
    home: _Home,
) -> None:
    """What a hold kept could never be due again, because the end of the contract is unknown."""
    home.record(
        _rule(kinds=["access.used", "contract.ended"], period="P1M", trigger="contract.ended"),
        event("legal_hold.placed", 2, hold_id="H", kinds=["access.used"], systems=["crm"]),
        _use(1, system="crm"),
        _use(1),
        event("contract.ended", 5, contract_id="C", customer_id=_JAN),
    )
    home.run()
    assert home.left().keys() >= {2, 4}
    assert 3 not in home.left()
    home.record(event("legal_hold.released", 300, hold_id="H"))
    assert len(home.run()) == 2  # what counted, then what was counted from
    assert home.left().keys().isdisjoint({2, 3, 4})


class _CrashError(Exception):
    """Stands for the end of the process."""


def _crash(*_: object, **__: object) -> None:
    raise _CrashError


def _due_home(home: _Home) -> None:
    home.record(_rule(kinds=["access.used"], period="P1Y"), *(_use(number) for number in range(9)))


def _require_finished(home: _Home, executions: list[Execution]) -> None:
    home.require_valid()
    assert home.left().keys().isdisjoint(range(1, 10))
    recorded = [each.event for each in home.shown()]
    executed = [each for each in recorded if isinstance(each, LogRetentionExecuted)]
    assert sum(each.disclosures_destroyed or 0 for each in executed) == 18
    assert len({each.erasure_index for each in executed}) == len(executed)
    assert executions
    assert home.run() == []


@pytest.mark.parametrize(
    "place",
    [
        "ledger.erasure.steps.destroy",
        "ledger.erasure.steps.scrub",
        "projections.erasing.sweep_views",
        "ledger.erasure.steps.end_erasure",
        "projections.expiring._recorded",
    ],
)
def test_a_run_that_was_killed_is_finished_by_the_next(
    home: _Home, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """What is due would stay for ever, or nobody could tell any more which rule erased it."""
    _due_home(home)
    with monkeypatch.context() as broken:
        broken.setattr(place, _crash)
        with pytest.raises(_CrashError):
            home.run()
    home.require_valid()
    _require_finished(home, home.run())


def test_a_run_that_was_killed_between_two_parts_goes_on(
    home: _Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what is due would stay, explained by an erasure that is confirmed."""
    _due_home(home)
    monkeypatch.setattr(steps, "PLACES_AT_ONCE", 4)
    calls = iter(range(9))

    def destroy_twice(*arguments: Any) -> None:  # noqa: ANN401 - passed on
        if next(calls) == 2:
            raise _CrashError
        destroy(*arguments)

    with monkeypatch.context() as broken:
        broken.setattr(steps, "destroy", destroy_twice)
        with pytest.raises(_CrashError):
            home.run()
    home.require_valid()
    assert 0 < len(home.left().keys() & set(range(1, 10))) < 9
    executions = home.run()
    assert [each.held for each in executions] == [None, 0]
    _require_finished(home, executions)


def test_a_hold_that_comes_in_between_two_parts_binds(
    home: _Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run takes hours on a long log, and nobody could stop it for a case."""
    monkeypatch.setattr("ledger.retention.reading.PAGE_RECORDS", 3)
    monkeypatch.setattr(steps, "PLACES_AT_ONCE", 6)
    _due_home(home)

    def place_hold(done: int) -> None:
        if done == 4:
            home.record(event("legal_hold.placed", 2, hold_id="H"))

    (execution,) = home.run(progress=place_hold)
    assert execution.disclosures_destroyed == 6
    assert home.left().keys() >= set(range(4, 10))


def test_a_hold_that_comes_at_the_last_moment_binds(
    home: _Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking up what is due and destroying it there would be a gap without holds."""
    _due_home(home)

    def destroy_late(*arguments: Any) -> None:  # noqa: ANN401 - passed on
        home.record(event("legal_hold.placed", 2, hold_id="H", kinds=["access.used"]))
        destroy(*arguments)

    monkeypatch.setattr(steps, "destroy", destroy_late)
    (execution,) = home.run()
    assert execution.disclosures_destroyed == 0
    assert home.left().keys() >= set(range(1, 10))
    home.require_valid()


def test_a_database_that_is_away_says_so(home: _Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in between would look like a run that found nothing."""
    _due_home(home)

    def unavailable(*_: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(steps, "destroy", unavailable)
    with pytest.raises(StoreUnavailable):
        home.run()
