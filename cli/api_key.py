"""`zegel api-key`: keys with which programs send to the service and ask it."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_line, write_rows
from cli.questions import TIME_HELP, time_reader
from cli.reader import account, authorise
from cli.receipt import write_receipt
from cli.session import Session
from cli.words import Word, system_word
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ledger.api_key import ApiKey
    from ledger.role_names import ServiceRole

EXAMPLES: Final = (
    "zegel api-key create infactor-web --role recorder --system infactor-web --until 2027-12-31",
    "zegel api-key list",
    "zegel api-key revoke zegel_019b76daa8007fffbfffffffffffffff --reason 'found in a repository'",
)
COLUMNS: Final = (
    Column("key", "key", "word"),
    Column("name", "name", "word"),
    Column("roles", "may", "list"),
    Column("systems", "systems", "list"),
    Column("state", "state", "word"),
    Column("made_at", "since", "instant"),
    Column("valid_until", "until", "instant"),
    Column("last_used_on", "last used", "word"),
    Column("index", "index", "index"),
)
TABLE: Final = {
    "create": Entry("cli.api_key:create", "Make a key for a program; its secret is shown once."),
    "list": Entry("cli.api_key:list_keys", "List the keys of programs."),
    "revoke": Entry("cli.api_key:revoke", "Take a key away, at once."),
}


@click.group(
    "api-key",
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Make, list, revoke keys of programs for the service.",
)
def api_key() -> None:
    """Make, list and revoke the keys with which programs send to the service and ask it.

    A key is sent as `Authorization: Bearer KEY`. The log keeps who made it, for what and until
    when; nobody keeps its secret. People have no keys but tokens of their issuer, and roles: zegel
    role.
    """


def service_role_word() -> Word:
    """The name of a role of the service."""
    return Word("role", lambda _ctx: _role_names(), closed=True)


def _role_names() -> "Iterable[str]":
    from ledger.role_names import SERVICE_ROLES  # noqa: PLC0415 - start time: see cli/app.py

    return list(SERVICE_ROLES)


@click.command(
    cls=ZegelCommand,
    examples=(
        EXAMPLES[0],
        "zegel api-key create dashboard --role reader --reason 'screen in the guard room'",
        "zegel api-key create collector --role recorder --system web --system ssh > key.json",
    ),
    short_help=TABLE["create"].short_help,
)
@click.argument("name", metavar="NAME")
@click.option(
    "--role",
    "roles",
    type=service_role_word(),
    multiple=True,
    required=True,
    help="What it may do; repeat for more.",
)
@click.option(
    "--system",
    "systems",
    type=system_word(),
    multiple=True,
    metavar="ID",
    help="It may record in the name of this system only; repeat for more. Default: of any.",
)
@click.option("--until", metavar="TIME", help=f"Until: {TIME_HELP}. Default: until it is revoked.")
@click.option("--reason", metavar="TEXT", help="Why; kept in the vault.")
@click.pass_obj
def create(
    session: Session, /, name: str, roles: "tuple[ServiceRole, ...]", systems: tuple[str, ...],
    **typed: Any,  # noqa: ANN401 - time and reason
) -> int:  # fmt: skip
    """Make a key for the program NAME, and show its secret once.

    NAME is that of a program, never of a person; a second key of the same name is the same program,
    so that a new key can be in use before the old one is revoked. You need the role administer.
    """
    from ledger.api_keys import create_api_key  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        authorise(ledger, "administer")
        key, recorded = create_api_key(
            ledger,
            name,
            roles,
            by=account(),
            systems=systems,
            valid_until=read_time(time_reader(session, ledger), typed["until"], "--until"),
            reason=typed["reason"],
        )
    event, receipt = recorded[0]
    facts = {
        "key": key,
        "name": name,
        "roles": list(event.acts),
        "systems": sorted(set(systems)) or None,
        "valid_until": event.valid_until,
        "index": receipt.index,
    }
    if choose_form(None) != "table":
        write_line(facts)
    else:
        from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

        draw_line(f"key for {name} recorded as index {receipt.index}", style="good", mark="✓")
        shown = [(each.replace("_", " "), value) for each, value in facts.items() if value]
        draw_facts(shown, session.zone)
    note("zegel: this is the only time that the key is shown; send it as Authorization: Bearer KEY")
    return 0


@click.command(
    "list",
    cls=ZegelCommand,
    examples=(EXAMPLES[1], "zegel api-key list --all", "zegel api-key list --json"),
    short_help=TABLE["list"].short_help,
)
@click.option("--all", "every", is_flag=True, help="Those that ended or were taken away, too.")
@output_options
@click.pass_obj
def list_keys(session: Session, /, form: str | None, *, every: bool) -> int:
    """List the keys of programs: for what, until when, last used on which day (UTC)."""
    from ledger.api_keys import api_keys  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        now = ledger.clock()
        rows = [_row(each, now) for each in api_keys(ledger) if every or each.roles]
    if chosen == "json":
        write_document({"as_of": now, "keys": rows})
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    if not rows and chosen == "table":
        note("no program has a key")
    return 0


@click.command(cls=ZegelCommand, examples=(EXAMPLES[2],), short_help=TABLE["revoke"].short_help)
@click.argument("key", metavar="KEY")
@click.option("--reason", metavar="TEXT", help="Why; kept in the vault.")
@click.pass_obj
def revoke(session: Session, /, key: str, reason: str | None) -> int:
    """Take a key away; the next request with it is refused.

    KEY is its id, as zegel api-key list shows it. You need the role administer.
    """
    from ledger.api_keys import revoke_api_key  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        authorise(ledger, "administer")
        revoked = revoke_api_key(ledger, key, by=account(), reason=reason)
    for event, receipt in revoked:
        write_receipt(receipt, event, session.zone)
    return 0


def _row(found: "ApiKey", now: "datetime") -> dict[str, Any]:
    from ledger.role_names import in_order  # noqa: PLC0415 - start time: see cli/app.py

    used = found.last_used_on
    return {
        "key": found.public_id,
        "name": found.name,
        "roles": list(in_order(found.roles or found.granted_roles)),
        "systems": None if found.systems is None else sorted(found.systems),
        "state": _state(found, now),
        "made_at": found.made_at,
        "valid_until": found.valid_until,
        "last_used_on": None if used is None else used.date().isoformat(),
        "index": found.index,
    }


def _state(found: "ApiKey", now: "datetime") -> str:
    if found.roles:
        return "in force"
    if found.revoked_at is not None:
        return "revoked"
    return "expired" if found.valid_until is not None and found.valid_until <= now else "erased"
