"""Reads what explains verdicts about promises: texts, judged events, the records under them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cli.promise_texts import promise_texts
from cli.record_view import UNKNOWN, short_kind
from cli.sentences import sentence
from formats.promise_report.dutch import dutch_sentence
from formats.promise_report.story import VERDICTS, Story, ToldEvent
from formats.promise_report.strip import strip_of
from projections.promises import promise_items

if TYPE_CHECKING:
    from datetime import tzinfo

    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord
    from ledger.reading import Opening
    from projections.cases.reading import Moment
    from projections.promises.answers import Item, PromiseVerdict, Verdict
    from projections.promises.finding import StatementFinding, StatementFindings

ITEMS_SHOWN: Final = 20
"""So many judged events are told before `--all` is asked for."""

UNKNOWN_NL: Final = "geen gebeurtenis van een bekende soort"
ITEMS_ON_PAGE: Final = 12
MOST_IN_STRIPS: Final = 50_000
"""With more judged events than this the page draws no strips: each event would have to be read."""


class StoryReader:
    """Reads the stories of promises of one log at one moment."""

    def __init__(
        self,
        ledger: "Ledger",
        moment: "Moment",
        zone: "tzinfo",
        opening: "Opening | None" = None,
    ) -> None:
        """Remembers what is asked; `opening` lets people and words be shown."""
        self.ledger = ledger
        self.moment = moment
        self.zone = zone
        self.opening = opening

    def listed(self, verdicts: "Sequence[PromiseVerdict]") -> list[Story]:
        """Promises with their texts only, in the order given."""
        declared = self._opened(each.declared_index for each in verdicts)
        texts = promise_texts(verdicts, declared)
        return [
            Story(verdict=each, text=texts[each.promise_id], total=_total(each))
            for each in verdicts
        ]

    def told(
        self,
        verdicts: "Sequence[PromiseVerdict]",
        *,
        limit: int | None,
        only: "Verdict | None" = None,
        strips_since: datetime | None = None,
        statements: "Sequence[StatementFindings]" = (),
    ) -> list[Story]:
        """Promises with their judged events and every record that explains them.

        Args:
            verdicts: Of the promises, in the order of telling.
            limit: How many judged events of each; `None` for all.
            only: Events of one verdict only.
            strips_since: Where the strips begin; `None` for no strips.
            statements: What was found in the statements that make them.
        """
        chosen = {each.promise_id: self._items(each, limit=limit, only=only) for each in verdicts}
        indexes = {
            index
            for each in verdicts
            for index in (*rests_on(each), *_of_items(chosen[each.promise_id]))
        }
        opened = self._opened(indexes)
        texts = promise_texts(verdicts, opened)
        events = {index: self._event(record) for index, record in opened.items()}
        return [
            Story(
                verdict=each,
                text=texts[each.promise_id],
                items=tuple(chosen[each.promise_id]),
                # Where a reading is open, an event is judged once under each of them.
                total=max(len(chosen[each.promise_id]), _judged(each, only)),
                events=_under(each, chosen[each.promise_id], events),
                strip=self._strip(each, strips_since),
                findings=_findings(each, statements),
            )
            for each in verdicts
        ]

    def indexes(self, verdicts: "Sequence[PromiseVerdict]", *, limit: int | None) -> list[int]:
        """The records that telling these promises shows, ascending.

        Args:
            verdicts: Of the promises.
            limit: How many judged events of each; 0 for a list, which shows declarations only.
        """
        if limit == 0:
            return sorted({each.declared_index for each in verdicts})
        found = {
            index
            for each in verdicts
            for index in (*rests_on(each), *_of_items(self._items(each, limit=limit, only=None)))
        }
        return sorted(found)

    def _items(
        self, verdict: "PromiseVerdict", *, limit: int | None, only: "Verdict | None"
    ) -> "list[Item]":
        """The oldest first; where not all are told, the broken ones before the others."""
        asked = verdict.promise_id
        total = _judged(verdict, only)
        if only is not None or limit is None or total <= limit:
            return promise_items(self.ledger, self.moment, asked, verdict=only, limit=limit)
        found: list[Item] = []
        for each in VERDICTS:
            left = limit - len(found)
            if left and (verdict.open_readings or _judged(verdict, each)):
                found += promise_items(self.ledger, self.moment, asked, verdict=each, limit=left)
        return found

    def _strip(
        self, verdict: "PromiseVerdict", since: datetime | None
    ) -> "tuple[Verdict | None, ...]":
        if since is None or not _total(verdict):
            return ()
        items = promise_items(self.ledger, self.moment, verdict.promise_id)
        return strip_of(items, since, max(since, self.moment.as_of))

    def _opened(self, indexes: Iterable[int]) -> "dict[int, OpenedRecord]":
        rows = self.ledger.log.records_at(sorted(set(indexes)))
        opened = self.ledger.open_records(rows, identities=self.opening)
        return {each.stored.index: each for each in opened}

    def _event(self, record: "OpenedRecord") -> ToldEvent:
        event = record.event
        return ToldEvent(
            index=record.stored.index,
            kind=short_kind(record.stored.kind),
            occurred_at=None if event is None else event.occurred_at,
            recorded_at=record.recorded_at,
            sentences={
                "en": UNKNOWN if event is None else sentence(event, self.zone),
                "nl": UNKNOWN_NL if event is None else dutch_sentence(event, self.zone),
            },
            actor=None if event is None else event.actor,
        )


def strips_since(verdicts: "Sequence[PromiseVerdict]", until: datetime) -> datetime | None:
    """Where strips begin: with the oldest promise, or the oldest break before it; `None` for none.

    Where too many events were judged there are none.
    """
    if not verdicts or sum(map(_total, verdicts)) > MOST_IN_STRIPS:
        return None
    starts = [each.since for each in verdicts if each.since > datetime.min.replace(tzinfo=UTC)]
    return min([*starts, until])


def rests_on(verdict: "PromiseVerdict") -> tuple[int, ...]:
    """The records that a verdict rests on, with those that declare it and set its parameters."""
    set_by = (each.set_by_index for each in verdict.parameters)
    found = {verdict.declared_index, verdict.policy_index, *set_by, *verdict.rests_on}
    return tuple(sorted(index for index in found if index is not None))


def _of_items(items: "Iterable[Item]") -> set[int]:
    return {index for item in items for index in (item.index, *item.rests_on)}


def _under(
    verdict: "PromiseVerdict", items: "Sequence[Item]", events: Mapping[int, ToldEvent]
) -> dict[int, ToldEvent]:
    indexes = sorted({*rests_on(verdict), *_of_items(items)})
    return {index: events[index] for index in indexes if index in events}


def _findings(
    verdict: "PromiseVerdict", statements: "Sequence[StatementFindings]"
) -> "tuple[StatementFinding, ...]":
    """What is wrong or unclear in the words of a promise."""
    return tuple(
        found
        for each in statements
        if each.policy_id == verdict.policy_id and each.organisation == verdict.organisation
        for found in each.of(verdict.promise_id)
    )


def _total(verdict: "PromiseVerdict") -> int:
    return verdict.kept + verdict.broken + verdict.pending + verdict.undeterminable


def _judged(verdict: "PromiseVerdict", only: "Verdict | None") -> int:
    """How many events were judged, or judged so."""
    found: int = _total(verdict) if only is None else getattr(verdict, only)
    return found
