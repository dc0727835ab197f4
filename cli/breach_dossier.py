"""`zegel breach dossier`: everything about a breach as one document, for who has to judge it."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.case_words import opening_of
from cli.handing_out import signed_now
from cli.known_words import known_case
from cli.options import ZegelCommand
from cli.output import choose_form, note, write_line
from cli.reader import account, identity_options
from cli.session import Session
from ledger.errors import BadRequest, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from formats.breach_dossier.assembling import Assembled
    from formats.breach_dossier.attachment import Attachment
    from formats.breach_dossier.blocks import Document
    from formats.breach_dossier.subject import DossierSubject
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment

EXAMPLES: Final = (
    "zegel breach dossier B-7 --to b-7.pdf",
    "zegel breach dossier B-7 --to b-7.html --language en",
    "zegel breach dossier B-7 --to monday.pdf --as-known 'monday 09:00'",
    "zegel breach dossier B-7 --to b-7.pdf --identities --purpose breach-assessment",
)


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
    "--lang",
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
    from formats.breach_dossier.assembling import record_opened  # noqa: PLC0415 - start time
    from formats.breach_dossier.content import dossier_of  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found = _assembled(session, ledger, case, moment, typed)
        attached = found.attachments(_names(target))
        subject = found.subject(ledger.origin, attached)
        document = dossier_of(subject, typed["language"], session.zone)
        files = _files(target, document, list(attached.values()), moment)
        record_opened(ledger, found, account(), typed["purpose"])
        for path, content in files.items():
            _write(path, content)
    _tell(target, files, subject)
    return 0


def _beside(target: Path) -> dict[str, Path]:
    """The files that go along with a page, by their role; a PDF has them inside."""
    if target.suffix.lower() == ".pdf":
        return {}
    return {role: target.with_name(f"{target.stem}.{role}.json") for role in ("case", "evidence")}


def _names(target: Path) -> dict[str, str]:
    """What the files that go along are called: inside a PDF, or after the page beside them."""
    from formats.breach_dossier.assembling import INSIDE  # noqa: PLC0415 - start time

    return {**INSIDE, **{role: path.name for role, path in _beside(target).items()}}


def _assembled(
    session: Session, ledger: "Ledger", name: str, moment: "Moment", typed: dict[str, Any]
) -> "Assembled":
    """One case at one moment, read once, with what proves it."""
    from formats.breach_dossier.assembling import AskedDossier, assemble, question_of  # noqa: PLC0415 - start time
    from projections.cases.reading import with_linked  # noqa: PLC0415 - likewise

    stream = known_case(ledger, "breach", name)
    streams = with_linked(ledger, moment, [stream])
    opening = opening_of(ledger, typed, moment, streams, question_of(stream))
    signed = None
    try:
        signed = signed_now(session, ledger, covering=moment.known_size)
    except BadRequest as error:
        note(f"zegel: no proofs are attached: {error}")
    asked = AskedDossier(
        stream=stream,
        name=name,
        moment=moment,
        zone=session.calendar_zone,
        signed=signed,
        opening=opening,
    )
    return assemble(ledger, asked)


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
