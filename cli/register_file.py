"""Writes a register as a file: which format a name means, and that it was handed out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.output import choose_form, write_line
from cli.reader import account, authorise
from cli.session import Session
from ledger.errors import BadRequest, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cli.options import Decorated
    from formats.register.file import FileFormat, Telling
    from ledger.ledger import Ledger
    from projections.art30.content import Register


Possible = TypeVar("Possible", bound="FileFormat")
"""The formats that a command writes."""


def file_options(*formats: "FileFormat", required: bool) -> "Callable[[Decorated], Decorated]":
    """Adds `-o`, `--format`, `--language`, `--recipient` and `--force`."""
    from cli.handing_out import RECIPIENT_HELP  # noqa: PLC0415 - only where a command is shown

    options = (
        click.option(
            "-o",
            "--to",
            "target",
            type=click.Path(path_type=Path, dir_okay=False),
            required=required,
            metavar="FILE",
            help="Where to write it; the end of the name says in which format.",
        ),
        click.option(
            "--format",
            "file_format",
            type=click.Choice(formats),
            help="In which format, where the name does not say.",
        ),
        click.option(
            "--language",
            "--lang",
            type=click.Choice(["nl", "en"]),
            default="nl",
            show_default=True,
            help="In which words; column sets have their own.",
        ),
        click.option("--recipient", metavar="WHO", help=f"{RECIPIENT_HELP} Recorded."),
        click.option("--force", is_flag=True, help="Write over a file that is there."),
    )

    def decorate(function: "Decorated") -> "Decorated":
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def format_of(
    target: Path, asked: "Possible | None", allowed: "tuple[Possible, ...]"
) -> "Possible":
    """The format that was asked for, else the one that the name of the file means.

    Raises:
        BadRequest: the name means none of those that are possible.
    """
    from formats.register.file import SUFFIXES  # noqa: PLC0415 - start time: see cli/app.py

    found = asked or SUFFIXES.get(target.suffix.lower())
    if found is None or found not in allowed:
        names = ", ".join(name for name, each in SUFFIXES.items() if each in allowed)
        raise BadRequest(
            f"-o: expected a name that ends in one of {names}, or --format, found {target.name!r}"
        )
    return found


def telling_of(typed: "Mapping[str, Any]", session: Session) -> "Telling":
    """In which words a file tells; dates are local dates of the duty-bearer, whatever is shown."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start time: see cli/app.py

    from formats.register.file import Telling  # noqa: PLC0415 - likewise

    calendar = ZoneInfo(session.calendar_zone)
    return Telling(language=typed["language"], calendar=calendar, zone=session.zone)


def require_free(target: Path, *, force: bool) -> None:
    """Returns only if a file may be written there.

    Raises:
        BadRequest: something stands there.
    """
    if target.exists() and not force:
        raise BadRequest(f"-o {target}: expected no such file yet; --force writes over it")


def require_export(ledger: "Ledger", typed: "Mapping[str, Any]") -> None:
    """Returns only if people and words may be handed out, where they are asked for.

    Raises:
        NotAuthorised: they may not; the attempt was recorded.
    """
    if typed["identities"]:
        authorise(ledger, "export")


def write_register(
    ledger: "Ledger",
    register: "Register",
    target: Path,
    content: bytes,
    typed: "Mapping[str, Any]",
) -> dict[str, Any]:
    """Writes the file, and records that it was handed out where it names people or has a recipient.

    Args:
        ledger: The log.
        register: What the file holds.
        target: Where it goes.
        content: Of the file.
        typed: The options `purpose` and `recipient`.

    Raises:
        StoreUnavailable: the file cannot be written.
    """
    from cli.handing_out import recipient_fields  # noqa: PLC0415 - start time
    from formats.register.file import handed_out  # noqa: PLC0415 - likewise
    from ledger.handing_out import record_handing_out  # noqa: PLC0415 - likewise
    from ledger.private_files import replace_file  # noqa: PLC0415 - likewise

    standing = register.standing
    facts = handed_out(register, content)
    if standing.opened or typed["recipient"]:
        recipient = recipient_fields(typed["recipient"])
        record_handing_out(ledger, facts, account(), reason=typed["purpose"], **recipient)
    try:
        replace_file(target, content)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error
    return {
        "file": str(target),
        "sha256": facts["manifest_sha256"],
        "activities": len(register.activities),
        "agreements": len(register.agreements),
        "as_of": standing.as_of,
        "as_known": standing.as_known,
        "known_size": standing.known_size,
        "opened": standing.opened,
    }


def tell(facts: "Mapping[str, Any]", headline: str, session: Session) -> None:
    """Says what was written: for people with a headline, else as one JSON object."""
    if choose_form(None) != "table":
        write_line(facts)
        return
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line(headline, style="good", mark="✓")
    draw_facts([(name.replace("_", " "), value) for name, value in facts.items()], session.zone)
