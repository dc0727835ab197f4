"""What was believed of one judged event, record after record: the definition of its rows.

Pure. However the log is cut into batches, and whether rows are made at once or revised later, they
are those of `history`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from projections.bitemporal import FOREVER
from projections.promises.editions import Edition
from projections.promises.material import Ask, Evidence, InForce, Segment
from projections.promises.program import JudgedRule

Judge = Callable[[Ask, Sequence[Sequence[Evidence]], InForce], list[Segment]]


class KnownSegment(NamedTuple):
    """A verdict over a stretch of time, believed from one record until another."""

    segment: Segment
    known_from: int
    known_to: int


def history(
    rule: JudgedRule,
    ask: Ask,
    known: Sequence[Sequence[Evidence]],
) -> list[KnownSegment]:
    """Every verdict ever believed about an event under a rule.

    Args:
        rule: The rule.
        ask: The judged event.
        known: For each need of the rule, every event that ever served it under the keys of the
            judged one, those taken back too, in the order of the world.
    """
    every = rule.editions
    swift = None if rule.is_state else _at_once(rule, ask, known)
    if swift is not None:
        return swift
    mine = [
        each
        for each in every
        if each.valid_from <= ask.moment < each.valid_to
        and each.known_to > ask.index
        and (each.waived_by is None or rule.is_state)
    ]
    last = min(ask.gone, max((each.known_to for each in mine), default=ask.index))
    changes = {max(ask.index, each.known_from) for each in mine}
    changes |= {each.known_to for each in mine}
    if rule.is_state:  # it is followed through all that the promise becomes
        changes |= {at for each in every for at in (each.known_from, each.known_to)}
    changes |= {at for some in known for each in some for at in (each.index, each.gone)}
    steps = sorted(at for at in changes if ask.index <= at < last)
    found: list[KnownSegment] = []
    open_rows: dict[Segment, int] = {}
    for at in steps:
        edition = next((each for each in mine if each.known_from <= at < each.known_to), None)
        in_force = None if edition is None else _in_force(rule, edition, every, at)
        segments = set() if in_force is None else set(_judged(rule, ask, known, in_force, at))
        gone = [each for each in open_rows if each not in segments]
        found += [KnownSegment(each, open_rows.pop(each), at) for each in gone]
        for come in segments:
            open_rows.setdefault(come, at)
    found += [KnownSegment(each, since, last) for each, since in open_rows.items()]
    return sorted(found, key=lambda each: (each.known_from, each.segment.valid_from))


def _at_once(
    rule: JudgedRule, ask: Ask, known: Sequence[Sequence[Evidence]]
) -> list[KnownSegment] | None:
    """The history in the usual case: one edition, and nothing that came later or was taken back."""
    if ask.gone != FOREVER or ask.index < rule.settled_from:
        return None
    edition = rule.edition_believed(ask.moment, ask.index)
    if edition is None or edition.waived_by is not None:
        return []
    at = max(ask.index, edition.known_from)
    later: set[int] = set()
    for some in known:
        for each in some:
            if each.gone != FOREVER:
                return None
            if each.index > at:
                later.add(each.index)
    in_force = edition.in_force
    judge = rule.machine.judge
    if not later:
        return [KnownSegment(each, at, FOREVER) for each in judge(ask, known, in_force)]
    return _grown(ask, known, in_force, [at, *sorted(later)], judge)


def _grown(
    ask: Ask,
    every: Sequence[Sequence[Evidence]],
    in_force: InForce,
    steps: Sequence[int],
    judge: Judge,
) -> list[KnownSegment]:
    """The history where evidence only ever came: after each of the steps, what was known then."""
    found: list[KnownSegment] = []
    standing: list[tuple[Segment, int]] = []
    last = steps[-1]
    for at in steps:
        known = every
        if at != last:
            known = [[each for each in some if each.index <= at] for some in every]
        segments = judge(ask, known, in_force)
        if not standing:
            standing = [(each, at) for each in segments]
            continue
        found += [KnownSegment(each, since, at) for each, since in standing if each not in segments]
        before = dict(standing)
        standing = [(each, before.get(each, at)) for each in segments]
    found += [KnownSegment(each, since, FOREVER) for each, since in standing]
    return found


def _judged(
    rule: JudgedRule,
    ask: Ask,
    known: Sequence[Sequence[Evidence]],
    in_force: InForce,
    at: int,
) -> list[Segment]:
    """The verdicts believed once the record at an index was known."""
    believed = [[each for each in some if each.index <= at < each.gone] for some in known]
    return rule.machine.judge(ask, believed, in_force)


def _in_force(rule: JudgedRule, edition: Edition, editions: Sequence[Edition], at: int) -> InForce:
    """What is in force for an event; for a state, how the promise goes on."""
    if not rule.is_state:
        return edition.in_force
    believed = {each.valid_from: each for each in editions if each.known_from <= at < each.known_to}
    line = [edition]
    while line[-1].valid_to in believed:
        line.append(believed[line[-1].valid_to])
    waived = tuple(
        (each.valid_from, each.valid_to, each.waived_by)
        for each in line
        if each.waived_by is not None
    )
    return InForce(edition.parameters, edition.zone, line[-1].valid_to, waived)
