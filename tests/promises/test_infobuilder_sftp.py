"""The promises of InfoBuilder over histories that keep them, break them, or leave them open."""

from pathlib import Path
from typing import Final

import pytest

from tests.histories import day
from tests.promises.infobuilder_steps import (
    AGREEMENT,
    AGREEMENT_ENDED,
    BY_OTHER,
    CARRIER,
    CLIENT,
    CONTACT,
    DELIVERED,
    FETCHED,
    NAME,
    OTHER_SPECIFICATION,
    PROCESSED,
    PRODUCED,
    RECEIVED,
    SECRET,
    STORAGE,
    TICKET,
    WITHDRAWN,
    at,
    consented,
    contacted,
    gone,
    kept_content,
    looked_into_secrets,
    seconds,
    sent,
    shared,
    signed,
    specified,
    used,
)
from tests.promises.judging import (
    Story,
    covered,
    instant,
    items,
    parameter_set,
    reading_decided,
    statement_log,
    tell,
    verdict_of,
    verdicts,
)

IDS: Final = [f"IFB-{number:02}" for number in range(1, 14)]

CONTACTING: Final = [
    Story("IFB-01", "kept", "to send a bill", [used(5, purpose="invoicing", **CONTACT)]),
    Story(
        "IFB-01",
        "kept",
        "told to the customer",
        [sent(5, "customer", CLIENT, content_classes=["contact"], purpose="contact")],
    ),
    Story("IFB-01", "broken", "for research", [used(5, purpose="research", **CONTACT)]),
    Story(
        "IFB-01",
        "broken",
        "given away",
        [sent(5, "third-party", CARRIER, content_classes=["contact"], purpose="contact")],
    ),
    Story("IFB-01", "undeterminable", "for whatever purpose", [used(5, **CONTACT)]),
    Story(
        "IFB-02",
        "kept",
        "three messages of four",
        [contacted(day, topic="service-message", purpose="service") for day in (5, 30, 60)],
        [parameter_set("IFB-02", messages_per_year=4)],
    ),
    Story(
        "IFB-02",
        "broken",
        "a fifth message",
        [contacted(day, topic="service-message", purpose="service") for day in range(5, 10)],
        [parameter_set("IFB-02", messages_per_year=4)],
    ),
    Story("IFB-02", "broken", "marketing", [contacted(5, purpose="marketing")]),
    Story("IFB-02", "undeterminable", "nobody said how many", [contacted(5, purpose="service")]),
    Story("IFB-03", "kept", "news", [sent(5, "public", None, exchange_kind="publication")]),
    Story(
        "IFB-03",
        "broken",
        "a list of clients",
        [sent(5, "public", None, exchange_kind="publication", content_classes=["client-identity"])],
    ),
    Story(
        "IFB-03",
        "undeterminable",
        "some page",
        [sent(5, "public", None, exchange_kind="publication", content_classes=None)],
    ),
    Story("IFB-03", "undeterminable", "nobody was listening", coverage=False),
]
SENDING: Final = [
    Story("IFB-04", "kept", "to the destination", [specified(1), sent(5, "third-party", CARRIER)]),
    Story("IFB-04", "kept", "picked up there", [specified(1), DELIVERED]),
    Story("IFB-04", "broken", "to another", [specified(1), sent(5, "third-party", "reclame-oost")]),
    Story("IFB-04", "broken", "nothing agreed", [sent(5, "third-party", CARRIER)]),
    Story(
        "IFB-04",
        "broken",
        "to the destination of before",
        [specified(1), specified(4, "2", "vervoerder-noord"), sent(5, "third-party", CARRIER)],
    ),
    Story(
        "IFB-04",
        "kept",
        "before the new version took effect",
        [
            specified(1),
            specified(4, "2", "vervoerder-noord", effective_from=instant(8)),
            sent(5, "third-party", CARRIER),
        ],
    ),
    Story("IFB-04", "undeterminable", "fetched over SFTP", [specified(1), *FETCHED]),
    Story("IFB-04", "undeterminable", "fetched, and nothing agreed", FETCHED),
    Story(
        "IFB-04",
        "broken",
        "to another as well",
        [*FETCHED, specified(1), sent(5, "third-party", "x")],
    ),
    Story("IFB-04", "undeterminable", "to somebody", [specified(1), sent(5, "third-party", None)]),
    Story("IFB-12", "kept", "as consented", [consented(1, "formats"), shared(5, "formats")]),
    Story(
        "IFB-12",
        "broken",
        "more than consented",
        [consented(1, "formats"), shared(5, "formats", "passwords")],
    ),
    Story("IFB-12", "broken", "consent later", [shared(5, "formats"), consented(6, "formats")]),
    Story(
        "IFB-12",
        "broken",
        "consent withdrawn",
        [consented(1, "formats"), WITHDRAWN, shared(5, "formats")],
    ),
    Story("IFB-12", "undeterminable", "of whatever kind", [consented(1, "formats"), shared(5)]),
    Story(
        "IFB-13", "kept", "to the client", [sent(5, "customer", CLIENT, content_classes=[SECRET])]
    ),
    Story("IFB-13", "kept", "as consented", [consented(1, "formats"), shared(5, "formats")]),
    Story("IFB-13", "broken", "without consent", [shared(5, "formats")]),
    Story(
        "IFB-13",
        "broken",
        "published",
        [sent(5, "public", None, exchange_kind="publication", content_classes=[SECRET])],
    ),
    Story("IFB-13", "undeterminable", "nobody was listening", coverage=False),
]
DELETING: Final = [
    Story("IFB-05", "kept", "within the minute", [PROCESSED, gone("in.csv", 5, 40)]),
    Story("IFB-05", "broken", "after the minute", [PROCESSED, gone("in.csv", 5, 63)]),
    Story("IFB-05", "broken", "later than set", [PROCESSED, gone("in.csv", 5, 40)], seconds(30)),
    Story("IFB-05", "broken", "another file went", [PROCESSED, gone("out.xml", 5, 9)]),
    Story("IFB-05", "kept", "storage was agreed", [STORAGE, PROCESSED]),
    Story("IFB-06", "kept", "within the minute", [PRODUCED, DELIVERED, gone("out.xml", 5, 20)]),
    Story("IFB-06", "broken", "never", [PRODUCED, DELIVERED]),
    Story("IFB-06", "pending", "never picked up", [PRODUCED]),
    Story("IFB-07", "kept", "seconds", [RECEIVED, gone("in.csv", 5, 4)]),
    Story("IFB-07", "kept", "out as well", [PRODUCED, DELIVERED, gone("out.xml", 5, 20)]),
    Story("IFB-07", "pending", "still there", [RECEIVED]),
]
LOOKING: Final = [
    Story("IFB-08", "kept", "for a ticket", [used(5, **TICKET)]),
    Story("IFB-08", "kept", "by the machine", [used(5, actor_kind="service")]),
    Story("IFB-08", "broken", "out of curiosity", [used(5, purpose="curiosity", ticket="T-1")]),
    Story("IFB-08", "broken", "without a ticket", [used(5, purpose="optimisation")]),
    Story(
        "IFB-08",
        "undeterminable",
        "for whatever purpose",
        [used(5, object_kind="file", ticket="T")],
    ),
    Story("IFB-11", "undeterminable", "how many is few", [signed(1), looked_into_secrets(5)]),
    Story(
        "IFB-11",
        "kept",
        "one of two",
        [signed(1), looked_into_secrets(5), looked_into_secrets(6)],
        [parameter_set("IFB-11", viewers=2)],
    ),
    Story(
        "IFB-11",
        "broken",
        "a second of one",
        [
            signed(1),
            signed(1, person="person:b"),
            looked_into_secrets(5),
            looked_into_secrets(6, "person:b"),
        ],
        [parameter_set("IFB-11", viewers=1)],
    ),
    Story(
        "IFB-11",
        "kept",
        "each of another client",
        [
            signed(1),
            signed(1, person="person:b"),
            looked_into_secrets(5),
            looked_into_secrets(6, "person:b", "data-subject:customer:9"),
        ],
        [parameter_set("IFB-11", viewers=1)],
    ),
    Story("IFB-11", "broken", "nothing signed", [looked_into_secrets(5)]),
    Story(
        "IFB-11",
        "kept",
        "no need to sign",
        [looked_into_secrets(5)],
        [parameter_set("IFB-11", viewers=1), reading_decided("IFB-11", "none-needed")],
    ),
]
KEEPING: Final = [
    Story("IFB-09", "kept", "process data", [kept_content(5, content_classes=["process-metrics"])]),
    Story("IFB-09", "kept", "storage was agreed", [STORAGE, kept_content(5)]),
    Story("IFB-09", "broken", "content", [specified(1, storage_allowed=False), kept_content(5)]),
    Story(
        "IFB-09",
        "broken",
        "after switching off",
        [specified(1, metrics="off"), kept_content(5, content_classes=["process-metrics"])],
    ),
    Story(
        "IFB-09",
        "kept",
        "switched on again",
        [
            specified(1, metrics="off"),
            specified(3, "2", metrics="on"),
            kept_content(5, content_classes=["process-metrics"]),
        ],
    ),
    Story(
        "IFB-09",
        "broken",
        "the specification that it names stores nothing",
        [STORAGE, OTHER_SPECIFICATION, kept_content(5, **BY_OTHER)],
    ),
    Story(
        "IFB-09",
        "kept",
        "the specification that it names has storage",
        [
            specified(1, specification_id="S-2", storage_allowed=True),
            kept_content(5, customer_id=None, **BY_OTHER),
        ],
    ),
    Story(
        "IFB-09",
        "broken",
        "after switching off what it names",
        [
            specified(1, metrics="off", specification_id="S-2"),
            kept_content(5, content_classes=["process-metrics"], **BY_OTHER),
        ],
    ),
    Story(
        "IFB-10",
        "broken",
        "the specification that it names stores nothing",
        [STORAGE, AGREEMENT, OTHER_SPECIFICATION, kept_content(5, **BY_OTHER)],
    ),
    Story("IFB-10", "kept", "both before", [STORAGE, AGREEMENT, kept_content(5)]),
    Story("IFB-10", "broken", "no agreement", [STORAGE, kept_content(5)]),
    Story("IFB-10", "broken", "no specification", [AGREEMENT, kept_content(5)]),
    Story(
        "IFB-10",
        "broken",
        "agreement ended",
        [STORAGE, AGREEMENT, AGREEMENT_ENDED, kept_content(5)],
    ),
    Story(
        "IFB-10",
        "undeterminable",
        "for some client",
        [STORAGE, AGREEMENT, kept_content(5, on_behalf_of=None)],
    ),
]
STORIES: Final = [*CONTACTING, *SENDING, *DELETING, *LOOKING, *KEEPING]


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
    """A promise would be shipped that nobody has seen kept, or broken.

    IFB-07 describes and sets no limit: it is measured, and nothing can break it.
    """
    assert sorted({story.promise_id for story in STORIES if story.verdict == "kept"}) == IDS
    broken = {story.promise_id for story in STORIES if story.verdict == "broken"}
    assert broken == set(IDS) - {"IFB-07"}


