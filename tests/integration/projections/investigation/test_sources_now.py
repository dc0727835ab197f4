"""How each source stands now."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger
from ledger.own_records import SOURCES
from projections.investigation.sources_now import SourceNow, gaps_found, sources_now
from tests.histories import day, event, new_ledger, told

SERIES = "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e"
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """On SQLite alone: the questions asked here are those of other views."""
    made = new_ledger(f"sqlite:///{tmp_path / 'zegel.db'}", tmp_path)
    yield made
    made.close()


def _heard(on: float, system: str = "web", **more: str) -> Event:
    return event("access.used", on, system=system, resource="x", **more)


def _noted(ledger: Ledger, kind: str, on: float, **fields: object) -> UUID | None:
    """What a collector of this log noted about `web`, read as OpenSSH."""
    said = {
        "kind": f"log.{kind}",
        "occurred_at": day(on).isoformat(),
        "system": SOURCES,
        "source": "web",
        "source_format": "openssh",
        **fields,
    }
    return ledger.record_own(event_from_mapping(said)).event_id


def _watched(ledger: Ledger, silent_after: str = "PT24H", **more: object) -> None:
    _noted(ledger, "source_watched", 0, medium="file", silent_after=silent_after, **more)


def _gap(ledger: Ledger, on: float, first: int, missing: int) -> UUID | None:
    numbers = {"series_id": SERIES, "first_missing": first, "missing": missing}
    return _noted(ledger, "source_gap_detected", on, **numbers)


def _rows(
    ledger: Ledger, on: float, signs: dict[tuple[str | None, str | None], datetime] | None = None
) -> dict[tuple[str | None, str | None], SourceNow]:
    found = sources_now(ledger, day(on), signs=signs)
    return {(each.system, each.source_format): each for each in found}


def test_a_source_is_told_by_who_reads_it_and_when_it_was_heard(ledger: Ledger) -> None:
    """Nobody could tell which collector and which parser a fact came through."""
    who = {"collector": "zegel-watch/1", "parser": "zegel-openssh/1"}
    told(ledger, _heard(1, **who), _heard(3, **who), _heard(2, system="crm"))
    web = _rows(ledger, 4)["web", None]
    assert (web.collector, web.parser) == ("zegel-watch/1", "zegel-openssh/1")
    assert (web.records, web.last_heard_at, web.silence) == (2, day(3), timedelta(days=1))
    assert (web.silent_after, web.is_silent, web.is_covered) == (None, False, False)
    assert _rows(ledger, 4)["crm", None].collector is None


def test_a_source_is_silent_beyond_what_it_may(ledger: Ledger) -> None:
    """A source that died would stand among those that are well, or a quiet one among the dead."""
    told(ledger, _heard(3))
    _watched(ledger)
    web = _rows(ledger, 4)["web", "openssh"]
    assert (web.medium, web.silent_after, web.is_silent) == ("file", 24 * HOUR, False)
    assert _rows(ledger, 4.1)["web", "openssh"].is_silent
    _watched(ledger, "PT72H")
    assert not _rows(ledger, 4.1)["web", "openssh"].is_silent


def test_a_silence_that_was_told_lasts_until_something_is_heard(ledger: Ledger) -> None:
    """A dead source would be well for whoever asks without the configuration."""
    told(ledger, _heard(3))
    _watched(ledger, "PT720H")
    silent = {"silent_after": "PT24H", "last_heard_at": day(3).isoformat()}
    _noted(ledger, "source_fell_silent", 4, **silent)
    assert _rows(ledger, 5)["web", "openssh"].is_silent
    _noted(ledger, "source_heard_again", 5, silent_from=day(3).isoformat())
    assert not _rows(ledger, 5)["web", "openssh"].is_silent
    _noted(ledger, "source_fell_silent", 6, **silent)
    told(ledger, _heard(6))
    assert not _rows(ledger, 6.5)["web", "openssh"].is_silent


def test_a_line_without_a_fact_is_a_sign_of_life(ledger: Ledger) -> None:
    """A busy log in which nobody logs in would be called silent."""
    told(ledger, _heard(3))
    _watched(ledger)
    assert _rows(ledger, 6)["web", "openssh"].is_silent
    web = _rows(ledger, 6, {("web", "openssh"): day(5.9)})["web", "openssh"]
    assert (web.last_heard_at, web.is_silent) == (day(5.9), False)


def test_one_language_does_not_speak_for_another(ledger: Ledger) -> None:
    """A dead fail2ban would hide behind a living sshd of the same machine."""
    told(ledger, _heard(5))
    _watched(ledger)
    _watched(ledger, source_format="fail2ban")
    rows = _rows(ledger, 5.5, {("web", "openssh"): day(5), ("web", "fail2ban"): day(2)})
    assert [(key[1], row.is_silent) for key, row in rows.items()] == [
        ("fail2ban", True),
        ("openssh", False),
    ]


def test_the_parser_of_one_language_is_not_that_of_another(ledger: Ledger) -> None:
    """The reader of sshd's lines would seem to read those of fail2ban."""
    told(ledger, _heard(5, collector="zegel-import/1", parser="zegel-openssh/1"))
    rows = _rows(ledger, 5.5, {("web", "openssh"): day(5), ("web", "fail2ban"): day(2)})
    assert rows["web", "fail2ban"].parser is None


