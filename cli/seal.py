"""`zegel seal`: signs what is new, once or again and again."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_line
from cli.seconds import Seconds
from cli.session import Session
from cli.stopping import stop_when_told

if TYPE_CHECKING:
    from ledger.errors import StoreUnavailable
    from ledger.ledger import Ledger
    from ledger.signing.signer import Sealed, Signer

EXAMPLES: Final = (
    "zegel seal",
    "zegel seal --all --loop --every 60",
    "zegel seal --json | jq -r .checkpoint > monday.checkpoint",
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Sign what is new, once or again and again."
)
@click.option("--loop", is_flag=True, help="Go on until the program is told to stop (SIGTERM).")
@click.option(
    "--every",
    "every_s",
    type=Seconds(1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="With --loop: how long something new stays unsigned.",
)
@click.option(
    "--heartbeat",
    "heartbeat_s",
    type=Seconds(1),
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="When the last checkpoint of an idle log is older, record that it is idle and sign that.",
)
@click.option(
    "--all",
    "every_log",
    is_flag=True,
    help="Sign every log of the home, and have the logs of checkpoints collect what is new.",
)
@output_options
@click.pass_obj
def seal(
    session: Session,
    /,
    form: str | None,
    every_s: float,
    heartbeat_s: float,
    *,
    loop: bool,
    every_log: bool,
) -> int:
    """Sign what is new: a checkpoint over everything that is stored.

    Every record since the last checkpoint is hashed again first. A log that is shorter than what
    was signed, or another one, is never signed: the command ends with 3 and says why.
    """
    from ledger.signing.heartbeat import heartbeat_of  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    if every_log:
        from cli.seal_all import seal_all  # noqa: PLC0415 - likewise

        return seal_all(session, chosen, every_s=every_s if loop else None, heartbeat_s=heartbeat_s)
    with session.open_ledger() as ledger:
        if loop:
            _seal_until_told(session, ledger, chosen, every_s, heartbeat_s)
            return ExitCode.FINE
        sealed = signer_of(session, ledger).seal(
            heartbeat=heartbeat_of(ledger), heartbeat_s=heartbeat_s
        )
    if sealed is None:
        note("zegel: nothing was signed: the log has no records yet")
        return ExitCode.UNAVAILABLE
    write_sealed(sealed, chosen, session)
    return ExitCode.FINE


def signer_of(session: Session, ledger: "Ledger") -> "Signer":
    """The signer of this home; its key file is read when something is signed."""
    from ledger.signing.signer import Signer  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.signing.signing_key import environment_passphrase  # noqa: PLC0415 - likewise

    folder = session.signing_folder()
    folder.current_term()  # a home without keys says so before it waits for records
    return Signer(
        ledger.log, lambda: folder.current(environment_passphrase), folder.state, ledger.clock
    )


def sealed_document(sealed: "Sealed") -> dict[str, Any]:
    """A checkpoint as a JSON object."""
    return {
        "size": sealed.checkpoint.size,
        "root": sealed.checkpoint.root,
        "signed_at": sealed.signed_at,
        "new": sealed.is_new,
        "new_records": sealed.new_records,
        "checkpoint": sealed.note.decode(),
    }


def write_sealed(sealed: "Sealed", form: str, session: Session) -> None:
    """Writes a checkpoint: for people with what was done first."""
    document = sealed_document(sealed)
    if form == "table":
        from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

        done = (
            f"signed: {sealed.new_records} new records"
            if sealed.is_new
            else "nothing new since the last checkpoint"
        )
        draw_line(done, style="good", mark="✓")
        draw_facts(
            [(name.replace("_", " "), document[name]) for name in ("size", "root", "signed_at")],
            session.zone,
        )
    elif form == "json":
        write_document(document)
    else:
        write_line(document)


def _seal_until_told(
    session: Session, ledger: "Ledger", form: str, every_s: float, heartbeat_s: float
) -> None:
    from ledger.signing.cadence import seal_repeatedly  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.signing.heartbeat import heartbeat_of  # noqa: PLC0415 - likewise
    from ledger.signing.signer import Sealed  # noqa: PLC0415 - likewise

    def tell(outcome: "Sealed | StoreUnavailable") -> None:
        if isinstance(outcome, Sealed):
            write_sealed(outcome, form, session)
            sys.stdout.flush()  # whoever reads the pipe waits for this line
        else:
            note(f"zegel: {outcome}; trying again")

    with stop_when_told() as stop:
        seal_repeatedly(
            signer_of(session, ledger),
            stop,
            tell,
            heartbeat=heartbeat_of(ledger),
            every_s=every_s,
            heartbeat_s=heartbeat_s,
        )
