"""The options by which records, and fields of them, are chosen to be handed to somebody else."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cli.output import note
from cli.questions import TIME_HELP, time_reader
from cli.session import Session
from cli.words import kind_word, system_word
from formats.shown_times import show_window
from formats.typed_times import read_time

if TYPE_CHECKING:
    from cli.asked import Asked
    from ledger.field_choice import FieldChoice
    from ledger.ledger import Ledger

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_RECORDS: Final = (
    click.option("--since", metavar="TIME", help=f"Occurred at or after: {TIME_HELP}."),
    click.option("--until", metavar="TIME", help="Occurred before."),
    click.option(
        "--kind",
        "kinds",
        type=kind_word(),
        multiple=True,
        help="A kind or a group of kinds; repeat for more.",
    ),
    click.option("--system", type=system_word(), metavar="ID", help="Reported by this system."),
    click.option("--actor", metavar="PERSON", help="Done by: person:ACCOUNT, or a token."),
    click.option("--ip", metavar="ADDRESS", help="About or from this address, or its token."),
    click.option(
        "--subject",
        metavar="SUBJECT",
        help="About this identity or token; only what is under their key can be opened.",
    ),
    click.option(
        "--case", metavar="CASE", help="Of this case: NAMESPACE:ID, or the id of its stream."
    ),
)
_FIELDS: Final = (
    click.option(
        "--field",
        "fields",
        multiple=True,
        metavar="NAME[,NAME]",
        help="Open this personal field wherever it stands, such as actor; repeat for more.",
    ),
    click.option(
        "--kind-field",
        "kind_fields",
        multiple=True,
        metavar="KIND:NAME[,NAME]",
        help="Open it in records of one kind only, such as access.granted:grantee.",
    ),
)


def record_options(function: Decorated) -> Decorated:
    """Adds the filters of `zegel log` and `--case`."""
    for option in reversed(_RECORDS):
        function = option(function)
    return function


def field_options(function: Decorated) -> Decorated:
    """Adds `--field` and `--kind-field`."""
    for option in reversed(_FIELDS):
        function = option(function)
    return function


def chosen_fields(typed: Mapping[str, Any]) -> "FieldChoice":
    """The fields that were typed.

    Raises:
        BadRequest: one is no personal field.
    """
    from ledger.field_choice import FieldChoice  # noqa: PLC0415 - start time: see cli/app.py

    return FieldChoice.read(typed["fields"], typed["kind_fields"])


def chosen_records(
    session: Session, ledger: "Ledger", typed: Mapping[str, Any], choice: "FieldChoice"
) -> "Asked":
    """The records that were typed, by index or filter, with the fields that open of them.

    Raises:
        BadRequest: a time, kind or index cannot be understood.
    """
    from cli.asked import Asked, read_places  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.query import EventQuery, kinds_of  # noqa: PLC0415 - likewise

    reader = time_reader(session, ledger)
    since = read_time(reader, typed["since"], "--since")
    until = read_time(reader, typed["until"], "--until")
    if since or until:
        note(f"occurred {show_window(since, until, session.zone)}")
    query = EventQuery(
        since=since,
        until=until,
        kinds=tuple(kind for name in typed["kinds"] for kind in kinds_of(name)),
        system=typed["system"],
        actor=typed["actor"],
        ip=typed["ip"],
        subject=typed["subject"],
    )
    return Asked(query, typed["case"], read_places(typed["places"]), choice)
