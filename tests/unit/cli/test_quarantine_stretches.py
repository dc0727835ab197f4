"""Kept lines of syslog, read again with what was stated of their source."""

import io
from dataclasses import replace

from cli.quarantine_files import KeptLine
from cli.quarantine_stretches import Restated, stretches
from formats import FORMATS
from formats.reading import Translated
from tests.syslog_messages import modern, older
from tests.unit.formats.sources import context_of

EVENT = '{"kind":"access.used","occurred_at":"2026-03-01T12:00:00Z","resource":"x"}'
LINES = [
    older("x", program="CRON"),
    modern(EVENT, program="portal", host="desk"),
    modern(EVENT, program="portal", host="gateway"),
]


def test_messages_of_a_program_are_the_same_facts_when_they_are_read_again() -> None:
    """A message that was kept would be passed over, or be recorded as another fact."""
    context = replace(
        context_of(),
        programs={"portal": FORMATS["ndjson"].read},
        systems={"desk": "customer-desk"},
    )
    raw = "".join(f"{line}\n" for line in LINES).encode()
    first = list(FORMATS["syslog"].read(io.BytesIO(raw), context))
    begins = [sum(len(line) + 1 for line in LINES[:number]) for number in range(len(LINES))]
    kept = [
        KeptLine(
            place=f"line {number + 1}",
            reason="a fault",
            raw_base64=line.encode(),
            format="syslog",
            source="desk",
            source_identity=context.source_identity.hex(),
            system=context.system,
            year=2026,
            programs={"portal": "ndjson"},
            systems={"desk": "customer-desk"},
            offset=begin,
            end_offset=begin + len(line) + 1,
        )
        for number, (line, begin) in enumerate(zip(LINES, begins, strict=True))
        if number
    ]
    (stretch,) = stretches(kept)
    again = stretch.read(FORMATS["syslog"], context_of(), Restated())
    events = [outcome.event for outcome in first if isinstance(outcome, Translated)]
    assert len(events) == 2
    assert [outcome.event for outcome in again if isinstance(outcome, Translated)] == events
    assert [event.system for event in events] == ["customer-desk", "web-1"]
