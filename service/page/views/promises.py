"""`/promises`: which promises were kept at any moment, what differs, and the story of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from formats.promise_report.document import Mark, Panel
from formats.promise_report.explanation import Teller
from formats.promise_report.finding_words import contradictions_line
from formats.promise_report.judged import ITEMS_SHOWN, Judged, Wanted
from formats.promise_report.story import (
    VERDICTS,
    Story,
    by_group,
    counts_of,
)
from formats.promise_report.story_reader import rests_on
from formats.promise_report.words import ReportWords
from ledger.errors import NotFound
from projections.promises.answers import PromiseVerdict
from projections.promises.finding import StatementFindings, contradiction_count
from projections.row_changes import Change
from service.access.consulting import consulted
from service.page.views.asked import Asked, Seen, asked_of, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import (
    EXPORT_FORMATS,
    export_format,
    file_name,
    given,
)
from service.page.views.promise_reading import (
    asked_verdict,
    one_judged,
    report_file,
    rows_file,
    statements_at,
    stories_at,
    story_reader,
    verdicts_at,
)
from service.page.views.revealing import revealed
from service.page.visit import Visit, visiting
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
    asked_verdict(asked)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)

    def values() -> tuple[int, dict[str, Any]]:
        now = stories_at(visit, moments.now, asked)
        before = None if moments.before is None else verdicts_at(visit, moments.before, asked)
        statements = statements_at(visit, moments.now, asked, with_events=False)
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
    asked_verdict(asked)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    name = file_name("promises", moments, visit.zone, kind)
    if kind == _REPORT:
        count, content = await reading(visit.context, report_file, visit, moments)
    else:
        count, content = await reading(
            visit.context, rows_file, visit, moments, export_format(kind)
        )
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
        only=asked_verdict(asked),
        with_strips=True,
        most_in_strips=MOST_ITEMS,
    )
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    found = await reading(visit.context, one_judged, visit, moments.now, promise, wanted)
    if not found.verdicts:
        raise NotFound("promise: expected one that stands at this moment, found none of this id")
    (verdict,) = found.verdicts
    shown = await revealed(
        visit,
        moments.pinned(),
        question=question_of(f"/promises/{verdict.promise_id}", asked),
        rows=lambda: visit.context.ledger.log.records_at(
            story_reader(visit, moments.now).indexes(found)
        ),
        count=len(found.items.get(verdict.promise_id, ())),
    )

    def values() -> dict[str, Any]:
        was = None
        if moments.before is not None:
            earlier = one_judged(visit, moments.before, promise, Wanted()).verdicts
            was = earlier[0] if earlier else None
        statements = statements_at(visit, moments.now, asked, organisation=verdict.organisation)
        (story,) = story_reader(visit, moments.now, shown.opening).told(
            found, statements=statements
        )
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


def _told(asked: Asked) -> Iterator[str]:
    """Systems, organisations and verdicts name nobody."""
    return (f"{name}={value}" for name, value in asked.filters)
