"""`zegel breach dossier`: everything about a breach as one document, for who has to judge it."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.case_words import opening_of
from cli.options import ZegelCommand
from cli.output import choose_form, write_line
from cli.reader import account, identity_options
from cli.session import Session
from formats.answers.breach import breach_document
from ledger.errors import BadRequest, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from cli.dossier_evidence import Gathered
    from formats.breach_dossier.blocks import Document
    from formats.breach_dossier.pdf import Attachment
    from formats.breach_dossier.subject import DossierSubject
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment
    from projections.investigation.timeline import Timeline

EXAMPLES: Final = (
    "zegel breach dossier B-7 --to b-7.pdf",
    "zegel breach dossier B-7 --to b-7.html --language en",
    "zegel breach dossier B-7 --to monday.pdf --as-known 'monday 09:00'",
    "zegel breach dossier B-7 --to b-7.pdf --identities --purpose breach-assessment",
)
_ROLES: Final = ("case", "evidence")
"""What goes along: the case with its computations, and the records with their proofs."""


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Write everything as a document.")
@click.argument("case", metavar="BREACH")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to write it: a name that ends in .pdf or .html.",
)
@click.option(
    "--language",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    help="In which words.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@identity_options
@moment_options
@click.pass_obj
def dossier(session: Session, /, case: str, target: Path, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Write the dossier of a breach, as PDF or as a page.

    It holds the facts, the timeline as a picture, every clock with its explanation, decisions and
    notices with the hashes of what was sent, what is still to be told, the answers of the
    authority's form in its order, and the evidence: sealed records, proofs and checkpoint are
    attached to the PDF and stand beside the page. People and free text are left out, unless
    --identities asks for them. The same log at the same moment gives the same bytes.
    """
    kind = target.suffix.lower()
    if kind not in {".pdf", ".html"}:
        raise BadRequest(f"--to: expected a name that ends in .pdf or .html, found {target.name!r}")
    _require_free([target, *_beside(target).values()], force=typed["force"])
    from formats.breach_dossier.content import dossier_of  # noqa: PLC0415 - start time: see cli/app.py
    from projections.cases.reading import find_case  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found = _Found(ledger, session, case, find_case(ledger, "breach", case), moment, typed)
        attachments = found.attachments(target)
        subject = found.subject([(each.name, role) for role, each in attachments.items()])
        document = dossier_of(subject, typed["language"], session.zone)
        files = _files(target, document, list(attachments.values()), moment)
        found.record_handing_out(typed["purpose"])
        for path, content in files.items():
            _write(path, content)
    _tell(target, files, subject)
    return 0


def _beside(target: Path) -> dict[str, Path]:
    """The files that go along with a page, by their role; a PDF has them inside."""
    if target.suffix.lower() == ".pdf":
        return {}
    return {role: target.with_name(f"{target.stem}.{role}.json") for role in _ROLES}


def _require_free(targets: "Sequence[Path]", *, force: bool) -> None:
    taken = next((target for target in targets if target.exists()), None)
    if taken is not None and not force:
        raise BadRequest(f"--to {taken}: expected no such file yet; --force writes over it")


def _files(
    target: Path, document: "Document", attachments: "Sequence[Attachment]", moment: "Moment"
) -> dict[Path, bytes]:
    """What is written where: a PDF with everything inside, or files first and the page last."""
    if target.suffix.lower() == ".pdf":
        from formats.breach_dossier.pdf import dossier_pdf  # noqa: PLC0415 - start time

        return {target: dossier_pdf(document, attachments, moment.as_of)}
    from formats.breach_dossier.page import dossier_page  # noqa: PLC0415 - likewise

    beside = {target.with_name(each.name): each.content.encode() for each in attachments}
    return {**beside, target: dossier_page(document)}


