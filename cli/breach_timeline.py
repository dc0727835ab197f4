"""`zegel breach timeline`: the steps of a breach with the facts around them, in both orders."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.known_words import known_case
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.session import Session
from formats.answers.record import short_kind
from formats.answers.timeline import entry_document
from formats.sentences import sentence

if TYPE_CHECKING:
    from datetime import tzinfo

    from projections.investigation.timeline import Entry

EXAMPLES: Final = (
    "zegel breach timeline B-7",
    "zegel breach timeline B-7 --order recorded",
    "zegel breach timeline B-7 --as-known 'sunday 10:00' --json",
)
COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("recorded_at", "recorded", "instant"),
    Column("part", "part", "word"),
    Column("kind", "kind", "word"),
    Column("system", "system", "word"),
    Column("sentence", "what happened", "prose"),
)
_PARTS: Final = {"step": "● step", "signal": "▲ signal", "around": "· around"}


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Show a case and what is around it.")
@click.argument("case", metavar="BREACH")
@click.option(
    "--order",
    type=click.Choice(["occurred", "recorded"]),
    default="occurred",
    show_default=True,
    help="By when things happened, or by when they became known.",
)
@click.option(
    "--around",
    type=click.IntRange(min=0),
    default=500,
    show_default=True,
    metavar="NUMBER",
    help="So many facts around the case at most; the rest is counted.",
)
@moment_options
@output_options
@click.pass_obj
def timeline(session: Session, /, case: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show the steps of a breach with the facts around them.

    Around it are grants, uses, exchanges, blocks and policy changes of the systems and data
    subjects that its steps name, from a day before its first moment on. Steps that were corrected
    stay, marked.
    """
    from projections.investigation.timeline import breach_timeline  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found = breach_timeline(
            ledger,
            known_case(ledger, "breach", case),
            moment,
            order=typed["order"],
            most_around=typed["around"],
        )
    chosen = choose_form(form)
    people = chosen in {"table", "csv"}
    rows = (_row(each, session.zone) if people else entry_document(each) for each in found.entries)
    write_rows(rows, COLUMNS, chosen, session.zone)
    if found.left_out:
        parts = ", ".join(f"{count} {short_kind(kind)}" for kind, count in found.left_out.items())
        note(f"left out, because --around {typed['around']}: {parts}")
    return 0


def _row(entry: "Entry", zone: "tzinfo") -> dict[str, Any]:
    """An entry as people read it: a sentence instead of the event."""
    told = sentence(entry.event, zone)
    if entry.corrected_by is not None:
        told = f"(corrected by record {entry.corrected_by}) {told}"
    return {**entry_document(entry), "part": _PARTS[entry.part], "event": None, "sentence": told}
