"""The rule `never`: broken by what shows the sign, and by nothing else."""

from collections.abc import Mapping
from pathlib import Path

from tests.small_promises import Rule, counts, parameter, reported, said_of


def rule(*where: Mapping[str, object]) -> Rule:
    """Access never serves marketing, unless other signs are given."""
    sign = {"field": "purpose", "test": "any-in", "values": ["marketing"]}
    told: Rule = {"rule_kind": "never", "for_each": [{"kinds": ["access.used"]}]}
    return {**told, "where": list(where) or [sign], "told_by": ["purpose"]}


def test_each_event_is_judged_by_itself(tmp_path: Path) -> None:
    """One event would settle another, or a silent one would count as good conduct."""
    purposes = [{"purpose": "contract"}, {"purpose": "marketing"}, {}]
    told = [reported("access.used", 1, resource="x", **some) for some in purposes]
    found = said_of(tmp_path, [rule()], told)
    assert counts(found) == ("broken", 1, 1, 0, 1)
    assert found.reasons == ("purpose is marketing",)


def test_an_event_of_another_system_is_none_of_its_business(tmp_path: Path) -> None:
    """A promise about one system would be broken by another."""
    other = reported("access.used", 1, resource="x", purpose="marketing")
    told = type(other)(
        **{name: getattr(other, name) for name in other.__struct_fields__} | {"system": "mail"}
    )
    assert said_of(tmp_path, [rule()], [told]).broken == 0


def test_without_a_sign_the_event_itself_must_not_happen(tmp_path: Path) -> None:
    """What must never happen would pass for want of a condition."""
    bare: Rule = {"rule_kind": "never", "for_each": [{"kinds": ["access.used"]}]}
    found = said_of(tmp_path, [bare], [reported("access.used", 1, resource="x")])
    assert (found.verdict, found.reasons) == ("broken", ("it happened",))


def test_a_sign_that_nobody_set_decides_nothing(tmp_path: Path) -> None:
    """A list that is still open would be read as an empty one."""
    open_list = {"field": "purpose", "test": "any-in", "parameter": "purposes"}
    told = [reported("access.used", 1, resource="x", purpose="marketing")]
    assert said_of(tmp_path, [rule(open_list)], told).verdict == "undeterminable"
    again = tmp_path / "set"
    again.mkdir()
    found = said_of(again, [rule(open_list)], [parameter(0, purposes="marketing"), *told])
    assert found.verdict == "broken"
