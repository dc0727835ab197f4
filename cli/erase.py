"""`zegel erase SUBJECT`: destroys what the log keeps of a person, and proves that it was done."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.reader import account, authorise
from cli.session import Session
from formats.sentences import counted
from formats.shown_times import show_instant
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from ledger.erasure.naming import ErasableSubject
    from ledger.erasure.terms import ErasureOutcome
    from ledger.horizon import Horizon
    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel erase person:j.jansen --request REQ-2026-31",
    "zegel erase data-subject:customer:4711 ip:203.0.113.9 --reason 'end of contract' --yes",
    "zegel erase person#01936e2a7c00700080000000000000a1 --yes --json",
)
COLUMNS: Final = (
    Column("requested_index", "requested", "index"),
    Column("confirmed_index", "confirmed", "index"),
    Column("keys_destroyed", "keys destroyed", "count"),
    Column("disclosures_destroyed", "disclosures destroyed", "count"),
    Column("records", "of records", "count"),
    Column("horizon", "in no backup from", "instant"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Erase a person: values, salts and keys."
)
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT...")
@click.option("--request", metavar="ID", help="The request that it answers, by its own id.")
@click.option(
    "--reason", metavar="TEXT", help="Why, in words that do not name the person; they are kept."
)
@click.option("--yes", is_flag=True, help="Erase without asking.")
@output_options
@click.pass_obj
def erase(session: Session, /, subjects: tuple[str, ...], form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Destroy values, salts and keys of SUBJECT: person:…, ip:…, data-subject:TYPE:ID or a token.

    The records stay, and the history still verifies: where a value stood, a commitment is left that
    nothing opens. A legal hold forbids it. What an interrupted run left is finished first. It
    cannot be undone. Backups keep what they have until the erasure horizon.
    """
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        authorise(ledger, "erase")
        horizon = _horizon(session, ledger)
        resumed = _resume(ledger, horizon)
        wanted = _wanted(ledger, subjects, resumed)
        done: list[ErasureOutcome] = []
        if wanted:
            _ask(wanted, horizon, session.zone, is_sure=typed["yes"])
            horizon = _horizon(session, ledger)  # the answer may have taken its time
            done = _erase(ledger, wanted, horizon, typed)
    rows = [_row(each) for each in (*resumed, *done)]
    if chosen == "json":
        write_document(
            {"erased": rows, "horizon": horizon.at, "horizon_explained": horizon.explanation}
        )
        return ExitCode.FINE
    write_rows(rows, COLUMNS, chosen, session.zone)
    _conclude([*resumed, *done], horizon, session.zone)
    return ExitCode.FINE


def _horizon(session: Session, ledger: "Ledger") -> "Horizon":
    from ledger.epoch_rotation import horizon_of  # noqa: PLC0415 - start time: see cli/app.py

    return horizon_of(ledger, session.open_home().settings())


def _resume(ledger: "Ledger", horizon: "Horizon") -> "list[ErasureOutcome]":
    from projections.erasing import resume_erasures  # noqa: PLC0415 - start time: see cli/app.py

    pending = ledger.log.erasures.pending()
    if pending:
        noun = counted(len(pending), "erasure")
        note(f"zegel: {noun} of an earlier run, begun and not finished: finishing")
    return resume_erasures(ledger, horizon.at, say_step)


def _wanted(
    ledger: "Ledger", subjects: tuple[str, ...], resumed: "Sequence[ErasureOutcome]"
) -> "list[ErasableSubject]":
    """The subjects that were typed; after a finished erasure, those that are still there.

    Raises:
        SubjectErased: one of them was erased before.
        BadRequest: the log knows nobody by a name.
    """
    from ledger.erasure.naming import find_subject  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.errors import SubjectErased  # noqa: PLC0415 - likewise

    found = []
    for subject in subjects:
        try:
            found.append(find_subject(ledger, subject))
        except (BadRequest, SubjectErased) as error:
            if not resumed:
                raise
            note(f"zegel: {subject}: {error}; perhaps it is what was just finished")
    return found


def _ask(
    wanted: "Sequence[ErasableSubject]", horizon: "Horizon", zone: "tzinfo", *, is_sure: bool
) -> None:
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("--yes: expected it where nobody can be asked, found none")
    for each in wanted:
        note(f"{each.identity or 'a token'}: {each.token}")
    note(horizon_told(horizon, zone))
    click.confirm("Erase? It cannot be undone", abort=True, err=True)


def _erase(
    ledger: "Ledger",
    wanted: "Sequence[ErasableSubject]",
    horizon: "Horizon",
    typed: dict[str, Any],
) -> "list[ErasureOutcome]":
    from ledger.erasure.steps import RequestedBy  # noqa: PLC0415 - start time: see cli/app.py
    from projections.erasing import erase_subjects  # noqa: PLC0415 - likewise

    by = RequestedBy(account(), typed["reason"], typed["request"])
    return erase_subjects(ledger, wanted, by, horizon=horizon.at, progress=say_step)


def say_step(doing: str) -> None:
    """Says on standard error what an erasure is doing."""
    note(f"zegel: {doing}")


def _row(done: "ErasureOutcome") -> dict[str, Any]:
    return {
        "requested_index": done.requested_index,
        "confirmed_index": done.confirmed_index,
        "key_ids": done.key_ids,
        "keys_destroyed": done.keys_destroyed,
        "disclosures_destroyed": done.disclosures_destroyed,
        "records": done.records,
        "horizon": done.horizon,
    }


def _conclude(done: "Sequence[ErasureOutcome]", horizon: "Horizon", zone: "tzinfo") -> None:
    if not done:
        note("nobody was left to erase")
        return
    destroyed = sum(each.disclosures_destroyed for each in done)
    records = counted(sum(each.records for each in done), "record")
    note(
        f"{counted(destroyed, 'disclosure')} of {records} destroyed, with "
        f"{counted(sum(each.keys_destroyed for each in done), 'key')}; the records are commitments "
        "now, and zegel verify shows that the history stays VALID"
    )
    note(horizon_told(horizon, zone))


def horizon_told(horizon: "Horizon", zone: "tzinfo") -> str:
    """Until when backups may still hold what is erased."""
    if horizon.at is None:
        return f"erasure horizon {'; '.join(horizon.explanation)}"
    return (
        f"erasure horizon {show_instant(horizon.at, zone)}: from then on no backup holds a key "
        f"({'; '.join(horizon.explanation)})"
    )
