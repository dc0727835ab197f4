"""From completed events to drafts: digests of personal values inside, ciphertexts beside.

Which subject's key a value is encrypted under:

- a subject field: the subject that it names;
- case and text fields: the *primary* subject of the event, which is the first of its data
  subjects; without one, the first subject in any field but `actor` and `origin` (a grantee, a
  blocked address); then the actor; then the origin. Erasing the one whom an event is about takes
  its words along;
- without any subject: a subject of its own for the case, named by its stream.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from ledger.body import PersonalValue, SplitEvent, sealed_body
from ledger.disclosure import SALT_BYTES, digest_texts, encode_disclosures, salt_texts
from ledger.draft import Draft, SealedDisclosure
from ledger.events import Event
from ledger.vault.cases import CaseKey
from ledger.vault.disclosures import Subject, encrypt_disclosures, record_binding
from ledger.vault.keys import NONCE_BYTES

RANDOM_BYTES_PER_VALUE: Final = SALT_BYTES + NONCE_BYTES
"""What one personal value needs at most: its salt, and the nonce of a ciphertext of its own."""

NO_STREAM: Final = UUID(int=0)
"""Stands where the stream of a case is looked up later."""

_LAST_RESORT: Final = {"actor": 1, "origin": 2}


class Randomness:
    """What a batch of events needs of unpredictable bytes: each salt and nonce is given once."""

    __slots__ = ("nonces", "salts")

    def __init__(self, block: bytes) -> None:
        """Takes `RANDOM_BYTES_PER_VALUE` for each value: one call of the system for a batch."""
        values = len(block) // RANDOM_BYTES_PER_VALUE
        salted, end = values * SALT_BYTES, values * RANDOM_BYTES_PER_VALUE
        self.salts = iter(salt_texts(block[:salted]))
        """Each the text of 16 bytes."""
        self.nonces = iter([block[at : at + NONCE_BYTES] for at in range(salted, end, NONCE_BYTES)])
        """Each 12 bytes."""


class SplitDraft(Struct, gc=False):
    """One event on its way: everything but its encrypted values."""

    event: Event
    event_id: UUID
    fresh_event_id: bool
    sameness: bytes
    split: SplitEvent
    stream: UUID
    fresh_stream: bool

    @property
    def case_identity(self) -> str | None:
        """The identity of the case's own subject, for values that nobody else can own."""
        if self.split.subjects or not (self.split.cases or self.split.texts):
            return None
        return f"case:{self.stream}"


def wanted_identities(split_drafts: Iterable[SplitDraft]) -> dict[str, UUID | None]:
    """Every identity whose key is needed, with the subject id that it prefers."""
    wanted: dict[str, UUID | None] = {}
    for each in split_drafts:
        for value in each.split.subjects:
            wanted[value.value] = None
        case_identity = each.case_identity
        if case_identity is not None:
            wanted[case_identity] = each.stream
    return wanted


def repeated(each: SplitDraft) -> Draft:
    """The draft of an event that is in the log and was partly erased: it is only answered."""
    return Draft(
        stream=each.stream,
        kind=each.split.kind,
        body=b"",
        event_id=each.event_id,
        only_repeats=True,
    )


def seal_values(
    splits: Iterable[SplitDraft],
    subjects: Mapping[str, Subject],
    streams: Mapping[CaseKey, UUID],
    *,
    origin: bytes,
    random: Randomness,
) -> Iterator[Draft]:
    """The drafts of events: digests in their bodies, one ciphertext per subject beside each.

    Args:
        splits: The split events.
        subjects: By identity, at least those of `wanted_identities`.
        streams: By case, at least those the events name.
        origin: The origin of the log.
        random: For as many values as the events have.
    """
    owned: list[tuple[Subject, bytes, str, int]] = []
    named: list[tuple[str, str, Any]] = []
    together: list[tuple[SplitDraft, int, int]] = []
    salts = random.salts
    for each in splits:
        if each.split.cases:
            _replace_cases(each.split, streams)
        record = record_binding(origin, each.event_id.bytes)
        for subject, values in _owned(each, subjects):
            for value in values:
                named.append((next(salts), value.path, value.value))  # noqa: PERF401 - one or two
            fields = values[0].path
            if len(values) > 1:
                fields = ",".join([value.path for value in values])
            owned.append((subject, record, fields, len(named)))
        together.append((each, len(named), len(owned)))
    # The values of all events at once: a call for each would cost more than what it does.
    texts = encode_disclosures(named)
    digests = digest_texts([sha256(text).digest() for text in texts])
    sealed = _encrypted(owned, texts, random.nonces)
    end = reached = 0
    for each, next_end, next_reached in together:
        yield _draft(each, digests[end:next_end], sealed[reached:next_reached])
        end, reached = next_end, next_reached


def _encrypted(
    owned: Iterable[tuple[Subject, bytes, str, int]],
    texts: Sequence[bytes],
    nonces: Iterator[bytes],
) -> list[SealedDisclosure]:
    """The values of one subject in one record, for each: record binding, fields, end in `texts`."""
    sealed = []
    end = 0
    for subject, record, fields, next_end in owned:
        ciphertext = encrypt_disclosures(subject, record, next(nonces), texts[end:next_end])
        sealed.append(SealedDisclosure(subject.subject_id, fields, ciphertext))
        end = next_end
    return sealed


def _draft(
    each: SplitDraft, digests: Sequence[str], disclosures: Sequence[SealedDisclosure]
) -> Draft:
    return Draft(
        stream=each.stream,
        kind=each.split.kind,
        body=sealed_body(each.split.public, digests),
        event_id=each.event_id,
        occurred_at=each.event.occurred_at,
        system=each.event.system,
        disclosures=tuple(disclosures),
        sameness=each.sameness,
        fresh_stream=each.fresh_stream,
        fresh_event_id=each.fresh_event_id,
    )


def _replace_cases(split: SplitEvent, streams: Mapping[CaseKey, UUID]) -> None:
    """Puts the stream ids of cases where the sources' own ids stood."""
    for case in split.cases:
        stream_text = str(streams[case.namespace, case.value])
        name, slash, _ = case.path.partition("/")
        if slash:
            split.public.setdefault(name, []).append(stream_text)
        else:
            split.public[name] = stream_text


def _owned(
    each: SplitDraft, subjects: Mapping[str, Subject]
) -> Iterable[tuple[Subject, list[PersonalValue]]]:
    """The subjects of an event, each with the values to be encrypted under its key."""
    split = each.split
    owned: dict[bytes, tuple[Subject, list[PersonalValue]]] = {}
    for value in split.subjects:
        subject = subjects[value.value]
        held = owned.get(subject.id_bytes)
        if held is None:
            owned[subject.id_bytes] = (subject, [value])
        else:
            held[1].append(value)
    if split.cases or split.texts:
        primary = subjects[each.case_identity or _primary(split.subjects)]
        _, values = owned.setdefault(primary.id_bytes, (primary, []))
        values += split.cases
        values += split.texts
    return owned.values()


def _primary(values: Sequence[PersonalValue]) -> str:
    identity: str = min(values, key=_distance).value
    return identity


def _distance(value: PersonalValue) -> int:
    if value.namespace == "data-subject":
        return -1
    return _LAST_RESORT.get(value.path, 0)
