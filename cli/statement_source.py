"""The statement file and the statement that somebody names on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli.output import note
from formats.shipped_statements import statement_folder
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from formats.statement_file import StatementFile

FILE_HELP: Final = "a file, or the name of one that comes with Zegel"
_MOST_TOLD: Final = 20


def shipped_names() -> list[str]:
    """The names of the statement files that come with Zegel, such as `ragiox-gold`."""
    names = (entry.name for entry in statement_folder().iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def is_statement_file(typed: str) -> bool:
    """Whether somebody means a statement file, not the id of a policy."""
    return typed in shipped_names() or typed.endswith((".yaml", ".yml")) or Path(typed).is_file()


def statement_file(typed: str) -> "StatementFile":
    """The statement file of a path, or of the name of a shipped one.

    Raises:
        BadRequest: there is neither.
        FormatError: the file is wrong.
    """
    from formats.statement_file import StatementRefused, read_statement_file  # noqa: PLC0415 - start time: see cli/app.py

    name, data = _named(typed)
    try:
        return read_statement_file(data, name)
    except StatementRefused as error:
        if len(error.findings) == 1:
            raise
        for each in error.findings[:_MOST_TOLD]:
            note(f"zegel: {each}")
        raise BadRequest(
            f"{name}: expected a file without faults, found {len(error.findings)}"
        ) from error


def _named(typed: str) -> tuple[str, bytes]:
    path = Path(typed)
    if not path.is_file() and typed in shipped_names():
        shipped = statement_folder().joinpath(f"{typed}.yaml")
        return shipped.name, shipped.read_bytes()
    if not path.is_file() and not path.suffix:
        known = ", ".join(shipped_names())
        raise BadRequest(f"statement file: expected {FILE_HELP} ({known}), found {typed!r}")
    try:
        return typed, path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{typed}: expected a statement file, found {error.strerror}") from error


def statement_text(path: Path) -> str:
    """The statement in a file, every byte of it.

    Raises:
        BadRequest: it cannot be read, or is no UTF-8.
    """
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise BadRequest(f"{path}: expected a statement, found {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"{path}: expected UTF-8, found other bytes at byte {error.start + 1}"
        ) from error
