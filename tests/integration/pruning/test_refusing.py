"""Nothing goes that is still needed: by a hold, a rule, a role, or because it names people."""

from contextlib import closing
from datetime import timedelta
from typing import Final

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from ledger.errors import BadRequest, LegalHoldStands, StoreUnavailable
from ledger.events import Event
from ledger.events.processing_agreements import DpaConcluded
from ledger.events.retention import LegalHoldPlaced, LegalHoldReleased, RetentionRuleSet
from ledger.ledger import Ledger
from ledger.prunable import (
    PrunedRange,
    places_in,
    require_no_disclosures,
    require_prunable,
    warnings,
)
from ledger.pruning import carry_out, range_below, undone
from ledger.roles import found_roles, grant_roles
from ledger.store.pruning import raise_minimum
from ledger.store.schema import ERASURE
from projections.erasing import erase_disclosures
from tests.grants import OCCURRED_AT, grant
from tests.integration.pruning.conftest import SIZE
from tests.pruned_home import PrunedHome

RANGE: Final = PrunedRange(0, 512)
NEXT: Final = PrunedRange(0, 768)


def recorded(home: PrunedHome, *events: Event) -> Ledger:
    """The log, with these records more."""
    ledger = home.open()
    ledger.record_many(events)
    return ledger


def hold(**fields: object) -> LegalHoldPlaced:
    """A hold with these limits."""
    return LegalHoldPlaced(occurred_at=OCCURRED_AT, hold_id="H-1", **fields)  # type: ignore[arg-type]  # whatever the kind takes


@pytest.mark.parametrize("limits", [{}, {"kinds": ("access.used.v1",)}], ids=["all", "kinds"])
def test_a_legal_hold_keeps_the_records_that_it_covers(
    home: PrunedHome, limits: dict[str, object]
) -> None:
    """Evidence that a court asked for would be removed."""
    with closing(recorded(home, hold(**limits))) as ledger:
        with pytest.raises(LegalHoldStands):
            require_prunable(ledger, RANGE)
        ledger.record(LegalHoldReleased(occurred_at=ledger.clock(), hold_id="H-1"))
        require_prunable(ledger, RANGE)


def test_a_hold_on_something_else_keeps_nothing(home: PrunedHome) -> None:
    """One hold would stop every pruning for years."""
    with closing(recorded(home, hold(kinds=("breach.detected.v1",)))) as ledger:
        require_prunable(ledger, RANGE)


def test_a_hold_that_came_after_the_decision_stops_it(home: PrunedHome) -> None:
    """A hold that is placed while a pruning waits for its signature would come too late."""
    home.decide(600)
    home.seal()
    with closing(recorded(home, hold())) as ledger:
        pruning = undone(ledger.log)
        assert pruning is not None
        with pytest.raises(LegalHoldStands):
            carry_out(ledger, pruning, home.signing.terms())
        assert ledger.log.record_at(0) is not None


def test_the_record_of_a_standing_hold_stays(home: PrunedHome) -> None:
    """The hold would vanish with its record, and with it what it protects."""
    with closing(recorded(home, hold(kinds=("breach.detected.v1",)))) as ledger:
        require_prunable(ledger, RANGE)
        with pytest.raises(LegalHoldStands):
            require_prunable(ledger, NEXT)


def test_a_rule_in_force_stays_until_it_is_set_again(home: PrunedHome) -> None:
    """A retention rule would be forgotten, and what it governs be kept for ever."""
    rule = RetentionRuleSet(
        occurred_at=OCCURRED_AT, rule_id="logs", category="access", period="P1Y"
    )
    with closing(recorded(home, rule)) as ledger:
        with pytest.raises(BadRequest, match=rf"record {SIZE}\); set it again"):
            require_prunable(ledger, NEXT)
        ledger.record_many([grant() for _ in range(100)])
        ledger.record(replace(rule, event_id=None, occurred_at=ledger.clock()))
        require_prunable(ledger, NEXT)


def test_a_role_stays_until_it_is_given_again(home: PrunedHome) -> None:
    """Nobody could administer the log any more."""
    person = "person:dpo@example.nl"
    with closing(home.open()) as ledger:
        founded = found_roles(ledger, person)
        with pytest.raises(BadRequest, match=rf"record {founded.index}\); give it again"):
            require_prunable(ledger, NEXT)
        ledger.record_many([grant() for _ in range(100)])
        grant_roles(ledger, person, ["resolve"], by=person)
        with pytest.raises(BadRequest, match="give it again"):
            require_prunable(ledger, NEXT)
        roles = ["resolve", "export", "erase", "hold", "decide", "administer"]
        grant_roles(ledger, person, roles, by=person)  # type: ignore[arg-type]  # literals
        require_prunable(ledger, NEXT)


def test_an_erasure_under_way_is_finished_first(home: PrunedHome) -> None:
    """Records would go before it is known what was erased of them."""
    with closing(home.open()) as ledger:
        with ledger.log.engine.begin() as connection:
            connection.execute(insert(ERASURE).values(log=1, requested_index=3, rule_id="logs"))
        with pytest.raises(BadRequest, match="expected no erasure under way"):
            require_prunable(ledger, RANGE)


def test_personal_values_are_erased_first_and_not_in_passing(home: PrunedHome) -> None:
    """Pruning would destroy personal values that no erasure tells of."""
    with closing(recorded(home, *[grant() for _ in range(100)])) as ledger:
        require_no_disclosures(ledger, RANGE)
        with pytest.raises(BadRequest, match=r"found \d+ disclosures; .* --with-disclosures"):
            require_no_disclosures(ledger, NEXT)
        home.signer(ledger).seal()
        with pytest.raises(StoreUnavailable, match="expected no disclosure below it, found one"):
            raise_minimum(ledger.log, 768, lone_kinds=())
        erase_disclosures(ledger, places_in(ledger, NEXT), rule_id="pruning")
        require_no_disclosures(ledger, NEXT)
    home.seal()
    home.prune(768)
    report = home.verify()
    assert (report.outcome, report.first_index) == ("valid", 768)
    assert {finding.verdict for finding in report.findings} <= {"ERASED"}


def test_only_whole_runs_below_a_checkpoint_go(home: PrunedHome) -> None:
    """Half a tile would go, and with it the proofs of its neighbours; or what nobody signed."""
    with closing(home.open()) as ledger:
        assert range_below(ledger.log, 767, SIZE) == RANGE
        with pytest.raises(BadRequest, match=r"index 255: expected at least 256"):
            range_below(ledger.log, 255, SIZE)
        with pytest.raises(BadRequest, match=r"index 512: .* found one over 511; `zegel seal`"):
            range_below(ledger.log, 600, 511)
        assert ledger.size_at(ledger.clock() + timedelta(days=1)) == SIZE


def test_what_depends_on_records_that_go_is_said(home: PrunedHome) -> None:
    """A rule would wait for an event that is gone, or an answer miss an agreement, in silence."""
    rule = RetentionRuleSet(
        occurred_at=OCCURRED_AT,
        rule_id="after-use",
        category="access",
        period="P1Y",
        trigger="access.used",
    )
    agreement = DpaConcluded(occurred_at=OCCURRED_AT, agreement_id="D-1")
    with closing(recorded(home, rule, agreement)) as ledger:
        (told_first,) = warnings(ledger, PrunedRange(0, 256))
        assert told_first.startswith("rule after-use counts from events that go: ")
        told = list(warnings(ledger, NEXT))
        assert told[1:] == [
            "records of dpa.concluded.v1 go: record again what still holds, above the range"
        ]
