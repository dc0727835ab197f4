"""`zegel breach dossier`: everything about a breach as one document, for who has to judge it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.breach_show import breach_document, zone_name
from cli.case_moment import moment_options, typed_moment
from cli.case_words import opening_of
from cli.options import ZegelCommand
from cli.output import choose_form, encode_json, write_line
from cli.reader import identity_options
from cli.session import Session
from ledger.errors import BadRequest, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from formats.breach_dossier.subject import Checkpoint, DossierSubject
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
    authority's form in its order, the evidence, and what proves that nothing was changed. People
    are tokens and free text is left out, unless --identities asks for them.
    """
    kind = target.suffix.lower()
    if kind not in {".pdf", ".html"}:
        raise BadRequest(f"--to: expected a name that ends in .pdf or .html, found {target.name!r}")
    if target.exists() and not typed["force"]:
        raise BadRequest(f"--to {target}: expected no such file yet; --force writes over it")
    from formats.breach_dossier.content import dossier_of  # noqa: PLC0415 - start time: see cli/app.py
    from projections.cases.reading import find_case  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        subject = _read(ledger, session, case, find_case(ledger, "breach", case), moment, typed)
    document = dossier_of(subject, typed["language"], session.zone)
    if kind == ".html":
        from formats.breach_dossier.page import dossier_page  # noqa: PLC0415 - likewise

        content = dossier_page(document)
    else:
        from formats.breach_dossier.pdf import dossier_pdf  # noqa: PLC0415 - likewise

        content = dossier_pdf(document, _attachments(subject), moment.as_of)
    _write(target, content)
    _tell(target, content, subject)
    return 0


def _read(  # noqa: PLR0917 - one case at one moment of one log
    ledger: "Ledger",
    session: Session,
    name: str,
    stream: "UUID",
    moment: "Moment",
    typed: dict[str, Any],
) -> "DossierSubject":
    from formats.breach_dossier.subject import DossierSubject  # noqa: PLC0415 - start time
    from ledger.merkle import Frontier  # noqa: PLC0415 - likewise
    from projections.cases.breach_reading import read_breach  # noqa: PLC0415 - likewise
    from projections.cases.reading import read_cases  # noqa: PLC0415 - likewise
    from projections.clocks import clocks  # noqa: PLC0415 - likewise
    from projections.investigation.timeline import breach_timeline  # noqa: PLC0415 - likewise

    linked = next(
        (
            case.linked
            for case in read_cases(ledger, moment, corrected=True)
            if case.stream == stream
        ),
        frozenset(),
    )
    streams = [stream, *sorted(linked)]
    opening = opening_of(ledger, typed, moment, streams, f"dossier of breach {stream}")
    timeline = breach_timeline(ledger, stream, moment)
    rests_on = [entry.index for entry in timeline.entries if entry.part != "around"]
    head = ledger.head()
    return DossierSubject(
        stream=stream,
        name=name,
        origin=ledger.origin,
        moment=moment,
        size=head.size,
        root=Frontier(head.size, head.frontier).root(),
        case=read_breach(ledger, stream, moment, identities=opening),
        clocks=tuple(clocks(ledger, moment, zone=zone_name(session), streams=streams)),
        timeline=timeline,
        checkpoint=_checkpoint(ledger),
        leaf_hashes=_leaf_hashes(ledger, rests_on),
        shows_words=opening is not None,
    )


def _leaf_hashes(ledger: "Ledger", indexes: "Sequence[int]") -> dict[int, Any]:
    return {record.index: record.leaf_hash for record in ledger.log.records_at(indexes)}


def _checkpoint(ledger: "Ledger") -> "Checkpoint | None":
    from formats.breach_dossier.subject import Checkpoint  # noqa: PLC0415 - start time
    from ledger.store.checkpoints import CheckpointTable  # noqa: PLC0415 - likewise
    from ledger.units import Size  # noqa: PLC0415 - likewise

    newest = CheckpointTable(ledger.log.engine, ledger.log.log_id).newest()
    if newest is None:
        return None
    return Checkpoint(note=newest.note.decode("utf-8", "replace"), size=Size(newest.size))


def _attachments(subject: "DossierSubject") -> list[Any]:
    from formats.breach_dossier.pdf import Attachment  # noqa: PLC0415 - start time: see cli/app.py

    case, clocks = subject.case, list(subject.clocks)
    document = breach_document(subject.stream, case, clocks, subject.moment)
    found = [
        Attachment(
            "breach.json",
            encode_json(document),
            "application/json",
            "The case with its clocks and every computation step",
        )
    ]
    if subject.checkpoint is not None:
        found.append(
            Attachment(
                "checkpoint.txt",
                subject.checkpoint.note,
                "text/plain",
                "The newest signed checkpoint of the log",
            )
        )
    return found


def _write(target: Path, content: bytes) -> None:
    from ledger.private_files import replace_file  # noqa: PLC0415 - start time: see cli/app.py

    try:
        replace_file(target, content)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error


def _tell(target: Path, content: bytes, subject: "DossierSubject") -> None:
    from hashlib import sha256  # noqa: PLC0415 - start time: see cli/app.py

    facts = {
        "file": str(target),
        "sha256": sha256(content).hexdigest(),
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
