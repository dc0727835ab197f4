"""The promises of Ragiox Gold, each judged over histories that keep it and that break it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.histories import day
from tests.promises.judging import (
    ASKED_AT,
    Story,
    covered,
    items,
    judged,
    reading_decided,
    statement_file,
    statement_log,
    tell,
    verdict_of,
    verdicts,
)
from tests.promises.ragiox_customer_histories import CUSTOMERS
from tests.promises.ragiox_exchange_histories import ACCESS, EXCHANGES
from tests.promises.ragiox_steps import (
    certificate_gone,
    certified,
    consent,
    consented,
    contract_ended,
    deleted,
    on_date,
    reported,
    shared,
    synced,
)

NAME: Final = "ragiox-gold"
STORIES: Final = (*CUSTOMERS, *EXCHANGES, *ACCESS)
IDS: Final = [f"RAG-{number:02d}" for number in range(1, 13)]


@pytest.mark.parametrize("verdict", ["kept", "broken"])
def test_each_promise_can_be_kept_and_broken(verdict: str) -> None:
    """A rule that always gives one verdict would pass every other test of that verdict."""
    assert sorted({each.promise_id for each in STORIES if each.verdict == verdict}) == IDS


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_the_verdict_follows_from_the_story(tmp_path: Path, story: Story) -> None:
    """A promise would be called kept, or broken, by what does not keep or break it."""
    found = verdict_of(tmp_path, NAME, story)
    assert found.verdict == story.verdict, found.reasons
    assert getattr(found, story.verdict) >= 1
    assert found.rests_on
    assert (found.oldest_break is not None) is (story.verdict == "broken")


def test_without_coverage_silence_proves_nothing(tmp_path: Path) -> None:
    """A source that was never connected would prove that nothing was collected."""
    found = judged(tmp_path, NAME, [], as_of=ASKED_AT, coverage=False)
    silent = ("RAG-01", "RAG-05", "RAG-06", "RAG-07", "RAG-11")
    assert {found[name].verdict for name in silent} == {"undeterminable"}
    assert found["RAG-05"].coverage_gaps
    assert found["RAG-05"].settle


def test_a_gap_in_the_coverage_is_named(tmp_path: Path) -> None:
    """Ten days without a connection would count as ten days in which nothing was collected."""
    ledger = statement_log(tmp_path, NAME, coverage=False)
    tell(
        ledger,
        [covered(NAME, until=day(20)), covered(NAME, since=day(30))],
    )
    found = verdicts(ledger, ASKED_AT)["RAG-05"]
    assert found.verdict == "undeterminable"
    (gap,) = found.coverage_gaps
    assert (gap.system, gap.since, gap.until) == (NAME, day(20), day(30))


@pytest.mark.parametrize(
    ("ended", "last_day"),
    [("2026-03-31", (2026, 4, 22)), ("2026-04-30", (2026, 5, 22)), ("2026-12-18", (2027, 1, 11))],
)
def test_fourteen_working_days_end_on_the_worked_date(
    tmp_path: Path, ended: str, last_day: tuple[int, int, int]
) -> None:
    """A holiday that is not counted would give the customer less, or the vendor more, than said."""
    end = contract_ended(on_date(ended))
    found = judged(tmp_path, NAME, [end], as_of=day(on_date(ended) + 1))
    assert found["RAG-03"].verdict == "pending"
    due_at = found["RAG-03"].due_at
    assert due_at is not None
    assert due_at > datetime(*last_day, 12, tzinfo=UTC)
    assert (due_at - datetime(*last_day, tzinfo=UTC)).total_seconds() in (22 * 3600, 23 * 3600)


@pytest.mark.parametrize(
    ("size", "megabit", "megabyte", "mebibyte"),
    [
        (500_000, "kept", "kept", "kept"),
        (500_001, "broken", "kept", "kept"),
        (4_000_001, "broken", "broken", "kept"),
        (4_194_305, "broken", "broken", "broken"),
    ],
)
def test_every_reading_of_four_mb_is_shown(
    tmp_path: Path, size: int, megabit: str, megabyte: str, mebibyte: str
) -> None:
    """An exchange that breaks the promise by one reading alone would not be noticed."""
    found = judged(tmp_path, NAME, [synced(1, size_bytes=size)], as_of=ASKED_AT)["RAG-06"]
    assert found.by_reading == {"megabit": megabit, "megabyte": megabyte, "mebibyte": mebibyte}
    assert (found.reading, found.verdict) == ("megabyte", megabyte)


def test_sizes_are_put_together(tmp_path: Path) -> None:
    """Who wonders which limit was meant would not see how large the exchanges are."""
    sizes = (100, 200, 300)
    synchronised = [synced(place, size_bytes=size) for place, size in enumerate(sizes, start=1)]
    found = judged(tmp_path, NAME, synchronised, as_of=ASKED_AT)["RAG-06"]
    leading = next(each for each in found.figures if each.limit == 4_000_000)
    assert (leading.count, leading.least, leading.p50, leading.most) == (3, 100, 200, 300)


def test_the_broken_sentence_is_flagged(tmp_path: Path) -> None:
    """The reader would take our completion of the sentence for what the statement says."""
    found = judged(tmp_path, NAME, [], as_of=ASKED_AT)["RAG-10"]
    assert [each.name for each in found.readings] == ["codes", "codes-and-confidentiality"]
    entry = next(each for each in statement_file(NAME).promises if each.id == "RAG-10")
    assert "broken" in entry.en
    assert "niet af" in entry.nl


def test_a_reading_counts_from_its_decision_on(tmp_path: Path) -> None:
    """A decision of today would change what an exchange of last month was worth."""
    ledger = statement_log(tmp_path, NAME, decisions=[reading_decided("RAG-06", "mebibyte", 10)])
    tell(ledger, [synced(5, size_bytes=4_000_001), synced(15, size_bytes=4_000_001)])
    broken = items(ledger, "RAG-06", ASKED_AT, "broken")
    assert day(5) in {item.occurred_at for item in broken if item.reading == "megabyte"}
    assert verdicts(ledger, ASKED_AT)["RAG-06"].broken == 1


def test_a_consent_told_after_its_exchange_counts(tmp_path: Path) -> None:
    """What was in order when it happened would stay broken because it was told in another order."""
    ledger = statement_log(tmp_path, NAME)
    before = tell(ledger, [shared(5)])
    assert verdicts(ledger, ASKED_AT)["RAG-01"].verdict == "broken"
    tell(ledger, [consented(4)])
    assert verdicts(ledger, ASKED_AT)["RAG-01"].verdict == "kept"
    assert verdicts(ledger, ASKED_AT, before)["RAG-01"].verdict == "broken"


def test_an_earlier_exchange_told_late_uses_up_the_consent(tmp_path: Path) -> None:
    """The consent for one case would cover the exchange that was told first, not the first one."""
    ledger = statement_log(tmp_path, NAME)
    tell(ledger, [consented(1), shared(5)])
    assert verdicts(ledger, ASKED_AT)["RAG-01"].verdict == "kept"
    tell(ledger, [shared(3)])
    (broken,) = items(ledger, "RAG-01", ASKED_AT, "broken")
    assert broken.occurred_at == day(5)


def test_a_withdrawal_told_late_breaks_what_seemed_kept(tmp_path: Path) -> None:
    """An exchange after a withdrawal would stay kept where the withdrawal was filed late."""
    ledger = statement_log(tmp_path, NAME)
    tell(ledger, [consented(1), shared(5)])
    tell(ledger, [consent("withdrawn", 4)])
    assert verdicts(ledger, ASKED_AT)["RAG-01"].verdict == "broken"


def test_a_certificate_told_late_counts_and_its_end_too(tmp_path: Path) -> None:
    """Who was certified would depend on when the office filed the certificate."""
    ledger = statement_log(tmp_path, NAME)
    tell(ledger, [reported(5)])
    assert verdicts(ledger, ASKED_AT)["RAG-11"].verdict == "broken"
    tell(ledger, [certified(1)])
    assert verdicts(ledger, ASKED_AT)["RAG-11"].verdict == "kept"
    tell(ledger, [certificate_gone(4, "expired")])
    assert verdicts(ledger, ASKED_AT)["RAG-11"].verdict == "broken"


def test_a_deletion_told_late_keeps_the_promise(tmp_path: Path) -> None:
    """A deletion in time would stay overdue because the system reported it late."""
    ledger = statement_log(tmp_path, NAME)
    before = tell(ledger, [contract_ended(on_date("2026-03-31"))])
    assert verdicts(ledger, ASKED_AT)["RAG-03"].verdict == "broken"
    tell(ledger, [deleted(on_date("2026-04-10"))])
    assert verdicts(ledger, ASKED_AT)["RAG-03"].verdict == "kept"
    assert verdicts(ledger, ASKED_AT, before)["RAG-03"].verdict == "broken"
