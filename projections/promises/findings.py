"""What is wrong or unclear inside the statements in force, and what would settle it.

A statement can promise two things that exclude each other, say something in words without a number,
or name a unit that means several things. What was decided about it is on record, so that a finding
names who settled it by which record, or what waits for somebody to do so.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Final, NamedTuple

from ledger.events.promise import Flaw, PromiseParameterSet
from ledger.ledger import Ledger
from ledger.store.requests import microseconds
from ledger.units import Index
from projections.cases.reading import Moment
from projections.promises.answers import CoverageGap, ParameterInForce
from projections.promises.caught import MOST_CAUGHT, caught_between_readings
from projections.promises.changed_rules import changed_afterwards, recording_times
from projections.promises.finding import (
    Assigned,
    CaughtEvent,
    FindingState,
    ReadAs,
    StatementFinding,
    StatementFindings,
)
from projections.promises.rulebook import rulebook_read
from projections.promises.settling import settle_gap, settle_of, settle_reading
from projections.promises.standing_promise import Bench, StandingPromise
from projections.promises.taken_back import (
    MOST_TAKEN_BACK,
    LastVerdict,
    last_verdicts,
    taken_back_of,
)
from projections.promises.view import PROMISES
from projections.snapshot import reader_at

_WITHOUT_NUMBER: Final[frozenset[Flaw]] = frozenset({"no-number", "no-term"})
"""Flaws that a parameter settles; the others are settled by a reading."""
_BY_READINGS: Final = (
    "publish the statement with readings or a parameter for it, so that somebody can decide"
)


def statement_findings(
    ledger: Ledger,
    moment: Moment,
    *,
    system: str | None = None,
    organisation: str | None = None,
    with_events: bool = True,
) -> list[StatementFindings]:
    """Every statement in force at a moment with what is wrong or unclear in it, by policy id.

    Args:
        ledger: The log; the view catches up with it first.
        moment: As of when, and by what was known.
        system: Only statements that apply to this system.
        organisation: Only those of this organisation.
        with_events: Whether the events caught between two readings, and those that were taken back,
            are looked for.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with reader_at(ledger, PROMISES, moment.as_of, moment.known_size) as reader:
        bench = Bench(
            reader,
            rulebook_read(reader.connection, reader.scope),
            microseconds(ledger.clock()),
        )
        standing = [
            each
            for each in bench.standing()
            if (system is None or system in each.event.applies_to)
            and (organisation is None or organisation == each.event.organisation)
        ]
        proposed = _defaults(ledger, standing)
        afterwards = _Afterwards(
            recording_times(ledger, standing), last_verdicts(bench) if with_events else ()
        )
        by_statement = groupby(sorted(standing, key=_statement), key=_statement)
        return [
            _found_in(list(promises), proposed, afterwards, with_events=with_events)
            for _, promises in by_statement
        ]


class _Afterwards(NamedTuple):
    """What it takes to tell what was changed after the events."""

    recorded: Mapping[int, int]
    """When declarations were recorded, in microseconds."""
    last: Sequence[LastVerdict]
    """What was believed of the events that were taken back."""


def _statement(promise: StandingPromise) -> tuple[str, str]:
    return promise.event.policy_id or "", promise.event.organisation or ""


def _found_in(
    promises: Sequence[StandingPromise],
    proposed: Collection[int],
    afterwards: _Afterwards,
    *,
    with_events: bool,
) -> StatementFindings:
    first = promises[0]
    found = [
        *_contradictions(promises, with_events=with_events),
        *(
            _flaw(promise, flaw, proposed)
            for promise in promises
            for flaw in dict.fromkeys(promise.event.flaws)
        ),
        *(each for promise in promises for each in _open_parameters(promise)),
        *_gaps(promises),
        *(each for promise in promises for each in _changed(promise, afterwards.recorded)),
        *(each for promise in promises for each in _taken_back(promise, afterwards.last)),
    ]
    index = first.edition.policy_index
    return StatementFindings(
        policy_id=first.event.policy_id,
        organisation=first.event.organisation,
        systems=tuple(dict.fromkeys(each for one in promises for each in one.event.applies_to)),
        policy_index=None if index is None else Index(index),
        promises=len(promises),
        findings=tuple(found),
    )


