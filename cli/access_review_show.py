"""`zegel access review show` and `list`: what was decided, what is open, what was carried out."""

from typing import TYPE_CHECKING, Any

import click

from cli.access_names import review_opening
from cli.access_review import TABLE, columns_of
from cli.case_moment import moment_options, typed_moment
from cli.known_words import MOST_IDS, listed
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_rows
from cli.pruned_note import say_pruned
from cli.reader import identity_options
from cli.session import Session
from formats.sentences import counted
from formats.shown_times import show_instant
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel access review show Q4-2026",
        "zegel access review show Q4-2026 --as-of 2026-12-01 --json",
        "zegel access review show Q4-2026 --identities --purpose access-review",
    ),
    short_help=TABLE["show"].short_help,
)
@click.argument("review", metavar="REVIEW")
@moment_options
@identity_options
@output_options
@click.pass_obj
def show(session: Session, /, review: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show one review: each grant it asks about, what was decided, and whether that was done.

    --identities shows whose grants they are, and their own ids, which decide takes.
    """
    from projections.access.naming import named_rows  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found, items = _read(ledger, moment, review), _read(ledger, moment, review, "review-items")
        if not found:
            stood = [each["review"] for each in _read(ledger, moment, None)]
            known = listed(stood, "there is none", MOST_IDS)
            raise BadRequest(f"review: expected one that stood then ({known}), found {review!r}")
        opening = review_opening(ledger, typed, [found, items])
        (facts,), items = named_rows(ledger, found, opening), named_rows(ledger, items, opening)
    chosen = choose_form(form)
    if chosen == "json":
        write_document({"as_of": moment.as_of, **facts, "items": items})
    elif chosen == "table":
        _draw(review, facts, items, session)
    else:
        write_rows(items, columns_of("review-items"), chosen, session.zone)
    return 0


def _draw(
    review: str, facts: dict[str, Any], items: list[dict[str, Any]], session: Session
) -> None:
    from cli.rendering import draw_facts, draw_gap, draw_heading  # noqa: PLC0415 - Rich is loaded only to draw

    draw_heading(f"Review {review}")
    shown = [each for each in columns_of("reviews") if each.name not in {"review", "indexes"}]
    draw_facts([(each.heading, facts[each.name]) for each in shown], session.zone)
    draw_gap()
    draw_heading("Grants")
    columns = [each for each in columns_of("review-items") if each.name != "review"]
    filled = [each for each in columns if any(row.get(each.name) for row in items)]
    write_rows(items, filled, "table", session.zone)


def _read(
    ledger: "Ledger", moment: "Moment", review: str | None, section: str = "reviews"
) -> list[dict[str, Any]]:
    from projections.access import ACCESS  # noqa: PLC0415 - start time: see cli/app.py
    from projections.snapshot import reader_at  # noqa: PLC0415 - likewise

    chosen = {}
    if review is not None:
        stream = ledger.case_stream("review", review)
        chosen["review"] = [review if stream is None else str(stream)]
    with reader_at(ledger, ACCESS, moment.as_of, moment.known_size, chosen) as reader:
        return ACCESS.sections[section].rows(reader)


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel access review list", "zegel access review list --as-of 2026-12-31 --csv"),
    short_help=TABLE["list"].short_help,
)
@moment_options
@output_options
@click.pass_obj
def list_reviews(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """List every review: its scope, what was decided, what is open, who signed it off."""
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        rows = _read(ledger, moment, None)
    write_rows(rows, columns_of("reviews"), choose_form(form), session.zone)
    note(f"{counted(len(rows), 'review')} as of {show_instant(moment.as_of, session.zone)}")
    return 0
