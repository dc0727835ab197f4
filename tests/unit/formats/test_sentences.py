"""Every kind has a sentence that its own fields can fill."""

import re
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from formats.sentence_templates import TEMPLATES
from formats.sentences import LONGEST, counted, sentence, words
from ledger.events import KINDS, Event, event_from_mapping
from tests.strategies import events

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_names_fields_of_its_kind(kind: str) -> None:
    """A sentence would show a question mark where the log has the answer."""
    named = {name.partition(".")[0] for name in re.findall(r"\{([^}]*)\}", TEMPLATES[kind])}
    assert named <= set(KINDS[kind].__struct_fields__)


def told(**fields: object) -> str:
    return sentence(
        event_from_mapping({"occurred_at": "2026-01-01T00:00:00Z", **fields}), AMSTERDAM
    )


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
    assert len(sentence(event, UTC)) <= LONGEST


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
