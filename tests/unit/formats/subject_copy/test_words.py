"""The words of a copy: everything that can be recorded has a name in both languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from formats.subject_copy.words import (
    LANGUAGES,
    Language,
    basis_words,
    field_words,
    kind_words,
    phrases,
    purpose_words,
    shown_instant,
    shown_value,
)
from ledger.events import KINDS, PLANS
from ledger.events.envelope import Envelope
from ledger.purposes import PURPOSES

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_told_in_words(language: Language) -> None:
    """A person would read the name of a program in the place of what happened."""
    assert [kind for kind in KINDS if kind_words(kind, language) == kind.rpartition(".v")[0]] == []


def test_every_personal_and_shared_field_has_a_dutch_name() -> None:
    """A Dutch reader would meet English names beside their own data."""
    personal = {field.name for plan in PLANS.values() for field in plan.fields}
    shared = set(Envelope.__struct_fields__) - {"event_id", "occurred_at"}
    unnamed = [
        name
        for name in sorted(personal | shared)
        if field_words(name, "nl") == name.replace("_", " ")
        and name not in {"account", "contact", "document", "incident", "ticket", "host", "system"}
    ]
    assert unnamed == []


def test_a_field_of_a_list_counts_from_one() -> None:
    """The first of several people would be called number 0."""
    assert field_words("subjects/0", "en") == "data subjects 1"
    assert field_words("of_a_later_version", "nl") == "of a later version"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_of_a_reading_is_told(language: Language) -> None:
    """Why somebody looked would stand there as a word of ours."""
    told = {purpose: purpose_words(purpose, language) for purpose in PURPOSES}
    assert [purpose for purpose, words in told.items() if not words] == []
    assert told["subject-request"] != "subject-request"
    assert purpose_words("of-a-later-version", language) == "of-a-later-version"


def test_both_languages_have_the_same_phrases() -> None:
    """A page could be made in one language only."""
    assert set(phrases("nl")) == set(phrases("en"))


def test_times_are_told_in_the_zone_of_the_reader() -> None:
    """An event would be said to have happened on another day."""
    at = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert shown_instant(at, "nl", AMSTERDAM) == "1 juli 2026, 00:30 CEST"
    assert shown_value("2026-06-30T22:30:00Z", "valid_until", "en", AMSTERDAM) == (
        "1 July 2026, 00:30 CEST"
    )


def test_values_are_told_as_people_say_them() -> None:
    """A person would read JSON."""
    assert shown_value("contract", "legal_basis", "nl", UTC) == basis_words("contract", "nl")
    assert shown_value("contract", "purpose", "nl", UTC) == "contract"
    assert shown_value(value=True, name="encrypted", language="nl", zone=UTC) == "ja"
    assert shown_value("P3M", "period", "nl", UTC) == "3 maanden"
    party = {"role": "processor", "organisation": "bank-nl", "country": "NL"}
    assert shown_value(party, "recipient", "en", UTC) == "bank-nl (processor, NL)"
    assert shown_value([], "acts", "en", UTC) == "\N{EN DASH}"
    assert shown_value({"sha256": "ab"}, "evidence", "en", UTC) == "hash: ab"
    assert shown_value(["a", 2], "acts", "en", UTC) == "a, 2"


def test_no_character_acts_on_the_page() -> None:
    """A name could be shown in another order than it was recorded."""
    assert shown_value("a\u202eb\x1b[2J", "note", "en", UTC) == "a\ufffdb\ufffd[2J"
