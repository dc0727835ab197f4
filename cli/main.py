"""The entry point: turns every way a command can end into its exit code and one clear line.

Python and Click end with 1 for an uncaught error, an interruption and a closed pipe alike; here
each has its own code.
"""

import signal
import sys
import traceback

import click

from cli.exit_codes import INTERRUPTED, ExitCode, exit_code_of
from cli.session import Session


def main() -> None:
    """Runs the command line of this process and ends it with the exit code of the command."""
    # `zegel log | head`: the process ends quietly by the signal, which the shell reports as 141.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one command line; whatever went wrong has been said on standard error."""
    session = Session()
    try:
        from cli.app import app  # noqa: PLC0415 - a broken installation is reported like any fault

        code = app.main(arguments, prog_name="zegel", standalone_mode=False, obj=session)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except click.UsageError as error:
        _say(_usage_line(error))
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except click.ClickException as error:  # such as a file that cannot be opened
        _say(error.format_message())
        return ExitCode.USAGE
    except Exception as error:  # noqa: BLE001 - the last guard: nothing may end as a bare trace
        return _report(error, debug=session.debug)
    return code if isinstance(code, int) else ExitCode.FINE


def _report(error: Exception, *, debug: bool) -> ExitCode:
    from ledger.errors import VerificationError  # noqa: PLC0415 - not needed when all goes well

    if debug:
        _say_lines("".join(traceback.format_exception(error)))
    code = exit_code_of(error)
    text = str(error) or type(error).__name__
    if isinstance(error, VerificationError):  # an index must be told, whatever number it is
        click.echo(f"zegel: {_visible(text)}", err=True)
        return code
    if code is ExitCode.UNEXPECTED:
        text = f"unexpected failure: {type(error).__name__}: {text}"
        if not debug:
            text += " (zegel --debug shows the trace)"
    _say(text)
    return code


def _usage_line(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "zegel"
    said = " ".join(error.format_message().split())  # Click lists choices line by line
    return f"{said} (see: {path} --help)"


def _say(text: str) -> None:
    """Says one line; a citizen number that was typed or read is not said again."""
    from ledger.identifiers import masked  # noqa: PLC0415 - not needed when all goes well

    click.echo(f"zegel: {_visible(masked(text))}", err=True)


def _say_lines(text: str) -> None:
    from formats.visible import visible_lines  # noqa: PLC0415 - likewise
    from ledger.identifiers import masked  # noqa: PLC0415 - likewise

    click.echo(visible_lines(masked(text)), err=True, nl=False)


def _visible(text: str) -> str:
    from formats.visible import visible  # noqa: PLC0415 - likewise

    return visible(text)


if __name__ == "__main__":
    main()
