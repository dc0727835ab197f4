"""The words of promises: opened from the log, else of the shipped file, else made of the rule."""

from typing import TYPE_CHECKING

from formats.promise_report.story import PromiseText
from formats.shipped_statements import shipped_statements
from ledger.events.promise import PromiseDeclared
from ledger.personal import WITHHELD
from projections.promises.rule_words import promise_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from formats.statement_file import StatementFile
    from ledger.opening import OpenedRecord
    from projections.promises.answers import PromiseVerdict


def promise_texts(
    verdicts: "Iterable[PromiseVerdict]", declared: "Mapping[int, OpenedRecord]"
) -> dict[str, PromiseText]:
    """What each promise says, by its id.

    Args:
        verdicts: Of the promises.
        declared: The records that declare them, by index, as the reader may see them.
    """
    listed = list(verdicts)
    events = {each.promise_id: _declaration(declared.get(each.declared_index)) for each in listed}
    hashes = {event.policy_sha256 for event in events.values() if event and event.policy_sha256}
    shipped = shipped_statements(hashes) if hashes else {}
    return {each.promise_id: _text(each, events[each.promise_id], shipped) for each in listed}


def _declaration(record: "OpenedRecord | None") -> PromiseDeclared | None:
    event = None if record is None else record.event
    return event if isinstance(event, PromiseDeclared) else None


def _text(
    verdict: "PromiseVerdict",
    declared: PromiseDeclared | None,
    shipped: "Mapping[str, StatementFile]",
) -> PromiseText:
    file = shipped.get(declared.policy_sha256 or "") if declared is not None else None
    title = None if file is None else file.statement.title
    opened = _opened(declared, title)
    if opened is not None:
        return opened
    entry = None
    if file is not None:
        entry = next((each for each in file.promises if each.id == verdict.promise_id), None)
    if entry is not None:
        return PromiseText(
            source="statement-file",
            words={"nl": _one_line(entry.nl), "en": _one_line(entry.en)},
            place=f"{entry.place.heading.rstrip(':')}, L{entry.place.line}",
            quote=entry.place.phrase,
            statement=title,
        )
    settings = {each.name: each for each in verdict.parameters}
    return PromiseText(
        source="rule",
        words={
            "nl": " ".join(promise_words(verdict.rules, "nl", settings)),
            "en": " ".join(promise_words(verdict.rules, "en", settings)),
        },
        statement=title,
    )


def _opened(declared: PromiseDeclared | None, title: str | None) -> PromiseText | None:
    """The words of the log itself, where they were opened."""
    if declared is None:
        return None
    dutch, english = _shown(declared.summary_nl), _shown(declared.summary)
    first = english or dutch
    if first is None:
        return None
    return PromiseText(
        source="log",
        words={"nl": dutch or first, "en": english or first},
        place=_shown(declared.place),
        quote=_shown(declared.quote),
        statement=title,
    )


def _shown(text: str | None) -> str | None:
    return None if text in {None, WITHHELD} else text


def _one_line(text: str) -> str:
    return " ".join(text.split())
