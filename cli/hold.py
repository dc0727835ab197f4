"""`zegel hold`: the duties to keep data, which no erasure and no retention rule passes."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ledger.legal_hold import Hold

EXAMPLES: Final = (
    "zegel hold place CASE-2026-14 --person person:j.jansen --basis litigation --until 2028-01-01",
    "zegel hold release CASE-2026-14 --reason 'settled out of court'",
    "zegel hold list --as-of 2026-06-30",
)
COLUMNS: Final = (
    Column("hold", "hold", "word"),
    Column("state", "state", "word"),
    Column("covers", "covers", "list"),
    Column("basis", "basis", "word"),
    Column("placed_by", "placed by", "token"),
    Column("placed_at", "placed", "instant"),
    Column("valid_until", "until", "instant"),
    Column("ended_at", "ended", "instant"),
    Column("index", "index", "index"),
    Column("remark", "remark"),
)
TABLE: Final = {
    "place": Entry("cli.hold_recording:place", "Have data kept, whatever else is asked."),
    "release": Entry("cli.hold_recording:release", "End a hold."),
    "list": Entry("cli.hold:list_holds", "List the holds that stand, or stood on a date."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Have data kept: place, release, list legal holds.",
)
def hold() -> None:
    """Have data kept that would be erased: place, release and list legal holds.

    While a hold stands, neither zegel erase nor zegel retention run touches what it covers.
    """


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel hold list", "zegel hold list --all --json", EXAMPLES[-1]),
    short_help=TABLE["list"].short_help,
)
@click.option("--all", "every", is_flag=True, help="Those that ended or were taken back, too.")
@click.option("--as-of", metavar="TIME", help=f"At: {TIME_HELP}. Default: now.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
)
@output_options
@click.pass_obj
def list_holds(
    session: Session,
    /,
    as_of: str | None,
    as_known: str | None,
    form: str | None,
    *,
    every: bool,
) -> int:
    """List the holds that stand, with whom and what they cover.

    Ids, people and reasons are personal: tokens stand for them. The record itself tells them to
    whoever may read identities: zegel show INDEX --identities --purpose TEXT.
    """
    from ledger.holds import holds_at  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        at = read_time(time_reader(session, ledger), as_of, "--as-of") or ledger.clock()
        known_at = read_time(time_reader(session, ledger, recorded=True), as_known, "--as-known")
        known_size = None if known_at is None else ledger.size_at(known_at)
        found = holds_at(ledger, at, known_size=known_size)
    rows = [hold_row(each) for each in found if every or each.state == "standing"]
    if chosen == "json":
        write_document({"as_of": at, "as_known": known_at, "holds": rows})
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    if not rows and chosen == "table":
        note("no hold stands" if not every else "no hold was ever placed")
    _say_times(session, at if as_of else None, known_at)
    return 0


def _say_times(session: Session, as_of: "datetime | None", as_known: "datetime | None") -> None:
    say_time("as of", as_of, session)
    say_time("as known", as_known, session)


def hold_row(found: "Hold") -> dict[str, Any]:
    """One hold as a row of an answer."""
    return {
        "hold": found.token,
        "state": found.state,
        "covers": list(covered(found)),
        "basis": found.basis,
        "placed_by": found.placed_by,
        "placed_at": found.placed_at,
        "recorded_at": found.recorded_at,
        "valid_until": found.valid_until,
        "ended_at": found.ended_at,
        "ended_by": found.ended_by,
        "index": found.index,
        "event_id": found.event_id,
        "remark": _remark(found),
    }


def covered(found: "Hold") -> "Iterator[str]":
    """What a hold covers, in words and tokens."""
    if found.covers_everything:
        yield "everything"
        return
    yield from found.tokens
    yield from (f"kind {each}" for each in found.kinds)
    yield from (f"system {each}" for each in sorted(found.systems))
    yield from (f"dataset {each}" for each in sorted(found.datasets))
    yield from (f"case {each}" for each in sorted(found.cases))


def _remark(found: "Hold") -> str | None:
    if found.damaged:
        return "whom it names is missing and no erasure explains it: everything is held"
    if found.erased_people:
        return "somebody whom it names was erased; who returned has another token"
    return None
