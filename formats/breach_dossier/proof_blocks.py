"""What a dossier rests on as blocks: records, documents, root and checkpoint."""

from collections.abc import Iterator

from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Facts,
    Files,
    Note,
    Section,
    Subsection,
    Table,
    Verbatim,
    record_cell,
)
from formats.breach_dossier.subject import DossierSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING
from ledger.events.envelope import Evidence
from ledger.units import Index
from projections.cases.reading import Step


def evidence_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """The files that go along, the records with their leaf hashes, and the documents they name."""
    yield Section(words.say("evidence"), words.say("evidence.intro"))
    yield from _files(subject, words)
    kinds = {entry.index: entry.kind for entry in subject.timeline.entries}
    rows = tuple(
        (
            record_cell(index),
            Cell(kinds.get(Index(index), NOTHING).removesuffix(".v1")),
            Cell(leaf_hash.hex(), mono=True),
        )
        for index, leaf_hash in sorted(subject.leaf_hashes.items())
    )
    headings = tuple(words.say(name) for name in ("record", "kind", "leaf_hash"))
    yield Table(headings, (7, 28, 65), rows, words.say("evidence.empty"))
    documents = [
        (
            record_cell(step.index),
            Cell(each.media_type or NOTHING),
            Cell(each.sha256, mono=True),
        )
        for step in subject.case.steps
        for each in _documents(step)
    ]
    if documents:
        yield Subsection(words.say("documents"))
        headings = (words.say("record"), words.say("kind"), "SHA-256")
        yield Table(headings, (7, 28, 65), tuple(documents))


def _files(subject: DossierSubject, words: Words) -> Iterator[Block]:
    names = {role: name for name, role in subject.files}
    if "evidence" in names:
        yield Note(words.say("proof.attached", **names))
    else:
        yield Note(words.say("proof.none"), "warning")
    if subject.files:
        yield Files(tuple((name, words.say(f"file.{role}")) for name, role in subject.files))
    if subject.unproven and "evidence" in names:
        indexes = ", ".join(map(str, subject.unproven))
        yield Note(words.say("proof.unsigned", indexes=indexes), "warning")


def _documents(step: Step) -> Iterator[Evidence]:
    yield from step.event.evidence
    own = getattr(step.event, "document_sha256", None)
    if own is not None:
        yield Evidence(sha256=own)


def integrity_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """What proves that nothing was changed, and what personal data is in the dossier."""
    yield Section(words.say("integrity"), words.say("integrity.intro"))
    yield Facts(
        (
            (words.say("origin"), Cell(subject.origin, mono=True)),
            (words.say("size"), Cell(str(subject.size), mono=True)),
            (words.say("root"), Cell(subject.root.hex(), mono=True)),
        )
    )
    yield Subsection(words.say("checkpoint"))
    if subject.checkpoint is None:
        yield Note(words.say("checkpoint.none"), "warning")
    else:
        yield Verbatim(subject.checkpoint.note)
        behind = subject.size - subject.checkpoint.size
        if behind > 0:
            text = words.say("checkpoint.behind", size=subject.checkpoint.size, count=behind)
            yield Note(text, "warning")
        else:
            yield Note(words.say("checkpoint.covers"), "good")
    yield Note(words.say("privacy.words" if subject.shows_words else "privacy"), "quiet")
    if subject.shows_words:
        yield Note(words.say("words_erased.note"), "quiet")
