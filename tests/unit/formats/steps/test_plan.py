"""Every step of a case has a plan that the vocabulary knows."""

import pytest

from formats.steps.breach import BREACH_STEPS
from formats.steps.plan import StepPlan
from formats.steps.request import REQUEST_STEPS
from ledger.events import KINDS

EVERY = [*BREACH_STEPS.items(), *REQUEST_STEPS.items()]


@pytest.mark.parametrize(("name", "plan"), EVERY, ids=[name for name, _ in EVERY])
def test_a_plan_names_fields_of_its_kind(name: str, plan: StepPlan) -> None:
    """A step would say something that its kind refuses, or hide nothing by a wrong name."""
    known = set(KINDS[plan.full_kind].__struct_fields__)
    said = {*plan.preset, *plan.made_apart, plan.case_field}
    assert said <= known, name
    assert all(set(switch) <= set(plan.preset) for switch in plan.switches.values())
    assert not said & {field.path for field in plan.fields()}


def test_every_kind_of_a_breach_is_some_step() -> None:
    """A case could not be followed to its end by its steps."""
    kinds = {kind.rpartition(".v")[0] for kind in KINDS if kind.startswith("breach.")}
    assert kinds <= {plan.kind for plan in BREACH_STEPS.values()}


def test_a_required_field_that_a_step_says_itself_is_not_asked() -> None:
    """Whoever sends a first notice would have to say that it is the first."""
    asked = [field.path for field in BREACH_STEPS["notify"].fields()]
    assert asked[0] == "authority"
    assert "notice_kind" not in asked
    assert "breach_id" not in asked
