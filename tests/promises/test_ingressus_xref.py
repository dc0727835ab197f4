"""The promises of Ingressus X-ref over histories that keep them, break them, or leave them open."""

from pathlib import Path
from typing import Final

import pytest

from tests.histories import day
from tests.promises.ingressus_steps import (
    ACCESS_ONLY,
    AGREEMENT,
    APPROVED,
    BACK,
    CUSTOMER,
    LEFT,
    LENDING_TOO,
    LIBRARY,
    NAME,
    NEW_TEXT,
    TEXT,
    announced,
    answered,
    asked,
    deleted,
    ended,
    granted,
    logged_in,
    new_version,
    notice,
    page_shows,
    registered,
    rule_set,
    sent,
    signed,
    stored,
    sub_processor,
)
from tests.promises.judging import (
    ASKED_AT,
    Story,
    instant,
    items,
    reading_decided,
    statement_log,
    tell,
    verdict_of,
    verdicts,
)

IDS: Final = [f"ING-{number:02}" for number in range(1, 14)]

SHARING: Final = [
    Story("ING-01", "kept", "given to the library", [sent(5, "controller", LIBRARY)]),
    Story("ING-01", "broken", "for money", [sent(5, "third-party", "x", consideration="paid")]),
    Story("ING-01", "broken", "as a sale", [sent(5, "third-party", "x", purpose="sale")]),
    Story("ING-01", "undeterminable", "nobody was listening", coverage=False),
    Story("ING-02", "kept", "to the library", [sent(5, "controller", LIBRARY)]),
    Story("ING-02", "kept", "to its host", [*APPROVED, sent(5, "sub-processor", "intermax")]),
    Story("ING-02", "broken", "to a third party", [sent(5, "third-party", "reclame-oost")]),
    Story("ING-02", "broken", "to a processor nobody approved", [sent(5, "processor", "wolk-9")]),
    Story("ING-02", "undeterminable", "to some processor", [sent(5, "sub-processor", None)]),
    Story("ING-06", "kept", "approved host", [*APPROVED, sent(5, "sub-processor", "intermax")]),
    Story(
        "ING-06",
        "kept",
        "another sub-processor left",
        [*APPROVED, sub_processor("removed", 3, "siyou"), sent(5, "sub-processor", "intermax")],
    ),
    Story(
        "ING-06",
        "broken",
        "after it left",
        [*APPROVED, sub_processor("removed", 3, "siyou"), sent(5, "sub-processor", "siyou")],
    ),
    Story("ING-06", "broken", "nobody approved it", [*APPROVED, sent(5, "host", "wolk-9")]),
    Story(
        "ING-06",
        "broken",
        "approved too late",
        [sub_processor("engaged", 4, "intermax"), sub_processor("approved", 6, "intermax")],
    ),
    Story("ING-06", "kept", "approved first", [*APPROVED, sub_processor("engaged", 4, "siyou")]),
    Story(
        "ING-06",
        "kept",
        "used by the library and by the host",
        [
            AGREEMENT,
            *APPROVED,
            logged_in(5, actor_organisation=LIBRARY),
            logged_in(6, actor_organisation="intermax", actor="person:op@intermax.example"),
        ],
    ),
    Story(
        "ING-06",
        "broken",
        "used by a stranger",
        [AGREEMENT, *APPROVED, logged_in(5, actor_organisation="wolk-9")],
    ),
]
PURPOSES: Final = [
    Story("ING-04", "kept", "access", [logged_in(5)], ACCESS_ONLY),
    Story("ING-04", "broken", "marketing", [logged_in(5, purpose="marketing")]),
    Story("ING-04", "undeterminable", "no purpose", [logged_in(5, purpose=None)], ACCESS_ONLY),
    Story("ING-04", "undeterminable", "lending, undecided", [logged_in(5, purpose="book-lending")]),
    Story("ING-04", "broken", "lending", [logged_in(5, purpose="book-lending")], ACCESS_ONLY),
    Story("ING-04", "kept", "lending too", [logged_in(5, purpose="book-lending")], LENDING_TOO),
    Story("ING-05", "undeterminable", "the statement contradicts itself"),
    Story("ING-05", "undeterminable", "lending, undecided", [logged_in(5, purpose="book-lending")]),
    Story("ING-05", "broken", "lending", [logged_in(5, purpose="book-lending")], ACCESS_ONLY),
    Story(
        "ING-05",
        "broken",
        "lending is registered",
        [registered(5, "work-email", purpose="book-lending")],
        ACCESS_ONLY,
    ),
    Story("ING-05", "kept", "lending too", [logged_in(5, purpose="book-lending")], LENDING_TOO),
]
PEOPLE: Final = [
    Story("ING-03", "kept", "signed before", [signed(1), granted(5, "ingressus")]),
    Story("ING-03", "kept", "somebody of the library", [granted(5, LIBRARY)]),
    Story("ING-03", "broken", "never signed", [granted(5, "ingressus")]),
    Story("ING-03", "broken", "signed after", [granted(5, "ingressus"), signed(6)]),
    Story(
        "ING-03",
        "broken",
        "it had run out",
        [signed(1, valid_until=instant(3)), granted(5, "ingressus")],
    ),
    Story("ING-03", "undeterminable", "of some organisation", [granted(5, None)]),
    Story("ING-07", "kept", "employed", [logged_in(5)]),
    Story("ING-07", "broken", "not employed", [logged_in(5, employment_verified=False)]),
    Story("ING-07", "undeterminable", "not told", [logged_in(5, employment_verified=None)]),
    Story("ING-07", "broken", "after leaving", [LEFT, logged_in(30)]),
    Story("ING-07", "kept", "before leaving and after coming back", [logged_in(5), LEFT, BACK]),
    Story("ING-07", "kept", "back again", [LEFT, BACK, logged_in(45)]),
    Story("ING-07", "kept", "by password", [LEFT, logged_in(30, auth_method="password")]),
]
STORING: Final = [
    Story("ING-08", "kept", "a work address", [stored(5), registered(6, "work-email")]),
    Story(
        "ING-08",
        "kept",
        "the address of the library",
        [stored(5, data_categories=["organisation-ip"], subject_categories=None)],
    ),
    Story("ING-08", "kept", "as content", [stored(5, content_classes=["work-email"])]),
    Story("ING-08", "broken", "a birth date", [stored(5, data_categories=["birth-date"])]),
    Story("ING-08", "broken", "of a reader", [stored(5, subject_categories=["readers"])]),
    Story("ING-08", "broken", "content", [stored(5, content_classes=["loan-history"])]),
    Story("ING-08", "broken", "registered so", [registered(5, "work-email", "phone-number")]),
    Story("ING-08", "undeterminable", "of whatever kind", [stored(5, data_categories=None)]),
    Story("ING-09", "kept", "in the management system", [stored(5)]),
    Story("ING-09", "broken", "on a laptop", [stored(5, location="laptop-7")]),
    Story("ING-09", "undeterminable", "somewhere", [stored(5, location=None)]),
    Story("ING-10", "kept", "in time", [rule_set(1), stored(5), deleted(60)]),
    Story("ING-10", "broken", "too late", [rule_set(1), stored(5), deleted(70)]),
    Story("ING-10", "broken", "no rule", [stored(5), deleted(6)]),
    Story("ING-10", "pending", "still due", [rule_set(1), stored(5)], as_of=day(40)),
    Story(
        "ING-10",
        "broken",
        "after the contract",
        [rule_set(1, trigger="contract-ended", period="P14D"), ended(50), deleted(80)],
    ),
    Story(
        "ING-10",
        "kept",
        "soon after the contract",
        [rule_set(1, trigger="contract-ended", period="P14D"), stored(5), ended(50), deleted(60)],
    ),
    Story(
        "ING-10",
        "broken",
        "long after notice",
        [rule_set(1, trigger="notice", period="P1M"), stored(5), notice(10), deleted(50)],
    ),
    Story(
        "ING-10",
        "kept",
        "no wish about notice",
        [rule_set(1, period="P6M"), stored(5), notice(10), deleted(50)],
    ),
    Story("ING-10", "undeterminable", "of some library", [stored(5, customer_id=None)]),
]
ENDING: Final = [
    Story("ING-11", "kept", "gone in time", [notice(10), ended(40), deleted(95)]),
    Story("ING-11", "broken", "too late", [notice(10), ended(40), deleted(110)]),
    Story("ING-11", "broken", "one person only", [notice(10), deleted(20, subjects=[CUSTOMER])]),
    Story("ING-11", "pending", "not yet", [notice(10)], as_of=day(50)),
    Story(
        "ING-11",
        "kept",
        "decided to count from the end",
        [notice(10), ended(70), deleted(120)],
        [reading_decided("ING-11", "contract-end")],
    ),
    Story(
        "ING-11",
        "broken",
        "even after the end",
        [notice(10), ended(40), deleted(140)],
        [reading_decided("ING-11", "contract-end")],
    ),
    Story("ING-12", "kept", "answered", [asked(5), answered("fulfilled", 20)]),
    Story("ING-12", "kept", "withdrawn", [asked(5), answered("withdrawn", 20)]),
    Story(
        "ING-12",
        "kept",
        "extended in time",
        [asked(5), answered("extended", 20), answered("refused", 80)],
    ),
    Story(
        "ING-12",
        "broken",
        "extended too late",
        [asked(5), answered("extended", 60), answered("refused", 80)],
    ),
    Story("ING-12", "broken", "no answer", [asked(5)]),
    Story("ING-12", "pending", "the month runs", [asked(5)], as_of=day(20)),
    Story("ING-13", "kept", "the page shows it", [page_shows(5, TEXT)]),
    Story("ING-13", "broken", "the page shows another", [page_shows(5, NEW_TEXT)]),
    Story("ING-13", "kept", "and the new one", [*new_version(50), page_shows(60, NEW_TEXT)]),
    Story("ING-13", "broken", "still the old one", [*new_version(50), page_shows(60, TEXT)]),
    Story(
        "ING-13",
        "kept",
        "as announced",
        [announced(30, 50, NEW_TEXT), *new_version(50)],
    ),
    Story("ING-13", "broken", "announced, not published", [announced(30, 50, NEW_TEXT)]),
    Story("ING-13", "undeterminable", "nobody was listening", coverage=False),
]