def test_a_consent_that_is_recorded_late_reopens_the_verdict(tmp_path: Path) -> None:
    """An exchange would stay a breach although the client had consented before it."""
    ledger = statement_log(tmp_path, NAME)
    first = tell(ledger, [shared(5, "formats")])
    moment = first
    assert verdicts(ledger, moment)["IFB-12"].verdict == "broken"
    tell(ledger, [consented(1, "formats")])
    assert verdicts(ledger, moment)["IFB-12"].verdict == "kept"
    assert verdicts(ledger, moment, as_known=first)["IFB-12"].verdict == "broken"


def test_how_long_files_stay_is_measured(tmp_path: Path) -> None:
    """The report would say nothing, or wrong numbers, about what the statement calls seconds."""
    files = [(f"{number}.csv", 5 + number, number) for number in range(1, 21)]
    history = [
        each
        for name, on, stay in files
        for each in (at("file.received", on, 0, file_id=name), gone(name, on, stay))
    ]
    found = verdict_of(tmp_path, NAME, Story("IFB-07", "kept", "", history))
    inputs = found.figures[0]
    assert (inputs.count, inputs.least, inputs.most, inputs.unit) == (20, 1, 20, "seconds")
    assert (inputs.p50, inputs.p95, inputs.limit) == (10, 19, None)


