"""`zegel request show` and `list`: what data subjects asked, and what is due."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.breach_show import STEP_COLUMNS, step_rows
from cli.case_moment import moment_options, typed_moment
from cli.clock_view import CLOCK_COLUMNS, clock_rows
from cli.known_words import known_case
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_line, write_rows
from cli.pruned_note import say_pruned
from cli.session import Session
from formats.answers.clock import clock_document
from formats.answers.record import event_fields
from formats.answers.subject_request import request_facts, request_rows
from formats.sentences import counted
from formats.shown_times import show_instant

if TYPE_CHECKING:
    from uuid import UUID

    from projections.cases.clock import Clock
    from projections.cases.subject_request import SubjectRequest

LIST_COLUMNS: Final = (
    Column("request", "request", "token"),
    Column("right", "right", "word"),
    Column("outcome", "outcome", "word"),
    Column("received_at", "received", "instant"),
    Column("due", "due", "instant"),
    Column("rule", "by", "word"),
    Column("extended", "extended", "word"),
    Column("answered_at", "answered", "instant"),
    Column("indexes", "rests on", "indexes"),
)


@click.command(
    cls=ZegelCommand,
    examples=("zegel request show R-12", "zegel request show R-12 --as-known yesterday --json"),
    short_help="Show one request with its clocks.",
)
@click.argument("case", metavar="REQUEST")
@moment_options
@output_options
@click.pass_obj
def show(session: Session, /, case: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show one request: its steps, and every clock with all readings of its end."""
    from projections.clocks import clocks, read_request  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        stream = known_case(ledger, "request", case)
        request = read_request(ledger, stream, moment)
        found = clocks(ledger, moment, zone=session.calendar_zone, streams=[stream])
    chosen = choose_form(form)
    if chosen == "table":
        _draw(case, stream, request, found, session)
        return 0
    document = {
        "request": stream,
        "as_of": moment.as_of,
        "known_size": moment.known_size,
        **request_facts(request),
        "steps": [
            {
                "index": step.index,
                "recorded_at": step.recorded_at,
                "event": event_fields(step.event),
            }
            for step in request.steps
        ],
        "clocks": [clock_document(clock) for clock in found],
    }
    (write_document if chosen == "json" else write_line)(document)
    return 0


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel request list", "zegel request list --as-of 2026-11-01 --csv"),
    short_help="List every request with what is due.",
)
@moment_options
@output_options
@click.pass_obj
def list_cases(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """List every request of a data subject: received, due, extended, answered."""
    from projections.cases.reading import read_cases  # noqa: PLC0415 - start time: see cli/app.py
    from projections.clocks import clocks  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        cases = read_cases(ledger, moment, case_kinds=["request"])
        found = clocks(ledger, moment, zone=session.calendar_zone, case_kind="request")
    rows = request_rows(cases, found)
    write_rows(rows, LIST_COLUMNS, choose_form(form), session.zone)
    note(f"{counted(len(rows), 'request')} as of {show_instant(moment.as_of, session.zone)}")
    return 0


def _draw(
    case: str,
    stream: "UUID",
    request: "SubjectRequest",
    found: "list[Clock]",
    session: Session,
) -> None:
    from cli.rendering import draw_facts, draw_gap, draw_heading, draw_line  # noqa: PLC0415 - Rich is loaded only to draw
    from projections.deadlines import DeadlineResult  # noqa: PLC0415 - start time

    draw_heading(f"Request {case}")
    facts = request_facts(request).items()
    draw_facts([(name.replace("_", " "), value) for name, value in facts], session.zone)
    draw_gap()
    draw_heading("Clocks")
    rows = clock_rows(found, {str(stream): case}, session.zone)
    write_rows(rows, CLOCK_COLUMNS, "table", session.zone)
    for clock in found:
        if isinstance(clock.result, DeadlineResult):
            for reading in clock.result.alternatives:
                until = show_instant(reading.due_at, session.zone)
                draw_line(
                    f"{clock.rule_id}: {until} by {reading.label} ({reading.standing})", indent=2
                )
    draw_gap()
    draw_heading("Steps")
    write_rows(step_rows(request.steps, session.zone), STEP_COLUMNS, "table", session.zone)
