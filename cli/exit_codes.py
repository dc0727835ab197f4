"""How a command ends: the code that a script can tell, and the one that an error gives."""

from ledger.exit_codes import INTERRUPTED, MEANINGS, ExitCode

__all__ = ["INTERRUPTED", "MEANINGS", "ExitCode", "exit_code_of"]


def exit_code_of(error: BaseException) -> ExitCode:
    """The code that a command ends with when this error ends it."""
    # Imported here: the tree of errors is not needed to print the help.
    from ledger.problem_types import problem_type_of  # noqa: PLC0415 - start time: see cli/app.py

    return problem_type_of(error).exit_code
