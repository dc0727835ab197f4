"""Reads everything that a dossier tells from a log, once, at one moment.

Invariant: that opened words are handed out is recorded before whoever asked gets them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from formats.answers.breach import breach_document
from formats.breach_dossier.attachment import Attachment
from formats.breach_dossier.evidence import Gathered, case_file, gather, root_at
from formats.breach_dossier.known_blocks import told_entries
from formats.breach_dossier.reading import read_subject
from formats.breach_dossier.subject import BreachSubject, Checkpoint, DossierSubject
from ledger.handing_out import Signed, record_handing_out
from ledger.ledger import Ledger
from ledger.reading import Opening
from ledger.units import Hash32
from projections.cases.reading import Moment
from projections.investigation.extent import Bounds
from projections.investigation.timeline import Looking

INSIDE: Final = {"case": "case.json", "evidence": "evidence.json"}
"""The files that go along, by their role, with the names that they have inside a dossier: the case
with its computations, and the records with their proofs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDossier:
    """Which dossier."""

    stream: UUID
    name: str
    """The case as people call it."""
    moment: Moment
    zone: str
    """The zone of the duty-bearer, on whose local dates terms run."""
    signed: Signed | None
    """The first checkpoint over all that was known, else the newest; `None`: there is none."""
    opening: Opening | None = None
    """The recorded reading that lets people and words be told."""
    bounds: Bounds | None = None
    """How much of the log is looked at for what is around the case; all, if not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """One case at one moment, with what proves it."""

    asked: AskedDossier
    told: BreachSubject
    gathered: Gathered
    root: Hash32
    """Of the tree of the records that were known at that moment."""

    def attachments(self, names: Mapping[str, str] = INSIDE) -> dict[str, Attachment]:
        """The files that go along, by their role.

        Args:
            names: What each is called, by its role.
        """
        asked = self.asked
        document = breach_document(
            asked.stream, self.told.case, list(self.told.clocks), asked.moment
        )
        found = {
            "case": Attachment(
                names["case"],
                case_file(document, shows_words=asked.opening is not None).decode(),
                "application/json",
                "The case with its clocks and every computation step",
            )
        }
        if self.gathered.disclosures is not None:
            found["evidence"] = Attachment(
                names["evidence"],
                self.gathered.disclosures.decode(),
                "application/json",
                "The sealed records with their proofs, for zegel verify --disclosures",
            )
        return found

    def subject(self, origin: str, attached: Mapping[str, Attachment]) -> DossierSubject:
        """What the dossier is about.

        Args:
            origin: Of the log.
            attached: The files that go along, by their role.
        """
        signed, asked = self.gathered.signed, self.asked
        checkpoint = None
        if signed is not None:
            note = signed.checkpoint.raw.decode("utf-8", "replace")
            checkpoint = Checkpoint(note=note, size=signed.checkpoint.size)
        return DossierSubject(
            stream=asked.stream,
            name=asked.name,
            origin=origin,
            moment=asked.moment,
            root=self.root,
            case=self.told.case,
            clocks=self.told.clocks,
            timeline=self.told.timeline,
            checkpoint=checkpoint,
            leaf_hashes={row.index: Hash32(row.leaf_hash) for row in self.gathered.rows},
            files=tuple((each.name, role) for role, each in attached.items()),
            shows_words=asked.opening is not None,
        )


def question_of(stream: UUID) -> str:
    """What whoever opens the words of a dossier asks for, as the reading tells it."""
    return f"dossier of breach {stream}"


def assemble(ledger: Ledger, asked: AskedDossier) -> Assembled:
    """The case as it stood, with its clocks, its timeline and the records that prove them.

    Raises:
        RecordsPruned: a record that it rests on was removed.
        VerificationError: a record is not the one that the checkpoint signs.
    """
    stream, moment = asked.stream, asked.moment
    told = read_subject(
        ledger,
        stream,
        moment,
        name=asked.name,
        zone=asked.zone,
        opening=asked.opening,
        looking=Looking(bounds=asked.bounds),
    )
    rests_on = [entry.index for entry in told_entries(told.timeline)]
    return Assembled(
        asked=asked,
        told=told,
        gathered=gather(ledger, asked.signed, rests_on, stream, asked.opening),
        root=root_at(ledger, moment.known_size, asked.signed),
    )


def record_opened(ledger: Ledger, found: Assembled, actor: str, reason: str | None) -> None:
    """Records that opened words are handed out; a dossier without them tells of nobody.

    Args:
        ledger: The log.
        found: What the dossier is made of.
        actor: Who takes it, `person:…`.
        reason: Why.
    """
    signed, disclosures = found.gathered.signed, found.gathered.disclosures
    if found.asked.opening is None or signed is None or disclosures is None:
        return
    covered = [row for row in found.gathered.rows if row.index < signed.checkpoint.size]
    facts = {
        "manifest_sha256": sha256(disclosures).hexdigest(),
        "first_index": covered[0].index,
        "size": signed.checkpoint.size,
        "root": signed.checkpoint.root,
        "records": len(covered),
    }
    record_handing_out(ledger, facts, actor, reason=reason)
