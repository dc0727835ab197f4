"""`interval-state`: something stands without a gap for as long as the promise is in force."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.events.promise import PromiseRule
from projections.bitemporal import FOREVER
from projections.promises.material import (
    BROKEN,
    KEPT,
    UNDETERMINABLE,
    Ask,
    Evidence,
    InForce,
    Segment,
)
from projections.promises.standing import in_order


@dataclass(frozen=True, slots=True)
class IntervalStateMachine:
    """Follows a state from the beginning of the promise on; the judged event is its declaration."""

    rule: PromiseRule

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """Undeterminable where nobody declared it from the start; broken from the first gap on."""
        end = in_force.valid_to
        stood = [span for place in range(len(self.rule.needs)) for span in _spans(known[place])]
        spans = sorted([*stood, *in_force.waived])
        name = self.rule.needs[0].name or self.rule.needs[0].opens[0].kinds[0]
        until, rests = ask.moment, list[int]()
        for since, stop, index in spans:
            if since > until:
                break
            if stop > until:
                until = stop
                rests.append(index)
        waivers = {index for _, _, index in in_force.waived}
        if waivers.issuperset(rests):  # it never stood from the start, or when it was checked again
            later = next((index for since, _, index in sorted(stood) if since > ask.moment), None)
            reason = f"no {name} on record from the beginning of the promise"
            rests += [] if later is None else [later]
            return _cut(
                [Segment(ask.moment, FOREVER, UNDETERMINABLE, None, None, reason, tuple(rests))],
                end,
            )
        found = [Segment(ask.moment, until, KEPT, None, None, None, tuple(rests))]
        if until != FOREVER:
            ended = _ending(known, until)
            reason = f"{name} did not stand" + ("" if ended is None else f" (record {ended})")
            by = (*rests,) if ended is None else (*rests, ended)
            found.append(Segment(until, FOREVER, BROKEN, None, None, reason, by))
        return _cut(found, end)


def _spans(known: Sequence[Evidence]) -> list[tuple[int, int, int]]:
    """When the state stood: from, until, and the record that says so.

    A closing with an end of its own is an interruption: afterwards the state stands again.
    """
    found: list[tuple[int, int, int]] = []
    standing: dict[str, tuple[int, int, int]] = {}
    for each in sorted(known, key=in_order):
        place = each.stream or each.link
        before = standing.get(place)
        if each.effect == "opens":
            if before is not None:
                found.append((before[0], min(before[1], each.moment), before[2]))
            standing[place] = (each.moment, each.until, each.index)
        elif before is not None and each.moment < before[1]:
            found.append((before[0], each.moment, before[2]))
            if each.until != FOREVER and each.until < before[1]:
                standing[place] = (each.until, before[1], before[2])
            else:
                del standing[place]
    return [one for one in (*found, *standing.values()) if one[0] < one[1]]


def _ending(known: Sequence[Sequence[Evidence]], moment: int) -> int | None:
    """The record that ended the state at a moment."""
    return next(
        (
            each.index
            for some in known
            for each in some
            if each.effect == "closes" and each.moment == moment
        ),
        None,
    )


def _cut(found: list[Segment], end: int) -> list[Segment]:
    """Nothing is said of the time after the promise."""
    return [one._replace(valid_to=min(one.valid_to, end)) for one in found if one.valid_from < end]
