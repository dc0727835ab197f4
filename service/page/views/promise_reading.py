"""Promises as a page asks for them: judged at a moment, told, and as files."""

from typing import get_args

from formats.promise_report.content import report_of
from formats.promise_report.judged import ITEMS_ON_PAGE, Judged, Wanted
from formats.promise_report.judging import judged_at
from formats.promise_report.page import report_page
from formats.promise_report.rows import ROW_COLUMNS, table_rows
from formats.promise_report.story import ReportSubject, Story
from formats.promise_report.story_reader import StoryReader
from ledger.errors import BadRequest
from ledger.reading import Opening
from projections.promises.answers import PromiseVerdict, Verdict
from projections.promises.finding import StatementFindings, contradiction_count
from projections.promises.findings import statement_findings
from projections.row_changes import row_changes
from service.page.views.asked import Asked, Seen
from service.page.views.export import Exported, ExportFormat, export_file
from service.page.views.sheet import shown_changes, unchanged
from service.page.visit import Visit
from service.queries.moments import State


def judged(visit: Visit, state: State, asked: Asked, wanted: Wanted) -> Judged:
    """The promises that are asked for, as a state of the log judges them; blocking."""
    return judged_at(
        visit.context.ledger,
        state.moment,
        wanted,
        system=asked.filter("system"),
        organisation=asked.filter("organisation"),
        verdict=asked_verdict(asked),
    )


def stories_at(visit: Visit, state: State, asked: Asked) -> list[Story]:
    """The same with their texts; blocking."""
    found = judged(visit, state, asked, Wanted())
    return story_reader(visit, state).listed(found.verdicts)


def verdicts_at(visit: Visit, state: State, asked: Asked) -> dict[str, PromiseVerdict]:
    """How the promises stood at the other moment, whatever verdict is asked for."""
    found = judged_at(
        visit.context.ledger,
        state.moment,
        Wanted(),
        system=asked.filter("system"),
        organisation=asked.filter("organisation"),
    )
    return {each.promise_id: each for each in found.verdicts}


def one_judged(visit: Visit, state: State, promise: str, wanted: Wanted) -> Judged:
    """One promise by its id, in capitals or as it was typed; none if it does not stand."""
    return judged_at(
        visit.context.ledger, state.moment, wanted, promise_ids=[promise.upper(), promise]
    )


def statements_at(
    visit: Visit,
    state: State,
    asked: Asked,
    *,
    organisation: str | None = None,
    with_events: bool = True,
) -> list[StatementFindings]:
    """What is wrong or unclear inside the statements that are asked about; blocking."""
    return statement_findings(
        visit.context.ledger,
        state.moment,
        system=asked.filter("system"),
        organisation=organisation or asked.filter("organisation"),
        with_events=with_events,
    )


def story_reader(visit: Visit, state: State, opening: Opening | None = None) -> StoryReader:
    """Reads stories; with the log's own words against a recorded reading."""
    return StoryReader(visit.context.ledger, state.moment, visit.zone, opening)


def rows_file(visit: Visit, moments: Seen, kind: ExportFormat) -> tuple[int, bytes]:
    """How many promises are shown, and the file with a row for each; blocking."""
    asked = moments.asked
    stories = stories_at(visit, moments.now, asked)
    rows = list(table_rows(stories, visit.language))
    changes = unchanged(rows)
    if moments.before is not None:
        earlier = list(table_rows(stories_at(visit, moments.before, asked), visit.language))
        changes = shown_changes(
            row_changes(earlier, rows, ("promise",)), changes_only=asked.changes_only
        )
    exported = Exported(
        name="promises",
        title=visit.gettext("Promises"),
        columns=ROW_COLUMNS,
        changes=changes,
        seen=moments,
        language=visit.language,
        zone=visit.zone,
    )
    return len(stories), export_file(exported, kind)


def report_file(visit: Visit, moments: Seen) -> tuple[int, bytes]:
    """The report about the same promises, each with its explanation."""
    wanted = Wanted(limit=ITEMS_ON_PAGE, with_strips=True)
    found = judged(visit, moments.now, moments.asked, wanted)
    statements = statements_at(visit, moments.now, moments.asked)
    subject = ReportSubject(
        origin=visit.context.ledger.origin,
        moment=moments.now.moment,
        size=moments.now.truth.size,
        root=moments.now.truth.root,
        stories=tuple(story_reader(visit, moments.now).told(found, statements=statements)),
        contradictions=contradiction_count(statements),
        strip_since=found.strips_since,
    )
    page = report_page(report_of(subject, visit.language, visit.zone))
    return len(found.verdicts), page


def asked_verdict(asked: Asked) -> Verdict | None:
    """The verdict that is asked for.

    Raises:
        BadRequest: there is no such verdict.
    """
    typed = asked.filter("verdict")
    known: tuple[Verdict, ...] = get_args(Verdict)
    for each in known:
        if typed == each:
            return each
    if typed is None:
        return None
    raise BadRequest(f"verdict: expected one of {', '.join(known)}, found {typed!r}")
