"""The severity that the ENISA method proposes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from projections.cases.severity import FACTORS, severity_of

_GIVEN = st.fixed_dictionaries(
    {factor.name: st.sampled_from(factor.values) for factor in FACTORS if factor.required},
    optional={
        factor.name: st.sampled_from(factor.values) for factor in FACTORS if not factor.required
    },
)


def test_a_list_mailed_to_one_wrong_recipient_is_low() -> None:
    """The published way of computing would give another number here."""
    found = severity_of({"dpc": 100, "ei": 100, "confidentiality": 25})
    assert (found.hundredths, found.band) == (125, "low")
    assert found.formula == "1 x 1 + 0.25 = 1.25"


def test_the_same_list_stolen_is_medium() -> None:
    """Intent and unknown recipients would not raise the severity."""
    found = severity_of({"dpc": 100, "ei": 100, "confidentiality": 50, "malicious": 50})
    assert (found.hundredths, found.band) == (200, "medium")


@pytest.mark.parametrize(
    ("given_scores", "band"),
    [
        ({"dpc": 200, "ei": 75}, "low"),
        ({"dpc": 300, "ei": 75}, "medium"),
        ({"dpc": 300, "ei": 100}, "high"),
        ({"dpc": 400, "ei": 100}, "very-high"),
        ({"dpc": 300, "ei": 100, "integrity": 50, "malicious": 50}, "very-high"),
    ],
)
def test_bands_begin_at_whole_numbers(given_scores: dict[str, int], band: str) -> None:
    """A severity on the edge would fall into the band below."""
    assert severity_of(given_scores).band == band


@given(_GIVEN)
def test_severity_is_the_formula(scores: dict[str, int]) -> None:
    """The number would not be the product and sum that is printed beside it."""
    found = severity_of(scores)
    rest = sum(value for name, value in scores.items() if name not in {"dpc", "ei"})
    assert found.hundredths == scores["dpc"] * scores["ei"] / 100 + rest
    assert found.formula.endswith(f"= {found.hundredths / 100:g}")
    assert {score.name: score.hundredths for score in found.scores} == scores


def test_flags_stand_beside_the_number() -> None:
    """Many people, or data that nobody can read, would not be marked."""
    scores = {"dpc": 100, "ei": 25}
    assert severity_of(scores, individuals=100).flags == ()
    assert severity_of(scores, individuals=101).flags == ("more-than-100-individuals",)
    assert severity_of(scores, unintelligible=True).flags == ("unintelligible",)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"ei": 100}, "expected dpc"),
        ({"dpc": 100, "ei": 30}, "ei: expected one of 0.25, 0.5, 0.75, 1, found 0.3"),
        ({"dpc": 100, "ei": 100, "intent": 50}, "found intent"),
    ],
)
def test_what_the_method_does_not_know_is_refused(scores: dict[str, int], message: str) -> None:
    """A made-up score would look as if the method had given it."""
    with pytest.raises(BadRequest, match=message):
        severity_of(scores)
