"""Promises asked about together: one state of the log, read once, and the answers as one by one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Table
from sqlalchemy import event as sqlalchemy_event

from benchmarks.promise_sample import promise_batches
from ledger.ledger import Ledger
from projections import rebuild
from projections.cases.reading import Moment
from projections.promises import judged_promises, promise_items, promise_verdicts
from projections.promises.tables import COVERAGE, EVIDENCE, SETTING, VERDICT
from tests.histories import day, new_ledger

_EVENTS = 150
_LATER = 3_000
"""A day after all that the sample tells."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A log of the five systems whose statements are judged."""
    folder = tmp_path_factory.mktemp("judged")
    made = new_ledger(f"sqlite:///{folder / 'judged.sqlite'}", folder, "judged")
    for batch in promise_batches(_EVENTS):
        made.record_many(batch)
    yield made
    made.close()


def _moment(ledger: Ledger) -> Moment:
    return Moment(day(_LATER), ledger.head().size)


@contextmanager
def _statements(ledger: Ledger) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    found: list[str] = []

    def note(*asked: object) -> None:
        found.append(str(asked[2]))

    sqlalchemy_event.listen(ledger.log.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sqlalchemy_event.remove(ledger.log.engine, "before_cursor_execute", note)


def _reading(table: Table, asked: list[str]) -> int:
    """How many of some statements read a table."""
    return sum(table.name in each for each in asked)


def test_promises_asked_together_are_told_as_one_by_one(ledger: Ledger) -> None:
    """A page about all promises would tell other verdicts or events than a question about one."""
    moment = _moment(ledger)
    with judged_promises(ledger, moment) as found:
        together = {each.promise_id: (each.verdict, each.items("kept", 3)) for each in found}
    alone = {
        each.promise_id: (
            each,
            promise_items(ledger, moment, each.promise_id, verdict="kept", limit=3),
        )
        for each in promise_verdicts(ledger, moment)
    }
    assert together == alone
    assert any(items for _, items in together.values())
    assert any(verdict.broken for verdict, _ in together.values())


def test_only_the_promises_asked_for_are_given(ledger: Ledger) -> None:
    """A system, or an id, would not narrow what is told."""
    moment = _moment(ledger)
    with judged_promises(ledger, moment, system="ragiox-gold") as found:
        assert {each.promise_id[:3] for each in found} == {"RAG"}
    with judged_promises(ledger, moment, promise_ids=["RAG-03"]) as found:
        assert [each.promise_id for each in found] == ["RAG-03"]
        assert found[0].items() == promise_items(ledger, moment, "RAG-03")


def test_rules_and_counts_are_read_once_for_all_promises(ledger: Ledger) -> None:
    """Each promise of a page would have every rule and count of the log read anew."""
    moment = _moment(ledger)
    promise_verdicts(ledger, moment)  # the view has caught up
    with _statements(ledger) as one, judged_promises(ledger, moment) as found:
        assert found[0].verdict.promise_id == found[0].promise_id
        found[0].items("kept", 1)
    with _statements(ledger) as every, judged_promises(ledger, moment) as found:
        for each in found:
            assert each.verdict.promise_id == each.promise_id
            each.items("kept", 1)
    assert _reading(SETTING, one)
    assert _reading(SETTING, every) == _reading(SETTING, one)
    assert _reading(COVERAGE, every) <= 1


def test_breaks_are_found_without_walking_all_verdicts(ledger: Ledger) -> None:
    """The breaks of one promise would cost as much as the whole history has verdicts."""
    moment = _moment(ledger)
    promise_verdicts(ledger, moment)  # the view has caught up
    with _statements(ledger) as asked:
        assert promise_items(ledger, moment, "ING-06", verdict="broken", limit=2)
    (found,) = [each for each in asked if VERDICT.name in each and "LIMIT" in each]
    assert f"INDEXED BY ix_{VERDICT.name}_open" in found


def test_what_belongs_to_a_case_is_found_without_walking_all_evidence(ledger: Ledger) -> None:
    """One new event of a case would cost as much as the whole history has evidence."""
    with _statements(ledger) as asked:
        rebuild(ledger, ["promises"])
    found = [each for each in asked if EVIDENCE.name in each and "stream IN" in each]
    assert found
    assert all(f"INDEXED BY ix_{EVIDENCE.name}_stream" in each for each in found)
