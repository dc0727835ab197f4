"""The options by which a question about cases names its moment, and what they mean."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from formats.typed_times import read_time

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def moment_options(function: Decorated) -> Decorated:
    """Adds `--as-of` and `--as-known`."""
    function = click.option(
        "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
    )(function)
    return click.option(
        "--as-of", metavar="TIME", help=f"How it stood at: {TIME_HELP}. Default: now."
    )(function)


def typed_moment(
    session: Session, ledger: "Ledger", as_of: str | None, as_known: str | None
) -> "Moment":
    """The moment that the options mean; what was understood is said on standard error."""
    from projections.cases.reading import moment_of  # noqa: PLC0415 - start time: see cli/app.py

    stood = read_time(time_reader(session, ledger), as_of, "--as-of")
    known = read_time(time_reader(session, ledger, recorded=True), as_known, "--as-known")
    say_time("as of", stood, session)
    say_time("as known at", known, session)
    return moment_of(ledger, stood, known)
