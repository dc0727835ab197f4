"""Says beside an answer that older records are gone on purpose, and where they went."""

from typing import TYPE_CHECKING

from cli.output import note

if TYPE_CHECKING:
    from ledger.ledger import Ledger


def say_pruned(ledger: "Ledger") -> None:
    """Says on standard error which records no answer about this log can hold, if there are any."""
    minimum = ledger.log.pruned.read()
    if minimum is None:
        return
    exports = [one.exported_as for one in ledger.log.pruned.prunings()]
    note(
        f"zegel: records below {minimum.minimum} were pruned and are not in this answer; exported "
        f"as {', '.join(exports) or 'nothing known'}"
    )
