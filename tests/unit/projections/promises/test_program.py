"""A rule looks back as far as the edition says that is in force, and no further."""

from ledger.events.promise import Limit, Need, Parameter, PromiseDeclared, PromiseRule, Selector
from projections.bitemporal import FOREVER
from projections.promises.editions import Declaration, Edition
from projections.promises.material import Ask
from projections.promises.program import JudgedRule
from projections.promises.windows import Reach
from tests.histories import day

_HOUR = 3_600_000_000
_SET = 5
"""The record that sets the window."""
_RULE = PromiseRule(
    rule_kind="only-if",
    for_each=(Selector(kinds=("ip.recorded",)),),
    needs=(
        Need(
            role="required",
            opens=(Selector(kinds=("intrusion.attempt_detected",)),),
            lasting=Limit(parameter="window", unit="hours"),
        ),
    ),
)


def _edition(parameters: dict[str, Parameter], known_from: int, known_to: int) -> Edition:
    return Edition(
        promise_id="INF-08",
        declared_index=0,
        policy_index=None,
        parameters=parameters,
        set_by={},
        reading=None,
        read_by=None,
        waived_by=None,
        zone="Europe/Amsterdam",
        valid_from=0,
        valid_to=FOREVER,
        known_from=known_from,
        known_to=known_to,
    )


def _rule() -> JudgedRule:
    declared = PromiseDeclared(
        occurred_at=day(0),
        promise_id="INF-08",
        policy_id="infactor-privacy",
        organisation="infactor",
        rules=(_RULE,),
    )
    window = {"window": Parameter(name="window", value=24, unit="hours")}
    editions = (_edition({}, 0, _SET), _edition(window, _SET, FOREVER))
    return JudgedRule("INF-08@0/0", Declaration(0, declared), None, 0, _RULE, 0, editions)


def test_what_was_not_set_once_does_not_widen_the_window() -> None:
    """Judging a new event would read the whole history of what it is about."""
    assert _rule().reaches(Ask(0, _SET + 1, _HOUR, {})) == (Reach(24 * _HOUR, 0),)


def test_an_event_from_before_looks_back_as_far_as_any_edition_says() -> None:
    """What was believed before the window was set would be judged without what was known."""
    assert _rule().reaches(Ask(0, _SET - 1, _HOUR, {})) == (Reach(FOREVER, 0),)
