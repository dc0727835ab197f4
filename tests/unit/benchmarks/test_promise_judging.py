"""The comparisons of judging run, over a log in which promises are kept."""

from contextlib import closing

from benchmarks import promise_judging
from benchmarks.databases import Database
from benchmarks.promise_sample import SYSTEMS, promise_batches
from projections.cases.reading import moment_of
from projections.promises import promise_verdicts


def test_the_measured_log_is_of_the_five_systems_and_has_the_length_asked_for() -> None:
    """A system that reports nothing would make its promises cheap to judge."""
    opening, *told = promise_batches(2_500)
    reported = [event for batch in told for event in batch]
    assert len(reported) == 2_500
    assert {event.system for event in reported} == set(SYSTEMS)
    assert [len(batch) for batch in told] == [1_000, 1_000, 500]
    assert opening


def test_the_same_log_comes_every_time() -> None:
    """Two runs would measure two different logs."""
    assert list(promise_batches(300)) == list(promise_batches(300))


def test_both_comparisons_run_and_promises_are_judged() -> None:
    """A side that fails, or judges nothing, would be found by the next reader of the figures."""
    database = Database("SQLite")
    with database.fresh() as small, database.fresh() as large:
        promise_judging.fill(small, 300)
        promise_judging.fill(large, 1_200)
        found = [
            promise_judging.rebuild(large, "SQLite", 1_200, 1),
            promise_judging.one_by_one(small, large, ("300", "1,200"), "SQLite", 1),
        ]
        with closing(large.open_ledger()) as ledger:
            verdicts = promise_verdicts(ledger, moment_of(ledger))
    assert all(rate.median > 0 for comparison in found for rate in comparison.rates)
    kept = {str(verdict.promise_id) for verdict in verdicts if verdict.kept}
    assert {"ING-07", "RAG-03", "RAG-06", "RAG-08", "INF-08", "IFB-05"} <= kept
