"""`zegel breach show`: what is known of a breach, with its clocks."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.clock_view import CLOCK_COLUMNS, clock_rows
from cli.known_words import known_case
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_document, write_line, write_rows
from cli.pruned_note import say_pruned
from cli.session import Session
from formats.answers.breach import breach_document
from formats.answers.record import short_kind
from formats.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo
    from uuid import UUID

    from projections.cases.breach import BreachCase
    from projections.cases.clock import Clock
    from projections.cases.reading import Step

STEP_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("recorded_at", "recorded", "instant"),
    Column("kind", "kind", "word"),
    Column("sentence", "what happened", "prose"),
)
SHOW_EXAMPLES: Final = (
    "zegel breach show B-7",
    "zegel breach show B-7 --as-known 'sunday 10:00'",
    "zegel breach show B-7 --steps",
)


@click.command(
    cls=ZegelCommand, examples=SHOW_EXAMPLES, short_help="Show one case with its clocks."
)
@click.argument("case", metavar="BREACH")
@click.option("--steps", "with_steps", is_flag=True, help="Show every step too.")
@moment_options
@output_options
@click.pass_obj
def show(session: Session, /, case: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show one case: status, facts, decisions, notices, and every clock with what it runs from.

    A clock is shown for each moment from which awareness could be said to run; the one that was
    decided leads, the others stand for comparison.
    """
    from projections.cases.breach_reading import read_breach  # noqa: PLC0415 - start time
    from projections.clocks import clocks  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        stream = known_case(ledger, "breach", case)
        breach = read_breach(ledger, stream, moment)
        found = clocks(ledger, moment, zone=session.calendar_zone, streams=[stream])
    found.sort(key=lambda clock: not clock.start.leads)
    chosen = choose_form(form)
    if chosen == "json":
        write_document(breach_document(stream, breach, found, moment))
    elif chosen != "table":
        write_line(breach_document(stream, breach, found, moment))
    else:
        _draw(case, stream, breach, found, session, with_steps=typed["with_steps"])
    return 0


def people_counted(facts: "Mapping[str, Any]") -> str | None:
    """How many people, as far as the facts say: `40`, `40-120`, `at least 40`."""
    least, most = facts.get("subjects_minimum"), facts.get("subjects_maximum")
    if least is None and most is None:
        return None
    if least == most or most is None:
        return str(least) if least == most else f"at least {least}"
    return f"at most {most}" if least is None else f"{least}-{most}"


def _draw(
    case: str,
    stream: "UUID",
    breach: "BreachCase",
    clocks: "list[Clock]",
    session: Session,
    *,
    with_steps: bool,
) -> None:
    from cli.rendering import draw_facts, draw_gap, draw_heading  # noqa: PLC0415 - Rich is loaded only to draw

    draw_heading(f"Breach {case}")
    facts: list[tuple[str, object]] = [
        ("status", breach.status),
        ("aware", breach.aware_at),
        ("risk", breach.risk),
        ("people", people_counted({name: value for name, (value, _) in breach.facts.items()})),
    ]
    facts += [
        (name.replace("_", " "), value)
        for name, (value, _) in breach.facts.items()
        if not name.startswith("subjects_m")
    ]
    if breach.notices_to("authority") and breach.open_items():
        facts.append(("not told yet", list(breach.open_items())))
    draw_facts(facts, session.zone)
    draw_gap()
    draw_heading("Clocks")
    rows = clock_rows(clocks, {str(stream): case}, session.zone)
    write_rows(rows, CLOCK_COLUMNS, "table", session.zone)
    if with_steps:
        draw_gap()
        draw_heading("Steps")
        write_rows(step_rows(breach.steps, session.zone), STEP_COLUMNS, "table", session.zone)


def step_rows(steps: "Sequence[Step]", zone: "tzinfo") -> "Iterator[dict[str, Any]]":
    """One row for each step of a case, as people read it."""
    for step in steps:
        yield {
            "index": step.index,
            "occurred_at": step.event.occurred_at,
            "recorded_at": step.recorded_at,
            "kind": short_kind(str(type(step.event).__struct_config__.tag)),
            "sentence": sentence(step.event, zone),
        }
