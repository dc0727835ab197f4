"""The shape of rule data: rules with versions, their readings, and the steps of a reading.

Everything that a lawyer would want to correct is data in `rule_data/*.toml`: a correction is a new
version of a rule, never another program. This file says which shapes that data may have.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ledger.units import Sha256Hex

RuleId = Annotated[str, Meta(pattern=r"^[a-z]+[0-9]*(-[a-z0-9]+)+\Z")]
"""Parts joined by hyphens, so that no rule is ever named like a command of one word."""

Name = Annotated[str, Meta(pattern=r"^[a-z]+([-_][a-z0-9]+)*\Z")]
Number = Annotated[int, Meta(ge=1)] | Name
"""A number, or the name of the parameter that gives it."""

Standing = Literal["leading", "alternative", "contested", "conditional", "information"]
"""What a reading is worth: the earliest *leading* one leads, the others stand beside it.

`contested`: authorities reject it. `conditional`: it would hold if something else were so.
`information`: no limit, but worth knowing, such as a day for planning.
"""


class Operation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op"):
    """One step of a reading; which steps follow on which is checked by the tests of the data."""


class NextFullHour(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hour"):
    """To the start of the local hour after the one of the event. Source: 1182/71 art. 3(1)."""


class AddTime(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="elapse"):
    """Elapsed time, counted in UTC."""

    amount: Number
    unit: Literal["hours", "seconds"]


class LocalDate(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="date"):
    """To the local date of the duty-bearer."""


class AddPeriod(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="add"):
    """A period of the calendar after a date. Source: 1182/71 art. 3(2)(c)."""

    amount: Number
    unit: Literal["days", "weeks", "months", "working-days"]


class Roll(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="roll"):
    """To the first working day on or after a date, or back to the last one."""

    back: bool = False


class FullWorkingDays(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="full"):
    """Not before the end of so many full working days since the start of the period."""

    count: Annotated[int, Meta(ge=1)]


class NoonRelief(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="noon"):
    """To noon of the next working day where the limit falls on a closed day."""


class Pause(Operation, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="pause"):
    """Later by the local calendar days between two anchors."""

    since: Name
    until: Name


Step = NextFullHour | AddTime | LocalDate | AddPeriod | Roll | FullWorkingDays | NoonRelief | Pause


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="is"):
    """Something that the given anchors and parameters make true or false."""


class Given(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="given"):
    """The anchor is there."""

    anchor: Name


class Missing(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="missing"):
    """The anchor is not there."""

    anchor: Name


class InTime(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="in-time"):
    """The anchor is there and does not lie after the limit of a reading."""

    anchor: Name
    reading: Name


class Late(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="late"):
    """The anchor is there and lies after the limit of a reading."""

    anchor: Name
    reading: Name


class Switched(Condition, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="parameter"):
    """A parameter has that value."""

    parameter: Name
    value: bool


AnyCondition = Given | Missing | InTime | Late | Switched


class AnchorSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A moment that a rule can start from or that it takes into account."""

    name: Name
    meaning: str
    required: bool = False


class ParameterSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number or switch that the rule leaves to its user."""

    name: Name
    meaning: str
    type: Literal["integer", "boolean"]
    default: int | bool | None = None


class ReadingSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to read a rule, with the standing it has while its conditions hold."""

    name: Name
    label: str
    standing: Standing
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    anchor: Name | None = None
    """Where it starts; `None` for the first anchor. Without its anchor a reading is absent."""
    when: tuple[AnyCondition, ...] = ()
    """All must hold, or the reading is `otherwise`."""
    otherwise: Standing | None = None
    """Its standing while a condition does not hold; `None` for absent."""
    equated_days: Literal["asked", "always", "never"] = "asked"
    """Whether days equated by decree are holidays; `asked` leaves it to the parameter."""
    label_nl: str = ""
    """The label in Dutch. Here and below: every shipped rule has one."""


class FindingSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to say while its conditions hold."""

    code: Name
    words: str
    when: tuple[AnyCondition, ...] = ()
    words_nl: str = ""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of one rule."""

    id: RuleId
    version: Annotated[int, Meta(ge=1)]
    regime: str
    title: str
    duty: str
    bearer: str
    source: str
    status: Literal["in force", "contract", "promise"]
    anchors: Annotated[tuple[AnchorSpec, ...], Meta(min_length=1)]
    readings: tuple[ReadingSpec, ...] = ()
    """Empty where the law names no period."""
    parameters: tuple[ParameterSpec, ...] = ()
    findings: tuple[FindingSpec, ...] = ()
    effective_from: date | None = None
    """`None` for a promise without a date, or a term of a contract."""
    effective_until: date | None = None
    """The first day on which it no longer applies."""
    countries: tuple[str, ...] = ()
    """Where it applies; empty for everywhere."""
    notes: str = ""
    """What is disputed, secondary or not known."""
    title_nl: str = ""
    source_nl: str = ""
    statement_sha256: Sha256Hex | None = None
    """Of a promise: the text of the statement that makes it."""

    @property
    def first_anchor(self) -> AnchorSpec:
        """The anchor that `zegel deadline RULE --from` gives and that dates the question."""
        return self.anchors[0]

    def is_in_force(self, day: date) -> bool:
        """Whether this version applies to an event of that local day."""
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_until is None or day < self.effective_until)