def test_coverage_is_told_by_its_end(ledger: Ledger) -> None:
    """Nobody would see that a source is not declared connected any more."""

    def covered(start: float, end: float | None, **more: object) -> Event:
        until = {} if end is None else {"covered_until": day(end).isoformat()}
        fields = {"source": "web", "covered_from": day(start).isoformat(), **until, **more}
        return event("log.source_coverage_declared", 9, **fields)

    told(ledger, covered(0, 3), covered(3, 5), covered(0, 90, kinds=["access.used.v1"]))
    web = _rows(ledger, 4)["web", None]
    assert (web.is_covered, web.covered_until) == (True, day(5))
    assert not _rows(ledger, 6)["web", None].is_covered
    told(ledger, covered(7, None))
    web = _rows(ledger, 9)["web", None]
    assert (web.is_covered, web.covered_until) == (True, None)


def test_gaps_and_unreadable_lines_are_added_up(ledger: Ledger) -> None:
    """A source that loses a tenth of its lines would look whole."""
    _gap(ledger, 2, 8, 2)
    late = _gap(ledger, 3, 20, 5)
    quarantined = {"quarantine_id": SERIES, "lines_kept": 3, "line_bytes": 90}
    _noted(ledger, "lines_quarantined", 4, lines=3, **quarantined)
    _noted(ledger, "lines_quarantined", 5, lines=4, **quarantined)
    web = _rows(ledger, 6)["web", "openssh"]
    assert (web.gaps, web.missing, web.unreadable) == (2, 7, 7)
    assert web.rests_on == (0, 1)
    told(ledger, event("log.correction_recorded", 4, corrected_event_id=str(late)))
    web = _rows(ledger, 6)["web", "openssh"]
    assert (web.gaps, web.missing) == (1, 2)
    (gap,) = gaps_found(ledger)
    assert (gap.event.first_missing, gap.index) == (8, 0)
    assert gaps_found(ledger, source="crm") == []
    assert len(gaps_found(ledger, source="web")) == 1


def test_only_collectors_of_this_log_are_believed(ledger: Ledger) -> None:
    """A source could say of another one that it was heard again."""
    told(ledger, _heard(3))
    _watched(ledger)
    foreign = {"source": "web", "source_format": "openssh", "silent_from": day(3).isoformat()}
    silent = {"silent_after": "PT24H", "last_heard_at": day(3).isoformat()}
    _noted(ledger, "source_fell_silent", 4, **silent)
    told(ledger, event("log.source_heard_again", 5, system="crm", **foreign))
    assert _rows(ledger, 5)["web", "openssh"].is_silent


def test_the_silent_come_first(ledger: Ledger) -> None:
    """Somebody with a hundred sources would have to look for the one that died."""
    told(ledger, _heard(1, system="a"), _heard(1))
    _watched(ledger)
    assert [each.system for each in sources_now(ledger, day(9))] == ["web", "a"]
