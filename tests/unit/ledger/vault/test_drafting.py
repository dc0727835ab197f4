"""Which subject owns a value, and what a draft holds."""

import os
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from uuid_utils.compat import uuid7

from ledger.body import body_digests, split_event
from ledger.disclosure import decode_disclosure, disclosure_digest
from ledger.draft import Draft
from ledger.events import Event, complete_event
from ledger.vault.disclosures import Subject, decrypt_disclosures, record_binding
from ledger.vault.drafting import (
    RANDOM_BYTES_PER_VALUE,
    Randomness,
    SplitDraft,
    seal_values,
    wanted_identities,
)
from tests.grants import grant

_ORIGIN: Final = b"log.example/1"
_STANDARD: Final = str.maketrans("-_", "+/")


def _split(given: Event) -> SplitDraft:
    event = complete_event(given, new_id=uuid7)
    assert event.event_id is not None
    return SplitDraft(
        event=event,
        event_id=event.event_id,
        fresh_event_id=True,
        sameness=bytes(32),
        split=split_event(event),
        stream=uuid7(),
        fresh_stream=False,
    )


def _subjects(splits: Sequence[SplitDraft]) -> dict[str, Subject]:
    return {
        identity: Subject(preferred or uuid7(), identity.partition(":")[0], AESGCM(os.urandom(32)))
        for identity, preferred in wanted_identities(splits).items()
    }


def _opened(draft: Draft, subjects: Mapping[UUID, Subject]) -> list[bytes]:
    assert draft.event_id is not None
    record = record_binding(_ORIGIN, draft.event_id.bytes)
    return [
        text
        for disclosure in draft.disclosures
        for text in decrypt_disclosures(
            subjects[disclosure.subject_id], record, disclosure.ciphertext
        )
    ]


def _drafted(**fields: object) -> tuple[Draft, dict[UUID, str], dict[UUID, Subject]]:
    """The draft of a grant, the identity behind each subject id, and the subjects."""
    each = _split(grant(**fields))
    streams = {(case.namespace, case.value): uuid7() for case in each.split.cases}
    subjects = _subjects([each])
    random = Randomness(os.urandom(20 * RANDOM_BYTES_PER_VALUE))
    (draft,) = seal_values([each], subjects, streams, origin=_ORIGIN, random=random)
    identities = {subject.subject_id: identity for identity, subject in subjects.items()}
    return draft, identities, {subject.subject_id: subject for subject in subjects.values()}


def _owner_of(field: str, **fields: object) -> str:
    draft, identities, _ = _drafted(**fields)
    (owner,) = [
        identities[disclosure.subject_id]
        for disclosure in draft.disclosures
        if field in disclosure.fields.split(",")
    ]
    return owner


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"actor": "person:chef", "origin": "ip:203.0.113.7"}, "person:jan@example.nl"),
        ({"grantee": "person:zoe", "granted_by": "person:chef"}, "person:zoe"),
        (
            {"subjects": ["data-subject:customer:1", "data-subject:customer:2"]},
            "data-subject:CUSTOMER:1",
        ),
    ],
)
def test_words_belong_to_whom_an_event_is_about(fields: dict[str, object], owner: str) -> None:
    """Erasing a person would leave behind the words about that person."""
    assert _owner_of("justification", justification="because", **fields) == owner
    assert _owner_of("grant_id", **fields) == owner


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ({"actor": "person:chef", "origin": "ip:203.0.113.7"}, "person:chef"),
        ({"origin": "ip:203.0.113.7"}, "ip:203.0.113.7"),
    ],
)
def test_the_actor_comes_before_the_origin(fields: dict[str, object], owner: str) -> None:
    """An address shared by many would own the words of one of them."""
    denied = {"kind": "access.denied", "grantee": None, "justification": "no"}
    assert _owner_of("justification", **denied, **fields) == owner


def test_words_without_a_person_belong_to_their_case() -> None:
    """Words about a case would have no key, or one that can never be destroyed."""
    denied = {"kind": "access.denied", "grantee": None, "justification": "no"}
    draft, identities, _ = _drafted(**denied)
    (disclosure,) = draft.disclosures
    assert disclosure.subject_id == draft.stream
    assert identities[disclosure.subject_id] == f"case:{draft.stream}"


def test_one_subject_in_two_fields_has_one_ciphertext() -> None:
    """Two rows for one subject and record could not be stored."""
    draft, _, _ = _drafted(actor="person:Jan@example.nl", granted_by="person:jan@example.nl")
    (disclosure,) = draft.disclosures
    assert disclosure.fields == "actor,grantee,granted_by,grant_id"


def test_every_digest_has_its_disclosure_and_no_other() -> None:
    """Verification would find digests that nothing opens, or values that nothing sealed."""
    draft, _, subjects = _drafted(
        actor="person:chef", justification="because", subjects=["data-subject:customer:1"]
    )
    opened = _opened(draft, subjects)
    assert sorted(map(disclosure_digest, opened)) == body_digests(draft.body)
    assert [name for _, name, _ in map(decode_disclosure, opened)] == [
        name for disclosure in draft.disclosures for name in disclosure.fields.split(",")
    ]
    salts = [salt for salt, _, _ in map(decode_disclosure, opened)]
    assert len(set(salts)) == len(salts)


def test_random_bytes_are_handed_out_once() -> None:
    """A salt used twice would link two values; a nonce used twice would open both."""
    block = os.urandom(3 * RANDOM_BYTES_PER_VALUE)
    random = Randomness(block)
    salts, nonces = list(random.salts), list(random.nonces)
    assert [a2b_base64(f"{salt}==".translate(_STANDARD)) for salt in salts] == [
        block[at : at + 16] for at in (0, 16, 32)
    ]
    assert b"".join(nonces) == block[48:]
    assert list(map(len, nonces)) == [12, 12, 12]


def test_events_drafted_together_keep_their_own_digests() -> None:
    """A body would commit to the values of its neighbour, whose disclosure nobody gives."""
    together = [
        _split(grant(actor="person:chef", justification="because")),
        _split(grant(kind="access.denied", grantee=None)),
        _split(grant(subjects=["data-subject:customer:1", "data-subject:customer:2"])),
    ]
    subjects = _subjects(together)
    streams = {
        (case.namespace, case.value): uuid7() for each in together for case in each.split.cases
    }
    random = Randomness(os.urandom(40 * RANDOM_BYTES_PER_VALUE))
    drafts = list(seal_values(together, subjects, streams, origin=_ORIGIN, random=random))
    keys = {subject.subject_id: subject for subject in subjects.values()}
    for draft in drafts:
        assert sorted(map(disclosure_digest, _opened(draft, keys))) == body_digests(draft.body)
    assert len({digest for draft in drafts for digest in body_digests(draft.body)}) == sum(
        each.split.values for each in together
    )
