"""`/access`, `/exchanges` and `/retention`: questions to views, one on each tab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from formats.view_words.words import filter_hint, filter_word, question_word, summary_words
from ledger.errors import BadRequest
from ledger.reading import Opening
from projections.access.naming import named_rows, records_behind
from projections.row_changes import A_FILE, ONE_FACT, SUBJECTS, Row, RowChange, row_changes
from projections.view import Column
from service.access.consulting import consulted
from service.page.views.asked import Asked, Seen, asked_of, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import (
    EXPORT_FORMATS,
    Exported,
    export_file,
    export_format,
    file_name,
    given,
)
from service.page.views.flow_picture import flow_picture
from service.page.views.revealing import Revealed, revealed
from service.page.views.sheet import sheet_of, shown_changes, unchanged
from service.page.views.tabs import ACCESS, TABBED, Tab, TabbedPage
from service.page.visit import Visit, visiting
from service.queries.moments import State
from service.queries.viewing import ViewQuestion, answer_of, filter_texts
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)
Visiting = Annotated[Visit, Depends(visiting("read"))]

ROWS_ON_PAGE: Final = 100
MOST_ROWS: Final = 500
"""So many rows of facts at most are read for a page, and so many are compared."""
MOST_RECORDS: Final = 50_000
"""So many records, the latest, tell a page what it says of facts; a file is told by all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a page found."""

    page: TabbedPage
    tab: Tab
    seen: Seen
    columns: Sequence[Column]
    changes: Sequence[RowChange]
    """Every row that was found, the same where nothing is compared."""
    is_cut: bool
    """Whether there are more rows than were read."""
    first_index: int
    """Facts of records below this index were not looked at; 0: all were."""
    told: str
    """The question as it is kept."""


@router.get("/access")
@router.post("/access")
async def show_access(visit: Visiting) -> Response:
    """Who holds which grant on what, and what was used without one."""
    return await _show(visit, TABBED["/access"])


@router.get("/exchanges")
async def show_exchanges(visit: Visiting) -> Response:
    """Which personal data went between which parties."""
    return await _show(visit, TABBED["/exchanges"])


@router.get("/retention")
async def show_retention(visit: Visiting) -> Response:
    """What is stored until when, by which rule, and what was deleted."""
    return await _show(visit, TABBED["/retention"])


@router.get("/access/export.{kind}")
@router.get("/exchanges/export.{kind}")
@router.get("/retention/export.{kind}")
async def export_table(visit: Visiting, kind: str) -> Response:
    """What one of these pages shows, as a file."""
    page = TABBED[visit.path.rpartition("/")[0]]
    wanted = export_format(kind)
    found = await reading(visit.context, _answered, visit, page, None)
    await consulted(
        visit.context, visit.caller, question=f"{found.told}; {kind}", records=len(found.changes)
    )
    exported = Exported(
        name=f"{page.path[1:]}-{found.tab.slug}",
        title=question_word(found.tab.view, found.tab.section, visit.language),
        columns=found.columns,
        changes=shown_changes(found.changes, changes_only=found.seen.asked.changes_only),
        seen=found.seen,
        language=visit.language,
        zone=visit.zone,
    )
    content = await reading(visit.context, export_file, exported, wanted)
    return given(content, kind, file_name(exported.name, found.seen, visit.zone, kind), found.seen)


async def _show(visit: Visit, page: TabbedPage) -> Response:
    found = await reading(visit.context, _answered, visit, page, MOST_ROWS)
    if page is not ACCESS:
        await consulted(
            visit.context, visit.caller, question=found.told, records=len(found.changes)
        )
        shown = Revealed(None, None)
    else:
        shown = await revealed(
            visit,
            found.seen.pinned(),
            question=found.told,
            rows=lambda: records_behind(visit.context.ledger, _every_row(found)),
            count=len(found.changes),
        )
        found = await reading(visit.context, _named, visit, found, shown.opening)
    values = await reading(visit.context, _values, visit, found)
    return await visit.show(
        "views/table.html",
        status=shown.status,
        **values,
        asking=shown.asking,
        is_opened=shown.opening is not None,
    )


def _every_row(found: Answered) -> list[Row]:
    """The rows of both moments."""
    both = ((each.before, each.after) for each in found.changes)
    return [row for pair in both for row in pair if row is not None]


def _named(visit: Visit, found: Answered, opening: Opening | None) -> Answered:
    """With the people and ids behind the tokens, where they may be shown; blocking."""
    if opening is None:
        return found
    named = iter(named_rows(visit.context.ledger, _every_row(found), opening))

    def next_of(row: Row | None) -> Row | None:
        return None if row is None else next(named)

    changes = [
        each._replace(before=next_of(each.before), after=next_of(each.after))
        for each in found.changes
    ]
    return replace(found, changes=changes)


def _answered(visit: Visit, page: TabbedPage, most: int | None) -> Answered:
    """What a visitor asks of a page; facts beyond `most` are not read, nor those long ago."""
    asked = asked_of(visit, filters=page.filters, path=page.path)
    tab = page.tab(asked.only)
    filters: dict[str, list[str]] = {}
    for name, value in asked.filters:
        if name not in tab.of_view.filters:
            known = ", ".join(sorted(tab.of_view.filters))
            raise BadRequest(f"{name}: expected one of {known} here, found no such filter")
        filters.setdefault(name, []).append(value)
    moments = seen(visit.context.ledger, asked)
    start = 0
    if most is not None and tab.is_of_facts:
        start = max(0, int(moments.now.moment.known_size) - MOST_RECORDS)
    subject = SUBJECTS[tab.view, tab.section]
    read = partial(_rows, visit, tab, filters, most=most, first_index=start)
    # Only an answer that has a row for each fact is cut; others have few rows.
    longest = most if subject in {ONE_FACT, A_FILE} else None
    now = read(moments.now)
    before = None if moments.before is None else read(moments.before)
    is_cut = longest is not None and max(len(now), len(before or ())) > longest
    if before is None or is_cut:
        changes = unchanged(now[-longest:] if longest is not None else now)
    else:
        changes = row_changes(before, now, subject)
    if subject == ONE_FACT:
        changes.reverse()  # what happened last is what people look for
    return Answered(
        page=page,
        tab=tab,
        seen=moments,
        columns=tab.of_section.columns,
        changes=changes,
        is_cut=is_cut,
        first_index=start,
        told=question_of(
            page.path,
            asked,
            filter_texts(visit.context.ledger, _question(tab, filters, moments.now)),
        ),
    )


def _rows(
    visit: Visit,
    tab: Tab,
    filters: Mapping[str, list[str]],
    state: State,
    *,
    most: int | None,
    first_index: int,
) -> list[dict[str, Any]]:
    limit = None if most is None else most + 1
    question = _question(tab, filters, state)
    answer = answer_of(
        visit.context.ledger, question, visit.zone.key, most=limit, first_index=first_index
    )
    return answer.rows


def _question(tab: Tab, filters: Mapping[str, list[str]], state: State) -> ViewQuestion:
    return ViewQuestion(tab.of_view, tab.section, filters, state)


def _values(visit: Visit, found: Answered) -> dict[str, Any]:
    """What the template shows; blocking."""
    asked, tab = found.seen.asked, found.tab
    is_compared = found.seen.before is not None and not found.is_cut

    def narrowed(name: str, value: str) -> str | None:
        if name not in tab.of_view.filters or (name, value) in asked.filters:
            return None
        return asked.url(**{name: value})

    sheet = sheet_of(
        found.columns,
        found.changes,
        visit.language,
        narrowed=narrowed,
        is_compared=is_compared,
        changes_only=asked.changes_only and is_compared,
        first=asked.from_row,
        most=ROWS_ON_PAGE,
    )
    shown = asked.from_row + len(sheet.lines)
    return {
        "page": found.page,
        "tab": tab,
        "tabs": _tabs(visit, found),
        "summary": summary_words(tab.of_section.summary, visit.language),
        "sheet": sheet,
        "picture": flow_picture(found.changes) if tab.section == "flows" else None,
        "is_cut": found.is_cut,
        "most": MOST_ROWS,
        "first_index": found.first_index,
        "seen": found.seen,
        "control": control_of(visit, found.seen),
        "filters": _filters(visit, found),
        "exports": [
            (kind, found.seen.pinned(f"{found.page.path}/export.{kind}")) for kind in EXPORT_FORMATS
        ],
        "earlier": _page_url(asked, asked.from_row - ROWS_ON_PAGE) if asked.from_row else None,
        "later": _page_url(asked, shown) if shown < sheet.total else None,
    }


def _page_url(asked: Asked, first: int) -> str:
    return asked.url(from_row=str(first) if first > 0 else None)


def _tabs(visit: Visit, found: Answered) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Each group with its questions: name, link, whether it is this one."""
    asked = found.seen.asked

    def link(tab: Tab) -> str:
        left = {name: None for name, _ in asked.filters if name not in tab.of_view.filters}
        return asked.url(only=tab.slug, **left)

    return [
        (
            heading,
            [
                (question_word(tab.view, tab.section, visit.language), link(tab), tab == found.tab)
                for tab in tabs
            ],
        )
        for heading, tabs in found.page.groups
    ]


def _filters(visit: Visit, found: Answered) -> list[dict[str, Any]]:
    """The fields by which the question is narrowed, each with what stands in it."""
    asked = found.seen.asked
    return [
        {
            "name": name,
            "label": filter_word(name, visit.language),
            "hint": filter_hint(known.summary, visit.language),
            "value": next((value for each, value in asked.filters if each == name), ""),
        }
        for name, known in found.tab.of_view.filters.items()
    ]
