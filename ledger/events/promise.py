"""Promises of a statement as checkable rules, and what the DPO settled about them."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from ledger.events.envelope import Envelope
from ledger.personal import Person, Text
from ledger.units import (
    Count,
    CountryCode,
    FieldName,
    Instant,
    KindName,
    Period,
    PolicyId,
    PromiseId,
    Sha256Hex,
    Slug,
    SystemId,
    VersionLabel,
)

RuleKind = Literal["deadline", "never", "only-if", "subset", "interval-state", "metric"]
PromiseClass = Literal["hard", "hard-unclear-limit", "parameter", "evidence"]
LimitUnit = Literal[
    "seconds",
    "minutes",
    "hours",
    "days",
    "working-days",
    "weeks",
    "months",
    "years",
    "bytes",
    "events",
    "people",
]
Comparison = Literal["equals", "in", "not-in", "at-most", "at-least", "present", "absent"]
Scalar = bool | Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)] | Slug


class Limit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How much is allowed, and how a time is counted."""

    amount: Count
    unit: LimitUnit
    calendar: CountryCode | None = None
    roll: Literal["none", "next-working-day", "previous-working-day"] | None = None
    start: Literal["instant", "same-day", "day-after"] | None = None


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A test of one field of an event."""

    field: FieldName
    test: Comparison
    values: tuple[Scalar, ...] = ()


class PromiseRule(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A promise as a machine checks it: for each such event, expect that one, within a limit."""

    rule_kind: RuleKind
    for_each: KindName | None = None
    for_each_where: tuple[Condition, ...] = ()
    expect: tuple[KindName, ...] = ()
    match: tuple[FieldName, ...] = ()
    where: tuple[Condition, ...] = ()
    within: Limit | None = None
    needs_coverage: tuple[SystemId, ...] = ()


class Parameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number or word that a statement leaves open: `warn` after 4 `hours`."""

    name: Slug
    value: Scalar | None = None
    unit: LimitUnit | None = None
    period: Period | None = None


class PromiseDeclared(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="promise.declared.v1"
):
    """A promise of a statement is checked from now on, by the rule given."""

    STREAM_FIELD: ClassVar = "promise_id"
    promise_id: PromiseId
    rule: PromiseRule
    rule_version: Count | None = None
    promise_class: PromiseClass | None = None
    params: tuple[Parameter, ...] = ()
    policy_id: PolicyId | None = None
    policy_version: VersionLabel | None = None
    policy_sha256: Sha256Hex | None = None
    applies_to: tuple[SystemId, ...] = ()
    effective_from: Instant | None = None
    quote: Text | None = None
    summary: Text | None = None
    place: Text | None = None
    """Where the promise stands in the statement: a heading and a line."""


class DecisionFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision of the DPO about one promise."""

    STREAM_FIELD: ClassVar = "promise_id"
    promise_id: PromiseId
    decided_by: Person | None = None
    reason: Text | None = None
    effective_from: Instant | None = None


class PromiseParameterSet(
    DecisionFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="promise.parameter_set.v1",
):
    """Numbers that the statement leaves open were set."""

    params: tuple[Parameter, ...]


class PromiseWaived(
    DecisionFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="promise.waived.v1",
):
    """A promise is not checked, from a moment on or up to one."""

    effective_until: Instant | None = None


class PromiseInterpretationDecided(
    DecisionFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="promise.interpretation_decided.v1",
):
    """One reading of an ambiguous promise was chosen."""

    reading: Slug
    params: tuple[Parameter, ...] = ()


PromiseEvent = PromiseDeclared | PromiseParameterSet | PromiseWaived | PromiseInterpretationDecided
