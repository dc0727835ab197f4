"""What no type says: that the parts of a statement file fit each other and the vocabulary."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from formats.statement_file.contradiction_checks import contradiction_findings
from formats.statement_file.document import PromiseEntry, Statement, StatementFile
from formats.statement_file.findings import Finding
from formats.statement_file.parameter_checks import parameter_findings
from formats.statement_file.rule_checks import rule_findings
from formats.statement_file.vocabulary_checks import kind_findings, trigger_kinds, value_findings
from formats.statement_file.walking import PlacedRule, rules_of
from ledger.errors import MalformedEvent
from ledger.events import resolve_kind
from ledger.events.wording import Path, shown

_FEWEST_READINGS = 2


def findings_of(file: StatementFile) -> Iterator[Finding]:
    """Everything that is wrong in a file whose values have the right types."""
    yield from _statement_findings(file.statement)
    yield from _repeated(
        [entry.id for entry in file.promises],
        lambda place: ("promises", place, "id"),
        "each promise once",
    )
    for place, entry in enumerate(file.promises):
        yield from _promise_findings(file.statement, entry, ("promises", place))
    yield from contradiction_findings(file.promises)


def _statement_findings(statement: Statement) -> Iterator[Finding]:
    here: Path = ("statement",)
    systems = statement.systems
    yield from _repeated(systems, lambda place: (*here, "systems", place), "each system once")
    if statement.zone is not None and not _is_zone(statement.zone):
        expected = "a zone of the IANA database, such as Europe/Amsterdam"
        yield Finding((*here, "zone"), expected, shown(statement.zone))
        return
    if statement.revision_date is not None and not _is_date(statement.revision_date):
        expected = "a date of the calendar, such as 2020-03-19"
        yield Finding((*here, "revision_date"), expected, shown(statement.revision_date))
    try:
        statement.effective_at()
    except (ValueError, OverflowError):
        expected = "a date or an instant of the calendar"
        yield Finding((*here, "effective_from"), expected, shown(statement.effective_from))


def _promise_findings(statement: Statement, entry: PromiseEntry, here: Path) -> Iterator[Finding]:
    if not entry.rules and not entry.readings:
        yield Finding((*here, "rules"), "a rule or readings", "neither")
    placed = list(rules_of(entry, here))
    yield from _anchor_findings(entry, placed, here)
    yield from parameter_findings(entry, placed, here)
    yield from _reading_findings(entry, here)
    for each in placed:
        kinds = list(kind_findings(each))
        yield from kinds
        yield from rule_findings(each, entry.promise_class, statement.systems)
        if not kinds:
            yield from value_findings(each)


def _anchor_findings(
    entry: PromiseEntry, placed: Sequence[PlacedRule], here: Path
) -> Iterator[Finding]:
    known = sorted({name for each in placed for name in trigger_kinds(each.rule)})
    triggers = {_resolved(name) for name in known}
    for place, anchor in enumerate(entry.anchors):
        if _resolved(anchor) not in triggers:
            expected = f"a kind that a rule judges: {', '.join(known) or 'none is judged'}"
            yield Finding((*here, "anchors", place), expected, shown(anchor))


def _reading_findings(entry: PromiseEntry, here: Path) -> Iterator[Finding]:
    readings = entry.readings
    yield from _repeated(
        [reading.name for reading in readings],
        lambda place: (*here, "readings", place, "name"),
        "each reading once",
    )
    if 0 < len(readings) < _FEWEST_READINGS:
        yield Finding((*here, "readings"), "none or at least two readings", "one")
    leading = [place for place, reading in enumerate(readings) if reading.leads]
    for place in leading[1:]:
        yield Finding((*here, "readings", place, "leads"), "one reading that leads", "another")
    for place, reading in enumerate(readings):
        if not reading.rules and not entry.rules:
            yield Finding((*here, "readings", place, "rules"), "at least one rule", "none")


def _repeated(
    names: Sequence[str], path: Callable[[int], Path], expected: str
) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield Finding(path(place), expected, f"{shown(name)} again")


def _resolved(kind: str) -> str:
    try:
        return resolve_kind(kind)
    except MalformedEvent:
        return kind


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
