"""`/promises`: which promises were kept at any moment, what differs, and the story of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from formats.promise_report.content import report_of
from formats.promise_report.document import Mark, Panel
from formats.promise_report.explanation import Teller
from formats.promise_report.finding_words import contradictions_line
from formats.promise_report.judged import ITEMS_ON_PAGE, ITEMS_SHOWN, Judged, Wanted
from formats.promise_report.judging import judged_at
from formats.promise_report.page import report_page
from formats.promise_report.rows import ROW_COLUMNS, table_rows
from formats.promise_report.story import (
    VERDICTS,
    ReportSubject,
    Story,
    by_group,
    counts_of,
)
from formats.promise_report.story_reader import StoryReader, rests_on
from formats.promise_report.words import ReportWords
from ledger.errors import BadRequest, NotFound
from ledger.reading import Opening
from projections.promises.answers import PromiseVerdict, Verdict
from projections.promises.finding import StatementFindings, contradiction_count
from projections.promises.findings import statement_findings
from projections.row_changes import Change, row_changes
from service.access.consulting import consulted
from service.page.views.asked import Asked, Seen, asked_of, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import EXPORT_FORMATS, Exported, export_file, file_name, given
from service.page.views.revealing import revealed
from service.page.views.sheet import shown_changes, unchanged
from service.page.visit import Visit, visiting
from service.queries.moments import State
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)
Visiting = Annotated[Visit, Depends(visiting("read"))]

_OF_LIST: Final = ("system", "organisation", "verdict")
_OF_STORY: Final = ("verdict", "items")
_REPORT: Final = "html"
MOST_ITEMS: Final = 1_000
"""So many judged events at most are read for a page; `zegel promises --explain` tells all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One promise in the list."""

    panel: Panel
    verdict: PromiseVerdict
    url: str
    what: Change
    was: Mark | None
    """Its verdict at the other moment, where it was another."""


@router.get("/promises")
async def list_promises(visit: Visiting) -> Response:
    """Every promise with its verdict, by system; what it was at another moment beside it."""
    asked = asked_of(visit, filters=_OF_LIST)
    _asked_verdict(asked)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)

    def values() -> tuple[int, dict[str, Any]]:
        now = _stories(visit, moments.now, asked)
        before = None if moments.before is None else _verdicts(visit, moments.before, asked)
        statements = _statements(visit, moments.now, asked, with_events=False)
        return len(now), _list_values(visit, moments, now, before, statements)

    count, shown = await reading(visit.context, values)
    await consulted(
        visit.context,
        visit.caller,
        question=question_of("/promises", asked, _told(asked)),
        records=count,
    )
    return await visit.show("views/promises.html", **shown)


@router.get("/promises/export.{kind}")
async def export_promises(visit: Visiting, kind: str) -> Response:
    """The list as a file: rows, or as a page the report that explains every promise."""
    asked = asked_of(visit, filters=_OF_LIST, path="/promises")
    _asked_verdict(asked)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    name = file_name("promises", moments, visit.zone, kind)
    if kind == _REPORT:
        count, content = await reading(visit.context, _report, visit, moments)
    else:
        count, content = await reading(visit.context, _rows_file, visit, moments, kind)
    await consulted(
        visit.context,
        visit.caller,
        question=question_of("/promises", asked, (*_told(asked), kind)),
        records=count,
    )
    return given(content, kind, name, moments)


@router.get("/promises/{promise}")
@router.post("/promises/{promise}")
async def explain_promise(
    visit: Visiting, promise: Annotated[str, Path(max_length=100)]
) -> Response:
    """The story of one promise, event by event, with every record that its verdict rests on."""
    asked = asked_of(visit, filters=_OF_STORY)
    limit = MOST_ITEMS if asked.filter("items") == "all" else ITEMS_SHOWN
    wanted = Wanted(
        limit=limit,
        only=_asked_verdict(asked),
        with_strips=True,
        most_in_strips=MOST_ITEMS,
    )
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    found = await reading(visit.context, _one, visit, moments.now, promise, wanted)
    if not found.verdicts:
        raise NotFound("promise: expected one that stands at this moment, found none of this id")
    (verdict,) = found.verdicts
    shown = await revealed(
        visit,
        moments.pinned(),
        question=question_of(f"/promises/{verdict.promise_id}", asked),
        rows=lambda: visit.context.ledger.log.records_at(
            _reader(visit, moments.now).indexes(found)
        ),
        count=len(found.items.get(verdict.promise_id, ())),
    )

    def values() -> dict[str, Any]:
        was = None
        if moments.before is not None:
            earlier = _one(visit, moments.before, promise, Wanted()).verdicts
            was = earlier[0] if earlier else None
        statements = _statements(visit, moments.now, asked, organisation=verdict.organisation)
        (story,) = _reader(visit, moments.now, shown.opening).told(found, statements=statements)
        return _story_values(visit, moments, story, was, found)

    return await visit.show(
        "views/promise.html",
        **await reading(visit.context, values),
        status=shown.status,
        asking=shown.asking,
        is_opened=shown.opening is not None,
    )


def _list_values(
    visit: Visit,
    moments: Seen,
    now: list[Story],
    before: Mapping[str, PromiseVerdict] | None,
    statements: list[StatementFindings],
) -> dict[str, Any]:
    asked = moments.asked
    words = ReportWords(visit.language, visit.zone)
    teller = Teller(words, None, moments.now.moment.as_of)
    groups = [
        (name, [_listed(story, teller, before, asked) for story in sorted(listed, key=_worst)])
        for name, listed in by_group(now).items()
    ]
    counts = counts_of([story.verdict for story in now])
    current = {story.verdict.promise_id for story in now}
    return {
        "groups": groups,
        "counts": [
            (
                teller.mark(each),
                counts[each],
                words.say(f"explains.{each}"),
                asked.url(verdict=None if asked.filter("verdict") == each else each),
                asked.filter("verdict") == each,
            )
            for each in VERDICTS
        ],
        "gone": sorted((before or {}).keys() - current),
        "contradictions": contradictions_line(contradiction_count(statements), words),
        "say": words.say,
        "exports": [
            (kind, moments.pinned(f"/promises/export.{kind}"))
            for kind in (*EXPORT_FORMATS, _REPORT)
        ],
        **_common(visit, moments),
    }


def _worst(story: Story) -> tuple[int, str]:
    """What was not kept stands before what was."""
    return VERDICTS.index(story.verdict.verdict), story.verdict.promise_id


def _listed(
    story: Story, teller: Teller, before: Mapping[str, PromiseVerdict] | None, asked: Asked
) -> Listed:
    verdict = story.verdict
    earlier = None if before is None else before.get(verdict.promise_id)
    what: Change = "same"
    was = None
    if before is not None and earlier is None:
        what = "came"
    elif earlier is not None and earlier.verdict != verdict.verdict:
        what, was = "changed", teller.mark(earlier.verdict)
    return Listed(
        panel=teller.panel(story),
        verdict=verdict,
        url=asked.url(f"/promises/{verdict.promise_id}", **dict.fromkeys((*_OF_LIST, "changes"))),
        what=what,
        was=was,
    )


def _story_values(
    visit: Visit, moments: Seen, story: Story, was: PromiseVerdict | None, found: Judged
) -> dict[str, Any]:
    asked = moments.asked
    words = ReportWords(visit.language, visit.zone)
    teller = Teller(words, found.strips_since, moments.now.moment.as_of)
    panel = teller.panel(story)
    return {
        "panel": panel,
        "story": story,
        "happened": list(zip(panel.items, story.items, strict=True)),
        "rests_on": rests_on(story.verdict),
        "was": None if was is None else teller.mark(was.verdict),
        "say": words.say,
        "only": [
            (teller.mark(each), asked.url(verdict=each), asked.filter("verdict") == each)
            for each in VERDICTS
        ],
        "everything": asked.url(verdict=None),
        "all_items": asked.url(items="all"),
        "exports": (),
        **_common(visit, moments),
    }


def _common(visit: Visit, moments: Seen) -> dict[str, Any]:
    return {"seen": moments, "asked": moments.asked, "control": control_of(visit, moments)}


def _judged(visit: Visit, state: State, asked: Asked, wanted: Wanted) -> Judged:
    return judged_at(
        visit.context.ledger,
        state.moment,
        wanted,
        system=asked.filter("system"),
        organisation=asked.filter("organisation"),
        verdict=_asked_verdict(asked),
    )


def _stories(visit: Visit, state: State, asked: Asked) -> list[Story]:
    found = _judged(visit, state, asked, Wanted())
    return _reader(visit, state).listed(found.verdicts)


def _verdicts(visit: Visit, state: State, asked: Asked) -> dict[str, PromiseVerdict]:
    """How the promises stood at the other moment, whatever verdict is asked for."""
    found = judged_at(
        visit.context.ledger,
        state.moment,
        Wanted(),
        system=asked.filter("system"),
        organisation=asked.filter("organisation"),
    )
    return {each.promise_id: each for each in found.verdicts}


def _one(visit: Visit, state: State, promise: str, wanted: Wanted) -> Judged:
    return judged_at(
        visit.context.ledger, state.moment, wanted, promise_ids=[promise.upper(), promise]
    )


def _statements(
    visit: Visit,
    state: State,
    asked: Asked,
    *,
    organisation: str | None = None,
    with_events: bool = True,
) -> list[StatementFindings]:
    return statement_findings(
        visit.context.ledger,
        state.moment,
        system=asked.filter("system"),
        organisation=organisation or asked.filter("organisation"),
        with_events=with_events,
    )


def _reader(visit: Visit, state: State, opening: Opening | None = None) -> StoryReader:
    return StoryReader(visit.context.ledger, state.moment, visit.zone, opening)


def _rows_file(visit: Visit, moments: Seen, kind: str) -> tuple[int, bytes]:
    asked = moments.asked
    stories = _stories(visit, moments.now, asked)
    rows = list(table_rows(stories, visit.language))
    changes = unchanged(rows)
    if moments.before is not None:
        earlier = list(table_rows(_stories(visit, moments.before, asked), visit.language))
        changes = shown_changes(
            row_changes(earlier, rows, ("promise",)), changes_only=asked.changes_only
        )
    for each in EXPORT_FORMATS:
        if each == kind:
            exported = Exported(
                name="promises",
                title=visit.gettext("Promises"),
                columns=ROW_COLUMNS,
                changes=changes,
                seen=moments,
                language=visit.language,
                zone=visit.zone,
            )
            return len(stories), export_file(exported, each)
    raise NotFound("file: expected export.csv, .ndjson, .xlsx or .html, found another")


def _report(visit: Visit, moments: Seen) -> tuple[int, bytes]:
    """The report about the same promises, each with its explanation."""
    wanted = Wanted(limit=ITEMS_ON_PAGE, with_strips=True)
    found = _judged(visit, moments.now, moments.asked, wanted)
    statements = _statements(visit, moments.now, moments.asked)
    subject = ReportSubject(
        origin=visit.context.ledger.origin,
        moment=moments.now.moment,
        size=moments.now.truth.size,
        root=moments.now.truth.root,
        stories=tuple(_reader(visit, moments.now).told(found, statements=statements)),
        contradictions=contradiction_count(statements),
        strip_since=found.strips_since,
    )
    page = report_page(report_of(subject, visit.language, visit.zone))
    return len(found.verdicts), page


def _asked_verdict(asked: Asked) -> Verdict | None:
    typed = asked.filter("verdict")
    known: tuple[Verdict, ...] = get_args(Verdict)
    for each in known:
        if typed == each:
            return each
    if typed is None:
        return None
    raise BadRequest(f"verdict: expected one of {', '.join(known)}, found {typed!r}")


def _told(asked: Asked) -> Iterator[str]:
    """Systems, organisations and verdicts name nobody."""
    return (f"{name}={value}" for name, value in asked.filters)
