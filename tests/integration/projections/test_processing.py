"""The view of processing: lines, their acts, and who is named in them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.events import Event
from ledger.ledger import Ledger
from projections import catch_up, rebuild, running, state
from projections.erasing import erase_subject
from projections.processing import PROCESSING
from projections.processing.asking import LineQuery, Terms, lines_asked, with_acts
from projections.processing.line_ids import line_id
from projections.snapshot import reader_at
from tests.histories import day, event, shown, tokens, told
from tests.view_histories import CUSTOMERS, PROCESSED, histories, random_ledger, record_stretch
from tests.view_rows import rows_of

TRACE = "ef4e77b9b03b585fb6135fcf8d8555fb"
NUMBER = "data-subject:BSN:999990342"


def _line(on: float, span: str, **fields: Any) -> Event:  # noqa: ANN401
    given = {
        "trace_id": TRACE,
        "span_id": span * 16,
        "status": "ok",
        "name": "look up",
        "started_at": day(on).isoformat(),
        "ended_at": day(on + 0.5).isoformat(),
    }
    return event("processing.performed", on, **{**given, **fields})


def _act(on: float, kind: str, span: str = "a", **fields: Any) -> Event:  # noqa: ANN401
    act = str(line_id("log.example/views", TRACE, span * 16))
    return event(f"processing.{kind}", on, action_id=act, **fields)


def _registered(on: float, **fields: Any) -> Event:  # noqa: ANN401
    place = {"trace_id": TRACE, "span_id": "a" * 16, "confidentiality": "normal"}
    return _act(on, "registered", **{**place, **fields})


def test_lines_are_found_by_trace_activity_and_person(ledger: Ledger) -> None:
    """Nobody could tell what was done with somebody's data, or under which activity."""
    told(
        ledger,
        _line(2, "b", subject=NUMBER, parent_span_id="a" * 16),
        _line(1, "a", processing_activity_id="urn:ldv:activity:1407", system="crm"),
        _line(3, "c", trace_id="1" * 32, status="error"),
    )
    columns = ("span_id", "status", "activity", "subject", "system", "index")
    token = tokens(ledger, person=NUMBER)["person"]
    first = ("a" * 16, "ok", "urn:ldv:activity:1407", None, "crm", 1)
    second = ("b" * 16, "ok", None, token, None, 0)
    questions: tuple[tuple[dict[str, Any], list[Any]], ...] = (
        ({"trace": TRACE}, [first, second]),
        ({"trace": "EF4E77B9-B03B-585F-B613-5FCF8D8555FB"}, [first, second]),
        ({"activity": "urn:ldv:activity:1407"}, [first]),
        ({"subject": NUMBER}, [second]),
        ({"subject": NUMBER, "system": "crm"}, []),
        ({"line": str(line_id(ledger.origin, TRACE, "b" * 16))}, [second]),
        ({"status": "error"}, [("c" * 16, "error", None, None, None, 2)]),
    )
    for asked, rows in questions:
        assert shown(state(ledger, "processing", as_of=day(9), **asked).rows, *columns) == rows
    assert len(state(ledger, "processing", as_of=day(1)).rows) == 1


def test_a_line_that_was_replaced_counts_until_then(ledger: Ledger) -> None:
    """A line would count twice, or what was known before its correction be lost."""
    old = _line(1, "a", event_id="0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e", system="crm")
    times = told(ledger, old, _line(1, "a", supersedes=str(old.event_id), system="web"))
    now = state(ledger, "processing", as_of=day(9)).rows
    then = state(ledger, "processing", as_of=day(9), as_known=times[0]).rows
    assert shown(now, "system", "index") == [("web", 1)]
    assert shown(then, "system", "index") == [("crm", 0)]
    assert now[0]["line_id"] == then[0]["line_id"]


def test_terms_are_told_as_of_a_moment(ledger: Ledger) -> None:
    """Nobody could show under which terms somebody was answered."""
    told(
        ledger,
        _registered(1, shown_for="P1Y"),
        _act(3, "terms_changed", confidentiality="confidential"),
        _act(5, "withdrawn"),
    )
    columns = ("confidentiality", "was_confidential", "shown_for", "withdrawn", "indexes")
    for on, row in (
        (2, ("normal", False, "P1Y", False, [0])),
        (4, ("confidential", True, "P1Y", False, [0, 1])),
        (6, ("confidential", True, "P1Y", True, [0, 1, 2])),
    ):
        rows = state(ledger, "processing", only="terms", as_of=day(on)).rows
        assert shown(rows, *columns) == [row]


def test_a_line_belongs_to_the_registered_act_above_it(ledger: Ledger) -> None:
    """The terms of an act would not hold for the people in it, or for those of another."""
    told(
        ledger,
        _line(1, "a"),
        _line(1, "b", parent_span_id="a" * 16, subject=NUMBER),
        _line(1, "c", parent_span_id="b" * 16, subject=NUMBER),
        _registered(2, confidentiality="confidential"),
        _act(3, "terms_changed", "c", shown_for="P1Y"),
    )
    with reader_at(ledger, PROCESSING, day(9), ledger.head().size) as reader:
        lines = lines_asked(reader, LineQuery(trace_id=TRACE))
        found = with_acts(reader, ledger.origin, lines)
    act, own = (str(line_id(ledger.origin, TRACE, span * 16)) for span in "ac")
    assert [each.names_person_of_act for each in found] == [False, True, False]
    assert [each.act_id for each in found] == [act, act, own]
    assert [each.terms.confidentiality for each in found] == ["confidential"] * 2 + ["normal"]
    assert found[2].terms == Terms(entity=own, shown_for="P1Y")


def test_an_erased_person_stands_in_no_line(ledger: Ledger) -> None:
    """A token would lead to somebody who was erased."""
    told(ledger, _line(1, "a", subject=NUMBER))
    catch_up(ledger)
    erase_subject(ledger, NUMBER, requested_by="person:dpo")
    (row,) = state(ledger, "processing", as_of=day(9), only="lines").rows
    assert row["subject"] == "withheld"
    followed = rows_of(ledger, PROCESSING)
    rebuild(ledger, ["processing"])
    assert rows_of(ledger, PROCESSING) == followed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs."""
    return tmp_path_factory.mktemp("processing")


@given(histories(PROCESSED, at_least=6), st.integers(1, 5), st.sampled_from(CUSTOMERS))
@settings(max_examples=15)
def test_following_rebuilding_and_erasing_agree(
    folder: Path, history: list[dict[str, Any]], batch: int, customer: str
) -> None:
    """What a person is shown would depend on when somebody asked."""
    ledger = random_ledger(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "BATCH_RECORDS", batch)
        for stop in range(len(history)):
            record_stretch(ledger, history, stop, stop + 1)
            catch_up(ledger, ["processing"])
    if ledger.subjects_matching(customer):
        erase_subject(ledger, customer, requested_by="person:dpo")
        catch_up(ledger, ["processing"])
    followed = rows_of(ledger, PROCESSING)
    rebuild(ledger, ["processing"])
    assert rows_of(ledger, PROCESSING) == followed
    ledger.close()
