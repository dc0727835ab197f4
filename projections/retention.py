"""How long what is kept: the version of each retention rule that is in force.

A version holds from its own effective date, else from when it was set, until a later version of the
same rule does. The reason in words is personal data; the record tells it to whoever may read it.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, select
from sqlalchemy import Column as Field

from ledger.events.retention import RetentionRuleSet
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.instants import cell_instant, cell_span, span_microseconds
from projections.kinds import kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import line_tables
from projections.view import Column, Filter, Section, View

VERSION: Final = 1

_LISTS: Final = ("kinds", "systems", "overrides")
_TEXTS: Final = (
    "category",
    "trigger",
    "period",
    "basis",
    "organisation",
    "dataset",
    "scope",
)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a rule; the lists are JSON text, the duration counts microseconds."""

    category: str
    trigger: str | None
    period: str | None
    basis: str | None
    organisation: str | None
    dataset: str | None
    scope: str | None
    kinds: str
    systems: str
    overrides: str
    duration: int | None
    customer: str | None
    decided_by: str | None
    has_reason: int
    set_at: int
    effective_from: int
    index: int


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The rule that an event sets, from when on, and to what."""
    event = record.event
    if not isinstance(event, RetentionRuleSet):
        return None
    said_at = microseconds(event.occurred_at)
    moment = said_at if event.effective_from is None else microseconds(event.effective_from)
    terms: dict[str, Any] = {
        **{name: getattr(event, name) for name in _TEXTS},
        **{name: json_cell(getattr(event, name)) for name in _LISTS},
        "duration": span_microseconds(event.duration),
        "customer": event.customer_id,
        "decided_by": event.decided_by or event.actor,
        "has_reason": int(event.reason is not None),
        "set_at": said_at,
        "effective_from": moment,
    }
    return event.rule_id, moment, terms


def step(_before: Version | None, change: Change) -> Version:
    """The version after one more change: each gives the whole of it."""
    return msgspec.convert({**change.terms, "index": change.index}, Version)


def segments(version: Version, valid_from: int, valid_to: int) -> list[Segment]:
    """The version over a stretch of time."""
    values: tuple[Cell, ...] = (
        *(getattr(version, name) for name in (*_TEXTS, *_LISTS)),
        version.duration,
        version.customer,
        version.decided_by,
        version.has_reason,
        version.set_at,
        version.effective_from,
        json_cell([version.index]),
    )
    return [Segment(valid_from, valid_to, values)]


def rule_lines(view: str, version: int) -> Lines:
    """The part of a view that keeps every version of every rule; several views ask for them."""
    tables = line_tables(
        view,
        version,
        "rule",
        *(Field(name, Text) for name in _TEXTS),
        *(Field(name, Text, nullable=False) for name in _LISTS),
        Field("duration", BigInteger),
        Field("customer", Text),
        Field("decided_by", Text),
        Field("has_reason", BigInteger, nullable=False),
        Field("set_at", BigInteger, nullable=False),
        Field("effective_from", BigInteger, nullable=False),
        Field("indexes", Text, nullable=False),
    )
    return Lines(tables, kind_names(RetentionRuleSet), read_change, Rule(step, segments))


_RULES: Final = rule_lines("retention", VERSION)
_RULE: Final = _RULES.lined


def _rules(reader: Reader, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    rule = _RULE.rows.c
    narrowed = reader.matching(
        rule=[rule.entity],
        category=[rule.category],
        organisation=[rule.organisation],
        basis=[rule.basis],
        person=[rule.customer],
    )
    query = select(_RULE.rows).where(condition, narrowed).order_by(rule.entity, rule.valid_from)
    return [
        {
            "rule": row["entity"],
            **{name: row[name] for name in _TEXTS},
            **{name: listed(row[name]) for name in _LISTS},
            "duration": cell_span(row["duration"]),
            "customer": row["customer"],
            "effective_from": cell_instant(row["effective_from"]),
            "in_force_until": cell_instant(row["valid_to"]),
            "set_at": cell_instant(row["set_at"]),
            "decided_by": row["decided_by"],
            "has_reason": bool(row["has_reason"]),
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


def rules_in_force(reader: Reader) -> list[dict[str, Any]]:
    """The one version of each rule that is in force."""
    return _rules(reader, reader.standing(_RULE.rows))


def rule_history(reader: Reader) -> list[dict[str, Any]]:
    """Every version of each rule: past, in force, and announced."""
    return _rules(reader, reader.known(_RULE.rows))


_COLUMNS: Final = (
    Column("rule", "rule"),
    Column("category", "category"),
    Column("kinds", "kinds", "list"),
    Column("systems", "systems", "list"),
    Column("dataset", "dataset"),
    Column("scope", "scope"),
    Column("organisation", "organisation"),
    Column("customer", "customer", "token"),
    Column("period", "kept for"),
    Column("duration", "or for", "duration"),
    Column("trigger", "counted from"),
    Column("basis", "legal basis"),
    Column("overrides", "goes before", "list"),
    Column("effective_from", "in force from", "instant"),
    Column("in_force_until", "until", "instant"),
    Column("set_at", "set", "instant"),
    Column("decided_by", "decided by", "token"),
    Column("has_reason", "reason given", "flag"),
    Column("indexes", "rests on", "indexes"),
)

RETENTION: Final = View(
    name="retention",
    title="How long what is kept, by which rule",
    version=VERSION,
    parts=(_RULES,),
    sections={
        "in-force": Section("rules in force", _COLUMNS, rules_in_force),
        "history": Section("every version, announced ones included", _COLUMNS, rule_history),
    },
    filters={
        "rule": Filter("one rule"),
        "category": Filter("category of data"),
        "organisation": Filter("organisation whose rule it is"),
        "basis": Filter("law or agreement behind it"),
        "person": Filter("customer for whom it was set", "identity", "data-subject"),
    },
)
