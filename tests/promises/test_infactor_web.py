"""The promises of InFactor, each judged over histories that keep it and that break it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_OID, uuid5

import pytest

from ledger.events import Event
from ledger.own_records import SOURCES
from tests.histories import day, event
from tests.promises.infactor_data_histories import DATA
from tests.promises.infactor_people_histories import PEOPLE
from tests.promises.infactor_security_histories import SECURITY
from tests.promises.infactor_steps import (
    ADDRESS,
    SCOPE,
    attempt,
    consent,
    disclosed,
    request,
    web,
)
from tests.promises.judging import (
    ASKED_AT,
    Story,
    instant,
    items,
    judged,
    statement_log,
    tell,
    verdict_of,
    verdicts,
)

NAME: Final = "infactor-web"
STORIES: Final = (*DATA, *PEOPLE, *SECURITY)
IDS: Final = [f"INF-{number:02d}" for number in range(1, 13)]


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
    """A source that was never connected would prove that no address was kept."""
    found = judged(tmp_path, NAME, [], as_of=ASKED_AT, coverage=False)
    assert {found[name].verdict for name in ("INF-01", "INF-07", "INF-08")} == {"undeterminable"}
    assert found["INF-08"].coverage_gaps
    assert found["INF-08"].settle


def test_lines_that_never_came_in_prove_nothing(tmp_path: Path) -> None:
    """A collector that knows it lost lines would still vouch for good conduct."""
    ledger = statement_log(tmp_path, NAME)
    assert verdicts(ledger, ASKED_AT)["INF-08"].verdict == "kept"
    noticed = lost_lines(tmp_path.name, "infactor-web", system=SOURCES)
    ledger.record_own(lost_lines("a stranger's", "infactor-web", system="infactor-web"))
    ledger.record_own(lost_lines("another source's", "infobuilder-sftp", system=SOURCES))
    assert verdicts(ledger, ASKED_AT)["INF-08"].verdict == "kept"
    before = tell(ledger, [])
    tell(ledger, [])
    receipt = ledger.record_own(noticed)
    found = verdicts(ledger, ASKED_AT)["INF-08"]
    assert found.verdict == "undeterminable"
    assert [gap.lost_index for gap in found.coverage_gaps] == [receipt.index]
    assert receipt.index in found.rests_on
    assert found.settle == (
        f"import the lines of infactor-web that record {receipt.index} says are missing",
    )
    assert verdicts(ledger, ASKED_AT, before)["INF-08"].verdict == "kept"
    late = {"corrected_event_id": str(noticed.event_id), "system": SOURCES}
    ledger.record_own(event("log.correction_recorded", 3, **late))
    assert verdicts(ledger, ASKED_AT)["INF-08"].verdict == "kept"


def lost_lines(series: str, source: str, system: str) -> Event:
    """That two numbers of a source were passed over on the second day."""
    return event(
        "log.source_gap_detected",
        2,
        event_id=str(uuid5(NAMESPACE_OID, series)),
        system=system,
        source=source,
        source_format="pgaudit",
        series_id=str(uuid5(NAMESPACE_OID, source)),
        first_missing=8,
        missing=2,
        missing_from=instant(1),
        missing_until=instant(2),
    )


def test_what_the_statement_leaves_open_is_shown(tmp_path: Path) -> None:
    """Nobody would see that "repeatedly" was read as twice within a day."""
    found = judged(tmp_path, NAME, [], as_of=ASKED_AT)
    repeated = {each.name: each.value for each in found["INF-08"].parameters}
    assert repeated == {"attempts": 2, "window": 24}
    assert [(each.name, each.value) for each in found["INF-04"].parameters] == [("days", None)]
    assert found["INF-04"].verdict == "undeterminable"


def test_a_request_before_easter_is_due_on_good_friday(tmp_path: Path) -> None:
    """A week would be moved by a holiday, which no promise of InFactor says."""
    received = request("received", 85, right="A15", received_at=instant(85, 12))  # 27 March
    found = judged(tmp_path, NAME, [received], as_of=day(90))
    assert found["INF-09"].verdict == "pending"
    assert found["INF-09"].due_at == datetime(2026, 4, 3, 22, tzinfo=UTC)


def test_an_attempt_told_late_clears_a_recorded_address(tmp_path: Path) -> None:
    """The first log of a server that comes late would leave a kept promise broken."""
    ledger = statement_log(tmp_path, NAME)
    before = tell(ledger, [attempt(1.5), web("ip.recorded", 1.6, ip=ADDRESS)])
    assert verdicts(ledger, ASKED_AT)["INF-08"].verdict == "broken"
    tell(ledger, [attempt(1)])
    assert verdicts(ledger, ASKED_AT)["INF-08"].verdict == "kept"
    assert verdicts(ledger, ASKED_AT, before)["INF-08"].verdict == "broken"


def test_a_consent_told_after_its_exchange_counts(tmp_path: Path) -> None:
    """What was in order when it happened would stay broken because it was told in another order."""
    ledger = statement_log(tmp_path, NAME)
    tell(ledger, [disclosed(5)])
    assert verdicts(ledger, ASKED_AT)["INF-07"].verdict == "broken"
    tell(ledger, [consent("given", 4, scope=SCOPE)])
    assert verdicts(ledger, ASKED_AT)["INF-07"].verdict == "kept"


def test_a_withdrawal_told_late_breaks_what_seemed_kept(tmp_path: Path) -> None:
    """An exchange after a withdrawal would stay kept where the withdrawal was filed late."""
    ledger = statement_log(tmp_path, NAME)
    before = tell(ledger, [consent("given", 3, scope=SCOPE), disclosed(5)])
    assert verdicts(ledger, ASKED_AT)["INF-07"].verdict == "kept"
    tell(ledger, [consent("withdrawn", 4)])
    assert verdicts(ledger, ASKED_AT)["INF-07"].verdict == "broken"
    assert verdicts(ledger, ASKED_AT, before)["INF-07"].verdict == "kept"


@pytest.mark.parametrize("measure", ["tls", "security-layers"])
def test_a_measure_that_failed_leaves_a_gap(tmp_path: Path, measure: str) -> None:
    """A site that ran for a day without its protection would be attested without a gap."""
    named = {"measure_id": f"infactor-{measure}", "measure": measure, "scope": "website"}
    declared = event(
        "measure.declared",
        0,
        organisation="infactor",
        state="active",
        valid_from=instant(-30),
        **named,
    )
    ledger = statement_log(tmp_path, NAME)
    tell(ledger, [declared])
    (kept,) = items(ledger, "INF-10", ASKED_AT, "kept")
    assert kept.part_name == measure
    tell(ledger, [event("measure.failed", 20, **named)])
    (broken,) = items(ledger, "INF-10", ASKED_AT, "broken")
    assert broken.part_name == measure
    assert verdicts(ledger, ASKED_AT)["INF-10"].verdict == "broken"
    assert verdicts(ledger, day(10))["INF-10"].broken == 0


def test_an_attestation_that_nobody_gave_is_undeterminable(tmp_path: Path) -> None:
    """Without any declaration the promise of protection would count as kept."""
    found = judged(tmp_path, NAME, [], as_of=ASKED_AT)
    assert found["INF-10"].verdict == "undeterminable"
