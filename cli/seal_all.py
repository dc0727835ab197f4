"""`zegel seal --all`: signs every log of a home, those of checkpoints after they collected."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from cli.exit_codes import ExitCode, exit_code_of
from cli.output import Column, note, write_rows
from cli.session import Session
from cli.stopping import stop_when_told

if TYPE_CHECKING:
    from cli.output import Form
    from ledger.errors import ZegelError
    from ledger.many_logs.sealing import OpenLog, SealedLogOfHome, Tell

COLUMNS: Final = (
    Column("log", "log", "word"),
    Column("size", "size", "count"),
    Column("root", "root", "word"),
    Column("signed_at", "signed", "instant"),
    Column("new", "new"),
    Column("new_records", "new records", "count"),
    Column("collected", "collected", "count"),
)


def seal_all(
    session: Session, form: "Form", *, every_s: float | None, heartbeat_s: float
) -> ExitCode:
    """The exit code of sealing every log: the worst of any log.

    Args:
        session: Whose home.
        form: Of the answer: one row for each log that was signed.
        every_s: Seconds between two runs; `None`: one run.
        heartbeat_s: How old the last checkpoint of an idle log may become.
    """
    from ledger.errors import ZegelError  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.many_logs.sealing import seal_together  # noqa: PLC0415 - likewise
    from ledger.signing.cadence import repeat  # noqa: PLC0415 - likewise

    found = {ExitCode.FINE}

    def failed(name: str, error: "ZegelError") -> None:
        note(f"zegel: {name}: {error}")
        found.add(exit_code_of(error))

    logs: dict[str, OpenLog] = {}
    with ExitStack() as stack:

        def run_once(*, all_of_them: bool) -> None:
            try:
                _open_missing(session, logs, stack, failed)
            except ZegelError as error:
                if not logs:
                    raise  # a home that was not made says so once
                failed(str(session.whole_home().folder), error)  # those that are open go on
            done = seal_together(logs.values(), heartbeat_s, failed)
            _write(done, form, session, all_of_them=all_of_them)

        if every_s is None:
            run_once(all_of_them=True)
            return _code(found)
        with stop_when_told() as stop:
            repeat(lambda: run_once(all_of_them=False), stop, every_s)
    broken = [ExitCode.EVIDENCE_BROKEN] if any(log.is_broken for log in logs.values()) else []
    return _code(broken)  # what was tried again and went well is past


def _open_missing(
    session: Session, logs: "dict[str, OpenLog]", stack: ExitStack, failed: "Tell"
) -> None:
    """Opens each log that is not open yet: made since, or out of reach before."""
    from ledger.errors import ZegelError  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.many_logs.home_logs import all_logs  # noqa: PLC0415 - likewise
    from ledger.many_logs.sealing import open_log  # noqa: PLC0415 - likewise
    from ledger.signing.signing_key import environment_passphrase  # noqa: PLC0415 - likewise

    home = session.whole_home()
    home.settings()
    for name, each in all_logs(home):
        if name in logs:
            continue
        try:
            logs[name] = open_log(name, each, environment_passphrase, session.typed_database)
        except ZegelError as error:
            failed(name, error)
            continue
        stack.callback(logs[name].ledger.close)


def _write(
    done: "Sequence[SealedLogOfHome]", form: "Form", session: Session, *, all_of_them: bool
) -> None:
    rows = [_row(each) for each in done if all_of_them or (each.sealed and each.sealed.is_new)]
    if rows:
        # A root fills half a line, and zegel checkpoint list shows it: people see the rest better.
        columns = (each for each in COLUMNS if form != "table" or each.name != "root")
        write_rows(rows, columns, form, session.zone)
        sys.stdout.flush()  # whoever reads the pipe waits for these lines


def _row(done: "SealedLogOfHome") -> dict[str, Any]:
    sealed = done.sealed
    return {
        "log": done.name,
        "size": 0 if sealed is None else sealed.checkpoint.size,
        "root": None if sealed is None else sealed.checkpoint.root.hex(),
        "signed_at": None if sealed is None else sealed.signed_at,
        "new": False if sealed is None else sealed.is_new,
        "new_records": 0 if sealed is None else sealed.new_records,
        "collected": done.collected,
    }


def _code(found: Iterable[ExitCode]) -> ExitCode:
    """Broken evidence first, whatever else there was."""
    codes = set(found)
    if ExitCode.EVIDENCE_BROKEN in codes:
        return ExitCode.EVIDENCE_BROKEN
    return max(codes, default=ExitCode.FINE)
