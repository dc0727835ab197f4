"""Whether a rule has the parts that its kind asks for, and no others."""

from collections.abc import Iterator, Sequence
from typing import Final, get_args

from formats.statement_file.findings import Finding
from formats.statement_file.walking import PlacedLimit, PlacedRule, limits_of
from ledger.events.promise import LimitUnit, Measure, Need, PromiseRule
from ledger.events.wording import Path, shown
from projections.deadlines.rule_book import rule_book

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "never": (),
    "subset": (),
    "only-if": ("required", "forbidden"),
    "deadline": ("answer", "excuse", "extension", "term", "hold", "end"),
    "interval-state": ("state",),
    "metric": ("answer",),
}
"""Which parts other events can play in a rule of each kind."""

_ONE_OF: Final[dict[str, tuple[str, ...]]] = {
    "only-if": ("required", "forbidden"),
    "deadline": ("answer",),
    "interval-state": ("state",),
}
"""Of which parts a rule has at least one."""

_WITHIN_ROLES: Final = ("extension", "required")
_NO_TIME: Final = ("bytes", "events", "people")
_TIME_UNITS: Final = tuple(unit for unit in get_args(LimitUnit) if unit not in _NO_TIME)
_WHERE_KINDS: Final = ("never", "subset")


def rule_findings(
    placed: PlacedRule, promise_class: str, systems: Sequence[str]
) -> Iterator[Finding]:
    """What is wrong in the shape of one rule.

    Args:
        placed: The rule.
        promise_class: Of its promise.
        systems: Of the statement.
    """
    yield from _part_findings(placed)
    yield from _need_findings(placed)
    yield from _measure_findings(placed)
    for limit in limits_of(placed):
        yield from _limit_findings(limit)
    yield from _coverage_findings(placed, promise_class, systems)


def _part_findings(placed: PlacedRule) -> Iterator[Finding]:
    path, rule = placed
    kind = rule.rule_kind
    if not rule.for_each and kind != "interval-state":
        yield Finding((*path, "for_each"), f"the events that {_a(kind)} rule judges", "none")
    if rule.where and kind not in _WHERE_KINDS:
        yield Finding((*path, "where"), f"no conditions in {_a(kind)} rule", "some")
    if not rule.where and kind == "never":
        yield Finding((*path, "where"), "conditions, which a never rule tests", "none")
    if rule.within is not None and kind != "deadline":
        yield Finding((*path, "within"), f"no limit in {_a(kind)} rule", "one")
    if rule.measure is not None and kind != "metric":
        yield Finding((*path, "measure"), f"no measure in {_a(kind)} rule", "one")


def _need_findings(placed: PlacedRule) -> Iterator[Finding]:
    path, rule = placed
    kind = rule.rule_kind
    fitting = ROLES[kind]
    for place, need in enumerate(rule.needs):
        here = (*path, "needs", place)
        if need.role not in fitting:
            expected = f"one of {', '.join(fitting)}" if fitting else "no needs"
            yield Finding((*here, "role"), f"{expected} in {_a(kind)} rule", shown(need.role))
        yield from _own_findings(need, here)
    wanted = _ONE_OF.get(kind, ())
    if wanted and not any(need.role in wanted for need in rule.needs):
        yield Finding((*path, "needs"), f"a need with the role {' or '.join(wanted)}", "none")


def _own_findings(need: Need, here: Path) -> Iterator[Finding]:
    if not need.opens:
        yield Finding((*here, "opens"), "the events that meet this need", "none")
    if need.at_least is not None and need.at_least_parameter is not None:
        yield Finding((*here, "at_least"), "a number or a parameter", "both")
    if need.at_least == 0:
        yield Finding((*here, "at_least"), "1 or more", "0")
    if need.within is not None and need.role not in _WITHIN_ROLES:
        expected = f"no term but with the role {' or '.join(_WITHIN_ROLES)}"
        yield Finding((*here, "within"), expected, shown(need.role))


def _measure_findings(placed: PlacedRule) -> Iterator[Finding]:
    path, rule = placed
    if rule.rule_kind != "metric":
        return
    if rule.measure is None:
        yield Finding((*path, "measure"), "what a metric rule measures", "nothing")
        return
    here = (*path, "measure")
    answers = any(need.role == "answer" for need in rule.needs)
    if (rule.measure.of == "elapsed") is not answers:
        expected = "an answer where elapsed time is measured, and only there"
        yield Finding((*path, "needs"), expected, "an answer" if answers else "none")
    if _takes_field(rule.measure) is not (rule.measure.field is not None):
        expected = "a field of what is measured (of: field, distinct), and only there"
        yield Finding((*here, "field"), expected, shown(rule.measure.field))


def _takes_field(measure: Measure) -> bool:
    return measure.of in {"field", "distinct"}


def _limit_findings(placed: PlacedLimit) -> Iterator[Finding]:
    path, limit, is_time = placed
    given = [name for name in ("amount", "parameter", "rule") if getattr(limit, name) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        yield Finding(path, "one of amount, parameter and rule", found)
    if limit.rule is not None and limit.rule not in rule_book():
        expected = f"a deadline rule: {', '.join(rule_book())}"
        yield Finding((*path, "rule"), expected, shown(limit.rule))
    if limit.rule is not None and limit.unit is not None:
        yield Finding((*path, "unit"), "no unit beside a rule", shown(limit.unit))
    if is_time and limit.amount is not None and limit.unit is None:
        yield Finding((*path, "unit"), f"one of {', '.join(_TIME_UNITS)}", "nothing")
    if is_time and limit.unit in _NO_TIME:
        yield Finding((*path, "unit"), f"one of {', '.join(_TIME_UNITS)}", shown(limit.unit))


def _coverage_findings(
    placed: PlacedRule, promise_class: str, systems: Sequence[str]
) -> Iterator[Finding]:
    path, rule = placed
    for place, system in enumerate(rule.needs_coverage):
        if system not in systems:
            expected = f"a system of the statement: {', '.join(systems)}"
            yield Finding((*path, "needs_coverage", place), expected, shown(system))
    if _is_universal(rule) and promise_class != "evidence" and not rule.needs_coverage:
        expected = "the systems that must be connected before silence counts"
        yield Finding((*path, "needs_coverage"), expected, "none")


def _is_universal(rule: PromiseRule) -> bool:
    """Whether it says something about all events, so that missing ones would count."""
    if rule.rule_kind == "metric":
        return rule.measure is not None and rule.measure.limit is not None
    return rule.rule_kind != "interval-state"


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"
