"""`zegel export bundle`: evidence about some records, for somebody who has no log."""

import dataclasses
from collections.abc import Iterator
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
    "zegel export bundle --since 2026-11-01 --until 2026-12-01 --to november.zip",
    "zegel export bundle --subject person:j.doe --identities --purpose audit --to j-doe",
    "zegel export bundle --case breach:2026-3 --field actor --purpose audit --to dossier.zip",
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Write evidence that anybody verifies without us.",
)
@click.argument("places", nargs=-1, metavar="[INDEX|FIRST-LAST]...")
@record_options
@field_options
@click.option(
    "--identities",
    is_flag=True,
    help="Open every personal field, with --subject only theirs; needs --purpose, is recorded.",
)
@click.option("--purpose", metavar="TEXT", help=PURPOSE_HELP)
@click.option("--recipient", metavar="WHO", help=RECIPIENT_HELP)
@click.option(
    "--no-mirror",
    is_flag=True,
    help="Only the records asked for, without tiles and the sealed records beside them; always so "
    "with --subject, --actor, --ip, --case and indexes.",
)
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
def bundle(
    session: Session,
    /,
    target: Path | None,
    form: str | None,
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """Write evidence that anybody verifies without us: open its dossier.html in a browser.

    Holds the newest checkpoint, the records asked for with their proofs, policy, time stamps, and
    what may be opened. Personal fields stay closed unless --field, --kind-field or --identities
    opens them. That it was handed out is recorded in the log. zegel verify --bundle checks it.
    """
    from cli.bundle_writing import require_free  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.field_choice import EVERY_FIELD  # noqa: PLC0415 - likewise

    fields = EVERY_FIELD if typed["identities"] else chosen_fields(typed)
    require_purpose(typed, opens=bool(fields))
    if target is None and not typed["dry_run"]:
        raise click.UsageError("--to: expected DIR or FILE.zip, found none")
    recipient = recipient_fields(typed["recipient"])
    if target is not None:
        require_free(target)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        asked = chosen_records(session, ledger, typed, fields)
        is_whole = not asked.names_people and not asked.places
        asked = dataclasses.replace(asked, is_mirror=is_whole and not typed["no_mirror"])
        signed = newest_signed(session, ledger)
        if typed["dry_run"] or target is None:
            write_preview(session, ledger, asked, signed.checkpoint.size, form)
            return 0
        facts = _export(
            ledger, asked, signed, target, purpose=typed["purpose"], recipient=recipient
        )
    write_facts(f"bundle written to {facts['to']}", facts, form, session)
    return 0


def _export(
    ledger: "Ledger",
    asked: "Asked",
    signed: "Signed",
    target: Path,
    *,
    purpose: str | None,
    recipient: dict[str, Any],
) -> dict[str, Any]:
    """Writes the bundle and records that it was handed out; what it holds, for the answer."""
    from cli.asked import asked_records, read_for_export  # noqa: PLC0415 - start time: see cli/app.py
    from cli.bundle_evidence import evidence_of  # noqa: PLC0415 - likewise
    from cli.bundle_writing import write_bundle  # noqa: PLC0415 - likewise
    from formats.bundle.files import bundle_files  # noqa: PLC0415 - likewise
    from ledger.field_choice import NO_FIELD  # noqa: PLC0415 - likewise
    from ledger.granting import granted_fields, plan_grants  # noqa: PLC0415 - likewise
    from ledger.handing_out import record_handing_out  # noqa: PLC0415 - likewise

    rows = asked_records(ledger, asked, signed.checkpoint.size)
    reading = reading_of(purpose)
    if asked.choice:
        opening = read_for_export(ledger, asked, reading, rows)
        grants = granted_fields(ledger, rows, opening, asked.choice)
    else:
        grants = plan_grants(ledger, rows, NO_FIELD)
    evidence = evidence_of(ledger, asked, signed, rows, grants)
    facts = {
        "to": str(target),
        "origin": signed.checkpoint.origin,
        "size": signed.checkpoint.size,
        "root": signed.checkpoint.root,
        "records": len(rows),
        "first_index": rows[0].index,
        "opened": sum(len(record.disclosures) for record in evidence.records),
        "erased": [each for grant in grants for each in erased_fields(grant)],
        "time_stamps": len(evidence.time_stamps),
        "manifest_sha256": "",
    }

    def seen() -> Iterator[tuple[str, bytes]]:
        for path, raw in bundle_files(evidence):
            yield path, raw
            facts["manifest_sha256"] = sha256(raw).hexdigest()  # the last file is the manifest

    def before() -> None:
        record_handing_out(ledger, facts, reading.reader, reason=purpose, **recipient)

    write_bundle(seen(), target, before=before)
    return facts
