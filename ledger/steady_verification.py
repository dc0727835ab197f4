"""Verifies again what was found broken because somebody was erased while it was read."""

from collections.abc import Callable
from typing import Final

from ledger.ledger import Ledger
from ledger.verification.findings import Report

_ATTEMPTS: Final = 5
"""How often: erasures that never end must not keep a broken log from being told."""


def verified_steadily(ledger: Ledger, verify: Callable[[], Report]) -> Report:
    """The first report that is not broken, or one during which nobody was erased.

    Args:
        ledger: The log, whose vault is refreshed before and after each attempt.
        verify: Verifies once; right unless somebody was erased meanwhile.
    """
    attempts = 0
    while True:
        attempts += 1
        ledger.vault.refresh()
        generation = ledger.vault.generation
        report = verify()
        ledger.vault.refresh()
        is_same = ledger.vault.generation == generation
        if report.outcome != "broken" or is_same or attempts == _ATTEMPTS:
            return report
