"""Reviews of grants: what each is about, what was decided, what is open, what was not carried out.

A review asks about the grants in its scope that were in force when it began and still are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column as Field
from sqlalchemy import Text, select

from ledger.events.access import (
    AccessReviewCompleted,
    AccessReviewItemDecided,
    AccessReviewStarted,
)
from ledger.opening import OpenedRecord
from projections.access.held import every_grant, stored_grants, with_their_use
from projections.access.scopes import in_scope
from projections.batches import batched
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.grants import GRANT, UNSEEN, VERSION
from projections.instants import cell_instant
from projections.kinds import kind_names
from projections.reader import Reader, listed
from projections.tables import fact_table
from projections.view import Column

_ASKED_AT_ONCE: Final = 500
_REVIEW = fact_table(
    "access",
    VERSION,
    "review",
    Field("review", Text, nullable=False),
    Field("step", Text, nullable=False),
    Field("scope", Text),
    Field("grant_stream", Text),
    Field("decision", Text),
    Field("reviewer", Text),
    search="review",
)


def read_step(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one step of a review."""
    event = record.event
    if isinstance(event, AccessReviewStarted):
        said: tuple[Cell, ...] = ("started", event.scope, None, None)
    elif isinstance(event, AccessReviewItemDecided):
        said = ("decided", None, event.grant_id, event.decision)
    elif isinstance(event, AccessReviewCompleted):
        said = ("completed", event.scope, None, None)
    else:
        return None
    return (event.review_id, *said, event.reviewer or event.actor)


REVIEWS: Final = Facts(
    _REVIEW,
    kind_names(AccessReviewStarted, AccessReviewItemDecided, AccessReviewCompleted),
    read_step,
)
"""The part of the view that keeps every step of every review."""


@dataclass(slots=True)
class Review:
    """What is known of one review after its steps."""

    review: str
    scope: str | None = None
    started: dict[str, Any] | None = None
    completed: dict[str, Any] | None = None
    decisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The last one about each grant, by its stream."""

    def add(self, row: dict[str, Any]) -> None:
        """Takes one more step, in the order of the world."""
        if row["step"] == "decided":
            self.decisions[row["grant_stream"]] = row
        elif row["step"] == "started":
            self.started, self.completed = self.started or row, None
            self.scope = row["scope"]
        else:
            self.completed = row
            self.scope = self.scope or row["scope"]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Those that count, in the order of the log."""
        ends = [row for row in (self.started, self.completed) if row is not None]
        return sorted([*ends, *self.decisions.values()], key=lambda row: row["idx"])


def read_reviews(reader: Reader) -> list[Review]:
    """Every review, in the order in which they began."""
    step = _REVIEW.c
    query = (
        select(_REVIEW)
        .where(reader.counted(_REVIEW), reader.matching(review=[step.review]))
        .order_by(step.occurred, step.idx)
    )
    found: dict[str, Review] = {}
    for row in reader.rows(query):
        found.setdefault(row["review"], Review(row["review"])).add(row)
    return list(found.values())


def _asked_about(reader: Reader, review: Review) -> list[dict[str, Any]]:
    """The rows of the grants that a review asks about: as they stood last while it ran."""
    if review.started is None:
        return []
    grant = GRANT.rows.c
    until = reader.as_of if review.completed is None else review.completed["occurred"]
    begun = review.started["occurred"]
    at_both = select(grant.entity).where(
        reader.known(GRANT.rows),
        grant.valid_from <= begun,
        grant.valid_to > begun,
        in_scope(review.scope, grant.resource, grant.system, grant.organisation),
    )
    return every_grant(
        reader,
        reader.known(GRANT.rows),
        grant.status != UNSEEN,
        grant.valid_from <= until,
        grant.valid_to > until,
        grant.entity.in_(at_both),
    )


def _decided_grants(reader: Reader, reviews: Iterable[Review]) -> dict[str, list[dict[str, Any]]]:
    """Every row of every grant that was decided about, in the order of valid time."""
    decided = sorted({grant for review in reviews for grant in review.decisions})
    rows = GRANT.rows
    query = select(rows).where(reader.known(rows)).order_by(rows.c.valid_from)
    found: dict[str, list[dict[str, Any]]] = {}
    for some in batched(decided, _ASKED_AT_ONCE):
        for row in reader.rows(query.where(rows.c.entity.in_(some))):
            found.setdefault(row["entity"], []).append(row)
    return found


def _is_open(decision: dict[str, Any], rows: Sequence[dict[str, Any]], moment: int) -> bool:
    """Whether a decision to take away or change a grant was not carried out by a moment."""
    if decision["decision"] == "keep":
        return False
    standing = [row for row in rows if row["valid_from"] <= moment < row["valid_to"]]
    if not standing:
        return False
    if decision["decision"] == "revoke":
        # Given anew after the decision, it is another grant under the same id.
        return bool(standing[-1]["since"] <= decision["occurred"])
    return bool(listed(standing[-1]["indexes"])[-1] < decision["idx"])