STORIES: Final = [*SHARING, *PURPOSES, *PEOPLE, *STORING, *ENDING]


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_each_history_gets_its_verdict(tmp_path: Path, story: Story) -> None:
    """A promise would be called kept although broken, or the other way round, or decided too early.

    A broken verdict names the first break, one that cannot be told says what would settle it, and
    each rests on events.
    """
    found = verdict_of(tmp_path, NAME, story)
    assert found.verdict == story.verdict, found.reasons
    assert found.rests_on
    assert (found.oldest_break is not None) is (story.verdict == "broken")
    if story.verdict == "undeterminable":
        assert found.reasons
        assert found.settle


def test_every_promise_has_a_history_that_keeps_it_and_one_that_breaks_it() -> None:
    """A promise would be shipped that nobody has seen kept, or broken."""
    for verdict in ("kept", "broken"):
        seen = {story.promise_id for story in STORIES if story.verdict == verdict}
        assert sorted(seen) == IDS


def test_an_approval_that_is_recorded_late_reopens_the_verdict(tmp_path: Path) -> None:
    """A sub-processor would stay in breach although the library had approved it in time."""
    ledger = statement_log(tmp_path, NAME)
    first = tell(ledger, [sent(5, "sub-processor", "intermax")])
    assert verdicts(ledger, day(9))["ING-06"].verdict == "broken"
    tell(ledger, [sub_processor("approved", 1, "intermax")])
    assert verdicts(ledger, day(9))["ING-06"].verdict == "kept"
    assert verdicts(ledger, day(9), as_known=first)["ING-06"].verdict == "broken"


