"""`zegel access review start`, `decide` and `complete`: each records what a reviewer said."""

from typing import TYPE_CHECKING, Any

import click

from cli.access_names import own_ids
from cli.access_review import TABLE
from cli.known_words import MOST_IDS, listed
from cli.options import ZegelCommand
from cli.output import note
from cli.reader import account
from cli.receipt import write_receipt
from cli.recording_rights import RecordingRights
from cli.session import Session
from formats.sentences import counted
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.events import Event
    from ledger.ledger import Ledger


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel access review start",
        "zegel access review start customer-file --review Q4-2026",
        "zegel access review start organisation/xential --by person:ciso",
    ),
    short_help=TABLE["start"].short_help,
)
@click.argument("scope", metavar="[SCOPE]", default="all")
@click.option("--review", metavar="ID", help="Its id. Default: review- and the day.")
@click.option("--by", metavar="PERSON", help="Who reviews, if not who types this.")
@click.option("--note", "words", metavar="TEXT", help="Anything else, in words; kept encrypted.")
@click.pass_obj
def start(
    session: Session, /, scope: str, review: str | None, by: str | None, words: str | None
) -> int:
    """Begin a review: it asks about the grants in its scope that are in force now.

    SCOPE is all, system/ID, organisation/ID, or a resource, which stands for itself and all below
    it.
    """
    with session.open_ledger() as ledger:
        now = ledger.clock().astimezone(session.zone)
        name = review or f"review-{now:%Y-%m-%d}"
        if ledger.case_stream("review", name) is not None:
            raise BadRequest(f"--review: expected an id of no review yet, found {name!r}")
        event = _event(ledger, "review_started", name, scope=scope, reviewer=by, note=words)
        _record(session, ledger, [event])
        (row,) = _rows(ledger, "reviews", name)
    note(f"review {name} asks about {counted(row['asked'], 'grant')}")
    return 0


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel access review decide Q4-2026 G-17 keep",
        "zegel access review decide Q4-2026 G-18 @19 revoke --reason 'left the team'",
    ),
    short_help=TABLE["decide"].short_help,
)
@click.argument("review", metavar="REVIEW")
@click.argument("grants", metavar="GRANT|STREAM|@INDEX...", nargs=-1, required=True)
@click.argument("decision", type=click.Choice(["keep", "change", "revoke"]))
@click.option("--reason", metavar="TEXT", help="Why, in words; kept encrypted.")
@click.option("--by", metavar="PERSON", help="Who decided it, if not who types this.")
@click.pass_obj
def decide(
    session: Session,
    /,
    review: str,
    grants: tuple[str, ...],
    decision: str,
    **words: str | None,
) -> int:
    """Decide about grants; the last decision about each counts.

    GRANT is the source's own id. The stream or an index of the record that a review shows in its
    place does too: the id is then looked up, which is recorded and needs the role resolve. A
    decision changes no grant: the system
    that gave it takes it away and reports that.
    """
    with session.open_ledger() as ledger:
        row = _known(ledger, review)
        names = own_ids(ledger, grants, "own ids of grants under review")
        _warn(ledger, review, row, names)
        events = [
            _event(
                ledger,
                "review_item_decided",
                review,
                grant_id=name,
                decision=decision,
                reviewer=words["by"],
                justification=words["reason"],
            )
            for name in names
        ]
        _record(session, ledger, events)
        (row,) = _rows(ledger, "reviews", review)
    note(f"{counted(row['undecided'], 'grant')} undecided")
    return 0


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel access review complete Q4-2026",
        "zegel access review complete Q4-2026 --leave-open --reason 'the rest in January'",
    ),
    short_help=TABLE["complete"].short_help,
)
@click.argument("review", metavar="REVIEW")
@click.option("--leave-open", is_flag=True, help="Also while grants are undecided.")
@click.option("--reason", metavar="TEXT", help="In words; kept encrypted.")
@click.option("--by", metavar="PERSON", help="Who signs off, if not who types this.")
@click.pass_obj
def complete(
    session: Session, /, review: str, reason: str | None, by: str | None, *, leave_open: bool
) -> int:
    """Sign a review off; refused while a grant in its scope is undecided.

    What was decided and not carried out is told, and stays told until it is.
    """
    with session.open_ledger() as ledger:
        row = _known(ledger, review)
        if row["state"] == "completed":
            raise BadRequest(f"review {review}: expected one that is open, found it signed off")
        left = counted(row["undecided"], "grant")
        if row["undecided"] and not leave_open:
            raise BadRequest(
                f"review {review}: expected a decision about every grant, found {left} undecided; "
                "--leave-open signs off nevertheless"
            )
        event = _event(
            ledger,
            "review_completed",
            review,
            scope=row["scope"],
            reviewer=by,
            justification=reason,
        )
        _record(session, ledger, [event])
    if row["undecided"]:
        note(f"warning: signed off with {left} undecided")
    if row["follow_up"]:
        note(f"{counted(row['follow_up'], 'decision')} not carried out yet")
    return 0


def _event(ledger: "Ledger", what: str, review: str, **fields: Any) -> "Event":  # noqa: ANN401 - whatever the kind takes
    from ledger.events import event_from_mapping  # noqa: PLC0415 - start time: see cli/app.py

    given = {
        "kind": f"access.{what}",
        "occurred_at": ledger.clock().isoformat(),
        "actor": account(),
        "review_id": review,
        **fields,
    }
    return event_from_mapping({name: value for name, value in given.items() if value is not None})


def _record(session: Session, ledger: "Ledger", events: "Sequence[Event]") -> None:
    from ledger.draft import Receipt  # noqa: PLC0415 - the ledger is open by now

    rights = RecordingRights(ledger)
    for event in events:
        refusal = rights.refusal(event)
        if refusal is not None:
            raise refusal
    for event, outcome in zip(events, ledger.record_many(events), strict=True):
        if isinstance(outcome, Receipt):  # always: a fresh event id conflicts with nothing
            write_receipt(outcome, event, session.zone)


def _rows(ledger: "Ledger", section: str, review: str | None = None) -> list[dict[str, Any]]:
    from projections import state  # noqa: PLC0415 - start time: see cli/app.py

    if review is None:
        return state(ledger, "access", only=section).rows
    return state(ledger, "access", only=section, review=review).rows


def _known(ledger: "Ledger", review: str) -> dict[str, Any]:
    """The one row of a review that was begun.

    Raises:
        BadRequest: there is none.
    """
    rows = _rows(ledger, "reviews", review)
    if not rows or rows[0]["started_at"] is None:
        begun = [each["review"] for each in _rows(ledger, "reviews") if each["started_at"]]
        known = listed(begun, "there is none", MOST_IDS)
        raise BadRequest(f"review: expected one that was begun ({known}), found {review!r}")
    return rows[0]


def _warn(ledger: "Ledger", review: str, row: dict[str, Any], names: "Sequence[str]") -> None:
    """Says what the decision is besides the review."""
    asked = {each["grant"] for each in _rows(ledger, "review-items", review)}
    for name in names:
        if str(ledger.case_stream("grant", name)) not in asked:
            note(f"warning: {name}: the review does not ask about it; it is recorded nevertheless")
    if row["state"] == "completed":
        note(f"warning: review {review} was signed off before; it is recorded nevertheless")
