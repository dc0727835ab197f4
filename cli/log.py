"""`zegel log`: searches the history and shows one row for each record."""

import dataclasses
import sys
import time
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.history import conclude, filter_options, history_query, refuse_contradictions, watched
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.record_view import LOG_COLUMNS
from cli.session import Session
from formats.answers.log_row import log_row
from formats.answers.record import looked_at_word, record_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord
    from ledger.query import EventQuery

SECONDS_BETWEEN_LOOKS: Final = 0.5
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
    """What the command line of `zegel log` asked for beside its filters, as typed."""

    tells_looking: bool
    follow: bool
    limit: int | None
    identities: bool
    purpose: str | None


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Search the history.")
@filter_options
@click.option("-f", "--follow", is_flag=True, help="Wait for what is recorded next.")
@click.option("-r", "--reverse", is_flag=True, help="Newest first.")
@identity_options
@output_options
@click.pass_obj
def log(session: Session, /, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Search the history, in the order of recording.

    People are shown by tokens. The window is half-open and is said on standard error as understood.
    """
    _refuse_contradictions(typed)
    options = LogOptions(
        tells_looking=typed["looked_at"] is not None,
        follow=typed["follow"],
        limit=typed["limit"],
        identities=typed["identities"],
        purpose=typed["purpose"],
    )
    form = choose_form(typed["form"])
    people = form in {"table", "csv"}
    damaged: list[int] = []
    with session.open_ledger() as ledger:
        query = history_query(session, ledger, typed)
        query = dataclasses.replace(query, reverse=typed["reverse"])
        say_pruned(ledger)
        is_refused = options.identities and not may_see_identities(ledger)
        if is_refused:
            options = dataclasses.replace(options, identities=False)
        found = watched(_read(ledger, query, options), damaged)
        zone = session.zone
        rows = _told(found, options, zone, people=people)
        first = list(islice(rows, 1))  # nothing is waited for that would not be written next
        write_rows(chain(first, rows), LOG_COLUMNS, form, zone)
        if not first:
            note("no record fits" if ledger.head().size else "the log has no records yet")
    concluded = conclude(damaged)
    return ExitCode.NOT_AUTHORISED if is_refused and not concluded else concluded


def _refuse_contradictions(typed: dict[str, Any]) -> None:
    require_purpose(typed)
    refuse_contradictions(typed)
    if typed["follow"] and (typed["reverse"] or typed["identities"]):
        found = "--reverse" if typed["reverse"] else "--identities"
        raise click.UsageError(
            f"--follow: expected tokens in the order of recording, found {found}"
        )


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
        if options.tells_looking:
            row["looked_at"] = looked_at_word(opened)
            if people and row["looked_at"] == "possibly":
                row["sentence"] = f"possibly: {row['sentence']}"
        yield row
