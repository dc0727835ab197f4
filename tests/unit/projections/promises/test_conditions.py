"""Conditions of rules over the values of a field."""

import pytest

from ledger.events.promise import Comparison, Condition, Parameter, Scalar
from ledger.personal import WITHHELD
from projections.promises.conditions import all_hold, any_holds, holds, parameter_values

Values = tuple[Scalar, ...]


@pytest.mark.parametrize(
    ("test", "wanted", "values", "told"),
    [
        ("equals", ("a",), ("a",), True),
        ("equals", ("a",), ("a", "b"), False),
        ("in", ("a", "b"), ("a", "b"), True),
        ("in", ("a",), (), False),
        ("any-in", ("a",), ("b", "a"), True),
        ("any-in", ("a",), (), False),
        ("not-in", ("a",), (), True),
        ("not-in", ("a",), ("b", "a"), False),
        ("at-most", (5,), (5,), True),
        ("at-most", (5,), (5, 6), False),
        ("at-most", (5,), (), False),
        ("at-least", (5,), (5,), True),
        ("at-least", (5,), (4,), False),
        ("present", (), ("a",), True),
        ("absent", (), (), True),
    ],
)
def test_a_comparison_says_what_it_is_named(
    test: Comparison, wanted: Values, values: Values, *, told: bool
) -> None:
    """A condition would hold for what it excludes."""
    assert holds(Condition(field="x", test=test, values=wanted), values, {}) is told


@pytest.mark.parametrize(("wanted", "value"), [((True,), 1), ((1,), True), ((0,), False)])
def test_a_flag_is_no_number(wanted: Values, value: Scalar) -> None:
    """`true` would stand for one attempt."""
    assert holds(Condition(field="x", test="equals", values=wanted), (value,), {}) is False


@pytest.mark.parametrize("test", ["equals", "in", "any-in", "not-in"])
def test_an_erased_value_tells_nothing(test: Comparison) -> None:
    """What was erased would be taken for something else than was named."""
    condition = Condition(field="x", test=test, values=("a",))
    assert holds(condition, (WITHHELD,), {}) is None


def test_a_parameter_tells_nothing_until_it_is_set() -> None:
    """A number that nobody chose would be compared with."""
    condition = Condition(field="x", test="at-most", parameter="most")
    assert holds(condition, (4,), {}) is None
    assert holds(condition, (4,), {"most": Parameter(name="most", value=5)}) is True
    assert holds(condition, (6,), {"most": Parameter(name="most", value=5)}) is False


@pytest.mark.parametrize("value", ["many", True])
def test_a_parameter_that_is_no_number_tells_nothing(value: Scalar) -> None:
    """A word in the place of a number would stop every later question."""
    condition = Condition(field="x", test="at-most", parameter="most")
    assert holds(condition, (4,), {"most": Parameter(name="most", value=value)}) is None


def test_values_of_a_parameter_go_before_its_value() -> None:
    """Of a list of words only the first would count."""
    both = Parameter(name="words", values=("a", "b"))
    assert parameter_values("words", {"words": both}) == ("a", "b")
    assert parameter_values("words", {"words": Parameter(name="words")}) is None
    assert parameter_values("words", {}) is None


def test_one_failure_outweighs_what_cannot_be_told() -> None:
    """An event that plainly breaks a rule would pass for want of another value."""
    erased = Condition(field="x", test="equals", values=("a",))
    fails = Condition(field="y", test="present")
    terms: dict[str, Values] = {"x": (WITHHELD,), "y": ()}
    assert all_hold([erased, fails], terms, {}) is False
    assert all_hold([erased], terms, {}) is None
    assert any_holds([erased, fails], terms, {}) is None
    assert any_holds([erased, Condition(field="y", test="absent")], terms, {}) is True
