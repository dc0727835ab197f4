"""Sub-scores as people give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.steps.assessment import hundredths, scored, whole
from ledger.errors import BadRequest
from projections.cases.severity import severity_of

SEVERITY = severity_of({"dpc": 200, "ei": 75, "confidentiality": 50})


@given(st.integers(-10_000, 10_000))
def test_hundredths_are_read_as_they_are_written(value: int) -> None:
    """A sub-score would change on its way into the log."""
    assert hundredths("dpc", str(whole(value))) == value


@pytest.mark.parametrize("typed", ["", "two", "0.255", "inf", "nan"])
def test_what_is_no_hundredth_is_refused(typed: str) -> None:
    """A severity would be computed from what nobody gave."""
    with pytest.raises(BadRequest, match="dpc: expected"):
        hundredths("dpc", typed)


def test_each_score_keeps_its_reason() -> None:
    """The reason of one factor would stand beside another."""
    found = scored(SEVERITY, {"ei": "only a number"})
    assert [each["name"] for each in found["scores"]] == ["dpc", "ei", "confidentiality"]
    assert found["score_reasons"] == ["", "only a number", ""]
    assert "score_reasons" not in scored(SEVERITY, {})


def test_a_reason_needs_its_factor() -> None:
    """A typing error in the name of a factor would lose the reason."""
    with pytest.raises(BadRequest, match="integrity"):
        scored(SEVERITY, {"integrity": "x"})
