"""What register, policy, specification and agreements said at a moment, about one record or all.

Everything is read as it was in force then: the version that is in force today may say otherwise.
About a record, only what concerns it is given: the policies of its system, the activity and the
specification that it names, the register and agreements of its organisations.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final, Literal, get_args

from ledger.events import Event
from ledger.events.contracts import SpecificationAgreed
from ledger.events.exchange import ExchangeFields
from ledger.events.promise import (
    Parameter,
    PromiseDeclared,
    PromiseInterpretationDecided,
    PromiseParameterSet,
)
from ledger.ledger import Ledger
from ledger.store.query import RecordQuery
from ledger.units import Index, Size
from projections.investigation.extent import corrected_among
from projections.kinds import kind_names
from projections.query import state

Source = Literal["policy", "parameter", "reading", "register", "specification", "agreement"]

SOURCES: Final[tuple[Source, ...]] = get_args(Source)
_KINDS: Final = kind_names(
    SpecificationAgreed, PromiseParameterSet, PromiseInterpretationDecided, PromiseDeclared
)


@dataclass(frozen=True, slots=True)
class InForce:
    """One thing that was in force, and what it said."""

    source: Source
    name: str
    version: str | None
    says: dict[str, Any]
    """By field, without what is empty."""
    since: datetime
    until: datetime | None
    rests_on: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """What a record is about; an empty part keeps nothing out."""

    systems: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    activity: str | None = None
    specification: str | None = None
    everything: bool = False

    def has_policy(self, row: dict[str, Any]) -> bool:
        """Whether a policy is that of the record's system, or of its organisation as a whole."""
        if self.everything or self.systems & set(row["applies_to"]):
            return True
        return not row["applies_to"] and row["organisation"] in self.organisations

    def has_activity(self, row: dict[str, Any]) -> bool:
        """Whether an activity is the one that the record names; if it names none, its owner's."""
        if self.everything or self.activity is not None:
            return self.everything or row["activity"] == self.activity
        return row["organisation"] in self.organisations

    def has_agreement(self, row: dict[str, Any]) -> bool:
        """Whether a party of an agreement stands in the record."""
        parties = {party.get("organisation") for party in row["parties"]}
        return self.everything or bool(self.organisations & parties)


def in_force_at(
    ledger: Ledger, moment: datetime, concern: Concern, *, as_known: datetime | None = None
) -> list[InForce]:
    """Everything that was in force at a moment and concerns a record, or all of it.

    Args:
        ledger: The log.
        moment: In the world.
        concern: Of which record; `Concern(everything=True)` for all.
        as_known: Only what was recorded by then counts; all, if not given.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    asked: Any = {"as_of": moment, "as_known": as_known}
    policies = state(ledger, "policies", **asked)
    agreed = _agreed(ledger, policies.known_size, moment)
    mine = [_policy(row) for row in policies.rows if concern.has_policy(row)]
    names = {each.name for each in mine}
    found = [
        *mine,
        *(each for each in agreed.decisions if concern.everything or agreed.policy(each) in names),
        *(
            _activity(row)
            for row in state(ledger, "register", **asked).rows
            if concern.has_activity(row)
        ),
        *(
            each
            for each in agreed.specifications
            if concern.everything or each.name == concern.specification
        ),
        *(
            _agreement(row)
            for row in state(ledger, "agreements", **asked).rows
            if concern.has_agreement(row)
        ),
    ]
    return sorted(
        found, key=lambda each: (SOURCES.index(each.source), each.name, sorted(each.says))
    )


def concern_of(ledger: Ledger, event: Event, moment: datetime) -> Concern:
    """What a record is about: its system, the organisations that it names and the system's own."""
    organisations = {event.actor_organisation, event.on_behalf_of}
    for name in ("organisation", "controller", "processor"):
        organisations.add(getattr(event, name, None))
    if isinstance(event, ExchangeFields):
        parties = (event.sender, event.recipient)
        organisations.update(party.organisation for party in parties if party is not None)
    if event.system is not None:
        rows = state(ledger, "systems", as_of=moment, system=event.system).rows
        organisations.update(row["organisation"] for row in rows)
    return Concern(
        systems=frozenset([] if event.system is None else [event.system]),
        organisations=frozenset(name for name in organisations if isinstance(name, str)),
        activity=event.processing_activity_id,
        specification=getattr(event, "specification_id", None),
    )


def _policy(row: dict[str, Any]) -> InForce:
    says = _given(row, "text_sha256", "revision_date", "promises", "applies_to", "organisation")
    return _told("policy", row["policy"], row["version"], says, row)