def test_both_ends_of_the_contract_are_judged_beside_each_other(tmp_path: Path) -> None:
    """The library would not see that by the other reading its data were gone in time."""
    story = Story("ING-11", "broken", "", [notice(10), ended(70), deleted(120)])
    found = verdict_of(tmp_path, NAME, story)
    assert found.reading == "notice"
    assert dict(found.by_reading) == {"notice": "broken", "contract-end": "kept"}


def test_the_decision_between_readings_counts_from_its_day(tmp_path: Path) -> None:
    """A decision of today would judge what was done while nobody had decided."""
    before, after = logged_in(5, purpose="book-lending"), logged_in(40, purpose="book-lending")
    decided = [reading_decided("ING-04", "lending-too", 20)]
    told = [Story("ING-04", "kept", "", [each], decided) for each in (before, after)]
    (folder, other) = (tmp_path / "before", tmp_path / "after")
    folder.mkdir()
    other.mkdir()
    assert verdict_of(folder, NAME, told[0]).verdict == "undeterminable"
    assert verdict_of(other, NAME, told[1]).verdict == "kept"


def test_an_undecided_reading_is_named(tmp_path: Path) -> None:
    """The data protection officer would not learn between what to choose."""
    found = verdict_of(tmp_path, NAME, Story("ING-05", "undeterminable", ""))
    assert set(found.open_readings) == {"access-only", "lending-too"}


def test_when_data_are_due_to_be_gone_is_said(tmp_path: Path) -> None:
    """Nobody would know until when the data of the library may stay."""
    found = verdict_of(tmp_path, NAME, Story("ING-11", "pending", "", [notice(10)], as_of=day(50)))
    assert found.due_at is not None
    assert found.due_at.isoformat() == "2026-04-11T22:00:00+00:00"


def test_a_correction_takes_a_break_back(tmp_path: Path) -> None:
    """A sale that was only typed wrong would stay a break, or nobody could see that it was one."""
    ledger = statement_log(tmp_path, NAME)
    first = tell(ledger, [sent(5, "third-party", "x", consideration="paid")])
    (sale,) = items(ledger, "ING-01", ASKED_AT, verdict="broken")
    wrong = next(iter(ledger.log.records_at([sale.index]))).event_id
    tell(ledger, [sent(5, "controller", LIBRARY, supersedes=str(wrong))])
    assert verdicts(ledger, ASKED_AT)["ING-01"].verdict == "kept"
    assert verdicts(ledger, ASKED_AT, as_known=first)["ING-01"].verdict == "broken"
