"""Every kind has a sentence that its own fields can fill."""

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Literal, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given

from formats.dutch_sentence_templates import DUTCH_TEMPLATES
from formats.dutch_sentence_words import VALUES
from formats.sentence_templates import TEMPLATES
from formats.sentences import LONGEST, counted, filled, sentence, words
from formats.spans import SPANS
from formats.subject_copy.words import LANGUAGES, Language
from ledger.events import KINDS, Event, event_from_mapping
from ledger.units import Duration, Period, TermText
from tests.strategies import events

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def names_in(template: str) -> set[str]:
    """The fields that a template names."""
    return {name.partition(".")[0] for name in re.findall(r"\{([^}]*)\}", template)}


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_a_count_of_one_has_no_plural_after_it(kind: str) -> None:
    """A sentence would tell of 1 records, or of 1 people."""
    assert not re.search(r"\{(records|records_count|count|tree_size)\} [a-z]", TEMPLATES[kind])


@pytest.mark.parametrize("kind", sorted({*TEMPLATES, *DUTCH_TEMPLATES}))
def test_a_template_names_fields_of_its_kind(kind: str) -> None:
    """A sentence would show a question mark where the log has the answer."""
    fields = set(KINDS[kind].__struct_fields__)
    assert names_in(TEMPLATES.get(kind, "")) <= fields
    assert names_in(DUTCH_TEMPLATES.get(kind, "")) <= fields


@pytest.mark.parametrize("kind", TEMPLATES)
def test_both_languages_tell_the_same_fields(kind: str) -> None:
    """A reader of one language would not be told what a reader of the other is."""
    assert names_in(DUTCH_TEMPLATES[kind]) == names_in(TEMPLATES[kind])


def words_of_lists(found: object) -> Iterator[str]:
    """The words that a type lets a value be."""
    if get_origin(found) is Literal:
        yield from get_args(found)
        return
    for part in get_args(found):
        yield from words_of_lists(part)


def structs_of(found: object) -> Iterator[type[msgspec.Struct]]:
    """The objects that stand in the fields of an object."""
    hints = get_type_hints(found).values() if hasattr(found, "__struct_fields__") else ()
    for part in (*hints, *get_args(found)):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            yield part
        yield from structs_of(part)


SAME_IN_DUTCH = {"e-mail", "chat", "NIS2", "DORA", "CRA"}


@pytest.mark.parametrize("kind", DUTCH_TEMPLATES)
def test_a_word_of_a_list_is_dutch(kind: str) -> None:
    """A Dutch sentence would hold an English word."""
    types = get_type_hints(KINDS[kind])
    for name in names_in(DUTCH_TEMPLATES[kind]):
        known = set(words_of_lists(types[name])) - SAME_IN_DUTCH
        assert known <= VALUES.get(name, {}).keys(), name


def told(**fields: object) -> str:
    return told_in("en", **fields)


def told_in(language: Language, /, **fields: object) -> str:
    event = event_from_mapping({"occurred_at": "2026-01-01T00:00:00Z", **fields})
    return sentence(event, AMSTERDAM, language)


def test_a_part_without_a_value_is_left_out() -> None:
    """A sentence would have holes or dangling words."""
    grant = {
        "kind": "access.granted",
        "grant_id": "G-7",
        "grantee": "person:j",
        "resource": "files",
    }
    assert told(**grant) == "person:j may on files, grant G-7"
    assert told(**grant, acts=["read"], valid_until="2026-06-01T00:00:00Z") == (
        "person:j may read on files until 2026-06-01 02:00:00+02, grant G-7"
    )


def test_what_is_withheld_is_left_out() -> None:
    """A sentence would present a closed value as if it were one."""
    assert words("withheld") == ""
    assert words(["a", "withheld"]) == "a"


def test_values_are_told_in_few_words() -> None:
    """A row would be as long as the JSON that it stands for."""
    assert words({"role": "processor", "organisation": "ragiox"}) == "ragiox"
    assert words({"role": "public"}) == "public"
    assert words({}) == ""
    assert words("01a200fc-97b6-7036-be1e-0d5ae7221376") == "…221376"
    assert words([str(number) for number in range(9)]) == "9 of them"
    assert words(value=False) == "no"
    assert counted(1, "address", "addresses") == "1 address"
    assert counted(0, "record") == "0 records"


