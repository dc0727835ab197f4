"""`zegel export disclosures`: chosen fields of chosen records in one small file with proofs."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.choosing import chosen_fields, chosen_records, field_options, record_options
from cli.handing_out import (
    RECIPIENT_HELP,
    erased_fields,
    newest_signed,
    recipient_fields,
    require_purpose,
    write_facts,
    write_preview,
)
from cli.options import ZegelCommand, output_options
from cli.pruned_note import say_pruned
from cli.reader import PURPOSE_HELP, reading_of
from cli.session import Session

if TYPE_CHECKING:
    from cli.asked import Asked
    from ledger.handing_out import Signed
    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel export disclosures 12 15-20 --field actor --purpose 'audit: 2026' --to auditor.json",
    "zegel export disclosures --case grant:G-1 --kind-field access.granted:grantee --dry-run",
    'zegel verify --disclosures auditor.json --key "$(zegel key show)"',
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Open chosen fields of chosen records to an auditor.",
)
@click.argument("places", nargs=-1, metavar="[INDEX|FIRST-LAST]...")
@record_options
@field_options
@click.option("--purpose", metavar="TEXT", help=PURPOSE_HELP)
@click.option("--recipient", metavar="WHO", help=RECIPIENT_HELP)
@click.option("--dry-run", is_flag=True, help="Only show what would open and what stays closed.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it; nothing may be there yet.",
)
@output_options
@click.pass_obj
def disclosures(
    session: Session,
    /,
    target: Path | None,
    form: str | None,
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """Open chosen fields of chosen records to an auditor, in one file; everything else is closed.

    The file holds the sealed records, their proofs, the newest checkpoint and one disclosure for
    each field that was granted. zegel verify --disclosures checks it without this log. Handing out
    is recorded. Look first with --dry-run, which opens nothing.
    """
    from cli.bundle_writing import require_free  # noqa: PLC0415 - start time: see cli/app.py

    choice = chosen_fields(typed)
    if not choice:
        raise click.UsageError("--field, --kind-field: expected at least one field, found none")
    require_purpose(typed, opens=True)
    if target is None and not typed["dry_run"]:
        raise click.UsageError("--to: expected FILE, found none")
    recipient = recipient_fields(typed["recipient"])
    if target is not None:
        require_free(target)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        asked = chosen_records(session, ledger, typed, choice)
        signed = newest_signed(session, ledger)
        if typed["dry_run"] or target is None:
            write_preview(session, ledger, asked, signed.checkpoint.size, form)
            return 0
        facts = _export(
            ledger, asked, signed, target, purpose=typed["purpose"], recipient=recipient
        )
    write_facts(f"disclosures written to {facts['to']}", facts, form, session)
    return 0


def _export(
    ledger: "Ledger",
    asked: "Asked",
    signed: "Signed",
    target: Path,
    *,
    purpose: str,
    recipient: dict[str, Any],
) -> dict[str, Any]:
    """Writes the file and records that it was handed out; what it holds, for the answer."""
    from cli.asked import asked_records, question_of, read_for_export  # noqa: PLC0415 - start time: see cli/app.py
    from cli.bundle_writing import write_file  # noqa: PLC0415 - likewise
    from formats.bundle.disclosed import disclosure_file  # noqa: PLC0415 - likewise
    from ledger.granting import granted_fields  # noqa: PLC0415 - likewise
    from ledger.handing_out import record_handing_out  # noqa: PLC0415 - likewise
    from ledger.verification.disclosure_file import encode_disclosure_file  # noqa: PLC0415 - likewise

    rows = asked_records(ledger, asked, signed.checkpoint.size)
    reading = reading_of(purpose)
    opening = read_for_export(ledger, asked, reading, rows)
    grants = granted_fields(ledger, rows, opening, asked.choice)
    file = disclosure_file(ledger, signed.checkpoint, rows, grants, question_of(ledger, asked))
    raw = encode_disclosure_file(file)
    facts = {
        "to": str(target),
        "origin": file.origin,
        "size": file.size,
        "root": signed.checkpoint.root,
        "records": len(rows),
        "first_index": rows[0].index,
        "opened": sum(len(grant.disclosures) for grant in grants),
        "closed": sum(len(grant.closed) for grant in grants),
        "erased": [each for grant in grants for each in erased_fields(grant)],
        "manifest_sha256": sha256(raw).hexdigest(),
    }

    def before() -> None:
        record_handing_out(ledger, facts, reading.reader, reason=purpose, **recipient)

    write_file(raw, target, before=before)
    return facts
