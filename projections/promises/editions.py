"""What each promise is at each moment, by each state of knowledge: its rules and what was decided.

A promise stands from its declaration on, while the version of the statement that makes it is the
one in force. Parameters, readings and waivers hold from when they take effect. All of it may be
recorded late, so every edition has two intervals, as the rows of views have.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import msgspec

from ledger.events.policy import PolicyPublished, PolicyWithdrawn
from ledger.events.promise import (
    Parameter,
    PromiseDeclared,
    PromiseInterpretationDecided,
    PromiseParameterSet,
    PromiseWaived,
)
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Change, KnownRow, KnownRows, Line, Rule, Segment
from projections.promises.material import InForce

DEFAULT_ZONE: Final = "Europe/Amsterdam"

Setting = (
    PolicyPublished
    | PolicyWithdrawn
    | PromiseDeclared
    | PromiseParameterSet
    | PromiseWaived
    | PromiseInterpretationDecided
)


@dataclass(frozen=True, slots=True)
class SettingRecord:
    """One record that settles what promises are."""

    index: int
    gone: int
    """The index of the record that took it back."""
    event: Setting


@dataclass(frozen=True)
class Edition:
    """A promise over a stretch of time, by a stretch of knowledge."""

    promise_id: str
    declared_index: int
    policy_index: int | None
    parameters: dict[str, Parameter]
    set_by: dict[str, int]
    """The record that set each parameter."""
    reading: str | None
    """The reading that was decided."""
    read_by: int | None
    waived_by: int | None
    zone: str
    """In whose local dates terms are counted."""
    valid_from: int
    valid_to: int
    known_from: int
    known_to: int

    def is_known(self, size: int) -> bool:
        """Whether it was believed when the log held so many records."""
        return self.known_from < size <= self.known_to

    @cached_property
    def in_force(self) -> InForce:
        """What a rule asks of it."""
        return InForce(self.parameters, self.zone, self.valid_to)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration of a promise."""

    index: int
    event: PromiseDeclared

    @property
    def zone(self) -> str:
        """In whose local dates its terms are counted."""
        return self.event.zone or DEFAULT_ZONE


