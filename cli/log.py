"""`zegel log`: searches the history and shows one row for each record."""

import dataclasses
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.questions import TIME_HELP, known_size_of, time_reader
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.record_view import LOG_COLUMNS
from cli.session import Session
from cli.words import kind_word, system_word
from formats.answers.log_row import log_row
from formats.answers.record import looked_at_word, record_document
from formats.shown_times import show_window
from formats.typed_times import end_of_span, read_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord
    from ledger.query import EventQuery

SECONDS_BETWEEN_LOOKS: Final = 0.5
SPAN_AROUND: Final = "24h"
EXAMPLES: Final = (
    "zegel log --since yesterday --system infactor-web",
    "zegel log --actor person:j.jansen@example.nl --around 41 --within 24h",
    (
        "zegel log --looked-at person:j.jansen@example.nl --since 2026-01-01 --identities "
        "--purpose 'incident-investigation: 2026-14'"
    ),
)


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What the command line of `zegel log` asked for, as typed."""

    since: str | None
    until: str | None
    around: str | None
    within: str | None
    kinds: tuple[str, ...]
    without: tuple[str, ...]
    system: str | None
    actor: str | None
    ip: str | None
    subject: str | None
    looked_at: str | None
    grep: str | None
    as_known: str | None
    follow: bool
    reverse: bool
    limit: int | None
    identities: bool
    purpose: str | None
    form: str | None


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Search the history.")
@click.option("--since", metavar="TIME", help=f"Occurred at or after: {TIME_HELP}.")
@click.option("--until", metavar="TIME", help="Occurred before.")
@click.option(
    "--around", metavar="INDEX|EVENT-ID", help="Occurred before and after this record, --within."
)
@click.option("--within", metavar="SPAN", help="How long before and after: 24h, 3d. Default: 24h.")
@click.option(
    "--kind",
    "kinds",
    type=kind_word(),
    multiple=True,
    help="A kind or a group of kinds; repeat for more.",
)
@click.option(
    "--without",
    type=kind_word(),
    multiple=True,
    help="Leave out a kind or a group of kinds; repeat for more.",
)
@click.option("--system", type=system_word(), metavar="ID", help="Reported by this system.")
@click.option("--actor", metavar="PERSON", help="Done by: person:ACCOUNT, or a token.")
@click.option("--ip", metavar="ADDRESS", help="About or from this address, or its token.")
@click.option("--subject", metavar="SUBJECT", help="About: data-subject:TYPE:ID, or a token.")
@click.option("--grep", metavar="REGEX", help="Only records whose shown JSON matches.")
@click.option(
    "--as-known", metavar="TIME", help="Only what was recorded by then; @INDEX names a record."
)
@click.option("-f", "--follow", is_flag=True, help="Wait for what is recorded next.")
@click.option("-r", "--reverse", is_flag=True, help="Newest first.")
@click.option(
    "-n", "limit", type=click.IntRange(min=1), metavar="NUMBER", help="So many records at most."
)
@click.option(
    "--looked-at",
    metavar="SUBJECT",
    help="Only readings that showed this identity or token: who looked, when, how much.",
)
@identity_options
@output_options
@click.pass_obj
def log(session: Session, /, **typed: Any) -> int:  # noqa: ANN401 - the fields of LogOptions
    """Search the history, in the order of recording.

    People are shown by tokens. The window is half-open and is said on standard error as understood.
    """
    options = LogOptions(**typed)
    _refuse_contradictions(options)
    form = choose_form(options.form)
    people = form in {"table", "csv"}
    damaged: list[int] = []
    with session.open_ledger() as ledger:
        query = _query(session, ledger, options)
        say_pruned(ledger)
        is_refused = options.identities and not may_see_identities(ledger)
        if is_refused:
            options = dataclasses.replace(options, identities=False)
        found = _watched(_read(ledger, query, options), damaged)
        zone = session.zone
        rows = _told(found, options, zone, people=people)
        write_rows(rows, LOG_COLUMNS, form, zone)
    concluded = _conclude(damaged)
    return ExitCode.NOT_AUTHORISED if is_refused and not concluded else concluded


def _refuse_contradictions(options: LogOptions) -> None:
    require_purpose(dataclasses.asdict(options))
    if options.within and not options.around:
        raise click.UsageError("--within: expected --around INDEX beside it, found none")
    if options.around and (options.since or options.until):
        raise click.UsageError("--around: expected no --since and no --until, found one")
    if options.follow and (options.reverse or options.identities):
        found = "--reverse" if options.reverse else "--identities"
        raise click.UsageError(
            f"--follow: expected tokens in the order of recording, found {found}"
        )


def _query(session: Session, ledger: "Ledger", options: LogOptions) -> "EventQuery":
    from ledger.query import EventQuery, kinds_of  # noqa: PLC0415 - the ledger is open by now

    since, until = _window(session, ledger, options)
    if since or until:
        note(f"occurred {show_window(since, until, session.zone)}")
    return EventQuery(
        since=since,
        until=until,
        kinds=tuple(kind for typed in options.kinds for kind in kinds_of(typed)),
        without=tuple(kind for typed in options.without for kind in kinds_of(typed)),
        system=options.system,
        actor=options.actor,
        ip=options.ip,
        subject=options.subject,
        looked_at=options.looked_at,
        grep=options.grep,
        known_size=known_size_of(session, ledger, options.as_known),
        limit=options.limit,
        reverse=options.reverse,
    )


def _window(
    session: Session, ledger: "Ledger", options: LogOptions
) -> "tuple[datetime | None, datetime | None]":
    """The window as typed: by its ends, or by the record in its middle."""
    reader = time_reader(session, ledger)
    if options.around is None:
        return (
            read_time(reader, options.since, "--since"),
            read_time(reader, options.until, "--until"),
        )
    from ledger.named_record import find_record  # noqa: PLC0415 - only where a record is named

    middle = find_record(ledger, options.around)
    moment = reader.read(f"@{middle.index}")
    span = end_of_span(reader, options.within or SPAN_AROUND, "--within") - reader.now
    return moment - span, moment + span


def _read(ledger: "Ledger", query: "EventQuery", options: LogOptions) -> "Iterator[OpenedRecord]":
    """The records of the question; with `--follow` also those that are recorded from now on."""
    if not options.follow:
        yield from ledger.read(
            query, reading=reading_of(options.purpose) if options.identities else None
        )
        return
    size = ledger.head().size
    yield from ledger.read(dataclasses.replace(query, stop=size))
    while options.limit is None:
        sys.stdout.flush()
        time.sleep(SECONDS_BETWEEN_LOOKS)
        grown = ledger.head().size
        if grown > size:
            yield from ledger.read(dataclasses.replace(query, start=size, stop=grown))
            size = grown


def _told(
    found: "Iterator[OpenedRecord]", options: LogOptions, zone: "tzinfo", *, people: bool
) -> "Iterator[dict[str, Any]]":
    """The records as they are written, readings marked where they may not have shown somebody."""
    for opened in found:
        row = log_row(opened, zone) if people else record_document(opened)
        if options.looked_at is not None:
            row["looked_at"] = looked_at_word(opened)
            if people and row["looked_at"] == "possibly":
                row["sentence"] = f"possibly: {row['sentence']}"
        yield row


def _watched(found: "Iterator[OpenedRecord]", damaged: list[int]) -> "Iterator[OpenedRecord]":
    """The same records; those whose bytes no longer hold the event of a known kind are noted."""
    from ledger.events import KINDS  # noqa: PLC0415 - the ledger is open by now

    for opened in found:
        if opened.event is None and opened.stored.kind in KINDS:
            damaged.append(opened.stored.index)
        yield opened


def _conclude(damaged: list[int]) -> ExitCode:
    if not damaged:
        return ExitCode.FINE
    raw = f"{len(damaged)} records shown raw"
    note(f"zegel: evidence broken at index {damaged[0]} ({raw}); run zegel verify")
    return ExitCode.EVIDENCE_BROKEN
