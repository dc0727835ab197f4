"""Who reads at this terminal, and what they may: named when identities are shown.

The account is the one that the system runs this process under, never what the environment says of
it. At a terminal this is evidence and a rule, no wall: see docs/how-to/roles.md.
"""

import os
import pwd
import socket
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import Decorated
from cli.output import note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ledger.evidence import Reading
    from ledger.ledger import Ledger
    from ledger.reading import Opening
    from ledger.role_names import Role
    from ledger.stored import StoredRecord

PURPOSE_HELP: Final = (
    "Why identities are looked at: a word of the list in docs/how-to/who-looked.md and your own "
    "words, such as 'incident-investigation: 2026-14'; words alone count as other."
)


def account() -> str:
    """The account that runs this command on this machine: `person:USER@HOST`."""
    user_id = os.geteuid()
    try:
        name = pwd.getpwuid(user_id).pw_name
    except KeyError:  # a container may run under a number that no list names
        name = f"uid-{user_id}"
    return f"person:{name}@{socket.gethostname()}"


def reading_of(purpose: str | None) -> "Reading":
    """Who looks, and why: the purpose of the list that was typed, and the words behind it."""
    from ledger.evidence import Reading  # noqa: PLC0415 - the ledger is open by now
    from ledger.purposes import OTHER, PURPOSES  # noqa: PLC0415 - likewise

    word, _, reason = (purpose or "").partition(":")
    if word.strip() not in PURPOSES:
        return Reading(account(), OTHER, purpose)
    return Reading(account(), word.strip(), reason.strip() or None)


def identity_options(function: Decorated) -> Decorated:
    """Adds `--identities` and `--purpose`."""
    options = (
        click.option(
            "--identities",
            is_flag=True,
            help="Show who it was; needs --purpose and the role resolve, and is itself recorded.",
        ),
        click.option("--purpose", metavar="PURPOSE", help=PURPOSE_HELP),
    )
    for option in reversed(options):
        function = option(function)
    return function


def require_purpose(typed: "Mapping[str, Any]") -> None:
    """Returns only if it is said why identities are asked for.

    Raises:
        UsageError: it is not.
    """
    if typed["identities"] and not typed["purpose"]:
        raise click.UsageError("--identities: expected --purpose TEXT beside it, found none")


def claim_roles(ledger: "Ledger") -> None:
    """Gives every role to the owner of the key file, in a log that never gave one to anybody.

    Such a log is older than roles, or was made by an installer. That nobody was asked is recorded.
    """
    from ledger.role_grants import role_grants  # noqa: PLC0415 - the ledger is open by now
    from ledger.roles import KEY_OWNER, found_roles, owns  # noqa: PLC0415 - likewise

    if role_grants(ledger) or not owns(ledger.key_file):
        return
    receipt = found_roles(ledger, account(), KEY_OWNER)
    note(
        f"zegel: nobody had a role in this log: {account()}, who owns the key file, has them all "
        f"now (record {receipt.index}); zegel role list"
    )


def authorise(ledger: "Ledger", role: "Role") -> None:
    """Returns only if the account of this process has a role.

    Raises:
        NotAuthorised: it has not; the attempt was recorded.
    """
    from ledger.roles import require_role  # noqa: PLC0415 - the ledger is open by now

    claim_roles(ledger)
    require_role(ledger, account(), role)


def may_see_identities(ledger: "Ledger", *beside: "Role") -> bool:
    """Whether identities may be shown; if not, it is said, and the attempt recorded.

    Args:
        ledger: The log.
        beside: Roles that it takes as well: `export`, where they are handed out.
    """
    from ledger.errors import NotAuthorised  # noqa: PLC0415 - the ledger is open by now

    try:
        for role in ("resolve", *beside):
            authorise(ledger, role)
    except NotAuthorised as error:
        note(f"zegel: {error}")
        note("zegel: tokens are shown")
        return False
    return True


def opening_for(
    ledger: "Ledger",
    typed: "Mapping[str, Any]",
    rows: "Callable[[], Iterable[StoredRecord]]",
    question: str,
) -> "Opening | None":
    """The right to show people and words, if they were asked for and may be seen; else `None`.

    Args:
        ledger: The log.
        typed: The options `identities` and `purpose`.
        rows: Gives the records that are shown.
        question: What is asked, without identities in it.

    Raises:
        UsageError: they are asked for without a purpose.
    """
    require_purpose(typed)
    if not typed["identities"] or not may_see_identities(ledger):
        return None
    return ledger.record_reading(reading_of(typed["purpose"]), question, rows())
