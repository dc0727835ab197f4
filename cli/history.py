"""What `zegel log` and `zegel export --as` share: the filters, the question, damaged records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cli.exit_codes import ExitCode
from cli.output import note
from cli.questions import TIME_HELP, known_size_of, time_reader
from cli.session import Session
from cli.words import kind_word, system_word
from formats.record_times import size_of_record
from formats.sentences import counted
from formats.shown_times import show_window
from formats.typed_times import end_of_span, read_time
from ledger.errors import BadRequest, MalformedEvent

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord
    from ledger.query import EventQuery

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

SPAN_AROUND: Final = "24h"
_ABOVE_ALL: Final = 10**18
"""More than any index; a database takes no number that is much larger."""
_OPTIONS: Final = (
    click.option("--since", metavar="TIME", help=f"Occurred at or after: {TIME_HELP}."),
    click.option("--until", metavar="TIME", help="Occurred before."),
    click.option(
        "--around",
        metavar="INDEX|EVENT-ID",
        help="Occurred before and after this record, --within.",
    ),
    click.option(
        "--within", metavar="SPAN", help="How long before and after: 24h, 3d. Default: 24h."
    ),
    click.option(
        "--kind",
        "kinds",
        type=kind_word(),
        multiple=True,
        help="A kind or a group of kinds; repeat for more.",
    ),
    click.option(
        "--without",
        type=kind_word(),
        multiple=True,
        help="Leave out a kind or a group of kinds; repeat for more.",
    ),
    click.option("--system", type=system_word(), metavar="ID", help="Reported by this system."),
    click.option("--actor", metavar="PERSON", help="Done by: person:ACCOUNT, or a token."),
    click.option("--ip", metavar="ADDRESS", help="About or from this address, or its token."),
    click.option("--subject", metavar="SUBJECT", help="About: data-subject:TYPE:ID, or a token."),
    click.option("--grep", metavar="REGEX", help="Only records whose shown JSON matches."),
    click.option(
        "--as-known",
        metavar="TIME",
        help="Only what was recorded by then; @INDEX names a record.",
    ),
    click.option("--after", metavar="INDEX", help="Only what was recorded after this record."),
    click.option(
        "-n",
        "limit",
        type=click.IntRange(min=1),
        metavar="NUMBER",
        help="So many records at most.",
    ),
    click.option(
        "--looked-at",
        metavar="SUBJECT",
        help="Only readings that showed this identity or token: who looked, when, how much.",
    ),
)


def filter_options(function: Decorated) -> Decorated:
    """Adds every filter of the history."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def refuse_contradictions(typed: Mapping[str, Any]) -> None:
    """Returns only if the filters go together.

    Raises:
        UsageError: they do not.
    """
    if typed["within"] and not typed["around"]:
        raise click.UsageError("--within: expected --around INDEX beside it, found none")
    if typed["around"] and (typed["since"] or typed["until"]):
        raise click.UsageError("--around: expected no --since and no --until, found one")


def history_query(session: Session, ledger: "Ledger", typed: Mapping[str, Any]) -> "EventQuery":
    """The question that the filters ask; says on standard error how its window was understood.

    Raises:
        BadRequest: a filter cannot be understood.
    """
    from ledger.query import EventQuery  # noqa: PLC0415 - the ledger is open by now

    since, until = _window(session, ledger, typed)
    if since or until:
        note(f"occurred {show_window(since, until, session.zone)}")
    return EventQuery(
        since=since,
        until=until,
        kinds=_kinds(typed["kinds"], "--kind"),
        without=_kinds(typed["without"], "--without"),
        system=typed["system"],
        actor=typed["actor"],
        ip=typed["ip"],
        subject=typed["subject"],
        looked_at=typed["looked_at"],
        grep=typed["grep"],
        known_size=known_size_of(session, ledger, typed["as_known"]),
        start=_start(typed["after"]),
        limit=typed["limit"],
    )


def _kinds(typed: Sequence[str], option: str) -> tuple[str, ...]:
    """The kinds that names of kinds and of groups stand for.

    Raises:
        BadRequest: there is none of that name.
    """
    from ledger.query import kinds_of  # noqa: PLC0415 - the ledger is open by now

    try:
        return tuple(kind for name in typed for kind in kinds_of(name))
    except MalformedEvent as error:
        raise BadRequest(
            f"{option}: expected {error.expected}, or a group such as access, found {error.found}"
        ) from error


def _start(typed: str | None) -> int:
    """The first index that is asked for, from `41` or `@41` as the last one that is not.

    Raises:
        BadRequest: it is no index.
    """
    if typed is None:
        return 0
    size = size_of_record(f"@{typed.removeprefix('@')}")
    if size is None or size > _ABOVE_ALL:
        raise BadRequest(f"--after: expected an index such as 41, found {typed!r}")
    return int(size)


def _window(
    session: Session, ledger: "Ledger", typed: Mapping[str, Any]
) -> "tuple[datetime | None, datetime | None]":
    """The window as typed: by its ends, or by the record in its middle."""
    reader = time_reader(session, ledger)
    if typed["around"] is None:
        return (
            read_time(reader, typed["since"], "--since"),
            read_time(reader, typed["until"], "--until"),
        )
    from ledger.named_record import find_record  # noqa: PLC0415 - only where a record is named

    middle = find_record(ledger, typed["around"])
    moment = reader.read(f"@{middle.index}")
    span = end_of_span(reader, typed["within"] or SPAN_AROUND, "--within") - reader.now
    return moment - span, moment + span


def is_damaged(opened: "OpenedRecord") -> bool:
    """Whether the bytes of a record of a known kind no longer hold its event: it is shown raw."""
    from ledger.events import KINDS  # noqa: PLC0415 - the ledger is open by now

    return opened.event is None and opened.stored.kind in KINDS


def watched(found: "Iterator[OpenedRecord]", damaged: list[int]) -> "Iterator[OpenedRecord]":
    """The same records; the indexes of damaged ones are noted."""
    for opened in found:
        if is_damaged(opened):
            damaged.append(int(opened.stored.index))
        yield opened


def conclude(damaged: list[int]) -> ExitCode:
    """How a command ends that showed these damaged records; says where the first one is."""
    if not damaged:
        return ExitCode.FINE
    raw = f"{counted(len(damaged), 'record')} shown raw"
    note(f"zegel: evidence broken at index {damaged[0]} ({raw}); run zegel verify")
    return ExitCode.EVIDENCE_BROKEN
