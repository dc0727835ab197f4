"""`zegel init`: a new log with its folder, database and keys."""

from typing import Final

import click

from cli.options import ZegelCommand
from cli.output import choose_form, write_line
from cli.session import LOCAL_ZONE, Session

EXAMPLES: Final = (
    "zegel init",
    "zegel init --origin log.example.nl/personal-data",
    "zegel --home audit --database postgresql+psycopg://zegel@db/zegel init",
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
@click.pass_obj
def init(session: Session, /, origin: str | None, zone: str) -> int:
    """Make a new log.

    Makes the home folder, the database and the key file; an existing one is never overwritten.
    The key file opens the personal data: keep its backup apart from that of the database.
    """
    home = session.open_home()
    ledger = home.init(origin, database=session.database, zone=zone)
    try:
        facts = {
            "origin": ledger.origin,
            "home": str(home.folder),
            "database": ledger.log.engine.url.render_as_string(hide_password=True),
            "key_file": str(home.key_file),
            "size": ledger.head().size,
        }
    finally:
        ledger.close()
    if choose_form(None) != "table":
        write_line(facts)
        return 0
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line(f"new log {facts['origin']}", style="good", mark="✓")
    draw_facts(list(facts.items()), session.zone)
    draw_line("Back up the database and the key file, apart from each other:")
    draw_line("without the key file nobody opens a name again; with both, everybody can.", indent=2)
    return 0
