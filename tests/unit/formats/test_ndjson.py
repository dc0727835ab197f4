"""Events of ours, one per line."""

import pytest

from formats.ndjson import looks_like, read, write
from formats.reading import Translated
from tests.unit.formats.sources import facts, outcomes, reasons

USED = '{"kind":"access.used","occurred_at":"2026-03-01T12:00:00+01:00","resource":"customer-file"'
ID = "0192f0c1-2b3c-7d4e-8f90-123456789abc"


def test_an_event_without_id_gets_one_from_its_place() -> None:
    """A second import of a file would record all of it once more."""
    log = f"{USED}}}\n{USED}}}\n"
    first, second = facts(outcomes(read, log))
    assert first["event_id"] != second["event_id"]
    assert facts(outcomes(read, log)) == [first, second]
    assert first["system"] == "web-1"


def test_what_an_event_says_itself_prevails() -> None:
    """The importer would overwrite what a source knows better."""
    (fact,) = facts(outcomes(read, f'{USED},"event_id":"{ID}","system":"desk"}}'))
    assert (str(fact["event_id"]), fact["system"]) == (ID, "desk")


def test_lines_that_are_no_events_say_what_is_wrong() -> None:
    """A sender could not repair its lines."""
    found = outcomes(
        read,
        f'{USED}}}\n{USED},"actor":"J. Jansen"}}\n[1]\n{{broken\n'
        '{"kind":"access.usd","occurred_at":"2026-03-01T12:00:00Z"}\n',
    )
    assert len(facts(found)) == 1
    actor, array, broken, kind = reasons(found)
    assert actor.startswith("access.used.v1: field actor: expected ")
    assert "Jansen" not in actor
    assert array == "expected a JSON object, found another value"
    assert broken == "expected JSON, found other bytes at byte 2"
    assert "access.used" in kind


def test_what_is_written_is_read_back() -> None:
    """An export could not be imported."""
    (only,) = outcomes(read, f'{USED},"event_id":"{ID}","note":"naïve\\nline"}}')
    assert isinstance(only, Translated)
    (line,) = write([only.event])
    assert line.count(b"\n") == 1
    assert outcomes(read, line) == [
        Translated("line 1", only.event, len(line)),
    ]


@pytest.mark.parametrize(
    ("head", "name", "likely"),
    [
        (f"{USED}}}\n", "x", True),
        ('{"kind":"access.used"}', "events.ndjson", True),
        ('{"message":"AUDIT"}', "pgaudit.jsonl", False),
    ],
)
def test_events_are_recognised(head: str, name: str, *, likely: bool) -> None:
    """People would have to name the format of every file."""
    assert bool(looks_like(head.encode(), name)) is likely
