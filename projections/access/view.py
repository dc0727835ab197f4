"""The view of access: its parts, the questions it answers, and how they are narrowed."""

from typing import Final

from projections.access.endings import CONTRACTS
from projections.access.held import (
    GRANT_COLUMNS,
    HISTORY_COLUMNS,
    grant_history,
    grants_held,
    grants_unseen,
    grants_unused,
)
from projections.access.organisations import PLACES
from projections.access.outlived import (
    AFTER_LEAVING_COLUMNS,
    OUTLIVED_COLUMNS,
    grants_outlived,
    uses_after_leaving,
)
from projections.access.people import STATUSES
from projections.access.processors import (
    PROCESSOR_COLUMNS,
    PROCESSOR_USE_COLUMNS,
    grants_of_processors,
    uses_of_processors,
)
from projections.access.purposes import ENTRIES, uses_unregistered
from projections.access.reviews import (
    ITEM_COLUMNS,
    REVIEW_COLUMNS,
    REVIEWS,
    open_follow_up,
    review_items,
    reviews,
)
from projections.access.ungranted import uses_ungranted
from projections.access.uses import USE_COLUMNS, USES
from projections.grants import GRANT_LINES, VERSION
from projections.view import Filter, Section, View

ACCESS: Final = View(
    name="access",
    title="Who holds which grant on what, and what was used without one",
    version=VERSION,
    parts=(GRANT_LINES, USES, STATUSES, CONTRACTS, PLACES, ENTRIES, REVIEWS),
    sections={
        "held": Section("grants in force, and their use", GRANT_COLUMNS, grants_held),
        "unused": Section("grants in force, never used", GRANT_COLUMNS, grants_unused),
        "ungranted": Section("uses that no grant covered", USE_COLUMNS, uses_ungranted),
        "unseen": Section(
            "grants changed or revoked, never seen given", GRANT_COLUMNS, grants_unseen
        ),
        "history": Section("when each grant was in force", HISTORY_COLUMNS, grant_history),
        "outlived": Section(
            "grants that outlived their contract or the employment",
            OUTLIVED_COLUMNS,
            grants_outlived,
        ),
        "after-leaving": Section(
            "uses after the actor left, or the contract ended",
            AFTER_LEAVING_COLUMNS,
            uses_after_leaving,
        ),
        "processors": Section(
            "grants in force of hosts and sub-processors", PROCESSOR_COLUMNS, grants_of_processors
        ),
        "processor-uses": Section(
            "what hosts and sub-processors used", PROCESSOR_USE_COLUMNS, uses_of_processors
        ),
        "unregistered": Section(
            "uses for a purpose outside the register", USE_COLUMNS, uses_unregistered
        ),
        "reviews": Section("reviews of grants, and their sign-off", REVIEW_COLUMNS, reviews),
        "review-items": Section(
            "what reviews decided about each grant", ITEM_COLUMNS, review_items
        ),
        "follow-up": Section(
            "decisions of reviews that were not carried out", ITEM_COLUMNS, open_follow_up
        ),
    },
    filters={
        "person": Filter("grantee or actor", "identity", "person"),
        "resource": Filter("what is accessed"),
        "organisation": Filter("organisation of the grantee or the actor"),
        "scope": Filter("all, system/ID, organisation/ID, or a resource with all below it"),
        "grant": Filter("one grant, by its source's id or its stream", "case", "grant"),
        "system": Filter("system that reported"),
        "purpose": Filter("purpose of uses"),
        "activity": Filter("processing activity of uses, by its URI"),
        "review": Filter("one review, by its id or its stream", "case", "review"),
    },
)
