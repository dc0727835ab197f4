"""`zegel role`: who may see identities, hand them out, erase, hold, decide, use the service."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.questions import TIME_HELP, time_reader
from cli.reader import account, authorise, identity_options, reading_of, require_purpose
from cli.receipt import write_receipt
from cli.session import Session
from cli.words import Word
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from ledger.ledger import Ledger
    from ledger.role_grants import RoleGrant
    from ledger.role_names import AnyRole

EXAMPLES: Final = (
    "zegel role list",
    "zegel role grant person:j.jansen@desk-7 resolve export --until 2027-01-01",
    "zegel role revoke person:j.jansen@desk-7 --reason 'changed jobs'",
)
COLUMNS: Final = (
    Column("person", "person", "token"),
    Column("roles", "may", "list"),
    Column("taken", "taken away", "list"),
    Column("valid_from", "since", "instant"),
    Column("valid_until", "until", "instant"),
    Column("granted_by", "granted by", "token"),
    Column("is_you", "you", "word"),
    Column("index", "index", "index"),
)
TABLE: Final = {
    "grant": Entry("cli.role:grant", "Give roles to somebody."),
    "revoke": Entry("cli.role:revoke", "Take roles away from somebody."),
    "list": Entry("cli.role:list_roles", "List who has which role, or had on a date."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Say who may see identities, erase, export, hold, decide.",
)
def role() -> None:
    """Say who may see identities, hand them out, erase, hold, decide, and give roles.

    Roles: resolve (see who stands behind a token), export (hand out identities), erase (erase,
    carry out retention, prune), hold (place and release legal holds), decide (publish statements,
    decide how promises are judged), administer (give and take roles). A person is an account:
    person:USER@HOST at a terminal.

    Of the service: recorder (send facts), reader (be answered by tokens), investigator (see
    identities in a case; has resolve), dpo (record, resolve, export, erase, hold, decide), auditor
    (proofs), admin (has administer). There a person is what the issuer of their bearer token calls
    them; programs have keys: zegel api-key.
    """


def role_word() -> Word:
    """The name of a role."""
    return Word("role", lambda _ctx: _role_names(), closed=True)


def _role_names() -> "Iterable[str]":
    from ledger.role_names import ROLES, SERVICE_ROLES  # noqa: PLC0415 - start time: see cli/app.py

    return [*ROLES, *SERVICE_ROLES]


@click.command(cls=ZegelCommand, examples=(EXAMPLES[1],), short_help=TABLE["grant"].short_help)
@click.argument("person", metavar="PERSON")
@click.argument("roles", metavar="ROLE...", type=role_word(), nargs=-1, required=True)
@click.option("--from", "since", metavar="TIME", help=f"From: {TIME_HELP}. Default: now.")
@click.option("--until", metavar="TIME", help="Until. Default: until it is revoked.")
@click.option("--reason", metavar="TEXT", help="Why; kept in the vault.")
@click.option(
    "--as-key-owner",
    is_flag=True,
    help="Where nobody is left to ask: take every role first, as the owner of the key file; that "
    "nobody was asked is recorded.",
)
@click.pass_obj
def grant(
    session: Session,
    /,
    person: str,
    roles: tuple[str, ...],
    *,
    as_key_owner: bool,
    **typed: Any,  # noqa: ANN401 - times and reason
) -> int:
    """Give roles to somebody; you need the role administer for it."""
    from ledger.roles import grant_roles  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        if as_key_owner:
            _take_over(ledger)
        authorise(ledger, "administer")
        reader = time_reader(session, ledger)
        granted = grant_roles(
            ledger,
            person,
            _known(roles),
            by=account(),
            reason=typed["reason"],
            valid_from=read_time(reader, typed["since"], "--from"),
            valid_until=read_time(reader, typed["until"], "--until"),
        )
    for event, receipt in granted:
        write_receipt(receipt, event, session.zone)
    return 0


@click.command(cls=ZegelCommand, examples=(EXAMPLES[2],), short_help=TABLE["revoke"].short_help)
@click.argument("person", metavar="PERSON|TOKEN")
@click.argument("roles", metavar="[ROLE]...", type=role_word(), nargs=-1)
@click.option("--reason", metavar="TEXT", help="Why; kept in the vault.")
@click.pass_obj
def revoke(session: Session, /, person: str, roles: tuple[str, ...], reason: str | None) -> int:
    """Take roles away from somebody; without a ROLE, every one.

    The last one who may administer cannot be taken away: give that role to somebody else first.
    """
    from ledger.roles import revoke_roles  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        authorise(ledger, "administer")
        revoked = revoke_roles(
            ledger, person, _known(roles) if roles else None, by=account(), reason=reason
        )
    for event, receipt in revoked:
        write_receipt(receipt, event, session.zone)
    return 0


@click.command(
    "list",
    cls=ZegelCommand,
    examples=(
        EXAMPLES[0],
        "zegel role list --as-of 2026-06-30 --json",
        "zegel role list --identities --purpose access-review",
    ),
    short_help=TABLE["list"].short_help,
)
@click.option("--all", "every", is_flag=True, help="Grants that ended or were taken away, too.")
@click.option("--as-of", metavar="TIME", help=f"At: {TIME_HELP}. Default: now.")
@identity_options
@output_options
@click.pass_obj
def list_roles(
    session: Session,
    /,
    as_of: str | None,
    form: str | None,
    *,
    every: bool,
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """List who has which role, or had on a date; tokens stand for people.

    That somebody is you is shown to you without the role resolve. The roles of programs are listed
    with their keys: zegel api-key list.
    """
    from ledger.role_grants import role_grants  # noqa: PLC0415 - start time: see cli/app.py

    require_purpose(typed)
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        if typed["identities"]:
            authorise(ledger, "resolve")
        at = read_time(time_reader(session, ledger), as_of, "--as-of") or ledger.clock()
        people = [each for each in role_grants(ledger) if each.key_id is None]
        grants = [each for each in people if every or each.held(at)]
        names = _names(ledger, grants, typed) if typed["identities"] else {}
        you = ledger.subjects_matching(account())
        rows = [_row(each, at, names, you) for each in grants]
    if chosen == "json":
        write_document({"as_of": at, "roles": rows})
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    if not rows and chosen == "table":
        note("nobody has a role")
    return 0


def _names(
    ledger: "Ledger", grants: "Iterable[RoleGrant]", typed: "Mapping[str, Any]"
) -> "dict[UUID, str]":
    wanted = [each.grantee for each in grants if each.grantee is not None]
    return ledger.resolve(wanted, "role list", reading_of(typed["purpose"]))


def _row(
    found: "RoleGrant", at: "datetime", names: "Mapping[UUID, str]", you: "Container[UUID | None]"
) -> dict[str, Any]:
    from ledger.personal import token_text  # noqa: PLC0415 - start time: see cli/app.py

    held = found.held(at)
    token = None if found.grantee is None else token_text("person", found.grantee)
    return {
        "person": "erased" if found.grantee is None else names.get(found.grantee, token),
        "roles": list(_known(held)),
        "taken": list(_known(found.roles - held)),
        "valid_from": found.valid_from,
        "valid_until": found.valid_until,
        "granted_by": found.granted_by,
        "is_you": "you" if found.grantee in you else None,
        "index": found.index,
    }


def _known(roles: "Iterable[str]") -> "tuple[AnyRole, ...]":
    from ledger.role_names import in_order  # noqa: PLC0415 - start time: see cli/app.py

    return in_order(roles)


def _take_over(ledger: "Ledger") -> None:
    from ledger.roles import take_roles  # noqa: PLC0415 - start time: see cli/app.py

    receipt = take_roles(ledger, account())
    note(f"zegel: {account()} has every role now (record {receipt.index})")
