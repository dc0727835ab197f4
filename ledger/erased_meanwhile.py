"""How often events are encrypted anew because subjects were erased meanwhile."""

from typing import Final

from ledger.errors import StoreUnavailable

ATTEMPTS: Final = 10
"""Each follows an erasure that took place while events were encrypted."""


def never_stored(origin: str) -> StoreUnavailable:
    """What is told once all attempts were in vain: nothing of the events was stored."""
    return StoreUnavailable(
        f"{origin}: subjects were erased {ATTEMPTS} times while events were encrypted; "
        "nothing was stored"
    )
