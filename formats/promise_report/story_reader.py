"""Reads what explains verdicts about promises: texts, judged events, the records under them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from formats.answers.log_row import UNKNOWN, UNKNOWN_NL
from formats.answers.record import short_kind
from formats.promise_report.dutch import dutch_sentence
from formats.promise_report.judged import judged_count
from formats.promise_report.story import Story, ToldEvent
from formats.promise_report.texts import promise_texts
from formats.sentences import sentence

if TYPE_CHECKING:
    from datetime import tzinfo

    from formats.promise_report.judged import Judged
    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord
    from ledger.reading import Opening
    from projections.cases.reading import Moment
    from projections.promises.answers import Item, PromiseVerdict
    from projections.promises.finding import StatementFinding, StatementFindings


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
            Story(verdict=each, text=texts[each.promise_id], total=judged_count(each))
            for each in verdicts
        ]

    def told(
        self, judged: "Judged", *, statements: "Sequence[StatementFindings]" = ()
    ) -> list[Story]:
        """Promises with their judged events and every record that explains them.

        Args:
            judged: The promises, in the order of telling.
            statements: What was found in the statements that make them.
        """
        verdicts, only = judged.verdicts, judged.wanted.only
        chosen = {each.promise_id: judged.items.get(each.promise_id, ()) for each in verdicts}
        opened = self._opened(_shown(judged))
        texts = promise_texts(verdicts, opened)
        events = {index: self._event(record) for index, record in opened.items()}
        return [
            Story(
                verdict=each,
                text=texts[each.promise_id],
                items=chosen[each.promise_id],
                # Where a reading is open, an event is judged once under each of them.
                total=max(len(chosen[each.promise_id]), judged_count(each, only)),
                events=_under(each, chosen[each.promise_id], events),
                strip=judged.strips.get(each.promise_id, ()),
                findings=_findings(each, statements),
            )
            for each in verdicts
        ]

    def indexes(self, judged: "Judged") -> list[int]:
        """The records that telling these promises shows, ascending; of a list, declarations."""
        if judged.wanted.limit == 0:
            return sorted({each.declared_index for each in judged.verdicts})
        return sorted(_shown(judged))

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


def rests_on(verdict: "PromiseVerdict") -> tuple[int, ...]:
    """The records that a verdict rests on, with those that declare it and set its parameters."""
    set_by = (each.set_by_index for each in verdict.parameters)
    found = {verdict.declared_index, verdict.policy_index, *set_by, *verdict.rests_on}
    return tuple(sorted(index for index in found if index is not None))


def _shown(judged: "Judged") -> set[int]:
    """The records that the stories of promises show."""
    return {
        index
        for each in judged.verdicts
        for index in (*rests_on(each), *_of_items(judged.items.get(each.promise_id, ())))
    }


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