def _activity(row: dict[str, Any]) -> InForce:
    fields = ("role", "purposes", "categories", "recipients", "transfers", "retention", "measures")
    version = row.get("version")
    return _told(
        "register",
        row["activity"],
        None if version is None else str(version),
        _given(row, "organisation", *fields),
        row,
    )


def _agreement(row: dict[str, Any]) -> InForce:
    says = _given(
        row, "agreement_kind", "parties", "purposes", "sub_processor_consent", "deletion_or_return"
    )
    return InForce(
        "agreement",
        row["agreement"],
        None,
        says,
        row["in_force_from"],
        row["until"],
        tuple(Index(index) for index in row["indexes"]),
    )


def _told(
    source: Source, name: str, version: str | None, says: dict[str, Any], row: dict[str, Any]
) -> InForce:
    indexes = tuple(Index(index) for index in row["indexes"])
    return InForce(
        source, name, version, says, row["effective_from"], row["in_force_until"], indexes
    )


def _given(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row.get(name) not in (None, [], ())}


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What was agreed or decided and has no view of its own."""

    specifications: tuple[InForce, ...]
    decisions: tuple[InForce, ...]
    """Parameters that were set and readings that were chosen."""
    policies: dict[str, str]
    """The policy of each promise."""

    def policy(self, decision: InForce) -> str | None:
        return self.policies.get(decision.name)


def _agreed(ledger: Ledger, size: Size, moment: datetime) -> _Agreed:
    """Per specification the version in force, per promise what was decided and in force."""
    opened = list(ledger.open_records(ledger.log.find(RecordQuery(kinds=_KINDS, stop=size))))
    corrected = corrected_among(ledger, opened, size)
    specifications: dict[str, list[InForce]] = {}
    decisions: dict[tuple[str, str], list[InForce]] = {}
    policies: dict[str, str] = {}
    for record in opened:
        event, index = record.event, Index(record.stored.index)
        if record.stored.event_id in corrected:
            continue
        if isinstance(event, SpecificationAgreed):
            specifications.setdefault(event.specification_id, []).append(
                _specification(event, index)
            )
        elif isinstance(event, PromiseParameterSet):
            for each in event.params:
                one = _parameter(event, each, index)
                decisions.setdefault((event.promise_id, each.name), []).append(one)
        elif isinstance(event, PromiseInterpretationDecided):
            decisions.setdefault((event.promise_id, ""), []).append(_reading(event, index))
        elif isinstance(event, PromiseDeclared) and event.policy_id is not None:
            policies[event.promise_id] = event.policy_id
    return _Agreed(
        tuple(_standing(specifications, moment)), tuple(_standing(decisions, moment)), policies
    )


def _standing(stated: Mapping[Any, list[InForce]], moment: datetime) -> Iterator[InForce]:
    """Of each, the statement in force at a moment, with the end that the next one sets."""
    for versions in stated.values():
        ordered = sorted(versions, key=lambda each: (each.since, each.rests_on))
        for one, following in zip_longest(ordered, ordered[1:]):
            until = None if following is None else following.since
            if one.since <= moment and (until is None or moment < until):
                yield replace(one, until=until)


def _specification(event: SpecificationAgreed, index: Index) -> InForce:
    says = {
        "process": event.process,
        "destinations": [
            party.organisation or party.category or party.role for party in event.destinations
        ],
        "storage_allowed": event.storage_allowed,
        "metrics": event.metrics,
        "document_sha256": event.document_sha256,
    }
    since = event.effective_from or event.occurred_at
    kept = {name: value for name, value in says.items() if value not in (None, [])}
    return InForce(
        "specification", event.specification_id, event.version, kept, since, None, (index,)
    )


def _parameter(event: PromiseParameterSet, parameter: Parameter, index: Index) -> InForce:
    says = {parameter.name: _value(parameter)}
    since = event.effective_from or event.occurred_at
    return InForce("parameter", event.promise_id, None, says, since, None, (index,))


def _reading(event: PromiseInterpretationDecided, index: Index) -> InForce:
    since = event.effective_from or event.occurred_at
    says = {"reading": event.reading}
    return InForce("reading", event.promise_id, None, says, since, None, (index,))


def _value(parameter: Parameter) -> str:
    """The value with its unit, as people write it: `24 hours`."""
    values = parameter.values or (parameter.value,)
    told = ", ".join(str(value) for value in values if value is not None)
    return " ".join(filter(None, (told or str(parameter.period or ""), parameter.unit)))
