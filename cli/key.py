"""`zegel key`: the keys that sign the log; those that wrap people's keys are in `key_epochs`."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_line, write_rows
from cli.session import Session

if TYPE_CHECKING:
    from ledger.notes.checkpoint import KeyTerm

EXAMPLES: Final = (
    "zegel key show",
    "zegel key list --json",
    "zegel key rotate --reason 'yearly'",
    "zegel key rotate-epoch",
)
COLUMNS: Final = (
    Column("key_id", "key id", "word"),
    Column("first_size", "from size", "count"),
    Column("last_size", "to size", "count"),
    Column("verifier_key", "verifier key", "prose"),
)
TABLE: Final = {
    "new": Entry("cli.key:new", "Make the first signing key of a home that has none."),
    "list": Entry("cli.key:list_keys", "List every key with the sizes that it may sign."),
    "show": Entry("cli.key:show", "Show the verifier key that signs now."),
    "rotate": Entry("cli.key:rotate", "Replace the signing key by a new one."),
    "epochs": Entry(
        "cli.key_epochs:epochs", "List the epoch keys, and when an erasure is complete."
    ),
    "rotate-epoch": Entry(
        "cli.key_epochs:rotate_epoch", "Replace the epoch key; wrap every subject key anew."
    ),
    "destroy-epochs": Entry(
        "cli.key_epochs:destroy_epochs", "Destroy replaced epoch keys whose time has come."
    ),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Make, list, show or rotate keys.",
)
def key() -> None:
    """Make, list, show or rotate the signing key and the epoch keys.

    A verifier key is public: whoever has it can check every checkpoint. Private keys lie in the
    folder keys/signing of the home; ZEGEL_KEY_PASSPHRASE encrypts and opens them. An epoch key
    wraps the keys of people; it lies in the key file or token, apart from the database.
    """


@click.command(
    cls=ZegelCommand,
    examples=("zegel key new", "ZEGEL_KEY_PASSPHRASE=… zegel key new"),
    short_help=TABLE["new"].short_help,
)
@click.pass_obj
def new(session: Session) -> int:
    """Make the first signing key of a home that has none, such as one of an older version."""
    from ledger.signing.signing_key import environment_passphrase  # noqa: PLC0415 - start time: see cli/app.py

    origin = session.open_home().settings().origin
    click.echo(session.signing_folder().create(origin, environment_passphrase).vkey)
    return 0


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel key list", "zegel key list --json"),
    short_help=TABLE["list"].short_help,
)
@output_options
@click.pass_obj
def list_keys(session: Session, form: str | None) -> int:
    """List every key of the log with the sizes that it may sign, both included."""
    rows = [_row(term) for term in session.signing_folder().terms()]
    write_rows(rows, COLUMNS, choose_form(form), session.zone)
    return 0


@click.command(
    cls=ZegelCommand,
    examples=("zegel key show", "zegel key show > log.vkey"),
    short_help=TABLE["show"].short_help,
)
@click.pass_obj
def show(session: Session) -> int:
    """Show the verifier key that signs now, as C2SP tools take it."""
    click.echo(session.signing_folder().current_term().key.vkey)
    return 0


@click.command(
    cls=ZegelCommand,
    examples=("zegel key rotate", "zegel key rotate --reason 'left the company'"),
    short_help=TABLE["rotate"].short_help,
)
@click.option("--reason", metavar="TEXT", help="Why; kept encrypted in the record.")
@click.pass_obj
def rotate(session: Session, /, reason: str | None) -> int:
    """Replace the signing key by a new one.

    The change is recorded in the log, and both keys sign the checkpoint over that record. From then
    on only the new key signs; the old one stays good for what it signed.
    """
    from ledger.signing.rotation import rotate_key  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.signing.signing_key import environment_passphrase  # noqa: PLC0415 - likewise

    folder = session.signing_folder()
    with session.open_ledger() as ledger:
        done = rotate_key(ledger, folder, environment_passphrase, reason)
    facts = {
        "old_key": done.old.vkey,
        "new_key": done.new.vkey,
        "index": done.index,
        "boundary_size": done.boundary.checkpoint.size,
        "old_key_file": str(folder.key_file(done.old)),
    }
    if choose_form(None) != "table":
        write_line(facts)
        return 0
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line("a new key signs", style="good", mark="✓")
    draw_facts([(name.replace("_", " "), value) for name, value in facts.items()], session.zone)
    draw_line("Give the new verifier key to whoever checks the log. The old private key is not")
    draw_line("needed any more: destroy its file and its backups, so that nobody can use it.")
    return 0


def _row(term: "KeyTerm") -> dict[str, Any]:
    return {
        "key_id": term.key.key_id.hex(),
        "first_size": term.first_size,
        "last_size": term.last_size,
        "verifier_key": term.key.vkey,
    }
