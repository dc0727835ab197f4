"""A log whose records name several people at once, and everything secret that it stores of them."""

from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import select

from ledger.disclosure import decode_disclosure
from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger
from ledger.store.schema import DISCLOSURE, IDENTITY, RECORD, SAMENESS, SUBJECT
from ledger.stored import StoredDisclosure
from projections import catch_up

ORIGIN: Final = "erase.example/log"
VICTIM: Final = "data-subject:CUSTOMER:qzxvictim4711"
OTHER: Final = "data-subject:CUSTOMER:qzxother4712"
ACTOR: Final = "person:qzxactor@example.nl"
BY: Final = "person:dpo@example.nl"
WORDS: Final = "qzxwords about the victim"
CASE: Final = "QZX-TICKET-1"
ROUNDS: Final = 4


def event(kind: str, **fields: object) -> Event:
    """An event of a kind on a fixed day."""
    return event_from_mapping({"kind": kind, "occurred_at": "2026-03-01T10:00:00Z", **fields})


def events() -> list[Event]:
    """Several kinds, in which the victim stands alone, with somebody else, and not at all."""
    made = []
    for number in range(ROUNDS):
        made += [
            event(
                "access.used.v1",
                event_id=f"01936e2a-7c00-7000-8000-00000000000{number}",
                actor=ACTOR,
                resource="customer-file",
                subjects=[VICTIM, OTHER],
                note=f"{WORDS} {number}",
                ticket=CASE,
                system="crm",
            ),
            event("access.used.v1", actor=ACTOR, resource="mail", subjects=[OTHER], note="fine"),
            event(
                "breach.suspected.v1",
                breach_id=f"QZX-BREACH-{number}",
                actor=ACTOR,
                subjects=[VICTIM],
            ),
        ]
    return made


class ErasableLog:
    """A log that can be closed and opened again, as each command does."""

    def __init__(self, url: str, key_file: Path) -> None:
        self.url = url
        self.key_file = key_file
        self._ledger: Ledger | None = None

    def create(self) -> None:
        """The log with its records, and every view of them."""
        self._ledger = Ledger.create(database=self.url, key_file=self.key_file, origin=ORIGIN)
        self._ledger.record_many(events())
        catch_up(self._ledger)

    @property
    def ledger(self) -> Ledger:
        """The open log."""
        if self._ledger is None:
            self._ledger = Ledger.open(database=self.url, key_file=self.key_file, origin=ORIGIN)
        return self._ledger

    def close(self) -> None:
        """Gives all connections back."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def outcome(self) -> str:
        """What a verification from a fresh start says, with its first fault."""
        with closing(
            Ledger.open(database=self.url, key_file=self.key_file, origin=ORIGIN)
        ) as ledger:
            report = ledger.verify()
        return report.outcome if report.first_fault is None else str(report.first_fault)

    def secrets_of(self, identity: str) -> dict[str, bytes]:
        """Everything that is stored of a subject and must be gone with it, by what it is."""
        ledger = self.ledger
        (subject_id,) = ledger.subjects_matching(identity)
        with ledger.log.engine.connect() as connection:
            subject = connection.execute(
                select(SUBJECT).where(SUBJECT.c.subject_id == subject_id)
            ).one()
            blind = connection.execute(
                select(IDENTITY.c.blind).where(IDENTITY.c.subject_id == subject_id)
            ).scalar_one()
            rows = connection.execute(
                select(DISCLOSURE, RECORD.c.event_id, SAMENESS.c.digest)
                .join(RECORD, DISCLOSURE.c.idx == RECORD.c.idx)
                .join(SAMENESS, SAMENESS.c.idx == RECORD.c.idx)
                .where(DISCLOSURE.c.subject_id == subject_id)
            ).all()
        wrapped = bytes(subject.wrapped_key)
        found = {
            "wrapped key": wrapped,
            "key": ledger.vault.keys.unwrap(subject_id, subject.epoch, wrapped),
            "blind index": bytes(blind),
            "identity": identity.rpartition(":")[2].encode(),
        }
        for row in rows:
            stored = StoredDisclosure(row.idx, subject_id, row.fields, bytes(row.ciphertext))
            found[f"ciphertext {row.idx}"] = stored.ciphertext
            found[f"digest of the event {row.idx}"] = bytes(row.digest)
            for text in ledger.vault.texts_of(stored, row.event_id.bytes) or []:
                salt, path, value = decode_disclosure(text)
                found[f"disclosure {row.idx} {path}"] = text
                found[f"salt {row.idx} {path}"] = salt.encode()
                found[f"value {row.idx} {path}"] = str(value).encode()
        return found
