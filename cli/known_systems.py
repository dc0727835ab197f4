"""The systems that reported, kept so that completing a word in a shell opens no database."""

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "known-systems.txt"


def _file(session: Session) -> "Path":
    folder: Path = session.open_home().folder
    return folder / FILE_NAME


def known_systems(session: Session) -> list[str]:
    """The remembered ids in order; none when nothing was remembered."""
    from ledger.errors import BadRequest  # noqa: PLC0415 - start time: see cli/app.py

    try:
        return sorted(set(_file(session).read_text("utf-8").split()))
    except (OSError, UnicodeDecodeError, BadRequest):  # no such log: whoever runs says so
        return []


def remember_systems(session: Session, systems: Iterable[str]) -> None:
    """Adds ids to those remembered; a home that cannot be written loses only a convenience.

    What a source sent in the place of an id, and the log refused for it, is not remembered.
    """
    from ledger.identifiers import names_bsn  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.private_files import close_to_others, replace_file  # noqa: PLC0415 - likewise

    known = known_systems(session)
    fresh = sorted({each for each in systems if not names_bsn(each)} - set(known))
    if fresh:
        with contextlib.suppress(OSError):
            replace_file(_file(session), ("\n".join([*known, *fresh]) + "\n").encode())
    else:
        close_to_others(_file(session))
