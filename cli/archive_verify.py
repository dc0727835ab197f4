"""`zegel archive verify`: checks an archive by itself, for whoever has a key and no log."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.archive import TABLE
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_csv, write_document, write_line
from cli.progress import progress
from cli.session import Session
from cli.verify import FINDING_COLUMNS, finding_row

if TYPE_CHECKING:
    from datetime import tzinfo

    from ledger.archive.archive_check import ArchiveReport
    from ledger.notes.checkpoint import KeyTerm


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel archive verify",
        "zegel archive verify s3://bucket/zegel --key log.example/a+1a2b3c4d+AQ…",
    ),
    short_help=TABLE["verify"].short_help,
)
@click.argument("url", required=False)
@click.option("--key", "keys", multiple=True, metavar="VKEY", help="Believe this verifier key.")
@click.option(
    "--keys-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Believe each key of this verifier-keys file for the sizes it may sign.",
)
@output_options
@click.pass_obj
def verify(
    session: Session,
    /,
    url: str | None,
    keys: tuple[str, ...],
    keys_file: Path | None,
    form: str | None,
) -> int:
    """Check every segment of an archive: manifests, files, records, links and roots.

    With --key or --keys-file neither a log nor a home is needed; without, those of this home are
    believed. That the last segments were taken away is found by zegel verify, not here.
    """
    from ledger.archive.archive_check import check_archive  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    terms = _trusted(session, keys, keys_file)
    where = url if url is not None else _known_place(session)
    with progress("verifying", None, "records") as advance:
        report = check_archive(where, _origin(terms), terms, advance)
    _write(report, chosen, session.zone)
    if report.outcome == "empty":
        note(f"zegel: nothing was verified: {where} has no segments")
        return ExitCode.UNAVAILABLE
    for path in report.unsigned:
        note(f"zegel: {path}: no signed manifest names it; `zegel archive` may have been cut short")
    return ExitCode.EVIDENCE_BROKEN if report.outcome == "broken" else ExitCode.FINE


def _trusted(
    session: Session, keys: tuple[str, ...], keys_file: Path | None
) -> "tuple[KeyTerm, ...]":
    """The keys of one log, as typed or as the home has them.

    Raises:
        UsageError: two ways were given, or none and there is no home.
    """
    from ledger.notes.checkpoint import KeyTerm  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.notes.note_keys import VerifierKey  # noqa: PLC0415 - likewise
    from ledger.signing.key_terms import read_terms  # noqa: PLC0415 - likewise

    if keys and keys_file is not None:
        raise click.UsageError("--key, --keys-file: expected one of them, found both")
    if keys_file is not None:
        return read_terms(keys_file)
    found = tuple(KeyTerm(VerifierKey.from_vkey(key)) for key in keys)
    found = found or session.signing_folder().terms()
    if not found:
        raise click.UsageError(
            "--key, --keys-file: expected one of them where there is no home with keys, found none"
        )
    return found


def _origin(terms: "tuple[KeyTerm, ...]") -> str:
    """The log that the keys are of."""
    names = sorted({term.key.name for term in terms})
    if len(names) != 1:
        raise click.UsageError(f"--key: expected keys of one log, found {', '.join(names)}")
    return names[0]


def _known_place(session: Session) -> str:
    """Where the archive of this home is."""
    from ledger.errors import BadRequest  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.store.archived import ArchivedTable  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        found = ArchivedTable(ledger.log.engine, ledger.log.log_id).url()
    if found is None:
        raise BadRequest("archive: expected one of this log, found none; `zegel archive --to URL`")
    return found


def report_document(report: "ArchiveReport") -> dict[str, Any]:
    """The report as one JSON object."""
    fault = report.first_fault
    return {
        "outcome": report.outcome,
        "archive": report.url,
        "origin": report.origin,
        "segments": report.segments,
        "first_index": report.first if report.segments else None,
        "last_index": report.stop - 1 if report.segments else None,
        "records_checked": report.records_checked,
        "disclosures_checked": report.disclosures_checked,
        "unsigned_files": list(report.unsigned),
        "counts": dict(report.counts),
        "first_fault": finding_row(fault) if fault else None,
        "findings": [finding_row(finding) for finding in report.findings],
    }


def _write(report: "ArchiveReport", form: str, zone: "tzinfo") -> None:
    if form == "table":
        _draw(report, zone)
    elif form == "csv":
        write_csv(map(finding_row, report.findings), FINDING_COLUMNS)
    elif form == "json":
        write_document(report_document(report))
    else:
        write_line(report_document(report))


def _draw(report: "ArchiveReport", zone: "tzinfo") -> None:
    from cli.rendering import draw_facts, draw_line, draw_rows  # noqa: PLC0415 - Rich is loaded only to draw

    if report.outcome == "valid":
        draw_line("VALID: every segment is as the log signed it", style="good", mark="✓")
    elif report.outcome == "empty":
        draw_line("nothing verified: no segments", style="warning", mark="⚠")
    else:
        draw_line(f"EVIDENCE BROKEN: {report.first_fault}", style="bad", mark="✗")
    document = report_document(report)
    names = ("archive", "origin", "segments", "first_index", "last_index", "records_checked")
    facts = [(name.replace("_", " "), document[name]) for name in names]
    draw_facts([*facts, ("disclosures checked", report.disclosures_checked)], zone)
    if len(report.findings) > 1:
        draw_rows(map(finding_row, report.findings), FINDING_COLUMNS, zone)