@given(events())
def test_every_event_has_a_sentence(event: Event) -> None:
    """One odd event would end the listing of all of them."""
    for language in LANGUAGES:
        assert len(sentence(event, UTC, language)) <= LONGEST


def test_every_span_of_an_event_stands_in_words() -> None:
    """A sentence would hold P1D, which is written for machines."""
    wire = {Duration, Period, TermText}
    found = {
        name
        for kind in KINDS.values()
        for part in (kind, *structs_of(kind))
        for name, hint in get_type_hints(part, include_extras=True).items()
        if wire & {hint, *get_args(hint)}
    }
    assert found == SPANS
    silent = {
        "kind": "log.source_fell_silent",
        "source": "gateway",
        "source_format": "openssh",
        "silent_after": "P1D",
        "last_heard_at": "2026-01-01T00:00:00Z",
    }
    assert "for 1 day, last" in told(**silent)
    assert "gedurende 1 dag, laatst" in told_in("nl", **silent)


def test_a_source_that_names_no_system_has_a_word() -> None:
    """A sentence would begin with a question mark."""
    watched = {"source_format": "openssh", "medium": "file"}
    assert filled("{source} is followed", watched) == "a source without a system is followed"
    assert (
        filled("{source} wordt gevolgd", watched, "nl") == "een bron zonder systeem wordt gevolgd"
    )
    assert filled("lines[ of {source}]", watched) == "lines"


def test_a_block_says_how_it_was_decided() -> None:
    """A sentence would say that somebody called automatic decided."""
    block = {"kind": "ip.blocked", "block_id": "B", "ip": "ip:203.0.113.7"}
    assert "decided automatically" in told(**block, decided_by="automatic")
    assert "decided by a person" in told(**block, decided_by="person")
    assert "automatisch besloten" in told_in("nl", **block, decided_by="automatic")
    assert "door een mens besloten" in told_in("nl", **block, decided_by="person")


def test_the_time_zone_is_the_readers() -> None:
    """A sentence would tell another time than the column beside it."""
    fields = {"kind": "contract.ended", "contract_id": "C-1", "ended_at": "2026-01-01T00:00:00Z"}
    assert told(**fields) == "contract C-1 ended at 2026-01-01 01:00:00+01"


def test_a_reading_says_whether_it_showed_anybody() -> None:
    """Who was answered by tokens would seem to have looked at people, and the reverse."""
    reading = {"kind": "log.read", "question": "everything", "records": 7, "identities": 0}
    assert told(**reading) == "was answered by tokens, records: 7"
    assert told(**reading, purpose="audit") == "was answered by tokens for audit, records: 7"
    assert told(**reading, purpose="audit", shown="0-6") == (
        "looked at identities for audit, records: 7, names: 0"
    )


def test_a_dutch_sentence_is_dutch_throughout() -> None:
    """Half of a sentence would be in another language than the page around it."""
    grant = {"grant_id": "G-7", "grantee": "person:j", "resource": "klantdossier"}
    assert told_in("nl", kind="access.granted", acts=["read"], **grant) == (
        "person:j krijgt toegang tot klantdossier (lezen), toegang G-7"
    )
    assert told_in("nl", kind="breach.suspected", breach_id="B-1", cause="human-error") == (
        "vermoeden van datalek B-1, oorzaak: menselijke fout"
    )
    assert told_in("nl", kind="breach.facts_updated", breach_id="B-1", ongoing=False) == (
        "datalek B-1, duurt nog nee"
    )
    assert told_in("nl", kind="log.read", question="alles", records=7, identities=0) == (
        "kreeg tokens te zien, records: 7"
    )


def test_what_no_list_has_stays_as_it_is() -> None:
    """The name of a measure or a system would be changed by translating it."""
    assert words("two-keys", "measure", "nl") == "two-keys"
    assert words({"role": "public"}, "recipient", "nl") == "iedereen"
    assert words([str(number) for number in range(9)], "items", "nl") == "9 stuks"
