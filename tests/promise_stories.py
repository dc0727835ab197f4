"""Made-up verdicts and stories about promises, for what shows them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from formats.promise_report.story import PromiseText, ReportSubject, Story, ToldEvent
from ledger.events.promise import Limit, Need, Pairing, PromiseRule, Reading, Selector
from ledger.units import Hash32, Index, Size
from projections.cases.reading import Moment
from projections.promises.answers import (
    CoverageGap,
    Figures,
    Item,
    ParameterInForce,
    PromiseVerdict,
    Verdict,
)

BEGAN: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ASKED: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

REMOVED_IN_TIME: Final = PromiseRule(
    rule_kind="deadline",
    for_each=(Selector(kinds=("contract.ended",), at="ended_at"),),
    needs=(
        Need(
            role="answer",
            opens=(Selector(kinds=("data.deleted",)),),
            pairs=(Pairing(field="customer_id"),),
        ),
    ),
    within=Limit(parameter="days", unit="days"),
    needs_coverage=("gold",),
)
REMOVED_FROM_NOTICE: Final = PromiseRule(
    rule_kind="deadline",
    for_each=(Selector(kinds=("contract.termination_notified",)),),
    needs=REMOVED_IN_TIME.needs,
    within=Limit(amount=3, unit="months"),
)


def item(index: int, verdict: Verdict = "kept", **fields: Any) -> Item:  # noqa: ANN401 - of any kind
    """A judged event, a day after the one before it."""
    made: dict[str, Any] = {
        "promise_id": "ABC-01",
        "part": 0,
        "rule_kind": "deadline",
        "verdict": verdict,
        "index": Index(index),
        "occurred_at": BEGAN + timedelta(days=index),
        "rests_on": (index,),
    }
    return Item(**(made | fields))


def verdict(name: str = "ABC-01", word: Verdict = "kept", **fields: Any) -> PromiseVerdict:  # noqa: ANN401 - likewise
    """A judged promise."""
    made: dict[str, Any] = {
        "promise_id": name,
        "policy_id": "abc-privacy",
        "organisation": "abc",
        "systems": ("gold",),
        "promise_class": "hard",
        "subject_matter": "retention",
        "rule_kinds": ("deadline",),
        "verdict": word,
        "since": BEGAN,
        "declared_index": Index(3),
        "policy_index": Index(2),
        "rules": (REMOVED_IN_TIME,),
        "rests_on": (3, 4),
    }
    return PromiseVerdict(**(made | fields))


def broken_verdict(name: str = "ABC-02") -> PromiseVerdict:
    """A promise with everything that a story can tell."""
    return verdict(
        name,
        "broken",
        kept=2,
        broken=1,
        pending=1,
        undeterminable=1,
        oldest_break=item(11, "broken", promise_id=name),
        reasons=("1 event is broken",),
        due_at=ASKED + timedelta(days=3),
        parameters=(
            ParameterInForce(name="days", value=14, unit="days", set_by_index=Index(4)),
            ParameterInForce(name="viewers"),
        ),
        readings=(
            Reading(name="from-notice", rules=(REMOVED_FROM_NOTICE,), leads=True),
            Reading(name="from-end", rules=(REMOVED_IN_TIME,)),
        ),
        reading="from-notice",
        by_reading={"from-notice": "broken", "from-end": "kept"},
        coverage_gaps=(CoverageGap(system="gold", since=BEGAN, until=BEGAN + timedelta(days=2)),),
        figures=(
            Figures(
                part=0,
                part_name="speed",
                of="elapsed",
                unit="seconds",
                count=5,
                least=2,
                p50=60,
                p95=4000,
                most=90_061,
                limit=120,
                groups=(("labsz", 90_061),),
            ),
        ),
        rests_on=(3, 4, 11),
    )


def broken_story(name: str = "ABC-02") -> Story:
    """A broken promise with its judged events and the records under them."""
    items = (
        item(
            11,
            "broken",
            promise_id=name,
            reason="done too late (record 13)",
            due_at=BEGAN + timedelta(days=12),
            rests_on=(11, 13),
        ),
        item(
            12,
            "undeterminable",
            promise_id=name,
            reason="the event gives no customer_id",
            settle="a corrected record that names the customer",
            reading="from-notice",
        ),
        item(14, "pending", promise_id=name, due_at=ASKED + timedelta(days=3)),
        item(9, promise_id=name, part_name="speed", measure=60),
    )
    return Story(
        verdict=broken_verdict(name),
        text=PromiseText(
            source="statement-file",
            words={"nl": "Gegevens gaan weg binnen de termijn.", "en": "Data go within the term."},
            place="Bewaren, L13",
            quote="binnen de termijn",
            statement="ABC",
        ),
        items=items,
        total=5,
        events={index: told_event(index) for index in (2, 3, 4, 9, 11, 12, 13, 14)},
        strip=(None, "kept", "broken", "pending", "undeterminable", None),
    )


def told_event(index: int) -> ToldEvent:
    """A record as it is told; recorded an hour after it occurred."""
    occurred_at = BEGAN + timedelta(days=index)
    return ToldEvent(
        index=index,
        kind="contract.ended",
        occurred_at=occurred_at,
        recorded_at=occurred_at + timedelta(hours=1),
        sentences={"en": f"the contract {index} ended", "nl": f"contract {index} is geëindigd"},
        actor="person:dpo@abc.example",
    )


def plain_story(found: PromiseVerdict) -> Story:
    """A promise of which nothing more is known than its verdict and its rule."""
    return Story(
        verdict=found,
        text=PromiseText(source="rule", words={"nl": "De regel.", "en": "The rule."}),
        total=found.kept + found.broken + found.pending + found.undeterminable,
    )


def subject_of(*stories: Story, strip_since: datetime | None = BEGAN) -> ReportSubject:
    """What a page is about."""
    return ReportSubject(
        origin="zegel.example/abc",
        moment=Moment(ASKED, Size(15)),
        size=Size(16),
        root=Hash32(bytes(range(32))),
        stories=stories,
        strip_since=strip_since,
    )
