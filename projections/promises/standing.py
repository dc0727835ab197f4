"""Which of the events that serve a need stand at a moment: opened before it, not closed since."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.events.promise import Need, Pairing
from ledger.personal import WITHHELD
from projections.bitemporal import FOREVER
from projections.promises.limits import span_after
from projections.promises.material import Ask, Evidence, InForce, names_only_case
from projections.promises.values import Terms


class Stretch(NamedTuple):
    """An opening with the time over which it stands: `[since, until)`."""

    opening: Evidence
    since: int
    until: int
    closed_by: int | None
    """The index of the record that ended it."""


def stretches(need: Need, known: Iterable[Evidence], in_force: InForce) -> list[Stretch]:
    """Every opening with the time it stands, in order of moment.

    On a case (a consent, an agreement) a later opening takes the place of the one before; facts
    without a case stand beside each other until something with their key closes them.

    Raises:
        LimitUnknownError: how long each stands is a parameter that nobody has set.
    """
    found: list[Stretch] = []
    latest: dict[tuple[str, str], int] = {}
    for each in known:
        if each.effect == "uses":
            continue
        if each.effect == "opens":
            until = each.until
            if need.lasting is not None and until == FOREVER:
                until = span_after(need.lasting, each.moment, in_force.parameters, in_force.zone)
            place = latest.get((each.stream, each.link)) if each.stream else None
            if place is not None:
                found[place] = _ended(found[place], each)
            if each.stream:
                latest[each.stream, each.link] = len(found)
            found.append(Stretch(each, each.moment, until, None))
            continue
        found = [_ended(one, each) if _closes(each, one) else one for one in found]
    return found


def _closes(closing: Evidence, stretch: Stretch) -> bool:
    if closing.stream:
        opening = stretch.opening
        return closing.stream == opening.stream and (
            closing.link == opening.link or names_only_case(closing)
        )
    return closing.link == stretch.opening.link


def _ended(stretch: Stretch, by: Evidence) -> Stretch:
    if by.moment >= stretch.until:
        return stretch
    return stretch._replace(until=max(by.moment, stretch.since), closed_by=by.index)


def standing_at(found: Sequence[Stretch], moment: int) -> list[Stretch]:
    """Those that stand at a moment."""
    return [one for one in found if one.since <= moment < one.until]


def in_order(each: Evidence) -> tuple[int, int, bool]:
    """The order of the world; what one event ends, it ends before it opens anew."""
    return (each.moment, each.index, each.effect != "closes")


def pairs_hold(pairs: Sequence[Pairing], ask: Ask, terms: Terms) -> bool | None:
    """Whether an other event meets the judged one in every pairing; `None` if it was erased."""
    told: bool | None = True
    for pair in pairs:
        mine, other = ask.terms[pair.field], terms[pair.of or pair.field]
        if mine and mine == other and WITHHELD not in mine:  # nearly always: whatever is asked
            continue
        if WITHHELD in mine or WITHHELD in other:
            told = None
        elif not _meets(pair, mine, other):
            return False
    return told


def all_covered(pairs: Sequence[Pairing], ask: Ask, found: Sequence[Stretch]) -> bool:
    """Whether what stands meets, taken together, every value that must be covered."""
    for pair in pairs:
        if pair.test == "covered":
            met = {value for one in found for value in one.opening.terms[pair.of or pair.field]}
            if not set(ask.terms[pair.field]) <= met:
                return False
    return True


def _meets(pair: Pairing, mine: Sequence[object], other: Sequence[object]) -> bool:
    if not other:
        return pair.silence_fits
    if pair.test == "within":
        return bool(mine) and set(mine) <= set(other)
    return not set(mine).isdisjoint(other)
