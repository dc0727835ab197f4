"""Laws of the rows of judged promises: each is what the definition gives from all records."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger.erasure.terms import ErasedPlace
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.store import reading
from projections import catch_up, rebuild, running
from projections.bitemporal import FOREVER
from projections.corrections import find_corrections
from projections.erasing import erase_disclosures, erase_subject
from projections.position import read_places
from projections.promises import history as definition
from projections.promises.gathering import gather
from projections.promises.history import KnownSegment, history
from projections.promises.material import Ask, Evidence, names_only_case
from projections.promises.needs import SharedNeed
from projections.promises.rulebook import Rulebook, rulebook_read
from projections.promises.tables import PATTERN, TALLY, VERDICT
from projections.promises.view import PROMISES
from projections.tables import Scope
from tests.promised_facts import DECIDED, PROMISED, publish
from tests.view_histories import MOST_EVENTS, histories, random_ledger, record_stretch
from tests.view_rows import rows_of

Row = tuple[Any, ...]
_CELLS: Final = (
    *("rule", "idx", "valid_from", "valid_to", "verdict", "due", "measure", "reason", "evidence"),
    *("known_from", "known_to"),
)
_PLAINLY_KEPT: Final = ("kept", None, None, None, None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("promise_rows")


@given(
    histories(PROMISED | DECIDED),
    st.lists(st.integers(0, MOST_EVENTS), max_size=3),
    st.integers(1, 5),
)
@settings(max_examples=15)
def test_rows_are_what_the_definition_gives(
    folder: Path, history_told: list[dict[str, Any]], cuts: list[int], batch: int
) -> None:
    """A verdict would miss an event that lies outside what was looked up for it."""
    ledger = random_ledger(folder)
    publish(ledger)
    with pytest.MonkeyPatch.context() as patch:
        catch_up(ledger, [PROMISES.name])
        patch.setattr(running, "BATCH_RECORDS", batch)
        start = 0
        for stop in [*sorted(min(cut, len(history_told)) for cut in cuts), len(history_told)]:
            record_stretch(ledger, history_told, start, stop)
            catch_up(ledger, [PROMISES.name])
            start = stop
    stored, book = _stored(ledger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(definition, "_at_once", lambda *_: None)
        defined = set(_defined(ledger, book))
    assert stored == defined
    ledger.close()


@given(
    histories(PROMISED),
    st.sampled_from(["person:anna", "ip:203.0.113.7", "data-subject:CUSTOMER:1"]),
    st.sampled_from(["whole", "in part"]),
)
@settings(max_examples=12)
def test_an_erasure_leaves_what_a_rebuild_gives(
    folder: Path, history_told: list[dict[str, Any]], identity: str, how: str
) -> None:
    """A token would outlive its subject, or an erasure would leave verdicts of nobody's making."""
    ledger = random_ledger(folder)
    publish(ledger)
    record_stretch(ledger, history_told, 0, len(history_told))
    catch_up(ledger)
    found = ledger.subjects_matching(identity)
    if found and how == "whole":
        erase_subject(ledger, identity, requested_by="person:dpo")
    elif found:
        places = ledger.log.scan_disclosures(0, ledger.head().size)
        mine = [ErasedPlace(one.index, one.subject_id) for one in places if one.index % 2]
        erase_disclosures(ledger, mine, rule_id="r-1")
    catch_up(ledger)
    swept, _ = _stored(ledger)
    if how == "whole":
        cells = [str(row) for rows in rows_of(ledger, PROMISES).values() for row in rows]
        assert not [cell for cell in cells if any(one.hex in cell for one in found)]
    rebuild(ledger, [PROMISES.name])
    rebuilt, _ = _stored(ledger)
    ledger.close()
    assert rebuilt == swept


def _stored(ledger: Ledger) -> tuple[set[Row], Rulebook]:
    """The rows of the view that say something for some time, and the rules they follow."""
    log = ledger.log.log_id
    with reading(ledger.log.engine) as connection:
        scope = Scope(log, read_places(connection, log)[PROMISES.name].generation)
        book = rulebook_read(connection, scope)
        mine = (VERDICT.c.log == log, VERDICT.c.generation == scope.generation)
        found = {
            tuple(getattr(row, name) for name in _CELLS)
            for row in connection.execute(select(VERDICT).where(*mine))
            if row.known_from < row.known_to
        }
        patterns = {
            row.pattern: msgspec.json.decode(row.rules)
            for row in connection.execute(
                select(PATTERN).where(
                    PATTERN.c.log == log, PATTERN.c.generation == scope.generation
                )
            )
        }
        tallies = select(TALLY).where(TALLY.c.log == log, TALLY.c.generation == scope.generation)
        found |= {
            (rule, row.idx, row.occurred, FOREVER, *_PLAINLY_KEPT, row.known_from, row.known_to)
            for row in connection.execute(tallies)
            for rule in patterns[row.pattern]
            if row.known_from < row.known_to
        }
    return found, book


def _defined(ledger: Ledger, book: Rulebook) -> Iterator[Row]:
    """The rows that follow from all records at once, with everything compared with everything."""
    opened, gone = _counting(ledger)
    gathered = gather(book, opened)
    evidence = [each._replace(gone=gone.get(each.index, FOREVER)) for each in gathered.evidence]
    for ask in gathered.asks:
        rule = book.rules[ask.rule]
        known = [
            _serving(evidence, need, links)
            for need, links in zip(rule.needs, ask.links, strict=True)
        ]
        told = ask._replace(gone=gone.get(ask.index, FOREVER))
        for row in history(rule, told, known):
            yield _row(ask, row)
    for ask, _, _, row in gathered.alone:
        last = min(row.known_to, gone.get(ask.index, FOREVER))
        if row.known_from < last:
            yield _row(ask, row._replace(known_to=last))
    for (index, moment, since, until), numbers in gathered.tallies.items():
        last = min(until, gone.get(index, FOREVER))
        for number in numbers if since < last else ():
            yield (number, index, moment, FOREVER, *_PLAINLY_KEPT, since, last)


def _counting(ledger: Ledger) -> tuple[list[OpenedRecord], dict[int, int]]:
    """The records that count at some time, and by which record each was taken back."""
    opened = [
        record
        for record in ledger.open_records(list(ledger.log.scan(0, ledger.head().size)))
        if record.stored.kind in PROMISES.kinds
    ]
    gone: dict[int, int] = {}
    for one in find_corrections(ledger.log, opened):
        if one.target is not None and one.target != one.index:
            gone[one.target] = min(gone.get(one.target, FOREVER), one.index)
    kept = [each for each in opened if gone.get(each.stored.index, FOREVER) > each.stored.index]
    return kept, gone


def _serving(
    evidence: Sequence[Evidence], need: SharedNeed, links: Sequence[str]
) -> list[Evidence]:
    """What serves a need under some links, what may have done so, and what ends their cases."""
    mine = [each for each in evidence if each.need == need.number]
    found: list[Evidence] = []
    for link in dict.fromkeys([*links, *([need.erased] if need.erased else [])]):
        named = [each for each in mine if each.link == link and not names_only_case(each)]
        cases = {each.stream for each in named if each.stream}
        found += [
            *named,
            *(each for each in mine if names_only_case(each) and each.stream in cases),
        ]
    return found


def _row(ask: Ask, row: KnownSegment) -> Row:
    told = row.segment
    evidence = msgspec.json.encode(told.evidence).decode() if told.evidence else None
    verdict = (told.valid_from, told.valid_to, told.verdict, told.due, told.measure, told.reason)
    return (ask.rule, ask.index, *verdict, evidence, row.known_from, row.known_to)