class _State(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one promise after its changes so far."""

    declared: int | None = None
    declared_sha256: str | None = None
    policy: int | None = None
    policy_sha256: str | None = None
    withdrawn: bool = False
    parameters: tuple[tuple[str, bytes, int], ...] = ()
    """Name, the parameter as JSON, and the record that set it."""
    reading: str | None = None
    read_by: int | None = None
    waived_by: int | None = None
    waived_until: int = FOREVER

    @property
    def stands(self) -> bool:
        """Whether the statement in force makes the promise."""
        if self.declared is None or self.withdrawn:
            return False
        return (
            self.policy_sha256 is None
            or self.declared_sha256 is None
            or self.policy_sha256 == self.declared_sha256
        )


class Editions:
    """Every edition of every promise, from the records that settle them."""

    def __init__(self, records: Iterable[SettingRecord]) -> None:
        """Folds the records, in any order."""
        kept = sorted(records, key=lambda each: each.index)
        self.declarations = {
            each.index: Declaration(each.index, each.event)
            for each in kept
            if isinstance(each.event, PromiseDeclared)
        }
        self.by_promise = _editions(kept)
        self._by_declaration: dict[int, list[Edition]] = {}
        for editions in self.by_promise.values():
            for each in editions:
                self._by_declaration.setdefault(each.declared_index, []).append(each)

    def of(self, declared_index: int) -> Sequence[Edition]:
        """The editions of one declaration, in order of valid time."""
        return self._by_declaration.get(declared_index, ())

    def standing(self, promise_id: str, moment: int, known_size: int) -> Edition | None:
        """The edition of a promise at a moment, as known from so many records."""
        return next(
            (
                each
                for each in self.by_promise.get(promise_id, ())
                if each.valid_from <= moment < each.valid_to and each.is_known(known_size)
            ),
            None,
        )


def _editions(records: Sequence[SettingRecord]) -> dict[str, list[Edition]]:
    promises: dict[str, str | None] = {}
    for each in records:
        if isinstance(each.event, PromiseDeclared):
            promises[each.event.promise_id] = each.event.policy_id
    found: dict[str, list[Edition]] = {}
    for promise_id in promises:
        policies = {
            each.event.policy_id
            for each in records
            if isinstance(each.event, PromiseDeclared) and each.event.promise_id == promise_id
        }
        mine = [each for each in records if _concerns(each.event, promise_id, policies)]
        found[promise_id] = _line_of(promise_id, mine)
    return found


def _concerns(event: Setting, promise_id: str, policies: set[str | None]) -> bool:
    if isinstance(event, PolicyPublished | PolicyWithdrawn):
        return event.policy_id in policies
    return event.promise_id == promise_id


def _line_of(promise_id: str, records: Sequence[SettingRecord]) -> list[Edition]:
    """The editions of one promise, revised record by record."""
    line: Line[_State] = Line(Rule(_step, _segments))
    known = KnownRows()
    steps: list[tuple[int, Change | None, int | None]] = []
    for each in records:
        steps.append((each.index, _change(each), None))
        if each.gone != FOREVER:
            steps.append((each.gone, None, each.index))
    for index, come, gone in sorted(steps, key=lambda step: step[0]):
        revision = line.revise(
            gone=() if gone is None else (gone,), come=() if come is None else (come,)
        )
        known.note(promise_id, revision, index)
    zones = {
        each.index: each.event.zone or DEFAULT_ZONE
        for each in records
        if isinstance(each.event, PromiseDeclared)
    }
    rows = [_edition(row, zones) for row in known.brought()]
    return sorted(rows, key=lambda row: (row.valid_from, row.known_from))


def _change(record: SettingRecord) -> Change:
    event = record.event
    said = microseconds(event.occurred_at)
    effective = event.effective_from
    moment = said if effective is None else microseconds(effective)
    # A policy is published before its promises are declared, also where both begin at one moment.
    said = -1 if isinstance(event, PolicyPublished | PolicyWithdrawn) else said
    return Change(moment, said, record.index, type(event).__name__, {"event": event})


def _step(before: _State | None, change: Change) -> _State:
    state = before or _State()
    event: Any = change.terms["event"]
    replaced: dict[str, Any]
    match event:
        case PolicyPublished():
            replaced = {
                "policy": change.index,
                "policy_sha256": event.text_sha256,
                "withdrawn": False,
            }
        case PolicyWithdrawn():
            named = event.text_sha256
            is_this = named is None or named == state.policy_sha256
            replaced = {"withdrawn": state.withdrawn or is_this}
        case PromiseDeclared():
            replaced = {"declared": change.index, "declared_sha256": event.policy_sha256}
        case PromiseParameterSet():
            replaced = {"parameters": _with_parameters(state, event.params, change.index)}
        case PromiseWaived():
            until = event.effective_until
            replaced = {
                "waived_by": change.index,
                "waived_until": FOREVER if until is None else microseconds(until),
            }
        case _:
            replaced = {
                "reading": event.reading,
                "read_by": change.index,
                "parameters": _with_parameters(state, event.params, change.index),
            }
    return msgspec.structs.replace(state, **replaced)


def _with_parameters(
    state: _State, given: Sequence[Parameter], index: int
) -> tuple[tuple[str, bytes, int], ...]:
    held = {name: (name, text, by) for name, text, by in state.parameters}
    held |= {each.name: (each.name, msgspec.json.encode(each), index) for each in given}
    return tuple(held[name] for name in sorted(held))


def _segments(state: _State, valid_from: int, valid_to: int) -> list[Segment]:
    if not state.stands:
        return []
    plain = msgspec.structs.replace(state, waived_by=None, waived_until=FOREVER)
    if state.waived_by is None or state.waived_until <= valid_from:
        return [_segment(plain, valid_from, valid_to)]
    if state.waived_until >= valid_to:
        return [_segment(state, valid_from, valid_to)]
    return [
        _segment(state, valid_from, state.waived_until),
        _segment(plain, state.waived_until, valid_to),
    ]


def _segment(state: _State, valid_from: int, valid_to: int) -> Segment:
    return Segment(valid_from, valid_to, (msgspec.json.encode(state).decode(),))


def _edition(row: KnownRow, zones: Mapping[int, str]) -> Edition:
    (text,) = row.segment.values
    state = msgspec.json.decode(str(text), type=_State)
    declared = -1 if state.declared is None else state.declared
    return Edition(
        promise_id=row.entity,
        declared_index=declared,
        zone=zones[declared],
        policy_index=state.policy,
        parameters={name: _parameter(held) for name, held, _ in state.parameters},
        set_by={name: by for name, _, by in state.parameters},
        reading=state.reading,
        read_by=state.read_by,
        waived_by=state.waived_by,
        valid_from=row.segment.valid_from,
        valid_to=row.segment.valid_to,
        known_from=row.known_from,
        known_to=row.known_to,
    )


@lru_cache(maxsize=4096)
def _parameter(text: bytes) -> Parameter:
    return msgspec.json.decode(text, type=Parameter)
