"""What follows from the steps of a breach."""

from datetime import timedelta
from typing import Any

from projections.cases.breach import BreachCase, fold_breach
from tests.case_steps import NOON, aware, step


def _anchors(case: BreachCase) -> list[tuple[str, int, int | None]]:
    return [
        (each.anchor, (each.at - NOON) // timedelta(hours=1), each.corrected_by)
        for each in case.candidates
    ]


def test_awareness_is_the_decision_that_stands() -> None:
    """The clock would run from a moment that was corrected."""
    case = fold_breach([step(0, "breach.suspected"), aware(1, 5, corrected_by=2), aware(2, 3)])
    assert case.aware_at == NOON + timedelta(hours=3)
    assert case.status == "aware"


def test_every_candidate_stays_visible() -> None:
    """Nobody could see what clock a signal, a suspicion or a corrected decision would start."""
    signal = step(0, "incident.signalled", hour=-4, source="siem")
    dpo = {"anchor": "dpo-informed", "at": (NOON + timedelta(hours=1)).isoformat()}
    case = fold_breach(
        [step(1, "breach.suspected", anchors=[dpo]), aware(2, 5, corrected_by=3), aware(3, 3)],
        [signal],
    )
    assert _anchors(case) == [
        ("first-signal", -4, None),
        ("suspected", 0, None),
        ("dpo-informed", 1, None),
        ("aware", 3, None),
        ("aware", 5, 3),
    ]


def test_a_moment_named_again_after_a_correction_stands() -> None:
    """A moment that was decided again would look as if it had been taken back."""
    case = fold_breach([aware(0, 3, corrected_by=1), aware(2, 3)])
    assert _anchors(case) == [("aware", 3, None)]


def test_facts_replace_earlier_ones_field_by_field() -> None:
    """The register would show what was believed first, or forget what was not said again."""
    case = fold_breach(
        [
            step(0, "breach.facts_updated", subjects_minimum=10, confidentiality=True),
            step(1, "breach.facts_updated", subjects_minimum=40),
        ]
    )
    assert case.facts == {"subjects_minimum": (40, 1), "confidentiality": (True, 0)}


def test_phases_add_up_until_nothing_is_open() -> None:
    """An item of art. 33(3) would stay open after it was told, or close without a notice."""
    notice: dict[str, Any] = {"authority": "ap", "notice_kind": "initial"}
    first = step(0, "breach.authority_notified", content=["nature", "contact-point"], **notice)
    case = fold_breach([first])
    assert case.open_items() == ("consequences", "measures")
    rest = step(1, "breach.authority_notified", content=["consequences", "measures"], **notice)
    assert fold_breach([first, rest]).open_items() == ()


def test_the_last_decision_on_an_addressee_is_in_force() -> None:
    """A decision that was changed would still excuse from telling."""
    no: dict[str, Any] = {"addressee": "authority", "notify": False, "ground": "risk-unlikely"}
    yes: dict[str, Any] = {"addressee": "authority", "notify": True, "ground": "required"}
    case = fold_breach(
        [
            step(0, "breach.notification_decided", **no),
            step(1, "breach.notification_decided", **yes),
        ]
    )
    assert case.decisions["authority"].index == 1


def test_a_case_goes_on_after_new_awareness() -> None:
    """A breach that was ruled out or closed could never come back to life."""
    ruled_out = [step(0, "breach.suspected"), step(1, "breach.ruled_out")]
    assert fold_breach(ruled_out).status == "ruled-out"
    assert fold_breach([*ruled_out, aware(2, 9)]).status == "aware"
    assert fold_breach([*ruled_out, step(2, "breach.suspected")]).status == "suspected"
    assert fold_breach([aware(0, 1), step(1, "breach.closed")]).status == "closed"
