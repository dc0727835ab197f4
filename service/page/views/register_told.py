"""The register as a page tells it, activity by activity, with what differs from another moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import zip_longest
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from formats.register.cells import Cell
from formats.register.letters import Line, activity_title, letters
from formats.register.reasons import finding_words
from formats.register.tables import Table, agreement_table, sub_processor_table
from formats.register.words import phrase, word
from projections.art30.content import PARTS, Activity, Part, Register
from projections.art30.differences import differences
from projections.art30.findings import Finding, findings
from projections.row_changes import Change, RowChange, row_changes
from projections.view import Column, Unit
from service.page.languages import Language
from service.page.views.sheet import Sheet, sheet_of, unchanged

_SUBJECT: Final = "subject"
_MOST_LISTED: Final = 1_000


class Said(NamedTuple):
    """One value of a field, and whether it came or went."""

    text: str
    what: Change


class Field(NamedTuple):
    """One field of an activity, with its letter in art. 30."""

    letter: str
    label: str
    values: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One activity."""

    activity: Activity
    title: str
    url: str
    role: str
    what: Change
    is_unclear: bool
    """Whether another record gives words that are withheld in both."""
    fields: tuple[Field, ...]
    findings: tuple[tuple[str, Finding, str], ...]
    """What is not filled in: its weight in words, the finding, its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRegister:
    """What the page shows."""

    parts: tuple[tuple[Part, str, tuple[Told, ...]], ...]
    """Both registers under their titles."""
    agreements: Sheet
    sub_processors: Sheet
    counts: Mapping[Change, int]
    """How many activities came, went, changed, stayed."""
    lacking: Mapping[str, int]
    """How many fields are not filled in, by weight."""


def activity_url(activity: str) -> str:
    """The path of the page of one activity."""
    return f"/register/{quote(activity, safe='')}"


def told_register(
    now: Register, before: Register | None, language: Language, zone: tzinfo
) -> ToldRegister:
    """The register of a moment, with what differs from an earlier one.

    Args:
        now: Of the moment that is shown.
        before: Of the one it is compared with, if there is one.
        language: Of the visitor.
        zone: In whose local dates.
    """
    parts = tuple(
        (part, phrase(f"{part}_part", language), told_part(now, before, part, language))
        for part in PARTS
    )
    every = [told for _, _, listed in parts for told in listed]
    lacking: dict[str, int] = {}
    for each in findings(now):
        lacking[each.weight] = lacking.get(each.weight, 0) + 1
    return ToldRegister(
        parts=parts,
        agreements=_sheet(now, before, agreement_table, _agreement_keys, language, zone),
        sub_processors=_sheet(
            now, before, sub_processor_table, _sub_processor_keys, language, zone
        ),
        counts={what: sum(told.what == what for told in every) for what in _CHANGES},
        lacking=lacking,
    )


_CHANGES: Final[tuple[Change, ...]] = ("came", "went", "changed", "same")


def told_part(
    now: Register, before: Register | None, part: Part, language: Language
) -> tuple[Told, ...]:
    """The activities of one of the two registers; those that went stand last."""
    lacking = findings(now)
    unclear = _unclear(now, before)
    earlier = {} if before is None else {each.activity: each for each in before.activities}
    current = {each.activity for each in now.activities}
    found = [
        _told(now, each, before, earlier.get(each.activity), language, lacking, unclear)
        for each in now.of_part(part)
    ]
    gone = (
        []
        if before is None
        else [
            _told(before, each, None, None, language, (), frozenset(), what="went")
            for each in before.of_part(part)
            if each.activity not in current
        ]
    )
    return (*found, *gone)


def _unclear(now: Register, before: Register | None) -> frozenset[str]:
    if before is None:
        return frozenset()
    return frozenset(
        each.name
        for each in differences(before, now)
        if each.subject == "activity" and each.what == "unclear"
    )


def _told(  # noqa: PLR0917 - an activity now and before
    register: Register,
    activity: Activity,
    before: Register | None,
    earlier: Activity | None,
    language: Language,
    lacking: Iterable[Finding],
    unclear: frozenset[str],
    *,
    what: Change | None = None,
) -> Told:
    new = letters(register, activity, language)
    old = letters(before, earlier, language) if before and earlier else None
    fields = _fields(new, old)
    if what is None:
        what = "same"
        if before is not None and earlier is None:
            what = "came"
        elif any(said.what != "same" for field in fields for said in field.values):
            what = "changed"
    return Told(
        activity=activity,
        title=activity_title(activity, language),
        url=activity_url(activity.activity),
        role=word("role", activity.role, language),
        what=what,
        is_unclear=activity.activity in unclear,
        fields=fields,
        findings=tuple(
            (word("weight", each.weight, language), each, finding_words(each, language))
            for each in lacking
            if each.activity == activity.activity
        ),
    )


def _fields(new: Sequence[Line], old: Sequence[Line] | None) -> tuple[Field, ...]:
    """The fields as they are, each with what is new in it and what is gone from it."""
    if old is None:
        return tuple(
            Field(line.letter, line.label, tuple(Said(value, "same") for value in line.values))
            for line in new
        )
    if [line.label for line in new] != [line.label for line in old]:
        # It moved to the other register, which has other fields: they cannot be compared.
        return _fields(new, None)
    return tuple(
        Field(line.letter, line.label, tuple(_said(line.values, was.values)))
        for line, was in zip_longest(new, old)
    )


def _said(new: Sequence[str], old: Sequence[str]) -> Iterable[Said]:
    for value in new:
        yield Said(value, "same" if value in old else "came")
    for value in old:
        if value not in new:
            yield Said(value, "went")


def _sheet(  # noqa: PLR0917 - one list of two registers
    now: Register,
    before: Register | None,
    table: Any,  # noqa: ANN401 - a function of `formats.register.tables`
    keys: Any,  # noqa: ANN401 - what each row of it is about
    language: Language,
    zone: tzinfo,
) -> Sheet:
    made: Table = table(now, language, zone)
    columns = [_column(place, heading, made) for place, heading in enumerate(made.headings)]
    rows = _rows(made, keys(now))
    changes: list[RowChange]
    if before is None:
        changes = unchanged(rows)
    else:
        changes = row_changes(_rows(table(before, language, zone), keys(before)), rows, (_SUBJECT,))
    return sheet_of(
        columns,
        changes,
        language,
        narrowed=lambda _name, _value: None,
        is_compared=before is not None,
        most=_MOST_LISTED,
    )


def _agreement_keys(register: Register) -> list[str]:
    return [each.agreement for each in register.agreements]


def _sub_processor_keys(register: Register) -> list[str]:
    return [f"{each.sub_processor} {each.agreement}" for each in register.sub_processors]


def _column(place: int, heading: str, table: Table) -> Column:
    """The last column of both lists is the record that each row rests on."""
    unit: Unit = "index" if place == len(table.headings) - 1 else "text"
    name = "index" if unit == "index" else f"column-{place}"
    return Column(name, heading, unit)


def _rows(table: Table, keys: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            _SUBJECT: key,
            **{
                _column(place, heading, table).name: _plain(cell)
                for place, (heading, cell) in enumerate(zip(table.headings, row, strict=True))
            },
        }
        for key, row in zip(keys, table.rows, strict=True)
    ]


def _plain(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, date) else cell
