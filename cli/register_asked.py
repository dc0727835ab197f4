"""What the commands on the register share: which part is asked for, and how it is read."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.case_moment import typed_moment
from cli.exit_codes import ExitCode
from cli.questions import time_reader
from cli.reader import opening_for
from cli.session import Session
from formats.shown_times import show_instant
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from ledger.ledger import Ledger
    from projections.art30.content import Register, Standing
    from projections.art30.reading import Asked
    from projections.cases.reading import Moment

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def part_options(function: Decorated) -> Decorated:
    """Adds `--role` and `--organisation`."""
    function = click.option(
        "--organisation", metavar="ID", help="Only the register of this organisation."
    )(function)
    return click.option(
        "--role",
        type=click.Choice(["controller", "processor"]),
        help="Only one part: art. 30(1), joint controllers too, or art. 30(2).  [default: both]",
    )(function)


def asked_of(typed: "Mapping[str, Any]") -> "Asked":
    """Which part of the register the options mean."""
    from projections.art30.reading import EVERYTHING, Asked  # noqa: PLC0415 - start time: see cli/app.py

    role = typed.get("role")
    parts = EVERYTHING.parts if role is None else (role,)
    return Asked(parts, typed.get("organisation"))


def read_asked(
    session: Session, ledger: "Ledger", typed: "Mapping[str, Any]", question: str
) -> "Register":
    """The register that the options ask for, with people and words where they may be shown.

    Args:
        session: The command line.
        ledger: The log.
        typed: The options of moment, part and identities.
        question: What is asked, without identities in it.

    Raises:
        UsageError: identities are asked for without a purpose.
    """
    moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
    recorded = time_reader(session, ledger, recorded=True)
    as_known = read_time(recorded, typed["as_known"], "--as-known")
    return read_at(ledger, typed, moment, question, as_known=as_known)


def read_at(
    ledger: "Ledger",
    typed: "Mapping[str, Any]",
    moment: "Moment",
    question: str,
    **known: Any,  # noqa: ANN401 - `as_known`, as the register tells it
) -> "Register":
    """As `read_asked`, for a moment that was read already."""
    from projections.art30.reading import read_register, register_records  # noqa: PLC0415 - start time

    asked = asked_of(typed)
    opening = opening_for(ledger, typed, lambda: register_records(ledger, moment, asked), question)
    return read_register(ledger, moment, asked=asked, identities=opening, **known)


def exit_code(register: "Register", typed: "Mapping[str, Any]") -> int:
    """Not authorised, where identities were asked for and are not shown."""
    is_refused = typed["identities"] and not register.standing.opened
    return ExitCode.NOT_AUTHORISED if is_refused else ExitCode.FINE


def provenance(standing: "Standing", zone: "tzinfo") -> str:
    """One line that says of when and up to which record an answer is true."""
    known = (
        "" if standing.as_known is None else f", as known {show_instant(standing.as_known, zone)}"
    )
    return (
        f"as of {show_instant(standing.as_of, zone)}{known}, by {standing.known_size} of "
        f"{standing.size} records, root {standing.root}"
    )
