"""`zegel breach told`: what authority, controllers and subjects had been told by a moment."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.known_words import known_case
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.cases.breach import BreachCase
    from projections.cases.reading import Step

EXAMPLES: Final = (
    "zegel breach told B-7 --as-of '2026-03-30 12:00'",
    "zegel breach told B-7 --as-known @12",
)
COLUMNS: Final = (
    Column("notified_at", "told at", "instant"),
    Column("addressee", "who", "word"),
    Column("organisation", "which", "word"),
    Column("notice_kind", "notice", "word"),
    Column("content", "content", "list"),
    Column("count", "people", "count"),
    Column("document_sha256", "SHA-256 of the document", "word"),
    Column("index", "rests on", "index"),
)
_ADDRESSEES: Final = ("authority", "controller", "subjects")


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Show what had been told to whom by a moment."
)
@click.argument("case", metavar="BREACH")
@moment_options
@output_options
@click.pass_obj
def told(session: Session, /, case: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show what authority, controllers and data subjects had been told by a moment.

    A notice counts from when it was given. The hash is that of the document that was sent, where
    it was recorded. What art. 33(3) asks for and no notice held yet is said on standard error.
    """
    from projections.cases.breach_reading import read_breach  # noqa: PLC0415 - start time

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        breach = read_breach(ledger, known_case(ledger, "breach", case), moment)
    rows = [row for row in _rows(breach) if row["notified_at"] <= moment.as_of]
    write_rows(rows, COLUMNS, choose_form(form), session.zone)
    told_to = {row["addressee"] for row in rows}
    if untold := [name for name in _ADDRESSEES if name not in told_to]:
        note(f"not told: {', '.join(untold)}")
    if breach.notices_to("authority") and breach.open_items():
        note(f"not told to the authority yet: {', '.join(breach.open_items())}")
    return 0


def _rows(breach: "BreachCase") -> "Iterator[dict[str, Any]]":
    for addressee in _ADDRESSEES:
        for step in breach.notices_to(addressee):
            yield _row(addressee, step)


def _row(addressee: str, step: "Step") -> dict[str, Any]:
    from projections.cases.breach import notified_at  # noqa: PLC0415 - start time: see cli/app.py

    event: Any = step.event
    manner = getattr(event, "manner", None)
    return {
        "notified_at": notified_at(step),
        "addressee": addressee,
        "organisation": getattr(event, addressee, None),
        "notice_kind": getattr(event, "notice_kind", None) or manner,
        "content": list(getattr(event, "content", ())),
        "count": getattr(event, "count", None),
        "document_sha256": event.document_sha256,
        "index": step.index,
    }
