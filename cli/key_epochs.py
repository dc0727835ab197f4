"""`zegel key epochs`, `rotate-epoch` and `destroy-epochs`: the keys that wrap everybody's key."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_line, write_rows
from cli.reader import authorise
from cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.epoch_rotation import EpochDestruction, EpochState
    from ledger.horizon import Horizon
    from ledger.settings import Settings

COLUMNS: Final = (
    Column("epoch", "epoch", "count"),
    Column("state", "state", "word"),
    Column("made_at", "made"),
    Column("retired_at", "retired"),
    Column("destroy_after", "destroy after"),
    Column("destroyed_at", "destroyed"),
    Column("subjects", "subject keys", "count"),
)


@click.command(
    cls=ZegelCommand,
    examples=("zegel key epochs", "zegel key epochs --json"),
    short_help="List the epoch keys, and when an erasure is complete.",
)
@output_options
@click.pass_obj
def epochs(session: Session, form: str | None) -> int:
    """List the epoch keys, and when an erasure is complete in the backups too.

    An epoch key wraps the key of every person. One that was replaced is kept until the last backup
    of the database that needs it has expired; then it is destroyed.
    """
    from ledger.epoch_rotation import epoch_states, horizon_of  # noqa: PLC0415 - start time: see cli/app.py

    settings = session.open_home().settings()
    with session.open_ledger() as ledger:
        states = epoch_states(ledger)
        horizon = horizon_of(ledger, settings)
        now = ledger.clock()
    rows = [_row(state) for state in states]
    chosen = choose_form(form)
    if chosen == "json":
        document = {
            "epochs": rows,
            "rotate_before": _rotate_before(states, settings),
            "erasure_horizon": horizon.at,
            "explanation": list(horizon.explanation),
        }
        write_document(document)
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    for line in _horizon_lines(session, horizon):
        note(line)
    before = _rotate_before(states, settings)
    if before is not None and before < now:
        note("The epoch key is older than epoch_days says: run zegel key rotate-epoch")
    return 0


@click.command(
    "rotate-epoch",
    cls=ZegelCommand,
    examples=("zegel key rotate-epoch", "zegel key rotate-epoch --reason 'every quarter'"),
    short_help="Replace the epoch key; wrap every subject key anew.",
)
@click.option("--reason", metavar="TEXT", help="Why; kept encrypted in the record.")
@click.pass_obj
def rotate_epoch(session: Session, /, reason: str | None) -> int:
    """Replace the epoch key by a new one, and wrap the key of every person anew.

    Others may go on recording meanwhile. The old key is kept until the last backup of the database
    that needs it has expired, as backup_retention_days in zegel.toml says; each run destroys those
    whose time has come. One that was interrupted is finished by the next run.
    """
    from ledger.epoch_rotation import destroy_due_epochs  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.epoch_rotation import rotate_epoch as rotate  # noqa: PLC0415 - likewise

    settings = session.open_home().settings()
    with session.open_ledger() as ledger:
        authorise(ledger, "administer")
        done = rotate(ledger, settings, reason=reason)
        destroyed = destroy_due_epochs(ledger, settings)
    facts = {
        "from_epoch": done.from_epoch,
        "to_epoch": done.to_epoch,
        "continued": done.continued,
        "keys_rewrapped": done.keys_rewrapped,
        "index": done.index,
        "destroy_after": done.destroy_after,
        "destroyed_epochs": list(destroyed.epochs) if destroyed else [],
    }
    if choose_form(None) != "table":
        write_line(facts)
        return 0
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    said = "an interrupted rotation is finished" if done.continued else "a new epoch key wraps"
    draw_line(said, style="good", mark="✓")
    draw_facts([(name.replace("_", " "), value) for name, value in facts.items()], session.zone)
    if done.destroy_after is None:
        draw_line("When to destroy the old key is not known: set backup_retention_days.")
    draw_line("Back up the keys now: a copy of before is refused from here on.")
    return 0


@click.command(
    "destroy-epochs",
    cls=ZegelCommand,
    examples=("zegel key destroy-epochs",),
    short_help="Destroy replaced epoch keys whose time has come.",
)
@click.pass_obj
def destroy_epochs(session: Session) -> int:
    """Destroy replaced epoch keys whose time has come, and record it.

    What is left of the keys of erased people in old copies of the database can be opened by nobody
    from then on. Best run every day; a key that wraps a living subject key is never destroyed.
    """
    from ledger.epoch_rotation import destroy_due_epochs  # noqa: PLC0415 - start time: see cli/app.py

    settings = session.open_home().settings()
    with session.open_ledger() as ledger:
        authorise(ledger, "administer")
        done = destroy_due_epochs(ledger, settings)
    if choose_form(None) != "table":
        write_line(_destroyed(done))
        return 0
    from cli.rendering import draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    if done is None:
        draw_line("no epoch key is due")
        return 0
    named = ", ".join(str(epoch) for epoch in done.epochs)
    draw_line(f"destroyed: epoch {named} (record {done.index})", style="good", mark="✓")
    draw_line("Back up the keys now, and destroy the older backups of them when their time comes.")
    return 0


def _destroyed(done: "EpochDestruction | None") -> dict[str, Any]:
    if done is None:
        return {"destroyed_epochs": [], "index": None}
    return {"destroyed_epochs": list(done.epochs), "index": done.index}


def _row(state: "EpochState") -> dict[str, Any]:
    life = state.life
    return {
        "epoch": life.epoch,
        "state": _word(state),
        "made_at": life.made_at,
        "retired_at": life.retired_at,
        "destroy_after": life.destroy_after,
        "destroyed_at": life.destroyed_at,
        "subjects": state.subjects,
    }


def _word(state: "EpochState") -> str:
    if state.life.destroyed_at is not None:
        return "destroyed"
    if not state.held:
        return "gone"
    return "retired" if state.life.retired_at is not None else "wraps"


def _rotate_before(states: "Sequence[EpochState]", settings: "Settings") -> "datetime | None":
    from datetime import timedelta  # noqa: PLC0415 - start time: see cli/app.py

    if settings.epoch_days is None:
        return None
    return states[-1].life.made_at + timedelta(days=settings.epoch_days)


def _horizon_lines(session: Session, horizon: "Horizon") -> list[str]:
    if horizon.at is None:
        return [f"Erasure horizon: {horizon.explanation[0]}"]
    at = horizon.at.astimezone(session.zone).isoformat(sep=" ", timespec="minutes")
    first = f"Erasure horizon: what is erased now is in no readable backup from {at} on"
    return [first, *(f"  {step}" for step in horizon.explanation)]
