"""The register as tables of typed cells, which become CSV, sheets of a workbook, or Markdown."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import NamedTuple

from formats.register.cells import Cell, Place, cell
from formats.register.columns import COLUMN_SETS, Authority
from formats.register.telling import party_line
from formats.register.words import (
    PageLanguage,
    day_of,
    phrase,
    shown_moment,
    span_words,
    word,
    words,
)
from formats.subject_copy.words import harmless
from projections.art30.content import Agreement, Part, Purpose, Register, Standing, SubProcessor


class Table(NamedTuple):
    """Rows under headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def activity_table(
    register: Register, authority: Authority, parts: frozenset[Part], zone: tzinfo
) -> Table:
    """One row for each activity and purpose, in the columns of an authority.

    Args:
        register: What it shows.
        authority: Whose columns.
        parts: Which of the two registers; columns that stand in none of them are left out.
        zone: In whose local dates.
    """
    chosen = COLUMN_SETS[authority]
    columns = chosen.of(parts)
    places = [
        Place(register, activity, purpose, chosen.language, zone)
        for activity in register.activities
        if activity.part in parts
        for purpose in _purposes(activity.purposes)
    ]
    rows = tuple(tuple(cell(column.key, place) for column in columns) for place in places)
    title = next(iter(parts)) if len(parts) == 1 else "register"
    return Table(title, tuple(column.heading for column in columns), rows)


def _purposes(purposes: tuple[Purpose, ...]) -> Iterator[Purpose | None]:
    """Each purpose; an activity without any has a row too."""
    yield from purposes or (None,)


def agreement_table(register: Register, language: PageLanguage, zone: tzinfo) -> Table:
    """One row for each processing agreement."""

    def row(agreement: Agreement) -> tuple[Cell, ...]:
        notice, kind = agreement.breach_notice_within, agreement.agreement_kind
        consent, at_end = agreement.sub_processor_consent, agreement.deletion_or_return
        is_joint = kind == "joint-controllers"
        return (
            harmless(agreement.reference or agreement.agreement),
            None if kind is None else word("agreement_kind", kind, language),
            word("status", agreement.status, language),
            _joined(party_line(each, register, language) for each in agreement.parties),
            day_of(agreement.in_force_from, zone),
            day_of(agreement.valid_until, zone),
            _joined(words("article_28", agreement.items, language)),
            None if is_joint else _joined(words("article_28", agreement.missing, language)),
            None if notice is None else span_words(notice, language),
            None if consent is None else word("consent", consent, language),
            None if at_end is None else word("at_end", at_end, language),
            agreement.document_sha256,
            agreement.indexes[-1] if agreement.indexes else None,
        )

    names = (
        *("agreement", "kind", "state", "parties", "since", "valid_until", "items", "missing"),
        *("breach_notice", "consent", "at_end", "document", "rests_on"),
    )
    headings = tuple(phrase(name, language) for name in names)
    return Table("agreements", headings, tuple(row(each) for each in register.agreements))


def sub_processor_table(register: Register, language: PageLanguage, zone: tzinfo) -> Table:
    """One row for each sub-processor under each agreement."""

    def row(known: SubProcessor) -> tuple[Cell, ...]:
        return (
            known.sub_processor,
            word("status", known.status, language),
            word("authorisation", known.authorisation, language),
            known.processor,
            known.controller,
            known.country,
            _joined(known.services),
            day_of(known.proposed_at, zone),
            day_of(known.approved_at, zone),
            day_of(known.objected_at, zone),
            day_of(known.engaged_at, zone),
            day_of(known.removed_at, zone),
            harmless(register.agreement_name(known.agreement)),
            known.indexes[-1] if known.indexes else None,
        )

    names = (
        *("sub_processors", "state", "authorisation", "processor", "controller", "country"),
        *("services", "proposed", "approved", "objected", "engaged", "removed", "agreement"),
        "rests_on",
    )
    headings = tuple(phrase(name, language) for name in names)
    return Table("sub-processors", headings, tuple(row(each) for each in register.sub_processors))


def about_table(standing: Standing, language: PageLanguage, zone: tzinfo) -> Table:
    """Of when the file is, up to which record of which log, and what it does not claim."""
    known = standing.as_known
    rows: list[tuple[Cell, ...]] = [
        (phrase("log", language), standing.origin),
        (phrase("as_of", language), shown_moment(standing.as_of, zone)),
        (
            phrase("as_known", language),
            phrase("everything_known", language) if known is None else shown_moment(known, zone),
        ),
        (phrase("size", language), standing.known_size),
        (phrase("records", language), standing.size),
        (phrase("root", language), standing.root),
        *((phrase("claims_title", language), claim) for claim in claims(standing, language)),
    ]
    return Table("about", (phrase("what", language), ""), tuple(rows))


def claims(standing: Standing, language: PageLanguage) -> list[str]:
    """What a register does not say, whatever stands in it."""
    shown = "claim_opened" if standing.opened else "claim_withheld"
    return [phrase(name, language) for name in ("claim_compliance", "claim_told", shown)]


def _joined(values: Iterator[str] | tuple[str, ...] | list[str]) -> str | None:
    return "; ".join(values) or None
