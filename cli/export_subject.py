"""`zegel export subject`: the copy of their data that a person is owed, with proofs."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.handing_out import erased_fields, signed_now, write_facts, write_plans
from cli.options import ZegelCommand, output_options
from cli.output import note
from cli.pruned_note import say_pruned
from cli.reader import authorise, reading_of
from cli.session import Session
from formats.sentences import counted
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from cli.subject_copying import Wanted
    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel export subject data-subject:customer:4711 --for-request R-7 --to request-7.zip",
    "zegel export subject data-subject:customer:4711 --dry-run",
    "zegel export subject person:j.doe@example.nl ip:203.0.113.7 --without-text --to j-doe",
)
PURPOSE: Final = "subject-request"


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Write the copy of their data that a person is owed.",
)
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT...")
@click.option(
    "--for-request", "request", metavar="ID", help="The request that it answers, as recorded."
)
@click.option(
    "--without-text",
    is_flag=True,
    help="Leave out reasons, notes and other words: others may be named there.",
)
@click.option(
    "--contact", metavar="TEXT", help="Where the person can turn to; printed on the page."
)
@click.option("--purpose", metavar="TEXT", help="Said beside subject-request; kept in the log.")
@click.option("--dry-run", is_flag=True, help="Only show what would open and what stays closed.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE.zip",
    help="Where to write it; nothing may be there yet.",
)
@output_options
@click.pass_obj
def subject(
    session: Session,
    /,
    subjects: tuple[str, ...],
    target: Path | None,
    form: str | None,
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """Write everything that is recorded about a person, for that person: GDPR article 15.

    Several identities may be given, if they are the same person. Holds a page in Dutch and in
    English, the same for machines, and the sealed records with proofs. Of others it shows nothing;
    but words that people typed may name somebody: read them first, or give --without-text. That it
    was handed out is recorded. zegel verify --disclosures checks the proofs in it.
    """
    from cli.bundle_writing import require_free  # noqa: PLC0415 - start time: see cli/app.py
    from cli.subject_copying import Wanted, records_about, subject_ids_of  # noqa: PLC0415 - likewise
    from ledger.granting import plan_grants  # noqa: PLC0415 - likewise

    if target is None and not typed["dry_run"]:
        raise click.UsageError("--to: expected DIR or FILE.zip, found none")
    if target is not None:
        require_free(target)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        authorise(ledger, "export")
        request = typed["request"]
        if request is not None and ledger.case_stream("request", request) is None:
            raise BadRequest(f"--for-request: expected a request of this log, found {request!r}")
        wanted = Wanted(
            typed=subjects,
            subject_ids=subject_ids_of(ledger, subjects),
            with_text=not typed["without_text"],
            request=request,
            contact=typed["contact"],
        )
        if typed["dry_run"] or target is None:
            rows = records_about(ledger, wanted.subject_ids, ledger.head().size)
            write_plans(plan_grants(ledger, rows, wanted.choice, wanted.subject_ids), form, session)
            return 0
        facts = _export(session, ledger, wanted, target, typed["purpose"])
    if wanted.with_text:
        note("zegel: words that people typed are in it and may name others: read them first")
    write_facts(f"copy written to {facts['to']}", facts, form, session)
    return 0


def _export(
    session: Session, ledger: "Ledger", wanted: "Wanted", target: Path, reason: str | None
) -> dict[str, Any]:
    """Writes the copy and records that it was handed out; what it holds, for the answer."""
    from cli.bundle_writing import write_bundle  # noqa: PLC0415 - start time: see cli/app.py
    from cli.subject_copying import copy_of, identities_in, opened_of, records_about  # noqa: PLC0415 - likewise
    from formats.bundle.disclosed import disclosure_file  # noqa: PLC0415 - likewise
    from formats.subject_copy.files import copy_files  # noqa: PLC0415 - likewise
    from ledger.handing_out import record_handing_out  # noqa: PLC0415 - likewise

    signed = signed_now(session, ledger)
    checkpoint = signed.checkpoint
    rows = records_about(ledger, wanted.subject_ids, ledger.head().size)
    reading = reading_of(f"{PURPOSE}: {reason or ''}")
    opening = ledger.record_reading(
        reading,
        "copy for one person",
        rows,
        subject_ids=wanted.subject_ids,
        fields=wanted.choice.grants,
        role="export",
    )
    grants = opened_of(ledger, rows, opening, wanted)
    copy = copy_of(
        ledger,
        checkpoint,
        rows,
        grants,
        wanted=wanted,
        before=opening.index,
        now=ledger.clock(),
    )
    proven = sum(row.index < checkpoint.size for row in rows)
    if proven < len(rows):
        beyond = counted(len(rows) - proven, "record")
        note(f"zegel: without proof, not signed yet: the newest {beyond}")
    question = {"subject": "one person"}
    evidence = disclosure_file(ledger, checkpoint, rows[:proven], grants[:proven], question)
    facts = {
        "to": str(target),
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "records": len(rows),
        "proven": proven,
        "first_index": rows[0].index if rows else None,
        "opened": sum(len(grant.disclosures) for grant in grants),
        "closed": sum(len(grant.closed) for grant in grants),
        "erased": [each for grant in grants for each in erased_fields(grant)],
        "manifest_sha256": "",
    }

    def seen() -> Iterator[tuple[str, bytes]]:
        for path, raw in copy_files(copy, evidence, session.zone):
            yield path, raw
            facts["manifest_sha256"] = sha256(raw).hexdigest()  # the last file is the manifest

    def before() -> None:
        record_handing_out(
            ledger,
            facts,
            reading.reader,
            reason=reason,
            request_id=wanted.request,
            **_recipient(identities_in(grants)),
        )

    write_bundle(seen(), target, before=before)
    return facts


def _recipient(identities: Sequence[str]) -> dict[str, Any]:
    """The person as the recipient of their copy, under their own key; an address is no name."""
    from ledger.events.parties import Party  # noqa: PLC0415 - start time: see cli/app.py

    people = [each for each in identities if each.startswith("person:")]
    return {
        "recipient": Party(role="data-subject"),
        "recipient_person": people[0] if people else None,
        "subjects": tuple(each for each in identities if each.startswith("data-subject:")),
    }