def _contradictions(
    promises: Sequence[StandingPromise], *, with_events: bool
) -> Iterator[StatementFinding]:
    """Each pair once; a promise that does not stand at the moment contradicts nothing."""
    by_id = {str(each.edition.promise_id): each for each in promises}
    pairs = {
        tuple(sorted((name, str(other))))
        for name, promise in by_id.items()
        for other in promise.event.contradicts
        if other in by_id and other != name
    }
    for one, other in sorted(pairs):
        both = (by_id[one], by_id[other])
        found = [caught_between_readings(each) for each in both] if with_events else []
        caught = sorted(chain(*found), key=lambda each: (each.index, each.promise_id))
        yield _contradiction(both, caught)


def _contradiction(
    both: Sequence[StandingPromise], caught: Sequence[CaughtEvent]
) -> StatementFinding:
    state, settle = _how_read(both)
    return StatementFinding(
        kind="contradiction",
        state=state,
        promise_ids=tuple(each.edition.promise_id for each in both),
        read_as=tuple(_read_as(each) for each in both if each.event.readings),
        caught=tuple(caught[:MOST_CAUGHT]),
        caught_count=len({each.index for each in caught}),
        settle=settle,
        rests_on=_rests_on(both),
    )


def _flaw(promise: StandingPromise, flaw: Flaw, proposed: Collection[int]) -> StatementFinding:
    assigned = _assigned(promise, proposed)
    by_number = bool(assigned) and (flaw in _WITHOUT_NUMBER or not promise.event.readings)
    if by_number:
        state, settle = _how_set(promise, assigned)
    else:
        state, settle = _how_read([promise])
    read_as = () if by_number or not promise.event.readings else (_read_as(promise),)
    return StatementFinding(
        kind="flaw",
        state=state,
        promise_ids=(promise.edition.promise_id,),
        flaw=flaw,
        read_as=read_as,
        assigned=assigned if by_number else (),
        settle=settle,
        rests_on=_rests_on([promise]),
    )


def _open_parameters(promise: StandingPromise) -> Iterator[StatementFinding]:
    """Parameters that nobody set, unless a flaw of the promise tells of them."""
    if _WITHOUT_NUMBER & set(promise.event.flaws):
        return
    for each in _assigned(promise, ()):
        if each.parameter.value is None:
            state, settle = _how_set(promise, [each])
            yield StatementFinding(
                kind="open-parameter",
                state=state,
                promise_ids=(promise.edition.promise_id,),
                assigned=(each,),
                settle=settle,
                rests_on=_rests_on([promise]),
            )


def _gaps(promises: Sequence[StandingPromise]) -> Iterator[StatementFinding]:
    """Each gap once, with the promises that cannot be kept because of it."""
    waiting: dict[CoverageGap, list[StandingPromise]] = {}
    for promise in promises:
        if promise.edition.waived_by is None:
            for gap in promise.gaps:
                waiting.setdefault(gap, []).append(promise)
    for gap, some in waiting.items():
        yield StatementFinding(
            kind="coverage-gap",
            state="open",
            promise_ids=tuple(each.edition.promise_id for each in some),
            gap=gap,
            settle=(settle_gap(gap),),
            rests_on=_rests_on(some),
        )


def _changed(promise: StandingPromise, recorded: Mapping[int, int]) -> Iterator[StatementFinding]:
    """Each declaration that counts over time before it was recorded."""
    for each in changed_afterwards(promise, recorded):
        yield StatementFinding(
            kind="rules-changed-afterwards",
            state="afterwards",
            promise_ids=(promise.edition.promise_id,),
            changed=each,
            rests_on=(each.earlier_index, each.later_index),
        )


def _taken_back(
    promise: StandingPromise, last: Sequence[LastVerdict]
) -> Iterator[StatementFinding]:
    """The judged events of a promise that were taken back, together."""
    found = taken_back_of(promise, last)
    if found:
        told = sorted(found, key=lambda each: (not each.was_broken, each.index))[:MOST_TAKEN_BACK]
        yield StatementFinding(
            kind="judged-events-taken-back",
            state="afterwards",
            promise_ids=(promise.edition.promise_id,),
            taken_back=tuple(told),
            taken_back_count=len(found),
            broken_before_count=sum(each.was_broken for each in found),
            rests_on=tuple(sorted({each.taken_by_index for each in told})),
        )