def test_messages_and_viewers_are_counted_before_anybody_sets_a_limit(tmp_path: Path) -> None:
    """The data protection officer would have no numbers to choose a limit by."""
    history = [contacted(day, topic="service-message", purpose="service") for day in (5, 6, 7)]
    ledger = statement_log(tmp_path, NAME)
    now = tell(ledger, [*history, signed(1), looked_into_secrets(5)])
    found = verdicts(ledger, now)
    assert (found["IFB-02"].figures[0].most, found["IFB-11"].figures[0].most) == (3, 1)
    assert found["IFB-02"].figures[0].limit is None
    assert found["IFB-02"].figures[0].limit_reason is not None


def test_the_default_of_a_minute_is_a_decision_on_record(tmp_path: Path) -> None:
    """Nobody could tell who chose sixty seconds where the statement says as soon as possible."""
    found = verdict_of(tmp_path, NAME, Story("IFB-05", "kept", ""))
    (parameter,) = found.parameters
    assert (parameter.name, parameter.value, parameter.unit) == ("seconds", 60, "seconds")
    assert parameter.set_by_index is not None
    assert parameter.set_by_index > found.declared_index


def test_a_broken_term_names_its_events(tmp_path: Path) -> None:
    """Whoever looks into a break would have to search for the file and its deletion."""
    ledger = statement_log(tmp_path, NAME)
    now = tell(ledger, [PROCESSED, gone("in.csv", 5, 63)])
    (item,) = items(ledger, "IFB-05", now, verdict="broken")
    processed, deletion = (ledger.head().size - 2, ledger.head().size - 1)
    assert item.index == processed
    assert deletion in item.rests_on
    assert item.due_at is not None
    assert item.due_at.isoformat() == "2026-01-06T07:01:02+00:00"


def test_a_source_that_went_silent_leaves_the_rest_open(tmp_path: Path) -> None:
    """Silence of a source that nobody had connected would pass for good behaviour."""
    ledger = statement_log(tmp_path, NAME, coverage=False)
    tell(ledger, [covered(NAME, until=day(30))])
    assert verdicts(ledger, day(20))["IFB-03"].verdict == "kept"
    found = verdicts(ledger, day(60))["IFB-03"]
    assert found.verdict == "undeterminable"
    assert [(gap.system, gap.since) for gap in found.coverage_gaps] == [(NAME, day(30))]


def test_storage_that_is_agreed_later_is_no_excuse(tmp_path: Path) -> None:
    """A file that stayed too long would be excused by what was written down afterwards."""
    late = Story("IFB-05", "broken", "", [PROCESSED, specified(9, storage_allowed=True)])
    assert verdict_of(tmp_path, NAME, late).verdict == "broken"
