"""Which version of each policy is in force, by the hash of its text.

A version is in force from its own effective date, else from its publication, until a later one is
or the policy is withdrawn. A version that is withdrawn before its time never comes into force.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, func, select
from sqlalchemy import Column as Field

from ledger.events.policy import PolicyPublished, PolicyWithdrawn
from ledger.events.promise import PromiseDeclared
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.facts import Facts
from projections.instants import cell_instant
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import fact_table, line_tables
from projections.view import Column, Filter, Section, View

VERSION: Final = 2

_POLICY = line_tables(
    "policies",
    VERSION,
    "policy",
    Field("text_sha256", Text, nullable=False),
    Field("version", Text),
    Field("revision_date", Text),
    Field("published_at", BigInteger, nullable=False),
    Field("effective_from", BigInteger, nullable=False),
    Field("organisation", Text),
    Field("applies_to", Text, nullable=False),
    Field("language", Text),
    Field("url", Text),
    Field("indexes", Text, nullable=False),
)
_PROMISE = fact_table(
    "policies",
    VERSION,
    "promise",
    Field("policy", Text),
    Field("promise", Text, nullable=False),
    search="policy",
)
_PUBLISHED: Final = kind_name(PolicyPublished)


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a policy."""

    text_sha256: str
    version: str | None
    revision_date: str | None
    published_at: int
    effective_from: int
    organisation: str | None
    applies_to: tuple[str, ...]
    language: str | None
    url: str | None
    index: int


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """Which version was withdrawn, and when that was decided; nothing named: whichever stands."""

    text_sha256: str | None
    version: str | None
    decided_at: int

    def names(self, published: Published) -> bool:
        """Whether it withdraws that version."""
        return self.text_sha256 in {None, published.text_sha256} and self.version in {
            None,
            published.version,
        }


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one policy after its changes so far."""

    in_force: Published | None = None
    withdrawals: tuple[Withdrawal, ...] = ()
    """Those that name a version: it may still be waiting for its effective date."""


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The policy that an event changes, from when on, and to what."""
    event = record.event
    if not isinstance(event, PolicyPublished | PolicyWithdrawn):
        return None
    said_at = microseconds(event.occurred_at)
    effective = event.effective_from
    moment = said_at if effective is None else microseconds(effective)
    named = {"text_sha256": event.text_sha256, "version": event.version}
    if isinstance(event, PolicyWithdrawn):
        return event.policy_id, moment, {**named, "decided_at": said_at}
    terms = {
        **named,
        "revision_date": event.revision_date,
        "published_at": said_at,
        "effective_from": moment,
        "organisation": event.organisation,
        "applies_to": event.applies_to,
        "language": event.language,
        "url": event.url,
    }
    return event.policy_id, moment, terms


def step(policy: Policy | None, change: Change) -> Policy:
    """The policy after one more change."""
    before = policy or Policy()
    if change.kind == _PUBLISHED:
        published = msgspec.convert({**change.terms, "index": change.index}, Published)
        if any(
            withdrawal.names(published) and withdrawal.decided_at >= published.published_at
            for withdrawal in before.withdrawals
        ):
            return before
        return msgspec.structs.replace(before, in_force=published)
    withdrawal = msgspec.convert(change.terms, Withdrawal)
    standing = before.in_force
    if standing is not None and withdrawal.names(standing):
        standing = None
    named = withdrawal.text_sha256 is not None or withdrawal.version is not None
    withdrawals = (*before.withdrawals, withdrawal) if named else before.withdrawals
    return Policy(in_force=standing, withdrawals=withdrawals)


def segments(policy: Policy, valid_from: int, valid_to: int) -> list[Segment]:
    """The version that is in force over a stretch of time."""
    version = policy.in_force
    if version is None:
        return []
    values: tuple[Cell, ...] = (
        version.text_sha256,
        version.version,
        version.revision_date,
        version.published_at,
        version.effective_from,
        version.organisation,
        json_cell(version.applies_to),
        version.language,
        version.url,
        json_cell([version.index]),
    )
    return [Segment(valid_from, valid_to, values)]


def read_promise(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a promise that was declared checkable."""
    event = record.event
    if not isinstance(event, PromiseDeclared):
        return None
    return (event.policy_id, event.promise_id)


def _policies(reader: Reader, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    policy = _POLICY.rows.c
    promises = (
        select(func.count(_PROMISE.c.promise.distinct()))
        .where(reader.counted(_PROMISE), _PROMISE.c.policy == policy.entity)
        .scalar_subquery()
    )
    query = (
        select(_POLICY.rows, promises.label("promises"))
        .where(
            condition,
            reader.matching(
                policy=[policy.entity],
                organisation=[policy.organisation],
                sha256=[policy.text_sha256],
            ),
        )
        .order_by(policy.entity, policy.valid_from)
    )
    return [
        {
            "policy": row["entity"],
            "version": row["version"],
            "text_sha256": row["text_sha256"],
            "revision_date": row["revision_date"],
            "published_at": cell_instant(row["published_at"]),
            "effective_from": cell_instant(row["effective_from"]),
            "in_force_until": cell_instant(row["valid_to"]),
            "organisation": row["organisation"],
            "applies_to": listed(row["applies_to"]),
            "language": row["language"],
            "url": row["url"],
            "promises": row["promises"],
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


def policies_in_force(reader: Reader) -> list[dict[str, Any]]:
    """The one version of each policy that is in force."""
    return _policies(reader, reader.standing(_POLICY.rows))


def policy_history(reader: Reader) -> list[dict[str, Any]]:
    """Every version of each policy that is or was in force, or is announced."""
    return _policies(reader, reader.known(_POLICY.rows))


_COLUMNS: Final = (
    Column("policy", "policy"),
    Column("organisation", "organisation"),
    Column("version", "version"),
    Column("text_sha256", "SHA-256 of the text"),
    Column("revision_date", "date in the text"),
    Column("effective_from", "in force from", "instant"),
    Column("in_force_until", "until", "instant"),
    Column("published_at", "published", "instant"),
    Column("applies_to", "systems", "list"),
    Column("promises", "promises", "count"),
    Column("language", "language"),
    Column("url", "address"),
    Column("indexes", "rests on", "indexes"),
)

POLICIES: Final = View(
    name="policies",
    title="Which version of each policy is in force",
    version=VERSION,
    parts=(
        Lines(
            _POLICY, kind_names(PolicyPublished, PolicyWithdrawn), read_change, Rule(step, segments)
        ),
        Facts(_PROMISE, kind_names(PromiseDeclared), read_promise),
    ),
    sections={
        "in-force": Section("versions in force", _COLUMNS, policies_in_force),
        "history": Section("every version, announced ones included", _COLUMNS, policy_history),
    },
    filters={
        "policy": Filter("one policy"),
        "organisation": Filter("organisation whose policy it is"),
        "sha256": Filter("hash of the text, 64 hexadecimal digits"),
    },
)
