"""`zegel retention data`: what systems store, until when, and what was deleted and verified."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note
from cli.pruned_note import say_pruned
from cli.questions import time_reader
from cli.retention import TABLE
from cli.session import Session
from cli.state import write_answer
from cli.words import system_word
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections import ViewAnswer

SECTIONS: Final = (
    "present",
    "due",
    "overdue",
    "held",
    "no-rule",
    "ended-contracts",
    "deleted",
    "verified",
    "unverified",
    "files",
)
_FILTERS: Final = ("system", "dataset", "scope", "category", "rule", "customer", "contract")
_NO_FILTER: Final = frozenset(("category", "rule"))
"""What deletions are not narrowed by."""


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel retention data",
        "zegel retention data --only ended-contracts --as-of 2026-06-30 --csv",
        "zegel retention data --only files --min-seconds 60",
    ),
    short_help=TABLE["data"].short_help,
)
@click.option(
    "--only",
    type=click.Choice(SECTIONS),
    default=SECTIONS[0],
    show_default=True,
    help="Which part of it.",
)
@click.option("--system", type=system_word(), metavar="ID", help="Only what this system reported.")
@click.option("--dataset", metavar="NAME", help="Only this dataset.")
@click.option("--scope", metavar="NAME", help="Only this part, such as customer-file.")
@click.option("--category", metavar="WORD", help="Only this category of data.")
@click.option("--rule", metavar="RULE", help="Only what this rule decides about.")
@click.option("--customer", metavar="SUBJECT", help="Only of data-subject:TYPE:ID.")
@click.option("--contract", metavar="ID", help="Only of this contract.")
@click.option(
    "--min-seconds", metavar="N", help="Only files that were there for more seconds than this."
)
@moment_options
@output_options
@click.pass_obj
def data(session: Session, /, form: str | None, **typed: Any) -> ExitCode:  # noqa: ANN401 - the options above
    """List what systems store, with the rule, the due date and what keeps it longer.

    It rests on what systems report: data stored and deleted, files, contracts, checks, backups.
    A rule that names kinds of events is only about what this log keeps of those. Ends with 6 when
    something is overdue that no hold keeps.
    """
    from projections import state  # noqa: PLC0415 - start time: see cli/app.py

    only = typed["only"]
    filters = _filters(only, typed)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        answer = state(
            ledger,
            "stored",
            as_of=read_time(time_reader(session, ledger), typed["as_of"], "--as-of"),
            as_known=read_time(
                time_reader(session, ledger, recorded=True), typed["as_known"], "--as-known"
            ),
            only=only,
            zone=session.calendar_zone,
            most=None,  # a command reads and shows everything
            first_index=0,
            **filters,
        )
    write_answer(answer, choose_form(form), session.zone)
    return _concluded(answer)


def _filters(only: str, typed: "Mapping[str, Any]") -> dict[str, str]:
    """The filters that were typed.

    Raises:
        UsageError: one of them narrows another part than the one that is asked for.
    """
    found = {name: typed[name] for name in (*_FILTERS, "min_seconds") if typed[name] is not None}
    if only == "files":
        refused = found.keys() - {"system", "customer", "min_seconds"}
    else:
        refused = found.keys() & {"min_seconds"}
        if only in {"deleted", "verified", "unverified"}:
            refused |= found.keys() & _NO_FILTER
    if refused:
        name = min(refused).replace("_", "-")
        raise click.UsageError(f"--{name}: expected nothing of it with --only {only}")
    return found


def _concluded(answer: "ViewAnswer") -> ExitCode:
    states = Counter(str(row["state"]) for row in answer.rows if "state" in row)
    if states:
        note(", ".join(f"{number} {word}" for word, number in sorted(states.items())))
    return ExitCode.DEADLINE_PASSED if states["overdue"] else ExitCode.FINE
