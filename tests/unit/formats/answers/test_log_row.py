"""Rows of the history in two languages."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from formats.answers.log_row import log_row
from formats.subject_copy.words import Language
from ledger.events import Event, event_from_mapping, kind_of
from ledger.opening import OpenedRecord
from ledger.stored import StoredRecord
from ledger.units import Index

_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _opened(event: Event | None, **erased: int) -> OpenedRecord:
    kind = "no.such.v1" if event is None else kind_of(event)
    stored = StoredRecord(Index(7), b"", b"", UUID(int=1), 1, kind, UUID(int=2), 0, 0, "crm")
    return OpenedRecord(stored, event, _AT, {}, erased)


def _grant(**fields: str) -> Event:
    given = {"kind": "access.granted", "occurred_at": _AT.isoformat(), "grant_id": "G-7"}
    return event_from_mapping({**given, "resource": "crm", "grantee": "person:j", **fields})


@pytest.mark.parametrize(
    ("language", "actor", "sentence"),
    [
        ("en", "erased (by event 9)", " · valid until erased (by event 8)"),
        ("nl", "gewist (door gebeurtenis 9)", " · geldig tot gewist (door gebeurtenis 8)"),
    ],
)
def test_what_was_erased_is_said_in_the_language_of_the_reader(
    language: Language, actor: str, sentence: str
) -> None:
    """A gap would go unexplained, or be explained in another language than the rest."""
    row = log_row(_opened(_grant(), actor=9, valid_until=8), UTC, language)
    assert row["actor"] == actor
    assert row["sentence"].endswith(sentence)


@pytest.mark.parametrize(("language", "beginning"), [("en", "no event"), ("nl", "geen gebeur")])
def test_a_record_of_an_unknown_kind_says_so(language: Language, beginning: str) -> None:
    """A record that this program cannot read would end the listing, or look empty."""
    assert log_row(_opened(None), UTC, language)["sentence"].startswith(beginning)
