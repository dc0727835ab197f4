"""`zegel export bundle`: evidence about some records, for somebody who has no log."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand
from cli.output import choose_form, note, write_line
from cli.questions import TIME_HELP, read_time, time_reader
from cli.reader import reading_of
from cli.sentences import counted
from cli.session import Session
from cli.times import show_window

if TYPE_CHECKING:
    from cli.bundle_evidence import Asked, Signed
    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel export bundle --since 2026-11-01 --until 2026-12-01 --to november.zip",
    "zegel export bundle --subject person:j.doe --identities --purpose 'request 7' --to request-7",
    "zegel export bundle --case breach:2026-3 --to dossier.zip",
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Write evidence that anybody verifies without us.",
)
@click.option("--since", metavar="TIME", help=f"Occurred at or after: {TIME_HELP}.")
@click.option("--until", metavar="TIME", help="Occurred before.")
@click.option("--subject", metavar="SUBJECT", help="About this identity or token, and no others.")
@click.option("--case", metavar="CASE", help="Of this case: NAMESPACE:ID, or the id of its stream.")
@click.option(
    "--identities",
    is_flag=True,
    help="Open personal fields, with --subject only theirs; needs --purpose and is recorded.",
)
@click.option("--purpose", metavar="TEXT", help="Why it is handed out; kept in the log.")
@click.option(
    "--no-mirror",
    is_flag=True,
    help="Only the records asked for, without tiles and the sealed records beside them; always so "
    "with --subject and --case.",
)
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR|FILE.zip",
    help="Where to write it; nothing may be there yet.",
)
@click.pass_obj
def bundle(session: Session, /, target: Path, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Write evidence that anybody verifies without us: open its dossier.html in a browser.

    Holds the newest checkpoint, the records asked for with their proofs, policy, time stamps, and
    what may be opened. Personal fields stay closed unless --identities is given. That it was handed
    out is recorded in the log. zegel verify --bundle checks it.
    """
    if typed["identities"] and not typed["purpose"]:
        raise click.UsageError("--identities: expected --purpose TEXT beside it, found none")
    from cli.bundle_evidence import signed_checkpoint  # noqa: PLC0415 - start time: see cli/app.py
    from cli.bundle_writing import require_free  # noqa: PLC0415 - likewise
    from ledger.anchors.settings import read_anchor_settings  # noqa: PLC0415 - likewise

    require_free(target)
    home = session.open_home()
    settings = read_anchor_settings(home.all_settings(), home.folder)
    with session.open_ledger() as ledger:
        asked = _asked(session, ledger, typed)
        signed = signed_checkpoint(ledger, session.signing_folder().terms(), settings)
        for error in signed.left_out:
            note(f"zegel: an anchor is left out: {error}")
        beyond = ledger.head().size - signed.checkpoint.size
        if beyond > 0:
            note(f"zegel: left out, not signed yet: the newest {counted(beyond, 'record')}")
        facts = _export(ledger, asked, signed, target, typed["purpose"])
    _write(facts, session)
    return 0


def _asked(session: Session, ledger: "Ledger", typed: dict[str, Any]) -> "Asked":
    from cli.bundle_evidence import Asked  # noqa: PLC0415 - start time: see cli/app.py

    reader = time_reader(session, ledger)
    since = read_time(reader, typed["since"], "--since")
    until = read_time(reader, typed["until"], "--until")
    if since or until:
        note(f"occurred {show_window(since, until, session.zone)}")
    is_whole = typed["subject"] is None and typed["case"] is None
    return Asked(
        since=since,
        until=until,
        subject=typed["subject"],
        case=typed["case"],
        opens=typed["identities"],
        is_mirror=is_whole and not typed["no_mirror"],
    )


def _export(
    ledger: "Ledger", asked: "Asked", signed: "Signed", target: Path, purpose: str | None
) -> dict[str, Any]:
    """Writes the bundle and records that it was handed out; what it holds, for the answer."""
    from cli.bundle_evidence import asked_records, evidence_of, reading_text  # noqa: PLC0415 - start time: see cli/app.py
    from cli.bundle_writing import write_bundle  # noqa: PLC0415 - likewise
    from formats.bundle.files import bundle_files  # noqa: PLC0415 - likewise

    rows = asked_records(ledger, asked, signed.checkpoint.size)
    reading = reading_of(purpose)
    if asked.opens:
        ledger.record_reading(reading, reading_text(ledger, asked), len(rows))
    evidence = evidence_of(ledger, asked, signed, rows)
    facts = {
        "to": str(target),
        "origin": signed.checkpoint.origin,
        "size": signed.checkpoint.size,
        "root": signed.checkpoint.root,
        "records": len(rows),
        "first_index": rows[0].index,
        "opened": sum(len(record.disclosures) for record in evidence.records),
        "time_stamps": len(evidence.time_stamps),
        "manifest_sha256": "",
    }

    def seen() -> Iterator[tuple[str, bytes]]:
        for path, raw in bundle_files(evidence):
            yield path, raw
            facts["manifest_sha256"] = sha256(raw).hexdigest()  # the last file is the manifest

    write_bundle(seen(), target, before=lambda: _record(ledger, facts, reading.reader, purpose))
    return facts


def _record(ledger: "Ledger", facts: dict[str, Any], actor: str, purpose: str | None) -> None:
    from ledger.events.log_integrity import LogExportIssued  # noqa: PLC0415 - start time: see cli/app.py

    ledger.record(
        LogExportIssued(
            occurred_at=ledger.clock(),
            actor=actor,
            manifest_sha256=facts["manifest_sha256"],
            first_index=facts["first_index"],
            tree_size=facts["size"],
            root_sha256=facts["root"].hex(),
            records=facts["records"],
            reason=purpose,
        )
    )


def _write(facts: dict[str, Any], session: Session) -> None:
    if choose_form(None) != "table":
        write_line(facts)
        return
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line(f"bundle written to {facts['to']}", style="good", mark="✓")
    draw_facts(
        [(name.replace("_", " "), _shown(value)) for name, value in facts.items()], session.zone
    )


def _shown(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
