"""Promises of a statement as checkable rules, and what the DPO settled about them."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from ledger.events.envelope import Envelope
from ledger.personal import Person, Text
from ledger.units import (
    Count,
    Instant,
    KindName,
    OrganisationId,
    Period,
    PolicyId,
    PromiseId,
    Sha256Hex,
    Slug,
    SystemId,
    VersionLabel,
    ZoneName,
)

RuleKind = Literal["deadline", "never", "only-if", "subset", "interval-state", "metric"]
PromiseClass = Literal["hard", "hard-unclear-limit", "parameter", "evidence"]
Flaw = Literal[
    "ambiguous-anchor",
    "ambiguous-scope",
    "ambiguous-unit",
    "broken-sentence",
    "no-number",
    "no-term",
]
"""What is unclear in a sentence: from when a term runs, what falls under it, which unit is meant, a
sentence that does not hold together, and an amount or a time without a number."""
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
Comparison = Literal["equals", "in", "any-in", "not-in", "at-most", "at-least", "present", "absent"]
ListedWord = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9]+([._/:-][A-Za-z0-9]+)*\Z",
        max_length=128,
        title="listed word",
        description="letters and digits, parted by . _ / : -, such as application-access or A15",
    ),
]
"""A value of a public field: a word, a right, a country, a date, a hash."""
Scalar = bool | Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)] | ListedWord
NeedRole = Literal[
    "required", "forbidden", "answer", "excuse", "extension", "term", "hold", "end", "state"
]
Grouping = Literal["month", "year"]
FieldPath = Annotated[
    str,
    Meta(
        pattern=r"^[a-z_0-9]+(\.[a-z_0-9]+)?\Z",
        max_length=128,
        title="field path",
        description="a field such as customer_id, or one of an object in it: recipient.role",
    ),
]
"""A field of an event, or of the objects in it: `customer_id`, `recipient.role`."""


class Limit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How much is allowed: a number, a parameter that the DPO sets, or a rule of the rule book."""

    amount: Count | None = None
    parameter: Slug | None = None
    """The parameter that gives the amount."""
    unit: LimitUnit | None = None
    """Of the amount; a parameter may bring its own."""
    rule: Slug | None = None
    """A deadline rule such as `rag-03`, with its calendar, its steps and its readings."""


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A test of one field of an event.

    A field may have several values. `equals` and `in` hold if there are any and all of them are
    among those given, `any-in` if one is, `not-in` if none is; `at-most` and `at-least` compare
    numbers.
    """

    field: FieldPath
    test: Comparison
    values: tuple[Scalar, ...] = ()
    parameter: Slug | None = None
    """The parameter whose values stand in for `values`."""


class Selector(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Events of some kinds for which every condition holds."""

    kinds: tuple[KindName, ...]
    """With or without version."""
    where: tuple[Condition, ...] = ()
    at: FieldPath | None = None
    """The field with the moment that counts; without it, when the event occurred."""


class Pairing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which field of the judged event must meet which field of the other one."""

    field: FieldPath
    of: FieldPath | None = None
    """Of the other event; the same name if not given."""
    test: Literal["equals", "within", "covered"] = "equals"
    """`equals`: they share a value. `within`: every value is among those of the other. `covered`:
    every value is met by one of all that stand together."""
    silence_fits: bool = False
    """Whether an other event without such values sets no limit (a grant without acts)."""


class Need(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Other events on which the verdict about one event depends, and in which part."""

    role: NeedRole
    opens: tuple[Selector, ...]
    """What begins to stand, from its own beginning (`at`, `valid_from`, `effective_from`) on."""
    closes: tuple[Selector, ...] = ()
    """What ends it: an event on the same stream, or with the same paired values."""
    pairs: tuple[Pairing, ...] = ()
    lasting: Limit | None = None
    """How long each stands that has no end of its own: a window before the judged event."""
    at_least: Count | None = None
    """How many must stand at once; 1 if not given. Of several detectors that told of them the one
    counts that told of most."""
    at_least_parameter: Slug | None = None
    weight: FieldPath | None = None
    """A number field by which one event counts for several: `attempts`."""
    once: bool = False
    """Whether it serves the first event that rests on it, and no other."""
    within: Limit | None = None
    """Of an extension: the whole term, counted from the judged event; without it, the rule of the
    book is told of the extension. Of a required need: how long before the judged event it must
    have begun to stand."""
    name: Slug | None = None
    """What it is called in explanations: `consent`, `processing-agreement`."""


