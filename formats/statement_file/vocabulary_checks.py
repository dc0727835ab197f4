"""Whether the kinds, fields and values that a rule names are those of the vocabulary of events."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Final

from formats.statement_file.field_paths import Leaf, leaf_at, paths_of
from formats.statement_file.findings import Finding
from formats.statement_file.walking import PlacedCondition, PlacedRule, selectors_of
from ledger.errors import MalformedEvent
from ledger.events import resolve_kind
from ledger.events.promise import Condition, Need, PromiseRule, Selector
from ledger.events.wording import Path, shown

_PRESENCE: Final = ("present", "absent")
_ORDER: Final = ("at-most", "at-least")


def trigger_kinds(rule: PromiseRule) -> list[str]:
    """The kinds with which a duty begins: those judged, or those that open a state."""
    opening = [selector for need in rule.needs if need.role == "state" for selector in need.opens]
    return _names([*rule.for_each, *opening])


def kind_findings(placed: PlacedRule) -> Iterator[Finding]:
    """Selectors without kinds, and kinds that do not exist."""
    for path, selector in selectors_of(placed):
        if not selector.kinds:
            yield Finding((*path, "kinds"), "at least one kind", "none")
        for place, name in enumerate(selector.kinds):
            try:
                resolve_kind(name)
            except MalformedEvent as error:
                yield Finding((*path, "kinds", place), error.expected, error.found)


def value_findings(placed: PlacedRule) -> Iterator[Finding]:
    """Fields that the named kinds lack, and values that a field can never have.

    Every kind of a selector has the fields of its conditions. Of the judged kinds, one may lack
    what `unless`, `told_by` or the conditions of a `never` rule look at: the others tell it.
    """
    path, rule = placed
    for at, selector in selectors_of(placed):
        yield from _selector_findings(at, selector)
    judged = _kinds(rule.for_each)
    needs_all = rule.rule_kind == "subset"
    for place, condition in enumerate(rule.where):
        at = (*path, "where", place)
        yield from _condition_findings(PlacedCondition(at, condition), judged, every=needs_all)
    for place, condition in enumerate(rule.unless):
        at = (*path, "unless", place)
        yield from _condition_findings(PlacedCondition(at, condition), judged, every=False)
    for place, field in enumerate(rule.told_by):
        yield from _field_findings((*path, "told_by", place), field, judged, every=False)
    for place, need in enumerate(rule.needs):
        yield from _need_findings((*path, "needs", place), need, judged)
    measure = rule.measure
    if measure is not None:
        for name, named in (("field", measure.field), ("group", measure.group)):
            if named is not None:
                yield from _field_findings((*path, "measure", name), named, judged, every=True)
        if measure.of == "field" and measure.field is not None:
            yield from _number_findings((*path, "measure", "field"), measure.field, judged)


def _selector_findings(path: Path, selector: Selector) -> Iterator[Finding]:
    kinds = _kinds([selector])
    for place, condition in enumerate(selector.where):
        at = (*path, "where", place)
        yield from _condition_findings(PlacedCondition(at, condition), kinds, every=True)
    if selector.at is None:
        return
    missing = list(_field_findings((*path, "at"), selector.at, kinds, every=True))
    yield from missing
    leaves = [leaf_at(kind, selector.at) for kind in kinds]
    if not missing and not all(leaf is not None and leaf.is_moment for leaf in leaves):
        yield Finding((*path, "at"), "a field that holds an instant", shown(selector.at))


def _need_findings(path: Path, need: Need, judged: Sequence[str]) -> Iterator[Finding]:
    opening = _kinds(need.opens)
    if need.weight is not None:
        at = (*path, "weight")
        yield from _field_findings(at, need.weight, opening, every=True)
        yield from _number_findings(at, need.weight, opening)
    for place, pairing in enumerate(need.pairs):
        here = (*path, "pairs", place)
        yield from _field_findings((*here, "field"), pairing.field, judged, every=True)
        name = "of" if pairing.of is not None else "field"
        other = pairing.of or pairing.field
        every = not pairing.silence_fits
        yield from _field_findings((*here, name), other, opening, every=every)


def _field_findings(
    path: Path, field: str, kinds: Sequence[str], *, every: bool
) -> Iterator[Finding]:
    lacking = [kind for kind in kinds if leaf_at(kind, field) is None]
    if not lacking or (not every and len(lacking) < len(kinds)):
        return
    known = sorted({each for kind in lacking for each in paths_of(kind)})
    near = difflib.get_close_matches(field, known, 3)
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    yield Finding(path, f"a field of {', '.join(lacking)}{hint}", shown(field))


def _number_findings(path: Path, field: str, kinds: Sequence[str]) -> Iterator[Finding]:
    leaves = [leaf for kind in kinds if (leaf := leaf_at(kind, field)) is not None]
    if leaves and not all(leaf.is_number for leaf in leaves):
        yield Finding(path, "a field that holds a number", shown(field))


def _condition_findings(
    placed: PlacedCondition, kinds: Sequence[str], *, every: bool
) -> Iterator[Finding]:
    path, condition = placed
    missing = list(_field_findings((*path, "field"), condition.field, kinds, every=every))
    yield from missing
    yield from _amount_findings(path, condition)
    leaves = [leaf for kind in kinds if (leaf := leaf_at(kind, condition.field)) is not None]
    if missing or condition.test in _PRESENCE:
        return
    if any(leaf.is_personal or leaf.is_object for leaf in leaves):
        expected = "the test present or absent: a rule does not know the values of this field"
        yield Finding((*path, "test"), expected, shown(condition.test))
    elif condition.test in _ORDER:
        yield from _number_findings((*path, "field"), condition.field, kinds)
    else:
        yield from _impossible(path, condition, leaves)


def _amount_findings(path: Path, condition: Condition) -> Iterator[Finding]:
    """As many values as the test takes."""
    count = len(condition.values)
    if condition.test in _PRESENCE:
        if count or condition.parameter is not None:
            yield Finding((*path, "values"), f"no values with the test {condition.test}", "some")
    elif (condition.parameter is not None) is bool(count):
        expected = f"values or a parameter with the test {condition.test}"
        yield Finding((*path, "values"), expected, "both" if count else "neither")
    elif condition.test in _ORDER and count:
        value = condition.values[0]
        if count != 1 or isinstance(value, str | bool):
            found = shown(value) if count == 1 else f"{count} values"
            yield Finding((*path, "values"), "one number", found)


def _impossible(path: Path, condition: Condition, leaves: Sequence[Leaf]) -> Iterator[Finding]:
    """Values that none of the fields can have: most often a misspelt word."""
    for place, value in enumerate(condition.values):
        if any(_can_have(leaf, value) for leaf in leaves):
            continue
        words = sorted({word for leaf in leaves for word in leaf.words or ()})
        if words:
            expected = f"one of {', '.join(words)}"
        elif any(leaf.is_truth for leaf in leaves):
            expected = "true or false"
        else:
            expected = "a number" if any(leaf.is_number for leaf in leaves) else "a word"
        yield Finding((*path, "values", place), expected, shown(value))


def _can_have(leaf: Leaf, value: bool | int | str) -> bool:  # noqa: FBT001 - a value of the file
    if leaf.words is not None:
        return value in leaf.words
    if isinstance(value, bool):
        return leaf.is_truth
    if isinstance(value, int):
        return leaf.is_number
    return not (leaf.is_truth or leaf.is_number)


def _names(selectors: Sequence[Selector]) -> list[str]:
    return [name for selector in selectors for name in selector.kinds]


def _kinds(selectors: Sequence[Selector]) -> list[str]:
    return list(dict.fromkeys(resolve_kind(name) for name in _names(selectors)))
