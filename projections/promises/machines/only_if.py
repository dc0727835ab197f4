"""`only-if`: an event is in order only while another one stands, and none that forbids it.

Any one of the required needs suffices. What was in force at the moment of the judged event counts,
whenever it was recorded. Where so many must stand and several detectors told of them, the one
counts that told of most: they may have told of the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from ledger.events.promise import Need, PromiseRule
from ledger.personal import WITHHELD
from projections.detectors import detector_in
from projections.promises.conditions import parameter_values
from projections.promises.limits import LimitUnknownError, span_after
from projections.promises.machines.telling import settled_at_once
from projections.promises.material import (
    BROKEN,
    KEPT,
    UNDETERMINABLE,
    Ask,
    Evidence,
    InForce,
    Segment,
    throughout,
)
from projections.promises.standing import (
    Stretch,
    all_covered,
    in_order,
    pairs_hold,
    standing_at,
    stretches,
)


@dataclass(frozen=True, slots=True)
class OnlyIfMachine:
    """Judges each event by what stands at its moment."""

    rule: PromiseRule

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """Kept if a required need is met and no forbidden one; broken otherwise."""
        at_once = settled_at_once(self.rule, ask, in_force.parameters)
        if at_once is not None:
            return at_once
        rests: list[int] = []
        missing: list[tuple[Need, Sequence[Evidence], _Counted]] = []
        met = False
        unknown: list[str] = []
        for place, need in enumerate(self.rule.needs):
            try:
                found = _found(need, place, ask, known[place], in_force)
            except LimitUnknownError as error:
                unknown.append(str(error))
                continue
            if found is None:
                unknown.append(f"who or what the {_named(need)} is about was erased")
            elif need.role == "forbidden" and found:
                indexes = tuple(one.opening.index for one in found)
                return throughout(ask.moment, BROKEN, f"{_named(need)} stood", *indexes)
            elif need.role == "required":
                counted = _counted(need, found)
                missing.append((need, known[place], counted))
                if counted.number >= _wanted(need, in_force):
                    met = True
                    rests += [one.opening.index for one in counted.found]
        required = any(need.role == "required" for need in self.rule.needs)
        if met or (not required and not unknown):
            return throughout(ask.moment, KEPT, None, *rests)
        if unknown:
            return throughout(ask.moment, UNDETERMINABLE, "; ".join(unknown))
        reasons = [
            _why_missing(need, ask, some, in_force, counted) for need, some, counted in missing
        ]
        return throughout(ask.moment, BROKEN, "; ".join(reasons))


def _found(
    need: Need, place: int, ask: Ask, known: Sequence[Evidence], in_force: InForce
) -> list[Stretch] | None:
    """What stands of a need at the moment of the event; `None` if erased values hide it."""
    if need.at_least_parameter is not None:
        _wanted(need, in_force)
    for link in ask.links[place]:
        if WITHHELD in link:
            return None
    if not known and need.within is None:
        return []
    moment = ask.moment
    if need.within is not None:  # it must have begun so long before
        moment -= span_after(need.within, 0, in_force.parameters, "UTC")
    hidden = False
    found: dict[int, Stretch] = {}
    every = stretches(need, known, in_force)
    spent = _spent(need, ask, every, known) if need.once else ()
    for one in standing_at(every, moment):
        told = pairs_hold(need.pairs, ask, one.opening.terms)
        hidden = hidden or told is None
        if told and one.opening.index not in spent:
            found.setdefault(one.opening.index, one)  # once, under however many keys they meet
    standing = list(found.values())
    if not all_covered(need.pairs, ask, standing):
        return None if hidden else []
    enough = not hidden or _counted(need, standing).number >= _wanted(need, in_force)
    return standing if enough else None


def _spent(
    need: Need, ask: Ask, every: Sequence[Stretch], known: Sequence[Evidence]
) -> Collection[int]:
    """The openings that earlier events rested on, each on the first that it could."""
    uses = {
        each.index: each
        for each in known
        if each.effect == "uses" and (each.moment, each.index) < (ask.moment, ask.index)
    }
    spent: set[int] = set()
    for use in sorted(uses.values(), key=in_order):
        for one in standing_at(every, use.moment):
            user = ask._replace(terms=use.terms)
            if one.opening.index not in spent and pairs_hold(need.pairs, user, one.opening.terms):
                spent.add(one.opening.index)
                break
    return spent


class _Counted(NamedTuple):
    """What counts of all that stands."""

    found: Sequence[Stretch]
    number: int
    is_of_one: bool = False
    """Others told as well."""


def _counted(need: Need, found: Sequence[Stretch]) -> _Counted:
    """How many stand, some of which may count for several, as the one told that told of most."""
    if need.weight is None and need.at_least is None and need.at_least_parameter is None:
        return _Counted(found, len(found))
    told: dict[str, list[Stretch]] = {}
    for one in found:
        told.setdefault(detector_in(one.opening.terms), []).append(one)
    counted = [_Counted(some, _number(need, some), len(told) > 1) for some in told.values()]
    return max(counted, key=attrgetter("number"), default=_Counted((), 0))


def _number(need: Need, found: Sequence[Stretch]) -> int:
    if need.weight is None:
        return len(found)
    values = (one.opening.terms[need.weight] for one in found)
    return sum(max((each for each in some if isinstance(each, int)), default=1) for some in values)


def _wanted(need: Need, in_force: InForce) -> int:
    if need.at_least_parameter is None:
        return need.at_least or 1
    given = parameter_values(need.at_least_parameter, in_force.parameters)
    if not given or not isinstance(given[0], int):
        raise LimitUnknownError(f"parameter {need.at_least_parameter} is not set")
    return given[0]


def _why_missing(
    need: Need, ask: Ask, known: Sequence[Evidence], in_force: InForce, counted: _Counted
) -> str:
    """Why the required need is not met, in words."""
    name = _named(need)
    if need.pairs and not ask.terms[need.pairs[0].field]:
        return f"the event names no {need.pairs[0].field}, so no {name} can stand behind it"
    wanted = _wanted(need, in_force)
    if counted.found or wanted > 1:
        told = f"{counted.number} of {wanted} {name} on record at that moment"
        return f"{told}, as one program told" if counted.is_of_one else told
    if need.once and any(each.effect == "opens" for each in known):
        return f"no {name} on record that fits and served no earlier event"
    ended = [one for one in stretches(need, known, in_force) if one.until <= ask.moment]
    if ended:
        by = ended[-1].closed_by
        return f"the {name} had ended" + ("" if by is None else f" (record {by})")
    if any(each.effect == "opens" and each.moment <= ask.moment for each in known):
        return f"no {name} on record that fits"
    return f"no {name} on record at that moment"


def _named(need: Need) -> str:
    return need.name or need.opens[0].kinds[0]
