"""`zegel logs`: the logs of a home, and making another one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_line, write_rows
from cli.reader import account
from cli.session import Session

if TYPE_CHECKING:
    from ledger.many_logs.overview import LogState

EXAMPLES: Final = (
    "zegel logs list",
    "zegel logs create customer-a",
    "zegel logs create checkpoints --of-checkpoints",
)
COLUMNS: Final = (
    Column("name", "log", "word"),
    Column("origin", "origin"),
    Column("holds", "holds", "word"),
    Column("size", "size", "count"),
    Column("last_recorded_at", "last recorded", "instant"),
    Column("signed_size", "signed", "count"),
    Column("signed_at", "last checkpoint", "instant"),
    Column("anchored_size", "anchored", "count"),
    Column("anchored_through", "through"),
    Column("database", "database"),
    Column("trouble", "trouble"),
)
TABLE: Final = {
    "list": Entry("cli.logs:list_logs", "List the logs of the home and how they stand."),
    "create": Entry("cli.logs:create", "Make another log in the home."),
}


@click.group(
    cls=LazyGroup, table=TABLE, examples=EXAMPLES, short_help="List the logs of a home; make one."
)
def logs() -> None:
    """List the logs of a home; make one.

    A home holds one log from zegel init on, called main, and as many others as are made: one for
    each organisation, tenant or system. They share the database and the settings of the home; each
    has a chain, keys, people with roles and a signer of its own. --log, or ZEGEL_LOG, says which
    one a command is about.
    """


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel logs list", "zegel logs list --json | jq -r .name"),
    short_help=TABLE["list"].short_help,
)
@output_options
@click.pass_obj
def list_logs(session: Session, /, form: str | None) -> int:
    """List the logs of the home and how they stand; nothing is verified.

    Anchored are so many records, by what is stored of time-stamp authorities and witnesses: of the
    log itself, or through a log of checkpoints. zegel verify checks it. Ends with 4 when a log
    cannot be read.
    """
    from ledger.many_logs.overview import states_of_logs  # noqa: PLC0415 - start time: see cli/app.py

    rows = [_row(state) for state in states_of_logs(session.whole_home(), session.typed_database)]
    chosen = choose_form(form)
    write_rows(rows, _columns(rows, chosen), chosen, session.zone)
    unread = [row for row in rows if row["trouble"] is not None]
    for row in unread:
        note(f"zegel: {row['name']}: {row['trouble']}")
    return ExitCode.UNAVAILABLE if unread else ExitCode.FINE


def _columns(rows: Sequence[dict[str, Any]], form: str) -> Iterator[Column]:
    """All; for people without what is said below the table, or is the same of every log."""
    same = len({row["database"] for row in rows}) == 1
    left_out = {"trouble", "database"} if same else {"trouble"}
    return (each for each in COLUMNS if form != "table" or each.name not in left_out)


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel logs create customer-a",
        "zegel logs create payroll --origin audit.example.nl/payroll",
        "zegel logs create checkpoints --of-checkpoints",
    ),
    short_help=TABLE["create"].short_help,
)
@click.argument("name")
@click.option(
    "--origin",
    metavar="NAME",
    help="The name of the log for everybody who will check it, a URL without scheme; it can never "
    "change. Default: the origin of the first log, a slash and the name.",
)
@click.option(
    "--of-checkpoints",
    is_flag=True,
    help="It takes the checkpoints of the other logs, and no facts: zegel seal --all.",
)
@click.option(
    "--no-roles",
    is_flag=True,
    help="Give nobody a role yet: the first that owns the key file and needs one takes them all.",
)
@click.pass_obj
def create(
    session: Session, /, name: str, origin: str | None, *, of_checkpoints: bool, no_roles: bool
) -> int:
    """Make another log in the home, called NAME there.

    It lies in the database of the home, or in that of --database, with keys of its own below
    logs/NAME/; whoever makes it has every role in it. What its zegel.toml does not say is taken
    from that of the home. An existing log is never overwritten.
    """
    from cli.new_log import facts_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.many_logs.home_logs import create_further_log, named_log  # noqa: PLC0415 - likewise
    from ledger.roles import found_roles  # noqa: PLC0415 - likewise

    whole = session.whole_home()
    ledger = create_further_log(
        whole, name, origin=origin, database=session.typed_database, of_checkpoints=of_checkpoints
    )
    try:
        if not no_roles:
            found_roles(ledger, account())
        made = facts_of(ledger, named_log(whole, name).folder)
        facts = {
            "log": name,
            "origin": made["origin"],
            "holds": "checkpoints" if of_checkpoints else "facts",
            **made,
        }
    finally:
        ledger.close()
    if choose_form(None) != "table":
        write_line(facts)
        return ExitCode.FINE
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line(f"new log {facts['origin']}", style="good", mark="✓")
    draw_facts([(label.replace("_", " "), value) for label, value in facts.items()], session.zone)
    draw_line(f"Name it in every command: zegel --log {name} …, or in ZEGEL_LOG.")
    draw_line("Its keys are its own: back them up as well, apart from the database.")
    return ExitCode.FINE


def _row(state: "LogState") -> dict[str, Any]:
    return {
        "name": state.name,
        "origin": state.origin,
        "holds": "checkpoints" if state.of_checkpoints else "facts",
        "size": state.size,
        "last_recorded_at": state.last_recorded_at,
        "signed_size": state.signed_size,
        "signed_at": state.signed_at,
        "anchored_size": state.anchored_size,
        "anchored_through": state.anchored_through,
        "database": state.database,
        "trouble": state.trouble,
    }