def _how_read(promises: Sequence[StandingPromise]) -> tuple[FindingState, tuple[str, ...]]:
    """Whether somebody decided between readings, and what is left to decide."""
    checked = [each for each in promises if each.edition.waived_by is None]
    if len(checked) < len(promises):
        return "waived", ()
    readable = [each for each in checked if each.event.readings]
    if not readable:
        return "open", (_BY_READINGS,)
    undecided = [each for each in readable if each.reading is None]
    assumed = [each for each in readable if not _is_decided(each)]
    if undecided:
        return "open", tuple(_to_decide(each) for each in undecided)
    if _are_at_odds(readable):
        return "at-odds", tuple(_to_decide(each) for each in readable)
    if assumed:
        return "assumed", tuple(_to_decide(each) for each in assumed)
    return "decided", ()


def _are_at_odds(promises: Sequence[StandingPromise]) -> bool:
    """Whether promises with readings of the same names are read in different ways."""
    names = {frozenset(_names(each)) for each in promises}
    return len(names) == 1 and len({each.reading for each in promises}) > 1


def _is_decided(promise: StandingPromise) -> bool:
    return promise.edition.read_by is not None and promise.edition.reading == promise.reading


def _to_decide(promise: StandingPromise) -> str:
    return settle_reading(promise.edition.promise_id, _names(promise))


def _names(promise: StandingPromise) -> tuple[str, ...]:
    return tuple(each.name for each in promise.event.readings)


def _read_as(promise: StandingPromise) -> ReadAs:
    index = promise.edition.read_by if _is_decided(promise) else None
    return ReadAs(
        promise_id=promise.edition.promise_id,
        readings=_names(promise),
        reading=promise.reading,
        decided_index=None if index is None else Index(index),
    )


def _how_set(
    promise: StandingPromise, assigned: Sequence[Assigned]
) -> tuple[FindingState, tuple[str, ...]]:
    """Whether somebody set the numbers, and what is left to set."""
    if promise.edition.waived_by is not None:
        return "waived", ()
    unset = [each for each in assigned if each.parameter.value is None]
    proposed = [each for each in assigned if each.is_default]
    state: FindingState = "open" if unset else "assumed" if proposed else "decided"
    settle = (
        settle_of(promise.edition.promise_id, f"parameter {each.parameter.name} is not set")
        for each in unset or proposed
    )
    return state, tuple(each for each in settle if each is not None)


def _assigned(promise: StandingPromise, proposed: Collection[int]) -> tuple[Assigned, ...]:
    declared = {each.name: each for each in promise.event.params}
    held: Mapping[str, object] = promise.edition.parameters
    found = []
    for name in dict.fromkeys([*declared, *held]):
        each = promise.edition.parameters.get(name) or declared[name]
        index = promise.edition.set_by.get(name)
        setting = ParameterInForce(
            name=name,
            value=each.values or each.value,
            unit=each.unit or each.period,
            set_by_index=None if index is None else Index(index),
        )
        found.append(Assigned(parameter=setting, is_default=index in proposed))
    return tuple(found)


def _defaults(ledger: Ledger, promises: Sequence[StandingPromise]) -> frozenset[int]:
    """The records that set what a statement file proposes: a program read it, nobody decided."""
    indexes = {
        index
        for promise in promises
        if promise.event.flaws
        for index in promise.edition.set_by.values()
    }
    return frozenset(
        each.stored.index
        for each in ledger.open_records(ledger.log.records_at(sorted(indexes)))
        if isinstance(each.event, PromiseParameterSet)
        and each.event.parser is not None
        and each.event.decided_by is None
    )


def _rests_on(promises: Sequence[StandingPromise]) -> tuple[int, ...]:
    found = {
        index
        for promise in promises
        for index in (
            promise.edition.declared_index,
            promise.edition.read_by,
            promise.edition.waived_by,
            *promise.edition.set_by.values(),
        )
    }
    return tuple(sorted(index for index in found if index is not None))
