"""`zegel ask recipients`: recipients that were no approved sub-processors when data went."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_rows
from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from cli.words import system_word
from formats.typed_times import read_time

if TYPE_CHECKING:
    from projections.investigation.recipients import Recipient

EXAMPLES: Final = (
    "zegel ask recipients --sender ingressus",
    "zegel ask recipients --as-of 2026-01-01 --json",
)
COLUMNS: Final = (
    Column("recipient", "recipient", "word"),
    Column("role", "role", "word"),
    Column("sender", "sender", "word"),
    Column("why", "why", "word"),
    Column("count", "exchanges", "count"),
    Column("bytes", "bytes", "bytes"),
    Column("first_at", "first", "instant"),
    Column("last_at", "last", "instant"),
    Column("rests_on", "rests on", "indexes"),
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show recipients that were no approved sub-processors.",
)
@click.option("--sender", metavar="ORGANISATION", help="Sent by this organisation.")
@click.option("--recipient", metavar="ORGANISATION", help="This recipient only.")
@click.option("--system", type=system_word(), metavar="ID", help="Reported by this system.")
@click.option("--as-of", metavar="TIME", help=f"Exchanges until: {TIME_HELP}. Default: now.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
)
@output_options
@click.pass_obj
def recipients(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show recipients of outgoing exchanges that were no approved sub-processors at the time.

    Each exchange is judged by the approval that stood at its own moment. Third parties are shown
    too, with their role: what went to them needs another ground. Left out are controllers,
    customers, data subjects, authorities and the public.
    """
    from projections.investigation.recipients import unapproved_recipients  # noqa: PLC0415 - start time

    chosen = choose_form(form)
    filters = {name: typed[name] for name in ("sender", "recipient", "system") if typed[name]}
    with session.open_ledger() as ledger:
        as_of = read_time(time_reader(session, ledger), typed["as_of"], "--as-of")
        known = read_time(
            time_reader(session, ledger, recorded=True), typed["as_known"], "--as-known"
        )
        say_time("as of", as_of, session)
        say_time("as known at", known, session)
        found = unapproved_recipients(ledger, as_of=as_of, as_known=known, **filters)
    write_rows([_row(each) for each in found], COLUMNS, chosen, session.zone)
    return 0


def _row(found: "Recipient") -> dict[str, Any]:
    return {
        "recipient": found.recipient,
        "role": found.role,
        "sender": found.sender,
        "why": found.why,
        "count": found.count,
        "bytes": found.bytes,
        "first_at": found.first_at,
        "last_at": found.last_at,
        "rests_on": found.rests_on,
    }
