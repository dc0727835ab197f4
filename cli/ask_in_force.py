"""`zegel ask in-force`: what register, policy, specification and agreements said at a moment."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from formats.sentences import sentence, words
from formats.shown_times import show_instant
from formats.typed_times import read_time
from formats.visible import short_tokens
from ledger.errors import BadRequest
from ledger.named_record import find_record

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.ledger import Ledger
    from projections.investigation.in_force import Concern, InForce

EXAMPLES: Final = (
    "zegel ask in-force 34",
    "zegel ask in-force --as-of 2026-03-01",
    "zegel ask in-force 34 --as-known @34 --json",
)
COLUMNS: Final = (
    Column("source", "what", "word"),
    Column("name", "which", "token"),
    Column("version", "version", "word"),
    Column("since", "in force from", "instant"),
    Column("until", "until", "instant"),
    Column("rests_on", "rests on", "indexes"),
    Column("says", "what it said", "prose"),
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show what register, policy and specification said then.",
)
@click.argument("place", metavar="[INDEX|EVENT-ID]", required=False)
@click.option("--as-of", metavar="TIME", help=f"Everything in force at: {TIME_HELP}.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
)
@output_options
@click.pass_obj
def in_force(session: Session, /, place: str | None, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show what policy, register, specification and agreements said when a record happened.

    Shown is what was in force then and concerns the record: the policy of its system with the
    parameters of its promises, the processing activity and the specification that it names, the
    register and the agreements of its organisations. With --as-of in place of a record: all of it.
    """
    if (place is None) == (typed["as_of"] is None):
        raise click.UsageError("expected a record or --as-of TIME, found both or none")
    from projections.investigation.in_force import in_force_at  # noqa: PLC0415 - start time

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        known = read_time(
            time_reader(session, ledger, recorded=True), typed["as_known"], "--as-known"
        )
        say_time("as known at", known, session)
        moment, concern = _asked(session, ledger, place, typed["as_of"])
        found = in_force_at(ledger, moment, concern, as_known=known)
    people = chosen in {"table", "csv"}
    write_rows([_row(each, people=people) for each in found], COLUMNS, chosen, session.zone)
    return 0


def _asked(
    session: Session, ledger: "Ledger", place: str | None, as_of: str | None
) -> "tuple[datetime, Concern]":
    """The moment, and what is asked about at it."""
    from projections.investigation.in_force import Concern, concern_of  # noqa: PLC0415 - start time

    if place is None:
        moment = read_time(time_reader(session, ledger), as_of, "--as-of") or ledger.clock()
        say_time("as of", moment, session)
        return moment, Concern(everything=True)
    stored = find_record(ledger, place)
    (opened,) = ledger.open_records([stored])
    event = opened.event
    if event is None:
        raise BadRequest(f"record {stored.index}: expected a known kind, found {stored.kind}")
    when = show_instant(event.occurred_at, session.zone)
    told = short_tokens(sentence(event, session.zone))
    note(f"record {stored.index}, {when}: {told}")
    return event.occurred_at, concern_of(ledger, event, event.occurred_at)


def _row(found: "InForce", *, people: bool) -> dict[str, Any]:
    says: Any = found.says
    if people:
        told = ((name.replace("_", " "), words(value)) for name, value in found.says.items())
        says = "; ".join(f"{name} {value}" for name, value in told if value)
    return {
        "source": found.source,
        "name": found.name,
        "version": found.version,
        "since": found.since,
        "until": found.until,
        "says": says,
        "rests_on": list(found.rests_on),
    }
