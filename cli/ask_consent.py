"""`zegel ask consent INDEX`: whether consent stood for one exchange, for its case, before it."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_line, write_rows
from cli.questions import known_size_of
from cli.session import Session
from formats.answers.record import event_fields
from formats.sentences import sentence
from ledger.named_record import find_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.investigation.consents import ConsentAnswer

EXAMPLES: Final = (
    "zegel ask consent 48",
    "zegel ask consent 48 --as-known @60 --json",
)
COLUMNS: Final = (
    Column("consent", "consent", "token"),
    Column("given_at", "given", "instant"),
    Column("form", "form", "word"),
    Column("explicit", "explicit", "flag"),
    Column("covers", "covers it", "flag"),
    Column("against", "against it", "list"),
    Column("rests_on", "rests on", "indexes"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Show whether consent stood for one exchange."
)
@click.argument("place", metavar="INDEX|EVENT-ID")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then; @INDEX names a record."
)
@output_options
@click.pass_obj
def consent(session: Session, /, place: str, form: str | None, as_known: str | None) -> int:
    """Show whether consent stood for one exchange: for this case, and given before it.

    Weighed are the consent that the exchange names, those for its case and those of its customer.
    Against each stands why it does not cover the exchange: given later, withdrawn, for another
    case, recipient or purpose, for less data, or used by an earlier exchange already. Whether it
    had to be explicit and in writing is for the statement to say: zegel promises.
    """
    from projections.investigation.consents import consents_for  # noqa: PLC0415 - start time

    with session.open_ledger() as ledger:
        known = known_size_of(session, ledger, as_known) or ledger.head().size
        answer = consents_for(ledger, find_record(ledger, place), known)
    chosen = choose_form(form)
    if chosen == "json":
        write_document(_document(answer))
    elif chosen == "ndjson":
        write_line(_document(answer))
    else:
        if chosen == "table":
            from cli.rendering import draw_line  # noqa: PLC0415 - Rich is loaded only to draw

            told = sentence(answer.exchange, session.zone)
            draw_line(f"record {answer.index}: {told}", style="strong")
        write_rows(_rows(answer), COLUMNS, chosen, session.zone)
        note(_conclusion(answer))
    return 0


def _conclusion(answer: "ConsentAnswer") -> str:
    if answer.covering:
        first = answer.covering[0]
        return f"consent stood: record {first.index}, given before the exchange"
    if answer.consents:
        return "no consent stood for this exchange"
    return "no consent stood for this exchange: none names it, its case or its customer"


def _rows(answer: "ConsentAnswer") -> "Iterator[dict[str, Any]]":
    for each in answer.consents:
        yield {
            "consent": each.consent,
            "given_at": each.given_at,
            "form": each.form,
            "explicit": each.explicit,
            "covers": not each.against,
            "against": list(each.against),
            "rests_on": list(each.rests_on),
        }


def _document(answer: "ConsentAnswer") -> dict[str, Any]:
    return {
        "index": answer.index,
        "consented": bool(answer.covering),
        "exchange": event_fields(answer.exchange),
        "consents": list(_rows(answer)),
    }
