"""A statement file becomes the same events each time, and the text must be the one it is about."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from formats.statement_file import StatementFile, publication_events
from formats.statement_file.publishing import (
    DEFAULT_REASON,
    PARSER,
    STRETCH_CHARACTERS,
    Earlier,
    slot_of,
    stretches,
)
from ledger.errors import FormatError
from ledger.events import Event, event_from_mapping, kind_of
from ledger.events.policy import PolicyPublished
from ledger.events.promise import PromiseDeclared, PromiseParameterSet
from tests.statement_files import TEXT, statement_file

NOW = datetime(2026, 1, 6, 9, tzinfo=UTC)
LATER = datetime(2026, 2, 6, 9, tzinfo=UTC)


def derived(_at: datetime | None, identity: bytes) -> UUID:
    """An id that follows from the identity alone."""
    return uuid5(NAMESPACE_OID, identity.hex())


def published(
    file: StatementFile, text: str | None = None, *, earlier: Earlier | None = None
) -> list[Event]:
    """The events of a file with their ids."""
    return publication_events(file, text, occurred_at=NOW, derive_id=derived, earlier=earlier)


def after(*published_before: list[Event]) -> Earlier:
    """What a log says in which these were recorded one after the other."""
    ids: dict[tuple[str, str], list[UUID]] = {}
    for each in (event for events in published_before for event in events):
        slot = slot_of(each)
        assert slot is not None
        assert each.event_id is not None
        if each.event_id not in ids.setdefault(slot, []):
            ids[slot].append(each.event_id)
    return Earlier(ids)


def test_the_statement_its_promises_and_its_defaults_become_events() -> None:
    """A promise would not be checked, or its open number would stay open."""
    file = statement_file({"statement/version": "2026", "statement/effective_from": "2026-01-01"})
    policy, *rest = publication_events(file, TEXT, occurred_at=NOW, actor="person:dpo")
    assert isinstance(policy, PolicyPublished)
    assert "".join(policy.text) == TEXT
    assert policy.text_sha256 == sha256(TEXT.encode()).hexdigest()
    assert policy.effective_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert (policy.version, policy.applies_to, policy.actor) == (
        "2026",
        ("voorbeeld-web",),
        "person:dpo",
    )
    first, second, default = rest
    assert isinstance(first, PromiseDeclared)
    assert isinstance(second, PromiseDeclared)
    assert first.rules == file.promises[0].rules
    assert second.readings == file.promises[1].readings
    assert (second.params[0].name, second.params[0].value) == ("within", None)
    assert (first.quote, first.place) == ("verkopen niets", "Voorbeeld, line 1")
    assert first.policy_sha256 == policy.text_sha256
    assert isinstance(default, PromiseParameterSet)
    assert (default.params[0].value, default.params[0].unit) == (7, "days")
    assert (default.decided_by, default.reason) == (None, DEFAULT_REASON)
    assert default.effective_from == policy.effective_from


def test_a_parameter_without_default_is_not_set() -> None:
    """A number that nobody chose would decide whether a promise was broken."""
    events = published(statement_file({"promises/1/parameters/0/default": "none"}))
    assert not any(isinstance(each, PromiseParameterSet) for each in events)


def test_another_text_is_refused_with_both_hashes() -> None:
    """A version would be known by the hash of one text and kept with another."""
    file = statement_file()
    with pytest.raises(FormatError) as caught:
        published(file, TEXT + " ")
    assert file.statement.text_sha256 in str(caught.value)
    assert sha256(f"{TEXT} ".encode()).hexdigest() in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("\ufeff" + TEXT, "a byte order mark before it"),
        (TEXT.replace("\n", "\r\n"), "line ends of Windows"),
        (TEXT + "\n", "a line end too many"),
        (TEXT.removesuffix("\n"), "no line end at its end"),
    ],
)
def test_what_an_editor_did_to_a_text_is_told(changed: str, said: str) -> None:
    """Somebody would compare two hashes and find no difference between the texts."""
    with pytest.raises(FormatError, match=f": the same with {said}$"):
        published(statement_file(), changed)


@pytest.mark.parametrize(
    ("line", "phrase", "said"),
    [
        (1, "binnen een week", "found it on line 2"),
        (2, "binnen een maand", "found it nowhere"),
        (9, "binnen een week", "found it on line 2"),
    ],
)
def test_a_promise_stands_where_the_file_says(line: int, phrase: str, said: str) -> None:
    """A promise would be held against a statement that does not make it."""
    file = statement_file({"promises/1/place/line": line, "promises/1/place/phrase": phrase})
    expected = f"VBD-02, place: expected '{phrase}' on line {line} of the statement, {said}"
    with pytest.raises(FormatError, match=f"^{expected}$"):
        published(file, TEXT)
    assert published(file)


def test_a_promise_of_another_statement_is_refused() -> None:
    """Whoever publishes a second statement would change the rules of the first."""
    earlier = Earlier(policies={"VBD-01": "voorbeeld-privacy", "VBD-02": "ander-privacy"})
    expected = "^VBD-02, id: expected a promise of voorbeeld-privacy, found one of ander-privacy$"
    with pytest.raises(FormatError, match=expected):
        published(statement_file(), earlier=earlier)


@pytest.mark.parametrize("length", [0, 1, STRETCH_CHARACTERS, STRETCH_CHARACTERS + 1, 20_000])
def test_a_long_text_is_kept_in_stretches(length: int) -> None:
    """A statement longer than one field would be refused, or come back with a hole."""
    text = "é" * length
    parts = stretches(text)
    assert "".join(parts) == text
    assert all(0 < len(part) <= STRETCH_CHARACTERS for part in parts)


def test_a_file_published_again_has_the_same_ids_whenever_that_is() -> None:
    """Every promise would stand in the log twice."""
    file = statement_file()
    first = published(file)
    again = publication_events(
        file,
        None,
        occurred_at=LATER,
        actor="person:somebody-else",
        derive_id=derived,
        earlier=after(first),
    )
    assert [each.event_id for each in again] == [each.event_id for each in first]


def test_only_what_changed_has_another_id() -> None:
    """A corrected rule would be taken for the old one, or every promise be declared anew."""
    first = published(statement_file())
    changed = published(
        statement_file({"promises/0/rules/0/where/0/values/0": "resale"}), earlier=after(first)
    )
    differing = [
        kind_of(new)
        for old, new in zip(first, changed, strict=True)
        if old.event_id != new.event_id
    ]
    assert differing == ["promise.declared.v1"]


def test_what_goes_back_to_an_older_version_is_recorded_anew() -> None:
    """The version in between would stay in force for ever."""
    old, new = statement_file(), statement_file({"promises/0/rules/0/where/0/values/0": "resale"})
    first = published(old)
    second = published(new, earlier=after(first))
    third = published(old, earlier=after(first, second))
    assert third[1].event_id not in {first[1].event_id, second[1].event_id}
    assert third[0].event_id == first[0].event_id
    fourth = published(old, earlier=after(first, second, third))
    assert [each.event_id for each in fourth] == [each.event_id for each in third]


def test_a_text_that_is_kept_need_not_be_given_again() -> None:
    """Publishing without the text would seem to take it back, with it would be in vain."""
    file = statement_file()
    bare = published(file)
    kept = published(file, TEXT, earlier=after(bare))
    assert kept[0].event_id != bare[0].event_id
    again = published(file, earlier=after(bare, kept))
    assert again[0].event_id == kept[0].event_id


def test_what_was_taken_back_can_be_published_again() -> None:
    """A publication that was corrected by mistake would be lost."""
    file = statement_file()
    first = published(file)
    taken = after(first)
    assert first[1].event_id is not None
    gone = Earlier(taken.ids, gone=frozenset({first[1].event_id}))
    again = published(file, earlier=gone)
    assert again[1].event_id != first[1].event_id
    assert again[2].event_id == first[2].event_id


def test_no_default_takes_the_place_of_a_decision() -> None:
    """What the DPO decided would end with the next correction of a file."""
    decided = Earlier(decided=frozenset({("VBD-02", "within")}))
    events = published(statement_file({"promises/1/parameters/0/default": 9}), earlier=decided)
    assert not any(isinstance(each, PromiseParameterSet) for each in events)


def test_what_somebody_decided_stands_in_no_slot() -> None:
    """A decision would be taken for the default of a file, and be repeated by it."""
    fields = {
        "occurred_at": NOW.isoformat(),
        "promise_id": "VBD-02",
        "params": [{"name": "within"}],
    }
    decided = event_from_mapping({"kind": "promise.parameter_set", **fields})
    default = event_from_mapping({"kind": "promise.parameter_set", **fields, "parser": PARSER})
    assert slot_of(decided) is None
    assert slot_of(default) == ("promise.parameter_set.v1", "VBD-02/within")
