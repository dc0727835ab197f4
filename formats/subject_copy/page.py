"""A copy as a page for people, in Dutch or English: one file without script or request.

Invariants: every value is escaped, whatever a record contains; the page's content policy forbids
it to run or load anything; the same copy gives the same page.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from formats.scriptless_page import content_policy, page_part, page_template
from formats.subject_copy.content import CopiedField, CopiedRecord, SubjectCopy
from formats.subject_copy.words import (
    Language,
    basis_words,
    field_words,
    kind_words,
    phrases,
    purpose_words,
    shown_instant,
    shown_value,
)
from ledger.events import PLANS

_ROOM: Final = "formats.subject_copy"
_SHOWN_ELSEWHERE: Final = frozenset(
    ("kind", "event_id", "occurred_at", "occurred_zone", "occurred_precision", "system")
)


def copy_page(copy: SubjectCopy, language: Language, zone: tzinfo) -> bytes:
    """The page.

    Args:
        copy: What it shows.
        language: In which words.
        zone: In which times are told.
    """
    style = page_part(_ROOM, "page.css")
    page = page_template(_ROOM).render(
        copy=copy,
        language=language,
        t=phrases(language),
        style=style,
        policy=content_policy(style),
        records=[_shown_record(record, language, zone) for record in copy.records],
        first=_bound(copy, language, zone, last=False),
        last=_bound(copy, language, zone, last=True),
        hides_others=any(
            field.state == "another-person" for record in copy.records for field in record.fields
        ),
        is_unproven=any(not record.is_proven for record in copy.records),
        looked_for=lambda purpose: purpose_words(purpose, language),
        basis=lambda basis: basis_words(basis, language),
        at=lambda instant: shown_instant(instant, language, zone),
    )
    return page.encode()


def _bound(copy: SubjectCopy, language: Language, zone: tzinfo, *, last: bool) -> str:
    """The day on which the first or the last of the events happened."""
    times = [record.occurred_at or record.recorded_at for record in copy.records]
    if not times:
        return ""
    instant = max(times) if last else min(times)
    return shown_instant(instant, language, zone).partition(",")[0]


def _shown_record(record: CopiedRecord, language: Language, zone: tzinfo) -> Mapping[str, Any]:
    values = {field.name: field.value for field in record.fields}
    shown = [
        {
            "label": field_words(field.name, language),
            "state": field.state,
            "text": _shown_field(field, record.kind, language, zone),
        }
        for field in record.fields
        if field.name not in _SHOWN_ELSEWHERE
    ]
    occurred = record.occurred_at
    return {
        "index": record.index,
        "title": kind_words(record.kind, language),
        "kind": record.kind.removesuffix(".v1"),
        "occurred": shown_instant(occurred, language, zone) if occurred else None,
        "recorded": shown_instant(record.recorded_at, language, zone),
        "system": values.get("system"),
        "is_proven": record.is_proven,
        "fields": shown,
    }


def _shown_field(field: CopiedField, kind: str, language: Language, zone: tzinfo) -> str:
    words = phrases(language)
    name = field.name.partition("/")[0]
    if field.state == "another-person":
        plan = PLANS.get(kind)
        known = plan.field(name) if plan else None
        personal = known.personal if known else "subject"
        return str(words[_OF_ANOTHER[personal]])
    if field.state == "words-left-out":
        return str(words["words-left-out"])
    if field.state == "erased":
        return str(words["erased"]).format(event=field.erased_by)
    return shown_value(field.value, name, language, zone)


_OF_ANOTHER: Final = {"subject": "another-person", "text": "another-words", "case": "another-case"}
