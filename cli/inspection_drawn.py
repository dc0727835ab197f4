"""Draws one record for people."""

from datetime import tzinfo
from typing import Final

from cli.output import Column
from cli.record_view import told_erased
from cli.rendering import draw_facts, draw_heading, draw_line, draw_rows
from formats.answers.record import event_fields, raw_body
from ledger.inspection import SeenRecord
from ledger.stored import stored_bytes

DIGEST_COLUMNS: Final = (
    Column("digest", "digest (RFC 9901)", "word"),
    Column("field", "field", "word"),
    Column("subject", "under the key of", "word"),
    Column("id_type", "id type", "word"),
    Column("state", "state"),
)


def draw_record(seen: SeenRecord, zone: tzinfo) -> None:
    """Draws what happened, then how it is sealed, then whether it still agrees."""
    opened, stored = seen.opened, seen.opened.stored
    draw_heading(f"record {stored.index}  {stored.kind}")
    if opened.event is not None:
        fields = event_fields(opened.event)
        fields["occurred_at"] = opened.event.occurred_at
        fields |= told_erased(fields, opened.erased)
        draw_facts([(name, value) for name, value in fields.items() if name != "kind"], zone)
    else:
        draw_line(
            "a kind that this version does not know, or bytes that are no event",
            style="warning",
            mark="⚠",
        )
        body = raw_body(stored_bytes(stored.sealed).partition(b"\n\n")[2])
        draw_facts([("body", body if isinstance(body, str) else dict(body))], zone)
    draw_heading("sealed")
    draw_facts(
        [
            ("recorded at", opened.recorded_at),
            ("stream", f"{stored.stream} version {stored.version}"),
            ("sealed bytes", len(stored.sealed)),
            ("leaf hash", seen.links.leaf.hex()),
            ("leaf hash before", seen.links.before.hex()),
            (f"committed by {seen.links.after_place}", seen.links.after.hex()),
        ],
        zone,
    )
    if seen.digests:
        draw_heading("personal fields")
        rows = [
            {
                "digest": each.digest,
                "field": each.field,
                "subject": each.subject,
                "id_type": each.id_type,
                "state": each.state,
            }
            for each in seen.digests
        ]
        draw_rows(rows, DIGEST_COLUMNS, zone)
    if not seen.faults:
        draw_line("agrees with its neighbours, its columns and its digests", style="good", mark="✓")
    for fault in seen.faults:
        draw_line(f"EVIDENCE BROKEN: {fault}", style="bad", mark="✗")
