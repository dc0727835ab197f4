"""`zegel ask touched SUBJECT`: who touched the data of somebody, and why."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.questions import TIME_HELP, known_size_of, time_reader
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.session import Session
from formats.answers.record import event_fields, short_kind
from formats.sentences import sentence
from formats.shown_times import show_window
from formats.typed_times import read_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from projections.investigation.touches import Touch

EXAMPLES: Final = (
    "zegel ask touched data-subject:customer:4711 --since 2026-01-01 --until 2026-02-01",
    (
        "zegel ask touched data-subject:customer:4711 --identities "
        "--purpose 'incident-investigation: 2026-14'"
    ),
)
COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("system", "system", "word"),
    Column("who", "who", "token"),
    Column("purpose", "purpose", "word"),
    Column("legal_basis", "basis", "word"),
    Column("grounds", "allowed by", "list"),
    Column("sentence", "what happened", "prose"),
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show who touched the data of somebody, and why.",
)
@click.argument("subject", metavar="SUBJECT")
@click.option("--since", metavar="TIME", help=f"Occurred at or after: {TIME_HELP}.")
@click.option("--until", metavar="TIME", help="Occurred before.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then; @INDEX names a record."
)
@identity_options
@output_options
@click.pass_obj
def touched(session: Session, /, subject: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show every use, exchange, processing, storing and deleting that names a data subject.

    With the purpose, the legal basis and what allows it, as the source reported them: where these
    are empty, nobody said why. What was done with a whole file or dataset names nobody in it.
    """
    require_purpose(typed)
    from ledger.query import EventQuery  # noqa: PLC0415 - start time: see cli/app.py
    from projections.investigation.touches import TOUCHING, touches  # noqa: PLC0415 - likewise

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        reader = time_reader(session, ledger)
        since = read_time(reader, typed["since"], "--since")
        until = read_time(reader, typed["until"], "--until")
        if not ledger.subjects_matching(subject):
            note(f"{subject}: nobody of that name is in the log")
        note(f"occurred {show_window(since, until, session.zone) or 'at any time'}")
        is_refused = typed["identities"] and not may_see_identities(ledger)
        is_shown = typed["identities"] and not is_refused
        known = known_size_of(session, ledger, typed["as_known"]) or ledger.head().size
        query = EventQuery(
            subject=subject, kinds=TOUCHING, since=since, until=until, known_size=known
        )
        reading = reading_of(typed["purpose"]) if is_shown else None
        found = list(ledger.read(query, reading=reading))
        people = chosen in {"table", "csv"}
        rows = [_row(each, session.zone, people=people) for each in touches(ledger, found, known)]
        write_rows(rows, COLUMNS, chosen, session.zone)
    return ExitCode.NOT_AUTHORISED if is_refused else ExitCode.FINE


def _row(touch: "Touch", zone: "tzinfo", *, people: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "index": touch.index,
        "occurred_at": touch.occurred_at,
        "kind": short_kind(touch.kind),
        "system": touch.system,
        "who": touch.who,
        "purpose": touch.purpose,
        "legal_basis": touch.legal_basis,
        "grounds": touch.grounds,
        "justification": touch.justification,
    }
    if people:
        row["grounds"] = [f"{word} {name}" for word, name in touch.grounds.items()]
        row["sentence"] = sentence(touch.event, zone)
    else:
        row["event"] = event_fields(touch.event)
    return row