def reviews(reader: Reader) -> list[dict[str, Any]]:
    """Every review with what was decided, the latest first."""
    found = read_reviews(reader)
    grants = _decided_grants(reader, found)
    return [_review_row(reader, review, grants) for review in reversed(found)]


def _review_row(
    reader: Reader, review: Review, grants: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    asked = {row["entity"] for row in _asked_about(reader, review)}
    words = [row["decision"] for row in review.decisions.values()]
    started, completed = review.started, review.completed
    follow_up = sum(
        _is_open(decision, grants.get(grant, ()), reader.as_of)
        for grant, decision in review.decisions.items()
    )
    return {
        "review": review.review,
        "scope": review.scope,
        "state": "completed" if completed else "open",
        "started_at": cell_instant(started["occurred"]) if started else None,
        "started_by": started["reviewer"] if started else None,
        "asked": len(asked | review.decisions.keys()),
        "undecided": len(asked - review.decisions.keys()),
        **{word: words.count(word) for word in ("keep", "change", "revoke")},
        "follow_up": follow_up,
        "completed_at": cell_instant(completed["occurred"]) if completed else None,
        "completed_by": completed["reviewer"] if completed else None,
        "indexes": [row["idx"] for row in review.steps],
    }


def review_items(reader: Reader) -> list[dict[str, Any]]:
    """Every grant that reviews asked about, with what was decided and done."""
    return list(_items(reader))


def open_follow_up(reader: Reader) -> list[dict[str, Any]]:
    """Every decision to take away or to change a grant that was not carried out."""
    return [row for row in _items(reader) if row["follow_up"]]


def _items(reader: Reader) -> Iterator[dict[str, Any]]:
    found = read_reviews(reader)
    decided = _decided_grants(reader, found)
    shown = _shown(reader)
    for review in reversed(found):
        stored = {row["entity"]: row for row in _asked_about(reader, review)}
        for grant in review.decisions:
            if grant not in stored and grant in decided:
                stored[grant] = decided[grant][-1]
        answers = with_their_use(reader, list(stored.values()))
        of_grant = {row["grant"]: row for row in answers}
        for grant in dict.fromkeys([*of_grant, *review.decisions]):
            if shown is not None and grant not in shown:
                continue
            decision = review.decisions.get(grant)
            rows = decided.get(grant, ())
            is_open = decision is not None and _is_open(decision, rows, reader.as_of)
            yield _item(review, grant, of_grant.get(grant), decision, is_open=is_open)


def _shown(reader: Reader) -> set[str] | None:
    """The grants that the chosen filters leave; `None`: all of them."""
    if not reader.chosen.keys() - {"review"}:
        return None
    return {row["entity"] for row in stored_grants(reader, reader.known(GRANT.rows))}


def _item(
    review: Review,
    grant: str,
    row: dict[str, Any] | None,
    decision: dict[str, Any] | None,
    *,
    is_open: bool,
) -> dict[str, Any]:
    shown = ("grantee", "organisation", "resource", "acts", "since", "uses", "last_used", "system")
    indexes = [] if row is None else row["indexes"]
    return {
        "review": review.review,
        "scope": review.scope,
        "grant": grant,
        **{name: None if row is None else row[name] for name in shown},
        "decision": "undecided" if decision is None else decision["decision"],
        "decided_at": None if decision is None else cell_instant(decision["occurred"]),
        "decided_by": None if decision is None else decision["reviewer"],
        "follow_up": is_open,
        "indexes": [*indexes, *([] if decision is None else [decision["idx"]])],
    }


REVIEW_COLUMNS: Final = (
    Column("review", "review", "token"),
    Column("scope", "scope"),
    Column("state", "state"),
    Column("started_at", "started", "instant"),
    Column("started_by", "started by", "token"),
    Column("asked", "grants", "count"),
    Column("undecided", "undecided", "count"),
    Column("keep", "keep", "count"),
    Column("change", "change", "count"),
    Column("revoke", "revoke", "count"),
    Column("follow_up", "not carried out", "count"),
    Column("completed_at", "signed off", "instant"),
    Column("completed_by", "signed off by", "token"),
    Column("indexes", "rests on", "indexes"),
)
ITEM_COLUMNS: Final = (
    Column("decision", "decision"),
    Column("follow_up", "not carried out", "flag"),
    Column("grantee", "grantee", "token"),
    Column("resource", "resource"),
    Column("acts", "acts", "list"),
    Column("since", "since", "instant"),
    Column("organisation", "organisation"),
    Column("uses", "uses", "count"),
    Column("last_used", "last used", "instant"),
    Column("decided_at", "decided", "instant"),
    Column("decided_by", "decided by", "token"),
    Column("system", "system"),
    Column("grant", "grant", "token"),
    Column("review", "review", "token"),
    Column("indexes", "rests on", "indexes"),
)
