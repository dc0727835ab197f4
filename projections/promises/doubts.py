"""Why a promise cannot be said to be kept, and what would settle it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger.events.promise import Limit, PromiseRule
from ledger.opening import instant_of
from projections.bitemporal import FOREVER
from projections.promises.answers import CoverageGap
from projections.promises.settling import settle_gap, settle_of, settle_reading, settle_waiver
from projections.promises.standing_promise import StandingPromise
from projections.promises.totals import Totals, items_in

_SHOWN: Final = 3


class Doubt(NamedTuple):
    """A reason with what would settle it."""

    reason: str
    settle: str


def doubts_about(promise: StandingPromise, totals: Totals) -> list[Doubt]:
    """Every reason for which a promise cannot be determined, each once.

    Args:
        promise: The promise.
        totals: How its judged events stand.
    """
    found = list(dict.fromkeys(_doubts(promise, totals)))
    if promise.bench.reader.as_of > promise.bench.now:
        found.insert(0, Doubt("the moment asked is still to come", "ask again when it has come"))
    return found


def parameters_named(rule: PromiseRule) -> Iterator[str]:
    """The parameters that a rule asks for, its needs and limits included."""
    for condition in (*rule.where, *rule.unless):
        if condition.parameter is not None:
            yield condition.parameter
    limits: list[Limit | None] = [rule.within]
    limits.append(rule.measure.limit if rule.measure is not None else None)
    for need in rule.needs:
        limits += [need.lasting, need.within]
        if need.at_least_parameter is not None:
            yield need.at_least_parameter
    for limit in limits:
        if limit is not None and limit.parameter is not None:
            yield limit.parameter


def _doubts(promise: StandingPromise, totals: Totals) -> Iterator[Doubt]:
    promise_id = promise.edition.promise_id
    for name in _unset(promise):
        reason = f"parameter {name} is not set"
        yield Doubt(reason, settle_of(promise_id, reason) or "")
    if promise.open_readings:
        names = promise.open_readings
        reason = f"nobody decided how to read it: {', '.join(names)}"
        yield Doubt(reason, settle_reading(promise_id, names))
    if totals.verdicts["undeterminable"]:
        for each in items_in(promise, totals, "undeterminable", _SHOWN):
            if each.reason is not None:
                yield Doubt(each.reason, each.settle or "")
    for reason in totals.doubts:
        yield Doubt(reason, settle_of(promise_id, reason) or "")
    for gap in promise.gaps:
        yield Doubt(_gap_reason(gap), settle_gap(gap))
    for waiver in promise.waivers:
        until = "" if waiver.until == FOREVER else f" until {_minute(waiver.until)}"
        reason = (
            f"not checked from {_minute(waiver.since)}{until}: waived by record {waiver.waived_by}"
        )
        yield Doubt(reason, settle_waiver(waiver.waived_by))
    needs_coverage = any(rule.rule.needs_coverage for rule in promise.rules)
    if not totals.verdicts and not needs_coverage and promise.rules:
        yield Doubt(
            "nothing on record that keeps or breaks it",
            "record what was done, or declare the sources connected that would tell of it",
        )


def _gap_reason(gap: CoverageGap) -> str:
    until = "" if gap.until is None else f" until {gap.until:%Y-%m-%d %H:%M} UTC"
    since = f"{gap.since:%Y-%m-%d %H:%M} UTC"
    if gap.lost_index is not None:
        return f"lines of {gap.system} from {since}{until} never came in"
    return f"{gap.system} is not declared connected from {since}{until}"


def _minute(moment: int) -> str:
    return f"{instant_of(moment):%Y-%m-%d %H:%M} UTC"


def _unset(promise: StandingPromise) -> list[str]:
    """The parameters that the rules ask for and nobody has set."""
    held = promise.edition.parameters
    wanted = dict.fromkeys(name for rule in promise.rules for name in parameters_named(rule.rule))
    known = {name for name, each in held.items() if each.value is not None or each.values}
    return [name for name in wanted if name not in known]
