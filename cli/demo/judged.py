"""Which of the promises of the story were kept: counts for each system, and what was broken."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from cli.demo.statements import statement_files
from cli.output import Column
from cli.rendering import draw_gap, draw_heading, draw_line, draw_rows
from formats.sentences import counted
from projections.cases.reading import moment_of
from projections.promises import PromiseVerdict, promise_verdicts
from projections.promises.findings import statement_findings

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.promises.finding import StatementFinding

_VERDICTS: Final = ("kept", "broken", "pending", "undeterminable")
_COUNTS: Final = (
    Column("system", "system"),
    *(Column(verdict, verdict, "count") for verdict in _VERDICTS),
)
_BROKEN: Final = (
    Column("promise", "broken", "word"),
    Column("since", "since", "instant"),
    Column("index", "record", "index"),
    Column("words", "what was promised", "prose"),
)


def show_promises(ledger: "Ledger", zone: tzinfo) -> None:
    """Draws the section about promises."""
    found = promise_verdicts(ledger, moment_of(ledger))
    draw_gap()
    draw_heading("zegel promises")
    draw_rows(_counts(found), _COUNTS, zone)
    broken = [each for each in found if each.verdict == "broken"]
    shown = first_of_each_system(broken)
    words = {
        entry.id: first_sentence(entry.en) for file in statement_files() for entry in file.promises
    }
    draw_gap()
    draw_rows((_row(each, words) for each in shown), _BROKEN, zone)
    rest = len(broken) - len(shown)
    more = f"… and {rest} more. " if rest > 0 else ""
    first = (shown or found)[0].promise_id
    draw_line(f"{more}zegel promises --explain {first} tells it record by record.", style="quiet")
    for finding in open_contradictions(ledger):
        names = " and ".join(finding.promise_ids)
        draw_line(
            f"{names} contradict each other in the statement itself: "
            f"{counted(len(finding.promise_ids), 'verdict')} wait for a decision.",
            style="warning",
            mark="⚠",
        )


def open_contradictions(ledger: "Ledger") -> "list[StatementFinding]":
    """The contradictions inside statements about which nobody has decided."""
    return [
        finding
        for statement in statement_findings(ledger, moment_of(ledger), with_events=False)
        for finding in statement.findings
        if finding.kind == "contradiction" and finding.state == "open"
    ]


def first_of_each_system(broken: Iterable[PromiseVerdict]) -> list[PromiseVerdict]:
    """Of the broken promises of each system the one that was broken first, in that order."""
    first: dict[tuple[str, ...], PromiseVerdict] = {}
    for each in sorted(broken, key=_since):
        first.setdefault(each.systems, each)
    return list(first.values())


def _since(verdict: PromiseVerdict) -> tuple[bool, datetime, str]:
    oldest = verdict.oldest_break
    return oldest is None, oldest.occurred_at if oldest else verdict.since, verdict.promise_id


def first_sentence(text: str) -> str:
    """A text up to its first full stop, colon or semicolon."""
    return re.split(r"[.:;](?:\s|$)", " ".join(text.split()), maxsplit=1)[0]


def _counts(found: list[PromiseVerdict]) -> list[dict[str, object]]:
    systems: dict[str, Counter[str]] = {}
    for each in found:
        systems.setdefault(", ".join(each.systems), Counter())[each.verdict] += 1
    return [
        {"system": system, **{verdict: counts[verdict] for verdict in _VERDICTS}}
        for system, counts in sorted(systems.items())
    ]


def _row(verdict: PromiseVerdict, words: dict[str, str]) -> dict[str, object]:
    oldest = verdict.oldest_break
    return {
        "promise": verdict.promise_id,
        "since": oldest.occurred_at if oldest else None,
        "index": oldest.index if oldest else None,
        "words": words.get(verdict.promise_id),
    }
