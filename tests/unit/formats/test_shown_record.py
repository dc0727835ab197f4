"""What a log shows of a fact is taken over whole, or not at all."""

import json

import pytest

from formats.ndjson import read
from formats.reading import Skipped
from formats.shown_record import ABOUT_ITSELF, CUT_OFF, END
from tests.unit.formats.sources import facts, outcomes, reasons

EVENT = {
    "kind": "access.used.v1",
    "event_id": "0192f0c1-2b3c-7d4e-8f90-123456789abc",
    "occurred_at": "2026-03-01T12:00:00Z",
    "resource": "customer-file",
    "actor": "person:anna",
}


def _line(event: object = None, **given: object) -> str:
    shown = {
        "index": 3,
        "recorded_at": "2026-03-01T12:00:01Z",
        "kind": "access.used.v1",
        "leaf_hash": "00",
        "event": EVENT if event is None else event,
        "personal": {"actor": "open"},
        "erased": {},
        **given,
    }
    return json.dumps(shown) + "\n"


def test_a_fact_that_is_shown_whole_is_taken_over_with_its_id() -> None:
    """A history could not move into another log, or would be there twice."""
    (fact,) = facts(outcomes(read, _line()))
    assert (str(fact["event_id"]), fact["actor"]) == (EVENT["event_id"], "person:anna")


@pytest.mark.parametrize("state", ["token", "withheld", "erased", 7])
def test_a_fact_that_is_not_shown_whole_is_refused(state: object) -> None:
    """The word that stands for a withheld reason would become the reason."""
    (reason,) = reasons(outcomes(read, _line(personal={"actor": "open", "note": state})))
    assert "values that are shown (--identities)" in reason
    (reason,) = reasons(outcomes(read, _line(personal=[])))
    assert reason == "expected an object, found another value"


def test_what_a_log_says_of_itself_stays_there() -> None:
    """A log would claim to have shown people whom another one showed."""
    roles = {**EVENT, "system": "zegel"}
    found = outcomes(read, _line(kind="log.read.v1") + _line(roles))
    assert [each.reason for each in found if isinstance(each, Skipped)] == [ABOUT_ITSELF] * 2


def test_the_end_of_an_export_is_no_fact() -> None:
    """Every export would leave a line in quarantine."""
    lines = [json.dumps({"export": {"is_complete": whole}}) for whole in (True, False)]
    found = outcomes(read, "\n".join(lines))
    assert [each.reason for each in found if isinstance(each, Skipped)] == [END, CUT_OFF]


@pytest.mark.parametrize("event", ["6e6f7468696e67", None, {}])
def test_a_record_that_holds_no_event_is_unreadable(event: object) -> None:
    """A damaged record would end the import, or become a fact."""
    line = json.loads(_line())
    line["event"] = event
    assert len(reasons(outcomes(read, json.dumps(line)))) == 1
