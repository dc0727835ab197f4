"""The register as a page, in Dutch or English: one file without script or request.

It is read on a phone and printed on paper. Every value is escaped, whatever a record contains; the
page's content policy forbids it to run or load anything; the same register gives the same page.
"""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import partial
from typing import Any, Final

import msgspec

from formats.register.letters import activity_title, letters
from formats.register.reasons import finding_words
from formats.register.tables import Table, agreement_table, claims, sub_processor_table
from formats.register.telling import named_organisation
from formats.register.words import PageLanguage, phrase, shown_moment, word
from formats.scriptless_page import content_policy, page_part, page_template
from projections.art30.content import Activity, Register, controllers_served
from projections.art30.findings import Finding

_ROOM: Final = "formats.register"


def register_page(
    register: Register,
    findings: Sequence[Finding],
    language: PageLanguage,
    zone: tzinfo,
) -> bytes:
    """The page.

    Args:
        register: What it shows.
        findings: What is not filled in.
        language: In which words.
        zone: In which times are told.
    """
    parts = _parts(register, language, zone)
    return _page(register, language, zone, parts=parts, findings=findings)


def processors_page(register: Register, language: PageLanguage, zone: tzinfo) -> bytes:
    """The page with the agreements and the sub-processors alone."""
    alone = msgspec.structs.replace(register, activities=())
    return _page(alone, language, zone, parts=[], findings=None)


def _page(
    register: Register,
    language: PageLanguage,
    zone: tzinfo,
    *,
    parts: Sequence[Mapping[str, Any]],
    findings: Sequence[Finding] | None,
) -> bytes:
    style = page_part(_ROOM, "page.css")
    standing = register.standing
    page = page_template(_ROOM).render(
        language=language,
        t=partial(_phrase, language),
        style=style,
        policy=content_policy(style),
        standing=standing,
        claims=claims(standing, language),
        as_of=shown_moment(standing.as_of, zone),
        as_known=None if standing.as_known is None else shown_moment(standing.as_known, zone),
        parts=parts,
        title=phrase("title" if parts else "agreements", language),
        lead=phrase("lead" if parts else "lead_agreements", language),
        agreements=_cards(agreement_table(register, language, zone)),
        sub_processors=_cards(sub_processor_table(register, language, zone)),
        findings=findings,
        message=lambda finding: finding_words(finding, language),
        weight=lambda name: word("weight", name, language),
        titles={each.activity: activity_title(each, language) for each in register.activities},
        anchors=_anchors(register),
    )
    return page.encode()


def _phrase(language: PageLanguage, name: str) -> str:
    return phrase(name, language)


def _parts(register: Register, language: PageLanguage, zone: tzinfo) -> list[dict[str, Any]]:
    """Both registers with their activities; that of a processor by controller."""
    anchors = _anchors(register)
    own = [
        _shown(register, each, language, zone, anchors) for each in register.of_part("controller")
    ]
    groups = []
    seen: set[str] = set()
    for served in controllers_served(register):
        name = served.controller.organisation
        who = named_organisation(register, name, language) if name else served.controller.category
        groups.append(
            {
                "who": who or phrase("not_named", language),
                # An activity for several controllers is told in full once, and named again.
                "activities": [
                    _shown(register, each, language, zone, anchors)
                    for each in served.activities
                    if each.activity not in seen
                ],
                "again": [
                    (anchors[each.activity], activity_title(each, language))
                    for each in served.activities
                    if each.activity in seen
                ],
            }
        )
        seen |= {each.activity for each in served.activities}
    return [
        {
            "name": "controller",
            "title": phrase("controller_part", language),
            "groups": [{"who": None, "activities": own, "again": []}] if own else [],
        },
        {
            "name": "processor",
            "title": phrase("processor_part", language),
            "groups": groups,
        },
    ]


def _anchors(register: Register) -> dict[str, str]:
    return {each.activity: f"activity-{place}" for place, each in enumerate(register.activities, 1)}


def _shown(
    register: Register,
    activity: Activity,
    language: PageLanguage,
    zone: tzinfo,
    anchors: dict[str, str],
) -> dict[str, Any]:
    until = activity.in_force_until
    return {
        "anchor": anchors[activity.activity],
        "title": activity_title(activity, language),
        "reference": activity.activity,
        "role": word("role", activity.role, language),
        "version": activity.version,
        "index": activity.index,
        "since": shown_moment(activity.effective_from, zone),
        "until": None if until is None else shown_moment(until, zone),
        "lines": letters(register, activity, language),
    }


def _cards(table: Table) -> list[dict[str, Any]]:
    """Each row of a table with its headings: as a table on a screen, as cards on a phone."""
    return [
        {
            "cells": [
                (heading, "" if cell is None else str(cell))
                for heading, cell in zip(table.headings, row, strict=True)
            ]
        }
        for row in table.rows
    ]
