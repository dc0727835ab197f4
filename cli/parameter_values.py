"""Typed values of open parameters, checked against the promise that leaves them open."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from formats.statement_file.parameter_checks import Use, uses_of
from formats.statement_file.walking import PlacedRule
from ledger.errors import BadRequest
from ledger.events.promise import Parameter, PromiseDeclared

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_WORDS: Final = {"true": True, "false": False}
_TIMES: Final = (
    *("seconds", "minutes", "hours", "days", "working-days"),
    *("weeks", "months", "years"),
)


def settings_of(promise: PromiseDeclared, typed: Iterable[str]) -> list[dict[str, Any]]:
    """What was typed as NAME=VALUE, as parameters of an event.

    Raises:
        BadRequest: the promise leaves no such thing open, or the value or unit does not fit it.
    """
    known = {each.name: each for each in promise.params}
    found: dict[str, dict[str, Any]] = {}
    for each in typed:
        name, mark, value = each.partition("=")
        if not mark or not value:
            raise BadRequest(f"{promise.promise_id}: expected NAME=VALUE, found {each!r}")
        if name not in known:
            names = ", ".join(known) or "it leaves nothing open"
            raise BadRequest(
                f"{promise.promise_id}: expected a parameter ({names}), found {name!r}"
            )
        if name in found:
            raise BadRequest(f"{promise.promise_id}: expected {name} once, found it again")
        found[name] = _setting(promise, known, name, value)
    return list(found.values())


def _setting(
    promise: PromiseDeclared, known: Mapping[str, Parameter], name: str, typed: str
) -> dict[str, Any]:
    value, _, unit = typed.strip().partition(" ")
    parts = [_value(part) for part in value.split(",")]
    uses = _uses(promise, name)
    if _takes_number(uses) and not (len(parts) == 1 and _is_count(parts[0])):
        raise BadRequest(
            f"{promise.promise_id}: expected {name} as a whole number, 0 or more, found {value!r}"
        )
    setting: dict[str, Any] = {"name": name}
    if len(parts) == 1:
        setting["value"] = parts[0]
    else:
        setting["values"] = parts
    own = known[name].unit
    measured = unit.strip() or own
    fitting = _TIMES if own in _TIMES and uses else (own,)
    if unit and measured not in fitting:
        wanted = ", ".join(each or "a number without unit" for each in fitting)
        raise BadRequest(f"{promise.promise_id}: expected {name} in {wanted}, found {measured!r}")
    return setting if measured is None else {**setting, "unit": measured}


def _value(text: str) -> bool | int | str:
    if _WHOLE.fullmatch(text):
        return int(text)
    return _WORDS.get(text, text)


def _is_count(value: bool | int | str) -> bool:  # noqa: FBT001 - a typed value
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _uses(promise: PromiseDeclared, name: str) -> list[Use]:
    """Where rules ask for a parameter; nowhere, if a rule of the book does."""
    rules = [*promise.rules, *(rule for each in promise.readings for rule in each.rules)]
    return [use for rule in rules for use in uses_of(PlacedRule((), rule)) if use.name == name]


def _takes_number(uses: Iterable[Use]) -> bool:
    found = list(uses)
    return not found or any(use.is_number for use in found)
