"""Writes the receipt of a recorded fact."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from cli.output import choose_form, write_line
from formats.answers.receipt import receipt_document
from ledger.draft import Receipt

if TYPE_CHECKING:
    from ledger.events import Event


SHOWN: Final = ("recorded_at", "event_id", "leaf_hash")


def write_receipt(receipt: Receipt, event: "Event", zone: tzinfo) -> None:
    """Writes a receipt: lines for people, one JSON object into a pipe."""
    from ledger.events import kind_of  # noqa: PLC0415 - the caller has loaded it

    document = receipt_document(receipt, kind_of(event))
    if choose_form(None) != "table":
        write_line(document)
        return
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    said = "was recorded before, as" if receipt.duplicate else "recorded as"
    draw_line(f"{document['kind']} {said} index {receipt.index}", style="good", mark="✓")
    draw_facts([(name.replace("_", " "), document[name]) for name in SHOWN], zone)
