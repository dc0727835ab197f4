"""Questions about the log as people ask them, and what the store and the vault make of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from ledger.errors import BadRequest, MalformedEvent
from ledger.events import KINDS, resolve_kind
from ledger.events.log_integrity import LogRead
from ledger.identifiers import CitizenNumberRefused, masked
from ledger.opening import OpenedRecord
from ledger.own_records import READINGS
from ledger.personal import normalised_identity, parse_token, token_text
from ledger.store.query import RecordQuery, SubjectGroup

_show: Final = msgspec.json.Encoder().encode

FindSubject = Callable[[str], UUID | None]
"""The subject whom a normalised identity names, by the blind index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Which records are asked for; everything given must hold."""

    since: datetime | None = None
    """At or after this instant in the world (`occurred_at`)."""
    until: datetime | None = None
    """Before this instant in the world."""
    kinds: tuple[str, ...] = ()
    """Kinds with or without version; none given means all."""
    without: tuple[str, ...] = ()
    """Kinds that are left out."""
    system: str | None = None
    actor: str | None = None
    """`person:…` or a token, in the field `actor`; without a namespace a person is meant."""
    ip: str | None = None
    """`ip:…` or a token, in any field; without a namespace an address is meant."""
    subject: str | None = None
    """Any identity or token, in any field."""
    looked_at: str | None = None
    """Any identity or token: the readings (`log.read`) that showed them."""
    grep: str | None = None
    """A regular expression that the shown JSON must contain."""
    known_size: int | None = None
    """Only records below this index: what was known when the log had this size."""
    start: int = 0
    stop: int | None = None
    """Index, exclusive."""
    limit: int | None = None
    reverse: bool = False
    """Newest index first."""

    def stop_index(self) -> int | None:
        """The lower one of `stop` and `known_size`."""
        given = [bound for bound in (self.stop, self.known_size) if bound is not None]
        return min(given, default=None)

    def below(self, size: int) -> "EventQuery":
        """The same query about the records below a size."""
        known_size = size if self.known_size is None else min(size, self.known_size)
        return replace(self, known_size=known_size)

    def pattern(self) -> re.Pattern[str] | None:
        """The compiled `grep`.

        Raises:
            BadRequest: it is no regular expression.
        """
        if self.grep is None:
            return None
        try:
            return re.compile(self.grep)
        except re.error as error:
            raise BadRequest(
                f"grep: expected a regular expression, found {self.grep!r}: {error}"
            ) from error

    def resolved_kinds(self) -> tuple[str, ...]:
        """The kinds with their versions.

        Raises:
            BadRequest: a kind is not in the vocabulary.
        """
        return _resolved(self.kinds)

    def resolved_without(self) -> tuple[str, ...]:
        """The kinds that are left out, with their versions.

        Raises:
            BadRequest: a kind is not in the vocabulary.
        """
        return _resolved(self.without)

    def text(self, find: FindSubject) -> str:
        """The question in one line, with tokens in place of identities.

        The line is kept with the one who asked; an identity in it would survive its own erasure.
        """
        parts = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            if field.name in _IDENTITY_FIELDS or field.name == "looked_at":
                identity = full_identity(field.name, value)
                found = matching_subject(identity, find)
                value = token_text(_namespace(identity), found) if found else "nobody known"
            elif field.name == "grep":
                value = f"a pattern of {len(value)} characters"  # it may itself be a name
            elif isinstance(value, str):
                value = masked(value)
            parts.append(f"{field.name}={value}")
        return "; ".join(parts) or "everything"


def _resolved(kinds: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(resolve_kind(kind) for kind in kinds)
    except MalformedEvent as error:
        raise BadRequest(str(error)) from error


def kinds_of(typed: str) -> tuple[str, ...]:
    """The kinds, with their versions, that a name or the name of a group stands for.

    Raises:
        MalformedEvent: there is no such kind.
    """
    group = tuple(kind for kind in KINDS if kind.startswith(f"{typed}."))
    return group if group and "." not in typed else (resolve_kind(typed),)


def record_query(query: EventQuery, find: FindSubject) -> RecordQuery | None:
    """What the store is asked, or `None` when nothing can match: nobody has that identity.

    Raises:
        BadRequest: a kind or an identity cannot be understood.
    """
    groups: list[SubjectGroup] = []
    for name in _IDENTITY_FIELDS:
        value = getattr(query, name)
        if value is None:
            continue
        subject_id = matching_subject(full_identity(name, value), find, name)
        if subject_id is None:
            return None
        named_in = {name} if name == "actor" else None
        groups.append(({subject_id}, named_in))
    kinds, system = query.resolved_kinds() or None, query.system
    if query.looked_at is not None:
        if (kinds or (_READ,)) != (_READ,) or system not in {None, READINGS}:
            raise BadRequest(f"looked at: expected no other kind than {_READ} and no other system")
        kinds, system = (_READ,), READINGS
    return RecordQuery(
        kinds=kinds,
        without=query.resolved_without(),
        system=system,
        since=query.since,
        until=query.until,
        subject_ids=tuple(groups),
        start=query.start,
        stop=query.stop_index(),
        # What is applied to opened records decides only then what counts.
        limit=query.limit if query.grep is None and query.looked_at is None else None,
        reverse=query.reverse,
    )


_READ: Final = str(LogRead.__struct_config__.tag)
_IDENTITY_FIELDS: Final = {"actor": "person", "ip": "ip", "subject": None}
_AN_IDENTITY: Final = "person:NAME, ip:ADDRESS, data-subject:TYPE:ID or a token"
_AN_ADDRESS: Final = "an IPv4 or IPv6 address such as 203.0.113.7, or its token"
_NAMESPACE: Final = re.compile(r"(person|ip|data-subject)[:#]")


def full_identity(filter_name: str, value: str) -> str:
    """The identity that a filter means, with the namespace that the filter implies."""
    implied = _IDENTITY_FIELDS.get(filter_name)
    if implied is None or _NAMESPACE.match(value):
        return value
    return f"{implied}:{value}"


def matching_subject(identity: str, find: FindSubject, name: str = "identity") -> UUID | None:
    """The subject id of an identity or token, or `None` when the vault knows nobody by it.

    Args:
        identity: As it was asked for.
        find: Where subjects are known.
        name: What the text is called in an error, such as the filter `ip`.

    Raises:
        BadRequest: the text is neither.
    """
    token = parse_token(identity)
    if token is not None:
        return token[1]
    try:
        normalised = normalised_identity(identity)
    except ValueError as error:
        is_address = name == "ip" and identity.startswith("ip:")
        expected = _AN_ADDRESS if is_address else _AN_IDENTITY
        found = repr(identity.removeprefix("ip:") if is_address else identity)
        if isinstance(error, CitizenNumberRefused):
            expected, found = error.expected, error.found
        raise BadRequest(f"{name}: expected {expected}, found {found}") from None
    return find(normalised)


def shown_json(record: OpenedRecord) -> str:
    """What `grep` searches: the event as it is shown, or the sealed text of one shown raw."""
    if record.event is None:
        return record.stored.sealed.decode("utf-8", errors="replace")
    return _show(record.event).decode()


def _namespace(identity: str) -> str:
    match = _NAMESPACE.match(identity)
    return match[1] if match else "case"
