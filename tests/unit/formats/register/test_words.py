"""The words of a register: every value of every list, in every language that a file speaks."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import pytest

from formats.register.reasons import finding_words
from formats.register.words import (
    LANGUAGES,
    PageLanguage,
    day_of,
    shown_moment,
    span_words,
    told,
    word,
)
from formats.spans import term_words
from ledger.events.parties import PartyRole
from ledger.events.processing_agreements import AgreementKind, Article28Item
from ledger.events.register import ActivityRole, SpecialCategoryGround, TransferMechanism
from ledger.units import LegalBasis
from projections.art30.findings import Finding, Weight
from projections.sub_processors import Status

IN_THREE = [
    ("legal_basis", LegalBasis),
    ("article_9", SpecialCategoryGround),
    ("mechanism", TransferMechanism),
    ("role", Literal[PartyRole, ActivityRole]),
]
IN_TWO = [
    ("article_28", Article28Item),
    ("agreement_kind", AgreementKind),
    ("status", Status),
    ("weight", Weight),
]


@pytest.mark.parametrize(("group", "values"), IN_THREE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_a_column_has_words(group: str, values: Any, language: Any) -> None:  # noqa: ANN401 - literals
    """A French or Dutch file would show a word of the program."""
    bare = {value for value in get_args(values) if word(group, value, language) == value}
    # English words of one word are what the program calls them.
    assert language == "en" or bare <= {"certification", "public"}


@pytest.mark.parametrize(("group", "values"), IN_TWO)
def test_every_value_of_a_page_has_words(group: str, values: Any) -> None:  # noqa: ANN401 - literals
    """A Dutch page would show a word of the program."""
    assert {value for value in get_args(values) if word(group, value, "nl") == value} == set()


def test_an_unknown_value_stays_as_it_is() -> None:
    """A word that a later version adds would be lost."""
    assert word("role", "auditor", "nl") == "auditor"


@pytest.mark.parametrize(
    ("period", "english", "dutch", "french"),
    [
        ("P1Y", "1 year", "1 jaar", "1 an"),
        ("P3M", "3 months", "3 maanden", "3 mois"),
        ("P1Y2M", "1 year 2 months", "1 jaar 2 maanden", "1 an 2 mois"),
        ("P2W", "2 weeks", "2 weken", "2 semaines"),
        ("P1D", "1 day", "1 dag", "1 jour"),
    ],
)
def test_a_period_is_told_in_words(period: str, english: str, dutch: str, french: str) -> None:
    """People would have to read ISO 8601."""
    assert [term_words(period, language) for language in LANGUAGES] == [english, dutch, french]


def test_a_term_is_told_in_hours() -> None:
    """Seventy-two hours would look like three days, which they are not on every calendar."""
    assert span_words(timedelta(hours=72), "en") == "72 hours"
    assert span_words(timedelta(minutes=90), "nl") == "90 min"


def test_dates_and_moments_are_those_of_the_zone() -> None:
    """An entry of just after midnight would stand on the day before."""
    zone, instant = ZoneInfo("Europe/Amsterdam"), datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
    assert str(day_of(instant, zone)) == "2026-06-01"
    assert shown_moment(instant, zone) == "2026-06-01 00:30 CEST"


def test_what_is_withheld_says_so_in_the_language_of_the_file() -> None:
    """A name would seem to be the word withheld."""
    assert [told("withheld", language) for language in LANGUAGES] == [
        "withheld",
        "niet getoond",
        "non communiqué",
    ]
    assert told("a\u202eb", "en") == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_finding_is_a_sentence(language: PageLanguage) -> None:
    """Somebody would be told a code, or nobody's name."""
    finding = Finding(
        activity="urn:a",
        part="controller",
        letter="30(1)(a)",
        field="contacts",
        weight="missing",
        reason="no-contact",
        index=0,
    )
    assert "None" not in finding_words(finding, language)
    assert "{" not in finding_words(finding, language)