class Measure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a metric measures of each judged event, and how the values are put together."""

    of: Literal["field", "elapsed", "events", "distinct"]
    """A number field; the seconds until the answer; how many events; how many different values."""
    field: FieldPath | None = None
    """Of `field` and `distinct`."""
    group: FieldPath | None = None
    """The field whose every value is counted by itself: the viewers of each customer."""
    per: Grouping | None = None
    """Counted by itself in every calendar month or year."""
    limit: Limit | None = None


class PromiseRule(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One part of a promise as a machine checks it; a promise is kept if all of its parts are.

    - `never`: broken by each event for which any condition of `where` holds.
    - `subset`: each event keeps every condition of `where`; one without such values tells nothing.
    - `only-if`: for each event any `required` need must stand at its moment, and no `forbidden`.
    - `deadline`: each event needs an `answer` within the limit, before the `end` if one comes; an
      `excuse` ends the duty, a `hold` suspends it, an `extension` and a `term` give the limit.
    - `interval-state`: a need of role `state` stands without a gap while the promise is in force.
    - `metric`: what is measured of each event, with or without a limit.
    """

    rule_kind: RuleKind
    name: Slug | None = None
    for_each: tuple[Selector, ...] = ()
    unless: tuple[Condition, ...] = ()
    """An event for which any of these holds is in order without more ado."""
    where: tuple[Condition, ...] = ()
    told_by: tuple[FieldPath, ...] = ()
    """An event that has none of these fields tells too little for a verdict."""
    needs: tuple[Need, ...] = ()
    within: Limit | None = None
    measure: Measure | None = None
    needs_coverage: tuple[SystemId, ...] = ()
    """Kept only while these sources are declared connected."""


class Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to read an ambiguous promise: parts that are judged beside those of the promise."""

    name: Slug
    rules: tuple[PromiseRule, ...]
    leads: bool = False
    """Whether it counts until somebody decides; where none leads, what they disagree on is open."""


class Parameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number or word that a statement leaves open: `warn` after 4 `hours`."""

    name: Slug
    value: Scalar | None = None
    values: tuple[Scalar, ...] = ()
    unit: LimitUnit | None = None
    period: Period | None = None


class PromiseDeclared(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="promise.declared.v1"
):
    """A promise of a statement is checked from now on, by the rules given."""

    STREAM_FIELD: ClassVar = "promise_id"
    promise_id: PromiseId
    rules: tuple[PromiseRule, ...]
    readings: tuple[Reading, ...] = ()
    rule_version: Count | None = None
    promise_class: PromiseClass | None = None
    params: tuple[Parameter, ...] = ()
    """The parameters that the statement leaves open, without values: those are set by events."""
    subject_matter: Slug | None = None
    policy_id: PolicyId | None = None
    policy_version: VersionLabel | None = None
    policy_sha256: Sha256Hex | None = None
    organisation: OrganisationId | None = None
    applies_to: tuple[SystemId, ...] = ()
    zone: ZoneName | None = None
    """In whose local dates its terms are counted; Europe/Amsterdam if not given."""
    effective_from: Instant | None = None
    quote: Text | None = None
    summary: Text | None = None
    """The promise in our own words, in English."""
    summary_nl: Text | None = None
    place: Text | None = None
    """Where the promise stands in the statement: a heading and a line."""
    contradicts: tuple[PromiseId, ...] = ()
    """Promises of the same statement that cannot be kept beside this one as they are written."""
    flaws: tuple[Flaw, ...] = ()
    """What is unclear in the sentence of the statement."""


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
