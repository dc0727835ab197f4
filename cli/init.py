"""`zegel init`: a new log with its folder, database and keys."""

from typing import Final

import click

from cli.options import ZegelCommand
from cli.output import choose_form, write_line
from cli.reader import account
from cli.session import LOCAL_ZONE, Session

EXAMPLES: Final = (
    "zegel init",
    "zegel --home audit --database postgresql+psycopg://zegel@db/zegel init",
    "zegel init --origin log.example.nl/audit --key-store 'pkcs11:token=zegel?module-path=…'",
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Make a new log: folder, database and keys."
)
@click.option(
    "--origin",
    metavar="NAME",
    help="The name of the log for everybody who will check it, a URL without scheme; it can never "
    "change. Default: made up.",
)
@click.option(
    "--zone", metavar="ZONE", default=LOCAL_ZONE, show_default=True, help="Zone of times."
)
@click.option(
    "--key-store",
    metavar="URI",
    help="A hardware token for the keys, as a pkcs11: URI; its PIN is taken from ZEGEL_TOKEN_PIN "
    "or the file that pin-source names. Default: a file in the home.",
)
@click.option(
    "--backup-retention-days",
    type=click.IntRange(1, 36525),
    metavar="DAYS",
    help="After how many days no backup of the database is left; erasures are complete then.",
)
@click.option(
    "--upgrade",
    is_flag=True,
    help="Bring the database of an existing home to the tables of this version.",
)
@click.option(
    "--no-roles",
    is_flag=True,
    help="Give nobody a role yet: the first that owns the key file and needs one takes them all.",
)
@click.pass_obj
def init(
    session: Session,
    /,
    origin: str | None,
    zone: str,
    key_store: str | None,
    backup_retention_days: int | None,
    *,
    upgrade: bool,
    no_roles: bool,
) -> int:
    """Make a new log.

    Makes the home folder, the database, the keys and a signing key; an existing one is never
    overwritten. Whoever makes it has every role in it: zegel role list. The keys open the personal
    data: keep their backup apart from that of the database. A passphrase for the signing key is
    taken from ZEGEL_KEY_PASSPHRASE.
    """
    from cli.new_log import facts_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.roles import found_roles  # noqa: PLC0415 - likewise

    home = session.open_home()
    if upgrade:
        home.upgrade(session.typed_database)
        ledger = home.open_ledger(session.typed_database)
    else:
        ledger = home.init(
            origin,
            database=session.database,
            zone=zone,
            key_store=key_store,
            backup_retention_days=backup_retention_days,
        )
    try:
        if not upgrade and not no_roles:
            found_roles(ledger, account())
        facts = facts_of(ledger, home.folder)
    finally:
        ledger.close()
    if choose_form(None) != "table":
        write_line(facts)
        return 0
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    done = "upgraded" if upgrade else "new"
    draw_line(f"{done} log {facts['origin']}", style="good", mark="✓")
    draw_facts([(name.replace("_", " "), fact) for name, fact in facts.items()], session.zone)
    draw_line("Back up the database and the keys, apart from each other:")
    draw_line("without the keys nobody opens a name again; with both, everybody can.", indent=2)
    draw_line("Give the verifier key to whoever will check the log, and sign it: zegel seal --loop")
    return 0
