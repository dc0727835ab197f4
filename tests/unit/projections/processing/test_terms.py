"""How the terms of an act change."""

from typing import Any

from ledger.events.processing import (
    ProcessingRegistered,
    ProcessingTermsChanged,
    ProcessingWithdrawn,
)
from projections.bitemporal import Change
from projections.kinds import kind_name
from projections.processing.line_ids import line_id, origin_of
from projections.processing.terms import Standing, step

REGISTERED = kind_name(ProcessingRegistered)
CHANGED = kind_name(ProcessingTermsChanged)
WITHDRAWN = kind_name(ProcessingWithdrawn)


def after(*changes: tuple[str, dict[str, Any]]) -> Standing:
    standing = None
    for index, (kind, terms) in enumerate(changes):
        standing = step(standing, Change(index, index, index, kind, terms))
    assert standing is not None
    return standing


def registered(confidentiality: str = "normal", **terms: str) -> tuple[str, dict[str, Any]]:
    place = {"trace_id": "a" * 32, "span_id": "b" * 16}
    return REGISTERED, {**place, "confidentiality": confidentiality, **terms}


def test_a_change_keeps_what_it_does_not_name() -> None:
    """A longer term would make a confidential act public."""
    standing = after(registered("confidential"), (CHANGED, {"shown_for": "P1Y"}))
    assert (standing.confidentiality, standing.shown_for) == ("confidential", "P1Y")
    assert standing.indexes == (0, 1)


def test_registering_anew_clears_what_it_does_not_name() -> None:
    """A term that was left out of the new version would go on."""
    standing = after(registered(shown_for="P1Y", processing_id="x"), registered())
    assert (standing.shown_for, standing.processing_id) == (None, None)


def test_once_confidential_is_remembered() -> None:
    """What was confidential would be shown as if it never had been."""
    for second in (registered(), (CHANGED, {"confidentiality": "normal"})):
        standing = after(registered("confidential"), second)
        assert (standing.confidentiality, standing.was_confidential) == ("normal", True)
    assert not after(registered(), (CHANGED, {"shown_for": "P1Y"})).was_confidential


def test_what_was_withdrawn_stays_so() -> None:
    """An act would come back by a change of its terms."""
    standing = after(registered(), (WITHDRAWN, {}), registered())
    assert standing.withdrawn
    assert after((WITHDRAWN, {})).withdrawn


def test_ids_tell_logs_traces_and_spans_apart() -> None:
    """Two lines would be taken for one."""
    places = [("a", "1", "2"), ("b", "1", "2"), ("a", "3", "2"), ("a", "1", "3")]
    assert len({line_id(*place) for place in places}) == len(places)
    assert str(line_id("log.example/a", "a" * 32, "b" * 16)) == (
        str(line_id("log.example/a", "a" * 32, "b" * 16))
    )
    assert origin_of(b"zegel/record/v1\nlog.example/a\n0\n") == "log.example/a"
