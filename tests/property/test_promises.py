"""Laws of judged promises: how and when the log was read, cut and told makes no difference."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ledger import Ledger
from ledger.units import Size
from projections import catch_up, rebuild, running
from projections.cases.reading import Moment
from projections.promises import PromiseVerdict, promise_items, promise_verdicts
from tests.histories import day
from tests.promised_facts import DECIDED, LAST, PROMISED, publish
from tests.view_histories import MOST_EVENTS, histories, random_ledger, record_stretch

VIEW = "promises"
LATER = 60
"""A day on which every term of the facts is over."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("promises")


def _told(folder: Path) -> Ledger:
    ledger = random_ledger(folder)
    publish(ledger)
    return ledger


def _answers(ledger: Ledger, on: int, size: int | None = None) -> list[Any]:
    """All that is said of every promise, and of each event judged under it."""
    moment = Moment(day(on), ledger.head().size if size is None else Size(size))
    found = promise_verdicts(ledger, moment)
    return [(each, promise_items(ledger, moment, each.promise_id)) for each in found]


@given(
    histories(PROMISED | DECIDED),
    st.lists(st.integers(0, MOST_EVENTS), max_size=3),
    st.integers(1, 5),
    st.sampled_from([5, LAST, LATER]),
)
@settings(max_examples=12)
def test_a_rebuild_judges_as_following_did(
    folder: Path, history: list[dict[str, Any]], cuts: list[int], batch: int, on: int
) -> None:
    """A verdict would depend on when it was asked for, or on where a process stopped."""
    ledger = _told(folder)
    with pytest.MonkeyPatch.context() as patch:
        catch_up(ledger, [VIEW])
        patch.setattr(running, "BATCH_RECORDS", batch)
        start = 0
        for stop in [*sorted(min(cut, len(history)) for cut in cuts), len(history)]:
            record_stretch(ledger, history, start, stop)
            catch_up(ledger, [VIEW])
            start = stop
    followed = _answers(ledger, on)
    rebuild(ledger, [VIEW])
    rebuilt = _answers(ledger, on)
    ledger.close()
    assert rebuilt == followed


@given(histories(PROMISED | DECIDED), st.sampled_from([5, LAST, LATER]))
@settings(max_examples=8)
def test_what_was_known_stays_known(folder: Path, history: list[dict[str, Any]], on: int) -> None:
    """A later record would change what we say that we knew before it."""
    ledger = _told(folder)
    known = {}
    for place in range(len(history)):
        record_stretch(ledger, history, place, place + 1)
        known[ledger.head().size] = _answers(ledger, on)
    for size, answers in known.items():
        assert _answers(ledger, on, size) == answers
    ledger.close()


@given(st.lists(PROMISED, min_size=1, max_size=MOST_EVENTS), st.permutations(range(MOST_EVENTS)))
@settings(max_examples=12)
def test_verdicts_do_not_depend_on_the_order_of_telling(
    folder: Path, facts: list[dict[str, Any]], order: list[int]
) -> None:
    """What was told late would be judged otherwise than what was told in time."""
    history = [{**fact, "on": fact["on"] + (place + 1) / 100} for place, fact in enumerate(facts)]
    shuffled = [history[place] for place in order if place < len(history)]
    found = []
    for told in (history, shuffled):
        ledger = _told(folder)
        record_stretch(ledger, told, 0, len(told))
        catch_up(ledger, [VIEW])
        found.append([_counted(verdict) for verdict, _ in _answers(ledger, LATER)])
        ledger.close()
    assert found[0] == found[1]


def _counted(verdict: PromiseVerdict) -> tuple[Any, ...]:
    counts = (verdict.kept, verdict.broken, verdict.pending, verdict.undeterminable)
    return (verdict.promise_id, verdict.verdict, counts, dict(verdict.by_reading))
