"""`zegel backup --to FILE`: copies the database while the log runs, and verifies the copy."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_line
from cli.progress import Advance, progress
from cli.session import Session
from cli.verify import finding_row
from cli.verify_levels import usable_cores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.backing_up import Backup, CheckedLog
    from ledger.home import Home

EXAMPLES: Final = (
    "zegel backup --to /backup/zegel-2026-11-22.db",
    "zegel backup --to \"/backup/$(date +%F).db\" --json | jq -r '.logs[].outcome'",
    "zegel --database sqlite:////backup/zegel-2026-11-22.db verify",
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Copy the database while it is written to."
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to write the copy; nothing may be there yet.",
)
@output_options
@click.pass_obj
def backup(session: Session, /, target: Path, form: str | None) -> int:
    """Copy the database as of one moment, while it is written to, and verify the copy.

    Every log of the home is verified where it lies in the copy. The keys are not in it: keep them
    elsewhere, or the erased could be read again. Of a PostgreSQL database pg_dump makes the copy.
    Ends with 3 where a copied history is broken: the copy is kept, as evidence.
    """
    from ledger.backing_up import back_up, checked, trusts  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    home = session.open_home()
    trusted = trusts(home)
    with progress("copying", None, "bytes") as advance:
        made = back_up(
            home, target, database=session.database, copied=lambda done, _total: advance(done)
        )
    logs = list(checked(made, trusted, _verifying, jobs=usable_cores()))
    facts = _facts(made, logs)
    if chosen == "json":
        write_document(facts)
    elif chosen == "table":
        _draw(made, facts, logs, session)
    else:
        write_line(facts)
    _say_what_is_missing(home, made, logs)
    is_broken = any(each.report.outcome == "broken" for each in logs)
    return ExitCode.EVIDENCE_BROKEN if is_broken else ExitCode.FINE


def _verifying(name: str, records: int) -> AbstractContextManager[Advance]:
    return progress(f"verifying {name}", records, "records")


def _facts(made: "Backup", logs: "Iterable[CheckedLog]") -> dict[str, Any]:
    with made.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return {
        "to": str(made.path),
        "database": made.database,
        "size_bytes": made.size_bytes,
        "sha256": digest.hexdigest(),
        "logs": [_log_facts(each) for each in logs],
    }


def _log_facts(log: "CheckedLog") -> dict[str, Any]:
    report = log.report
    return {
        "log": log.name,
        "origin": report.origin,
        "outcome": report.outcome,
        "size": report.size,
        "root": report.root,
        "signed_size": report.signed_size,
        "findings": [finding_row(each) for each in report.findings if each.is_fault],
    }


def _draw(
    made: "Backup", facts: dict[str, Any], logs: "Iterable[CheckedLog]", session: Session
) -> None:
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line(f"copied to {made.path}", style="good", mark="✓")
    draw_facts([("bytes", facts["size_bytes"]), ("SHA-256", facts["sha256"])], session.zone)
    for each in logs:
        report = each.report
        told = f"{each.name}: {report.outcome}, {report.size} records, root {report.root.hex()}"
        if report.outcome == "broken":
            draw_line(f"{told}: {report.first_fault}", style="bad", mark="✗")
        else:
            draw_line(told, style="good", mark="✓")


def _say_what_is_missing(home: "Home", made: "Backup", logs: "Iterable[CheckedLog]") -> None:
    """Says what else somebody needs who restores, and what nobody verified."""
    from ledger.backing_up import origins_in  # noqa: PLC0415 - the copy is made by now

    for origin in sorted(origins_in(made) - {each.report.origin for each in logs}):
        note(f"zegel: {origin} is in the copy too, of another home: not verified")
    for each in logs:
        if each.archive is not None:
            note(f"{each.name}: archived records are not in it: they stand in {each.archive}")
    note(f"keys and signer state are not in it: keep those of {home.folder} apart from it")
