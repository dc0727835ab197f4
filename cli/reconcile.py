"""`zegel reconcile FILE`: the bans in a database of fail2ban beside those that the log tells of."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.known_systems import remember_systems
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.questions import TIME_HELP, time_reader
from cli.session import Session
from cli.words import system_word
from formats.shown_times import show_window
from formats.typed_times import read_time
from ledger.units import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.reconciling import Reconciled
    from formats.reading import Outcome
    from ledger.ledger import Ledger
    from projections.investigation.told_bans import ToldBlock

EXAMPLES: Final = (
    "zegel reconcile /var/lib/fail2ban/fail2ban.sqlite3 --system gateway",
    "zegel reconcile fail2ban.sqlite3 --system gateway --record",
    "zegel reconcile fail2ban.sqlite3 --system gateway --all --csv > bans.csv",
)
COLUMNS: Final = (
    Column("verdict", "verdict", "word"),
    Column("scope", "kept out of", "word"),
    Column("ip", "address", "token"),
    Column("began_at", "since", "instant"),
    Column("until", "until", "instant"),
    Column("indexes", "told by", "indexes"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Compare fail2ban's database with the log."
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--system",
    type=system_word(),
    metavar="ID",
    help="The system under which the bans are recorded.",
)
@click.option(
    "--machine",
    metavar="NAME",
    help="The machine's own name, where the action in fail2ban states no system.",
)
@click.option(
    "--since",
    metavar="TIME",
    help=f"Miss no ban in the database before: {TIME_HELP}. Default: its first ban.",
)
@click.option(
    "--until",
    metavar="TIME",
    help="Miss none from then on. Default: when the file was written last.",
)
@click.option("--record", is_flag=True, help="Record the bans that the log lacks.")
@click.option("--all", "everything", is_flag=True, help="List the bans too that both tell of.")
@output_options
@click.pass_obj
def reconcile(session: Session, /, file: Path, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Compare the bans in a database of fail2ban with those that the log tells of.

    Listed are the bans that one of both lacks. The address stands there as in the database where
    the log lacks the ban, else as its token. Ends with 0 when both agree, with 3 when they do not.
    A ban that an operator ended is deleted from the database; it is listed with --all.
    """
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        outcomes = _bans(ledger, file, typed["system"])
        reconciled = _reconciled(session, ledger, file, outcomes, typed)
        recorded = typed["record"] and _record(session, ledger, reconciled)
    rows = list(_rows(reconciled, recorded=recorded))
    counts = Counter(row["verdict"] for row in rows)
    quiet = () if typed["everything"] else ("told", "ended since")
    write_rows((row for row in rows if row["verdict"] not in quiet), COLUMNS, chosen, session.zone)
    note(", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "no bans")
    differ = counts["missing"] + counts["only in the log"]
    return ExitCode.EVIDENCE_BROKEN if differ else ExitCode.FINE


def _bans(ledger: "Ledger", file: Path, system: str | None) -> "list[Outcome]":
    """What the reader makes of each ban; those that it cannot read are said."""
    from cli.fail2ban_rows import open_rows  # noqa: PLC0415 - start time: see cli/app.py
    from formats.fail2ban_database import read  # noqa: PLC0415 - likewise
    from formats.reading import ReadContext, Unreadable  # noqa: PLC0415 - likewise

    context = ReadContext(
        derive_id=ledger.derive_id,
        system=system,
        zone=None,
        year=None,
        source_identity=b"",
        now=utc_now(),
    )
    with open_rows(file) as stream:
        outcomes = list(read(stream, context))
    for outcome in outcomes:
        if isinstance(outcome, Unreadable):
            note(f"{file.name}, {outcome.place}: {outcome.reason}")
    return outcomes


def _reconciled(
    session: Session,
    ledger: "Ledger",
    file: Path,
    outcomes: "Sequence[Outcome]",
    typed: dict[str, Any],
) -> "Reconciled":
    from cli.reconciling import reconcile_bans  # noqa: PLC0415 - start time: see cli/app.py

    reader = time_reader(session, ledger)
    since = read_time(reader, typed["since"], "--since")
    until = read_time(reader, typed["until"], "--until") or datetime.fromtimestamp(
        file.stat().st_mtime, UTC
    )
    note(f"bans of the log that occurred {show_window(since, until, session.zone)}")
    return reconcile_bans(
        ledger,
        outcomes,
        system=typed["system"],
        machine=typed["machine"],
        since=since,
        until=until,
    )


def _record(session: Session, ledger: "Ledger", reconciled: "Reconciled") -> bool:
    """Whether all that the log lacked is in it now."""
    from cli.reconciling import record_missing  # noqa: PLC0415 - start time: see cli/app.py

    missing = reconciled.missing()
    if not missing:
        return True
    taken = record_missing(ledger, missing)
    remember_systems(session, taken.systems)
    for refused in taken.unreadable:
        note(f"{refused.place}: {refused.reason}")
    return not taken.unreadable and not taken.conflicts


def _rows(reconciled: "Reconciled", *, recorded: bool) -> "Iterator[dict[str, Any]]":
    for outcome, ban in zip(reconciled.outcomes, reconciled.found.bans, strict=True):
        listed = ban.listed
        verdict = "may be erased" if ban.may_be_erased else "recorded" if recorded else "missing"
        yield {
            "verdict": "told" if ban.told else verdict,
            "scope": listed.scope,
            "ip": ban.told[0].ip if ban.told else getattr(outcome.event, "ip", None),
            "began_at": listed.began_at,
            "until": listed.until,
            "indexes": [block.index for block in ban.told],
        }
    yield from (_only_told(block, "only in the log") for block in reconciled.found.only_told)
    yield from (_only_told(block, "ended since") for block in reconciled.found.ended)


def _only_told(block: "ToldBlock", verdict: str) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "scope": block.scope,
        "ip": block.ip,
        "began_at": block.occurred_at,
        "until": None,
        "indexes": [block.index],
    }
