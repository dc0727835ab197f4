"""`zegel register diff`: what came, went and changed, in the world or in what was known of it."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, Form, choose_form, note, write_rows
from cli.pruned_note import say_pruned
from cli.questions import TIME_HELP, say_time, time_reader
from cli.reader import identity_options
from cli.register_asked import exit_code, part_options, read_at
from cli.session import Session
from formats.sentences import counted
from formats.typed_times import read_time
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ledger.ledger import Ledger
    from projections.art30.content import Register
    from projections.art30.differences import Difference
    from projections.cases.reading import Moment

EXAMPLES: Final = (
    "zegel register diff 2026-01-01 2026-07-01",
    "zegel register diff 2026-01-01 2026-07-01 --as-known 2026-08-01 --json",
    "zegel register diff '@40' '@60' --as-of 2026-01-01",
)
COLUMNS: Final = (
    Column("what", "", "word"),
    Column("subject", "of", "word"),
    Column("name", "which"),
    Column("field", "field", "word"),
    Column("before", "before"),
    Column("after", "after"),
    Column("note", "note"),
    Column("before_index", "was record", "index"),
    Column("after_index", "is record", "index"),
)
_MARKS: Final = {"came": "+ came", "went": "- went", "changed": "~ changed", "unclear": "? unclear"}


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Show what changed between two dates."
)
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option(
    "--as-known", metavar="TIME", help="Both by what was recorded until then. Default: all of it."
)
@click.option(
    "--as-of",
    metavar="TIME",
    help=f"Of one date, as it was known at BEFORE and at AFTER: {TIME_HELP}.",
)
@part_options
@identity_options
@output_options
@click.pass_obj
def diff(session: Session, /, before: str, after: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show what came, went and changed in the register between two dates, field by field.

    With --as-of the two are moments of knowledge: the register of one date, as it was known at
    each. Words that are withheld in both cannot be compared, and where a later record gives them
    anew that is said; --identities compares them.
    """
    from projections.art30.differences import differences  # noqa: PLC0415 - start time: see cli/app.py

    if typed["as_known"] is not None and typed["as_of"] is not None:
        raise click.UsageError("--as-of: expected it without --as-known, found both")
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        old, new = _registers(session, ledger, before, after, typed)
    found = differences(old, new)
    chosen = choose_form(form)
    rows = difference_rows(found, old, new, chosen)
    write_rows(rows, columns_of(found, chosen), chosen, session.zone)
    note(
        f"{counted(len(found), 'difference')}; records known {old.standing.known_size} and "
        f"{new.standing.known_size}"
    )
    return exit_code(new, typed)


def _registers(
    session: Session, ledger: "Ledger", before: str, after: str, typed: dict[str, Any]
) -> "tuple[Register, Register]":
    question = "differences in the register"
    moments = _moments(session, ledger, before, after, typed)
    old, new = (read_at(ledger, typed, moment, question) for moment in moments)
    return old, new


def _moments(
    session: Session, ledger: "Ledger", before: str, after: str, typed: dict[str, Any]
) -> "tuple[Moment, Moment]":
    from projections.cases.reading import moment_of  # noqa: PLC0415 - start time: see cli/app.py

    is_knowledge = typed["as_of"] is not None
    reader = time_reader(session, ledger, recorded=is_knowledge)
    first, last = _instant(reader, before, "BEFORE"), _instant(reader, after, "AFTER")
    say_time("before", first, session)
    say_time("after", last, session)
    if first > last:
        raise BadRequest(f"BEFORE: expected a time no later than AFTER, found {before!r}")
    if is_knowledge:
        world = _instant(time_reader(session, ledger), typed["as_of"], "--as-of")
        say_time("as of", world, session)
        return moment_of(ledger, world, first), moment_of(ledger, world, last)
    recorded = time_reader(session, ledger, recorded=True)
    known = read_time(recorded, typed["as_known"], "--as-known")
    say_time("as known at", known, session)
    return moment_of(ledger, first, known), moment_of(ledger, last, known)


def _instant(reader: Any, text: str, option: str) -> "datetime":  # noqa: ANN401 - a TimeReader
    found = read_time(reader, text, option)
    if found is None:
        raise BadRequest(f"{option}: expected a time, found none")
    return found


def difference_rows(
    found: "Sequence[Difference]", old: "Register", new: "Register", form: Form
) -> "Iterator[dict[str, Any]]":
    """One row for each difference; on a screen a list tells only what is new and what is gone."""
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    for each in found:
        row = msgspec.structs.asdict(each)
        if form == "table":
            row["what"] = _MARKS[each.what]
            if each.note:
                row["before"] = row["after"] = None
            elif each.added or each.removed:
                row["before"] = _told(each.field, each.removed, old)
                row["after"] = _told(each.field, each.added, new)
        yield row


def _told(field: str | None, items: "Sequence[Any]", register: "Register") -> str | None:
    from formats.register.telling import item_line  # noqa: PLC0415 - start time: see cli/app.py

    return "; ".join(item_line(field or "", item, register, "en") for item in items) or None


def columns_of(found: "Sequence[Difference]", form: Form) -> tuple[Column, ...]:
    """On a screen the columns in which anything stands."""
    if form != "table":
        return COLUMNS
    return tuple(
        column
        for column in COLUMNS
        if column.name == "what" or any(getattr(each, column.name) is not None for each in found)
    )
