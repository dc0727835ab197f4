"""`zegel breach list`: the register of GDPR art. 33(5)."""

from typing import Any, Final

import click

from cli.breach_show import people_counted
from cli.case_moment import moment_options, typed_moment
from cli.case_words import opening_of
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.reader import identity_options
from cli.session import Session
from formats.sentences import counted
from formats.shown_times import show_instant
from projections.breach_fields import REGISTER_FIELDS

EXAMPLES: Final = (
    "zegel breach list",
    "zegel breach list --as-of 2026-11-01 --csv",
    "zegel breach list --csv --identities --purpose 'audit: the authority asked'",
)
TABLE_COLUMNS: Final = (
    Column("breach", "breach", "token"),
    Column("status", "status", "word"),
    Column("risk", "risk", "word"),
    Column("aware_at", "aware", "instant"),
    Column("due", "due next", "instant"),
    Column("duty", "what", "word"),
    Column("authority_told_at", "authority told", "instant"),
    Column("people_told_at", "people told", "instant"),
    Column("subjects", "people", "word"),
    Column("steps", "steps", "count"),
    Column("indexes", "rests on", "indexes"),
)
REGISTER_COLUMNS: Final = tuple(Column(name, name.replace("_", " ")) for name in REGISTER_FIELDS)


@click.command(
    "list",
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="List every case, ruled-out ones too.",
)
@moment_options
@identity_options
@output_options
@click.pass_obj
def list_cases(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """List every breach: the register of GDPR art. 33(5), with what is due next.

    Ruled-out and not notified ones stand in it too. --csv and --json give every column: facts,
    effects, measures, risk, decisions with their grounds, deadline, lateness and reasons.
    """
    from projections.breaches import breach_register  # noqa: PLC0415 - start time: see cli/app.py
    from projections.cases.reading import read_cases  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        opening = None
        if typed["identities"]:
            cases = read_cases(ledger, moment, case_kinds={"breach", "incident"}, corrected=True)
            streams = [case.stream for case in cases]
            opening = opening_of(ledger, typed, moment, streams, "register of breaches")
        rows = breach_register(ledger, moment, zone=session.calendar_zone, identities=opening)
    chosen = choose_form(form)
    if chosen == "table":
        shown = [
            {**row, "subjects": people_counted(row), "indexes": _ends(row["indexes"])}
            for row in rows
        ]
        write_rows(shown, TABLE_COLUMNS, chosen, session.zone)
    else:
        write_rows(rows, REGISTER_COLUMNS, chosen, session.zone)
    stood = show_instant(moment.as_of, session.zone)
    note(f"{counted(len(rows), 'breach', 'breaches')} as of {stood}")
    return 0


def _ends(indexes: list[int]) -> list[int]:
    return [*indexes[:1], *indexes[-1:]]
