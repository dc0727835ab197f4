"""What is wrong inside shipped statements is found, with who settled it and what hangs on it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ledger.events import Event
from ledger.ledger import Ledger
from projections.cases.reading import moment_of
from projections.promises.finding import (
    ContradictionCount,
    StatementFinding,
    StatementFindings,
    contradiction_count,
)
from projections.promises.findings import statement_findings
from tests.histories import event
from tests.promises.ingressus_steps import APPROVED, logged_in, sent
from tests.promises.judging import (
    ASKED_AT,
    instant,
    parameter_set,
    reading_decided,
    statement_log,
    tell,
)

LENDING = logged_in(6, purpose="book-lending")


def found_in(
    ledger: Ledger, as_known: datetime | None = None, *, with_events: bool = True
) -> StatementFindings:
    """What is found in the one statement of a log."""
    moment = moment_of(ledger, ASKED_AT, as_known)
    (found,) = statement_findings(ledger, moment, with_events=with_events)
    return found


def ingressus(
    folder: Path, *decisions: Event, events: Sequence[Event] = (), coverage: bool = True
) -> StatementFindings:
    """What is found in the statement of X-ref."""
    ledger = statement_log(folder, "ingressus-xref", coverage=coverage, decisions=decisions)
    if events:
        tell(ledger, events)
    return found_in(ledger)


def about(found: StatementFindings, kind: str, promise_id: str) -> StatementFinding:
    """The finding of a kind about a promise."""
    (one,) = (
        each for each in found.findings if each.kind == kind and promise_id in each.promise_ids
    )
    return one


def test_two_contradictions_are_found_and_one_is_open(tmp_path: Path) -> None:
    """The statement would promise what it excludes, and nobody would be told."""
    found = ingressus(tmp_path)
    assert (found.policy_id, found.organisation, found.promises) == (
        "ingressus-privacy",
        "ingressus",
        13,
    )
    told = [(each.promise_ids, each.state) for each in found.findings]
    assert told == [
        (("ING-02", "ING-06"), "assumed"),
        (("ING-04", "ING-05"), "open"),
        (("ING-11",), "assumed"),
    ]
    assert contradiction_count([found]) == ContradictionCount(found=2, undecided=1)
    assert contradiction_count([found, found]) == ContradictionCount(found=4, undecided=2)


def test_an_event_between_two_readings_is_named(tmp_path: Path) -> None:
    """The DPO would decide without knowing on what it bears."""
    events = [logged_in(5), LENDING, logged_in(7, purpose="marketing")]
    found = about(ingressus(tmp_path, events=events), "contradiction", "ING-04")
    assert found.caught_count == 1
    told = [(each.promise_id, each.broken_under, each.kept_under) for each in found.caught]
    assert told == [
        ("ING-04", ("access-only",), ("lending-too",)),
        ("ING-05", ("access-only",), ("lending-too",)),
    ]
    assert len({each.index for each in found.caught}) == 1


def test_a_sub_processor_is_a_third_party_to_the_letter_only(tmp_path: Path) -> None:
    """The tension between both sentences would be told without the exchanges it is about."""
    events = [
        *APPROVED,
        sent(5, "sub-processor", "intermax"),
        sent(6, "controller", "bibliotheek-oost"),
        sent(7, "third-party", "reclame-oost"),
    ]
    found = about(ingressus(tmp_path, events=events), "contradiction", "ING-02")
    (caught,) = found.caught
    assert caught.broken_under == ("to-the-letter",)
    assert caught.kept_under == ("processors-are-no-third-parties",)


def test_it_stays_open_until_both_sides_are_decided(tmp_path: Path) -> None:
    """One decision would close a question that the other side still asks."""
    found = about(
        ingressus(tmp_path, reading_decided("ING-04", "access-only")), "contradiction", "ING-04"
    )
    first, second = found.read_as
    assert (found.state, found.gravity) == ("open", "high")
    assert first.reading == "access-only"
    assert first.decided_index in found.rests_on
    assert (second.reading, second.decided_index) == (None, None)
    assert found.settle == (
        "decide: zegel policy interpret ING-05 access-only|lending-too --reason WHY",
    )


def test_decisions_that_exclude_each_other_are_at_odds(tmp_path: Path) -> None:
    """A contradiction would count as settled by repeating it on record."""
    decisions = [
        reading_decided("ING-04", "access-only"),
        reading_decided("ING-05", "lending-too"),
    ]
    found = ingressus(tmp_path, *decisions)
    assert about(found, "contradiction", "ING-04").state == "at-odds"
    assert contradiction_count([found]).undecided == 1


def test_decided_alike_it_is_settled_and_before_it_was_open(tmp_path: Path) -> None:
    """Nobody could see who settled it, or that it was open when it was asked before."""
    ledger = statement_log(tmp_path, "ingressus-xref")
    before = tell(ledger, [LENDING])
    both = [reading_decided(each, "lending-too") for each in ("ING-04", "ING-05")]
    tell(ledger, both)
    found = about(found_in(ledger), "contradiction", "ING-04")
    assert (found.state, found.gravity, found.settle) == ("decided", "low", ())
    assert {each.decided_index for each in found.read_as} <= set(found.rests_on)
    assert found.caught_count == 1
    assert about(found_in(ledger, before), "contradiction", "ING-04").state == "open"


def test_the_events_are_looked_for_only_where_they_are_asked_for(tmp_path: Path) -> None:
    """Each list of promises would read every breach of a long history."""
    ledger = statement_log(tmp_path, "ingressus-xref")
    tell(ledger, [LENDING])
    found = about(found_in(ledger, with_events=False), "contradiction", "ING-04")
    assert (found.caught, found.caught_count, found.state) == ((), 0, "open")


def test_a_waived_promise_contradicts_nothing_now(tmp_path: Path) -> None:
    """A promise that is not checked would still ask for a decision."""
    waived = event("promise.waived", 0, promise_id="ING-05", reason="being rewritten")
    found = about(ingressus(tmp_path, waived), "contradiction", "ING-04")
    assert (found.state, found.settle) == ("waived", ())


def test_a_source_that_is_not_connected_is_one_finding(tmp_path: Path) -> None:
    """Each promise would be told by itself, or none that its source is silent."""
    found = ingressus(tmp_path, coverage=False)
    gap = about(found, "coverage-gap", "ING-01")
    assert gap.gap is not None
    assert (gap.gap.system, gap.gap.until) == ("ingressus-xref", None)
    assert "ING-03" not in gap.promise_ids
    assert gap.settle[0].startswith("declare that ingressus-xref was connected from")


def test_a_number_that_a_file_proposes_is_not_a_decision(tmp_path: Path) -> None:
    """Our own default would pass for what somebody decided."""
    ledger = statement_log(tmp_path, "xential")
    found = found_in(ledger)
    states = {each.promise_ids[0]: each.state for each in found.findings if each.kind == "flaw"}
    assert states == {"NXT-05": "open", "NXT-10": "assumed", "NXT-15": "assumed"}
    tell(ledger, [parameter_set("NXT-05", days=30), parameter_set("NXT-15", notice_days=14)])
    later = found_in(ledger)
    states = {each.promise_ids[0]: each.state for each in later.findings if each.kind == "flaw"}
    assert states == {"NXT-05": "decided", "NXT-10": "assumed", "NXT-15": "decided"}
    (set_by,) = about(later, "flaw", "NXT-05").assigned
    assert set_by.parameter.value == 30
    assert set_by.parameter.set_by_index in about(later, "flaw", "NXT-05").rests_on


def test_a_parameter_without_a_flaw_is_a_finding_of_its_own(tmp_path: Path) -> None:
    """A promise that waits for a number would not be told where its sentence is clear."""
    ledger = statement_log(tmp_path, "ingressus-xref")
    declared = event(
        "promise.declared",
        1,
        promise_id="ING-90",
        rules=[
            {
                "rule_kind": "deadline",
                "for_each": [{"kinds": ["contract.ended"]}],
                "needs": [{"role": "answer", "opens": [{"kinds": ["data.deleted"]}]}],
                "within": {"parameter": "days", "unit": "days"},
            }
        ],
        params=[{"name": "days", "unit": "days"}],
        policy_id="ingressus-privacy",
        organisation="ingressus",
        applies_to=["ingressus-xref"],
        contradicts=["ING-77", "ING-90"],
        flaws=["broken-sentence"],
        effective_from=instant(1),
    )
    tell(ledger, [declared])
    found = found_in(ledger)
    told = about(found, "open-parameter", "ING-90")
    assert told.settle == ("set it: zegel policy set ING-90 days=VALUE --reason WHY",)
    flaw = about(found, "flaw", "ING-90")
    assert (flaw.state, flaw.flaw) == ("open", "broken-sentence")
    assert not [each for each in found.of("ING-90") if each.kind == "contradiction"]


def test_only_statements_of_a_system_or_an_organisation_are_told(tmp_path: Path) -> None:
    """Somebody who asks about one system would be told about all."""
    ledger = statement_log(tmp_path, "ragiox-gold")
    moment = moment_of(ledger, ASKED_AT)
    (found,) = statement_findings(ledger, moment, system="ragiox-gold", organisation="ragiox")
    flaws = [(each.promise_ids[0], each.flaw, each.state) for each in found.findings]
    assert flaws == [
        ("RAG-02", "ambiguous-scope", "assumed"),
        ("RAG-06", "ambiguous-unit", "assumed"),
        ("RAG-10", "broken-sentence", "assumed"),
    ]
    assert statement_findings(ledger, moment, system="xential") == []
    assert statement_findings(ledger, moment, organisation="xential") == []


def test_no_promise_of_a_statement_can_be_read_as_in_force_before_it(tmp_path: Path) -> None:
    """A question about last year would find faults in a statement that nobody had published."""
    ledger = statement_log(tmp_path, "ingressus-xref")
    early = moment_of(ledger, datetime.fromisoformat("2017-01-01T00:00:00+00:00"))
    assert statement_findings(ledger, early) == []
    assert contradiction_count([]).found == 0