class _Found:
    """One case at one moment, read once, with what proves it."""

    def __init__(  # noqa: PLR0917 - one case at one moment of one log
        self,
        ledger: "Ledger",
        session: Session,
        name: str,
        stream: "UUID",
        moment: "Moment",
        typed: dict[str, Any],
    ) -> None:
        from cli.dossier_evidence import gather  # noqa: PLC0415 - start time: see cli/app.py
        from projections.cases.breach_reading import read_breach  # noqa: PLC0415 - likewise
        from projections.clocks import clocks  # noqa: PLC0415 - likewise
        from projections.investigation.timeline import breach_timeline  # noqa: PLC0415 - likewise

        streams = [stream, *_linked(ledger, stream, moment)]
        question = f"dossier of breach {stream}"
        self.ledger, self.name, self.stream, self.moment = ledger, name, stream, moment
        self.opening = opening_of(ledger, typed, moment, streams, question)
        self.timeline = breach_timeline(ledger, stream, moment)
        self.case = read_breach(ledger, stream, moment, identities=self.opening)
        self.clocks = clocks(ledger, moment, zone=session.calendar_zone, streams=streams)
        self.gathered: Gathered = gather(
            session, ledger, moment.known_size, _rests_on(self.timeline), stream, self.opening
        )

    def attachments(self, target: Path) -> "dict[str, Attachment]":
        """The files that go along, by their role; named after the page that they stand beside."""
        from cli.dossier_evidence import case_file  # noqa: PLC0415 - start time: see cli/app.py
        from formats.breach_dossier.pdf import Attachment  # noqa: PLC0415 - likewise

        names = {role: path.name for role, path in _beside(target).items()}
        document = breach_document(self.stream, self.case, self.clocks, self.moment)
        told = case_file(document, shows_words=self.opening is not None)
        found = {
            "case": Attachment(
                names.get("case", "case.json"),
                told.decode(),
                "application/json",
                "The case with its clocks and every computation step",
            )
        }
        if self.gathered.disclosures is not None:
            found["evidence"] = Attachment(
                names.get("evidence", "evidence.json"),
                self.gathered.disclosures.decode(),
                "application/json",
                "The sealed records with their proofs, for zegel verify --disclosures",
            )
        return found

    def subject(self, files: "Sequence[tuple[str, str]]") -> "DossierSubject":
        """What the dossier is about."""
        from cli.dossier_evidence import root_at  # noqa: PLC0415 - start time: see cli/app.py
        from formats.breach_dossier.subject import Checkpoint, DossierSubject  # noqa: PLC0415 - likewise
        from ledger.units import Hash32  # noqa: PLC0415 - likewise

        signed = self.gathered.signed
        checkpoint = None
        if signed is not None:
            note = signed.checkpoint.raw.decode("utf-8", "replace")
            checkpoint = Checkpoint(note=note, size=signed.checkpoint.size)
        return DossierSubject(
            stream=self.stream,
            name=self.name,
            origin=self.ledger.origin,
            moment=self.moment,
            root=root_at(self.ledger, self.moment.known_size, signed),
            case=self.case,
            clocks=tuple(self.clocks),
            timeline=self.timeline,
            checkpoint=checkpoint,
            leaf_hashes={row.index: Hash32(row.leaf_hash) for row in self.gathered.rows},
            files=tuple(files),
            shows_words=self.opening is not None,
        )

    def record_handing_out(self, purpose: str | None) -> None:
        """Records that opened words were handed out; a dossier without them tells of nobody."""
        signed, disclosures = self.gathered.signed, self.gathered.disclosures
        if self.opening is None or signed is None or disclosures is None:
            return
        from cli.handing_out import record_handing_out  # noqa: PLC0415 - start time: see cli/app.py

        covered = [row for row in self.gathered.rows if row.index < signed.checkpoint.size]
        facts = {
            "manifest_sha256": sha256(disclosures).hexdigest(),
            "first_index": covered[0].index,
            "size": signed.checkpoint.size,
            "root": signed.checkpoint.root,
            "records": len(covered),
        }
        record_handing_out(self.ledger, facts, account(), reason=purpose)


def _linked(ledger: "Ledger", stream: "UUID", moment: "Moment") -> "list[UUID]":
    from projections.cases.reading import read_cases  # noqa: PLC0415 - start time: see cli/app.py

    cases = read_cases(ledger, moment, corrected=True)
    return sorted(next((case.linked for case in cases if case.stream == stream), ()))


def _rests_on(timeline: "Timeline") -> "list[int]":
    """The records that the dossier tells of: the steps, and the facts around them that it shows."""
    from formats.breach_dossier.known_blocks import told_entries  # noqa: PLC0415 - start time

    return [entry.index for entry in told_entries(timeline)]


def _write(target: Path, content: bytes) -> None:
    from ledger.private_files import replace_file  # noqa: PLC0415 - start time: see cli/app.py

    try:
        replace_file(target, content)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error


def _tell(target: Path, files: "Mapping[Path, bytes]", subject: "DossierSubject") -> None:
    facts = {
        "file": str(target),
        "sha256": sha256(files[target]).hexdigest(),
        "beside": [str(path) for path in files if path != target],
        "records": len(subject.leaf_hashes),
        "words": subject.shows_words,
    }
    if choose_form(None) != "table":
        write_line(facts)
        return
    from datetime import UTC  # noqa: PLC0415 - likewise

    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line("the dossier is written", style="good", mark="✓")
    draw_facts(facts.items(), UTC)
