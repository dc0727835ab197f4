"""`zegel breach reach`: how far an incident reached, and who could have known when."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.known_words import known_case
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.pruned_note import say_pruned
from cli.questions import TIME_HELP, time_reader
from cli.session import Session
from cli.words import system_word
from formats.answers.record import short_kind
from formats.sentences import sentence
from formats.shown_times import show_window
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from ledger.ledger import Ledger
    from projections.cases.reading import Moment
    from projections.investigation.asked_reach import Within
    from projections.investigation.blast_radius import BlastRadius

EXAMPLES: Final = (
    "zegel breach reach --ip 203.0.113.7 --since 2026-11-20 --until 2026-11-21",
    "zegel breach reach B-7 --account person:j.jansen@example.nl",
    "zegel breach reach B-7 --system infactor-web --json",
)
PART_COLUMNS: Final = (
    Column("part", "reached", "word"),
    Column("name", "which", "word"),
    Column("count", "facts", "count"),
    Column("records", "records", "count"),
    Column("bytes", "bytes", "bytes"),
    Column("first_at", "first", "instant"),
    Column("last_at", "last", "instant"),
    Column("first_index", "first record", "index"),
    Column("last_index", "last record", "index"),
)
SIGNAL_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("recorded_at", "recorded", "instant"),
    Column("kind", "kind", "word"),
    Column("lead", "earlier than awareness", "duration"),
    Column("before_awareness", "recorded before it", "word"),
    Column("sentence", "what happened", "prose"),
)


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Show how far an incident reached.")
@click.argument("case", metavar="[BREACH]", required=False)
@click.option("--account", "people", multiple=True, metavar="PERSON", help="From this account.")
@click.option("--ip", "addresses", multiple=True, metavar="ADDRESS", help="From this address.")
@click.option("--subject", "subjects", multiple=True, metavar="SUBJECT", help="About this subject.")
@click.option("--system", "systems", multiple=True, type=system_word(), help="In this system.")
@click.option("--since", metavar="TIME", help=f"Occurred at or after: {TIME_HELP}.")
@click.option("--until", metavar="TIME", help="Occurred before.")
@moment_options
@output_options
@click.pass_obj
def reach(session: Session, /, case: str | None, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show how far an incident reached from an account, an address or a system.

    Reached is whatever was done from the address, by the accounts that were let in from it, by the
    accounts named, or in the systems named. With a BREACH its window and its moment of awareness
    are used: the signals from a day before it until awareness answer "when could we have known?",
    with how much earlier each occurred, and whether this log had it by then.
    """
    if not any(typed[name] for name in ("people", "addresses", "subjects", "systems")):
        raise click.UsageError("expected --account, --ip, --subject or --system, found none")
    from projections.investigation.asked_reach import named_extent  # noqa: PLC0415 - start time
    from projections.investigation.blast_radius import blast_radius  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        window, signals, aware_at = _within(session, ledger, case, moment, typed)
        named = named_extent(ledger, typed, typed["systems"], window, moment.known_size)
        for identity in named.unknown:
            note(f"{identity}: nobody of that name is in the log")
        found = blast_radius(ledger, named.extent, aware_at=aware_at, signals_within=signals)
    chosen = choose_form(form)
    if chosen == "json":
        write_document(_document(found, aware_at))
        return 0
    note(f"occurred {show_window(*window, session.zone) or 'at any time'}")
    write_rows(_part_rows(found), PART_COLUMNS, chosen, session.zone)
    note(
        f"{found.facts} facts reached data"
        + (f"; {found.untold_subjects} people are only counted" if found.untold_subjects else "")
    )
    if chosen == "table" and found.signals:
        from cli.rendering import draw_gap, draw_heading  # noqa: PLC0415 - Rich is loaded only to draw

        draw_gap()
        draw_heading("When could we have known?")
    write_rows(_signal_rows(found, session.zone), SIGNAL_COLUMNS, chosen, session.zone)
    return 0


def _within(
    session: Session,
    ledger: "Ledger",
    case: str | None,
    moment: "Moment",
    typed: dict[str, Any],
) -> "Within":
    """The windows as typed, else those of the breach."""
    from projections.cases.breach_reading import read_breach  # noqa: PLC0415 - start time
    from projections.investigation.asked_reach import within  # noqa: PLC0415 - likewise

    reader = time_reader(session, ledger)
    since = read_time(reader, typed["since"], "--since")
    until = read_time(reader, typed["until"], "--until")
    breach = None
    if case is not None:
        breach = read_breach(ledger, known_case(ledger, "breach", case), moment)
    return within(breach, moment.as_of, since, until)


def _part_rows(found: "BlastRadius") -> "Iterator[dict[str, Any]]":
    for part, reached in found.parts.items():
        for each in reached:
            yield {
                "part": part,
                "name": each.name,
                "count": each.count,
                "records": each.records or None,
                "bytes": each.bytes or None,
                "first_at": each.first_at,
                "last_at": each.last_at,
                "first_index": each.first_index,
                "last_index": each.last_index,
            }


def _signal_rows(found: "BlastRadius", zone: "tzinfo") -> "Iterator[dict[str, Any]]":
    for signal in found.signals:
        yield {
            "signal": True,
            "index": signal.index,
            "occurred_at": signal.occurred_at,
            "recorded_at": signal.recorded_at,
            "kind": short_kind(signal.kind),
            "lead": signal.lead,
            "before_awareness": signal.before_awareness,
            "sentence": sentence(signal.event, zone),
        }


def _document(found: "BlastRadius", aware_at: "datetime | None") -> dict[str, Any]:
    from datetime import UTC  # noqa: PLC0415 - start time: see cli/app.py

    return {
        "since": found.extent.since,
        "until": found.extent.until,
        "known_size": found.extent.known_size,
        "aware_at": aware_at,
        "facts": found.facts,
        "reached": list(_part_rows(found)),
        "counted_subjects": found.untold_subjects,
        "signals": list(_signal_rows(found, UTC)),
    }
