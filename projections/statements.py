"""Which version of each statement stood at a moment, with its promises and what was decided.

Read from the few records that speak of them, so that the answer is true the moment they are
durable.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, get_args

from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.events.policy import PolicyPublished
from ledger.events.promise import Parameter, PromiseDeclared, PromiseWaived
from ledger.holds import taken_back
from ledger.opening import OpenedRecord, instant_of
from ledger.store.query import RecordQuery
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Change
from projections.kinds import kind_name
from projections.policies import Policy, read_change, step
from projections.promises.editions import Edition, Editions, Setting, SettingRecord

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment

_KINDS: Final = frozenset(kind_name(each) for each in (*get_args(Setting), LogCorrectionRecorded))


@dataclass(frozen=True, slots=True)
class StandingPromise:
    """A promise as it stood at a moment."""

    index: int
    """Of the record that declares it."""
    event: PromiseDeclared
    edition: Edition
    waived_until: datetime | None
    """Where it is left unchecked: until when, if that has an end."""

    @property
    def parameters(self) -> list[tuple[str, Parameter | None, int | None]]:
        """Each open parameter by name, as it was set, and by which record."""
        names = dict.fromkeys(each.name for each in self.event.params)
        names |= dict.fromkeys(self.edition.parameters)
        return [
            (name, self.edition.parameters.get(name), self.edition.set_by.get(name))
            for name in names
        ]


@dataclass(frozen=True, slots=True)
class StandingStatement:
    """A version of a statement in force, with its promises in the order of their ids."""

    index: int
    """Of the record that publishes it."""
    policy: PolicyPublished
    since: datetime
    promises: tuple[StandingPromise, ...]
    text_index: int | None
    """Of the newest record that holds the text of this version."""


@dataclass(frozen=True, slots=True)
class StatementRecords:
    """The records that settle what statements and promises are."""

    opened: Mapping[int, OpenedRecord]
    """By index; words are withheld."""
    gone: Mapping[int, int]
    """The index of the record that took one back."""

    @classmethod
    def read(cls, ledger: "Ledger", known_size: int | None = None) -> "StatementRecords":
        """Those of a log, below an index if one is given."""
        rows = ledger.log.find(RecordQuery(kinds=_KINDS, stop=known_size))
        opened = {int(each.stored.index): each for each in ledger.open_records(rows)}
        ends = taken_back(opened.values())
        gone = {
            index: ends[event_id]
            for index, each in opened.items()
            if (event_id := each.stored.event_id) is not None and event_id in ends
        }
        return cls(opened, gone)

    def standing(self) -> Iterable[tuple[int, OpenedRecord]]:
        """Those that were not taken back, in the order of the log."""
        return ((index, each) for index, each in self.opened.items() if index not in self.gone)


def standing_statements(
    ledger: "Ledger", moment: "Moment", *, policy_id: str | None = None
) -> list[StandingStatement]:
    """The version of each statement, or of one, that was in force at a moment.

    Args:
        ledger: The log.
        moment: As of when, and by which records.
        policy_id: Of the one that is asked for.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    records = StatementRecords.read(ledger, moment.known_size)
    at = microseconds(moment.as_of)
    promises = _promises(records, at, moment.known_size)
    found = []
    for each, policy in sorted(_in_force(records, at).items()):
        version = policy.in_force
        if version is None or policy_id not in {None, each}:
            continue
        event = records.opened[version.index].event
        if isinstance(event, PolicyPublished):
            mine = [promise for promise in promises if promise.event.policy_id == each]
            found.append(
                StandingStatement(
                    version.index,
                    event,
                    instant_of(version.effective_from),
                    tuple(mine),
                    _text_index(records, event.text_sha256),
                )
            )
    return found


def standing_promises(ledger: "Ledger", moment: "Moment") -> list[StandingPromise]:
    """Every promise that stood at a moment, in the order of their ids."""
    records = StatementRecords.read(ledger, moment.known_size)
    return _promises(records, microseconds(moment.as_of), moment.known_size)


def _in_force(records: StatementRecords, at: int) -> dict[str, Policy]:
    changes: dict[str, list[Change]] = {}
    for index, each in records.standing():
        read = read_change(each)
        if read is not None and each.event is not None and read[1] <= at:
            name, moment, terms = read
            said = microseconds(each.event.occurred_at)
            change = Change(moment, said, index, each.stored.kind, terms)
            changes.setdefault(name, []).append(change)
    return {name: _folded(mine) for name, mine in changes.items()}


def _folded(changes: Sequence[Change]) -> Policy:
    policy = Policy()
    for change in sorted(changes, key=lambda each: (each.moment, each.said, each.index)):
        policy = step(policy, change)
    return policy


def _promises(records: StatementRecords, at: int, known_size: int) -> list[StandingPromise]:
    editions = Editions(
        SettingRecord(index, records.gone.get(index, FOREVER), each.event)
        for index, each in records.opened.items()
        if isinstance(each.event, Setting)
    )
    found = []
    for promise_id in sorted(editions.by_promise):
        edition = editions.standing(promise_id, at, known_size)
        if edition is not None:
            event = editions.declarations[edition.declared_index].event
            until = _waived_until(records, edition.waived_by)
            found.append(StandingPromise(edition.declared_index, event, edition, until))
    return found


def _waived_until(records: StatementRecords, waived_by: int | None) -> datetime | None:
    event = None if waived_by is None else records.opened[waived_by].event
    return event.effective_until if isinstance(event, PromiseWaived) else None


def _text_index(records: StatementRecords, text_sha256: str) -> int | None:
    holding = [
        index
        for index, each in records.standing()
        if isinstance(each.event, PolicyPublished)
        and each.event.text_sha256 == text_sha256
        and each.event.text
    ]
    return holding[-1] if holding else None
