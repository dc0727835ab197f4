"""The files of the quarantine as they are named at the command line: by the begin of their name."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from cli.exit_codes import ExitCode, exit_code_of
from cli.known_words import listed
from cli.output import note
from ledger.errors import BadRequest, FormatError, StoreUnavailable
from ledger.identifiers import masked

if TYPE_CHECKING:
    from cli.quarantine_files import QuarantineFile
    from ledger.home import Home

NOTHING_KEPT: Final = "nothing is kept in quarantine"

Answer = TypeVar("Answer")


def of_each(
    files: "Iterable[QuarantineFile]", answer: "Callable[[QuarantineFile], Answer]"
) -> tuple[list[Answer], ExitCode]:
    """What each file gives; one that is none of ours is said, and keeps no other one back.

    Args:
        files: Of the quarantine.
        answer: What is made of a file.

    Returns:
        The answers, and how the command ends.
    """
    answers: list[Answer] = []
    code = ExitCode.FINE
    for file in files:
        try:
            answers.append(answer(file))
        except (FormatError, StoreUnavailable) as error:
            note(f"zegel: {masked(str(error))}; left out")
            code = code or exit_code_of(error)
    return answers, code


def named_files(home: "Home", names: Sequence[str]) -> "list[QuarantineFile]":
    """The files that are named, each once; without names all of them.

    Args:
        home: Whose quarantine.
        names: As `zegel quarantine list` shows them, or their first characters.

    Raises:
        BadRequest: a name fits no file, or several.
        StoreUnavailable: there is no such home.
    """
    from cli.quarantine_files import quarantine_files  # noqa: PLC0415 - start time: see cli/app.py

    home.settings()  # a home that is not there keeps nothing, which is no answer
    there = quarantine_files(home.quarantine)
    if not names:
        return there
    found: dict[str, QuarantineFile] = {}
    for name in names:
        fitting = [each for each in there if each.name.startswith(name)]
        if len(fitting) != 1 or not name:
            known = listed([each.name[:8] for each in (fitting or there)], "none")
            raise BadRequest(
                f"quarantine {name}: expected the name of one file (there are: {known}), "
                f"found {len(fitting)}"
            )
        found[fitting[0].name] = fitting[0]
    return list(found.values())
